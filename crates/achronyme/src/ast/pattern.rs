//! Patterns.

use super::expression::Expression;
use super::literal::{Value, value};
use syntax_tree::{View, child, children, choice, views};

use super::word::{name, word};
use crate::syntax::{SyntaxKind, Token};

/// Names that in a pattern stand for all values of a type.
pub const TYPE_NAMES: &[&str] = &[
    "Number",
    "Boolean",
    "String",
    "Complex",
    "Generator",
    "Function",
    "Error",
    "Tensor",
    "Vector",
    "Record",
    "Edge",
    "Null",
];

views! {
    /// `x`, `_`, or the name of a type.
    NamePattern
    /// `1`, `-1`, `"a"`, `true`, `null`
    LiteralPattern
    /// `{a, b: p, c = e}`
    RecordPattern
    /// `a`, `b: p`, `c = e`
    FieldPattern
    /// `[p, ...r, q]`
    VectorPattern
    /// `p` or `p = e`
    ElementPattern
    /// `...r`
    RestPattern
}

choice! {
    /// A pattern.
    Pattern {
        /// A name.
        NamePattern
        /// A literal.
        LiteralPattern
        /// A record's.
        RecordPattern
        /// A vector's.
        VectorPattern
    }
}

choice! {
    /// What a vector's pattern is made of.
    VectorItem {
        /// One element.
        ElementPattern
        /// All that are left.
        RestPattern
    }
}

impl<'t> NamePattern<'t> {
    /// The name.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0)
    }

    /// Whether it is `_`, which takes anything and names nothing.
    #[must_use]
    pub fn is_wildcard(self) -> bool {
        self.0.text() == "_"
    }

    /// Whether it is the name of a type.
    #[must_use]
    pub fn is_type(self) -> bool {
        TYPE_NAMES.contains(&self.0.text())
    }
}

impl LiteralPattern<'_> {
    /// What it is compared with.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        let found = self.0.tokens().find_map(value)?;
        Some(match found {
            Value::Number(number) if self.0.token(SyntaxKind::Minus).is_some() => {
                Value::Number(-number)
            }
            other => other,
        })
    }
}

impl<'t> RecordPattern<'t> {
    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = FieldPattern<'t>> {
        children(self.0)
    }
}

impl<'t> FieldPattern<'t> {
    /// The name of the field.
    #[must_use]
    pub fn key(self) -> Option<Token<'t>> {
        word(self.0).or_else(|| self.0.token(SyntaxKind::Text))
    }

    /// What the field must be like; without that, it is bound to its name.
    #[must_use]
    pub fn pattern(self) -> Option<Pattern<'t>> {
        child(self.0)
    }

    /// What it is if it is missing.
    #[must_use]
    pub fn default(self) -> Option<Expression<'t>> {
        child(self.0)
    }
}

impl<'t> VectorPattern<'t> {
    /// Its elements and the rest.
    pub fn items(self) -> impl Iterator<Item = VectorItem<'t>> {
        children(self.0)
    }
}

impl<'t> ElementPattern<'t> {
    /// What the element must be like.
    #[must_use]
    pub fn pattern(self) -> Option<Pattern<'t>> {
        child(self.0)
    }

    /// What it is if it is missing.
    #[must_use]
    pub fn default(self) -> Option<Expression<'t>> {
        child(self.0)
    }
}

impl<'t> RestPattern<'t> {
    /// What the rest is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0)
    }
}
