//! Searches and what only they have.

use syntax_tree::{View, child, children, getters, views};

use super::expression::Expression;
use super::name::{generics, name};
use super::query::{Where, behind_both};
use super::statement::{Block, Statement};
use super::transform::Parameter;
use super::types::Type;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `solve route(a: Node) -> [Node] using breadth { … }`
    Solve
    /// `match e => s`
    MatchAlternative
    /// `some x in R where c => s`
    SomeAlternative
    /// `succeed e`
    Succeed
    /// `fail`
    Fail
    /// `try x = e then s`
    TryThen
}

getters! {
    Solve {
        /// The type of an answer.
        result: Type;
        /// Its alternatives.
        body: Block;
    }
    MatchAlternative {
        /// What has to hold: a condition, or a search that has an answer.
        condition: Expression;
    }
    SomeAlternative {
        /// Where the values come from, if that is said.
        rows: Expression;
        /// Which of them.
        filter: Where;
    }
    Succeed {
        /// The answer.
        value: Expression;
    }
    TryThen {
        /// What is tried: each answer of it is a way on.
        attempt: Expression;
    }
}

impl<'t> Solve<'t> {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }

    /// The types that it is given.
    pub fn generics(self) -> impl Iterator<Item = Token<'t>> {
        generics(self.0)
    }

    /// What it takes.
    pub fn parameters(self) -> impl Iterator<Item = Parameter<'t>> {
        self.0.child(SyntaxKind::Parameters).into_iter().flat_map(children)
    }

    /// How its inverse is called.
    #[must_use]
    pub fn inverse(self) -> Option<Token<'t>> {
        behind_both(self.0)
    }

    /// How it searches: the words behind `using`.
    pub fn strategies(self) -> impl Iterator<Item = Token<'t>> {
        let behind = self.0.tokens().skip(2).skip_while(|token| token.text() != "using").skip(1);
        behind.filter(|token| token.kind() == SyntaxKind::Name)
    }
}

impl<'t> MatchAlternative<'t> {
    /// What is done then.
    #[must_use]
    pub fn body(self) -> Option<Statement<'t>> {
        child(self.0)
    }
}

impl<'t> SomeAlternative<'t> {
    /// How a value is called.
    #[must_use]
    pub fn variable(self) -> Option<Token<'t>> {
        name(self.0, 1)
    }

    /// What is done with it.
    #[must_use]
    pub fn body(self) -> Option<Statement<'t>> {
        child(self.0)
    }
}

impl<'t> TryThen<'t> {
    /// How an answer is called.
    #[must_use]
    pub fn variable(self) -> Option<Token<'t>> {
        self.0.token(SyntaxKind::Equal)?;
        name(self.0, 0)
    }

    /// What is done with it.
    #[must_use]
    pub fn body(self) -> Option<Statement<'t>> {
        children(self.0).next()
    }
}
