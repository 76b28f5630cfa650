//! Control.

use syntax_tree::{View, child, children, getters, views};

use super::expression::Expression;
use super::name::name;
use super::pattern::Pattern;
use super::statement::{Block, Statement};
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `if c { … } else if d { … } else { … } ensure e`
    If
    /// `match e { p => s }`
    Match
    /// `p if c => s ensure e`
    MatchArm
    /// `if c` of an arm.
    Guard
    /// `ensure e`
    Ensure
    /// `try { … } else name { … }`
    Try
    /// `while c { … }`
    While
    /// `from entry { … } until exit`
    From
    /// `for x in e { … }`
    For
}

getters! {
    If {
        /// What holds behind it exactly if the first block was done.
        ensure: Ensure;
    }
    Match {
        /// What is looked at.
        value: Expression;
    }
    MatchArm {
        /// What the value has to be like.
        pattern: Pattern;
        /// What has to hold besides.
        guard: Guard;
        /// What is done, whose value is that of the `match`.
        body: Statement;
        /// What holds behind it exactly if this arm was done.
        ensure: Ensure;
    }
    Guard {
        /// What has to hold.
        condition: Expression;
    }
    Ensure {
        /// What holds.
        condition: Expression;
    }
    While {
        /// What holds as long as it goes on.
        condition: Expression;
    }
    From {
        /// What holds at the beginning, and never again.
        entry: Expression;
    }
    For {
        /// What it goes through.
        values: Expression;
    }
}

impl<'t> If<'t> {
    /// Each condition with its block.
    pub fn branches(self) -> impl Iterator<Item = (Option<Expression<'t>>, Block<'t>)> {
        let mut condition = None;
        let mut parts = self.0.children();
        std::iter::from_fn(move || {
            loop {
                let part = parts.next()?;
                match Block::cast(part) {
                    // A block behind a block is that of `else`.
                    Some(block) => return condition.take().map(|of| (Some(of), block)),
                    None => condition = Expression::cast(part),
                }
            }
        })
    }

    /// What is done if no condition holds.
    #[must_use]
    pub fn otherwise(self) -> Option<Block<'t>> {
        let is_part = |node: &crate::syntax::Node<'_>| Expression::cast(*node).is_some();
        let mut parts = self.0.children().filter(is_part).rev();
        let last = Block::cast(parts.next()?)?;
        Block::cast(parts.next()?)?;
        Some(last)
    }
}

impl<'t> Match<'t> {
    /// The arms, of which the first one counts that fits.
    pub fn arms(self) -> impl Iterator<Item = MatchArm<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Try<'t> {
    /// What is tried.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        child(self.0)
    }

    /// How the reason is called.
    #[must_use]
    pub fn error(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }

    /// What is done if it fails.
    #[must_use]
    pub fn otherwise(self) -> Option<Block<'t>> {
        children(self.0).nth(1)
    }
}

/// The last block in a node: its condition may be one, too.
fn body(node: crate::syntax::Node<'_>) -> Option<Block<'_>> {
    node.children().rev().find_map(Block::cast)
}

impl<'t> While<'t> {
    /// What is done.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        body(self.0)
    }
}

impl<'t> For<'t> {
    /// How what it goes through is called.
    #[must_use]
    pub fn variable(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }

    /// What is done.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        body(self.0)
    }
}

impl<'t> From<'t> {
    /// What is done, at least once.
    #[must_use]
    pub fn body(self) -> Option<Block<'t>> {
        children(self.0)
            .nth(usize::from(self.entry().is_some_and(|entry| Block::cast(entry.node()).is_some())))
    }

    /// What holds when it ends.
    #[must_use]
    pub fn exit(self) -> Option<Expression<'t>> {
        self.0
            .tokens()
            .find(|token| token.text() == "until" && token.kind() == SyntaxKind::Name)?;
        children(self.0).nth(2)
    }
}
