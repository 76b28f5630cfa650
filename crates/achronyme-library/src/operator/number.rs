//! Operators between two numbers.

use super::BinaryOp;
use crate::{Fault, Store};

/// What `x op y` is.
#[inline]
#[expect(clippy::float_cmp, reason = "this is what the operators of the language mean")]
pub(super) fn binary<S: Store>(store: &S, op: BinaryOp, x: f64, y: f64) -> Result<S::Value, Fault> {
    Ok(match op {
        BinaryOp::Add => store.number(x + y),
        BinaryOp::Subtract => store.number(x - y),
        BinaryOp::Multiply => store.number(x * y),
        BinaryOp::Divide => store.number(x / y),
        BinaryOp::Remainder if y == 0.0 => return Err(Fault::new("Modulo by zero")),
        BinaryOp::Remainder => store.number(x % y),
        BinaryOp::Power => store.number(power(x, y)),
        BinaryOp::Equal => store.boolean(x == y),
        BinaryOp::NotEqual => store.boolean(x != y),
        BinaryOp::Less => store.boolean(x < y),
        BinaryOp::LessOrEqual => store.boolean(x <= y),
        BinaryOp::Greater => store.boolean(x > y),
        BinaryOp::GreaterOrEqual => store.boolean(x >= y),
    })
}

/// `x ^ y`, the same on every platform.
#[inline]
#[expect(clippy::float_cmp, reason = "squares are exactly products")]
pub(crate) fn power(x: f64, y: f64) -> f64 {
    if y == 2.0 { x * x } else { libm::pow(x, y) }
}
