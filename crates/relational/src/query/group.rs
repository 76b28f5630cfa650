//! Rows put into groups, a batch at a time.

use std::collections::BTreeMap;

use super::batch::{Batch, Column};
use super::exact::Sum;
use super::expr::{Expr, QueryError};
use super::total::{Sofar, Total};
use crate::read::Row;
use crate::value::Value;

/// Numbers of groups that are found without a search: so many from the first key on, either way.
const NEAR: i64 = 1 << 15;
/// No group.
const NONE: usize = usize::MAX;

/// One total of all groups, in the order in which they began.
enum Totals {
    Counts(Vec<u64>),
    /// Of whole numbers, as long as those are all that came.
    Sums(Vec<i128>),
    Any(Vec<Sofar>),
}

/// Groups, each with the totals so far.
pub(super) struct Groups<'t> {
    totals: &'t [Total],
    start: Vec<Sofar>,
    all: Vec<Totals>,
    /// How many groups there are.
    count: usize,
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
        let all = start.iter().map(Totals::of).collect();
        let (near, first) = (Vec::new(), 0);
        Ok(Self { totals, start, all, count: 0, by_row, by_number, near, first })
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.count
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
        for ((all, start), (total, column)) in
            self.all.iter_mut().zip(&self.start).zip(self.totals.iter().zip(&of))
        {
            all.begin(self.count, start);
            all.add(total, &groups, column.as_deref())?;
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
        let new = self.count;
        let group = *self.by_number.entry(number).or_insert(new);
        if let Some(near) = near {
            self.near[near] = group;
        }
        self.begin(group)
    }

    fn of_row(&mut self, key: Row) -> usize {
        let new = self.count;
        let group = *self.by_row.entry(key).or_insert(new);
        self.begin(group)
    }

    const fn begin(&mut self, group: usize) -> usize {
        if group == self.count {
            self.count += 1;
        }
        group
    }

    /// A row for each group, in the order of their values.
    pub(super) fn finish(mut self) -> Result<Vec<Row>, QueryError> {
        let numbers = self.by_number.into_iter();
        self.by_row.extend(numbers.map(|(number, group)| (vec![Value::Int(number)], group)));
        let mut rows = Vec::with_capacity(self.count);
        for (mut row, group) in self.by_row {
            for (total, all) in self.totals.iter().zip(&mut self.all) {
                row.push(total.finish(all.take(group))?);
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

impl Totals {
    /// Of no group, by what it is in the beginning.
    fn of(start: &Sofar) -> Self {
        match start {
            Sofar::Count(_) => Self::Counts(Vec::new()),
            Sofar::Sum(Sum::Ints(_)) => Self::Sums(Vec::new()),
            Sofar::Sum(_) | Sofar::Best(_) | Sofar::Mean(..) | Sofar::Values(_) => {
                Self::Any(Vec::new())
            }
        }
    }

    /// Makes room for so many groups.
    fn begin(&mut self, count: usize, start: &Sofar) {
        match (self, start) {
            (Self::Counts(all), _) => all.resize(count, 0),
            (Self::Sums(all), Sofar::Sum(Sum::Ints(start))) => all.resize(count, *start),
            (Self::Sums(_), _) => {}
            (Self::Any(all), start) => all.resize(count, start.clone()),
        }
    }

    /// Adds the values of rows to the groups that they belong to.
    fn add(
        &mut self,
        total: &Total,
        groups: &[usize],
        column: Option<&Column>,
    ) -> Result<(), QueryError> {
        match (&mut *self, column) {
            (Self::Counts(all), _) => {
                for group in groups {
                    all[*group] = all[*group].saturating_add(1);
                }
            }
            (Self::Sums(all), Some(Column::Ints(ints))) => {
                for (group, value) in groups.iter().zip(ints) {
                    let sum = all[*group].checked_add(i128::from(*value));
                    all[*group] = sum.ok_or(QueryError::SumOverflow)?;
                }
            }
            (Self::Sums(all), column) => {
                let sofar = all.iter().map(|sum| Sofar::Sum(Sum::Ints(*sum)));
                *self = Self::Any(sofar.collect());
                return self.add(total, groups, column);
            }
            (Self::Any(all), column) => {
                for (row, group) in groups.iter().enumerate() {
                    let value = column.map_or(Value::None, |column| column.at(row));
                    total.add(&mut all[*group], value)?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, group: usize) -> Sofar {
        match self {
            Self::Counts(all) => Sofar::Count(all[group]),
            Self::Sums(all) => Sofar::Sum(Sum::Ints(all[group])),
            Self::Any(all) => std::mem::replace(&mut all[group], Sofar::Best(None)),
        }
    }
}
