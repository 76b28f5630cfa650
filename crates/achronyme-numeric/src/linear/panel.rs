//! The narrow matrices that collect reflections until the rest of a matrix is brought up to date.

use super::kernel::{LANES, add_lanes};
use super::matrix::{Matrix, View};
use super::scalar::Scalar;

/// How many reflections are collected.
pub(super) const WIDE: usize = 32;
/// Numbers in a row: two of each reflection.
const BOTH: usize = 2 * WIDE;

/// Two narrow matrices side by side; what is not set yet is zero.
#[derive(Debug)]
pub(super) struct Pair<T> {
    rows: Vec<[T; BOTH]>,
}

impl<T: Scalar> Pair<T> {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows: vec![[T::ZERO; BOTH]; rows] }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// One row, conjugated.
    #[inline(always)]
    pub(super) fn conjugate(&self, row: usize) -> [T; BOTH] {
        self.rows[row].map(T::conjugate)
    }

    /// Sets a column from row `top` on.
    #[inline(always)]
    pub(super) fn set(&mut self, top: usize, column: usize, x: &[T]) {
        for (row, x) in self.rows[top..].iter_mut().zip(x) {
            row[column] = *x;
        }
    }

    /// Takes each row from `top` on, times `factors`, away from a number.
    #[inline(always)]
    pub(super) fn subtract(&self, top: usize, factors: &[T; BOTH], x: &mut [T]) {
        for (row, x) in self.rows[top..].iter().zip(x) {
            let mut sums = [T::ZERO; LANES];
            let (row, _) = row.as_chunks::<LANES>();
            let (factors, _) = factors.as_chunks::<LANES>();
            for (row, factors) in row.iter().zip(factors) {
                for lane in 0..LANES {
                    sums[lane] = sums[lane].plus(row[lane], factors[lane]);
                }
            }
            *x -= add_lanes(sums);
        }
    }

    /// The adjoint of the rows from `top` on, times a vector.
    #[inline(always)]
    pub(super) fn adjoint_times(&self, top: usize, x: &[T]) -> [T; BOTH] {
        let mut sums = [T::ZERO; BOTH];
        for (row, x) in self.rows[top..].iter().zip(x) {
            for k in 0..BOTH {
                sums[k] = sums[k].plus(row[k].conjugate(), *x);
            }
        }
        sums
    }

    /// All rows from `top` on.
    pub(super) fn view(&self, top: usize) -> View<'_, T> {
        View {
            data: self.rows[top..].as_flattened(),
            rows: self.rows.len() - top,
            columns: BOTH,
            row_step: BOTH,
            column_step: 1,
        }
    }

    /// The adjoint of the rows from `top` on; with `swapped`, the halves are exchanged.
    pub(super) fn adjoint(&self, top: usize, swapped: bool) -> Matrix<T> {
        let shift = if swapped { WIDE } else { 0 };
        Matrix::from_fn(BOTH, self.rows.len() - top, |k, j| {
            self.rows[top + j][(k + shift) % BOTH].conjugate()
        })
    }

    /// Some columns from row `top` on.
    pub(super) fn columns(&self, top: usize, left: usize, count: usize) -> Matrix<T> {
        Matrix::from_fn(self.rows.len() - top, count, |i, j| self.rows[top + i][left + j])
    }
}

/// The halves of a row exchanged.
#[inline(always)]
pub(super) fn swapped<T: Scalar>(row: &[T; BOTH]) -> [T; BOTH] {
    let mut result = *row;
    result.rotate_left(WIDE);
    result
}
