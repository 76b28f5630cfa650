//! Expressions over the columns of rows.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::batch::{Batch, Column};
use super::function::Function;
use crate::StoreError;
use crate::index::holds_words;
use crate::value::Value;

/// How deep expressions nest at most.
pub(super) const DEPTH_MAX: usize = 200;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All of them, in the order of their codes in stored queries and rules.
    const ALL: [Self; 6] =
        [Self::Equal, Self::Unequal, Self::Less, Self::AtMost, Self::Greater, Self::AtLeast];

    pub(crate) fn code(self) -> u8 {
        Self::ALL.into_iter().zip(0..).find(|(other, _)| *other == self).map_or(0, |(_, code)| code)
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    pub(crate) const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// What says the same with the sides exchanged.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Equal | Self::Unequal => self,
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }
}

/// How two numbers of one type are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; of whole numbers, rounded towards zero.
    Divide,
    /// The rest of that division.
    Rest,
}

/// Something to compute from a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// The value in a column.
    Field(usize),
    /// A value.
    Value(Value),
    /// A value that is given when the query is read from bytes; until then it has none.
    Parameter(usize),
    /// A comparison, by the order of values. A none is equal to a none and below all else.
    Compare(Comparison, Box<Self>, Box<Self>),
    /// Both; the second is computed where the first is true only.
    And(Box<Self>, Box<Self>),
    /// One or both; the second is computed where the first is false only.
    Or(Box<Self>, Box<Self>),
    /// Not.
    Not(Box<Self>),
    /// Arithmetic on two values of the same type of number.
    Arithmetic(Arithmetic, Box<Self>, Box<Self>),
    /// Whether an option has no value.
    IsNone(Box<Self>),
    /// The first, or where that is none, the second.
    Else(Box<Self>, Box<Self>),
    /// Whether a text holds all the words of another one, as full-text indexes find words: whatever
    /// their case and order. False of what is no text.
    Words(Box<Self>, Box<Self>),
    /// The second where the first is true, else the third; only that one is computed.
    If(Box<[Self; 3]>),
    /// A function of values, which are computed from left to right.
    Call(Function, Vec<Self>),
    /// A condition that helps to find rows and does not choose among them: true wherever it is asked.
    Hint(Box<Self>),
}

/// Why a query could not be answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Use smaller numbers, or decimals or floats.
    #[error("a number in the query became too large")]
    Overflow,
    /// Sum fewer rows, or decimals or floats.
    #[error("the sum does not fit into 64 bits")]
    SumOverflow,
    /// Leave rows with a 0 there out, by a condition that stands before.
    #[error("the query divides by zero")]
    DivisionByZero,
    /// Make both sides the same type.
    #[error("the query cannot compute with {one} and {other}")]
    Types {
        /// One value.
        one: Box<Value>,
        /// The other; the same for an operation on one value.
        other: Box<Value>,
    },
    /// Name columns that are there, as often on both sides.
    #[error("the query names column {column} of {width}")]
    Column {
        /// The place of the column.
        column: usize,
        /// How many there are.
        width: usize,
    },
    /// Give the query a value for each of its parameters.
    #[error("the query's parameter {place} has no value")]
    Parameter {
        /// Its place.
        place: usize,
    },
    /// Break the query up.
    #[error("the query is nested too deep")]
    TooDeep,
}

impl QueryError {
    pub(crate) fn types(one: &Value, other: &Value) -> Self {
        Self::Types { one: Box::new(one.clone()), other: Box::new(other.clone()) }
    }
}

