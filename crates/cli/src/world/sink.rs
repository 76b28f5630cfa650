//! Where a program's output goes.

use std::io::{self, Stderr, Stdout, Write};

/// Where a program's output goes.
#[derive(Debug)]
pub(super) enum Sink {
    /// To the streams of the process.
    Streams(Stdout, Stderr),
    /// Nowhere: it is kept, both streams as one.
    Kept(Vec<u8>),
}

impl Sink {
    pub(super) fn streams() -> Self {
        Self::Streams(io::stdout(), io::stderr())
    }

    /// What goes to standard error.
    pub(super) fn error(&mut self) -> &mut dyn Write {
        match self {
            Self::Streams(_, error) => error,
            Self::Kept(bytes) => bytes,
        }
    }

    /// What was kept.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Streams(..) => Vec::new(),
            Self::Kept(bytes) => std::mem::take(bytes),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Streams(output, _) => output.write(bytes),
            Self::Kept(kept) => kept.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Streams(output, _) => output.flush(),
            Self::Kept(_) => Ok(()),
        }
    }
}
