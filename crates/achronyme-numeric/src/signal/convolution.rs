//! Convolution and correlation.

use super::sample::{Circle, Sample};
use crate::Error;
use crate::fourier::good_length;

/// The shorter of two sequences is convolved directly up to this length.
const DIRECT_MAX: usize = 64;

/// Which part of a convolution is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Wherever the sequences overlap.
    Full,
    /// The middle, as long as the first sequence.
    Same,
    /// Where the shorter sequence lies within the longer one.
    Valid,
}

/// What a convolution is computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Sums if one of the sequences is short, otherwise transforms.
    Either,
    /// Transforms.
    Transforms,
}

/// The convolution `Σ x[k]·h[n−k]`.
///
/// # Errors
/// A sequence is empty.
pub fn convolve<T: Sample>(x: &[T], h: &[T], part: Part, way: Way) -> Result<Vec<T>, Error> {
    if x.is_empty() || h.is_empty() {
        return Err(Error::value("empty input"));
    }
    let length = x.len() + h.len() - 1;
    let (long, short) = if x.len() < h.len() { (h, x) } else { (x, h) };
    let mut full = if way == Way::Either && short.len() <= DIRECT_MAX {
        convolve_directly(long, short)
    } else {
        convolve_in_blocks(long, short)
    };
    let (start, count) = match part {
        Part::Full => (0, length),
        Part::Same => ((length - x.len()) / 2, x.len()),
        Part::Valid => {
            let (long, short) = (x.len().max(h.len()), x.len().min(h.len()));
            (short - 1, long - short + 1)
        }
    };
    full.truncate(start + count);
    full.drain(..start);
    Ok(full)
}

fn convolve_directly<T: Sample>(long: &[T], short: &[T]) -> Vec<T> {
    let mut sums = vec![T::default(); long.len() + short.len() - 1];
    for (start, factor) in short.iter().enumerate() {
        for (sum, value) in sums[start..].iter_mut().zip(long) {
            *sum += *value * *factor;
        }
    }
    sums
}

/// By transforms of blocks of the longer sequence, whose ends are added to the starts of the next ones
/// (T. G. Stockham, "High-speed convolution and correlation", 1966).
fn convolve_in_blocks<T: Sample>(long: &[T], short: &[T]) -> Vec<T> {
    let length = long.len() + short.len() - 1;
    let on_circle = circle_length(long.len(), short.len());
    let mut circle = T::Circle::new(short, on_circle);
    let mut result = vec![T::default(); on_circle];
    let step = on_circle + 1 - short.len();
    if step >= long.len() {
        circle.convolve(long, &mut result);
        result.truncate(length);
        return result;
    }
    let mut sums = vec![T::default(); length];
    for (start, block) in (0..).step_by(step).zip(long.chunks(step)) {
        circle.convolve(block, &mut result);
        for (sum, x) in sums[start..].iter_mut().zip(&result[..block.len() + short.len() - 1]) {
            *sum += *x;
        }
    }
    sums
}

/// The length of transforms that takes the fewest steps: one for all, or a power of 2 for each block.
fn circle_length(long: usize, short: usize) -> usize {
    let steps = |length: usize| {
        let blocks = long.div_ceil(length + 1 - short);
        // There and back, and once for the shorter sequence.
        (2 * blocks + 1).saturating_mul(length).saturating_mul(length.ilog2() as usize)
    };
    let whole = good_length(long + short - 1);
    let powers = (0..usize::BITS).map(|bit| 1_usize << bit);
    let shorter = powers.skip_while(|power| *power < 2 * short).take_while(|power| *power < whole);
    shorter.chain([whole]).min_by_key(|length| steps(*length)).unwrap_or(whole)
}

/// The correlation `Σ a[n+k]·conj(v[n])`, for k from 1 − the length of v to the length of a − 1.
///
/// # Errors
/// A sequence is empty.
pub fn correlate<T: Sample>(a: &[T], v: &[T], part: Part) -> Result<Vec<T>, Error> {
    let reversed: Vec<T> = v.iter().rev().map(|value| value.conjugate()).collect();
    convolve(a, &reversed, part, Way::Either)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Complex;

    #[test]
    fn parts_are_numpys_and_scipys() {
        let conv = |x: &[f64], h: &[f64], part| convolve(x, h, part, Way::Either).unwrap();
        assert_eq!(conv(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.5], Part::Full), [0.0, 1.0, 2.5, 4.0, 1.5]);
        assert_eq!(conv(&[1.0, 2.0], &[1.0, 2.0, 3.0, 4.0], Part::Same), [4.0, 7.0]);
        assert_eq!(conv(&[1.0, 2.0, 3.0, 4.0], &[1.0, 1.0], Part::Valid), [3.0, 5.0, 7.0]);
        assert!(convolve::<f64>(&[], &[1.0], Part::Full, Way::Either).is_err());
    }

    #[test]
    fn the_second_sequence_of_a_correlation_is_conjugated() {
        let (one, i) = (Complex::ONE, Complex::I);
        let full = correlate(&[one, i], &[i, one * 2.0], Part::Full).unwrap();
        assert_eq!(full, [one * 2.0, i, one]);
    }

    #[test]
    fn long_sequences_are_convolved_in_blocks_and_come_to_the_same() {
        assert_eq!(circle_length(100_000, 1000), 8192);
        assert_eq!(circle_length(1000, 1000), good_length(1999));
        let x: Vec<f64> = (0..5000).map(|i| f64::from(i * i % 97) - 48.0).collect();
        let h: Vec<f64> = (0..70).map(|i| f64::from(i * i % 31) - 15.0).collect();
        assert!(circle_length(x.len(), h.len()) < 1000);
        let complex = |x: &[f64]| x.iter().map(|x| Complex::from(*x)).collect::<Vec<_>>();
        for count in [4000, 4999, 5000] {
            let sums = convolve_directly(&x[..count], &h);
            let blocks = convolve_in_blocks(&x[..count], &h);
            let of_complex = convolve_in_blocks(&complex(&x[..count]), &complex(&h));
            assert_eq!((sums.len(), sums.len()), (blocks.len(), of_complex.len()));
            for ((a, b), c) in sums.iter().zip(&blocks).zip(&of_complex) {
                assert!((a - b).abs() < 1e-9 && (c - a).norm() < 1e-9);
            }
        }
    }

    proptest! {
        #[test]
        fn transforms_give_what_sums_give(
            x in prop::collection::vec(-1.0..1.0, 1..90),
            h in prop::collection::vec(-1.0..1.0, 1..60),
        ) {
            for part in [Part::Full, Part::Same, Part::Valid] {
                let sums = convolve(&x, &h, part, Way::Either).unwrap();
                let transforms = convolve(&x, &h, part, Way::Transforms).unwrap();
                prop_assert_eq!(sums.len(), transforms.len());
                let complex = |x: &[f64]| x.iter().map(|x| Complex::from(*x)).collect::<Vec<_>>();
                let both = convolve(&complex(&x), &complex(&h), part, Way::Transforms).unwrap();
                for ((a, b), c) in sums.iter().zip(&transforms).zip(&both) {
                    prop_assert!((a - b).abs() < 1e-13 && (c - a).norm() < 1e-13);
                }
            }
        }
    }
}