impl Expr {
    /// `self comparison other`.
    #[must_use]
    pub fn compare(self, comparison: Comparison, other: Self) -> Self {
        Self::Compare(comparison, Box::new(self), Box::new(other))
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// The parts of which it is made. A hint has none, as it is not computed.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        let (pair, list): ([Option<&Self>; 2], &[Self]) = match self {
            Self::Field(_) | Self::Value(_) | Self::Parameter(_) | Self::Hint(_) => {
                ([None, None], &[])
            }
            Self::Not(one) | Self::IsNone(one) => ([Some(one), None], &[]),
            Self::Compare(_, one, two)
            | Self::And(one, two)
            | Self::Or(one, two)
            | Self::Arithmetic(_, one, two)
            | Self::Else(one, two)
            | Self::Words(one, two) => ([Some(one), Some(two)], &[]),
            Self::If(parts) => ([None, None], &**parts),
            Self::Call(_, given) => ([None, None], given),
        };
        pair.into_iter().flatten().chain(list)
    }

    /// Checks that it is not too deep and names columns that are there, and notes which.
    pub(crate) fn check(&self, columns: &mut [bool]) -> Result<(), QueryError> {
        let mut waiting = vec![(self, 0)];
        while let Some((expr, depth)) = waiting.pop() {
            if depth > DEPTH_MAX {
                return Err(QueryError::TooDeep);
            }
            if let Self::Parameter(place) = expr {
                return Err(QueryError::Parameter { place: *place });
            }
            if let Self::Field(column) = expr {
                let width = columns.len();
                let place = columns.get_mut(*column);
                *place.ok_or(QueryError::Column { column: *column, width })? = true;
            }
            waiting.extend(expr.parts().map(|part| (part, depth + 1)));
        }
        Ok(())
    }

    /// Of how many parts it is made, itself included.
    #[must_use]
    pub fn size(&self) -> usize {
        let (mut waiting, mut size) = (vec![self], 0);
        while let Some(expr) = waiting.pop() {
            size += 1;
            waiting.extend(expr.parts());
        }
        size
    }

    /// How deep its parts lie in each other.
    #[must_use]
    pub fn depth(&self) -> usize {
        let (mut waiting, mut deepest) = (vec![(self, 1)], 0);
        while let Some((expr, depth)) = waiting.pop() {
            deepest = deepest.max(depth);
            waiting.extend(expr.parts().map(|part| (part, depth + 1)));
        }
        deepest
    }

    /// Whether it may fail for some row, so that it matters for which rows it is computed.
    #[must_use]
    pub fn may_fail(&self) -> bool {
        match self {
            Self::Arithmetic(..) => true,
            Self::Field(_) | Self::Value(_) | Self::Parameter(_) | Self::Hint(_) => false,
            Self::And(..) | Self::Or(..) | Self::Not(_) => {
                self.parts().any(|part| part.may_fail() || !part.is_truth())
            }
            Self::If(parts) => !parts[0].is_truth() || self.parts().any(Self::may_fail),
            Self::Call(function, _) => function.may_fail() || self.parts().any(Self::may_fail),
            Self::Compare(..) | Self::IsNone(_) | Self::Else(..) | Self::Words(..) => {
                self.parts().any(Self::may_fail)
            }
        }
    }

    /// Whether it is true or false, whatever the row.
    pub(super) const fn is_truth(&self) -> bool {
        match self {
            Self::Compare(..)
            | Self::And(..)
            | Self::Or(..)
            | Self::Not(_)
            | Self::IsNone(_)
            | Self::Words(..)
            | Self::Hint(_) => true,
            Self::Value(value) => matches!(value, Value::Bool(_)),
            Self::Call(function, _) => function.is_truth(),
            Self::Field(_)
            | Self::Parameter(_)
            | Self::Arithmetic(..)
            | Self::Else(..)
            | Self::If(_) => false,
        }
    }

    /// That all of these are true, nested as little as can be.
    pub(super) fn all(mut parts: Vec<Self>) -> Option<Self> {
        let rest = parts.split_off(parts.len().div_ceil(2));
        if rest.is_empty() {
            return parts.pop();
        }
        Some(Self::all(parts)?.and(Self::all(rest)?))
    }

    /// The parts that all must be true, from left to right.
    pub(super) fn conjuncts(&self) -> Vec<&Self> {
        let (mut waiting, mut parts) = (vec![self], Vec::new());
        while let Some(expr) = waiting.pop() {
            if let Self::And(one, two) = expr {
                waiting.extend([&**two, &**one]);
            } else {
                parts.push(expr);
            }
        }
        parts
    }

    /// The columns that it reads.
    #[must_use]
    pub fn fields(&self) -> Vec<usize> {
        let (mut waiting, mut found) = (vec![self], Vec::new());
        while let Some(expr) = waiting.pop() {
            if let Self::Field(column) = expr {
                found.push(*column);
            }
            waiting.extend(expr.parts());
        }
        found
    }

    /// Its value in one row, whose columns `field` gives. Depth is bounded where expressions are read.
    pub(crate) fn value<'v>(
        &'v self,
        field: &dyn Fn(usize) -> &'v Value,
    ) -> Result<Cow<'v, Value>, QueryError> {
        let truth = |value: Cow<'v, Value>| {
            let Value::Bool(truth) = value.as_ref() else {
                return Err(QueryError::types(&value, &value));
            };
            Ok(*truth)
        };
        Ok(Cow::Owned(match self {
            Self::Field(column) => return Ok(Cow::Borrowed(field(*column))),
            Self::Value(value) => return Ok(Cow::Borrowed(value)),
            Self::Parameter(place) => return Err(QueryError::Parameter { place: *place }),
            Self::Compare(how, one, two) => {
                Value::Bool(how.holds(one.value(field)?.cmp(&two.value(field)?)))
            }
            Self::And(one, two) => {
                Value::Bool(truth(one.value(field)?)? && truth(two.value(field)?)?)
            }
            Self::Or(one, two) => {
                Value::Bool(truth(one.value(field)?)? || truth(two.value(field)?)?)
            }
            Self::Not(one) => Value::Bool(!truth(one.value(field)?)?),
            Self::Arithmetic(how, one, two) => {
                arithmetic(*how, one.value(field)?.as_ref(), two.value(field)?.as_ref())?
            }
            Self::IsNone(one) => Value::Bool(one.value(field)?.is_none()),
            Self::Else(one, two) => match one.value(field)? {
                value if value.is_none() => return two.value(field),
                value => return Ok(value),
            },
            Self::Words(one, two) => {
                let (one, two) = (one.value(field)?, two.value(field)?);
                Value::Bool(holds_words(&one, &two))
            }
            Self::If(parts) => {
                let [condition, one, two] = &**parts;
                let chosen = if truth(condition.value(field)?)? { one } else { two };
                return chosen.value(field);
            }
            Self::Call(function, given) => {
                let values = given.iter().map(|part| part.value(field));
                let values = values.collect::<Result<Vec<_>, _>>()?;
                function.of(&values.iter().map(AsRef::as_ref).collect::<Vec<_>>())?
            }
            Self::Hint(_) => Value::Bool(true),
        }))
    }

    /// The same over other columns.
    pub(crate) fn moved(&self, to: &dyn Fn(usize) -> usize) -> Self {
        let part = |part: &Self| Box::new(part.moved(to));
        match self {
            Self::Field(column) => Self::Field(to(*column)),
            Self::Value(value) => Self::Value(value.clone()),
            Self::Parameter(place) => Self::Parameter(*place),
            Self::Compare(how, one, two) => Self::Compare(*how, part(one), part(two)),
            Self::And(one, two) => Self::And(part(one), part(two)),
            Self::Or(one, two) => Self::Or(part(one), part(two)),
            Self::Not(one) => Self::Not(part(one)),
            Self::Arithmetic(how, one, two) => Self::Arithmetic(*how, part(one), part(two)),
            Self::IsNone(one) => Self::IsNone(part(one)),
            Self::Else(one, two) => Self::Else(part(one), part(two)),
            Self::Words(one, two) => Self::Words(part(one), part(two)),
            Self::If(parts) => Self::If(Box::new(parts.each_ref().map(|part| part.moved(to)))),
            Self::Call(function, given) => {
                Self::Call(*function, given.iter().map(|part| part.moved(to)).collect())
            }
            Self::Hint(one) => Self::Hint(part(one)),
        }
    }

    /// Its value in every row.
    pub(crate) fn eval<'b>(&self, batch: &'b Batch) -> Result<Cow<'b, Column>, QueryError> {
        let column = match self {
            Self::Field(column) => return Ok(Cow::Borrowed(&batch.columns[*column])),
            Self::Value(value) => Column::Same(value.clone()),
            Self::Parameter(place) => return Err(QueryError::Parameter { place: *place }),
            Self::Compare(how, one, two) => {
                compare(*how, one.eval(batch)?.as_ref(), two.eval(batch)?.as_ref(), batch.len)
            }
            Self::And(one, two) => Column::Bools(connect(batch, one, two, true)?),
            Self::Or(one, two) => Column::Bools(connect(batch, one, two, false)?),
            Self::Not(one) => {
                let bools = one.bools(batch)?;
                Column::Bools(bools.into_iter().map(|value| !value).collect())
            }
            Self::Arithmetic(how, one, two) => {
                calculate(*how, one.eval(batch)?.as_ref(), two.eval(batch)?.as_ref(), batch.len)?
            }
            Self::IsNone(one) => {
                let column = one.eval(batch)?;
                Column::Bools((0..batch.len).map(|row| column.look(row).is_none()).collect())
            }
            Self::Words(one, two) => {
                let (one, two) = (one.eval(batch)?, two.eval(batch)?);
                let holds = |row| holds_words(&one.look(row), &two.look(row));
                Column::Bools((0..batch.len).map(holds).collect())
            }
            Self::Else(one, two) => {
                let column = one.eval(batch)?;
                let is_none = |row: &usize| column.look(*row).is_none();
                let (absent, mut values): (Vec<_>, Vec<_>) = (
                    (0..batch.len).filter(is_none).collect(),
                    (0..batch.len).map(|row| column.at(row)).collect(),
                );
                let part = batch.pick(&absent);
                let others = two.eval(&part)?;
                for (place, row) in absent.into_iter().enumerate() {
                    values[row] = others.at(place);
                }
                Column::Values(values)
            }
            Self::If(_) | Self::Call(..) => {
                let value = |row: usize| {
                    let row = batch.row(row);
                    self.value(&|column| &row[column]).map(Cow::into_owned)
                };
                Column::Values((0..batch.len).map(value).collect::<Result<_, _>>()?)
            }
            Self::Hint(_) => Column::Same(Value::Bool(true)),
        };
        Ok(Cow::Owned(column))
    }

    /// Its truth in every row.
    pub(crate) fn bools(&self, batch: &Batch) -> Result<Vec<bool>, QueryError> {
        let column = match self.eval(batch)? {
            Cow::Owned(Column::Bools(bools)) => return Ok(bools),
            column @ (Cow::Owned(_) | Cow::Borrowed(_)) => column,
        };
        if let Column::Bools(bools) = column.as_ref() {
            return Ok(bools.clone());
        }
        let truth = |row| {
            let value = column.look(row);
            let Value::Bool(value) = value.as_ref() else {
                return Err(QueryError::types(&value, &value));
            };
            Ok(*value)
        };
        (0..batch.len).map(truth).collect()
    }
}

