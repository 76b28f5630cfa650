//! The operators of the language on values, for a debugger.

use palindrome_vm::runtime::decimal_of;
use palindrome_vm::runtime::describe::decimal_packed;
use relational::Value;

use crate::hir::{BinaryOp, UnaryOp};

const OVERFLOW: &str = "the result is too large";
const ZERO: &str = "division by zero";

/// An operator before a value.
pub(super) fn unary(op: UnaryOp, value: Value) -> Result<Value, String> {
    match (op, value) {
        (UnaryOp::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
        (UnaryOp::Negate, Value::Int(value)) => {
            value.checked_neg().map(Value::Int).ok_or_else(|| OVERFLOW.to_owned())
        }
        (UnaryOp::Negate, Value::Float(value)) => Ok(Value::Float(-value)),
        (UnaryOp::Negate, Value::Decimal(value)) => Ok(Value::Decimal(-value)),
        (UnaryOp::Negate, Value::Duration(value)) => {
            value.checked_neg().map(Value::Duration).ok_or_else(|| OVERFLOW.to_owned())
        }
        (UnaryOp::Not, _) => Err("`not` is for truth values".to_owned()),
        (UnaryOp::Negate, _) => Err("`-` is for numbers".to_owned()),
    }
}

/// An operator between two values. Whole numbers may stand where others do.
pub(super) fn binary(op: BinaryOp, left: Value, right: Value) -> Result<Value, String> {
    let (left, right) = alike(left, right);
    let unlike = || format!("`{}` is not for these two values", op.text());
    let whole = |found: Option<i64>| found.map(Value::Int).ok_or_else(|| OVERFLOW.to_owned());
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual => {
            let is_equal = compared(&left, &right).map(std::cmp::Ordering::is_eq);
            let is_none = left.is_none() || right.is_none();
            let is_equal = is_equal.or(is_none.then_some(false)).ok_or_else(unlike)?;
            let is_equal = is_equal && !is_nan(&left, &right);
            return Ok(Value::Bool(is_equal == (op == BinaryOp::Equal)));
        }
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
            let order = compared(&left, &right).filter(|_| !left.is_none()).ok_or_else(unlike)?;
            let holds = match op {
                BinaryOp::Less => order.is_lt(),
                BinaryOp::LessOrEqual => order.is_le(),
                BinaryOp::Greater => order.is_gt(),
                _ => order.is_ge(),
            };
            return Ok(Value::Bool(holds && !is_nan(&left, &right)));
        }
        _ => {}
    }
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => match op {
            BinaryOp::And => Ok(Value::Bool(left && right)),
            BinaryOp::Or => Ok(Value::Bool(left || right)),
            BinaryOp::Xor => Ok(Value::Bool(left != right)),
            _ => Err(unlike()),
        },
        (Value::Int(left), Value::Int(right)) => match op {
            BinaryOp::Add => whole(left.checked_add(right)),
            BinaryOp::Subtract => whole(left.checked_sub(right)),
            BinaryOp::Multiply => whole(left.checked_mul(right)),
            BinaryOp::Divide | BinaryOp::Remainder if right == 0 => Err(ZERO.to_owned()),
            BinaryOp::Divide => whole(left.checked_div(right)),
            BinaryOp::Remainder => whole(left.checked_rem(right)),
            BinaryOp::Xor => Ok(Value::Int(left ^ right)),
            _ => Err(unlike()),
        },
        (Value::Float(left), Value::Float(right)) => match op {
            BinaryOp::Add => Ok(Value::Float(left + right)),
            BinaryOp::Subtract => Ok(Value::Float(left - right)),
            BinaryOp::Multiply => Ok(Value::Float(left * right)),
            BinaryOp::Divide => Ok(Value::Float(left / right)),
            BinaryOp::Remainder => Ok(Value::Float(left % right)),
            _ => Err(unlike()),
        },
        (Value::Decimal(left), Value::Decimal(right)) => {
            let found = match op {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Subtract => left.checked_sub(right),
                BinaryOp::Multiply => left.checked_mul(right),
                BinaryOp::Divide | BinaryOp::Remainder if right.is_zero() => {
                    return Err(ZERO.to_owned());
                }
                BinaryOp::Divide => left.checked_div(right),
                BinaryOp::Remainder => left.checked_rem(right),
                _ => return Err(unlike()),
            };
            found.map(Value::Decimal).ok_or_else(|| OVERFLOW.to_owned())
        }
        (Value::Duration(left), Value::Duration(right)) => {
            let found = match op {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Subtract => left.checked_sub(right),
                _ => return Err(unlike()),
            };
            found.map(Value::Duration).ok_or_else(|| OVERFLOW.to_owned())
        }
        (Value::String(left), Value::String(right)) if op == BinaryOp::Concatenate => {
            Ok(Value::String(left + &right))
        }
        _ => Err(unlike()),
    }
}

