//! Which queries can be views, what tells their rows apart, and what their joins look up.

use crate::catalog::{Catalog, RelationId};
use crate::query::{Expr, Query};

/// The query without what a view does anyway: its rows are there once.
pub(super) fn without_distinct(mut query: &Query) -> &Query {
    while let Query::Distinct(input) = query {
        query = input;
    }
    query
}

/// Why a query cannot be a view.
pub(super) fn check(query: &Query) -> Result<(), &'static str> {
    match query {
        Query::Filter(input, _) | Query::Project(input, _) => check(input),
        Query::Group(input, ..) => check_plain(input),
        Query::Relation(_)
        | Query::Rows(..)
        | Query::Join(..)
        | Query::Union(..)
        | Query::Distinct(_)
        | Query::Order(..)
        | Query::Limit(..) => check_plain(query),
    }
}

/// The part below groups. Depth is that of the query, which is bounded before.
fn check_plain(query: &Query) -> Result<(), &'static str> {
    match query {
        Query::Relation(_) => Ok(()),
        Query::Rows(width, _) if *width == 0 => Err("rows without columns are no relation"),
        Query::Rows(..) => Ok(()),
        Query::Filter(input, _) | Query::Project(input, _) => check_plain(input),
        Query::Join(_, left, right, _) => {
            check_plain(left)?;
            check_plain(right)
        }
        Query::Union(one, other) => {
            check_plain(one)?;
            check_plain(other)
        }
        Query::Group(..) => Err("a group within it; make that a view of its own"),
        Query::Distinct(_) => Err("distinct rows within it; make those a view of their own"),
        Query::Order(..) | Query::Limit(..) => Err("an order; order what is read from the view"),
    }
}

pub(super) fn has_group(query: &Query) -> bool {
    match query {
        Query::Filter(input, _) | Query::Project(input, _) => has_group(input),
        Query::Group(..) => true,
        Query::Relation(_)
        | Query::Rows(..)
        | Query::Join(..)
        | Query::Union(..)
        | Query::Distinct(_)
        | Query::Order(..)
        | Query::Limit(..) => false,
    }
}

/// The relations in a query, each once.
pub(super) fn sources(query: &Query) -> Vec<RelationId> {
    let (mut waiting, mut found) = (vec![query], Vec::new());
    while let Some(query) = waiting.pop() {
        match query {
            Query::Relation(id) => found.push(*id),
            Query::Rows(..) => {}
            Query::Filter(input, _)
            | Query::Project(input, _)
            | Query::Group(input, ..)
            | Query::Order(input, _)
            | Query::Limit(input, ..)
            | Query::Distinct(input) => waiting.push(input),
            Query::Join(_, one, other, _) | Query::Union(one, other) => {
                waiting.extend([&**one, &**other]);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Columns that no two rows have alike, if that is sure.
pub(super) fn key(catalog: &Catalog, query: &Query) -> Option<Vec<usize>> {
    match query {
        Query::Relation(id) => Some(catalog.get(*id).ok()?.key.clone()),
        Query::Filter(input, _) => key(catalog, input),
        Query::Project(input, exprs) => {
            let place = |column| exprs.iter().position(|expr| *expr == Expr::Field(column));
            key(catalog, input)?.into_iter().map(place).collect()
        }
        Query::Join(_, left, right, on) => {
            let (mut ours, theirs) = (key(catalog, left)?, key(catalog, right)?);
            // Where the whole key of the right side is given, there is one row of it at most.
            if !theirs.iter().all(|column| on.iter().any(|(_, right)| right == column)) {
                let width = crate::query::width(catalog, left, 0).ok()?;
                ours.extend(theirs.into_iter().map(|column| width + column));
            }
            Some(ours)
        }
        Query::Group(_, by, _) => Some((0..by.len()).collect()),
        Query::Rows(..)
        | Query::Union(..)
        | Query::Distinct(_)
        | Query::Order(..)
        | Query::Limit(..) => None,
    }
}

/// The fields of relations by which the joins of a query look rows up when another side changes.
pub(super) fn lookups(catalog: &Catalog, query: &Query) -> Vec<(RelationId, Vec<usize>)> {
    let (mut waiting, mut found) = (vec![query], Vec::new());
    while let Some(query) = waiting.pop() {
        match query {
            Query::Relation(_) | Query::Rows(..) => {}
            Query::Filter(input, _)
            | Query::Project(input, _)
            | Query::Group(input, ..)
            | Query::Order(input, _)
            | Query::Limit(input, ..)
            | Query::Distinct(input) => waiting.push(input),
            Query::Union(one, other) => waiting.extend([&**one, &**other]),
            Query::Join(_, left, right, on) => {
                waiting.extend([&**left, &**right]);
                let (ours, theirs): (Vec<_>, Vec<_>) = on.iter().copied().unzip();
                for (side, columns) in [(left, ours), (right, theirs)] {
                    let mut fields: Vec<_> =
                        columns.iter().map(|column| origin(catalog, side, *column)).collect();
                    fields.sort_unstable();
                    fields.dedup();
                    let known: Option<Vec<_>> = fields.into_iter().collect();
                    if let Some(fields) = known
                        && let Some((id, _)) = fields.first().copied()
                        && fields.iter().all(|(other, _)| *other == id)
                    {
                        found.push((id, fields.into_iter().map(|(_, field)| field).collect()));
                    }
                }
            }
        }
    }
    found
}

/// The field of a relation that a column is.
fn origin(catalog: &Catalog, query: &Query, column: usize) -> Option<(RelationId, usize)> {
    match query {
        Query::Relation(id) => Some((*id, column)),
        Query::Filter(input, _) => origin(catalog, input, column),
        Query::Join(_, left, right, _) => {
            let width = crate::query::width(catalog, left, 0).ok()?;
            match column.checked_sub(width) {
                None => origin(catalog, left, column),
                Some(column) => origin(catalog, right, column),
            }
        }
        Query::Rows(..)
        | Query::Project(..)
        | Query::Group(..)
        | Query::Union(..)
        | Query::Distinct(_)
        | Query::Order(..)
        | Query::Limit(..) => None,
    }
}

/// Whether two lists name the same places.
pub(super) fn same_places(one: &[usize], other: &[usize]) -> bool {
    one.len() == other.len() && one.iter().all(|place| other.contains(place))
}
