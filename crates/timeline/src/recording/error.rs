//! What can go wrong with a recording.

use std::io;

use machine::Tick;

use crate::BranchId;

/// Why a recording cannot be written or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The file is something else; nothing of it was used.
    #[error("this is not a recording")]
    NotARecording,
    /// The file was made by a later release; a later release opens it.
    #[error("the recording has format {found}, and only formats up to {known} are known")]
    Newer {
        /// The file's major version.
        found: u16,
        /// The last one known here.
        known: u16,
    },
    /// The file was cut off or damaged before the program was complete; nothing can be had of it.
    #[error("the recording breaks off before the end of its program")]
    NoProgram,
    /// No space is left for the recording. What was written before stays good; the run can go on
    /// unrecorded.
    #[error("no space is left for the recording; it is good up to here")]
    Full(#[source] io::Error),
    /// The recording could not be read or written. What was written before stays good.
    #[error("cannot {action} the recording")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A single answer, or the program, is larger than a frame can be.
    #[error("{bytes} bytes do not fit into one frame of a recording")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// An earlier write failed, so nothing more is written.
    #[error("the recording stopped at an earlier failure")]
    Stopped,
    /// What the run was answered before this tick is forgotten, and without that a recording is no
    /// whole run.
    #[error("what the run was told before tick {0} is forgotten")]
    Forgotten(Tick),
    /// The branch contains a change from outside, which a program and answers cannot bring back.
    #[error("branch {0} begins with a change, and a change cannot be recorded")]
    Edited(BranchId),
}
