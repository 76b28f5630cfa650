//! Numbers of twice the precision: a number and what it lacks.

/// An unevaluated sum of two numbers, the second less than half a unit in the last place of the
/// first. Dekker, "A floating-point technique for extending the available precision" (1971).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Double {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

/// 2²⁷ + 1, which splits a number into halves of 26 bits.
const SPLITTER: f64 = 134_217_729.0;

impl Double {
    /// A sum whose first part is not the smaller one.
    pub(crate) fn sum(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }

    /// The product of two numbers, exactly, unless it is beyond 2⁹⁹⁶ or below 2⁻⁹⁶⁰.
    #[inline(always)]
    pub(crate) fn product(a: f64, b: f64) -> Self {
        let split = |x: f64| {
            let shifted = SPLITTER * x;
            let high = shifted - (shifted - x);
            (high, x - high)
        };
        let ((a1, a2), (b1, b2)) = (split(a), split(b));
        let high = a * b;
        Self { high, low: ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2 }
    }

    /// This, so many times.
    pub(crate) fn times(self, factor: f64) -> Self {
        let product = Self::product(self.high, factor);
        Self::sum(product.high, product.low + self.low * factor)
    }

    /// This by a number.
    pub(crate) fn over(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let back = Self::product(quotient, divisor);
        let rest = (self.high - back.high) - back.low + self.low;
        Self::sum(quotient, rest / divisor)
    }
}
