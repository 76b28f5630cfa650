//! Statements about moments, branches and worlds.

use syntax_tree::{View, children, getters, views};

use super::expression::Expression;
use super::name::name;
use super::statement::Statement;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// `checkpoint name`
    Checkpoint
    /// `rewind to e` or `rewind to when c`
    Rewind
    /// `dispose x -> past`
    Dispose
    /// `recover x <- past`
    Recover
    /// `parallel { a: … b: … } merge strategy latest`
    Parallel
    /// `a: …`
    ParallelArm
    /// `merge strategy latest`
    Merge
    /// `switch branch`
    Switch
    /// `revert Lib to e`
    Revert
    /// `inspect what`
    Inspect
}

getters! {
    Rewind {
        /// The moment, or what held then.
        target: Expression;
    }
    Parallel {
        /// How the arms are put together.
        merge: Merge;
    }
    ParallelArm {
        /// What is done.
        body: Statement;
    }
    Revert {
        /// The library.
        library: Expression;
    }
}

/// Declares the name behind the word of a statement.
macro_rules! names {
    ($($name:ident)*) => {
        $(impl<'t> $name<'t> {
            /// The name behind its word.
            #[must_use]
            pub fn name(self) -> Option<Token<'t>> {
                name(self.0, 1)
            }
        })*
    };
}

names! { Checkpoint Dispose Recover Switch Inspect }

impl Rewind<'_> {
    /// Whether it goes to the latest moment at which a condition held.
    #[must_use]
    pub fn is_when(self) -> bool {
        self.0.tokens().filter(|token| token.kind() == SyntaxKind::Name).count() > 2
    }
}

impl<'t> Parallel<'t> {
    /// The arms.
    pub fn arms(self) -> impl Iterator<Item = ParallelArm<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> ParallelArm<'t> {
    /// How its branch is called.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }
}

impl<'t> Merge<'t> {
    /// `latest`, `first`, `combine` or `ask`.
    #[must_use]
    pub fn strategy(self) -> Option<Token<'t>> {
        name(self.0, 2)
    }
}

impl<'t> Revert<'t> {
    /// The moment.
    #[must_use]
    pub fn moment(self) -> Option<Expression<'t>> {
        children(self.0).nth(1)
    }
}
