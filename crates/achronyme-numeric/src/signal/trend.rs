//! Jumps of phases, and trends.

use std::f64::consts::PI;

use super::sample::Sample;

/// Undoes the jumps of phases that were cut to one turn: where two neighbours differ by more than
/// `discontinuity` radians (at least half a turn), whole turns are added to all that follow.
pub fn unwrap(phases: &mut [f64], discontinuity: f64) {
    let turn = 2.0 * PI;
    let mut shift = 0.0;
    let Some((first, rest)) = phases.split_first_mut() else { return };
    let mut before = *first;
    for phase in rest {
        let jump = *phase - before;
        before = *phase;
        if jump.abs() >= discontinuity || jump.is_nan() {
            let mut least = (jump + PI) - turn * libm::floor((jump + PI) / turn) - PI;
            if least <= -PI && jump > 0.0 {
                least = PI;
            }
            shift += least - jump;
        }
        *phase += shift;
    }
}

/// What is taken away from a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Nothing.
    None,
    /// Its mean.
    Constant,
    /// The straight line that fits it best.
    Linear,
}

impl Trend {
    /// Takes the trend away.
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    pub fn remove<T: Sample>(self, signal: &mut [T]) {
        let count = signal.len() as f64;
        if signal.is_empty() || self == Self::None {
            return;
        }
        let mean = pairwise(signal.len(), &|k| signal[k]) * (1.0 / count);
        for value in signal.iter_mut() {
            *value = *value - mean;
        }
        if self == Self::Linear && signal.len() > 1 {
            let middle = (count - 1.0) / 2.0;
            let time = |k: usize| k as f64 - middle;
            let product = pairwise(signal.len(), &|k| signal[k] * time(k));
            // The sum of the squares of the times.
            let squares = count * (count * count - 1.0) / 12.0;
            let slope = product * (1.0 / squares);
            for (k, value) in signal.iter_mut().enumerate() {
                *value = *value - slope * time(k);
            }
        }
    }
}

/// The sum of so many terms, in halves, which keeps the error small.
fn pairwise<T: Sample>(count: usize, term: &impl Fn(usize) -> T) -> T {
    fn sum<T: Sample>(start: usize, count: usize, term: &impl Fn(usize) -> T) -> T {
        if count > 128 {
            let half = count / 2;
            return sum(start, half, term) + sum(start + half, count - half, term);
        }
        let mut total = T::default();
        for k in start..start + count {
            total += term(k);
        }
        total
    }
    sum(0, count, term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_go_on_where_they_were_cut() {
        let mut phases: Vec<f64> = (0..50).map(|k| (0.7 * f64::from(k)) % (2.0 * PI)).collect();
        unwrap(&mut phases, PI);
        for (k, phase) in (0..50).zip(&phases) {
            assert!((phase - 0.7 * f64::from(k)).abs() < 1e-13);
        }
        let mut half = [0.0, PI, 0.0, 4.0];
        unwrap(&mut half, PI);
        assert!((half[1] - PI).abs() < 1e-15 && (half[3] - (4.0 - 2.0 * PI)).abs() < 1e-14);
        let mut small = [0.0, 4.0];
        unwrap(&mut small, 5.0);
        assert!((small[1] - 4.0).abs() < 1e-15);
        unwrap(&mut [], PI);
    }

    #[test]
    fn trends_are_scipys() {
        let mut signal = [1.0, 3.0, 2.0, 6.0];
        Trend::Linear.remove(&mut signal);
        for (got, expected) in signal.iter().zip([0.1, 0.7, -1.7, 0.9]) {
            assert!((got - expected).abs() < 1e-15);
        }
        let mut signal = [1.0, 3.0];
        Trend::Constant.remove(&mut signal);
        assert!((signal[0] + 1.0).abs() < 1e-15 && (signal[1] - 1.0).abs() < 1e-15);
        let mut single = [5.0];
        Trend::Linear.remove(&mut single);
        assert!(single[0].abs() < 1e-15);
    }
}
