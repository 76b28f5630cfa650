//! What a machine may ask of the outside, and what it may be told. Recordings consist of these.

use std::fmt;

use crate::Tick;

/// A standard stream of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Bytes for one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where the bytes go.
    pub stream: Stream,
    /// The bytes, not necessarily whole lines.
    pub bytes: Vec<u8>,
}

/// What a machine wants from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Write the pieces, in order. Answer: `Done`, or `Failed`.
    Write(Vec<Piece>),
    /// One line of standard input without its line end. Answer: `Bytes`, or `Nothing` at the end.
    ReadLine,
    /// At most this many bytes of standard input, at least one. Answer: `Bytes`, or `Nothing` at
    /// the end.
    ReadBytes(u32),
    /// Whether standard input has ended. Answer: `Integer` 0 or 1. May wait for input.
    InputEnded,
    /// Nanoseconds since 1970 by the wall clock. Answer: `Integer`.
    Clock,
    /// 64 random bits. Answer: `Integer`.
    Entropy,
    /// How many arguments the program was given. Answer: `Integer`.
    ArgumentCount,
    /// The argument with this index, from 0. Answer: `Bytes`, or `Nothing` if there is none.
    Argument(u32),
    /// The past between the two ticks may be kept more coarsely. Answer: `Done`. A timeline
    /// answers this itself.
    Compact(Tick, Tick),
}

/// What the outside said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// A number.
    Integer(i64),
    /// Some bytes.
    Bytes(Vec<u8>),
    /// There is none, or no more.
    Nothing,
    /// It could not be done.
    Failed(Failure),
}

/// Why the outside could not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The other end is gone (a closed pipe).
    Closed,
    /// No space is left.
    Full,
    /// Not allowed.
    Denied,
    /// Anything else.
    Other,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the other end is closed",
            Self::Full => "no space is left",
            Self::Denied => "permission was denied",
            Self::Other => "input or output failed",
        })
    }
}
