//! Computing what is known before a program runs: the same bits as if it were computed then, and
//! nothing that would fault.

use achronyme_library::{BinaryOp, UnaryOp};
use achronyme_vm::Constant;

/// The result of an operator between two constants, if it can be known.
pub(crate) fn binary(op: BinaryOp, a: &Constant, b: &Constant) -> Option<Constant> {
    match (a, b) {
        (Constant::Number(a), Constant::Number(b)) => numbers(op, *a, *b),
        (Constant::String(a), Constant::String(b)) => strings(op, a, b),
        (Constant::Boolean(a), Constant::Boolean(b)) => match op {
            BinaryOp::Equal => Some(Constant::Boolean(a == b)),
            BinaryOp::NotEqual => Some(Constant::Boolean(a != b)),
            _ => None,
        },
        _ => None,
    }
}

#[expect(clippy::float_cmp, reason = "this is what the operator says")]
fn numbers(op: BinaryOp, a: f64, b: f64) -> Option<Constant> {
    let is = |value| Some(Constant::Boolean(value));
    match op {
        BinaryOp::Add => Some(number(a + b)),
        BinaryOp::Subtract => Some(number(a - b)),
        BinaryOp::Multiply => Some(number(a * b)),
        BinaryOp::Divide => Some(number(a / b)),
        BinaryOp::Remainder | BinaryOp::Power => None,
        BinaryOp::Equal => is(a == b),
        BinaryOp::NotEqual => is(a != b),
        BinaryOp::Less => is(a < b),
        BinaryOp::LessOrEqual => is(a <= b),
        BinaryOp::Greater => is(a > b),
        BinaryOp::GreaterOrEqual => is(a >= b),
    }
}

fn strings(op: BinaryOp, a: &str, b: &str) -> Option<Constant> {
    const BYTES_MAX: usize = 4096;
    match op {
        BinaryOp::Add if a.len() + b.len() <= BYTES_MAX => {
            Some(Constant::String(format!("{a}{b}")))
        }
        BinaryOp::Equal => Some(Constant::Boolean(a == b)),
        BinaryOp::NotEqual => Some(Constant::Boolean(a != b)),
        _ => None,
    }
}

/// The result of an operator before a constant, if it can be known.
pub(crate) fn unary(op: UnaryOp, a: &Constant) -> Option<Constant> {
    match (op, a) {
        (UnaryOp::Negate, Constant::Number(a)) => Some(number(-a)),
        (UnaryOp::Not, a) => Some(Constant::Boolean(!truth(a)?)),
        (UnaryOp::Negate, _) => None,
    }
}

/// Whether a constant is true as a condition, if it can be known.
pub(crate) fn truth(constant: &Constant) -> Option<bool> {
    match constant {
        Constant::Null => Some(false),
        Constant::Boolean(value) => Some(*value),
        Constant::Number(value) => Some(*value != 0.0 && !value.is_nan()),
        Constant::String(text) => Some(!text.is_empty()),
        Constant::Complex(..) | Constant::Builtin(_) => None,
    }
}

/// All NaNs are one.
fn number(value: f64) -> Constant {
    Constant::Number(if value.is_nan() { f64::NAN } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_fault_is_left_to_the_machine() {
        let (five, zero) = (Constant::Number(5.0), Constant::Number(0.0));
        assert_eq!(binary(BinaryOp::Remainder, &five, &zero), None);
        assert_eq!(binary(BinaryOp::Add, &five, &Constant::Null), None);
        assert_eq!(unary(UnaryOp::Negate, &Constant::Boolean(true)), None);
    }

    #[test]
    fn zero_keeps_its_sign() {
        let zero = unary(UnaryOp::Negate, &Constant::Number(0.0));
        assert!(matches!(zero, Some(Constant::Number(zero)) if zero.is_sign_negative()));
    }
}
