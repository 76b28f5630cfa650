//! The beta distribution, and the quantiles of those that are made from it.

use libm::{exp, log};

use super::inverse::invert;
use super::law::Law;
use super::normal_quantile;
use crate::special::{beta_tails, ln_beta_prefactor};

#[derive(Clone, Copy, Debug)]
pub(super) struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[a, b] = parameters else { return None };
        let is_valid = |x: f64| x > 0.0 && x.is_finite();
        (is_valid(a) && is_valid(b)).then_some(Self { a, b })
    }

    /// At an end where the density is that distance to the power of `exponent` - 1.
    fn ln_density_at_end(exponent: f64, other: f64) -> f64 {
        if exponent < 1.0 {
            f64::INFINITY
        } else if exponent > 1.0 {
            f64::NEG_INFINITY
        } else {
            log(other)
        }
    }
}

impl Law for Beta {
    fn ln_density(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return Self::ln_density_at_end(self.a, self.b);
        }
        let y = 1.0 - x;
        if y <= 0.0 {
            return Self::ln_density_at_end(self.b, self.a);
        }
        ln_beta_prefactor(self.a, self.b, x, y) - log(x) - log(y)
    }

    fn below(&self, x: f64) -> f64 {
        beta_tails(self.a, self.b, x, 1.0 - x).0
    }

    fn above(&self, x: f64) -> f64 {
        beta_tails(self.a, self.b, x, 1.0 - x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        odds(self.a, self.b, (p, 1.0 - p)).0
    }

    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

/// The x below which the beta distribution has the probability `p` and above which `q`, and 1 - x:
/// both have all their digits.
pub(super) fn odds(a: f64, b: f64, (p, q): (f64, f64)) -> (f64, f64) {
    const LOGITS: (f64, f64) = (-745.0, 745.0);
    let shares = |u: f64| (1.0 / (1.0 + exp(-u)), 1.0 / (1.0 + exp(u)));
    let tails = |u: f64| {
        let (x, y) = shares(u);
        beta_tails(a, b, x, y)
    };
    let density = |u: f64| {
        let (x, y) = shares(u);
        exp(ln_beta_prefactor(a, b, x, y))
    };
    if tails(LOGITS.0).0 > p {
        return (0.0, 1.0);
    }
    if tails(LOGITS.1).1 > q {
        return (1.0, 0.0);
    }
    let z = if p <= q { normal_quantile::of_tail(p) } else { -normal_quantile::of_tail(q) };
    let start = log(a / b) + z * (1.0 / a + 1.0 / b).sqrt();
    shares(invert(LOGITS, start, (p, q), tails, density))
}
