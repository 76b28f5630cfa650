//! The binomial distribution.

use libm::{log, log1p};

use super::count::least;
use super::law::Law;
use super::normal_quantile;
use crate::special::{beta_tails, ln_beta_prefactor};

#[derive(Clone, Copy, Debug)]
pub(super) struct Binomial {
    n: f64,
    p: f64,
}

impl Binomial {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[n, p] = parameters else { return None };
        let is_count = n >= 0.0 && n.is_finite() && n.fract() == 0.0;
        (is_count && (0.0..=1.0).contains(&p)).then_some(Self { n, p })
    }

    fn tails(&self, k: f64) -> (f64, f64) {
        beta_tails(self.n - k, k + 1.0, 1.0 - self.p, self.p)
    }
}

impl Law for Binomial {
    fn ln_density(&self, k: f64) -> f64 {
        let Self { n, p } = *self;
        if k.fract() != 0.0 {
            return f64::NEG_INFINITY;
        }
        if k == 0.0 {
            return if n == 0.0 { 0.0 } else { n * log1p(-p) };
        }
        let (others, rest) = (n - k, 1.0 - p);
        if others == 0.0 {
            return n * log(p);
        }
        if p == 0.0 || rest == 0.0 {
            return f64::NEG_INFINITY;
        }
        ln_beta_prefactor(k, others, p, rest) + log(n / k / others)
    }

    fn below(&self, k: f64) -> f64 {
        self.tails(k.floor()).0
    }

    fn above(&self, k: f64) -> f64 {
        self.tails(k.floor()).1
    }

    fn quantile(&self, p: f64) -> f64 {
        let z = normal_quantile::of_probability(p);
        let (mean, rest) = (self.n * self.p, 1.0 - self.p);
        let guess = mean + z * (mean * rest).sqrt() + (z * z - 1.0) * (rest - self.p) / 6.0;
        least(p, guess, self.n, |k| if k >= self.n { 1.0 } else { self.below(k) })
    }

    fn support(&self) -> (f64, f64) {
        (0.0, self.n)
    }
}
