//! Statements, and those that change or show state.

use syntax_tree::{View, children, choice, getters, views};

use super::control::{For, From, While};
use super::definition::{Contract, Handler, Space, Test, TypeDefinition, Use};
use super::expression::{Arguments, Expression};
use super::name::name;
use super::query::Where;
use super::relation::{IndexDefinition, Relation, Rule, ViewDefinition};
use super::search::{Fail, MatchAlternative, Solve, SomeAlternative, Succeed, TryThen};
use super::time::{Checkpoint, Dispose, Inspect, Parallel, Recover, Revert, Rewind, Switch};
use super::transform::{Migrate, Transform};
use super::types::Type;
use crate::syntax::{SyntaxKind, Token};

views! {
    /// A whole text.
    Root
    /// `{ … }` with statements.
    Block
    /// `let x: T = e`
    Let
    /// `place <- e`
    Assign
    /// `a <-> b`
    Swap
    /// `R += e`
    Insert
    /// `R -= e`
    Delete
    /// `update R.f += e where c`
    Update
    /// `upsert R += e`
    Upsert
    /// `assert e, "message"`
    Assert
    /// `reverse "reason"`
    Reverse
    /// `accept`
    Accept
    /// `break`
    Break
    /// `continue`
    Continue
    /// `emit Event(a, b)`
    Emit
    /// `print a, b`
    Print
    /// `yield e`
    Yield
    /// `watch e`
    Watch
    /// `explain e`, `why e` or `whynot e`
    Explain
    /// An expression on its own.
    ExpressionStatement
}

choice! {
    /// A statement or definition.
    Statement {
        /// `use …`
        Use
        /// `type …`
        TypeDefinition
        /// `relation …`
        Relation
        /// `index …`
        IndexDefinition
        /// `view …`
        ViewDefinition
        /// `rule …`
        Rule
        /// `transform …`
        Transform
        /// `transform migrate …`
        Migrate
        /// `space …`
        Space
        /// `contract …`
        Contract
        /// `on …`
        Handler
        /// `solve …`
        Solve
        /// `test …`
        Test
        /// `let …`
        Let
        /// `place <- …`
        Assign
        /// `a <-> b`
        Swap
        /// `R += …`
        Insert
        /// `R -= …`
        Delete
        /// `update …`
        Update
        /// `upsert …`
        Upsert
        /// `while …`
        While
        /// `from …`
        From
        /// `for …`
        For
        /// `assert …`
        Assert
        /// `reverse …`
        Reverse
        /// `accept`
        Accept
        /// `break`
        Break
        /// `continue`
        Continue
        /// `emit …`
        Emit
        /// `print …`
        Print
        /// `yield …`
        Yield
        /// `checkpoint …`
        Checkpoint
        /// `rewind …`
        Rewind
        /// `dispose …`
        Dispose
        /// `recover …`
        Recover
        /// `parallel …`
        Parallel
        /// `switch …`
        Switch
        /// `revert …`
        Revert
        /// `watch …`
        Watch
        /// `inspect …`
        Inspect
        /// `explain …`, `why …` or `whynot …`
        Explain
        /// `match … => …` in a search.
        MatchAlternative
        /// `some … => …` in a search.
        SomeAlternative
        /// `succeed …`
        Succeed
        /// `fail`
        Fail
        /// `try … then …`
        TryThen
        /// A value.
        ExpressionStatement
    }
}

getters! {
    Let {
        /// Its type.
        annotation: Type;
        /// Its value.
        value: Expression;
    }
    Assign {
        /// What changes.
        place: Expression;
    }
    Insert {
        /// Where it goes.
        relation: Expression;
    }
    Delete {
        /// From where it goes.
        relation: Expression;
    }
    Update {
        /// The field that changes, with its relation before it.
        place: Expression;
        /// In which rows.
        filter: Where;
    }
    Upsert {
        /// Where it goes.
        relation: Expression;
    }
    Assert {
        /// What has to hold.
        condition: Expression;
    }
    Reverse {
        /// Why.
        reason: Expression;
    }
    Emit {
        /// The event.
        event: Expression;
        /// What it is about.
        arguments: Arguments;
    }
    Yield {
        /// The value.
        value: Expression;
    }
    Watch {
        /// What is watched.
        value: Expression;
    }
    Explain {
        /// What is explained.
        value: Expression;
    }
    ExpressionStatement {
        /// The value.
        value: Expression;
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
    pub fn statements(self) -> impl DoubleEndedIterator<Item = Statement<'t>> + Clone {
        self.0.children().filter_map(Statement::cast)
    }
}

impl<'t> Let<'t> {
    /// What is named.
    #[must_use]
    pub fn name(self) -> Option<Token<'t>> {
        name(self.0, 0)
    }
}

/// Declares the second expression of a view.
macro_rules! seconds {
    ($($(#[$meta:meta])* $name:ident: $getter:ident;)*) => {
        $(impl<'t> $name<'t> {
            $(#[$meta])*
            #[must_use]
            pub fn $getter(self) -> Option<Expression<'t>> {
                children(self.0).nth(1)
            }
        })*
    };
}

seconds! {
    /// What it changes to.
    Assign: value;
    /// A record, or the rows of another relation.
    Insert: value;
    /// A record with some of the fields, or rows.
    Delete: value;
    /// What is put there, or put together with what is there.
    Update: value;
    /// A record, or the rows of another relation.
    Upsert: value;
    /// What is said if it does not hold.
    Assert: message;
}

impl<'t> Swap<'t> {
    /// The two places.
    pub fn places(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        children(self.0)
    }
}

impl<'t> Update<'t> {
    /// `=`, or an operator with it.
    #[must_use]
    pub fn operator(self) -> Option<Token<'t>> {
        self.0.tokens().find(|token| token.kind().is_assignment())
    }
}

impl<'t> Print<'t> {
    /// What is printed.
    pub fn values(self) -> impl Iterator<Item = Expression<'t>> + Clone {
        let arguments = self.0.children().find(|inner| inner.kind() == SyntaxKind::Arguments);
        children(arguments.unwrap_or(self.0))
    }
}

impl<'t> Explain<'t> {
    /// `explain`, `why` or `whynot`.
    #[must_use]
    pub fn word(self) -> Option<Token<'t>> {
        self.0.token(SyntaxKind::Name)
    }
}
