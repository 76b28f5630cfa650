//! Single numbers.

use super::Generator;
use crate::Error;
use crate::distribution::normal_quantile;

/// 2⁻⁵³
const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;
/// 2⁵³, up to which doubles hold all integers.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::cast_precision_loss, reason = "53 bits")]
fn draw(generator: &mut Generator) -> f64 {
    (generator.bits() >> 11) as f64
}

/// A number from 0 to below 1, all multiples of 2⁻⁵³ alike.
pub fn unit(generator: &mut Generator) -> f64 {
    draw(generator) * UNIT
}

/// A standard normal number, of one draw.
pub fn standard_normal(generator: &mut Generator) -> f64 {
    normal_quantile::of_probability((draw(generator) + 0.5) * UNIT)
}

/// An integer from `low` to below `low + range`, which is at least 1: by Lemire, "Fast random integer
/// generation in an interval" (2019).
pub fn integer(generator: &mut Generator, low: i64, range: u64) -> i64 {
    low.wrapping_add_unsigned(below(generator, range))
}

/// An integer from 0 to below `range`, which is at least 1.
pub(super) fn below(generator: &mut Generator, range: u64) -> u64 {
    let range = range.max(1);
    loop {
        let product = u128::from(generator.bits()) * u128::from(range);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
        let (high, low) = ((product >> 64) as u64, product as u64);
        if low >= range || low >= range.wrapping_neg() % range {
            return high;
        }
    }
}

/// The bounds of a draw of integers from `low` to below `high`: the least one, and how many there are.
///
/// # Errors
/// A bound is no integer or beyond 2⁵³, or there is no integer between them.
#[expect(clippy::cast_possible_truncation, reason = "integers up to 2^53")]
pub fn check_bounds(low: f64, high: f64) -> Result<(i64, u64), Error> {
    for bound in [low, high] {
        if bound.fract() != 0.0 || bound.is_nan() || bound.abs() > EXACT {
            return Err(Error::value(format!(
                "bounds must be integers from -2^53 to 2^53, got {bound}"
            )));
        }
    }
    if low >= high {
        return Err(Error::value(format!("there is no integer from {low} to below {high}")));
    }
    Ok((low as i64, (high as i64).abs_diff(low as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_follow_the_recipe() {
        // From numeric.tsv.
        let generator = &mut Generator::new(42);
        let draws: [i64; 8] = std::array::from_fn(|_| integer(generator, 0, 10));
        assert_eq!(draws, [7, 4, 8, 6, 0, 9, 7, 7]);
        let generator = &mut Generator::new(3);
        let bounds = check_bounds(-5.0, 1e6);
        assert_eq!(bounds, Ok((-5, 1_000_005)));
        let draws: [i64; 3] = std::array::from_fn(|_| integer(generator, -5, 1_000_005));
        assert_eq!(draws, [85_644, 236_806, 801_273]);
    }

    #[test]
    fn bounds_must_be_integers_in_order() {
        for (low, high) in [(0.5, 3.0), (3.0, 3.0), (0.0, 1e16), (f64::NAN, 1.0)] {
            assert!(check_bounds(low, high).is_err());
        }
    }

    #[test]
    fn normal_numbers_have_mean_and_deviation() {
        let generator = &mut Generator::new(1);
        let draws: Vec<f64> = (0..100_000).map(|_| standard_normal(generator)).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }
}
