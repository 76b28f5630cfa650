//! Statements, blocks, modules.

use super::expression::{Assign, Expression};
use super::literal::text_value;
use super::pattern::Pattern;
use super::types::Type;
use crate::syntax::{Node, SyntaxKind, Token};
use syntax_tree::{View, child, children, choice, views};

views! {
    /// A whole text.
    Root
    /// `{ … }` with statements.
    Block
    /// `import { a, b as c } from "path"`
    Import
    /// `export { a, b as c }`
    Export
    /// `a` or `a as b`
    ImportItem
    /// `let x = e` or `mut x = e`
    Let
    /// `type T = …`
    TypeAlias
    /// `return e`
    Return
    /// `yield e`
    Yield
    /// `throw e`
    Throw
    /// `break` or `break e`
    Break
    /// `continue`
    Continue
    /// An expression on its own.
    ExpressionStatement
}

choice! {
    /// A statement.
    Statement {
        /// `import …`
        Import
        /// `export …`
        Export
        /// `let …` or `mut …`
        Let
        /// `type …`
        TypeAlias
        /// `return …`
        Return
        /// `yield …`
        Yield
        /// `throw …`
        Throw
        /// `break …`
        Break
        /// `continue`
        Continue
        /// `x = …`
        Assign
        /// A value.
        ExpressionStatement
    }
}

impl<'t> Root<'t> {
    /// What is done, one after the other.
    pub fn statements(self) -> impl Iterator<Item = Statement<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Block<'t> {
    /// What is done, one after the other.
    pub fn statements(self) -> impl Iterator<Item = Statement<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Import<'t> {
    /// What is imported.
    pub fn items(self) -> impl Iterator<Item = ImportItem<'t>> {
        items(self.0)
    }

    /// From where.
    #[must_use]
    pub fn path(self) -> Option<String> {
        self.0.token(SyntaxKind::Text).map(|token| text_value(token.text()))
    }
}

impl<'t> Export<'t> {
    /// What is exported.
    pub fn items(self) -> impl Iterator<Item = ImportItem<'t>> {
        items(self.0)
    }
}

fn items(node: Node<'_>) -> impl Iterator<Item = ImportItem<'_>> {
    node.child(SyntaxKind::ImportList).into_iter().flat_map(children)
}

impl<'t> ImportItem<'t> {
    /// How it is called there.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        self.names().next()
    }

    /// How it is called here.
    #[must_use]
    pub fn alias(self) -> Option<Token<'t>> {
        self.names().nth(1)
    }

    fn names(self) -> impl Iterator<Item = Token<'t>> {
        self.0.tokens().filter(|token| token.kind() == SyntaxKind::Name)
    }
}

impl<'t> Let<'t> {
    /// Whether what is declared can change.
    #[must_use]
    pub fn is_mut(self) -> bool {
        self.0.token(SyntaxKind::MutWord).is_some()
    }

    /// What is declared.
    #[must_use]
    pub fn pattern(self) -> Option<Pattern<'t>> {
        child(self.0)
    }

    /// Its type.
    #[must_use]
    pub fn annotation(self) -> Option<Type<'t>> {
        child(self.0)
    }

    /// Its value.
    #[must_use]
    pub fn value(self) -> Option<Expression<'t>> {
        child(self.0)
    }
}

impl<'t> TypeAlias<'t> {
    /// What the type is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        self.0.token(SyntaxKind::Name)
    }

    /// What it is.
    #[must_use]
    pub fn definition(self) -> Option<Type<'t>> {
        child(self.0)
    }
}

macro_rules! with_value {
    ($($name:ident)*) => {
        $(impl<'t> $name<'t> {
            /// The value it takes along.
            #[must_use]
            pub fn value(self) -> Option<Expression<'t>> {
                child(self.0)
            }
        })*
    };
}

with_value! { Return Yield Throw Break ExpressionStatement }
