//! Functions of each number, or of each pair of numbers, of boxes: in pieces that stay in the cache,
//! and for many numbers on several processors. What is computed never depends on how many there are.

use rayon::prelude::*;
use smallvec::SmallVec;

use crate::shape::steps;
use crate::stream::{LARGE, each, past};
use crate::wide::wide;

/// From so many numbers on, several processors work.
const MANY: usize = 100_000;
/// So many numbers are one piece of work.
const PIECE: usize = 1 << 14;

/// Numbers of which all that are not a number are made the same one, as which of them arithmetic
/// gives depends on the processor.
pub trait Canonical: bytemuck::Pod + Send + Sync {
    /// The number itself, or the one that stands for all that are none.
    #[must_use]
    fn canonical(self) -> Self;
}

impl Canonical for f64 {
    #[inline(always)]
    fn canonical(self) -> Self {
        if self.is_nan() { Self::NAN } else { self }
    }
}

impl Canonical for usize {
    #[inline(always)]
    fn canonical(self) -> Self {
        self
    }
}

impl Canonical for crate::Complex {
    #[inline(always)]
    fn canonical(self) -> Self {
        Self::new(self.re.canonical(), self.im.canonical())
    }
}

/// Writes `f` of each number of `a`. Both have the same length.
pub fn map_into<T: Copy + Send + Sync, U: Canonical>(
    a: &[T],
    out: &mut [U],
    f: impl Fn(T) -> U + Sync,
) {
    each_into([a], out, |[x]| f(x).canonical());
}

/// Writes each number of `a` where the condition is not 0, and of `b` where it is. All have the same
/// length.
pub fn choose_into(condition: &[f64], a: &[f64], b: &[f64], out: &mut [f64]) {
    each_into([condition, a, b], out, |[truth, x, y]| if truth == 0.0 { y } else { x });
}

/// Writes `f` of each pair of numbers that stand in the same place. All have the same length.
pub fn zip_into<T: Copy + Send + Sync, U: Canonical>(
    a: &[T],
    b: &[T],
    out: &mut [U],
    f: impl Fn(T, T) -> U + Sync,
) {
    each_into([a, b], out, |[x, y]| f(x, y).canonical());
}

/// Writes `f` of what stands in the same place of each source.
fn each_into<T: Copy + Send + Sync, U: Canonical, const N: usize>(
    sources: [&[T]; N],
    out: &mut [U],
    f: impl Fn([T; N]) -> U + Sync,
) {
    let is_large = out.len() >= LARGE;
    let piece = |from: usize, out: &mut [U]| {
        let sources = sources.map(|numbers| &numbers[from..from + out.len()]);
        wide(
            #[inline(always)]
            || {
                if is_large {
                    past(|past| past.each(sources, out, &f));
                } else {
                    each(sources, out, &f);
                }
            },
        );
    };
    if out.len() < MANY {
        return piece(0, out);
    }
    let pieces = out.par_chunks_mut(PIECE).enumerate();
    pieces.for_each(|(index, out)| piece(index * PIECE, out));
}

/// Writes `f` of each pair of numbers that meet when two boxes are broadcast to `shape`, to which
/// both must fit.
pub fn broadcast_into<T: Copy + Send + Sync, U: Canonical>(
    (a_shape, a): (&[usize], &[T]),
    (b_shape, b): (&[usize], &[T]),
    (shape, out): (&[usize], &mut [U]),
    f: impl Fn(T, T) -> U + Sync,
) {
    if out.is_empty() {
        return;
    }
    match (a, b) {
        _ if a_shape == b_shape && a.len() == out.len() => return zip_into(a, b, out, f),
        (_, &[y]) if a.len() == out.len() => return map_into(a, out, move |x| f(x, y)),
        (&[x], _) if b.len() == out.len() => return map_into(b, out, move |y| f(x, y)),
        _ => {}
    }
    let axes = joined(a_shape, b_shape, shape);
    let Some((&Axis { length, a: a_step, b: b_step }, outer)) = axes.split_last() else { return };
    let rows = |first: usize, out: &mut [U]| {
        for (row, out) in out.chunks_mut(length).enumerate() {
            let (a_at, b_at) = offsets(outer, first + row);
            let (a, b) = (&a[a_at..], &b[b_at..]);
            match (a_step, b_step) {
                (1, 1) => {
                    for ((x, y), out) in a.iter().zip(b).zip(out) {
                        *out = f(*x, *y).canonical();
                    }
                }
                (1, _) => {
                    let y = b[0];
                    for (x, out) in a.iter().zip(out) {
                        *out = f(*x, y).canonical();
                    }
                }
                (_, 1) => {
                    let x = a[0];
                    for (y, out) in b.iter().zip(out) {
                        *out = f(x, *y).canonical();
                    }
                }
                _ => out.fill(f(a[0], b[0]).canonical()),
            }
        }
    };
    if out.len() < MANY {
        return rows(0, out);
    }
    let count = (PIECE / length).max(1);
    let pieces = out.par_chunks_mut(count * length).enumerate();
    pieces.for_each(|(piece, out)| rows(piece * count, out));
}

