//! The error function, its complement, and their inverses.

use libm::exp;

use super::double::Double;
use crate::distribution::normal_quantile;

/// 2 / √π
pub(super) const FRAC_2_SQRT_PI: f64 = std::f64::consts::FRAC_2_SQRT_PI;
/// 1 / √2, and what the double lacks of it.
pub(super) const SQRT_HALF: Double =
    Double { high: std::f64::consts::FRAC_1_SQRT_2, low: -4.833_646_656_726_457e-17 };

/// 2/√π ∫₀ˣ exp(-t²) dt
#[must_use]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// 1 - erf(x), with all digits up to where it is less than any double.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// erfc(z / √2): the quotient is not rounded, which in the tail would cost z² units.
pub(crate) fn erfc_of_double(z: f64) -> f64 {
    if z.is_nan() || z.abs() > 1e10 {
        return erfc(z);
    }
    let x = Double::product(z, SQRT_HALF.high);
    let low = x.low + z * SQRT_HALF.low;
    erfc(x.high) - FRAC_2_SQRT_PI * exp(-x.high * x.high) * low
}

/// The x with erf(x) = y: ±∞ at ±1, NaN beyond.
#[must_use]
pub fn erfinv(y: f64) -> f64 {
    if y.is_nan() || y.abs() > 1.0 {
        return f64::NAN;
    }
    if y.abs() <= 0.5 {
        let x = normal_quantile::of_difference(0.5 * y) * SQRT_HALF.high;
        let error = (erf(x) - y) / (FRAC_2_SQRT_PI * exp(-x * x));
        return halley(x, error);
    }
    of_small(1.0 - y.abs()).copysign(y)
}

/// The x with erfc(x) = y, for 0 ≤ y ≤ 2.
#[must_use]
pub fn erfcinv(y: f64) -> f64 {
    if !(0.0..=2.0).contains(&y) {
        return f64::NAN;
    }
    if y < 0.5 {
        of_small(y)
    } else if y <= 1.5 {
        erfinv(1.0 - y)
    } else {
        -of_small(2.0 - y)
    }
}

/// The x with erfc(x) = y, for y ≤ ½.
fn of_small(y: f64) -> f64 {
    if y == 0.0 {
        return f64::INFINITY;
    }
    let x = -normal_quantile::of_tail(0.5 * y) * SQRT_HALF.high;
    let slope = FRAC_2_SQRT_PI * exp(-x * x);
    if slope < f64::MIN_POSITIVE { x } else { halley(x, (y - erfc(x)) / slope) }
}

/// One step of Halley's method from x, where Newton's would be `step`. Both functions have a second
/// derivative of -2x times the first.
fn halley(x: f64, step: f64) -> f64 {
    x - step / (1.0 + x * step)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use proptest::prelude::*;

    use super::super::assert_near;
    use super::*;

    #[test]
    fn known_values() {
        assert_near(erfinv(-0.999_999_9), -3.766_562_581_638_470_7, 1e-15);
        assert_near(erfinv(1e-10), 8.862_269_254_527_581e-11, 1e-15);
        assert_near(erfcinv(1e-300), 26.209_469_960_516_124, 1e-15);
        assert_eq!((erfinv(1.0), erfinv(-1.0)), (f64::INFINITY, f64::NEG_INFINITY));
        assert_eq!((erfcinv(0.0), erfcinv(2.0)), (f64::INFINITY, f64::NEG_INFINITY));
        assert!(erfinv(1.5).is_nan() && erfcinv(-0.1).is_nan() && erfcinv(f64::NAN).is_nan());
    }

    #[test]
    fn the_tail_of_the_normal_distribution_keeps_its_digits() {
        assert_near(0.5 * erfc_of_double(20.0), 2.753_624_118_606_233_7e-89, 2e-15);
        assert_near(0.5 * erfc_of_double(37.5), 4.605_353_009_581_958e-308, 4e-15);
        assert_eq!(erfc_of_double(f64::NEG_INFINITY), 2.0);
    }

    proptest! {
        #[test]
        fn the_inverses_undo(x in -5.0..25.0_f64) {
            let error = (erfcinv(erfc(x)) - x).abs();
            let tolerance = if x < -1.0 { 1e-4 } else { 1e-14 };
            prop_assert!(error <= tolerance);
            if x.abs() < 1.0 {
                assert_near(erfinv(erf(x)), x, 4e-15);
            }
        }
    }
}
