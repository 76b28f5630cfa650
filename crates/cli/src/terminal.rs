//! What is known of the standard streams: whether people look at them, and whether in colour.
#![expect(clippy::disallowed_methods, reason = "the command line reads the environment")]

use std::io::{self, IsTerminal, Write};

use debugger::Paint;

/// What is known of the standard streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether somebody can be asked: standard input and standard error are terminals.
    pub(crate) can_ask: bool,
    /// Whether commands come from a person: standard input and standard output are terminals.
    pub(crate) is_interactive: bool,
    /// Whether standard output is a terminal.
    pub(crate) is_output: bool,
    /// Whether to colour what goes to standard error.
    pub(crate) is_coloured: bool,
    /// Whether to colour what goes to standard output.
    pub(crate) is_output_coloured: bool,
}

impl Terminal {
    pub(crate) fn new(no_color: bool) -> Self {
        let may_colour = !no_color && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let (input, output) = (io::stdin().is_terminal(), io::stdout().is_terminal());
        let error = io::stderr().is_terminal();
        Self {
            can_ask: input && error,
            is_interactive: input && output,
            is_output: output,
            is_coloured: may_colour && error,
            is_output_coloured: may_colour && output,
        }
    }

    /// For what the debugger says on standard output.
    pub(crate) fn paint(self) -> Paint {
        Paint { is_coloured: self.is_output_coloured, ..Paint::default() }
    }

    pub(crate) fn red(self, text: &str) -> String {
        if self.is_coloured { format!("\x1b[1;31m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        if self.is_coloured { format!("\x1b[1;36m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Writes to standard error. If nobody listens there, nobody can be told.
    pub(crate) fn complain(self, text: &str) {
        let mut stream = io::stderr().lock();
        let _told = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }
}

/// Writes a whole text to standard output.
pub(crate) fn show(text: &str) -> Result<(), crate::error::CliError> {
    let mut stream = io::stdout().lock();
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    written.map_err(crate::error::CliError::output)
}