/// An axis of the result, and how far apart neighbours along it lie in both operands.
#[derive(Clone, Copy, Debug)]
struct Axis {
    length: usize,
    a: usize,
    b: usize,
}

/// The axes of the result, those that both operands go through in one run as one. At the last, the
/// numbers of an operand are neighbours, or all the same one.
fn joined(a: &[usize], b: &[usize], shape: &[usize]) -> SmallVec<[Axis; 6]> {
    let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
    for ((&length, &a), &b) in shape.iter().zip(&steps(a, shape)).zip(&steps(b, shape)) {
        if length == 1 {
            continue;
        }
        match axes.last_mut() {
            Some(last) if last.a == a * length && last.b == b * length => {
                *last = Axis { length: last.length * length, a, b };
            }
            _ => axes.push(Axis { length, a, b }),
        }
    }
    axes
}

/// Where the row with this number begins in both operands.
fn offsets(outer: &[Axis], mut row: usize) -> (usize, usize) {
    let (mut a, mut b) = (0, 0);
    for axis in outer.iter().rev() {
        let index = row % axis.length;
        row /= axis.length;
        a += index * axis.a;
        b += index * axis.b;
    }
    (a, b)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shape::broadcast_shape;

    #[test]
    fn many_numbers_come_to_what_few_come_to() {
        let data: Vec<f64> = (0..300_007).map(f64::from).collect();
        let mut out = vec![0.0; data.len()];
        map_into(&data, &mut out, |x| x * 2.0);
        assert!(out.iter().zip(0..).all(|(x, i)| *x == f64::from(i) * 2.0));
        let mut rows = vec![0.0; 300_000];
        let column: Vec<f64> = (0..1000).map(f64::from).collect();
        let shapes = (&[1000, 1][..], &[300][..], &[1000, 300][..]);
        broadcast_into(
            (shapes.0, &column),
            (shapes.1, &data[..300]),
            (shapes.2, &mut rows),
            |x, y| x * 1000.0 + y,
        );
        assert_eq!((rows[299_999], rows[300]), (999_299.0, 1000.0));
    }

    #[test]
    fn both_may_be_broadcast_along_the_same_axis() {
        let mut out = [0.0; 4];
        let shapes = (&[2, 1][..], &[][..], &[2, 2][..]);
        broadcast_into(
            (shapes.0, &[1.0, 2.0]),
            (shapes.1, &[10.0]),
            (shapes.2, &mut out),
            |x, y| x + y,
        );
        assert_eq!(out, [11.0, 11.0, 12.0, 12.0]);
        let one = (&[][..], &[3.0][..]);
        broadcast_into(one, one, (&[2, 2], &mut out), |x, y| x + y);
        assert_eq!(out, [6.0; 4]);
    }

    #[test]
    fn all_that_is_no_number_is_one() {
        let mut out = [0.0];
        map_into(&[-f64::NAN], &mut out, |x| -x);
        assert_eq!(out[0].to_bits(), f64::NAN.to_bits());
    }

    proptest! {
        #[test]
        fn pairs_are_those_that_meet(
            lengths in prop::collection::vec((1_usize..4, 0_u8..4), 1..5),
        ) {
            let shape = |bit: u8| -> Vec<usize> {
                lengths.iter().map(|(length, is)| if is & bit == 0 { *length } else { 1 }).collect()
            };
            let (a, b) = (shape(1), shape(2));
            let whole = broadcast_shape(&a, &b).expect("they fit");
            let numbers = |shape: &[usize], by: f64| -> Vec<f64> {
                (0..shape.iter().product::<usize>()).map(|i| i as f64 * by).collect()
            };
            let (x, y) = (numbers(&a, 1.0), numbers(&b, 1000.0));
            let mut out = vec![0.0; whole.iter().product()];
            broadcast_into((&a, &x), (&b, &y), (&whole, &mut out), |x, y| x + y);
            for (i, sum) in out.iter().enumerate() {
                let (mut left, mut x_at, mut y_at, mut x_step, mut y_step) = (i, 0, 0, 1, 1);
                for axis in (0..whole.len()).rev() {
                    let index = left % whole[axis];
                    left /= whole[axis];
                    x_at += (index % a[axis]) * x_step;
                    y_at += (index % b[axis]) * y_step;
                    x_step *= a[axis];
                    y_step *= b[axis];
                }
                prop_assert_eq!(*sum, x[x_at] + y[y_at]);
            }
        }
    }
}
