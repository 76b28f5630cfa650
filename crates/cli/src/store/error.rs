//! Why a tape in a file cannot be used.

use std::io;
use std::path::PathBuf;

use crate::error::exit;

/// Why a tape in a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TapeError {
    /// It is some other file; nothing was changed.
    #[error("{} is no tape", .path.display())]
    NoTape { path: PathBuf },
    /// A newer release wrote it; nothing was changed.
    #[error("{} is a tape of version {found}; this release reads version {known}", .path.display())]
    Version { path: PathBuf, found: u32, known: u32 },
    /// What was committed cannot be read any more.
    #[error("{} is damaged at byte {at}: {reason}", .path.display())]
    Damaged { path: PathBuf, at: u64, reason: String },
    /// Another process has it.
    #[error("{} is in use by another process", .path.display())]
    Busy { path: PathBuf },
    /// The disk is full; the file is as it was before the transaction.
    #[error("the disk is full: the last transaction is not on {}, all before it are", .path.display())]
    Full { path: PathBuf, source: io::Error },
    /// It cannot be written; the file is as it was before the transaction.
    #[error(
        "cannot write {}: {source}; the last transaction is not on it, all before it are",
        .path.display()
    )]
    Unwritten { path: PathBuf, source: io::Error },
    /// It cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// What was before cannot be read.
    #[error("cannot read the past of {}: {reason}", .path.display())]
    Past { path: PathBuf, reason: String },
    /// The program and the tape do not go together.
    #[error("{0}")]
    Unfit(String),
}

impl TapeError {
    /// What the shell is told.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NoTape { .. }
            | Self::Version { .. }
            | Self::Damaged { .. }
            | Self::Past { .. }
            | Self::Unfit(_) => exit::DATA,
            Self::Unreadable { .. } => exit::NO_INPUT,
            Self::Busy { .. } | Self::Full { .. } | Self::Unwritten { .. } => exit::IO,
        }
    }

    /// What the user can do.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoTape { .. } => Some("name a file that is not there yet, or a tape"),
            Self::Version { .. } => Some("use the release that wrote it, or a newer one"),
            Self::Damaged { .. } => {
                Some("take the tape from a copy; nothing was changed in the file")
            }
            Self::Busy { .. } => Some("wait until it has ended; queries may go on meanwhile"),
            Self::Full { .. } => Some("make room and run the program again"),
            Self::Unwritten { .. }
            | Self::Unreadable { .. }
            | Self::Past { .. }
            | Self::Unfit(_) => None,
        }
    }
}
