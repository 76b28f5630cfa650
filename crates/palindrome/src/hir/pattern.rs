//! Patterns, and the arms that they choose.

use std::rc::Rc;

use source::Span;

use super::{Expression, Literal, LocalId};
use crate::types::{Type, UnionId};

/// An arm of a `match`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// What it takes.
    pub pattern: Pattern,
    /// What has to hold besides.
    pub guard: Option<Expression>,
    /// What it gives.
    pub body: Expression,
}

/// A pattern with the type of the values that it is held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// The type of what it may take.
    pub of: Type,
    /// Where it is written.
    pub span: Span,
}

/// What a pattern takes.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// Everything.
    Wildcard,
    /// Everything, under a name.
    Bind(LocalId),
    /// A value that equals it.
    Literal(Literal),
    /// A variant of a union.
    Variant(UnionId, usize, Vec<Pattern>),
    /// A record; fields that are not named may be anything.
    Record(Vec<(Rc<str>, Pattern)>),
    /// A list of as many elements.
    List(Vec<Pattern>),
    /// A list that begins with some elements and ends with others; in between is the rest.
    ListAround(Vec<Pattern>, Option<LocalId>, Vec<Pattern>),
    /// No value.
    None,
    /// A value that is there.
    Present(Box<Pattern>),
    /// One of several patterns, which name nothing.
    OneOf(Vec<Pattern>),
}
