//! A program freed of its spelling: every name is resolved, every expression has its type, every
//! function its effect and its inverse. This is what code is generated from.

mod change;
mod expression;
mod pattern;
mod program;
mod query;
mod statement;
mod walk;

pub use change::{
    Contract, Handler, Invariant, Lens, LibraryMoment, Migration, Pin, SearchOrder, Strategy, Use,
    Violation,
};
pub use expression::{
    BinaryOp, Callee, Expression, ExpressionKind, Lambda, Literal, Part, UnaryOp,
};
pub use pattern::{Arm, Pattern, PatternKind};
pub use program::{
    Backward, Function, FunctionId, Global, GlobalId, Index, IndexKind, Local, LocalId, Program,
    Reference, Relation, RelationField, RelationId, RelationKind, Test,
};
pub use query::{Aggregate, Atom, Column, Join, Operand, Query, Rule, RuleItem, SortKey, Source};
pub use statement::{Block, Merge, Place, Report, Rewind, Statement, StatementKind, World};
pub(crate) use walk::{
    each_pattern, parts, parts_mut, walk, walk_block_mut, walk_mut, walk_query_mut, walk_statement,
    walk_statement_mut,
};
