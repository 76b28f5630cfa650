//! Student's t distribution.

use libm::{log, log1p};

use super::beta::odds;
use super::law::Law;
use super::normal::Normal;
use crate::special::{LN_SQRT_2PI, beta_tails, log1p_minus, stirling_error};

/// From so many degrees of freedom on it is the normal distribution, to the last digit.
const NORMAL: f64 = 1e17;

#[derive(Clone, Copy, Debug)]
pub(super) struct StudentT {
    df: f64,
    /// What it is in the limit.
    normal: Option<Normal>,
}

impl StudentT {
    /// With any number of degrees of freedom above 0, also infinitely many.
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[df] = parameters else { return None };
        let normal = if df >= NORMAL { Normal::new(&[0.0, 1.0]) } else { None };
        (df > 0.0).then_some(Self { df, normal })
    }

    /// The probability of less than -|t|.
    fn tail(&self, t: f64) -> f64 {
        let df = self.df;
        let ratio = (t / df) * t;
        let (x, y) = if ratio > 1.0 {
            let inverse = (df / t) / t;
            (inverse / (1.0 + inverse), 1.0 / (1.0 + inverse))
        } else {
            (1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
        };
        0.5 * beta_tails(0.5 * df, 0.5, x, y).0
    }
}

impl Law for StudentT {
    fn ln_density(&self, t: f64) -> f64 {
        if let Some(normal) = self.normal {
            return normal.ln_density(t);
        }
        let half = 0.5 * self.df;
        let size = -LN_SQRT_2PI + half * log1p_minus(0.5 / half) - stirling_error(half)
            + stirling_error(half + 0.5);
        let ratio = (t / self.df) * t;
        let ln = if ratio > 1e16 { 2.0 * log(t.abs()) - log(self.df) } else { log1p(ratio) };
        size - (half + 0.5) * ln
    }

    fn below(&self, t: f64) -> f64 {
        match self.normal {
            Some(normal) => normal.below(t),
            None if t < 0.0 => self.tail(t),
            None => 1.0 - self.tail(t),
        }
    }

    fn above(&self, t: f64) -> f64 {
        match self.normal {
            Some(normal) => normal.above(t),
            None if t > 0.0 => self.tail(t),
            None => 1.0 - self.tail(t),
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        if let Some(normal) = self.normal {
            return normal.quantile(p);
        }
        let tail = p.min(1.0 - p);
        let middle = 1.0 - 2.0 * tail;
        if middle == 0.0 {
            return 0.0;
        }
        let (x, y) = odds(0.5 * self.df, 0.5, (2.0 * tail, middle));
        (self.df.sqrt() * (y / x).sqrt()).copysign(p - 0.5)
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}
