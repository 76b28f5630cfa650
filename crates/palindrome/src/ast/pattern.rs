//! Patterns.

use syntax_tree::{View, children, choice, getters, views};

use super::literal::{Value, value};
use super::name::{name, word};
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `x`, `_`, or a case without fields.
    NamePattern
    /// `1`, `-1`, `"a"`, `true`, `none`
    LiteralPattern
    /// `Direct(p, q)`
    VariantPattern
    /// `{a, b: p, ...}`
    RecordPattern
    /// `a` or `b: p`
    FieldPattern
    /// `[p, ...r]`
    ListPattern
    /// `...` or `...r`
    RestPattern
    /// `p | q`
    EitherPattern
}

choice! {
    /// What a value has to be like.
    Pattern {
        /// A name, or a case without fields.
        NamePattern
        /// A literal.
        LiteralPattern
        /// A case with fields.
        VariantPattern
        /// A record.
        RecordPattern
        /// A list.
        ListPattern
        /// One of several.
        EitherPattern
    }
}

choice! {
    /// What a list's pattern is made of.
    PatternItem {
        /// All that is left.
        RestPattern
        /// An element.
        Pattern
    }
}

getters! {
    FieldPattern {
        /// What its value has to be like; without one the value gets the name of the field.
        pattern: Pattern;
    }
}

impl<'t> NamePattern<'t> {
    /// The names: one, or several of a case in a space.
    pub fn names(self) -> impl Iterator<Item = Token<'t>> + Clone {
        self.0.tokens().filter(|token| token.kind() != SyntaxKind::Dot)
    }
}

impl LiteralPattern<'_> {
    /// Whether a minus stands before it.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.token(SyntaxKind::Minus).is_some()
    }

    /// What the literal means, without the minus.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        self.0.tokens().find_map(value)
    }
}

impl<'t> VariantPattern<'t> {
    /// The names of the case: one, or several of a case in a space.
    pub fn names(self) -> impl Iterator<Item = Token<'t>> + Clone {
        self.0.tokens().filter(|token| token.kind().is_word())
    }

    /// What its fields have to be like.
    pub fn patterns(self) -> impl Iterator<Item = Pattern<'t>> {
        self.0.child(SyntaxKind::Fields).into_iter().flat_map(children)
    }
}

impl<'t> RecordPattern<'t> {
    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = FieldPattern<'t>> + Clone {
        children(self.0)
    }

    /// What stands for all other fields, if they may be there.
    #[must_use]
    pub fn rest(self) -> Option<RestPattern<'t>> {
        syntax_tree::child(self.0)
    }
}

impl<'t> FieldPattern<'t> {
    /// The name of the field.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> ListPattern<'t> {
    /// Its elements.
    pub fn items(self) -> impl Iterator<Item = PatternItem<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> RestPattern<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }
}

impl<'t> EitherPattern<'t> {
    /// The patterns, of which one has to fit.
    pub fn patterns(self) -> impl Iterator<Item = Pattern<'t>> + Clone {
        children(self.0)
    }
}
