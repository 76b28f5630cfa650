//! The distribution of Fisher and Snedecor.

use libm::log;

use super::beta::odds;
use super::law::Law;
use crate::special::{beta_tails, ln_beta_prefactor};

#[derive(Clone, Copy, Debug)]
pub(super) struct F {
    d1: f64,
    d2: f64,
}

impl F {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[d1, d2] = parameters else { return None };
        let is_valid = |x: f64| x > 0.0 && x.is_finite();
        (is_valid(d1) && is_valid(d2)).then_some(Self { d1, d2 })
    }

    /// The share that has a beta distribution, and the rest.
    fn shares(&self, x: f64) -> (f64, f64) {
        let ratio = self.d1 / self.d2 * x;
        if ratio > 1.0 {
            let inverse = 1.0 / ratio;
            (1.0 / (1.0 + inverse), inverse / (1.0 + inverse))
        } else {
            (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
        }
    }

    fn tails(&self, x: f64) -> (f64, f64) {
        let (share, rest) = self.shares(x);
        beta_tails(0.5 * self.d1, 0.5 * self.d2, share, rest)
    }
}

impl Law for F {
    fn ln_density(&self, x: f64) -> f64 {
        let (share, rest) = self.shares(x);
        if share == 0.0 {
            return if self.d1 < 2.0 {
                f64::INFINITY
            } else if self.d1 > 2.0 {
                f64::NEG_INFINITY
            } else {
                0.0
            };
        }
        if rest == 0.0 {
            return f64::NEG_INFINITY;
        }
        ln_beta_prefactor(0.5 * self.d1, 0.5 * self.d2, share, rest) - log(x)
    }

    fn below(&self, x: f64) -> f64 {
        self.tails(x).0
    }

    fn above(&self, x: f64) -> f64 {
        self.tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        let (share, rest) = odds(0.5 * self.d1, 0.5 * self.d2, (p, 1.0 - p));
        self.d2 / self.d1 * (share / rest)
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}
