//! Peaks of a signal.

use crate::Error;

/// The least and the greatest value that something may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The least one.
    pub min: f64,
    /// The greatest one.
    pub max: f64,
}

impl Bounds {
    fn hold(self, value: f64) -> bool {
        self.min <= value && value <= self.max
    }
}

/// Which peaks are wanted. They are chosen in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PeakChoice {
    /// The value at the peak.
    pub height: Option<Bounds>,
    /// How far it is above both neighbours.
    pub threshold: Option<Bounds>,
    /// How many samples peaks are apart at least; the higher ones stay.
    pub distance: Option<f64>,
    /// How far it is above the higher of the two valleys that separate it from higher peaks.
    pub prominence: Option<Bounds>,
    /// How many samples wide it is at half its prominence.
    pub width: Option<Bounds>,
}

/// A peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Its place; the middle of a plateau.
    pub index: usize,
    /// The value there.
    pub height: f64,
    /// How far it is above the higher of the two valleys around it.
    pub prominence: f64,
}

/// The peaks of a signal: where it is higher than on both sides.
///
/// # Errors
/// The distance is below 1.
pub fn find_peaks(signal: &[f64], choice: &PeakChoice) -> Result<Vec<Peak>, Error> {
    if let Some(distance) = choice.distance
        && distance.partial_cmp(&1.0).is_none_or(std::cmp::Ordering::is_lt)
    {
        return Err(Error::value(format!("distance must be at least 1, got {distance}")));
    }
    let mut indices = local_maxima(signal);
    if let Some(height) = choice.height {
        indices.retain(|k| height.hold(signal[*k]));
    }
    if let Some(threshold) = choice.threshold {
        indices.retain(|k| {
            let (left, right) = (signal[*k] - signal[k - 1], signal[*k] - signal[k + 1]);
            left.min(right) >= threshold.min && left.max(right) <= threshold.max
        });
    }
    if let Some(distance) = choice.distance {
        keep_distance(signal, &mut indices, distance);
    }
    let left = valleys(signal.iter());
    let mut right = valleys(signal.iter().rev());
    right.reverse();
    let peaks = indices.into_iter().map(|index| {
        let height = signal[index];
        Peak { index, height, prominence: height - left[index].max(right[index]) }
    });
    let fits = |peak: &Peak| {
        choice.prominence.is_none_or(|bounds| bounds.hold(peak.prominence))
            && choice.width.is_none_or(|bounds| bounds.hold(width(signal, peak)))
    };
    Ok(peaks.filter(fits).collect())
}

/// Where a signal is higher than before and after; the middles of plateaus, rounded down.
fn local_maxima(signal: &[f64]) -> Vec<usize> {
    let mut indices = Vec::new();
    let mut k = 1;
    while k + 1 < signal.len() {
        if signal[k - 1] < signal[k] {
            let after = signal[k + 1..].iter().position(|value| !same(*value, signal[k]));
            let Some(after) = after.map(|after| k + 1 + after) else { break };
            if signal[after] < signal[k] {
                indices.push(usize::midpoint(k, after - 1));
            }
            k = after;
        } else {
            k += 1;
        }
    }
    indices
}

#[expect(clippy::float_cmp, reason = "a plateau has exactly the same values")]
fn same(left: f64, right: f64) -> bool {
    left == right
}

/// Removes peaks that are too close to a higher one; of equal ones the last stays.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
fn keep_distance(signal: &[f64], indices: &mut Vec<usize>, distance: f64) {
    let mut order: Vec<usize> = (0..indices.len()).collect();
    order.sort_by(|a, b| signal[indices[*a]].total_cmp(&signal[indices[*b]]));
    let mut stays = vec![true; indices.len()];
    let distance = libm::ceil(distance);
    for &peak in order.iter().rev() {
        if !stays[peak] {
            continue;
        }
        let close = |other: &usize| (indices[peak].abs_diff(indices[*other]) as f64) < distance;
        let (before, after) = ((0..peak).rev(), peak + 1..indices.len());
        for other in before.take_while(close).chain(after.take_while(close)) {
            stays[other] = false;
        }
    }
    let mut stays = stays.into_iter();
    indices.retain(|_| stays.next().unwrap_or(true));
}

