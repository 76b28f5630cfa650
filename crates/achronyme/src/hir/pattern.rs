//! Patterns of `match`, `let` and `mut`.

use std::rc::Rc;

use achronyme_library::Kind;
use source::Span;

use super::{Expression, Name};

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it asks for.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
}

/// What a pattern asks for.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`: anything.
    Wildcard,
    /// A name: anything, which is then called so.
    Name(Name),
    /// A value of this kind. `Tensor` takes complex ones, too.
    Kind(Kind),
    /// An equal value.
    Literal(Literal),
    /// `{a, b: p = d}`: a record, or an error, with these fields.
    Record(Vec<FieldPattern>),
    /// `[p, ...r, q = d]`: a vector, or a tensor of one axis.
    Vector {
        /// What comes before the rest.
        before: Vec<(Pattern, Option<Expression>)>,
        /// `...r`; without it the length is exact (in `let`, what is left over is ignored).
        rest: Option<Name>,
        /// What comes after the rest.
        after: Vec<(Pattern, Option<Expression>)>,
    },
}

/// A field in a record pattern.
#[derive(Clone, Debug)]
pub struct FieldPattern {
    /// The field.
    pub key: Name,
    /// What has to be in it. For `{a}` the name itself.
    pub pattern: Pattern,
    /// Whether the field's value is called as the field is, besides what `pattern` names: so where
    /// that is `_`, a kind or a literal.
    pub binds_key: bool,
    /// The value to take in a `let` where the field is missing or null.
    pub default: Option<Expression>,
}

/// A value that can be written as one token.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number, with its sign in patterns.
    Number(f64),
    /// `2i`
    Imaginary(f64),
    /// A string.
    String(Rc<str>),
}
