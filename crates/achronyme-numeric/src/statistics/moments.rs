//! Means and what lies around them.

use libm::sqrt;

use super::{empty, float, is_constant};
use crate::{Complex, Error, pairwise, pairwise_of};

/// The arithmetic mean.
///
/// # Errors
/// There is no number.
pub fn mean(data: &[f64]) -> Result<f64, Error> {
    if data.is_empty() { Err(empty()) } else { Ok(pairwise(data) / float(data.len())) }
}

/// The arithmetic mean of complex numbers.
///
/// # Errors
/// There is no number.
pub fn complex_mean(data: &[Complex]) -> Result<Complex, Error> {
    if data.is_empty() {
        return Err(empty());
    }
    let (sum, count) = (pairwise(data), float(data.len()));
    Ok(Complex::new(sum.re / count, sum.im / count))
}

/// The sum of the squares of the deviations from the mean by the number of values less `ddof`, in
/// two passes; what rounding leaves of the sum of the deviations is taken off.
///
/// # Errors
/// There are not more than `ddof` numbers.
pub fn variance(data: &[f64], ddof: usize) -> Result<f64, Error> {
    let divisor = freedom(data.len(), ddof)?;
    let mean = mean(data)?;
    let rest = pairwise_of(data, |x| x - mean);
    let squares = pairwise_of(data, |x| (x - mean) * (x - mean));
    let sum = squares - rest * rest / float(data.len());
    Ok(if sum < 0.0 { 0.0 } else { sum / divisor })
}

/// The same of complex numbers, with the squares of the moduli of the deviations.
///
/// # Errors
/// There are not more than `ddof` numbers.
pub fn complex_variance(data: &[Complex], ddof: usize) -> Result<f64, Error> {
    let divisor = freedom(data.len(), ddof)?;
    let mean = complex_mean(data)?;
    Ok(pairwise_of(data, |z| (z - mean).norm_sqr()) / divisor)
}

/// How many values are free.
pub(super) fn freedom(count: usize, ddof: usize) -> Result<f64, Error> {
    if count == 0 {
        return Err(empty());
    }
    if count <= ddof {
        let least = ddof.saturating_add(1);
        let message = format!("requires a vector with at least {least} elements, got {count}");
        return Err(Error::value(message));
    }
    Ok(float(count - ddof))
}

/// How many standard deviations each number is above the mean; NaN where all are the same.
///
/// # Errors
/// There are not more than `ddof` numbers.
pub fn zscores(data: &[f64], ddof: usize, results: &mut [f64]) -> Result<(), Error> {
    let deviation = if is_constant(data) { 0.0 } else { sqrt(variance(data, ddof)?) };
    freedom(data.len(), ddof)?;
    let mean = mean(data)?;
    for (result, x) in results.iter_mut().zip(data) {
        *result = if deviation == 0.0 { f64::NAN } else { (x - mean) / deviation };
    }
    Ok(())
}

/// The means of the powers of the deviations from the mean. `None` if all numbers are the same.
fn moments<const COUNT: usize>(
    data: &[f64],
    powers: [fn(f64) -> f64; COUNT],
) -> Result<Option<[f64; COUNT]>, Error> {
    let mean = mean(data)?;
    if is_constant(data) {
        return Ok(None);
    }
    let count = float(data.len());
    Ok(Some(powers.map(|power| pairwise_of(data, |x| power(x - mean)) / count)))
}

/// How much further numbers lie on one side of the mean: m₃ / m₂^1.5, or without `bias` the
/// estimate G₁ for what they are a sample of, for which there must be three. NaN where all are the
/// same.
///
/// # Errors
/// There is no number.
pub fn skew(data: &[f64], bias: bool) -> Result<f64, Error> {
    let Some([m2, m3]) = moments(data, [|x| x * x, |x| x * x * x])? else { return Ok(f64::NAN) };
    let skew = m3 / (m2 * sqrt(m2));
    let n = float(data.len());
    Ok(match (bias, n > 2.0) {
        (true, _) => skew,
        (false, true) => skew * sqrt(n * (n - 1.0)) / (n - 2.0),
        (false, false) => f64::NAN,
    })
}

/// How far out numbers lie: m₄ / m₂², which is 3 for normal numbers; the `fisher` kurtosis is by 3
/// less. Without `bias` the estimate for what they are a sample of, for which there must be four. NaN
/// where all are the same.
///
/// # Errors
/// There is no number.
pub fn kurtosis(data: &[f64], fisher: bool, bias: bool) -> Result<f64, Error> {
    let Some([m2, m4]) = moments(data, [|x| x * x, |x| x * x * x * x])? else {
        return Ok(f64::NAN);
    };
    let ratio = m4 / (m2 * m2);
    let n = float(data.len());
    let excess = match (bias, n > 3.0) {
        (true, _) => ratio - 3.0,
        (false, true) => {
            let inner = (n * n - 1.0) * ratio - 3.0 * (n - 1.0) * (n - 1.0);
            inner / ((n - 2.0) * (n - 3.0))
        }
        (false, false) => f64::NAN,
    };
    Ok(if fisher { excess } else { excess + 3.0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::special::assert_near;

    const DATA: [f64; 8] = [2.5, -1.0, 4.0, 4.0, 10.0, 3.5, 0.0, 7.25];

    #[test]
    fn known_values() {
        // NumPy and SciPy, as in numeric.tsv.
        assert_eq!(mean(&DATA), Ok(3.78125));
        assert_near(variance(&DATA, 1).unwrap(), 12.811_383_928_571_429, 1e-15);
        assert_near(kurtosis(&DATA, true, true).unwrap(), -0.642_415_010_548_774_5, 1e-14);
        assert_near(kurtosis(&DATA, true, false).unwrap(), 0.050_928_477_847_573_37, 1e-13);
        assert_near(variance(&[1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3], 1).unwrap(), 0.01, 1e-6);
    }

    #[test]
    fn too_few_numbers_are_an_error_and_equal_ones_have_no_shape() {
        assert!(mean(&[]).is_err() && skew(&[], true).is_err() && variance(&[1.0], 1).is_err());
        assert_eq!(variance(&[1.0], 0), Ok(0.0));
        assert!(skew(&[0.1; 3], true).unwrap().is_nan());
        let mut scores = [0.0; 3];
        assert_eq!(zscores(&[0.1; 3], 1, &mut scores), Ok(()));
        assert!(scores.iter().all(|score| score.is_nan()));
        assert!(variance(&[1.0, f64::NAN], 1).unwrap().is_nan());
    }

    proptest! {
        #[test]
        fn moving_all_numbers_moves_the_mean_only(data in prop::collection::vec(-1e3..1e3_f64, 4..40), by in -1e3..1e3_f64) {
            let moved: Vec<f64> = data.iter().map(|x| x + by).collect();
            assert!((mean(&moved).unwrap() - mean(&data).unwrap() - by).abs() < 1e-11);
            assert!((variance(&moved, 1).unwrap() - variance(&data, 1).unwrap()).abs() < 1e-6);
        }
    }
}
