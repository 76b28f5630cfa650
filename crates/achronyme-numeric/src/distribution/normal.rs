//! The normal distribution.

use libm::{exp, log};

use super::law::Law;
use super::normal_quantile;
use crate::special::{Double, LN_SQRT_2PI, erfc_of_double, half_erfc_of_doubles_into};

/// 1 / √(2π)
const HEIGHT: f64 = 0.398_942_280_401_432_7;

#[derive(Clone, Copy, Debug)]
pub(super) struct Normal {
    mean: f64,
    sd: f64,
}

impl Normal {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[mean, sd] = parameters else { return None };
        (mean.is_finite() && sd > 0.0 && sd.is_finite()).then_some(Self { mean, sd })
    }

    #[inline(always)]
    fn standard(&self, x: f64) -> f64 {
        (x - self.mean) / self.sd
    }

    /// Writes the probability of at most each number, or of more: what `one` gives, but several at
    /// once.
    pub(super) fn tails_into(
        &self,
        is_above: bool,
        numbers: &[f64],
        out: &mut [f64],
        one: impl Fn(f64) -> f64 + Sync,
    ) {
        let sign = if is_above { 1.0 } else { -1.0 };
        let standard = |x| sign * self.standard(x);
        half_erfc_of_doubles_into(numbers, out, standard, one);
    }
}

impl Law for Normal {
    fn ln_density(&self, x: f64) -> f64 {
        let z = self.standard(x);
        -0.5 * z * z - log(self.sd) - LN_SQRT_2PI
    }

    fn density(&self, x: f64) -> f64 {
        standard_density(self.standard(x)) / self.sd
    }

    fn below(&self, x: f64) -> f64 {
        0.5 * erfc_of_double(-self.standard(x))
    }

    fn above(&self, x: f64) -> f64 {
        0.5 * erfc_of_double(self.standard(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.mean + self.sd * normal_quantile::of_probability(p)
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// The density of the standard normal distribution. The square of z is not rounded, which would
/// cost z² units.
pub(super) fn standard_density(z: f64) -> f64 {
    if z.abs() > 40.0 {
        return 0.0;
    }
    let square = Double::product(z, z);
    exp(-0.5 * square.high) * (1.0 - 0.5 * square.low) * HEIGHT
}
