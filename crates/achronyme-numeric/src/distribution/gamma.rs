//! The gamma distribution, and that of χ², which is one of them.

use libm::{exp, log};

use super::inverse::invert;
use super::law::Law;
use super::normal_quantile;
use crate::special::{gamma_tails, lgamma_1p, ln_gamma_prefactor};

/// The logarithms between which doubles lie.
const LOGARITHMS: (f64, f64) = (-745.2, 709.8);

#[derive(Clone, Copy, Debug)]
pub(super) struct Gamma {
    shape: f64,
    scale: f64,
}

impl Gamma {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[shape, scale] = parameters else { return None };
        let is_valid = |x: f64| x > 0.0 && x.is_finite();
        (is_valid(shape) && is_valid(scale)).then_some(Self { shape, scale })
    }
}

impl Law for Gamma {
    fn ln_density(&self, x: f64) -> f64 {
        if x > 0.0 {
            return ln_gamma_prefactor(self.shape, x / self.scale) - log(x);
        }
        if self.shape < 1.0 {
            f64::INFINITY
        } else if self.shape > 1.0 {
            f64::NEG_INFINITY
        } else {
            -log(self.scale)
        }
    }

    fn below(&self, x: f64) -> f64 {
        gamma_tails(self.shape, x / self.scale).0
    }

    fn above(&self, x: f64) -> f64 {
        gamma_tails(self.shape, x / self.scale).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.scale * standard_quantile(self.shape, p)
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// The quantile where the scale is 1.
fn standard_quantile(shape: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    // x is at least this, as P(a, x) is below x^a / Γ(a + 1).
    let least = (log(p) + lgamma_1p(shape)) / shape;
    if least < LOGARITHMS.0 && gamma_tails(shape, f64::from_bits(1)).0 > p {
        return 0.0;
    }
    // Wilson and Hilferty: the cube root is nearly normal.
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + normal_quantile::of_probability(p) * ninth.sqrt();
    let guess = if root > 0.0 { log(shape) + 3.0 * log(root) } else { least };
    let start = if shape < 1.0 && p < 0.5 { least } else { guess.max(least) };
    let density = |u| exp(ln_gamma_prefactor(shape, exp(u)));
    exp(invert(LOGARITHMS, start, (p, q), |u| gamma_tails(shape, exp(u)), density))
}

/// The sum of the squares of so many standard normal numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChiSquared(Gamma);

impl ChiSquared {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[df] = parameters else { return None };
        Gamma::new(&[0.5 * df, 2.0]).map(Self)
    }
}

impl Law for ChiSquared {
    fn ln_density(&self, x: f64) -> f64 {
        self.0.ln_density(x)
    }

    fn below(&self, x: f64) -> f64 {
        self.0.below(x)
    }

    fn above(&self, x: f64) -> f64 {
        self.0.above(x)
    }

    fn quantile(&self, p: f64) -> f64 {
        self.0.quantile(p)
    }

    fn support(&self) -> (f64, f64) {
        self.0.support()
    }
}
