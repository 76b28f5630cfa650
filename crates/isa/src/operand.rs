//! Operand codecs: how a value sits in packed code and in text. One per type, none per
//! instruction.

use std::fmt;

/// Where a packed instruction's operands go, in order. The guest decides the layout.
pub trait Sink {
    /// A small number, such as a register.
    fn small(&mut self, value: u8);
    /// A number of full width.
    fn wide(&mut self, value: i64);
    /// A string that many instructions may share.
    fn text(&mut self, value: &str);
}

/// Where operands come from, in the order they were put into a [`Sink`].
pub trait Feed {
    /// The next small number.
    ///
    /// # Errors
    /// There is none.
    fn small(&mut self) -> Result<u8, DecodeError>;
    /// The next full number.
    ///
    /// # Errors
    /// There is none.
    fn wide(&mut self) -> Result<i64, DecodeError>;
    /// The next string.
    ///
    /// # Errors
    /// There is none.
    fn text(&mut self) -> Result<String, DecodeError>;
}

/// A kind of operand: its type, its packed form and its text.
pub trait Operand {
    /// What the instruction holds.
    type Value;
    /// What the guest calls this kind.
    type Kind;
    /// The kind, for the table.
    const KIND: Self::Kind;

    /// Puts the value into `sink`.
    fn pack(value: &Self::Value, sink: &mut impl Sink);
    /// Takes a value from `feed`, checking everything that can be checked without the program.
    ///
    /// # Errors
    /// The operand is missing or no value of this kind.
    fn unpack(feed: &mut impl Feed) -> Result<Self::Value, DecodeError>;
    /// Writes the value as the assembler reads it.
    ///
    /// # Errors
    /// Only those of the formatter.
    fn show(value: &Self::Value, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Why packed code is not an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No row of the table has this opcode.
    UnknownOpcode(u8),
    /// An operand is missing.
    MissingOperand,
    /// An operand is not of its kind; the text says what it should be.
    BadOperand(&'static str),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOpcode(code) => write!(f, "opcode {code:#04x} does not exist"),
            Self::MissingOperand => f.write_str("an operand is missing"),
            Self::BadOperand(what) => write!(f, "an operand is not {what}"),
        }
    }
}

impl std::error::Error for DecodeError {}
