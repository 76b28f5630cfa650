//! Transforms of lengths with large prime factors.
//!
//! A transform is a convolution with a chirp, which transforms of a longer, better length compute.
//! (L. Bluestein, A linear filtering approach to the computation of discrete Fourier transform,
//! 1970.)

use super::roots::Roots;
use super::transform::{Transform, Work};
use crate::Complex;

/// How to transform one length.
#[derive(Clone, Debug)]
pub(super) struct Chirp {
    chirp: Vec<Complex>,
    spectrum: Vec<Complex>,
    transform: Box<Transform>,
}

impl Chirp {
    /// For any length but 0.
    pub(super) fn new(length: usize) -> Self {
        let longer = good_length(2 * length - 1);
        let transform = Transform::new(longer);
        let roots = Roots::new(2 * length);
        let mut square = 0;
        let chirp: Vec<Complex> = (0..length)
            .map(|k| {
                let root = roots.at(square);
                square = (square + 2 * k + 1) % (2 * length);
                root
            })
            .collect();
        let mut kernel = vec![Complex::ZERO; longer];
        #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
        let scale = 1.0 / longer as f64;
        for (k, root) in chirp.iter().enumerate() {
            kernel[k] = root.conj() * scale;
            if k > 0 {
                kernel[longer - k] = kernel[k];
            }
        }
        let mut spectrum = vec![Complex::ZERO; longer];
        transform.run(&mut kernel, &mut spectrum, &mut Work::default());
        Self { chirp, spectrum, transform: Box::new(transform) }
    }

    /// The transform of `source` in `target`.
    pub(super) fn run(&self, source: &[Complex], target: &mut [Complex], work: &mut Work) {
        let length = self.spectrum.len();
        let (mut input, mut output) = (work.take(length), work.take(length));
        for ((place, value), root) in input.iter_mut().zip(source).zip(&self.chirp) {
            *place = value * root;
        }
        input[source.len()..].fill(Complex::ZERO);
        self.transform.run(&mut input, &mut output, work);
        // The way back is the way there with everything conjugated.
        for (value, kernel) in output.iter_mut().zip(&self.spectrum) {
            *value = (*value * kernel).conj();
        }
        self.transform.run(&mut output, &mut input, work);
        for ((place, value), root) in target.iter_mut().zip(&input).zip(&self.chirp) {
            *place = value.conj() * root;
        }
        work.give(output);
        work.give(input);
    }
}

/// The smallest number of at least `least` that has no prime factors but 2, 3 and 5.
pub(crate) fn good_length(least: usize) -> usize {
    let mut best = least.next_power_of_two();
    let mut fives = 1;
    while fives < best {
        let mut odd = fives;
        while odd < best {
            let whole = odd * least.div_ceil(odd).next_power_of_two();
            best = best.min(whole);
            odd *= 3;
        }
        fives *= 5;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_lengths_are_the_next_with_small_factors() {
        let is_good = |mut n: usize| {
            for prime in [2, 3, 5] {
                while n.is_multiple_of(prime) {
                    n /= prime;
                }
            }
            n == 1
        };
        for least in (1..500).chain([99_991, 2_000_005]) {
            assert_eq!(Some(good_length(least)), (least..).find(|n| is_good(*n)));
        }
    }
}
