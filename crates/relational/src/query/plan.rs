//! What a query asks for, and the plan that answers it, as a tree that can be shown.

use std::fmt;
use std::sync::Arc;

use super::expr::{Expr, QueryError};
use super::total::Total;
use crate::catalog::{Relation, RelationId};
use crate::index::Index;
use crate::read::{Direction, Row};
use crate::tree::Bounds;
use crate::value::Value;

/// How deep queries nest at most.
pub const PLAN_DEPTH_MAX: usize = 100;

/// Which rows of a join are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Pairs that match.
    Inner,
    /// Those, and rows of the left side without a match, with nones on the right.
    Left,
}

/// What to compute. Rows are lists of columns, which later steps name by their places.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// All rows of a relation.
    Relation(RelationId),
    /// These rows, all of so many columns.
    Rows(usize, Vec<Row>),
    /// The rows for which an expression is true.
    Filter(Box<Self>, Expr),
    /// For each row, the values of expressions.
    Project(Box<Self>, Vec<Expr>),
    /// Pairs of rows with equal values in pairs of columns, the left one's columns first. Without
    /// pairs of columns, all pairs of rows.
    Join(JoinKind, Box<Self>, Box<Self>, Vec<(usize, usize)>),
    /// For each different list of values, those values, then the totals over its rows. Without
    /// expressions, one group, even of no rows.
    Group(Box<Self>, Vec<Expr>, Vec<Total>),
    /// The rows, ordered by expressions.
    Order(Box<Self>, Vec<(Expr, Direction)>),
    /// Without so many rows at the start, so many rows.
    Limit(Box<Self>, u64, u64),
    /// Each row once.
    Distinct(Box<Self>),
    /// The rows of both, one after the other.
    Union(Box<Self>, Box<Self>),
}

/// A step of a plan.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) node: Node,
    pub(super) width: usize,
    /// About how many rows come out.
    pub(super) rows: f64,
    /// Its place among all steps.
    pub(super) number: usize,
}

#[derive(Debug)]
pub(super) enum Node {
    Read {
        relation: Arc<Relation>,
        access: Access,
        needed: Vec<bool>,
    },
    Rows(Vec<Row>),
    Filter(Box<Step>, Expr),
    Project(Box<Step>, Vec<Expr>),
    HashJoin {
        kind: JoinKind,
        left: Box<Step>,
        right: Box<Step>,
        on: Vec<(usize, usize)>,
    },
    /// For each row of the left side, a look into a relation.
    Lookup {
        kind: JoinKind,
        left: Box<Step>,
        relation: Arc<Relation>,
        via: Via,
        from: Vec<usize>,
        needed: Vec<bool>,
    },
    Group(Box<Step>, Vec<Expr>, Vec<Total>),
    Order(Box<Step>, Vec<(Expr, Direction)>),
    Limit(Box<Step>, u64, u64),
    Distinct(Box<Step>),
    Union(Box<Step>, Box<Step>),
}

/// How rows of a relation are found.
#[derive(Debug)]
pub(super) enum Access {
    All,
    Key(Bounds),
    Index(Index, Bounds),
    /// Of indexes without an order.
    Find(Index, Vec<Value>),
}

/// How a row of another relation is looked up.
#[derive(Debug)]
pub(super) enum Via {
    Key,
    Index(Index),
}

/// A plan that was run: a line for each step, with how many rows were guessed and how many came.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The steps, each after the one that takes its rows, with how deep it lies.
    pub steps: Vec<(usize, String, f64, u64)>,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, text, guessed, found) in &self.steps {
            writeln!(
                f,
                "{:indent$}{text}  (about {guessed:.0} rows, {found} found)",
                "",
                indent = 2 * depth
            )?;
        }
        Ok(())
    }
}

impl Step {
    pub(super) fn inputs(&self) -> Vec<&Self> {
        match &self.node {
            Node::Read { .. } | Node::Rows(_) => Vec::new(),
            Node::Filter(input, _)
            | Node::Project(input, _)
            | Node::Lookup { left: input, .. }
            | Node::Group(input, ..)
            | Node::Order(input, _)
            | Node::Limit(input, ..)
            | Node::Distinct(input) => vec![input],
            Node::HashJoin { left, right, .. } | Node::Union(left, right) => vec![left, right],
        }
    }

    fn text(&self) -> String {
        let joined = |kind: &JoinKind| if *kind == JoinKind::Left { "left " } else { "" };
        match &self.node {
            Node::Read { relation, access, .. } => match access {
                Access::All => format!("scan {}", relation.name()),
                Access::Key(_) => format!("range of keys of {}", relation.name()),
                Access::Index(index, _) | Access::Find(index, _) => {
                    format!("index \"{}\" of {}", index.name(), relation.name())
                }
            },
            Node::Rows(_) => "rows".to_owned(),
            Node::Filter(..) => "filter".to_owned(),
            Node::Project(..) => "project".to_owned(),
            Node::HashJoin { kind, .. } => format!("{}hash join", joined(kind)),
            Node::Lookup { kind, relation, via, .. } => match via {
                Via::Key => format!("{}join by key of {}", joined(kind), relation.name()),
                Via::Index(index) => {
                    let (name, relation) = (index.name(), relation.name());
                    format!("{}join by index \"{name}\" of {relation}", joined(kind))
                }
            },
            Node::Group(..) => "group".to_owned(),
            Node::Order(..) => "order".to_owned(),
            Node::Limit(..) => "limit".to_owned(),
            Node::Distinct(_) => "distinct".to_owned(),
            Node::Union(..) => "union".to_owned(),
        }
    }

    pub(super) fn explain(&self, found: &[u64]) -> Explained {
        let mut steps = Vec::new();
        let mut waiting = vec![(self, 0)];
        while let Some((step, depth)) = waiting.pop() {
            let found = found.get(step.number).copied().unwrap_or(0);
            steps.push((depth, step.text(), step.rows, found));
            waiting.extend(step.inputs().into_iter().rev().map(|input| (input, depth + 1)));
        }
        Explained { steps }
    }
}

/// Checks columns named by place.
pub(super) fn check_column(column: usize, width: usize) -> Result<(), QueryError> {
    if column < width { Ok(()) } else { Err(QueryError::Column { column, width }) }
}
