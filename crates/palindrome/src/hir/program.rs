//! What a program defines.

use std::rc::Rc;

use source::Span;

use super::{Block, Contract, Expression, Handler, Migration, Pin, Query, Rule, Statement, Use};
use crate::types::{Effect, Fields, Type, Union};

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            pub(crate) fn index(self) -> usize {
                self.0 as usize
            }

            pub(crate) fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )*};
}

ids! {
    /// Which of a program's variables.
    LocalId,
    /// Which name of the top level.
    GlobalId,
    /// Which function.
    FunctionId,
    /// Which relation, view, predicate or event.
    RelationId,
}

/// A program. Ids are places in these lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Tagged unions.
    pub unions: Vec<Union>,
    /// Variables of functions, lambdas, blocks, patterns and queries.
    pub locals: Vec<Local>,
    /// Names of the top level.
    pub globals: Vec<Global>,
    /// Transforms and queries.
    pub functions: Vec<Function>,
    /// What has rows.
    pub relations: Vec<Relation>,
    /// Indexes that are asked for.
    pub indexes: Vec<Index>,
    /// Rules, grouped by stratum, those first that others need.
    pub strata: Vec<Vec<Rule>>,
    /// What has to hold at the end of transactions.
    pub contracts: Vec<Contract>,
    /// What is done after something was emitted.
    pub handlers: Vec<Handler>,
    /// Relations that get another shape.
    pub migrations: Vec<Migration>,
    /// Libraries, whose definitions are among those of the program.
    pub uses: Vec<Use>,
    /// Of the libraries that the program reverts.
    pub pins: Vec<Pin>,
    /// Tests.
    pub tests: Vec<Test>,
    /// The statements of the top level.
    pub main: Vec<Statement>,
    /// Whether anything looks at moments, goes back to one, or disposes of a name.
    pub looks_back: bool,
}

/// A variable of a function, lambda, block, pattern or query.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// Its name; what was derived has names that cannot be written.
    pub name: Rc<str>,
    /// The type of its values.
    pub of: Type,
    /// Whether it is assigned to.
    pub is_changed: bool,
    /// Where it is named.
    pub span: Span,
}

/// A name of the top level.
#[derive(Clone, Debug, PartialEq)]
pub struct Global {
    /// Its name, with the spaces around it.
    pub name: Rc<str>,
    /// The type of its values.
    pub of: Type,
    /// Whether it is assigned to.
    pub is_changed: bool,
    /// Where it is named.
    pub span: Span,
}

/// A transform or query.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name, with the spaces around it.
    pub name: Rc<str>,
    /// Its type parameters.
    pub generics: Vec<Rc<str>>,
    /// What it takes.
    pub parameters: Vec<LocalId>,
    /// What it gives.
    pub result: Type,
    /// What it may do.
    pub effect: Effect,
    /// What it does.
    pub body: Expression,
    /// How it is undone.
    pub backward: Backward,
    /// What its inverse is called, if it has a name.
    pub inverse: Option<Rc<str>>,
    /// Where its name is written.
    pub span: Span,
}

/// How a function is undone. Its inverse takes the result in place of the first argument, and the
/// other arguments as they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Backward {
    /// Not at all: nobody asks for the inverse.
    None,
    /// It has effects: the tape undoes the latest call with the same arguments.
    Tape,
    /// It changes nothing (`<-> same`).
    Same,
    /// By this, which is written.
    Written(Vec<LocalId>, Expression),
    /// By this, which was derived.
    Derived(Vec<LocalId>, Expression),
}

/// Something with rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its name, with the spaces around it.
    pub name: Rc<str>,
    /// Its columns, in their order.
    pub fields: Vec<RelationField>,
    /// Where its rows come from.
    pub kind: RelationKind,
    /// What its history is called.
    pub history: Option<Rc<str>>,
    /// Where its name is written.
    pub span: Span,
}

impl Relation {
    /// The types of its columns.
    #[must_use]
    pub fn row(&self) -> Fields {
        self.fields.iter().map(|field| (Rc::clone(&field.name), field.of.clone())).collect()
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationField {
    /// Its name.
    pub name: Rc<str>,
    /// The type of its values.
    pub of: Type,
    /// Whether it belongs to the key. If no column does, all do.
    pub is_key: bool,
    /// Whether no two rows have the same.
    pub is_unique: bool,
    /// The relation whose key it is.
    pub references: Option<Reference>,
    /// What it is if nothing is given.
    pub default: Option<Expression>,
}

/// A column of which every value is a key of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference(pub RelationId);

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationKind {
    /// They are stored.
    Stored,
    /// They follow from others.
    View(Box<Query>),
    /// They follow by rules.
    Predicate,
    /// They are emitted.
    Event,
    /// They are the past of a stored relation.
    History(RelationId),
    /// They are the past of a name of the top level.
    NameHistory(GlobalId),
    /// They are those of the relation that this one was migrated to, seen through the backward lens.
    Migrated(RelationId),
}

/// An index that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Of which relation.
    pub relation: RelationId,
    /// A row of it.
    pub row: LocalId,
    /// What it goes by, of that row: columns, or values that are computed from them.
    pub keys: Vec<Expression>,
    /// Of which kind.
    pub kind: IndexKind,
    /// Where it is written.
    pub span: Span,
}

/// The kind of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Ordered.
    Btree,
    /// For equality.
    Hash,
    /// For columns of few values.
    Bitmap,
    /// For words in texts.
    Fulltext,
}

/// A test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it says that it shows.
    pub name: Rc<str>,
    /// What it does.
    pub body: Block,
    /// Where it is written.
    pub span: Span,
}
