//! What expressions compute beside arithmetic: functions of texts, numbers, options, lists, records and
//! unions. They give to the bit what code gives for the same, and fail where it does.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::expr::{QueryError, arithmetic};
use super::{Arithmetic, Expr};
use crate::value::Value;

/// A function of values. Each has the types of its arguments in its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Text: in lower case.
    Lower,
    /// Text: in upper case.
    Upper,
    /// Text: without blanks around it.
    Trim,
    /// Text: how many characters it has. Bytes, list: how many it has.
    Length,
    /// Texts: one after the other.
    Concat,
    /// Text, text: whether the first has the second in it.
    Contains,
    /// Text, text: whether the first begins with the second.
    StartsWith,
    /// Text, text: whether the first ends with the second.
    EndsWith,
    /// Text, number, number: the characters from the first place to before the second.
    Slice,
    /// Text: the whole number that it is, or none.
    TextToInt,
    /// Whole number, truth, text: as it is printed.
    Text,
    /// Whole number: as a float.
    IntToFloat,
    /// Whole number: as a decimal.
    IntToDecimal,
    /// Number: without its sign.
    Abs,
    /// Float, decimal: the nearest whole number; ties away from 0.
    Round,
    /// Float, decimal: the whole number below.
    Floor,
    /// Float, decimal: the whole number above.
    Ceil,
    /// Float: its root.
    Sqrt,
    /// Truth, truth: whether they differ.
    Xor,
    /// List: its first element, or none.
    First,
    /// List: its last element, or none.
    Last,
    /// Record: the value at this place. Of none, none.
    Part(usize),
    /// Union: whether it is this alternative.
    Is(u32),
    /// Union of this alternative: what it holds at this place.
    Held(u32, usize),
    /// Any: all are computed, and the last is what it gives.
    Then,
}

/// Those without numbers of their own, in the order of their codes from 1.
const PLAIN: [Function; 22] = [
    Function::Lower,
    Function::Upper,
    Function::Trim,
    Function::Length,
    Function::Concat,
    Function::Contains,
    Function::StartsWith,
    Function::EndsWith,
    Function::Slice,
    Function::TextToInt,
    Function::Text,
    Function::IntToFloat,
    Function::IntToDecimal,
    Function::Abs,
    Function::Round,
    Function::Floor,
    Function::Ceil,
    Function::Sqrt,
    Function::Xor,
    Function::First,
    Function::Last,
    Function::Then,
];
/// Codes of those that have numbers.
const PART: u8 = 64;
const IS: u8 = 65;
const HELD: u8 = 66;
/// How long a text that is put together may be: as long as any of a program.
const TEXT_MAX: usize = 1 << 30;

impl Function {
    /// Its code, and the numbers that follow it.
    pub(super) fn code(self) -> (u8, Vec<usize>) {
        if let Self::Part(place) = self {
            return (PART, vec![place]);
        }
        if let Self::Is(tag) = self {
            return (IS, vec![tag as usize]);
        }
        if let Self::Held(tag, place) = self {
            return (HELD, vec![tag as usize, place]);
        }
        let place = PLAIN.iter().zip(1..).find(|(known, _)| **known == self);
        (place.map_or(0, |(_, code)| code), Vec::new())
    }

    /// What [`code`](Self::code) was made of; `number` gives the numbers.
    pub(super) fn from_code(code: u8, mut number: impl FnMut() -> Option<usize>) -> Option<Self> {
        let tag = |number: Option<usize>| u32::try_from(number?).ok();
        Some(match code {
            PART => Self::Part(number()?),
            IS => Self::Is(tag(number())?),
            HELD => {
                let tag = tag(number())?;
                Self::Held(tag, number()?)
            }
            code => *PLAIN.get(usize::from(code).checked_sub(1)?)?,
        })
    }

