//! Rows in columns, some hundred at a time.

use std::borrow::Cow;

use crate::read::Row;
use crate::value::Value;

/// How many rows a batch has at most.
pub(crate) const BATCH_MAX: usize = 1024;

/// Stands for a row that is not there, whose columns are none.
pub(super) const NO_ROW: usize = usize::MAX;

/// One column of a batch.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// A column that nobody reads.
    Absent,
    Ints(Vec<i64>),
    Bools(Vec<bool>),
    Values(Vec<Value>),
    /// The same value in all rows.
    Same(Value),
}

impl Column {
    pub(crate) fn at(&self, row: usize) -> Value {
        match self {
            Self::Absent => Value::None,
            Self::Ints(ints) => Value::Int(ints[row]),
            Self::Bools(bools) => Value::Bool(bools[row]),
            Self::Values(values) => values[row].clone(),
            Self::Same(value) => value.clone(),
        }
    }

    /// The value in a row, borrowed where it is kept as one.
    pub(crate) fn look(&self, row: usize) -> Cow<'_, Value> {
        match self {
            Self::Values(values) => Cow::Borrowed(&values[row]),
            Self::Same(value) => Cow::Borrowed(value),
            Self::Absent | Self::Ints(_) | Self::Bools(_) => Cow::Owned(self.at(row)),
        }
    }

    /// The chosen rows, in that order; some may not be there.
    fn pick_some(&self, rows: &[usize]) -> Self {
        let at = |row: &usize| if *row == NO_ROW { Value::None } else { self.at(*row) };
        if matches!(self, Self::Absent) || !rows.contains(&NO_ROW) {
            return self.pick(rows);
        }
        Self::Values(rows.iter().map(at).collect())
    }

    /// Adds so many rows of another column to so many that are here.
    fn append(&mut self, len: usize, mut other: Self, more: usize) {
        match (&mut *self, &mut other) {
            (Self::Absent, Self::Absent) => {}
            (Self::Ints(all), Self::Ints(new)) => all.append(new),
            (Self::Bools(all), Self::Bools(new)) => all.append(new),
            (Self::Values(all), Self::Values(new)) => all.append(new),
            (all, new) => {
                let mut values: Vec<Value> = (0..len).map(|row| all.at(row)).collect();
                values.extend((0..more).map(|row| new.at(row)));
                *self = Self::Values(values);
            }
        }
    }

    /// The chosen rows, in that order.
    fn pick(&self, rows: &[usize]) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Ints(ints) => Self::Ints(rows.iter().map(|row| ints[*row]).collect()),
            Self::Bools(bools) => Self::Bools(rows.iter().map(|row| bools[*row]).collect()),
            Self::Values(values) => {
                Self::Values(rows.iter().map(|row| values[*row].clone()).collect())
            }
            Self::Same(value) => Self::Same(value.clone()),
        }
    }
}

/// Some rows.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) len: usize,
    pub(crate) columns: Vec<Column>,
}

impl Batch {
    pub(crate) fn of_rows(rows: &[Row], width: usize) -> Self {
        let column = |index: usize| rows.iter().map(|row| row[index].clone()).collect();
        let columns = (0..width).map(|index| Column::Values(column(index))).collect();
        Self { len: rows.len(), columns }
    }

    pub(crate) fn row(&self, row: usize) -> Row {
        self.columns.iter().map(|column| column.at(row)).collect()
    }

    pub(crate) fn pick(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.pick(rows)).collect();
        Self { len: rows.len(), columns }
    }

    /// The chosen rows; some may not be there.
    pub(super) fn pick_some(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.pick_some(rows)).collect();
        Self { len: rows.len(), columns }
    }

    /// Adds the rows of another batch.
    pub(super) fn append(&mut self, other: Self) {
        if self.len == 0 {
            *self = other;
            return;
        }
        for (own, new) in self.columns.iter_mut().zip(other.columns) {
            own.append(self.len, new, other.len);
        }
        self.len += other.len;
    }

    /// The first rows.
    pub(crate) fn take(&self, from: usize, to: usize) -> Self {
        let rows: Vec<_> = (from..to).collect();
        self.pick(&rows)
    }
}
