//! What holds while a program runs, and how it changes over time: contracts, events, searches'
//! strategies, migrations and libraries.

use std::collections::BTreeSet;
use std::rc::Rc;

use source::Span;

use super::{Block, Expression, GlobalId, LocalId, RelationId};

/// What has to hold at the end of each transaction that touched what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Its name, with the spaces around it.
    pub name: Rc<str>,
    /// What has to hold.
    pub invariants: Vec<Invariant>,
    /// What is done if it does not; without that, the transaction is reversed.
    pub on_violation: Option<Violation>,
    /// Where its name is written.
    pub span: Span,
}

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    /// The condition: over the rows of a relation as [`super::ExpressionKind::ForAll`].
    pub condition: Expression,
    /// Stored relations that it depends on, also by views, rules and functions.
    pub relations: BTreeSet<RelationId>,
    /// Whether each row of the only relation can be looked at by itself, so that only those that a
    /// transaction touched have to be.
    pub is_of_row: bool,
}

/// What is done about a violation. Unless it says `accept`, the invariants are checked again behind
/// it, and if they do not hold, the transaction is reversed but for what was emitted here.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The relations that invariants name, in the order of their names in a record if there are
    /// several.
    pub relations: Vec<RelationId>,
    /// Their rows as they would be.
    pub attempted: LocalId,
    /// Their rows before the transaction.
    pub before: LocalId,
    /// What is done.
    pub body: Block,
}

/// What is done after a transaction that emitted an event, as a transaction of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// The event.
    pub event: RelationId,
    /// Its columns.
    pub parameters: Vec<LocalId>,
    /// What is done.
    pub body: Block,
    /// Where it is written.
    pub span: Span,
}

/// How a search goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strategy {
    /// In which order.
    pub order: SearchOrder,
    /// Whether calls with the same arguments share their answers, so that cycles end.
    pub is_tabled: bool,
}

/// The order in which alternatives are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// Each to its end.
    #[default]
    Depth,
    /// All by one choice, then all by two.
    Breadth,
    /// By depth with a limit that grows.
    Iterative,
}

/// A relation that gets another shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// As it was. If it is of the kind [`super::RelationKind::Migrated`], the program only sees it
    /// through the lens.
    pub from: RelationId,
    /// As it becomes.
    pub to: RelationId,
    /// A row of `to` from one of `from`.
    pub forward: Lens,
    /// A row of `from` from one of `to`.
    pub backward: Lens,
    /// Where it is written.
    pub span: Span,
}

/// A row from a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Lens {
    /// The row that is there.
    pub row: LocalId,
    /// The row that is made of it, with all columns.
    pub value: Expression,
    /// Columns of the first row that the second one does not tell. They are kept beside it, and the
    /// other lens takes them from there where they are.
    pub kept: Vec<Rc<str>>,
}

/// A library that is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Its name.
    pub library: Rc<str>,
    /// What it is called here.
    pub name: Rc<str>,
    /// As of when.
    pub at: LibraryMoment,
    /// Where it is written.
    pub span: Span,
}

/// A name of the top level that holds which moment of a library `latest` means: its number, or -1 for the
/// newest one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// The name of the library.
    pub library: Rc<str>,
    /// Where it is held.
    pub global: GlobalId,
}

impl Pin {
    /// The name that the moment of a library is kept under.
    #[must_use]
    pub fn name_of(library: &str) -> String {
        format!("revert {library}")
    }
}

/// A moment on a library's timeline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LibraryMoment {
    /// What was published last.
    Latest,
    /// The last one at or before a time.
    Time(Rc<str>),
    /// By its number.
    Number(u64),
}
