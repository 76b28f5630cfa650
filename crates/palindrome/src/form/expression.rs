//! Expressions, patterns and queries.

use std::rc::Rc;

use source::Span;

use super::{Block, Name, Type};
use crate::hir::{BinaryOp, Literal, UnaryOp};

#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ExpressionKind {
    /// Not understood, which was said already.
    Wrong,
    Literal(Literal),
    Text(Vec<Part>),
    Name(Name),
    None,
    List(Vec<Expression>),
    /// `[1, ...xs]`: values, each with whether it is a list of them.
    ListWith(Vec<(Expression, bool)>),
    /// `{a: 1, b}`; `b` is `b: b`, with whether it was short.
    Record(Vec<(Name, Expression, bool)>),
    /// `{...r, a: 1}`
    RecordWith(Vec<RecordPart>),
    Field {
        base: Box<Expression>,
        name: Name,
        if_present: bool,
    },
    Index(Box<Expression>, Box<Expression>),
    /// The function may be a field: then it is a method, a member of a space, or a function value.
    Call(Box<Expression>, Vec<Expression>),
    Unary(UnaryOp, Box<Expression>),
    /// Where the operator is, after it.
    Binary(BinaryOp, Span, Box<Expression>, Box<Expression>),
    Coalesce(Box<Expression>, Box<Expression>),
    Compose(Box<Expression>, Box<Expression>),
    Inverse(Box<Expression>),
    Lambda(Lambda),
    If(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
    /// An `if`, and what holds behind it exactly if its first way was taken.
    Ensure(Box<Expression>, Box<Expression>),
    /// `try { … } else reason { … }`
    Try {
        body: Block,
        name: Option<Name>,
        otherwise: Option<Block>,
    },
    Match(Box<Expression>, Vec<Arm>),
    Block(Block),
    At(Box<Expression>, Box<Expression>),
    Query(Box<Query>),
    Exists(Box<Expression>),
    /// `for all x in Q: c`, `c for all R`
    ForAll {
        name: Option<Name>,
        rows: Box<Expression>,
        condition: Box<Expression>,
    },
    First(Box<Expression>),
    Only(Box<Expression>),
}

/// A part of a record that takes fields of others.
#[derive(Clone, Debug)]
pub(crate) enum RecordPart {
    Field(Name, Expression),
    /// `...r`
    Spread(Expression),
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    Text(Rc<str>),
    Value(Expression),
}

#[derive(Clone, Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<(Name, Option<Type>)>,
    pub(crate) body: Box<Expression>,
}

#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) pattern: Pattern,
    pub(crate) guard: Option<Expression>,
    pub(crate) body: Expression,
    /// What holds behind the `match` exactly if this arm was taken.
    pub(crate) ensure: Option<Expression>,
}

#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) kind: PatternKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum PatternKind {
    /// Not understood, which was said already.
    Wrong,
    Wildcard,
    /// A name for the value, or a variant without fields.
    Name(Name),
    Literal(Literal),
    /// `Direct(a, b)`, `Paths.Direct(a, b)`
    Variant(Vec<Name>, Vec<Pattern>),
    Record(Vec<(Name, Pattern)>),
    List(Vec<Pattern>),
    ListAround(Vec<Pattern>, Option<Name>, Vec<Pattern>),
    None,
    OneOf(Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) sources: Vec<Source>,
    pub(crate) filter: Option<Expression>,
    pub(crate) groups: Vec<Select>,
    pub(crate) is_grouped: bool,
    pub(crate) order: Vec<SortKey>,
    pub(crate) limit: Option<Expression>,
    pub(crate) columns: Vec<Select>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) rows: Expression,
    pub(crate) alias: Option<Name>,
    pub(crate) join: SourceJoin,
}

#[derive(Clone, Debug)]
pub(crate) enum SourceJoin {
    Cross,
    Inner(Option<Expression>),
    Left(Option<Expression>),
}

/// A column; without a name it is called after what it shows.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(crate) name: Option<Name>,
    pub(crate) value: Expression,
}

#[derive(Clone, Debug)]
pub(crate) struct SortKey {
    pub(crate) value: Expression,
    pub(crate) is_descending: bool,
}
