//! The toy's instructions, and how they can fail.

use std::fmt;

use machine::Failure;

/// The number of a cell.
pub type Cell = u8;

/// An instruction of the toy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Puts a number into a cell.
    Set(Cell, i64),
    /// Adds the second cell to the first.
    Add(Cell, Cell),
    /// Subtracts the second cell from the first.
    Subtract(Cell, Cell),
    /// Divides the first cell by the second. Traps when that is 0.
    Divide(Cell, Cell),
    /// Puts the second cell into the cell whose number is in the first, counted round.
    Store(Cell, Cell),
    /// Goes on at this instruction.
    Jump(usize),
    /// Goes on at this instruction when the cell is 0.
    JumpIfZero(Cell, usize),
    /// Reads a line with a number into a cell. The end of input counts as 0; traps on other text.
    ReadLine(Cell),
    /// Reads the clock into a cell.
    Clock(Cell),
    /// Puts random bits into a cell.
    Entropy(Cell),
    /// Writes a cell and a line end to standard output. Traps when that fails.
    Write(Cell),
    /// Lets the past between these many safepoints ago and now be kept more coarsely.
    Compact(u64),
    /// Ends the program with the cell as exit code.
    Halt(Cell),
}

/// How a toy program fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToyTrap {
    /// A division by 0.
    DivisionByZero,
    /// A line that was read is no number.
    NotANumber,
    /// A line could not be written.
    NotWritten(Failure),
    /// The outside gave an answer of another kind than was asked for.
    WrongAnswer,
}

impl fmt::Display for ToyTrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DivisionByZero => f.write_str("division by zero"),
            Self::NotANumber => f.write_str("the line is not a number"),
            Self::NotWritten(failure) => write!(f, "cannot write: {failure}"),
            Self::WrongAnswer => f.write_str("the answer does not fit the question"),
        }
    }
}
