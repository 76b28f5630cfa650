//! A program without its spelling, before names and types are known: no brackets, no comments, no
//! sugar that means the same as something else. Depth is bounded by whoever makes it.

mod expression;
mod item;
mod statement;
mod walk;

pub(crate) use expression::{
    Arm, Expression, ExpressionKind, Lambda, Part, Pattern, PatternKind, Query, RecordPart, Select,
    SortKey, Source, SourceJoin,
};
pub(crate) use item::{
    Body, ContractForm, Field, FunctionForm, FunctionWord, HandlerForm, Inverse, Item, ItemKind,
    LensField, LensForm, MigrationForm, Parameter, RelationForm, RuleForm, Type, TypeKind, UseForm,
    VariantForm,
};
pub(crate) use statement::{Block, Explained, Rewind, Statement, StatementKind};

use std::rc::Rc;

use source::Span;

/// A name where it is written. Empty where it is missing, which was said already.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: Rc<str>,
    pub(crate) span: Span,
}

/// A program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) items: Vec<Item>,
    /// Whether it names `Conflict`, the relation of what parallel worlds did not agree on.
    pub(crate) names_conflict: bool,
}
