//! The ways in which an operation on a tape is refused. A refused operation has changed nothing.

use crate::READ_LEN_MAX;

/// Why the tape refused an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TapeError {
    /// Positions are `i64`; use an earlier position or fewer bytes.
    #[error("{len} bytes at {position} would run past the end of the tape ({})", i64::MAX)]
    PastEnd {
        /// Where the access begins.
        position: i64,
        /// How many bytes it has.
        len: usize,
    },
    /// Write elsewhere, or protect less.
    #[error("{len} bytes at {position} touch a protected range; they can only be read")]
    Protected {
        /// Where the write begins.
        position: i64,
        /// How many bytes it has.
        len: usize,
    },
    /// Move by less.
    #[error("moving the head from {head} by {by} leaves the tape")]
    HeadOverflow {
        /// Where the head stands.
        head: i64,
        /// By how much it was to move.
        by: i64,
    },
    /// Read in parts.
    #[error("{len} bytes are too many for one read; read at most {READ_LEN_MAX} at a time")]
    TooLong {
        /// How many bytes were asked for.
        len: usize,
    },
    /// Create the segment first, or correct the name.
    #[error("there is no segment \"{name}\"")]
    UnknownSegment {
        /// The name asked for.
        name: String,
    },
    /// Choose another name, or drop the segment first.
    #[error("there is already a segment \"{name}\"; drop it first or choose another name")]
    DuplicateSegment {
        /// The name wanted twice.
        name: String,
    },
    /// Ask for at least one byte.
    #[error("segment \"{name}\" would be empty; give it at least one byte")]
    EmptySegment {
        /// The segment wanted.
        name: String,
    },
    /// Start the segment elsewhere, or make it smaller.
    #[error("segment \"{name}\" would overlap segment \"{other}\"; start it after that one ends")]
    SegmentOverlap {
        /// The segment wanted.
        name: String,
        /// The segment that lies there.
        other: String,
    },
    /// Ask for less, or drop segments.
    #[error("no gap on the tape is large enough for segment \"{name}\" of {size} bytes")]
    NoRoom {
        /// The segment wanted.
        name: String,
        /// Its size in bytes.
        size: u64,
    },
    /// Stay within the segment.
    #[error("{len} bytes at offset {offset} lie outside segment \"{name}\" of {size} bytes")]
    OutsideSegment {
        /// The segment.
        name: String,
        /// Where in it the access begins.
        offset: i64,
        /// How many bytes it has.
        len: usize,
        /// The size of the segment.
        size: u64,
    },
    /// Make the checkpoint first, or correct the name.
    #[error("there is no checkpoint \"{name}\"; it was never made, or committed, or rewound over")]
    UnknownCheckpoint {
        /// The name asked for.
        name: String,
    },
    /// Rewind by at most what is recorded.
    #[error("cannot rewind {asked} operations: only {recorded} are recorded")]
    NothingToRewind {
        /// How many were to be undone.
        asked: usize,
        /// How many there are.
        recorded: usize,
    },
    /// Give the table fields.
    #[error("a table needs at least one field")]
    NoFields,
    /// Rename one of the fields.
    #[error("field \"{field}\" appears twice in the schema")]
    DuplicateField {
        /// The name that appears twice.
        field: String,
    },
    /// Name an existing field, one that is never absent, once.
    #[error("\"{field}\" cannot be in the primary key; name each non-nullable field at most once")]
    BadKeyField {
        /// The name in the key.
        field: String,
    },
}