    /// Of values.
    pub(super) fn of(self, given: &[&Value]) -> Result<Value, QueryError> {
        let first = given.first().copied().unwrap_or(&Value::None);
        let wrong = || QueryError::types(first, given.get(1).copied().unwrap_or(first));
        let texts = || match given {
            [Value::String(one), Value::String(other)] => Ok((one, other)),
            _ => Err(wrong()),
        };
        Ok(match (self, first) {
            (Self::Lower, Value::String(text)) => Value::String(text.to_lowercase()),
            (Self::Upper, Value::String(text)) => Value::String(text.to_uppercase()),
            (Self::Trim, Value::String(text)) => text.trim().into(),
            (Self::Length, Value::String(text)) => count(text.chars().count()),
            (Self::Length, Value::Bytes(bytes)) => count(bytes.len()),
            (Self::Length, Value::List(values)) => count(values.len()),
            (Self::Concat, Value::String(_)) => {
                let mut all = String::new();
                for part in given {
                    let Value::String(part) = part else { return Err(wrong()) };
                    if all.len().saturating_add(part.len()) > TEXT_MAX {
                        return Err(QueryError::Overflow);
                    }
                    all.push_str(part);
                }
                Value::String(all)
            }
            (Self::Contains, _) => texts().map(|(one, other)| one.contains(&**other).into())?,
            (Self::StartsWith, _) => {
                texts().map(|(one, other)| one.starts_with(&**other).into())?
            }
            (Self::EndsWith, _) => texts().map(|(one, other)| one.ends_with(&**other).into())?,
            (Self::Slice, Value::String(text)) => {
                let [_, Value::Int(from), Value::Int(to)] = given else { return Err(wrong()) };
                let bound = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
                Value::String(text.chars().take(bound(*to)).skip(bound(*from)).collect())
            }
            (Self::TextToInt, Value::String(text)) => {
                text.trim().parse().map_or(Value::None, Value::Int)
            }
            (Self::Text, Value::String(text)) => Value::String(text.clone()),
            (Self::Text, Value::Int(value)) => Value::String(value.to_string()),
            (Self::Text, Value::Bool(value)) => Value::String(value.to_string()),
            #[expect(clippy::cast_precision_loss, reason = "as code does it")]
            (Self::IntToFloat, Value::Int(value)) => Value::Float(*value as f64),
            (Self::IntToDecimal, Value::Int(value)) => Value::Decimal((*value).into()),
            (Self::Abs, value) => absolute(value).unwrap_or_else(|| Err(wrong()))?,
            (Self::Round | Self::Floor | Self::Ceil, Value::Float(value)) => {
                let whole = if self == Self::Floor {
                    value.floor()
                } else if self == Self::Ceil {
                    value.ceil()
                } else {
                    value.round()
                };
                // The bounds are powers of two, so they are what they say.
                let fits =
                    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole);
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and fits")]
                let whole = fits.then_some(whole as i64);
                Value::Int(whole.ok_or(QueryError::Overflow)?)
            }
            (Self::Round | Self::Floor | Self::Ceil, Value::Decimal(value)) => {
                let whole = if self == Self::Floor {
                    value.floor()
                } else if self == Self::Ceil {
                    value.ceil()
                } else {
                    nearest(*value)
                };
                Value::Int(whole.to_i64().ok_or(QueryError::Overflow)?)
            }
            (Self::Sqrt, Value::Float(value)) => Value::Float(value.sqrt()),
            (Self::Xor, _) => match given {
                [Value::Bool(one), Value::Bool(other)] => (one != other).into(),
                _ => return Err(wrong()),
            },
            (Self::First, Value::List(values)) => values.first().cloned().unwrap_or(Value::None),
            (Self::Last, Value::List(values)) => values.last().cloned().unwrap_or(Value::None),
            (Self::Part(_), Value::None) => Value::None,
            (Self::Part(place), Value::Record(values)) => {
                values.get(place).cloned().ok_or_else(wrong)?
            }
            (Self::Is(tag), Value::Tagged(is, _)) => (*is == tag).into(),
            (Self::Held(tag, place), Value::Tagged(is, values)) if *is == tag => {
                values.get(place).cloned().ok_or_else(wrong)?
            }
            (Self::Then, _) => (*given.last().ok_or_else(wrong)?).clone(),
            _ => return Err(wrong()),
        })
    }

    /// Whether it gives true or false, whatever it is given.
    pub(super) const fn is_truth(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith | Self::Xor | Self::Is(_))
    }

    /// Whether it may fail for values of the right types.
    pub(super) const fn may_fail(self) -> bool {
        matches!(self, Self::Concat | Self::Abs | Self::Round | Self::Floor | Self::Ceil)
    }
}

