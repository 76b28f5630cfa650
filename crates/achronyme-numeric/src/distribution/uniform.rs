//! The uniform distribution between two ends.

use libm::log;

use super::law::Law;

#[derive(Clone, Copy, Debug)]
pub(super) struct Uniform {
    a: f64,
    b: f64,
}

impl Uniform {
    pub(super) fn new(parameters: &[f64]) -> Option<Self> {
        let &[a, b] = parameters else { return None };
        (a < b && (b - a).is_finite()).then_some(Self { a, b })
    }
}

impl Law for Uniform {
    fn ln_density(&self, _: f64) -> f64 {
        -log(self.b - self.a)
    }

    fn density(&self, _: f64) -> f64 {
        1.0 / (self.b - self.a)
    }

    fn below(&self, x: f64) -> f64 {
        (x - self.a) / (self.b - self.a)
    }

    fn above(&self, x: f64) -> f64 {
        (self.b - x) / (self.b - self.a)
    }

    fn quantile(&self, p: f64) -> f64 {
        self.a + (self.b - self.a) * p
    }

    fn support(&self) -> (f64, f64) {
        (self.a, self.b)
    }
}
