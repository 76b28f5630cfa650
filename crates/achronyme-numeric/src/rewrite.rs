//! Functions of each number, written over the numbers of an operand.

use rayon::prelude::*;

/// So many numbers are set aside at a time, so that they stay in the nearest cache.
const ASIDE: usize = 1024;
/// So many numbers at most are few, for which less is set up.
const FEW: usize = 64;

/// How long a function takes for a number, which decides from how many on several processors work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// About as long as fetching it.
    Quick,
    /// Far longer.
    Slow,
}

impl Effort {
    /// How many numbers are many, and how many of them are a piece of work.
    pub(crate) const fn many(self) -> (usize, usize) {
        match self {
            Self::Quick => (100_000, 1 << 14),
            Self::Slow => (1 << 14, 1 << 12),
        }
    }
}

/// Writes the numbers of a result, given those of the operands: each depends only on the numbers in
/// the same place, and all slices have the same length.
pub type Each<'a> = dyn Fn(&[&[f64]], &mut [f64]) + Sync + 'a;

/// The most operands that [`rewrite`] takes.
pub const OPERANDS_MAX: usize = 6;

/// Writes over `out` what `each` makes of the operands, in pieces. `None` stands for the numbers that
/// are in `out` before; the others have the same length. Of more than [`OPERANDS_MAX`] operands, those
/// beyond are left out.
pub fn rewrite(out: &mut [f64], operands: &[Option<&[f64]>], effort: Effort, each: &Each<'_>) {
    let mut all = [None; OPERANDS_MAX];
    let count = operands.len().min(OPERANDS_MAX);
    all[..count].copy_from_slice(&operands[..count]);
    let work = Work { operands: all, count, each };
    let (many, piece) = effort.many();
    if out.len() <= FEW {
        work.piece::<FEW>(0, out);
    } else if out.len() < many {
        work.piece::<ASIDE>(0, out);
    } else {
        let pieces = out.par_chunks_mut(piece).enumerate();
        pieces.for_each(|(index, out)| work.piece::<ASIDE>(index * piece, out));
    }
}

/// What is done to all pieces.
struct Work<'a> {
    operands: [Option<&'a [f64]>; OPERANDS_MAX],
    count: usize,
    each: &'a Each<'a>,
}

impl Work<'_> {
    /// Rewrites the numbers from `first` on, `AT_ONCE` at a time.
    fn piece<const AT_ONCE: usize>(&self, first: usize, out: &mut [f64]) {
        let mut aside = [0.0; AT_ONCE];
        let mut from = first;
        for out in out.chunks_mut(AT_ONCE) {
            let before = &mut aside[..out.len()];
            before.copy_from_slice(out);
            let numbers = self.operands.map(|operand| match operand {
                Some(numbers) => &numbers[from..from + out.len()],
                None => &*before,
            });
            (self.each)(&numbers[..self.count], out);
            from += out.len();
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use super::*;
    use crate::elementwise::{map_into, zip_into};

    fn numbers(count: usize) -> Vec<f64> {
        (0..count).map(|i| i as f64).collect()
    }

    #[test]
    fn a_result_written_over_an_operand_is_the_one_written_elsewhere() {
        for count in [0, 1, 63, 64, 65, 1024, 1025, 5000, 20_000, 150_001] {
            for effort in [Effort::Quick, Effort::Slow] {
                let (a, b) = (numbers(count), vec![3.0; count]);
                let mut wanted = vec![0.0; count];
                zip_into(&a, &b, &mut wanted, |x, y| x * y - y);
                let each = |numbers: &[&[f64]], out: &mut [f64]| {
                    if let [x, y] = numbers {
                        zip_into(x, y, out, |x, y| x * y - y);
                    }
                };
                let mut out = a.clone();
                rewrite(&mut out, &[None, Some(&b)], effort, &each);
                assert_eq!(out, wanted);
                let mut out = b;
                rewrite(&mut out, &[Some(&a), None], effort, &each);
                assert_eq!(out, wanted);
            }
        }
    }

    #[test]
    fn one_array_may_be_every_operand() {
        let mut out = numbers(3000);
        rewrite(&mut out, &[None, None], Effort::Quick, &|numbers, out| {
            if let [x, y] = numbers {
                zip_into(x, y, out, |x, y| x * x + y);
            }
        });
        assert!(out.iter().zip(numbers(3000)).all(|(found, x)| *found == x * x + x));
        rewrite(&mut out, &[None], Effort::Slow, &|numbers, out| {
            if let [x] = numbers {
                map_into(x, out, |x| -x);
            }
        });
        assert_eq!(out[2], -6.0);
    }
}
