//! What is thought of the time a task takes.

use crate::Error;

/// Three guesses of a duration, of which the middle one counts four times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    optimistic: f64,
    likely: f64,
    pessimistic: f64,
}

impl Estimate {
    /// # Errors
    /// The guesses are not in their order, or one is not finite.
    pub fn new(optimistic: f64, likely: f64, pessimistic: f64) -> Result<Self, Error> {
        let ordered = optimistic <= likely && likely <= pessimistic;
        if !ordered || !optimistic.is_finite() || !pessimistic.is_finite() {
            return Err(Error::value(format!(
                "requires op <= mo <= pe (got op={optimistic}, mo={likely}, pe={pessimistic})"
            )));
        }
        Ok(Self { optimistic, likely, pessimistic })
    }

    /// The duration to be expected.
    #[must_use]
    pub fn expected(self) -> f64 {
        (self.optimistic + 4.0 * self.likely + self.pessimistic) / 6.0
    }

    /// The variance of the duration.
    #[must_use]
    pub fn variance(self) -> f64 {
        let deviation = (self.pessimistic - self.optimistic) / 6.0;
        deviation * deviation
    }
}
