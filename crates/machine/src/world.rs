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
    /// Nanoseconds since some moment before the program began, by a clock that is never set. Answer:
    /// `Integer`.
    Elapsed,
    /// 64 random bits. Answer: `Integer`.
    Entropy,
    /// How many arguments the program was given. Answer: `Integer`.
    ArgumentCount,
    /// The argument with this index, from 0. Answer: `Bytes`, or `Nothing` if there is none.
    Argument(u32),
    /// Wait so many nanoseconds. Answer: `Integer`, the wall clock then.
    Sleep(u64),
    /// The environment variable with this name. Answer: `Bytes`, or `Nothing` if it is not set.
    Variable(Vec<u8>),
    /// All environment variables. Answer: `Pairs`, ascending by name.
    Variables,
    /// Set an environment variable, for this program only. Answer: `Done`, or `Refused`.
    SetVariable {
        /// Its name.
        name: Vec<u8>,
        /// Its value.
        value: Vec<u8>,
    },
    /// The whole content of a file. Answer: `Bytes`, or `Refused`. Paths that are not absolute
    /// begin where the program was started; this holds for all questions about files.
    ReadFile(Vec<u8>),
    /// Make this the content of a file, which is made if it is not there. Answer: `Done`, or
    /// `Refused`.
    WriteFile {
        /// Its path.
        path: Vec<u8>,
        /// Its new content.
        content: Vec<u8>,
    },
    /// Add this at the end of a file, which is made if it is not there. Answer: `Done`, or
    /// `Refused`.
    AppendFile {
        /// Its path.
        path: Vec<u8>,
        /// What is added.
        content: Vec<u8>,
    },
    /// Remove a file. Answer: `Done`, or `Refused`.
    DeleteFile(Vec<u8>),
    /// Whether there is a file or folder. Answer: `Integer` 0 or 1.
    FileExists(Vec<u8>),
    /// What there is to say of a file or folder. Answer: `Pairs`, or `Refused`: `is_folder`, 0 or 1;
    /// `modified`, nanoseconds since 1970; `size` in bytes; each as decimal digits.
    DescribeFile(Vec<u8>),
    /// Make a copy of a file, in place of what has that name. Answer: `Done`, or `Refused`.
    CopyFile {
        /// Its path.
        from: Vec<u8>,
        /// The path of the copy.
        to: Vec<u8>,
    },
    /// Give a file or folder another path, in place of a file that has it. Answer: `Done`, or
    /// `Refused`.
    MoveFile {
        /// Its path.
        from: Vec<u8>,
        /// Its new path.
        to: Vec<u8>,
    },
    /// What is in a folder. Answer: `Pairs` of names and `file`, `folder`, `link` or `other`,
    /// ascending by name, or `Refused`.
    ListFolder(Vec<u8>),
    /// Make a folder. Answer: `Done`, or `Refused`.
    MakeFolder {
        /// Its path.
        path: Vec<u8>,
        /// Whether those around it are made, too, and it may be there already.
        with_parents: bool,
    },
    /// Remove a folder in which there is nothing. Answer: `Done`, or `Refused`.
    RemoveFolder(Vec<u8>),
    /// The folder where paths begin that are not absolute, with `/` between names. Answer: `Bytes`,
    /// or `Refused`.
    WorkingFolder,
    /// Send a request over HTTP. Answer: `Response`, whatever its status, or `Refused`.
    Fetch(Request),
    /// Ask the tool that made the program; the first word says what about. Answer: `Integer` or `Bytes`
    /// as that has it, or `Refused`.
    Tool(Vec<Vec<u8>>),
    /// The past between the two ticks may be kept more coarsely. Answer: `Done`. A timeline
    /// answers this itself.
    Compact(Tick, Tick),
}

/// A request over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// Where it goes, `http://` or `https://`.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// What is sent; empty if nothing is.
    pub body: Vec<u8>,
    /// Nanoseconds after which it is given up, the answer included; `None` for the outside's own
    /// limits.
    pub timeout: Option<u64>,
}

/// What came back over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// Such as 200.
    pub status: u16,
    /// Names in lower case and values, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// What was sent back.
    pub body: Vec<u8>,
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
    /// Names and values.
    Pairs(Vec<(Vec<u8>, Vec<u8>)>),
    /// What came back over HTTP.
    Response(Response),
    /// It could not be done, for a reason in words: the outside's, such as "No such file or
    /// directory".
    Refused(Failure, String),
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
    /// There is no such thing.
    Missing,
    /// The other end cannot be reached.
    Unreachable,
    /// What was asked makes no sense: a path or an address that cannot be.
    Invalid,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the other end is closed",
            Self::Full => "no space is left",
            Self::Denied => "permission was denied",
            Self::Other => "input or output failed",
            Self::Missing => "there is no such thing",
            Self::Unreachable => "the other end cannot be reached",
            Self::Invalid => "what was asked makes no sense",
        })
    }
}
