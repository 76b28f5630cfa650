//! Statements.

use source::Span;

use super::{Expression, Name, Pattern, Type};

#[derive(Clone, Debug)]
pub(crate) struct Block {
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
    Try {
        body: Block,
        name: Option<Name>,
        otherwise: Option<Block>,
    },
    Emit {
        event: Name,
        arguments: Vec<Expression>,
    },
    Print(Vec<Expression>),
    Checkpoint(Name),
    Rewind(Rewind),
    Yield(Expression),
    /// Also `if`, `match` and blocks.
    Expression(Expression),
    /// Part of the language, and not done so far.
    NotYet(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) enum Rewind {
    /// A moment, or the name of a checkpoint.
    To(Expression),
    When(Expression),
}
