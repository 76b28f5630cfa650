//! The transform of real numbers, in about half the time.

use std::rc::Rc;

use super::roots::Roots;
use super::transform::{Transform, Work};
use crate::Complex;

/// How to transform sequences of one length of real numbers. The second half of their transform is
/// the mirror image of the first, conjugated, and is left away.
#[derive(Clone, Debug)]
pub struct RealTransform {
    length: usize,
    /// Of half the length, if that is even.
    transform: Rc<Transform>,
    roots: Roots,
}

impl RealTransform {
    /// For sequences of this length.
    #[must_use]
    pub fn new(length: usize) -> Self {
        let is_even = length.is_multiple_of(2);
        let transform = Transform::kept(if is_even { length / 2 } else { length });
        Self { length, transform, roots: Roots::new(length.max(1)) }
    }

    /// The length of the sequences.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// How many numbers of the transform are kept: half of them, and one.
    #[must_use]
    pub fn half_length(&self) -> usize {
        if self.length == 0 { 0 } else { self.length / 2 + 1 }
    }

    /// Puts the first half of the transform of `source` into `target`. If `source` is shorter than the
    /// transform, zeros follow.
    pub fn run(&self, source: &[f64], target: &mut [Complex], work: &mut Work) {
        if target.is_empty() {
            return;
        }
        let mut input = work.take(self.transform.length());
        if self.length.is_multiple_of(2) {
            let (pairs, rest) = source.as_chunks::<2>();
            for (place, [re, im]) in input.iter_mut().zip(pairs) {
                *place = Complex::new(*re, *im);
            }
            input[pairs.len()..].fill(Complex::ZERO);
            if let [last] = rest {
                input[pairs.len()] = (*last).into();
            }
            self.transform.run(&mut input, &mut target[..self.length / 2], work);
            self.untangle(target);
        } else {
            for (place, value) in input.iter_mut().zip(source) {
                *place = (*value).into();
            }
            input[source.len()..].fill(Complex::ZERO);
            let mut output = work.take(self.length);
            self.transform.run(&mut input, &mut output, work);
            target.copy_from_slice(&output[..target.len()]);
            work.give(output);
            target[0].im = 0.0;
        }
        work.give(input);
    }

    /// Of the transform of half as many complex numbers, which were pairs of real ones, makes that of
    /// the real numbers. It has one number more.
    fn untangle(&self, numbers: &mut [Complex]) {
        let half = numbers.len() - 1;
        let first = numbers[0];
        numbers[0] = (first.re + first.im).into();
        numbers[half] = (first.re - first.im).into();
        for k in 1..half.div_ceil(2) {
            let (left, right) = (numbers[k], numbers[half - k].conj());
            let even = (left + right) * 0.5;
            let odd = (left - right) * 0.5;
            // Times −i and the root.
            let odd = Complex::new(odd.im, -odd.re) * self.roots.at(k);
            numbers[k] = even + odd;
            numbers[half - k] = (even - odd).conj();
        }
        if half.is_multiple_of(2) {
            numbers[half / 2] = numbers[half / 2].conj();
        }
    }

    /// Of the first half of the transform of real numbers makes the transform of half as many complex
    /// ones, which are pairs of them, times 2 and conjugated. No imaginary part is -0.
    fn tangle(&self, source: &[Complex], numbers: &mut [Complex]) {
        let half = numbers.len();
        let (first, last) = (source[0].re, source[half].re);
        numbers[0] = Complex::new(first + last, 0.0 - (first - last));
        for k in 1..=half / 2 {
            let (left, right) = (source[k], source[half - k].conj());
            let even = left + right;
            let odd = (left - right) * self.roots.at(k).conj();
            // Times i.
            let odd = Complex::new(-odd.im, odd.re);
            let (one, other) = (even + odd, even - odd);
            numbers[k] = Complex::new(one.re, 0.0 - one.im);
            numbers[half - k] = Complex::new(other.re, other.im + 0.0);
        }
    }

    /// Puts the real numbers whose transform begins with `source` into `target`, times the length.
    /// What is imaginary in the numbers that are their own mirror images is ignored.
    pub fn run_back(&self, source: &[Complex], target: &mut [f64], work: &mut Work) {
        if self.length == 0 {
            return;
        }
        let mut input = work.take(self.transform.length());
        if self.length.is_multiple_of(2) {
            self.tangle(source, &mut input);
            // Conjugated, forward, and conjugated again is backwards. Pairs lie as complex numbers do.
            self.transform.run(&mut input, bytemuck::cast_slice_mut(target), work);
            for [_, im] in target.as_chunks_mut::<2>().0 {
                *im = 0.0 - *im;
            }
        } else {
            input[0] = source[0].re.into();
            for (k, value) in source.iter().enumerate().skip(1) {
                input[k] = *value;
                input[self.length - k] = value.conj();
            }
            let mut output = work.take(self.length);
            self.transform.run_back(&mut input, &mut output, work);
            for (place, value) in target.iter_mut().zip(&output) {
                *place = value.re;
            }
            work.give(output);
        }
        work.give(input);
    }
}

/// Fills in the second half of a transform of real numbers.
pub(super) fn mirror(numbers: &mut [Complex]) {
    let length = numbers.len();
    for k in length / 2 + 1..length {
        numbers[k] = numbers[length - k].conj();
    }
}