/// Two values, of which a whole number becomes what the other is.
fn alike(left: Value, right: Value) -> (Value, Value) {
    match (left, right) {
        (Value::Int(left), right) => (like(left, &right), right),
        (left, Value::Int(right)) => {
            let right = like(right, &left);
            (left, right)
        }
        both => both,
    }
}

#[expect(clippy::cast_precision_loss, reason = "as the language does")]
fn like(number: i64, other: &Value) -> Value {
    match other {
        Value::Float(_) => Value::Float(number as f64),
        Value::Decimal(_) => {
            let exact = decimal_of(decimal_packed(i128::from(number), 0));
            exact.map_or(Value::Int(number), Value::Decimal)
        }
        Value::Moment(_) => u64::try_from(number).map_or(Value::Int(number), Value::Moment),
        _ => Value::Int(number),
    }
}

/// Which of two values comes first, if they are of one kind.
fn compared(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    let is_alike = std::mem::discriminant(left) == std::mem::discriminant(right);
    is_alike.then(|| left.cmp(right))
}

fn is_nan(left: &Value, right: &Value) -> bool {
    let is = |value: &Value| matches!(value, Value::Float(value) if value.is_nan());
    is(left) || is(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stand_for_decimals_and_floats() {
        let tenth = decimal_of(decimal_packed(1, 1)).map(Value::Decimal).expect("it fits");
        assert_eq!(binary(BinaryOp::Less, tenth.clone(), Value::Int(1)), Ok(Value::Bool(true)));
        assert_eq!(
            binary(BinaryOp::GreaterOrEqual, Value::Int(0), Value::Float(-0.5)),
            Ok(Value::Bool(true))
        );
        let product = binary(BinaryOp::Multiply, tenth, Value::Int(10));
        assert_eq!(
            binary(BinaryOp::Equal, product.expect("it fits"), Value::Int(1)),
            Ok(Value::Bool(true))
        );
    }

    #[test]
    fn what_has_no_result_says_so() {
        let int = |op, left, right| binary(op, Value::Int(left), Value::Int(right));
        assert_eq!(int(BinaryOp::Add, i64::MAX, 1), Err(OVERFLOW.to_owned()));
        assert_eq!(int(BinaryOp::Divide, i64::MIN, -1), Err(OVERFLOW.to_owned()));
        assert_eq!(int(BinaryOp::Remainder, 1, 0), Err(ZERO.to_owned()));
        assert_eq!(unary(UnaryOp::Negate, Value::Int(i64::MIN)), Err(OVERFLOW.to_owned()));
        assert!(binary(BinaryOp::Add, Value::Bool(true), Value::Int(1)).is_err());
        let nan = Value::Float(f64::NAN);
        assert_eq!(binary(BinaryOp::Equal, nan.clone(), nan.clone()), Ok(Value::Bool(false)));
        assert_eq!(binary(BinaryOp::NotEqual, nan, Value::Float(0.0)), Ok(Value::Bool(true)));
        assert_eq!(binary(BinaryOp::Equal, Value::None, Value::Int(1)), Ok(Value::Bool(false)));
    }
}
