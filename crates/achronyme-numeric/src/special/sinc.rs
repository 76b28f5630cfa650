//! sin(πx) / (πx), as NumPy and MATLAB define it.

use libm::{cos, sin};

use super::gamma::{over, sin_pi};
use crate::Complex;

const PI: f64 = std::f64::consts::PI;

/// sin(πx) / (πx); 1 at 0, and 0 at all other integers.
#[must_use]
pub fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    // No integer but 0 has a sign.
    sin_cos_pi(x).0 / (PI * x) + 0.0
}

/// sin(πz) / (πz)
#[must_use]
pub fn complex_sinc(z: Complex) -> Complex {
    if z.im == 0.0 { Complex::new(sinc(z.re), 0.0) } else { over(sin_pi(z), z * PI) }
}

/// sin(πx) and cos(πx), exactly where they are 0 or ±1.
pub(super) fn sin_cos_pi(x: f64) -> (f64, f64) {
    // The nearest integer, and what is left of x, which is exact.
    let turns = libm::rint(x);
    let rest = x - turns;
    let sign = if turns % 2.0 == 0.0 { 1.0 } else { -1.0 };
    let (sine, cosine) = if rest.abs() > 0.25 {
        let other = 0.5 - rest.abs();
        (cos(PI * other).copysign(rest), sin(PI * other))
    } else {
        (sin(PI * rest), cos(PI * rest))
    };
    (sign * sine, sign * cosine)
}
