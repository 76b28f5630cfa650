//! Types.

use syntax_tree::{View, children, choice, getters, views};

use super::name::word;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `Int`, `Space.Name`, `Relation<T>`
    NameType
    /// `[T]`
    ListType
    /// `{a: T, b: U}`
    RecordType
    /// `a: T`
    FieldType
    /// `(A, B) -> C`, `A -> B -> C`
    FunctionType
    /// `(A, B)` before an arrow, or `(A)`.
    ParenType
    /// `T?`
    OptionalType
}

choice! {
    /// A type.
    Type {
        /// A name.
        NameType
        /// A list.
        ListType
        /// A record.
        RecordType
        /// A function.
        FunctionType
        /// In parentheses.
        ParenType
        /// A type with `none`.
        OptionalType
    }
}

getters! {
    ListType {
        /// The type of the elements.
        element: Type;
    }
    FieldType {
        /// Its type.
        annotation: Type;
    }
    OptionalType {
        /// The type without `none`.
        inner: Type;
    }
}

impl<'t> NameType<'t> {
    /// The names: one, or several of a type in a space.
    pub fn names(self) -> impl Iterator<Item = Token<'t>> + Clone {
        self.0.tokens().filter(|token| token.kind().is_word())
    }

    /// What it is applied to.
    pub fn arguments(self) -> impl Iterator<Item = Type<'t>> {
        self.0.child(SyntaxKind::TypeArguments).into_iter().flat_map(children)
    }
}

impl<'t> RecordType<'t> {
    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = FieldType<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> FieldType<'t> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> FunctionType<'t> {
    /// What stands between the arrows: the last is the type of the result, and the arrows are read
    /// from the right. A [`ParenType`] before an arrow has the types of several arguments.
    pub fn parts(self) -> impl DoubleEndedIterator<Item = Type<'t>> + Clone {
        self.0.children().filter_map(Type::cast)
    }
}

impl<'t> ParenType<'t> {
    /// What is inside: one type, unless an arrow follows.
    pub fn types(self) -> impl Iterator<Item = Type<'t>> + Clone {
        children(self.0)
    }
}
