//! Expressions.

use std::rc::Rc;

use source::Span;

use super::{Aggregate, Arm, Block, FunctionId, GlobalId, LocalId, Query, RelationId, Strategy};
use crate::types::{BuiltinId, Type, UnionId};

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// The type of its value.
    pub of: Type,
    /// Where it is written; of what was derived, where that is which it was derived from.
    pub span: Span,
}

/// What an expression is. Operands are evaluated from left to right.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// Stands for what is wrong. Not in a program without errors.
    Wrong,
    /// A value.
    Literal(Literal),
    /// Text with values in it.
    Text(Vec<Part>),
    /// A variable of a function or block.
    Local(LocalId),
    /// A name of the top level.
    Global(GlobalId),
    /// The rows of a relation, view or predicate.
    Relation(RelationId),
    /// A function as a value, with what its type parameters stand for.
    Function(FunctionId, Vec<Type>),
    /// The inverse of an invertible function.
    Inverse(Box<Expression>),
    /// First one function, then the other.
    Compose(Box<Expression>, Box<Expression>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{a: 1}`; fields are evaluated in this order.
    Record(Vec<(Rc<str>, Expression)>),
    /// `Direct(a, b)`
    Variant(UnionId, usize, Vec<Expression>),
    /// A value where it may be missing.
    Present(Box<Expression>),
    /// `none`
    None,
    /// `r.a`
    Field(Box<Expression>, Rc<str>),
    /// `r?.a`: none without `r`.
    FieldIfPresent(Box<Expression>, Rc<str>),
    /// `a[i]`, counted from 0; a fault outside.
    Index(Box<Expression>, Box<Expression>),
    /// `a ?? b`: `b` is evaluated if there is no `a`.
    Coalesce(Box<Expression>, Box<Expression>),
    /// `f(a)`
    Call(Callee, Vec<Expression>),
    /// `not a`
    Unary(UnaryOp, Box<Expression>),
    /// `a + b`; `and` and `or` evaluate `b` if it matters.
    Binary(BinaryOp, Box<Expression>, Box<Expression>),
    /// `x => e`
    Lambda(Lambda),
    /// `if`, without `else` of type `Nothing`.
    If(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
    /// `match`; some arm takes every value.
    Match(Box<Expression>, Vec<Arm>),
    /// `{ … }`
    Block(Block),
    /// The value of the first block; of the second, with the state as before and the reason for it,
    /// if the first is reversed.
    Try(Block, Option<LocalId>, Block),
    /// All of the body of a search, as answers that are made on demand.
    Search(Strategy, Block),
    /// `e at T`: state is read as of the moment, which is the second operand.
    At(Box<Expression>, Box<Expression>),
    /// A query.
    Query(Box<Query>),
    /// Whether a query has rows.
    Exists(Box<Query>),
    /// Whether a condition holds for all rows: a function of the row, or a condition on the rows of
    /// the query's sources.
    ForAll(Box<Query>, Box<Expression>),
    /// The first row or none.
    First(Box<Query>),
    /// The row, if there is exactly one, else a fault.
    Only(Box<Query>),
    /// One value of all rows of the group at hand.
    Aggregate(Aggregate),
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub enum Callee {
    /// A function of the program, with what its type parameters stand for.
    Function(FunctionId, Vec<Type>),
    /// Its inverse.
    Inverse(FunctionId, Vec<Type>),
    /// A function of the language; the receiver is the first argument.
    Builtin(BuiltinId),
    /// A value.
    Value(Box<Expression>),
}

/// `x => e`
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// What it takes.
    pub parameters: Vec<LocalId>,
    /// What it gives.
    pub body: Box<Expression>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// As it is.
    Text(Rc<str>),
    /// A value, written as `print` would.
    Value(Expression),
}

/// A value that is written out.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `12`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `1.25d`: its digits, and how many of them are behind the point.
    Decimal(i128, u32),
    /// `true`
    Bool(bool),
    /// `"abc"`
    String(Rc<str>),
    /// `b"abc"`
    Bytes(Rc<[u8]>),
    /// Nanoseconds of a duration.
    Duration(i64),
}

/// An operator with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `not`
    Not,
}

/// An operator with two operands. What it does follows from their types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `++`
    Concatenate,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `and`
    And,
    /// `or`
    Or,
    /// `xor`
    Xor,
    /// `..`: the numbers from the first to the one before the second.
    Range,
}

impl BinaryOp {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Concatenate => "++",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Range => "..",
        }
    }
}
