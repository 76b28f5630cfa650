//! How a program of the tape machine can fail. A trap is a value of the run.

use std::fmt;

use machine::Failure;

use crate::layout::OUTPUT;
use crate::savepoint::SAVEPOINTS_MAX;

/// Why the machine stopped at an instruction, which it did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trap {
    /// A division by 0, or of the smallest number by -1, which has no result.
    Division {
        /// What was to be divided.
        dividend: i64,
        /// By what.
        divisor: i64,
    },
    /// A push with no room left on the stack.
    StackOverflow,
    /// A pop from an empty stack, or a return without a call.
    StackUnderflow,
    /// A return with more or less on the stack than there was after the call.
    StackImbalance {
        /// Bytes too many; below 0, too few.
        bytes: i64,
    },
    /// The stack cell that a return reads holds no place in the code.
    BadReturn {
        /// What it holds.
        place: i64,
    },
    /// A write into the code.
    WriteToCode {
        /// Where.
        at: i64,
    },
    /// An access that runs past an end of the tape.
    PastEnd {
        /// Where it starts.
        at: i64,
    },
    /// A move of the head past an end of the tape.
    HeadPastEnd {
        /// Where the head is.
        from: i64,
        /// By how much it was to move.
        by: i64,
    },
    /// The heap is full.
    HeapFull,
    /// `CAR` or `CDR` of what is no pair.
    NotAPair {
        /// The value.
        value: i64,
    },
    /// No segment of that name exists now.
    NoSegment {
        /// The name.
        name: String,
    },
    /// A segment cannot be made, or not be used like this.
    Segment {
        /// What is wrong.
        reason: String,
    },
    /// An access to a segment beyond its bounds.
    OutOfSegment {
        /// The segment.
        name: String,
        /// Where it starts, from the start of the segment.
        offset: i64,
        /// How many bytes.
        len: i64,
        /// The segment's size.
        size: i64,
    },
    /// A number of bytes that a register cannot hold.
    BadLength {
        /// The number.
        len: i64,
    },
    /// No such mark was set.
    NoMark {
        /// The name.
        name: String,
    },
    /// The head is in no table, so it has no record to go on to.
    NotInTable {
        /// Where the head is.
        head: i64,
    },
    /// A record has no field of that name.
    NoField {
        /// The table.
        table: String,
        /// The name.
        field: String,
    },
    /// A value does not fit into a field.
    FieldValue {
        /// The field.
        field: String,
        /// Why not.
        reason: String,
    },
    /// No such checkpoint was made, or it was committed.
    NoCheckpoint {
        /// The name.
        name: String,
    },
    /// A rewind by more instructions than were run, or than are remembered.
    RewindTooFar {
        /// The number asked for.
        steps: i64,
        /// The largest possible now.
        possible: u64,
    },
    /// A rewind to a checkpoint from before the savepoint that is open.
    SavepointBetween {
        /// The checkpoint.
        name: String,
    },
    /// A savepoint too many inside of others.
    TooManySavepoints,
    /// No savepoint is open.
    NoSavepoint,
    /// What was carried is no value of that type, or nothing was.
    NotCarried,
    /// What is printed inside of a savepoint is too much to be held back.
    OutputFull,
    /// Too many forks wait for a merge.
    TooManyForks,
    /// A fork of a fork of a fork, too many times.
    ForksTooDeep,
    /// A fork ended with a trap.
    InFork {
        /// Which, from 0 in the order of the forks.
        fork: usize,
        /// The instruction it stopped at.
        at: u32,
        /// Why.
        trap: Box<Self>,
    },
    /// Two timelines changed the same cells to different values, and the strategy is `manual`.
    MergeConflict {
        /// Which fork, from 0.
        fork: usize,
        /// The first of the cells.
        positions: Vec<i64>,
        /// How many there are.
        count: usize,
    },
    /// Two timelines made segments that overlap or marks that differ.
    MergeNames {
        /// What collides.
        reason: String,
    },
    /// There is no runtime function of that number.
    NoRuntime {
        /// The number.
        number: u16,
    },
    /// There is no room for another object.
    ObjectsFull {
        /// Bytes that were asked for.
        bytes: i64,
    },
    /// A number of bytes or elements that no object can have.
    ObjectSize {
        /// The number.
        size: i64,
    },
    /// A runtime function was given what is no reference to such an object.
    NotAnObject {
        /// The value.
        value: i64,
        /// What was expected.
        expected: &'static str,
    },
    /// The program says that it cannot go on.
    Raised {
        /// Why.
        message: String,
    },
    /// The program wants what it did undone.
    Reversed {
        /// Why.
        reason: String,
    },
    /// The relational store refused.
    Store {
        /// Why.
        reason: String,
    },
    /// There is no such moment or branch, or what is asked for was not there then.
    Moment {
        /// What is wrong.
        reason: String,
    },
    /// A world of the program ended with a trap.
    InWorld {
        /// Which.
        name: String,
        /// Why.
        trap: Box<Self>,
    },
    /// An assertion does not hold.
    Assertion {
        /// Its text.
        message: String,
    },
    /// `stdin` has ended.
    EndOfInput,
    /// A line or an argument is no number.
    NotANumber {
        /// Such as `the line` or `argument 2`.
        what: String,
        /// The text, shortened.
        text: String,
    },
    /// The program was given fewer arguments.
    NoArgument {
        /// The index asked for.
        index: i64,
    },
    /// A text on the tape does not end.
    EndlessText {
        /// Where it starts.
        at: i64,
    },
    /// Input or output failed.
    World {
        /// Why.
        failure: Failure,
    },
    /// The answer does not fit the question: the recording belongs to another program.
    BadAnswer,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Division { divisor: 0, .. } => f.write_str("division by zero"),
            Self::Division { dividend, divisor } => {
                write!(f, "division overflow: {dividend} by {divisor} does not fit into 64 bits")
            }
            Self::StackOverflow => f.write_str("stack overflow: the stack segment is full"),
            Self::StackUnderflow => {
                f.write_str("stack underflow: there is nothing on the stack to pop or return to")
            }
            Self::StackImbalance { bytes } if *bytes > 0 => {
                write!(f, "return with {} values too many on the stack: pop them first", bytes / 8)
            }
            Self::StackImbalance { bytes } => {
                write!(f, "return with {} values too few on the stack", bytes / -8)
            }
            Self::BadReturn { place } => {
                write!(
                    f,
                    "return to {place}, which is no place in the code: the frame was overwritten"
                )
            }
            Self::WriteToCode { at } => write!(f, "write at {at}, in the code, which is read-only"),
            Self::PastEnd { at } => write!(f, "access at {at} runs past the end of the tape"),
            Self::HeadPastEnd { from, by } => {
                write!(
                    f,
                    "the head at {from} cannot move by {by}: that is past the end of the tape"
                )
            }
            Self::HeapFull => f.write_str("the heap is full"),
            Self::NotAPair { value } => write!(f, "{value} is no pair made by CONS"),
            Self::NoSegment { name } => write!(f, "there is no segment `{name}` now"),
            Self::Segment { reason } | Self::Store { reason } | Self::Moment { reason } => {
                f.write_str(reason)
            }
            Self::OutOfSegment { name, offset, len, size } => write!(
                f,
                "{len} bytes at {offset} are outside of segment `{name}`, which has {size} bytes"
            ),
            Self::BadLength { len } => {
                write!(f, "a register takes 1 to 8 bytes, not {len}; COPY moves more")
            }
            Self::NoMark { name } => write!(f, "no mark `{name}` was set yet"),
            Self::NotInTable { head } => {
                write!(f, "the head at {head} is in no table, so there is no next record")
            }
            Self::NoField { table, field } => {
                write!(f, "the records of `{table}` have no field `{field}`")
            }
            Self::FieldValue { field, reason } => write!(f, "field `{field}`: {reason}"),
            Self::NoCheckpoint { name } => {
                write!(f, "there is no checkpoint `{name}` now: none was made, or it was committed")
            }
            Self::RewindTooFar { steps, possible } => {
                write!(f, "cannot rewind {steps} instructions; at most {possible} are possible now")
            }
            Self::SavepointBetween { name } => write!(
                f,
                "the checkpoint `{name}` was made before the savepoint that is open: RELEASE or ROLLBACK first"
            ),
            Self::TooManySavepoints => {
                write!(f, "more than {SAVEPOINTS_MAX} savepoints would be open")
            }
            Self::NoSavepoint => f.write_str("no such savepoint is open"),
            Self::NotCarried => f.write_str("what was carried is no value of this type"),
            Self::OutputFull => write!(
                f,
                "more than {} MiB are printed where it can still be undone",
                (OUTPUT.end - OUTPUT.start) >> 20
            ),
            Self::TooManyForks => f.write_str("too many forks wait for a MERGE"),
            Self::ForksTooDeep => f.write_str("a fork too many inside of forks"),
            Self::InFork { fork, at, trap } => {
                // A fork of a fork is `1.2`.
                write!(f, "fork {}", fork + 1)?;
                let (mut at, mut trap) = (at, trap);
                while let Self::InFork { fork, at: inner_at, trap: inner } = &**trap {
                    write!(f, ".{}", fork + 1)?;
                    (at, trap) = (inner_at, inner);
                }
                write!(f, " stopped at instruction {at}: {trap}")
            }
            Self::MergeConflict { fork, positions, count } => {
                let shown: Vec<_> = positions.iter().take(4).map(ToString::to_string).collect();
                let more = if *count > shown.len() { ", …" } else { "" };
                let cells = if *count == 1 { "cell" } else { "cells" };
                write!(
                    f,
                    "fork {} and this timeline changed {count} {cells} to different values: at {}{more}; a debugger can settle it: set merge = latest",
                    fork + 1,
                    shown.join(", ")
                )
            }
            Self::MergeNames { reason } => write!(f, "the forks cannot be merged: {reason}"),
            Self::NoRuntime { number } => write!(f, "there is no runtime function {number}"),
            Self::ObjectsFull { bytes } => {
                write!(f, "out of memory: the segment `objects` has no room for {bytes} bytes")
            }
            Self::ObjectSize { size } => write!(f, "an object cannot have the size {size}"),
            Self::NotAnObject { value, expected } => {
                write!(f, "{value} is no reference to {expected}")
            }
            Self::InWorld { name, trap } => write!(f, "in the world `{name}`: {trap}"),
            Self::Raised { message } => f.write_str(message),
            Self::Reversed { reason } if reason.is_empty() => f.write_str("reversed"),
            Self::Reversed { reason } => write!(f, "reversed: {reason}"),
            Self::Assertion { message } => write!(f, "assertion failed: {message}"),
            Self::EndOfInput => {
                f.write_str("the input has ended; BRANCH_NOT_END stdin tells before")
            }
            Self::NotANumber { what, text } => write!(f, "{what} `{text}` is no number"),
            Self::NoArgument { index } => {
                write!(f, "there is no argument {index}; ARGC counts them")
            }
            Self::EndlessText { at } => write!(f, "the text at {at} has no end: no 0 byte follows"),
            Self::World { failure } => failure.fmt(f),
            Self::BadAnswer => {
                f.write_str("the recorded answer does not fit: the recording is of another program")
            }
        }
    }
}

impl Trap {
    /// What a handler is told: of what a program reverses itself, its reason alone.
    #[must_use]
    pub fn message(&self) -> String {
        if let Self::Reversed { reason } = self
            && !reason.is_empty()
        {
            return reason.clone();
        }
        self.to_string()
    }
}

impl std::error::Error for Trap {}
