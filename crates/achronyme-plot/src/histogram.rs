//! Counting numbers in bins.

use crate::number::real;
use crate::{Error, Histogram};

/// How many bins a histogram may have.
const BINS_MAX: usize = 100_000;

impl Histogram {
    /// Counts numbers in so many equal bins from the least to the greatest, or between two limits.
    /// NaN and what lies outside is left out; the last bin has its upper edge.
    ///
    /// # Errors
    ///
    /// If there are no bins or very many, infinite numbers, or limits that do not ascend.
    pub fn of(values: &[f64], bins: usize, limits: Option<[f64; 2]>) -> Result<Self, Error> {
        if !(1..=BINS_MAX).contains(&bins) {
            return Err(Error::new(format!("bins must be 1 to {BINS_MAX}, got {bins}")));
        }
        if values.iter().any(|value| value.is_infinite()) {
            return Err(Error::new("the data has an infinite number"));
        }
        let [lo, hi] = match limits {
            Some([lo, hi]) if lo < hi && (hi - lo).is_finite() => [lo, hi],
            Some([lo, hi]) => {
                return Err(Error::new(format!("range must ascend, got {lo} and {hi}")));
            }
            None => Self::limits(values),
        };
        let edge = |index: usize| match index {
            0 => lo,
            _ if index == bins => hi,
            _ => lo + (hi - lo) * (real(index) / real(bins)),
        };
        Self::between(values, (0..=bins).map(edge).collect())
    }

    /// Counts numbers between edges.
    ///
    /// # Errors
    ///
    /// If there are no two edges, or they do not ascend.
    pub fn between(values: &[f64], edges: Vec<f64>) -> Result<Self, Error> {
        let ascends = |pair: &[f64]| pair[0] < pair[1];
        if edges.len() < 2 || !edges.windows(2).all(ascends) {
            return Err(Error::new("the edges of bins must ascend, and be two at least"));
        }
        let last = edges.len() - 1;
        let mut counts = vec![0.0; last];
        for value in values {
            // How many edges are not above it.
            let bin = edges.partition_point(|edge| edge <= value);
            let is_last = bin == last + 1 && *value <= edges[last];
            if (1..=last).contains(&bin) {
                counts[bin - 1] += 1.0;
            } else if is_last {
                counts[last - 1] += 1.0;
            }
        }
        Ok(Self { edges, counts })
    }

    /// With areas that have a sum of 1, instead of counts.
    #[must_use]
    pub fn density(mut self) -> Self {
        let all: f64 = self.counts.iter().sum();
        for (edges, count) in self.edges.windows(2).zip(&mut self.counts) {
            *count /= (edges[1] - edges[0]) * all.max(1.0);
        }
        self
    }

    /// The least and the greatest number, or something around them if they are the same.
    fn limits(values: &[f64]) -> [f64; 2] {
        let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if lo > hi {
            return [0.0, 1.0];
        }
        if hi - lo > 1e-12 * lo.abs().max(hi.abs()) {
            return [lo, hi];
        }
        let reach = 0.5_f64.max(lo.abs() * 0.05);
        [lo - reach, hi + reach]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bin_has_its_upper_edge() {
        let values = [0.0, 1.0, 1.0, 2.0, 3.0, 4.0, f64::NAN];
        let histogram = Histogram::of(&values, 4, None).unwrap();
        assert_eq!(histogram.edges, [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(histogram.counts, [1.0, 2.0, 1.0, 2.0]);
        assert!((histogram.density().counts.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let histogram = Histogram::of(&[-1.0, 0.5, 9.0], 2, Some([0.0, 1.0])).unwrap();
        assert_eq!(histogram.counts, [0.0, 1.0]);
        assert!(Histogram::of(&[1.0], 0, None).is_err());
        assert!(Histogram::of(&[f64::INFINITY], 3, None).is_err());
        assert_eq!(Histogram::of(&[], 3, None).unwrap().counts, [0.0; 3]);
        assert_eq!(Histogram::of(&[7.0; 4], 1, None).unwrap().counts, [4.0]);
    }
}
