//! Divisions with a remainder, and what integers have in common.

use crate::Error;

/// Integers up to this are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What is left of `x` divided by `y`, with the sign of `y`; NaN for `y` = 0.
#[must_use]
pub fn floored_remainder(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0.0_f64.copysign(y)
    } else if (rest < 0.0) != (y < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// The greatest integer that `y` goes into `x`, so that `x` is `y` times it plus the
/// [`floored_remainder`]; infinite or NaN for `y` = 0.
#[must_use]
pub fn floored_quotient(x: f64, y: f64) -> f64 {
    if y == 0.0 || x.is_infinite() || y.is_infinite() || x.is_nan() || y.is_nan() {
        return (x / y).floor();
    }
    let rest = floored_remainder(x, y);
    let quotient = (x - rest) / y;
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// The greatest common divisor; 0 of 0 and 0.
///
/// # Errors
/// A number is no integer up to 2^53.
pub fn common_divisor(a: f64, b: f64) -> Result<f64, Error> {
    let (mut a, mut b) = (whole(a)?, whole(b)?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Ok(as_number(a.into()))
}

/// The least common multiple; 0 if one is 0.
///
/// # Errors
/// A number is no integer up to 2^53.
pub fn common_multiple(a: f64, b: f64) -> Result<f64, Error> {
    let (a, b) = (whole(a)?, whole(b)?);
    if a == 0 || b == 0 {
        return Ok(0.0);
    }
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    Ok(as_number(u128::from(a / divisor) * u128::from(b)))
}

/// The size of a number that is an integer.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is small enough")]
#[expect(clippy::float_cmp, reason = "an integer is exactly its integer part")]
fn whole(number: f64) -> Result<u64, Error> {
    if number.trunc() != number || number.abs() > EXACT {
        return Err(Error::value(format!("{number} is no integer up to 2^53")));
    }
    Ok(number.abs() as u64)
}

#[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
const fn as_number(whole: u128) -> f64 {
    whole as f64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "integers are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn remainders_have_the_sign_of_the_divisor() {
        let cases =
            [(-1.0, 3.0, 2.0), (1.0, -3.0, -2.0), (-5.5, 2.0, 0.5), (5.0, f64::INFINITY, 5.0)];
        for (x, y, rest) in cases {
            assert_eq!(floored_remainder(x, y), rest, "{x} mod {y}");
        }
        assert_eq!(floored_remainder(-5.0, f64::INFINITY), f64::INFINITY);
        assert!(floored_remainder(1.0, 0.0).is_nan());
        assert_eq!(floored_quotient(1.0, 0.0), f64::INFINITY);
        assert!(floored_quotient(0.0, 0.0).is_nan());
    }

    #[test]
    fn integers_have_divisors_and_multiples() {
        assert_eq!(common_divisor(12.0, -18.0), Ok(6.0));
        assert_eq!(common_divisor(0.0, 0.0), Ok(0.0));
        assert_eq!(common_multiple(4.0, -6.0), Ok(12.0));
        assert_eq!(common_multiple(0.0, 5.0), Ok(0.0));
        assert!(common_divisor(1.5, 2.0).is_err());
        assert!(common_multiple(1e300, 2.0).is_err());
    }

    proptest! {
        #[test]
        fn quotient_and_remainder_give_the_number_back(x in -1000_i32..1000, y in 1_i32..50) {
            let (x, y) = (f64::from(x), f64::from(y));
            for y in [y, -y] {
                prop_assert_eq!(y * floored_quotient(x, y) + floored_remainder(x, y), x);
            }
        }
    }
}
