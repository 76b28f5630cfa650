//! How sure it is that a project ends in time, where its duration is taken as normally distributed.

use crate::Error;
use crate::distribution::normal_quantile;

/// The probability that a project with this expected duration and standard deviation has ended at a
/// time. One without deviation ends exactly when it is expected to.
#[must_use]
pub fn completion_probability(duration: f64, deviation: f64, time: f64) -> f64 {
    if deviation == 0.0 && !time.is_nan() {
        return if time >= duration { 1.0 } else { 0.0 };
    }
    0.5 * libm::erfc((duration - time) / deviation * std::f64::consts::FRAC_1_SQRT_2)
}

/// The time at which a project has ended with a probability; infinite for probabilities 0 and 1
/// where there is a deviation.
///
/// # Errors
/// The probability does not lie between 0 and 1.
pub fn time_for_probability(duration: f64, deviation: f64, probability: f64) -> Result<f64, Error> {
    if !(0.0..=1.0).contains(&probability) {
        let message = format!("the probability must lie between 0 and 1, got {probability}");
        return Err(Error::value(message));
    }
    if deviation == 0.0 {
        return Ok(duration);
    }
    Ok(duration + deviation * normal_quantile::of_probability(probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_probability_are_each_others_inverse() -> Result<(), Error> {
        for probability in [1e-12, 0.01, 0.3, 0.5, 0.9, 0.999] {
            let time = time_for_probability(20.0, 2.5, probability)?;
            let back = completion_probability(20.0, 2.5, time);
            assert!((back / probability - 1.0).abs() < 1e-13, "{probability}");
        }
        Ok(())
    }

    #[test]
    fn the_ends_are_where_they_belong() {
        assert_eq!(time_for_probability(3.0, 1.0, 0.0), Ok(f64::NEG_INFINITY));
        assert_eq!(time_for_probability(3.0, 1.0, 1.0), Ok(f64::INFINITY));
        assert_eq!(time_for_probability(3.0, 0.0, 1.0), Ok(3.0));
        assert!(time_for_probability(3.0, 1.0, f64::NAN).is_err());
        assert!(time_for_probability(3.0, 1.0, 1.5).is_err());
        assert!((completion_probability(3.0, 0.0, 3.0) - 1.0).abs() < 1e-15);
    }
}
