//! The Poisson distribution.

use libm::log;

use super::count::least;
use super::law::Law;
use super::normal_quantile;
use crate::special::{gamma_tails, ln_gamma_prefactor};

#[derive(Clone, Copy, Debug)]
pub(super) struct Poisson {
    mu: f64,
}

impl Poisson {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[mu] = parameters else { return None };
        (mu >= 0.0 && mu.is_finite()).then_some(Self { mu })
    }
}

impl Law for Poisson {
    fn ln_density(&self, k: f64) -> f64 {
        if k.fract() != 0.0 {
            f64::NEG_INFINITY
        } else if k == 0.0 {
            -self.mu
        } else if self.mu == 0.0 {
            f64::NEG_INFINITY
        } else {
            ln_gamma_prefactor(k, self.mu) - log(k)
        }
    }

    fn below(&self, k: f64) -> f64 {
        gamma_tails(k.floor() + 1.0, self.mu).1
    }

    fn above(&self, k: f64) -> f64 {
        gamma_tails(k.floor() + 1.0, self.mu).0
    }

    fn quantile(&self, p: f64) -> f64 {
        let z = normal_quantile::of_probability(p);
        let guess = self.mu + z * self.mu.sqrt() + (z * z - 1.0) / 6.0;
        least(p, guess, f64::INFINITY, |k| self.below(k))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}
