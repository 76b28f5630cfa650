//! Statements.

use std::rc::Rc;

use source::Span;

use super::{Atom, Expression, GlobalId, LocalId, Pattern, Query, RelationId};

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
    /// Goes on behind the innermost loop.
    Break,
    /// Goes on with the next round of the innermost loop.
    Continue,
    /// In a contract's handler: the transaction stands, though the invariant does not hold.
    Accept,
    /// `from entry { … } until exit`: the body is done until `exit` holds behind it. It is a fault
    /// if `entry` does not hold before the first time, or holds before a later one.
    From(Expression, Block, Expression),
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
    /// Takes a name away; what was in it is kept in the past. That it is not used is checked.
    Dispose(Place),
    /// Brings a name back that was disposed of, with its last value.
    Recover(Place),
    /// Goes on on the branch of this name.
    Switch(Rc<str>),
    /// Each arm on a fork of the present.
    Parallel(Vec<World>, Option<Merge>),
    /// Makes a past moment of a library, the first, the one that is used from here on.
    Revert(Rc<str>, Expression),
    /// Tells whoever looks on something about the program.
    Report(Report),
    /// In a search: something to try, which has a value if statements in it give answers. What it
    /// does to state is undone before what follows is tried.
    Alternative(Block),
    /// In a search: an answer. Asked for another one, the search goes on behind it.
    Succeed(Expression),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A variable of a function or block.
    Local(LocalId),
    /// A name of the top level.
    Global(GlobalId),
}

/// An arm of parallel worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// What its branch is called.
    pub name: Rc<str>,
    /// What is done in it.
    pub body: Block,
}

/// How parallel worlds are put together. Without it each stays a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// What the last arm did counts.
    Latest,
    /// What the first arm did counts.
    First,
    /// Differences of numbers are added, sets united, texts put together.
    Combine,
    /// What does not agree becomes rows of `Conflict`.
    Ask,
}

/// What somebody wants to know about a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The value, each time that it changes.
    Watch(Expression),
    /// The plan of a query.
    Plan(Box<Query>),
    /// One proof that there is such a row.
    Why(Atom),
    /// What is missing for such a row.
    WhyNot(Atom),
    /// Which calls led here.
    CallStack,
}