fn count(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A number without its sign; nothing of what is no number.
fn absolute(value: &Value) -> Option<Result<Value, QueryError>> {
    if let Value::Float(value) = value {
        return Some(Ok(Value::Float(value.abs())));
    }
    if let Value::Decimal(value) = value {
        return Some(Ok(Value::Decimal(value.abs())));
    }
    let zero = match value {
        Value::Int(_) => Value::Int(0),
        Value::Duration(_) => Value::Duration(0),
        Value::None
        | Value::Bool(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Timestamp(_)
        | Value::Moment(_)
        | Value::List(_)
        | Value::Record(_)
        | Value::Tagged(..) => return None,
    };
    let is_below = *value < zero;
    Some(if is_below { arithmetic(Arithmetic::Subtract, &zero, value) } else { Ok(value.clone()) })
}

/// The nearest whole number; ties away from 0.
fn nearest(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

impl Expr {
    /// A function of what other expressions come to.
    #[must_use]
    pub fn call(function: Function, given: Vec<Self>) -> Self {
        Self::Call(function, given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_comes_back_from_its_code() {
        let held = [Function::Part(3), Function::Is(7), Function::Held(1, 2)];
        for function in PLAIN.into_iter().chain(held) {
            let (code, numbers) = function.code();
            let mut numbers = numbers.into_iter();
            assert_eq!(Function::from_code(code, || numbers.next()), Some(function));
        }
        assert_eq!(Function::from_code(0, || None), None);
        assert_eq!(Function::from_code(200, || None), None);
        assert_eq!(Function::from_code(HELD, || None), None);
    }

    #[test]
    fn numbers_are_rounded_as_code_rounds_them() {
        let decimal = |text: &str| Value::Decimal(text.parse().expect("a decimal"));
        let whole = |function: Function, value: &Value| function.of(&[value]);
        for (text, round, floor, ceil) in
            [("2.5", 3, 2, 3), ("-2.5", -3, -3, -2), ("-2.4", -2, -3, -2), ("7", 7, 7, 7)]
        {
            let float = Value::Float(text.parse().expect("a float"));
            for value in [decimal(text), float] {
                assert_eq!(whole(Function::Round, &value), Ok(Value::Int(round)), "{text}");
                assert_eq!(whole(Function::Floor, &value), Ok(Value::Int(floor)), "{text}");
                assert_eq!(whole(Function::Ceil, &value), Ok(Value::Int(ceil)), "{text}");
            }
        }
        for far in [Value::Float(1e300), Value::Float(f64::NAN), decimal("9223372036854775808")] {
            assert_eq!(whole(Function::Round, &far), Err(QueryError::Overflow));
        }
        assert_eq!(whole(Function::Abs, &Value::Int(i64::MIN)), Err(QueryError::Overflow));
        assert_eq!(whole(Function::Abs, &Value::Int(-4)), Ok(Value::Int(4)));
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        let wrong = |function: Function, given: &[&Value]| {
            assert!(matches!(function.of(given), Err(QueryError::Types { .. })), "{function:?}");
        };
        let (text, number) = (Value::from("a"), Value::Int(1));
        wrong(Function::Lower, &[&number]);
        wrong(Function::Concat, &[&text, &number]);
        wrong(Function::Slice, &[&text, &number]);
        wrong(Function::Part(2), &[&Value::Record(vec![number.clone()])]);
        wrong(Function::Held(1, 0), &[&Value::Tagged(0, vec![number.clone()])]);
        wrong(Function::Lower, &[]);
    }
}