/// `and` (which goes on where the first is true) and `or` (where it is false).
fn connect(batch: &Batch, one: &Expr, two: &Expr, on: bool) -> Result<Vec<bool>, QueryError> {
    let mut truths = one.bools(batch)?;
    let open: Vec<_> = (0..batch.len).filter(|row| truths[*row] == on).collect();
    if open.is_empty() {
        return Ok(truths);
    }
    let others = two.bools(&batch.pick(&open))?;
    for (row, other) in open.into_iter().zip(others) {
        truths[row] = other;
    }
    Ok(truths)
}

fn compare(how: Comparison, one: &Column, two: &Column, len: usize) -> Column {
    let holds = |order| how.holds(order);
    Column::Bools(match (one, two) {
        (Column::Ints(one), Column::Ints(two)) => compare_ints(how, one.iter().zip(two)),
        (Column::Ints(one), Column::Same(Value::Int(two))) => {
            compare_ints(how, one.iter().zip(std::iter::repeat(two)))
        }
        (one, two) => (0..len).map(|row| holds(one.look(row).cmp(&two.look(row)))).collect(),
    })
}

/// A loop for each comparison, which compares several at once.
fn compare_ints<'i>(how: Comparison, pairs: impl Iterator<Item = (&'i i64, &'i i64)>) -> Vec<bool> {
    match how {
        Comparison::Equal => pairs.map(|(one, two)| one == two).collect(),
        Comparison::Unequal => pairs.map(|(one, two)| one != two).collect(),
        Comparison::Less => pairs.map(|(one, two)| one < two).collect(),
        Comparison::AtMost => pairs.map(|(one, two)| one <= two).collect(),
        Comparison::Greater => pairs.map(|(one, two)| one > two).collect(),
        Comparison::AtLeast => pairs.map(|(one, two)| one >= two).collect(),
    }
}

