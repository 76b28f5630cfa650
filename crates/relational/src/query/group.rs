//! Rows put into groups, a batch at a time.

use std::collections::BTreeMap;

use super::batch::{Batch, Column};
use super::expr::{Expr, QueryError};
use super::total::{Sofar, Total};
use crate::read::Row;
use crate::value::Value;

/// Numbers of groups that are found without a search: so many from the first key on, either way.
const NEAR: i64 = 1 << 15;
/// No group.
const NONE: usize = usize::MAX;

/// Groups, each with the totals so far.
pub(super) struct Groups<'t> {
    totals: &'t [Total],
    start: Vec<Sofar>,
    all: Vec<Vec<Sofar>>,
    by_row: BTreeMap<Row, usize>,
    /// Groups by one whole number are found without making a row of it.
    by_number: BTreeMap<i64, usize>,
    /// Those of numbers near the first one, which is in the middle.
    near: Vec<usize>,
    first: i64,
}

impl<'t> Groups<'t> {
    pub(super) fn new(totals: &'t [Total]) -> Result<Self, QueryError> {
        let start = totals.iter().map(Total::start).collect::<Result<Vec<_>, _>>()?;
        let (by_row, by_number) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { totals, start, all: Vec::new(), by_row, by_number, near: Vec::new(), first: 0 })
    }

    /// Adds the rows of a batch.
    pub(super) fn add(&mut self, batch: &Batch, by: &[Expr]) -> Result<(), QueryError> {
        let keys = by.iter().map(|expr| expr.eval(batch)).collect::<Result<Vec<_>, _>>()?;
        let of = self.totals.iter().map(|total| total.of().map(|of| of.eval(batch)).transpose());
        let of = of.collect::<Result<Vec<_>, _>>()?;
        let mut groups = Vec::with_capacity(batch.len);
        if let [only] = keys.as_slice()
            && let Column::Ints(numbers) = only.as_ref()
        {
            groups.extend(numbers.iter().map(|number| self.of_number(*number)));
        } else {
            for row in 0..batch.len {
                let group = match keys.as_slice() {
                    [only] if matches!(*only.look(row), Value::Int(_)) => {
                        let Value::Int(number) = *only.look(row) else { continue };
                        self.of_number(number)
                    }
                    _ => self.of_row(keys.iter().map(|column| column.at(row)).collect()),
                };
                groups.push(group);
            }
        }
        for (place, (total, column)) in self.totals.iter().zip(&of).enumerate() {
            total.add_each(&mut self.all, place, (&groups, column.as_deref()))?;
        }
        Ok(())
    }

    fn of_number(&mut self, number: i64) -> usize {
        if self.near.is_empty() {
            self.near = vec![NONE; 2 << 15];
            self.first = number;
        }
        let offset = number.wrapping_sub(self.first).wrapping_add(NEAR);
        let near = usize::try_from(offset).ok().filter(|near| *near < self.near.len());
        if let Some(near) = near
            && self.near[near] != NONE
        {
            return self.near[near];
        }
        let new = self.all.len();
        let group = *self.by_number.entry(number).or_insert(new);
        if let Some(near) = near {
            self.near[near] = group;
        }
        self.begin(group)
    }

    fn of_row(&mut self, key: Row) -> usize {
        let new = self.all.len();
        let group = *self.by_row.entry(key).or_insert(new);
        self.begin(group)
    }

    fn begin(&mut self, group: usize) -> usize {
        if group == self.all.len() {
            self.all.push(self.start.clone());
        }
        group
    }

    /// A row for each group, in the order of their values.
    pub(super) fn finish(mut self) -> Result<Vec<Row>, QueryError> {
        let numbers = self.by_number.into_iter();
        self.by_row.extend(numbers.map(|(number, group)| (vec![Value::Int(number)], group)));
        let mut rows = Vec::with_capacity(self.all.len());
        for (mut row, group) in self.by_row {
            for (total, sofar) in self.totals.iter().zip(std::mem::take(&mut self.all[group])) {
                row.push(total.finish(sofar)?);
            }
            rows.push(row);
        }
        Ok(rows)
    }
}
