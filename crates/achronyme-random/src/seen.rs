//! What can be seen of a run.

use std::fmt;

/// Lines that an expression may stand on: compiled code knows where it begins, not which part of it
/// has failed.
const LINES: u32 = 60;

/// What can be seen of a run from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What was written.
    pub output: String,
    /// How it ended.
    pub end: End,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this value; none for null.
    Value(Option<String>),
    /// With an error that nothing caught.
    Uncaught {
        /// Its kind; empty if it has none.
        kind: String,
        /// Its message.
        message: String,
        /// The line where it was thrown, from 1, if that is in the program and known.
        line: Option<u32>,
    },
    /// It is no program.
    Refused(String),
    /// It took too long, or too much memory.
    Stopped,
    /// The engine is broken.
    Broken(String),
}

impl Seen {
    /// Whether a run of compiled code may be this one of the tree. The compiled one may not know
    /// the line of an error, or only about where it is.
    #[must_use]
    pub fn is_as(&self, compiled: &Self) -> bool {
        let is_same_end = match (&self.end, &compiled.end) {
            (
                End::Uncaught { kind, message, line },
                End::Uncaught { kind: other_kind, message: other_message, line: other_line },
            ) => {
                // A type is wrong where it is asked for, or where the value was given.
                let is_near = message.starts_with("Type error")
                    || line
                        .zip(*other_line)
                        .is_none_or(|(line, other)| line.abs_diff(other) < LINES);
                kind == other_kind && message == other_message && is_near
            }
            (end, other) => end == other,
        };
        is_same_end && self.output == compiled.output
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.output)?;
        match &self.end {
            End::Value(Some(value)) => writeln!(f, "= {value}"),
            End::Value(None) => Ok(()),
            End::Uncaught { kind, message, line } => {
                write!(f, "! {kind}: {message}")?;
                match line {
                    Some(line) => writeln!(f, " (line {line})"),
                    None => writeln!(f),
                }
            }
            End::Refused(message) => writeln!(f, "refused: {message}"),
            End::Stopped => writeln!(f, "stopped"),
            End::Broken(message) => writeln!(f, "broken: {message}"),
        }
    }
}
