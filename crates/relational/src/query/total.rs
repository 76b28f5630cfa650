//! What is computed over the rows of a group.
//!
//! The order in which rows come never matters: floats are sorted before they are added.

use super::expr::{Arithmetic, Expr, QueryError, arithmetic};
use crate::value::{Value, compare_floats};

/// Something over the rows of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Total {
    /// How many rows.
    Count,
    /// The sum, onto a zero of the type.
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
pub(super) enum Sofar {
    Count(u64),
    Best(Option<Value>),
    Sum(Value),
    Values(Vec<Value>),
}

impl Total {
    /// What is computed in each row.
    pub(super) fn of(&self) -> Option<&Expr> {
        match self {
            Self::Count => None,
            Self::Sum(of, _)
            | Self::Min(of)
            | Self::Max(of)
            | Self::Avg(of)
            | Self::Collect(of) => Some(of),
        }
    }

    pub(super) fn start(&self) -> Sofar {
        match self {
            Self::Count => Sofar::Count(0),
            Self::Min(_) | Self::Max(_) => Sofar::Best(None),
            Self::Sum(_, Value::Float(_)) | Self::Avg(_) | Self::Collect(_) => {
                Sofar::Values(Vec::new())
            }
            Self::Sum(_, zero) => Sofar::Sum(zero.clone()),
        }
    }

    pub(super) fn add(&self, sofar: &mut Sofar, value: Value) -> Result<(), QueryError> {
        match sofar {
            Sofar::Count(count) => *count += 1,
            Sofar::Best(best) => {
                let is_min = matches!(self, Self::Min(_));
                if best.as_ref().is_none_or(|best| (value < *best) == is_min && value != *best) {
                    *best = Some(value);
                }
            }
            Sofar::Sum(sum) => *sum = arithmetic(Arithmetic::Add, sum, &value)?,
            Sofar::Values(values) => values.push(value),
        }
        Ok(())
    }

    pub(super) fn finish(&self, sofar: Sofar) -> Result<Value, QueryError> {
        let mut values = match sofar {
            Sofar::Count(count) => {
                return Ok(Value::Int(i64::try_from(count).map_err(|_| QueryError::Overflow)?));
            }
            Sofar::Best(best) => return Ok(best.unwrap_or(Value::None)),
            Sofar::Sum(sum) => return Ok(sum),
            Sofar::Values(values) => values,
        };
        values.sort_unstable();
        match self {
            Self::Collect(_) => Ok(Value::List(values)),
            Self::Avg(_) => mean(&values),
            Self::Count | Self::Sum(..) | Self::Min(_) | Self::Max(_) => {
                Ok(Value::Float(sum_floats(values.iter().map(as_float).collect::<Result<_, _>>()?)))
            }
        }
    }
}

fn as_float(value: &Value) -> Result<f64, QueryError> {
    if let Value::Float(value) = value {
        return Ok(*value);
    }
    let Value::Int(number) = value else { return Err(QueryError::types(value, value)) };
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
    let nearest = *number as f64;
    Ok(nearest)
}

/// Both zeros come in the same order every time, too.
fn sum_floats(mut floats: Vec<f64>) -> f64 {
    floats.sort_by(|one, two| {
        compare_floats(*one, *two).then(two.is_sign_negative().cmp(&one.is_sign_negative()))
    });
    floats.iter().sum()
}

fn mean(values: &[Value]) -> Result<Value, QueryError> {
    let Some(first) = values.first() else { return Ok(Value::None) };
    if let Value::Decimal(_) = first {
        let zero = Value::Decimal(rust_decimal::Decimal::ZERO);
        let sum =
            values.iter().try_fold(zero, |sum, value| arithmetic(Arithmetic::Add, &sum, value))?;
        let count = Value::Decimal(rust_decimal::Decimal::from(values.len()));
        return arithmetic(Arithmetic::Divide, &sum, &count);
    }
    let floats = values.iter().map(as_float).collect::<Result<Vec<_>, _>>()?;
    #[expect(clippy::cast_precision_loss, reason = "as many rows are never counted")]
    let count = floats.len() as f64;
    Ok(Value::Float(sum_floats(floats) / count))
}
