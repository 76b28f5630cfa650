//! Statements.

use std::rc::Rc;

use source::Span;

use super::{Expression, Name, Pattern, Type};
use crate::hir::Merge;

/// Statements in braces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// The space of what is defined in it, which lies in the space around.
    pub(crate) space: Option<Rc<str>>,
    pub(crate) statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum StatementKind {
    /// Not understood, which was said already.
    Wrong,
    Let {
        pattern: Pattern,
        of: Option<Type>,
        value: Expression,
    },
    Assign {
        place: Expression,
        value: Expression,
    },
    Insert {
        into: Expression,
        rows: Expression,
        replaces: bool,
    },
    Delete {
        from: Expression,
        rows: Expression,
    },
    /// `update R.f += e where c`; the value has the operator in it.
    Update {
        place: Expression,
        value: Expression,
        filter: Option<Expression>,
    },
    While {
        condition: Expression,
        body: Block,
    },
    For {
        pattern: Pattern,
        rows: Expression,
        body: Block,
    },
    Assert {
        condition: Expression,
        message: Option<Expression>,
    },
    Reverse(Option<Expression>),
    Accept,
    Break,
    Continue,
    /// `a <-> b`
    Swap(Expression, Expression),
    /// `from entry { … } until exit`
    From {
        entry: Expression,
        body: Block,
        exit: Expression,
    },
    /// The event is a name, or names with dots.
    Emit {
        event: Expression,
        arguments: Vec<Expression>,
    },
    Print(Vec<Expression>),
    Checkpoint(Name),
    Rewind(Rewind),
    Dispose(Name),
    Recover(Name),
    Switch(Name),
    Parallel {
        arms: Vec<(Name, Block)>,
        merge: Option<Merge>,
    },
    /// `revert Lib to e`
    Revert {
        library: Expression,
        moment: Expression,
    },
    Watch(Expression),
    Inspect(Name),
    Explain(Explained, Expression),
    Yield(Expression),
    /// `match c => s` in a search.
    When {
        condition: Expression,
        body: Block,
    },
    /// `some x in R where c => s` in a search.
    Some {
        name: Name,
        rows: Option<Expression>,
        filter: Option<Expression>,
        body: Block,
    },
    /// `try x = e then s` in a search.
    Then {
        name: Option<Name>,
        attempt: Expression,
        body: Block,
    },
    Succeed(Option<Expression>),
    Fail,
    /// Also `if`, `match`, `try` and blocks.
    Expression(Expression),
}

/// What is to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Explained {
    /// How a query is carried out.
    Plan,
    /// Why a row follows.
    Why,
    /// Why it does not.
    WhyNot,
}

#[derive(Clone, Debug)]
pub(crate) enum Rewind {
    /// A moment, or the name of a checkpoint.
    To(Expression),
    When(Expression),
}
