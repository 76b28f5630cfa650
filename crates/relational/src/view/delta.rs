//! What changes in the rows of a query when rows of its relations do.
//!
//! Rows come with how often they are added, below zero when they go. The relations are already as
//! they are afterwards: joins are found by A′B′ − AB = ΔA·B′ + A′·ΔB − ΔA·ΔB. After Gupta, Mumick and
//! Subrahmanian, *Maintaining Views Incrementally*, SIGMOD 1993 (the counting algorithm).

use std::collections::BTreeMap;

use crate::area::Reader;
use crate::catalog::{Catalog, RelationId};
use crate::pages::Pages;
use crate::query::{Batch, Expr, JoinKind, Query, QueryError, answer, width};
use crate::read::Row;
use crate::value::Value;

/// Rows, and how often each is added.
pub(crate) type Bag = Vec<(Row, i64)>;

/// The changes of relations, and the relations as they are after them.
pub(super) struct Delta<'c, 'p, P> {
    pub(super) reader: Reader<'p, P>,
    pub(super) catalog: &'c Catalog,
    pub(super) changes: &'c BTreeMap<RelationId, Bag>,
}

/// The columns of pairs that are equal, on each side.
struct Sides {
    left: Vec<usize>,
    right: Vec<usize>,
}

impl<P: Pages> Delta<'_, '_, P> {
    /// The changes of a query without groups. Depth is that of the query, which is bounded.
    pub(super) fn of(&self, query: &Query) -> Result<Bag, QueryError> {
        match query {
            Query::Relation(id) => Ok(self.changes.get(id).cloned().unwrap_or_default()),
            Query::Rows(..) => Ok(Vec::new()),
            Query::Filter(input, condition) => filter(self.of(input)?, condition),
            Query::Project(input, exprs) => project(self.of(input)?, exprs),
            Query::Union(one, other) => {
                let mut bag = self.of(one)?;
                bag.extend(self.of(other)?);
                Ok(bag)
            }
            Query::Join(kind, left, right, on) => self.join(*kind, left, right, on),
            // Views have none of these where there are no groups above.
            Query::Group(..) | Query::Distinct(_) | Query::Order(..) | Query::Limit(..) => {
                Err(QueryError::TooDeep)
            }
        }
    }

    fn join(
        &self,
        kind: JoinKind,
        left: &Query,
        right: &Query,
        on: &[(usize, usize)],
    ) -> Result<Bag, QueryError> {
        let (ours, theirs) = (self.of(left)?, self.of(right)?);
        let (one, other) = on.iter().copied().unzip();
        let sides = Sides { left: one, right: other };
        let mut bag = Vec::new();
        if !ours.is_empty() {
            bag = self.joined(kind, &ours, &sides.left, right, &sides.right)?;
        }
        if theirs.is_empty() {
            return Ok(bag);
        }
        let by_key = keyed(&theirs, &sides.right);
        let keys: Bag = by_key.keys().map(|key| (key.clone(), 1)).collect();
        let all: Vec<_> = (0..on.len()).collect();
        // The left rows with those keys, as they were before.
        let mut before: Bag = Vec::new();
        for (row, count) in self.joined(JoinKind::Inner, &keys, &all, left, &sides.left)? {
            before.push((row[on.len()..].to_vec(), count));
        }
        before.extend(ours.into_iter().map(|(row, count)| (row, -count)));
        for (row, count) in &before {
            for (found, times) in by_key.get(&picked(row, &sides.left)).into_iter().flatten() {
                bag.push(([row.as_slice(), found].concat(), count * times));
            }
        }
        if kind == JoinKind::Left {
            let mut after: BTreeMap<Row, i64> = BTreeMap::new();
            for (row, count) in self.joined(JoinKind::Inner, &keys, &all, right, &sides.right)? {
                *after.entry(row[..on.len()].to_vec()).or_default() += count;
            }
            let nones = vec![Value::None; width(self.catalog, right, 0)?];
            for (row, count) in &before {
                let key = picked(row, &sides.left);
                let Some(changes) = by_key.get(&key) else { continue };
                let after = after.get(&key).copied().unwrap_or(0);
                let had = after != changes.iter().map(|(_, times)| times).sum::<i64>();
                let sign = i64::from(after == 0) - i64::from(!had);
                if sign != 0 {
                    bag.push(([row.as_slice(), &nones].concat(), count * sign));
                }
            }
        }
        Ok(bag)
    }

    /// Rows joined with those of a query, as they are now.
    fn joined(
        &self,
        kind: JoinKind,
        bag: &Bag,
        columns: &[usize],
        query: &Query,
        theirs: &[usize],
    ) -> Result<Bag, QueryError> {
        let Some((first, _)) = bag.first() else { return Ok(Vec::new()) };
        let width = first.len();
        let counted = |(row, count): &(Row, i64)| {
            let mut row = row.clone();
            row.push(Value::Int(*count));
            row
        };
        let rows = Query::Rows(width + 1, bag.iter().map(counted).collect());
        let on = columns.iter().copied().zip(theirs.iter().copied()).collect();
        let joined = Query::Join(kind, Box::new(rows), Box::new(query.clone()), on);
        let mut found = Vec::new();
        for mut row in answer(self.reader, self.catalog, &joined)? {
            if let Value::Int(count) = row.remove(width) {
                found.push((row, count));
            }
        }
        Ok(found)
    }
}

/// The values of some columns.
fn picked(row: &Row, columns: &[usize]) -> Row {
    columns.iter().map(|column| row[*column].clone()).collect()
}

/// Rows by the values of some columns.
fn keyed<'b>(bag: &'b Bag, columns: &[usize]) -> BTreeMap<Row, Vec<(&'b [Value], i64)>> {
    let mut keyed: BTreeMap<Row, Vec<_>> = BTreeMap::new();
    for (row, count) in bag {
        keyed.entry(picked(row, columns)).or_default().push((row.as_slice(), *count));
    }
    keyed
}

/// The columns of all rows, to compute with.
pub(super) fn batch(bag: Bag) -> (Batch, Vec<i64>) {
    let width = bag.first().map_or(0, |(row, _)| row.len());
    let (rows, counts): (Vec<_>, Vec<_>) = bag.into_iter().unzip();
    (Batch::of_rows(&rows, width), counts)
}

pub(super) fn filter(bag: Bag, condition: &Expr) -> Result<Bag, QueryError> {
    if bag.is_empty() {
        return Ok(bag);
    }
    let (batch, counts) = batch(bag);
    let truths = condition.bools(&batch)?;
    let kept = (0..batch.len).filter(|row| truths[*row]);
    Ok(kept.map(|row| (batch.row(row), counts[row])).collect())
}

pub(super) fn project(bag: Bag, exprs: &[Expr]) -> Result<Bag, QueryError> {
    if bag.is_empty() {
        return Ok(bag);
    }
    let (batch, counts) = batch(bag);
    let columns = exprs.iter().map(|expr| Ok(expr.eval(&batch)?.into_owned()));
    let columns = columns.collect::<Result<Vec<_>, QueryError>>()?;
    let projected = Batch { len: batch.len, columns };
    Ok((0..batch.len).map(|row| (projected.row(row), counts[row])).collect())
}
