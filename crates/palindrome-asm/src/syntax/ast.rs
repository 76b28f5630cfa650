//! What a line of assembly says, before names mean anything.

use source::Span;
use tape::SegmentType;

use super::expression::Expr;

/// A name and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// One thing that a line says.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) span: Span,
    pub(crate) kind: StatementKind,
}

/// What a statement is.
#[derive(Clone, Debug)]
pub(crate) enum StatementKind {
    /// `name:`.
    Label(Name),
    /// An instruction or an alias of one.
    Instruction { mnemonic: Name, operands: Vec<Operand> },
    /// A line that should have been an instruction; it takes one's place.
    Broken,
    /// `.segment`.
    Segment { name: Name, size: Option<Expr>, kind: Option<SegmentType> },
    /// `.code`.
    Code,
    /// `.i64`, `.i32`, `.i16`, `.byte`: so many bytes for each value.
    Numbers { width: u8, values: Vec<Expr> },
    /// `.ascii`, `.asciz`, `.f64`.
    Bytes(Vec<u8>),
    /// `.space`.
    Space(Expr),
    /// `.align`.
    Align(Expr),
    /// `.alias`.
    Alias { name: Name, register: Name },
    /// `.const`.
    Const { name: Name, value: Expr },
    /// `.global`.
    Global(Vec<Name>),
    /// `.extern`.
    Extern(Vec<Name>),
    /// `.entry`.
    Entry(Name),
}

/// An operand of an instruction.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    pub(crate) span: Span,
    pub(crate) form: Form,
}

/// How an operand is written.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// A single word: register, label, constant, or the name of something.
    Word(String),
    /// A number or an expression.
    Number(Expr),
    /// `[base]`, `[base+offset]`.
    Bracket { base: Name, offset: Expr },
    /// `[expression]`.
    Absolute,
    /// A quoted text.
    Text(String),
}
