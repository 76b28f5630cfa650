//! The two parts of a binomial or Poisson probability that lose no digits: how far a count is from
//! what is expected, and what Stirling's formula leaves out.
//!
//! Loader, "Fast and accurate computation of binomial probabilities" (2000).

use libm::{log, log1p};

use super::gamma::{LN_SQRT_2PI, lgamma_1p};

/// `ln(1 + t) - t` without cancellation, for t > -1. Near 0 by the series of the inverse hyperbolic
/// tangent of t / (2 + t).
pub(crate) fn log1p_minus(t: f64) -> f64 {
    if !(-0.5..=0.6).contains(&t) {
        return log1p(t) - t;
    }
    let ratio = t / (2.0 + t);
    let square = ratio * ratio;
    // The series Σ square^k / (2k + 3); square is at most 1/9.
    let mut sum = 0.0;
    let mut k = 41.0;
    while k >= 3.0 {
        sum = sum * square + 1.0 / k;
        k -= 2.0;
    }
    ratio * (2.0 * square * sum - t)
}

/// `x ln(x / mean) + mean - x`, where `excess` is `mean - x`, which the caller may know better.
pub(crate) fn deviance(x: f64, excess: f64, mean: f64) -> f64 {
    if excess.abs() < 0.5 * x {
        return -x * log1p_minus(excess / x);
    }
    let ratio = x / mean;
    let ln = if ratio < f64::MIN_POSITIVE { log(x) - log(mean) } else { log(ratio) };
    x * ln + excess
}

/// `ln Γ(x + 1) - (x + ½) ln x + x - ln √(2π)`, for x > 0.
pub(crate) fn stirling_error(x: f64) -> f64 {
    /// B₂ₖ / (2k (2k - 1)): DLMF 5.11.1.
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    if x < 0.5 {
        return lgamma_1p(x) - (x + 0.5) * log(x) + x - LN_SQRT_2PI;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 12.0 {
        // The error at x over that at x + 1.
        sum += step(x);
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    sum + SERIES.iter().rev().fold(0.0, |series, term| series * square + term) * inverse
}

/// `(x + ½) ln(1 + 1/x) - 1`.
fn step(x: f64) -> f64 {
    let t = 1.0 / x;
    (x + 0.5) * log1p_minus(t) + 0.5 * t
}

#[cfg(test)]
mod tests {
    use super::super::assert_near;
    use super::*;

    #[test]
    fn the_errors_of_stirlings_formula_are_those_of_the_literature() {
        // Loader's table.
        assert_near(stirling_error(1.0), 0.081_061_466_795_327_26, 1e-14);
        assert_near(stirling_error(7.5), 0.011_104_559_758_206_917, 1e-13);
        assert_near(stirling_error(15.0), 0.005_554_733_551_962_802, 1e-14);
        assert_near(stirling_error(0.25), 0.272_510_401_213_432_1, 1e-14);
    }

    #[test]
    fn small_differences_keep_their_digits() {
        assert_near(log1p_minus(1e-8), -4.999_999_966_666_667e-17, 1e-15);
        assert_near(log1p_minus(-0.5), -0.193_147_180_559_945_3, 1e-15);
        assert_near(deviance(100.0, 1e-6, 100.000_001), 4.999_999_966_666_67e-15, 1e-14);
    }
}
