//! Queries in their logical form, and rules. In which order and with which index they run is for
//! the planner.

use std::rc::Rc;

use source::Span;

use super::{Expression, LocalId, RelationId};

/// A query: rows of all combinations of its sources that the filter lets through, then grouped, in
/// order, cut off, and made into columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Where rows come from, outermost first.
    pub sources: Vec<Source>,
    /// What has to hold of them.
    pub filter: Option<Expression>,
    /// What rows are grouped by; empty without groups, unless `is_grouped`.
    pub groups: Vec<Column>,
    /// Whether columns are of groups: then aggregates in them are over the group's rows.
    pub is_grouped: bool,
    /// What they are ordered by, the first key being the most important.
    pub order: Vec<SortKey>,
    /// How many at most.
    pub limit: Option<Expression>,
    /// What is made of a row; empty for the whole row.
    pub columns: Vec<Column>,
    /// Where it is written.
    pub span: Span,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// A relation, list or query.
    pub rows: Expression,
    /// The row at hand, in the query's other parts.
    pub row: LocalId,
    /// How it is combined with the sources before it.
    pub join: Join,
}

/// How a source is combined with those before it.
#[derive(Clone, Debug, PartialEq)]
pub enum Join {
    /// Every row with every row; the filter chooses.
    Cross,
    /// Rows for which the condition holds.
    Inner(Option<Expression>),
    /// Likewise, and none where there is no such row.
    Left(Option<Expression>),
}

/// A value with a name. If the only column has none, the value itself is the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Rc<str>,
    /// Its value.
    pub value: Expression,
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// The key.
    pub value: Expression,
    /// Whether large ones come first.
    pub is_descending: bool,
}

/// What is made of all rows together.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// How many.
    Count,
    /// The sum of the value.
    Sum(Box<Expression>),
    /// The least value, or none.
    Min(Box<Expression>),
    /// The greatest value, or none.
    Max(Box<Expression>),
    /// The mean of the value, or none.
    Average(Box<Expression>),
    /// All values as a list.
    Collect(Box<Expression>),
}

/// A rule: the head holds for all values of its variables for which the body holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The predicate that it is about.
    pub head: RelationId,
    /// Values of the head's columns. If some are aggregates, there is a row for each combination of
    /// the others, made of all different solutions of the body in which they are so.
    pub columns: Vec<Expression>,
    /// What has to hold.
    pub body: Vec<RuleItem>,
    /// Where it is written.
    pub span: Span,
}

/// A part of a rule's body.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleItem {
    /// A row that is there.
    Holds(Atom),
    /// A row that is not there.
    Fails(Atom),
    /// A condition on variables that are bound.
    Condition(Expression),
    /// A variable gets a value.
    Bind(LocalId, Expression),
}

/// Rows of a relation, by columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// Which relation, view or predicate.
    pub relation: RelationId,
    /// What each column has to be.
    pub columns: Vec<Operand>,
    /// Where it is written.
    pub span: Span,
}

/// What a column of an atom has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Anything.
    Any,
    /// This variable's value, which it gets here if it has none.
    Variable(LocalId),
    /// A value.
    Value(Expression),
}
