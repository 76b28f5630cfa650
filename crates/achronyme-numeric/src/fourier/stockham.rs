//! Many transforms of one small length at once.
//!
//! Stockham's form of the fast Fourier transform: each pass goes from one buffer to the other, the
//! last leaves the result in order, and the innermost loop runs over consecutive numbers that are
//! multiplied by the same root. Radices are 4, 2, 3, 5 and odd primes up to 47.
//! (C. Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992, §1.7.)

use super::butterfly::{self, Odd, PRIME_MAX};
use super::lane::Quad;
use super::roots::Roots;
use crate::Complex;

/// How to transform one length.
#[derive(Clone, Debug)]
pub(super) struct Stockham {
    length: usize,
    radices: Vec<usize>,
    roots: Vec<Complex>,
}

impl Stockham {
    /// Nothing, if the length has a prime factor that is too large.
    pub(super) fn new(length: usize) -> Option<Self> {
        let radices = radices(length)?;
        Some(Self { length, radices, roots: Roots::new(length).table() })
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Transforms as many sequences as `quads` has quads of: number `i` of the quad of sequences `q`
    /// is at `i × count + q`. Whether the result is in `spare`, which is as long.
    #[inline(always)]
    pub(super) fn run(&self, quads: &mut [Quad], spare: &mut [Quad]) -> bool {
        let mut stride = quads.len() / self.length;
        let mut rest = self.length;
        let (mut source, mut target) = (quads, spare);
        for &radix in &self.radices {
            rest /= radix;
            let step = self.length / (rest * radix);
            let pass = Pass { roots: &self.roots, step, rest, stride };
            match radix {
                2 => pass.run(source, target, butterfly::two),
                3 => pass.run(source, target, butterfly::three),
                4 => pass.run(source, target, butterfly::four),
                5 => pass.run(source, target, butterfly::five),
                _ => pass.run_odd(source, target, radix),
            }
            stride *= radix;
            (source, target) = (target, source);
        }
        self.radices.len() % 2 == 1
    }
}

/// The radices of the passes, or nothing if a factor is too large.
pub(super) fn radices(length: usize) -> Option<Vec<usize>> {
    let mut rest = length;
    let mut radices = Vec::new();
    for radix in [4, 2, 3, 5].into_iter().chain((7..=PRIME_MAX).step_by(2)) {
        while rest.is_multiple_of(radix) && rest > 1 {
            radices.push(radix);
            rest /= radix;
        }
    }
    (rest == 1).then_some(radices)
}

/// One pass: `rest` × `stride` transforms of as many numbers as the radix says, with the roots of
/// the length at every `step`.
struct Pass<'a> {
    roots: &'a [Complex],
    step: usize,
    rest: usize,
    stride: usize,
}

impl Pass<'_> {
    #[inline(always)]
    fn run<const R: usize>(
        &self,
        source: &[Quad],
        target: &mut [Quad],
        butterfly: impl Fn([Quad; R]) -> [Quad; R] + Copy,
    ) {
        let stride = self.stride;
        for (p, target) in target.chunks_exact_mut(R * stride).enumerate() {
            let inputs: [&[Quad]; R] =
                std::array::from_fn(|j| &source[stride * (p + self.rest * j)..][..stride]);
            let mut rest = target;
            let mut outputs: [&mut [Quad]; R] = std::array::from_fn(|_| {
                let (output, after) = std::mem::take(&mut rest).split_at_mut(stride);
                rest = after;
                output
            });
            if p == 0 {
                for q in 0..stride {
                    let values = butterfly(std::array::from_fn(|j| inputs[j][q]));
                    for (output, value) in outputs.iter_mut().zip(values) {
                        output[q] = value;
                    }
                }
                continue;
            }
            let roots: [Complex; R] = std::array::from_fn(|j| self.roots[p * j * self.step]);
            for q in 0..stride {
                let values = butterfly(std::array::from_fn(|j| inputs[j][q]));
                outputs[0][q] = values[0];
                for j in 1..R {
                    outputs[j][q] = values[j].times(roots[j]);
                }
            }
        }
    }

    fn run_odd(&self, source: &[Quad], target: &mut [Quad], radix: usize) {
        let stride = self.stride;
        let mut odd = Odd::new(radix);
        let mut values = vec![Quad::default(); radix];
        for p in 0..self.rest {
            for q in 0..stride {
                for (j, value) in values.iter_mut().enumerate() {
                    *value = source[stride * (p + self.rest * j) + q];
                }
                odd.apply(&mut values);
                for (j, value) in values.iter().enumerate() {
                    let root = self.roots[p * j * self.step];
                    target[stride * (radix * p + j) + q] = value.times(root);
                }
            }
        }
    }
}
