//! Running plans: each step hands batches of rows to the one above it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::batch::{BATCH_MAX, Batch, Column, NO_ROW};
use super::choose::{Planner, width};
use super::expr::{Expr, QueryError};
use super::fill::Builder;
use super::group::Groups;
use super::join::JoinTable;
use super::plan::{Access, Explained, JoinKind, Node, Query, Step, Via};
use super::total::{Sofar, Total};
use crate::StoreError;
use crate::area::Reader;
use crate::catalog::{Catalog, Relation};
use crate::pages::Pages;
use crate::read::{Direction, Row};
use crate::store::Store;
use crate::tree::Bounds;
use crate::value::Value;

type Flow = Result<ControlFlow<()>, QueryError>;
/// Finds the rows that some values lead to.
type Matches<'m> = &'m mut dyn FnMut(&[Value]) -> Result<Vec<Row>, QueryError>;
type Sink<'s> = &'s mut dyn FnMut(Batch) -> Flow;

impl Store {
    /// The rows that a query asks for.
    ///
    /// Without an order they come in the order of the plan, which follows from the pages alone.
    ///
    /// # Errors
    /// The query is unsound, a computation in it failed, or pages did. Nothing is ever changed.
    pub fn query<P: Pages>(&mut self, pages: &P, query: &Query) -> Result<Vec<Row>, QueryError> {
        Ok(self.explain(pages, query)?.0)
    }

    /// The rows, and the plan by which they were found.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn explain<P: Pages>(
        &mut self,
        pages: &P,
        query: &Query,
    ) -> Result<(Vec<Row>, Explained), QueryError> {
        let catalog = self.catalog(pages)?;
        let (rows, plan, found) = run(self.reader(pages), &catalog, query)?;
        Ok((rows, plan.explain(&found)))
    }
}

/// The rows that a query asks for, of the relations of a catalog.
pub(crate) fn answer<P: Pages>(
    reader: Reader<'_, P>,
    catalog: &Catalog,
    query: &Query,
) -> Result<Vec<Row>, QueryError> {
    Ok(run(reader, catalog, query)?.0)
}

/// The rows, the plan, and how many rows came out of each of its steps.
fn run<P: Pages>(
    reader: Reader<'_, P>,
    catalog: &Catalog,
    query: &Query,
) -> Result<(Vec<Row>, Step, Vec<u64>), QueryError> {
    let mut planner = Planner { reader, catalog, steps: 0 };
    let width = width(catalog, query, 0)?;
    let mut plan = planner.plan(query)?;
    plan.need(&vec![true; width]);
    let mut run = Run { reader, found: vec![0; planner.steps] };
    let rows = run.rows(&plan)?;
    Ok((rows, plan, run.found))
}

impl Step {
    /// Notes which columns are read, down to the relations.
    fn need(&mut self, columns: &[bool]) {
        let with = |mut columns: Vec<bool>, exprs: &mut dyn Iterator<Item = &Expr>| {
            // The columns were checked before.
            exprs.for_each(|expr| expr.check(&mut columns).unwrap_or_default());
            columns
        };
        match &mut self.node {
            Node::Read { needed, .. } => columns.clone_into(needed),
            Node::Rows(_) => {}
            Node::Filter(input, condition) => {
                let columns = with(columns.to_vec(), &mut std::iter::once(&*condition));
                input.need(&columns);
            }
            Node::Project(input, exprs) => {
                let width = input.width;
                input.need(&with(vec![false; width], &mut exprs.iter()));
            }
            Node::HashJoin { left, right, on, .. } => {
                let (mut one, mut two) =
                    (columns[..left.width].to_vec(), columns[left.width..].to_vec());
                for (left, right) in on {
                    one[*left] = true;
                    two[*right] = true;
                }
                left.need(&one);
                right.need(&two);
            }
            Node::Lookup { left, from, needed, via, .. } => {
                columns[left.width..].clone_into(needed);
                if let Via::Index(index) = via {
                    index.fields().iter().for_each(|field| needed[*field] = true);
                }
                let mut columns = columns[..left.width].to_vec();
                from.iter().for_each(|column| columns[*column] = true);
                left.need(&columns);
            }
            Node::Group(input, by, totals) => {
                let totals = totals.iter().filter_map(Total::of);
                let width = input.width;
                input.need(&with(vec![false; width], &mut by.iter().chain(totals)));
            }
            Node::Order(input, by) => {
                let columns = with(columns.to_vec(), &mut by.iter().map(|(expr, _)| expr));
                input.need(&columns);
            }
            Node::Limit(input, ..) => input.need(columns),
            Node::Distinct(input) => input.need(&vec![true; columns.len()]),
            Node::Union(one, other) => {
                one.need(columns);
                other.need(columns);
            }
        }
    }
}

