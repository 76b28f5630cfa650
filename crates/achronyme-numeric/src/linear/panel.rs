//! The narrow matrices that collect reflections until the rest of a matrix is brought up to date.

use super::matrix::{Matrix, View};
use super::scalar::Scalar;

/// How many reflections are collected.
pub(super) const WIDE: usize = 32;
/// Columns: two of each reflection.
const BOTH: usize = 2 * WIDE;
/// Columns that are read together.
const TOGETHER: usize = 4;

/// Two narrow matrices side by side, column after column; what is not set yet is zero.
#[derive(Debug)]
pub(super) struct Pair<T> {
    columns: Matrix<T>,
    /// How many columns of either matrix are set, rounded up to [`TOGETHER`].
    set: usize,
}

impl<T: Scalar> Pair<T> {
    pub(super) fn new(rows: usize) -> Self {
        Self { columns: Matrix::zeros(BOTH, rows), set: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.columns.columns()
    }

    /// One row, conjugated.
    pub(super) fn conjugate(&self, row: usize) -> [T; BOTH] {
        std::array::from_fn(|k| self.columns[(k, row)].conjugate())
    }

    /// Sets a column from row `top` on.
    pub(super) fn set(&mut self, top: usize, column: usize, x: &[T]) {
        self.columns.row_mut(column)[top..].copy_from_slice(x);
        self.set = self.set.max((column % WIDE + 1).next_multiple_of(TOGETHER));
    }

    /// Takes each row from `top` on, times `factors`, away from a number.
    #[inline(always)]
    pub(super) fn subtract(&self, top: usize, factors: &[T; BOTH], x: &mut [T]) {
        for half in [0, WIDE] {
            for k in (half..half + self.set).step_by(TOGETHER) {
                let column = |i: usize| &self.columns.row(k + i)[top..];
                let factor = |i: usize| -factors[k + i];
                let columns = column(0).iter().zip(column(1)).zip(column(2)).zip(column(3));
                for (x, (((a, b), c), d)) in x.iter_mut().zip(columns) {
                    *x = x
                        .plus(factor(0), *a)
                        .plus(factor(1), *b)
                        .plus(factor(2), *c)
                        .plus(factor(3), *d);
                }
            }
        }
    }

    /// The adjoint of the rows from `top` on, times a vector.
    pub(super) fn adjoint_times(&self, top: usize, x: &[T]) -> [T; BOTH] {
        let mut sums = [T::ZERO; BOTH];
        let conjugate: Vec<T>;
        let x = if T::COMPLEX {
            conjugate = x.iter().map(|x| x.conjugate()).collect();
            &conjugate
        } else {
            x
        };
        for half in [0, WIDE] {
            let columns = self.columns.view().block(half, top, self.set, self.len() - top);
            T::times_vector(columns, x, &mut sums[half..half + self.set]);
        }
        sums.map(T::conjugate)
    }

    /// All rows from `top` on.
    pub(super) fn view(&self, top: usize) -> View<'_, T> {
        self.columns.view().block(0, top, BOTH, self.len() - top).transposed()
    }

    /// The adjoint of the rows from `top` on; with `swapped`, the halves are exchanged.
    pub(super) fn adjoint(&self, top: usize, swapped: bool) -> Matrix<T> {
        let shift = if swapped { WIDE } else { 0 };
        Matrix::from_fn(BOTH, self.len() - top, |k, j| {
            self.columns[((k + shift) % BOTH, top + j)].conjugate()
        })
    }

    /// Some columns from row `top` on.
    pub(super) fn columns(&self, top: usize, left: usize, count: usize) -> Matrix<T> {
        Matrix::from_fn(self.len() - top, count, |i, j| self.columns[(left + j, top + i)])
    }
}

/// The halves of a row exchanged.
#[inline(always)]
pub(super) fn swapped<T: Scalar>(row: &[T; BOTH]) -> [T; BOTH] {
    let mut result = *row;
    result.rotate_left(WIDE);
    result
}
