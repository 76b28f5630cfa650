//! Conditions, loops, `try`, `match`, and blocks as values.

use super::expression::Expression;
use super::pattern::Pattern;
use super::statement::Block;
use syntax_tree::{View, child, children, getters, views};

use super::word::name;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `if (c) {…} else if (d) {…} else {…}`
    If
    /// `if(c, a, b)`
    Conditional
    /// `piecewise([c, a], b)`
    Piecewise
    /// `while (c) {…}`
    While
    /// `for (x in e) {…}`
    For
    /// `try {…} catch (e) {…}`
    Try
    /// `match e {…}`
    Match
    /// `pattern if (guard) => e`
    MatchArm
    /// `if (guard)`
    Guard
    /// `do {…}` or `async do {…}`
    Do
    /// `generate {…}`
    Generate
}

getters! {
    While {
        /// Whether to go on.
        condition: Expression;
        /// What is repeated.
        body: Block;
    }
    For {
        /// What it goes through.
        iterated: Expression;
        /// What is repeated.
        body: Block;
    }
    Match {
        /// What is looked at.
        subject: Expression;
    }
    MatchArm {
        /// What the subject must be like.
        pattern: Pattern;
        /// What else must hold.
        guard: Guard;
        /// What it is then.
        value: Expression;
    }
    Guard {
        /// What must hold.
        condition: Expression;
    }
    Do {
        /// What is done.
        body: Block;
    }
    Generate {
        /// What is done.
        body: Block;
    }
}

impl<'t> If<'t> {
    /// The conditions, each with what is done if it is the first to hold.
    pub fn branches(self) -> impl Iterator<Item = (Expression<'t>, Block<'t>)> {
        children(self.0).zip(children(self.0))
    }

    /// What is done if no condition holds.
    #[must_use]
    pub fn otherwise(self) -> Option<Block<'t>> {
        let conditions = children::<Expression<'_>>(self.0).count();
        children(self.0).nth(conditions)
    }
}

impl<'t> Conditional<'t> {
    /// The condition and the two values.
    pub fn arguments(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        self.0.child(SyntaxKind::Arguments).into_iter().flat_map(children)
    }
}

impl<'t> Piecewise<'t> {
    /// The cases, and perhaps a value for all others.
    pub fn arguments(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        self.0.child(SyntaxKind::Arguments).into_iter().flat_map(children)
    }
}

impl<'t> For<'t> {
    /// The loop's variable.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0)
    }
}

impl<'t> Try<'t> {
    /// What is tried.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        child(self.0)
    }

    /// What an error is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0)
    }

    /// What is done with an error.
    #[must_use]
    pub fn handler(self) -> Option<Block<'t>> {
        children(self.0).nth(1)
    }
}

impl<'t> Match<'t> {
    /// The arms, of which the first that fits is taken.
    pub fn arms(self) -> impl Iterator<Item = MatchArm<'t>> {
        self.0.child(SyntaxKind::MatchArms).into_iter().flat_map(children)
    }
}

impl Do<'_> {
    /// Whether it goes on on its own.
    #[must_use]
    pub fn is_async(self) -> bool {
        self.0.token(SyntaxKind::AsyncWord).is_some()
    }
}
