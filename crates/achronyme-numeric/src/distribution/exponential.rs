//! The exponential distribution, by its mean.

use libm::{exp, expm1, log, log1p};

use super::law::Law;

#[derive(Clone, Copy, Debug)]
pub(super) struct Exponential {
    scale: f64,
}

impl Exponential {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[scale] = parameters else { return None };
        (scale > 0.0 && scale.is_finite()).then_some(Self { scale })
    }
}

impl Law for Exponential {
    fn ln_density(&self, x: f64) -> f64 {
        -x / self.scale - log(self.scale)
    }

    fn density(&self, x: f64) -> f64 {
        exp(-x / self.scale) / self.scale
    }

    fn below(&self, x: f64) -> f64 {
        -expm1(-x / self.scale)
    }

    fn above(&self, x: f64) -> f64 {
        exp(-x / self.scale)
    }

    fn quantile(&self, p: f64) -> f64 {
        -self.scale * log1p(-p)
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}