fn calculate(
    how: Arithmetic,
    one: &Column,
    two: &Column,
    len: usize,
) -> Result<Column, QueryError> {
    let ints: Option<Result<Vec<i64>, _>> = match (one, two) {
        (Column::Ints(one), Column::Ints(two)) => {
            Some(one.iter().zip(two).map(|(one, two)| whole(how, *one, *two)).collect())
        }
        (Column::Ints(one), Column::Same(Value::Int(two))) => {
            Some(one.iter().map(|one| whole(how, *one, *two)).collect())
        }
        (_, _) => None,
    };
    if let Some(ints) = ints {
        return Ok(Column::Ints(ints?));
    }
    let values = (0..len).map(|row| arithmetic(how, &one.look(row), &two.look(row)));
    Ok(Column::Values(values.collect::<Result<_, _>>()?))
}

fn whole(how: Arithmetic, one: i64, two: i64) -> Result<i64, QueryError> {
    let result = match how {
        Arithmetic::Add => one.checked_add(two),
        Arithmetic::Subtract => one.checked_sub(two),
        Arithmetic::Multiply => one.checked_mul(two),
        Arithmetic::Divide | Arithmetic::Rest if two == 0 => {
            return Err(QueryError::DivisionByZero);
        }
        Arithmetic::Divide => one.checked_div(two),
        Arithmetic::Rest => one.checked_rem(two),
    };
    result.ok_or(QueryError::Overflow)
}

