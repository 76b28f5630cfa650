//! Statements.

use std::rc::Rc;

use source::Span;

use super::{Expression, GlobalId, LocalId, Pattern, Query, RelationId};

/// Statements, and the value after them. It is a transaction of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// In the order of the text.
    pub statements: Vec<Statement>,
    /// What the block gives.
    pub value: Option<Box<Expression>>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Where it is written.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// Names a value. The pattern takes every value; in what was derived it is a fault if not.
    Let(Pattern, Expression),
    /// Gives a name of the top level its first value.
    Define(GlobalId, Expression),
    /// `x <- e`
    Assign(Place, Expression),
    /// A row, or all rows of a relation or list, into a relation. `upsert` replaces rows with the
    /// same key.
    Insert {
        /// Where to.
        into: RelationId,
        /// A record, or rows.
        rows: Expression,
        /// Whether `rows` is many of them.
        is_many: bool,
        /// Whether rows with the same key are replaced.
        replaces: bool,
    },
    /// Takes rows out of a relation: those of the query, whose first source is the relation.
    Delete(RelationId, Query),
    /// Changes a field in the query's rows, whose first source is the relation.
    Update(RelationId, Rc<str>, Expression, Query),
    /// A block that is a statement.
    Block(Block),
    /// `while`
    While(Expression, Block),
    /// `for`
    For(Pattern, Expression, Block),
    /// A condition that has to hold, and what is said if it does not.
    Assert(Expression, Option<Expression>),
    /// Undoes the innermost `try` or the transaction.
    Reverse(Option<Expression>),
    /// Goes on with the second block, with the state as before, if the first is reversed.
    Try(Block, Option<LocalId>, Block),
    /// A row into the relation of an event, whose handlers run after the transaction.
    Emit(RelationId, Vec<Expression>),
    /// Output, with blanks between values and a line end after them.
    Print(Vec<Expression>),
    /// A name for the present moment.
    Checkpoint(Rc<str>),
    /// Makes a past state the present.
    Rewind(Rewind),
    /// One of the rows that a query gives.
    Yield(Expression),
    /// A value that nobody uses, for its effect.
    Expression(Expression),
}

/// Where to rewind to.
#[derive(Clone, Debug, PartialEq)]
pub enum Rewind {
    /// A moment, or a checkpoint's name.
    To(Expression),
    /// A checkpoint.
    Checkpoint(Rc<str>),
    /// The latest earlier moment at which the condition held.
    When(Expression),
}

/// What is assigned to.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A variable of a function or block.
    Local(LocalId),
    /// A name of the top level.
    Global(GlobalId),
}
