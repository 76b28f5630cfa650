//! Definitions other than those of relations, transforms and searches.

use syntax_tree::{View, children, getters, views};

use super::expression::Expression;
use super::literal::text_value;
use super::name::{generics, name, word};
use super::statement::{Block, Statement};
use super::transform::Parameter;
use super::types::Type;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `use Lib at T as L`
    Use
    /// `type Path = Direct(Node) | Through(Node, Node)`, `type Pair<A, B> = {a: A, b: B}`
    TypeDefinition
    /// One of the cases of a tagged union: `Direct(Node, Node)`
    Variant
    /// `Node` or `from: Node` in a case.
    VariantField
    /// `space Name { … }`
    Space
    /// `contract Name { invariant: … on_violation: { … } }`
    Contract
    /// `invariant: e`
    Invariant
    /// `on_violation: { … }`
    Violation
    /// `on Event(a, b) { … }`
    Handler
    /// `test "name" { … }`
    Test
}

getters! {
    Use {
        /// What is used: a name, or names with dots.
        library: Expression;
    }
    TypeDefinition {
        /// What another type it stands for, if it is no tagged union.
        definition: Type;
    }
    VariantField {
        /// Its type.
        annotation: Type;
    }
    Space {
        /// What is in it.
        body: Block;
    }
    Invariant {
        /// What holds at the end of each transaction.
        condition: Expression;
    }
    Violation {
        /// What is done: usually a block.
        body: Statement;
    }
    Handler {
        /// The event: a name, or names with dots.
        event: Expression;
    }
    Test {
        /// What is done.
        body: Block;
    }
}

impl<'t> Use<'t> {
    /// As of when. The name `latest` means the present.
    #[must_use]
    pub fn moment(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
    }

    /// How it is called here.
    #[must_use]
    pub fn alias(self) -> Option<Token<'t>> {
        let mut tokens = self.0.tokens().skip_while(|token| token.text() != "as").skip(1);
        tokens.next().filter(|token| token.kind() == SyntaxKind::Name)
    }
}

impl<'t> TypeDefinition<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }

    /// The types that it is given.
    pub fn generics(self) -> impl Iterator<Item = Token<'t>> {
        generics(self.0)
    }

    /// The cases of a tagged union.
    pub fn variants(self) -> impl Iterator<Item = Variant<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Variant<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }

    /// What it holds.
    pub fn fields(self) -> impl Iterator<Item = VariantField<'t>> {
        self.0.child(SyntaxKind::Fields).into_iter().flat_map(children)
    }
}

impl<'t> VariantField<'t> {
    /// Its name, which tells the reader what it is.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        word(self.0)
    }
}

impl<'t> Space<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }
}

impl<'t> Contract<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }

    /// What holds at the end of each transaction.
    pub fn invariants(self) -> impl Iterator<Item = Invariant<'t>> + Clone {
        children(self.0)
    }

    /// What is done if it does not; at most one is meant.
    pub fn violations(self) -> impl Iterator<Item = Violation<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Handler<'t> {
    /// How what the event is about is called.
    pub fn parameters(self) -> impl Iterator<Item = Parameter<'t>> {
        self.0.child(SyntaxKind::Parameters).into_iter().flat_map(children)
    }

    /// What is done.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        syntax_tree::child(self.0)
    }
}

impl Test<'_> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<String> {
        self.0.token(SyntaxKind::Text).map(|token| text_value(token.text()))
    }
}
