//! Types.

use syntax_tree::{View, child, children, choice, views};

use super::word::word;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `Number`, `null`, the name of an alias.
    NameType
    /// `Tensor<Number, [2, _]>`
    TensorType
    /// `{a: T, mut b?: T}`
    RecordType
    /// `a: T`
    FieldType
    /// `(A, B): R`
    FunctionType
    /// `(T)`
    ParenType
    /// `T?`
    OptionalType
    /// `A | B`
    UnionType
}

choice! {
    /// A type.
    Type {
        /// A name.
        NameType
        /// A tensor's.
        TensorType
        /// A record's.
        RecordType
        /// A function's.
        FunctionType
        /// In parentheses.
        ParenType
        /// `T?`
        OptionalType
        /// `A | B`
        UnionType
    }
}

impl<'t> NameType<'t> {
    /// The name.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> TensorType<'t> {
    /// What its elements are.
    #[must_use]
    pub fn element(self) -> Option<Type<'t>> {
        child(self.0)
    }

    /// How long it is in each direction, if that is said: a number, or `_` for any.
    #[must_use]
    pub fn shape(self) -> Option<impl Iterator<Item = Token<'t>>> {
        let shape = self.0.child(SyntaxKind::Shape)?;
        let is_size = |kind| matches!(kind, SyntaxKind::Number | SyntaxKind::Name);
        Some(shape.tokens().filter(move |token| is_size(token.kind())))
    }
}

impl<'t> RecordType<'t> {
    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = FieldType<'t>> {
        children(self.0)
    }
}

impl<'t> FieldType<'t> {
    /// The name of the field.
    #[must_use]
    pub fn key(self) -> Option<Token<'t>> {
        let words = || self.0.tokens().filter(|token| token.kind().is_word());
        let last = if self.is_mut() { words().nth(1) } else { words().next() };
        last.or_else(|| self.0.token(SyntaxKind::Text))
    }

    /// Whether it is marked as one that can change.
    #[must_use]
    pub fn is_mut(self) -> bool {
        let mut tokens = self.0.tokens();
        let is_mut = tokens.next().is_some_and(|first| first.kind() == SyntaxKind::MutWord);
        let is_key = |kind| matches!(kind, SyntaxKind::Colon | SyntaxKind::Question);
        is_mut && tokens.next().is_some_and(|second| !is_key(second.kind()))
    }

    /// Whether it may be missing.
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.0.token(SyntaxKind::Question).is_some()
    }

    /// What it is.
    #[must_use]
    pub fn annotation(self) -> Option<Type<'t>> {
        child(self.0)
    }
}

impl<'t> FunctionType<'t> {
    /// What it takes.
    pub fn parameters(self) -> impl Iterator<Item = Type<'t>> {
        self.0.child(SyntaxKind::TypeList).into_iter().flat_map(children)
    }

    /// What it gives.
    #[must_use]
    pub fn result(self) -> Option<Type<'t>> {
        child(self.0)
    }
}

macro_rules! inner {
    ($($name:ident)*) => {
        $(impl<'t> $name<'t> {
            /// The type inside.
            #[must_use]
            pub fn inner(self) -> Option<Type<'t>> {
                child(self.0)
            }
        })*
    };
}

inner! { ParenType OptionalType }

impl<'t> UnionType<'t> {
    /// The types it may be.
    pub fn members(self) -> impl Iterator<Item = Type<'t>> {
        children(self.0)
    }
}
