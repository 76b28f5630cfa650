//! Operators between two complex numbers.

use achronyme_numeric::analytic;

use super::{BinaryOp, incompatible};
use crate::numbers::is_integer;
use crate::{Complex, Fault, Store};

/// Up to this exponent, powers are products.
const EXACT_EXPONENT_MAX: f64 = 1024.0;

/// What `x op y` is.
pub(super) fn binary<S: Store>(
    store: &mut S,
    op: BinaryOp,
    x: Complex,
    y: Complex,
) -> Result<S::Value, Fault> {
    let value = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide => divide(x, y),
        BinaryOp::Power => power(x, y),
        _ => return Err(incompatible(op)),
    };
    store.new_complex(value)
}

/// `x / y` without overflow on the way (Smith's method).
pub(crate) fn divide(x: Complex, y: Complex) -> Complex {
    if y.re.abs() >= y.im.abs() {
        let ratio = y.im / y.re;
        let scale = y.re + y.im * ratio;
        Complex::new((x.re + x.im * ratio) / scale, (x.im - x.re * ratio) / scale)
    } else {
        let ratio = y.re / y.im;
        let scale = y.re * ratio + y.im;
        Complex::new((x.re * ratio + x.im) / scale, (x.im * ratio - x.re) / scale)
    }
}

/// `x ^ y`: exact products where `y` is a small integer.
pub(crate) fn power(x: Complex, y: Complex) -> Complex {
    if y.im == 0.0 {
        if is_integer(y.re) && y.re.abs() <= EXACT_EXPONENT_MAX {
            return integer_power(x, y.re);
        }
        if x.re == 0.0 && x.im == 0.0 {
            return zero_power(y);
        }
        let radius = libm::pow(libm::hypot(x.re, x.im), y.re);
        let angle = libm::atan2(x.im, x.re) * y.re;
        return Complex::new(radius * libm::cos(angle), radius * libm::sin(angle));
    }
    if x.re == 0.0 && x.im == 0.0 {
        return zero_power(y);
    }
    analytic::exp(y * analytic::ln(x))
}

/// `x ^ exponent` by squaring.
fn integer_power(x: Complex, exponent: f64) -> Complex {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 1024")]
    let mut left = exponent.abs() as u32;
    let mut square = x;
    let mut result = Complex::new(1.0, 0.0);
    let mut first = true;
    while left > 0 {
        if left & 1 == 1 {
            result = if first { square } else { result * square };
            first = false;
        }
        left >>= 1;
        if left > 0 {
            square = square * square;
        }
    }
    if exponent < 0.0 { divide(Complex::new(1.0, 0.0), result) } else { result }
}

/// `0 ^ y` for what is no integer.
fn zero_power(y: Complex) -> Complex {
    if y.re > 0.0 { Complex::new(0.0, 0.0) } else { Complex::new(f64::NAN, f64::NAN) }
}