struct Run<'p, P> {
    reader: Reader<'p, P>,
    /// How many rows came out of each step.
    found: Vec<u64>,
}

impl<P: Pages> Run<'_, P> {
    fn rows(&mut self, step: &Step) -> Result<Vec<Row>, QueryError> {
        let (mut rows, reader) = (Vec::new(), self.reader);
        self.run_all(step, &mut |batch| {
            reader.spend(size_of_rows(batch.len, step.width))?;
            rows.extend((0..batch.len).map(|row| batch.row(row)));
            Ok(())
        })?;
        Ok(rows)
    }

    /// The rows of a step in one batch.
    fn gather(&mut self, step: &Step) -> Result<Batch, QueryError> {
        let mut all = Batch { len: 0, columns: vec![Column::Absent; step.width] };
        let reader = self.reader;
        self.run_all(step, &mut |batch| {
            reader.spend(size_of_rows(batch.len, step.width))?;
            all.append(batch);
            Ok(())
        })?;
        Ok(all)
    }

    /// Runs a step to its end.
    fn run_all(
        &mut self,
        step: &Step,
        sink: &mut dyn FnMut(Batch) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let mut whole = |batch| sink(batch).map(ControlFlow::Continue);
        self.run(step, &mut whole).map(|_| ())
    }

    /// Runs a step. Depth is that of the query, which is bounded.
    fn run(&mut self, step: &Step, sink: Sink<'_>) -> Flow {
        let (mut found, reader) = (0, self.reader);
        let mut counted = |batch: Batch| {
            found += batch.len as u64;
            reader.spend(0)?;
            if batch.len == 0 { Ok(ControlFlow::Continue(())) } else { sink(batch) }
        };
        let flow = self.run_node(step, &mut counted)?;
        self.found[step.number] += found;
        Ok(flow)
    }

    fn run_node(&mut self, step: &Step, sink: Sink<'_>) -> Flow {
        match &step.node {
            Node::Read { relation, access, needed } => self.read(relation, access, needed, sink),
            Node::Rows(rows) => emit(rows, step.width, sink),
            Node::Filter(input, condition) => self.run(input, &mut |batch| {
                let truths = condition.bools(&batch)?;
                let rows = places_of(&truths);
                sink(if rows.len() == batch.len { batch } else { batch.pick(&rows) })
            }),
            Node::Project(input, exprs) => self.run(input, &mut |batch| {
                let columns = exprs.iter().map(|expr| Ok(expr.eval(&batch)?.into_owned()));
                let columns = columns.collect::<Result<_, QueryError>>()?;
                sink(Batch { len: batch.len, columns })
            }),
            Node::HashJoin { kind, left, right, on } => {
                let rows = self.gather(right)?;
                let table = JoinTable::new(rows, on.iter().map(|(_, right)| *right).collect());
                let from: Vec<_> = on.iter().map(|(left, _)| *left).collect();
                self.run(left, &mut |batch| join_table(*kind, &batch, &from, &table, sink))
            }
            Node::Lookup { kind, left, relation, via, from, needed } => {
                let (reader, width) = (self.reader, relation.fields.len());
                self.run(left, &mut |batch| {
                    join_batch(*kind, &batch, from, width, sink, &mut |values| {
                        Ok(look_up(reader, relation, (via, needed), values)?)
                    })
                })
            }
            Node::Group(input, by, totals) => {
                let rows = self.group(input, by, totals)?;
                emit(&rows, step.width, sink)
            }
            Node::Order(input, by) => {
                let rows = self.order(input, by)?;
                emit(&rows, step.width, sink)
            }
            Node::Limit(input, skip, count) => self.limit(input, *skip, *count, sink),
            Node::Distinct(input) => {
                let (mut seen, reader) = (BTreeSet::new(), self.reader);
                self.run(input, &mut |batch| {
                    let new = |row: &usize| seen.insert(batch.row(*row));
                    let rows: Vec<_> = (0..batch.len).filter(new).collect();
                    reader.spend(size_of_rows(rows.len(), step.width))?;
                    sink(batch.pick(&rows))
                })
            }
            Node::Union(one, other) => {
                let flow = self.run(one, sink)?;
                if flow.is_break() { Ok(flow) } else { self.run(other, sink) }
            }
        }
    }

    fn read(&self, relation: &Relation, access: &Access, needed: &[bool], sink: Sink<'_>) -> Flow {
        let mut keys = match access {
            Access::All => return self.scan(relation, Bounds::ALL, needed, sink),
            Access::Key(bounds) => return self.scan(relation, bounds.clone(), needed, sink),
            Access::Index(index, bounds) => index.find_between(self.reader, bounds.clone())?,
            Access::Find(index, values) => index.find(self.reader, relation, values)?,
        };
        // However they are found, rows of a relation come in the order of its keys.
        keys.sort_unstable();
        for keys in keys.chunks(BATCH_MAX) {
            let mut batch = Builder::new(relation, needed);
            for key in keys {
                let bytes = relation.rows.get(self.reader, key)?;
                batch.push(&bytes.ok_or_else(|| relation.lost_row())?)?;
            }
            if sink(batch.finish())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn scan(&self, relation: &Relation, bounds: Bounds, needed: &[bool], sink: Sink<'_>) -> Flow {
        let mut entries = relation.rows.scan(self.reader, bounds)?;
        let mut next = entries.next_of_leaf()?;
        loop {
            let mut batch = Builder::new(relation, needed);
            while let Some((leaf, places)) = &mut next {
                // As many of its rows as there is room for.
                let end = places.end.min(places.start + (BATCH_MAX - batch.len));
                batch.push_leaf(self.reader, *leaf, places.start..end)?;
                places.start = end;
                if places.start == places.end {
                    next = entries.next_of_leaf()?;
                }
                if batch.len == BATCH_MAX {
                    break;
                }
            }
            if sink(batch.finish())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if next.is_none() {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    fn group(
        &mut self,
        input: &Step,
        by: &[Expr],
        totals: &[Total],
    ) -> Result<Vec<Row>, QueryError> {
        if by.is_empty() {
            let start = totals.iter().map(Total::start).collect::<Result<Vec<_>, _>>()?;
            return self.group_all(input, totals, start).map(|row| vec![row]);
        }
        let (mut groups, reader) = (Groups::new(totals)?, self.reader);
        self.run_all(input, &mut |batch| {
            let before = groups.count();
            groups.add(&batch, by)?;
            Ok(reader.spend(size_of_rows(groups.count() - before, by.len() + totals.len()))?)
        })?;
        groups.finish()
    }

    /// The totals of all rows.
    fn group_all(
        &mut self,
        input: &Step,
        totals: &[Total],
        mut sofar: Vec<Sofar>,
    ) -> Result<Row, QueryError> {
        self.run_all(input, &mut |batch| {
            for (total, sofar) in totals.iter().zip(&mut sofar) {
                let column = total.of().map(|of| of.eval(&batch)).transpose()?;
                total.add_all(sofar, column.as_deref(), batch.len)?;
            }
            Ok(())
        })?;
        totals.iter().zip(sofar).map(|(total, sofar)| total.finish(sofar)).collect()
    }

    fn order(&mut self, input: &Step, by: &[(Expr, Direction)]) -> Result<Vec<Row>, QueryError> {
        let (mut rows, reader) = (Vec::new(), self.reader);
        self.run_all(input, &mut |batch| {
            reader.spend(size_of_rows(batch.len, input.width + by.len()))?;
            let keys = by.iter().map(|(expr, _)| expr.eval(&batch));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            for row in 0..batch.len {
                let key: Row = keys.iter().map(|column| column.at(row)).collect();
                rows.push((key, batch.row(row)));
            }
            Ok(())
        })?;
        rows.sort_by(|(one, _), (other, _)| {
            let orders = one.iter().zip(other).zip(by).map(|((one, other), (_, direction))| {
                let order = one.cmp(other);
                if *direction == Direction::Down { order.reverse() } else { order }
            });
            orders.fold(Ordering::Equal, Ordering::then)
        });
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    fn limit(&mut self, input: &Step, skip: u64, count: u64, sink: Sink<'_>) -> Flow {
        let (mut to_skip, mut to_take) = (skip, count);
        if count == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let mut is_stopped = false;
        let flow = self.run(input, &mut |batch| {
            let within = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(batch.len);
            let from = within(to_skip);
            to_skip -= from as u64;
            let to = from + within(to_take).min(batch.len - from);
            to_take -= (to - from) as u64;
            let flow = sink(batch.take(from, to))?;
            is_stopped = flow.is_break();
            Ok(if to_take == 0 { ControlFlow::Break(()) } else { flow })
        })?;
        // That it has enough is nothing that stops the steps above.
        Ok(if is_stopped { flow } else { ControlFlow::Continue(()) })
    }
}

/// About how many bytes rows take while they wait.
fn size_of_rows(rows: usize, width: usize) -> usize {
    rows.saturating_mul(size_of::<Row>() + width * size_of::<Value>())
}

/// Where it is true, found without a branch for each place.
fn places_of(truths: &[bool]) -> Vec<usize> {
    let (mut places, mut count) = (vec![0; truths.len()], 0);
    for (place, is_true) in truths.iter().enumerate() {
        places[count] = place;
        count += usize::from(*is_true);
    }
    places.truncate(count);
    places
}

/// Hands rows on in batches.
fn emit(rows: &[Row], width: usize, sink: Sink<'_>) -> Flow {
    for rows in rows.chunks(BATCH_MAX) {
        if sink(Batch::of_rows(rows, width))?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Joins each row of a batch with those of a table.
fn join_table(
    kind: JoinKind,
    batch: &Batch,
    from: &[usize],
    table: &JoinTable,
    sink: Sink<'_>,
) -> Flow {
    let mut buffer = Vec::new();
    let columns = |right: &[_]| table.rows().pick_some(right).columns;
    join_each(batch, sink, columns, |row, right| {
        let before = right.len();
        table.matches((batch, from, row), &mut buffer, right);
        if right.len() == before && kind == JoinKind::Left {
            right.push(NO_ROW);
        }
        Ok(())
    })
}

/// Joins each row of a batch with those that its columns lead to.
fn join_batch(
    kind: JoinKind,
    batch: &Batch,
    from: &[usize],
    right_width: usize,
    sink: Sink<'_>,
    matches: Matches<'_>,
) -> Flow {
    let columns = |right: &[Row]| Batch::of_rows(right, right_width).columns;
    join_each(batch, sink, columns, |row, right| {
        let values: Row = from.iter().map(|column| batch.columns[*column].at(row)).collect();
        let mut found = matches(&values)?;
        if found.is_empty() && kind == JoinKind::Left {
            found.push(vec![Value::None; right_width]);
        }
        right.append(&mut found);
        Ok(())
    })
}

/// Hands on each row of a batch beside all that `matches` adds for it, whose columns `columns` makes.
fn join_each<R>(
    batch: &Batch,
    sink: Sink<'_>,
    columns: impl Fn(&[R]) -> Vec<Column>,
    mut matches: impl FnMut(usize, &mut Vec<R>) -> Result<(), QueryError>,
) -> Flow {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in 0..=batch.len {
        if row == batch.len || left.len() >= BATCH_MAX {
            let mut joined = batch.pick(&left);
            joined.columns.extend(columns(&right));
            if sink(joined)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            left.clear();
            right.clear();
        }
        if row == batch.len {
            break;
        }
        matches(row, &mut right)?;
        left.resize(right.len(), row);
    }
    Ok(ControlFlow::Continue(()))
}

/// The rows of a relation with these values.
fn look_up<P: Pages>(
    reader: Reader<'_, P>,
    relation: &Relation,
    (via, needed): (&Via, &[bool]),
    values: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let row_of = |bytes: &[u8]| {
        let value = |(place, needed): (usize, &bool)| {
            if *needed { relation.value(bytes, place) } else { Ok(Value::None) }
        };
        needed.iter().enumerate().map(value).collect::<Result<Row, StoreError>>()
    };
    match via {
        Via::Key => {
            let fits = relation.key.iter().zip(values);
            if !fits.into_iter().all(|(place, value)| relation.fields[*place].ty.accepts(value)) {
                return Ok(Vec::new());
            }
            let bytes = match relation.encode_key(values) {
                Ok(key) => relation.rows.get(reader, &key)?,
                // No row has such a key.
                Err(StoreError::KeyTooLong { .. }) => None,
                Err(error) => return Err(error),
            };
            bytes.map(|bytes| row_of(&bytes)).into_iter().collect()
        }
        Via::Index(index) => {
            let mut rows = Vec::new();
            let mut fits = index.types(relation).into_iter().zip(values);
            if !fits.all(|(ty, value)| ty.accepts(value)) {
                return Ok(rows);
            }
            for key in index.find(reader, relation, values)? {
                let bytes = relation.rows.get(reader, &key)?.ok_or_else(|| relation.lost_row())?;
                let row = row_of(&bytes)?;
                if index.values(&row)? == values {
                    rows.push(row);
                }
            }
            Ok(rows)
        }
    }
}
