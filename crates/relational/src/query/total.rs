//! What is computed over the rows of a group.
//!
//! The order in which rows come never matters: sums are exact until they are asked for.

use super::batch::Column;
use super::exact::Sum;
use super::expr::{Expr, QueryError};
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// Something over the rows of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Total {
    /// How many rows.
    Count,
    /// The sum, onto a zero of the type. Of floats and decimals, the exact sum, rounded once.
    Sum(Expr, Value),
    /// The least, or none of no rows.
    Min(Expr),
    /// The greatest, or none of no rows.
    Max(Expr),
    /// The mean, a float or decimal; none of no rows. Of whole numbers, a float.
    Avg(Expr),
    /// All values as a list, in ascending order.
    Collect(Expr),
}

/// The values of a total so far.
#[derive(Clone, Debug)]
pub(crate) enum Sofar {
    Count(u64),
    Best(Option<Value>),
    Sum(Sum),
    Mean(u64, Option<Sum>),
    Values(Vec<Value>),
}

impl Total {
    /// What is computed in each row.
    pub(crate) const fn of(&self) -> Option<&Expr> {
        match self {
            Self::Count => None,
            Self::Sum(of, _)
            | Self::Min(of)
            | Self::Max(of)
            | Self::Avg(of)
            | Self::Collect(of) => Some(of),
        }
    }

    /// Whether taking a row away needs to know the values of all others.
    pub(crate) const fn needs_values(&self) -> bool {
        matches!(self, Self::Min(_) | Self::Max(_) | Self::Collect(_))
    }

    pub(crate) fn start(&self) -> Result<Sofar, QueryError> {
        Ok(match self {
            Self::Count => Sofar::Count(0),
            Self::Min(_) | Self::Max(_) => Sofar::Best(None),
            Self::Avg(_) => Sofar::Mean(0, None),
            Self::Collect(_) => Sofar::Values(Vec::new()),
            Self::Sum(_, zero) => {
                let mut sum = Sum::of(zero)?;
                sum.change(zero, true)?;
                Sofar::Sum(sum)
            }
        })
    }

    pub(crate) fn add(&self, sofar: &mut Sofar, value: Value) -> Result<(), QueryError> {
        self.change(sofar, value, true)
    }

    /// Adds the values of all rows of a batch, whose column is given unless none is needed.
    pub(super) fn add_all(
        &self,
        sofar: &mut Sofar,
        column: Option<&Column>,
        len: usize,
    ) -> Result<(), QueryError> {
        match (sofar, column) {
            (Sofar::Count(count), _) => *count = count.saturating_add(len as u64),
            (Sofar::Sum(sum), Some(Column::Ints(ints))) => sum.add_ints(ints)?,
            (sofar, Some(column)) => {
                (0..len).try_for_each(|row| self.add(sofar, column.at(row)))?;
            }
            (sofar, None) => (0..len).try_for_each(|_| self.add(sofar, Value::None))?,
        }
        Ok(())
    }

    /// Adds the value of a row, or takes one away; of totals that need all values, only adds.
    pub(crate) fn change(
        &self,
        sofar: &mut Sofar,
        value: Value,
        is_added: bool,
    ) -> Result<(), QueryError> {
        match sofar {
            Sofar::Count(count) => *count = stepped(*count, is_added),
            Sofar::Best(best) => {
                let is_min = matches!(self, Self::Min(_));
                if best.as_ref().is_none_or(|best| (value < *best) == is_min && value != *best) {
                    *best = Some(value);
                }
            }
            Sofar::Sum(sum) => sum.change(&value, is_added)?,
            Sofar::Mean(count, sum) => {
                let sum = match sum {
                    Some(sum) => sum,
                    None => sum.insert(Sum::of(&value)?),
                };
                sum.change(&value, is_added)?;
                *count = stepped(*count, is_added);
            }
            Sofar::Values(values) => values.push(value),
        }
        Ok(())
    }

    pub(crate) fn finish(&self, sofar: Sofar) -> Result<Value, QueryError> {
        match sofar {
            Sofar::Count(count) => {
                Ok(Value::Int(i64::try_from(count).map_err(|_| QueryError::Overflow)?))
            }
            Sofar::Best(best) => Ok(best.unwrap_or(Value::None)),
            Sofar::Sum(sum) => sum.value(),
            Sofar::Mean(0, _) | Sofar::Mean(_, None) => Ok(Value::None),
            Sofar::Mean(count, Some(sum)) => sum.mean(count),
            Sofar::Values(mut values) => {
                values.sort_unstable();
                Ok(Value::List(values))
            }
        }
    }
}

const fn stepped(count: u64, is_added: bool) -> u64 {
    if is_added { count.saturating_add(1) } else { count.saturating_sub(1) }
}

impl Sofar {
    /// Writes what is kept of it; of values, nothing.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Count(count) => packer.word(*count),
            Self::Sum(sum) => sum.pack(packer),
            Self::Mean(count, sum) => {
                packer.word(*count);
                packer.byte(u8::from(sum.is_some()));
                if let Some(sum) = sum {
                    sum.pack(packer);
                }
            }
            Self::Best(_) | Self::Values(_) => {}
        }
    }

    /// The state of a total as it was kept.
    pub(crate) fn unpack(total: &Total, from: &mut Unpacker<'_>) -> Option<Self> {
        Some(match total {
            Total::Count => Self::Count(from.word()?),
            Total::Sum(..) => Self::Sum(Sum::unpack(from)?),
            Total::Avg(_) => {
                let count = from.word()?;
                let sum = if from.byte()? == 0 { None } else { Some(Sum::unpack(from)?) };
                Self::Mean(count, sum)
            }
            Total::Min(_) | Total::Max(_) => Self::Best(None),
            Total::Collect(_) => Self::Values(Vec::new()),
        })
    }
}