/// For each value the least one since the last that was higher, including itself. What is no number
/// is higher than all.
fn valleys<'a>(signal: impl Iterator<Item = &'a f64>) -> Vec<f64> {
    let mut higher: Vec<(f64, f64)> = Vec::new();
    let valley = |value: &f64| {
        let mut least = *value;
        if value.is_nan() {
            higher.clear();
            return least;
        }
        while let Some((_, valley)) = higher.pop_if(|(height, _)| *height <= *value) {
            least = least.min(valley);
        }
        higher.push((*value, least));
        least
    };
    signal.map(valley).collect()
}

/// How many samples wide a peak is at half its prominence, between lines through the samples.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
fn width(signal: &[f64], peak: &Peak) -> f64 {
    let level = peak.height - 0.5 * peak.prominence;
    // How far to go until the signal is no more above the level.
    let reach = |inner: &mut dyn Iterator<Item = &f64>| {
        let mut before = peak.height;
        let mut steps = 0_usize;
        for value in inner {
            if level < *value {
                before = *value;
                steps += 1;
                continue;
            }
            let part = if *value < level { (level - value) / (before - value) } else { 0.0 };
            return steps as f64 + 1.0 - part;
        }
        steps as f64
    };
    let left = reach(&mut signal[..peak.index].iter().rev());
    left + reach(&mut signal[peak.index + 1..].iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave() -> Vec<f64> {
        (0..64).map(f64::from).map(|k| libm::sin(0.3 * k) + 0.5 * libm::cos(1.1 * k)).collect()
    }

    fn indices(signal: &[f64], choice: &PeakChoice) -> Vec<usize> {
        find_peaks(signal, choice).unwrap().iter().map(|peak| peak.index).collect()
    }

    fn at_least(min: f64) -> Option<Bounds> {
        Some(Bounds { min, max: f64::INFINITY })
    }

    #[test]
    fn plateaus_have_their_middles() {
        let any = PeakChoice::default();
        assert_eq!(indices(&[0.0, 2.0, 1.0, 3.0, 3.0, 0.0, 1.0, 0.0], &any), [1, 3, 6]);
        assert_eq!(indices(&[0.0, 2.0, 2.0, 2.0, 1.0, 1.0, 3.0, 3.0], &any), [2]);
        assert!(indices(&[1.0, 2.0, 3.0], &any).is_empty());
        assert!(indices(&[], &any).is_empty());
        assert!(indices(&[0.0, f64::NAN, 0.0, 1.0, f64::NAN], &any).is_empty());
    }

    #[test]
    fn choices_are_scipys() {
        let choice =
            PeakChoice { height: at_least(0.3), distance: Some(5.0), ..PeakChoice::default() };
        assert_eq!(indices(&wave(), &choice), [1, 6, 23, 28, 46, 51]);
        let choice =
            PeakChoice { prominence: at_least(0.2), width: at_least(1.0), ..PeakChoice::default() };
        assert_eq!(indices(&wave(), &choice), [6, 11, 17, 23, 28, 34, 40, 46, 51, 57]);
        let choice = PeakChoice { width: Some(Bounds { min: 2.0, max: 9.2 }), ..choice };
        assert_eq!(indices(&wave(), &choice), [6, 46, 57]);
        let choice =
            PeakChoice { threshold: Some(Bounds { min: 0.1, max: 1.5 }), ..PeakChoice::default() };
        assert_eq!(indices(&[0.0, 1.0, 0.95, 2.0, 0.7, 2.5, 0.0], &choice), [3]);
        assert!(find_peaks(&[], &PeakChoice { distance: Some(0.5), ..choice }).is_err());
    }

    #[test]
    fn prominences_are_scipys() {
        let expected =
            [1.178_572_012_090_097_3, 0.306_073_057_690_263_66, 0.350_022_883_824_934_57];
        let peaks = find_peaks(&wave(), &PeakChoice::default()).unwrap();
        for (index, expected) in [6, 11, 17].into_iter().zip(expected) {
            let peak = peaks.iter().find(|peak| peak.index == index).unwrap();
            assert!((peak.prominence - expected).abs() < 1e-14);
        }
    }
}