/// Two values of the same type of number.
pub(crate) fn arithmetic(how: Arithmetic, one: &Value, two: &Value) -> Result<Value, QueryError> {
    match (one, two) {
        (Value::Int(one), Value::Int(two)) => Ok(Value::Int(whole(how, *one, *two)?)),
        (Value::Duration(one), Value::Duration(two))
            if matches!(how, Arithmetic::Add | Arithmetic::Subtract) =>
        {
            Ok(Value::Duration(whole(how, *one, *two)?))
        }
        (Value::Timestamp(one), Value::Duration(two))
            if matches!(how, Arithmetic::Add | Arithmetic::Subtract) =>
        {
            Ok(Value::Timestamp(whole(how, *one, *two)?))
        }
        (Value::Timestamp(one), Value::Timestamp(two)) if how == Arithmetic::Subtract => {
            Ok(Value::Duration(whole(how, *one, *two)?))
        }
        (Value::Float(one), Value::Float(two)) => Ok(Value::Float(match how {
            Arithmetic::Add => one + two,
            Arithmetic::Subtract => one - two,
            Arithmetic::Multiply => one * two,
            Arithmetic::Divide => one / two,
            Arithmetic::Rest => one % two,
        })),
        (Value::Decimal(one), Value::Decimal(two)) => {
            if two.is_zero() && matches!(how, Arithmetic::Divide | Arithmetic::Rest) {
                return Err(QueryError::DivisionByZero);
            }
            let result = match how {
                Arithmetic::Add => one.checked_add(*two),
                Arithmetic::Subtract => one.checked_sub(*two),
                Arithmetic::Multiply => one.checked_mul(*two),
                Arithmetic::Divide => one.checked_div(*two),
                Arithmetic::Rest => Decimal::checked_rem(*one, *two),
            };
            Ok(Value::Decimal(result.ok_or(QueryError::Overflow)?))
        }
        (one, two) => Err(QueryError::types(one, two)),
    }
}
