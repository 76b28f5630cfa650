//! What every distribution can say.

use libm::exp;

/// A distribution with valid parameters. No method is asked with NaN.
pub(super) trait Law {
    /// The logarithm of the density at a point, or of the probability of a number.
    fn ln_density(&self, x: f64) -> f64;

    /// The density at a point, or the probability of a number.
    fn density(&self, x: f64) -> f64 {
        exp(self.ln_density(x))
    }

    /// The probability of at most x.
    fn below(&self, x: f64) -> f64;

    /// The probability of more than x, with all digits where it is small.
    fn above(&self, x: f64) -> f64;

    /// The least x with a probability of at least p to be at most x, where 0 < p < 1.
    fn quantile(&self, p: f64) -> f64;

    /// Where it begins and ends.
    fn support(&self) -> (f64, f64);
}
