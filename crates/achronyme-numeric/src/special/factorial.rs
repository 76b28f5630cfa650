//! How many ways there are to order and to choose.

use super::double::Double;
use crate::Error;

/// Products begin with this, so that twice the precision has room above.
const SMALL: f64 = f64::from_bits(0x2d30_0000_0000_0000); // 2⁻³⁰⁰
/// What takes it back.
const LARGE: f64 = f64::from_bits(0x52b0_0000_0000_0000); // 2³⁰⁰
/// More than any result, in the small.
const TOO_MUCH: f64 = f64::from_bits(0x6d40_0000_0000_0000); // 2⁷²⁵

fn integer(name: &str, x: f64) -> Result<f64, Error> {
    if x.is_finite() && x.fract() == 0.0 {
        return Ok(x);
    }
    Err(Error::value(format!("{name} must be an integer, got {x}")))
}

/// n!, the double nearest to it; infinite beyond 170.
///
/// # Errors
/// `n` is negative or no integer.
pub fn factorial(n: f64) -> Result<f64, Error> {
    let n = integer("n", n)?;
    if n < 0.0 {
        return Err(Error::value(format!("n must not be negative, got {n}")));
    }
    Ok(if n > 170.0 { f64::INFINITY } else { falling(n, n) })
}

/// In how many orders one can take `k` of `n` things. 0 unless 0 ≤ k ≤ n.
///
/// # Errors
/// A number is no integer.
pub fn perm(n: f64, k: f64) -> Result<f64, Error> {
    let (n, k) = (integer("n", n)?, integer("k", k)?);
    Ok(if k < 0.0 || k > n { 0.0 } else { falling(n, k) })
}

/// `n (n - 1) … (n - k + 1)`
fn falling(n: f64, k: f64) -> f64 {
    let mut product = Double { high: SMALL, low: 0.0 };
    let mut i = 0.0;
    while i < k {
        product = product.times(n - i);
        if product.high.is_nan() || product.high >= TOO_MUCH {
            return f64::INFINITY;
        }
        i += 1.0;
    }
    product.high * LARGE
}

/// In how many ways one can choose `k` of `n` things. 0 unless 0 ≤ k ≤ n.
///
/// # Errors
/// A number is no integer.
pub fn comb(n: f64, k: f64) -> Result<f64, Error> {
    let (n, k) = (integer("n", n)?, integer("k", k)?);
    if k < 0.0 || k > n {
        return Ok(0.0);
    }
    let k = k.min(n - k);
    let mut product = Double { high: SMALL, low: 0.0 };
    let mut i = 0.0;
    // Each step doubles the product at least: it overflows before there are many.
    while i < k {
        product = product.times(n - i).over(i + 1.0);
        if product.high.is_nan() || product.high >= TOO_MUCH {
            return Ok(f64::INFINITY);
        }
        i += 1.0;
    }
    Ok(product.high * LARGE)
}

/// In how many ways one can choose `k` of `n` things, each as often as one likes.
///
/// # Errors
/// A number is no integer.
pub fn comb_with_repetition(n: f64, k: f64) -> Result<f64, Error> {
    let (n, k) = (integer("n", n)?, integer("k", k)?);
    if k == 0.0 && n >= 0.0 {
        return Ok(1.0);
    }
    if n <= 0.0 || k < 0.0 { Ok(0.0) } else { comb(n + k - 1.0, k) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_are_the_nearest_doubles() {
        assert_eq!(factorial(0.0), Ok(1.0));
        assert_eq!(factorial(22.0), Ok(1_124_000_727_777_607_680_000.0));
        assert_eq!(factorial(170.0), Ok(7.257_415_615_307_999e306));
        assert_eq!(factorial(171.0), Ok(f64::INFINITY));
        assert!(
            factorial(2.5).is_err() && factorial(-1.0).is_err() && factorial(f64::NAN).is_err()
        );
    }

    #[test]
    fn choices_are_exact_as_long_as_doubles_are() {
        assert_eq!(comb(5.0, 2.0), Ok(10.0));
        assert_eq!(comb(60.0, 30.0), Ok(118_264_581_564_861_424.0));
        assert_eq!(comb(1000.0, 500.0), Ok(2.702_882_409_454_365_5e299));
        assert_eq!(comb(1e9, 5e8), Ok(f64::INFINITY));
        assert_eq!(comb(1e300, 1e299), Ok(f64::INFINITY));
        assert_eq!((comb(3.0, 5.0), comb(5.0, -1.0)), (Ok(0.0), Ok(0.0)));
        assert_eq!(comb_with_repetition(5.0, 3.0), Ok(35.0));
        assert_eq!(perm(5.0, 2.0), Ok(20.0));
        assert_eq!(perm(1e300, 1e300), Ok(f64::INFINITY));
    }
}
