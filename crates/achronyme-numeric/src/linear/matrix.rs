//! Matrices: rows one after the other, and views of their blocks.

use super::scalar::Scalar;
use crate::Error;

/// A matrix whose rows stand one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    rows: usize,
    columns: usize,
    data: Vec<T>,
}

impl<T: Scalar> Matrix<T> {
    /// A matrix of these numbers.
    ///
    /// # Errors
    /// `data` has more or fewer numbers than rows times columns.
    pub fn new(rows: usize, columns: usize, data: Vec<T>) -> Result<Self, Error> {
        if rows.checked_mul(columns) != Some(data.len()) {
            return Err(Error::shape(format!(
                "{} numbers cannot have the shape [{rows}, {columns}]",
                data.len()
            )));
        }
        Ok(Self { rows, columns, data })
    }

    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, data: vec![T::ZERO; rows * columns] }
    }

    /// Ones from the upper left to the lower right, zeros elsewhere.
    #[must_use]
    pub fn identity(rows: usize, columns: usize) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for i in 0..rows.min(columns) {
            matrix[(i, i)] = T::ONE;
        }
        matrix
    }

    /// A matrix whose entries a function of row and column gives.
    #[must_use]
    pub fn from_fn(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(rows * columns);
        for i in 0..rows {
            data.extend((0..columns).map(|j| entry(i, j)));
        }
        Self { rows, columns, data }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether there are as many rows as columns.
    #[must_use]
    pub fn is_square(&self) -> bool {
        self.rows == self.columns
    }

    /// The numbers, row by row.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The numbers, row by row, to be changed.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The numbers, row by row.
    #[must_use]
    pub fn into_data(self) -> Vec<T> {
        self.data
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[T] {
        &self.data[row * self.columns..(row + 1) * self.columns]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.data[row * self.columns..(row + 1) * self.columns]
    }

    /// Two different rows, to be changed.
    pub(super) fn two_rows(&mut self, first: usize, second: usize) -> (&mut [T], &mut [T]) {
        let width = self.columns;
        let (low, high) = (first.min(second), first.max(second));
        let (above, below) = self.data.split_at_mut(high * width);
        let (upper, lower) = (&mut above[low * width..(low + 1) * width], &mut below[..width]);
        if first < second { (upper, lower) } else { (lower, upper) }
    }

    /// Exchanges two rows.
    pub(super) fn swap_rows(&mut self, first: usize, second: usize) {
        if first != second {
            let (a, b) = self.two_rows(first, second);
            a.swap_with_slice(b);
        }
    }

    /// One column.
    #[must_use]
    pub fn column(&self, column: usize) -> Vec<T> {
        (0..self.rows).map(|i| self[(i, column)]).collect()
    }

    /// Rows and columns exchanged.
    #[must_use]
    pub fn transpose(&self) -> Self {
        self.view().map_transposed(|x| x)
    }

    /// Rows and columns exchanged, each number conjugated.
    #[must_use]
    pub fn adjoint(&self) -> Self {
        self.view().adjoint()
    }

    /// The same matrix of other numbers.
    #[must_use]
    pub fn map<U: Scalar>(&self, change: impl Fn(T) -> U) -> Matrix<U> {
        let data = self.data.iter().map(|x| change(*x)).collect();
        Matrix { rows: self.rows, columns: self.columns, data }
    }

    /// A copy of the rows and columns from `top` and `left` on.
    #[must_use]
    pub fn block(&self, top: usize, left: usize, rows: usize, columns: usize) -> Self {
        let mut data = Vec::with_capacity(rows * columns);
        for i in top..top + rows {
            data.extend_from_slice(&self.row(i)[left..left + columns]);
        }
        Self { rows, columns, data }
    }

    /// The whole matrix, to be read.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        View {
            data: &self.data,
            rows: self.rows,
            columns: self.columns,
            row_step: self.columns,
            column_step: 1,
        }
    }

    /// The whole matrix, to be changed.
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        ViewMut {
            stride: self.columns,
            rows: self.rows,
            columns: self.columns,
            data: &mut self.data,
        }
    }

    /// # Errors
    /// There are not as many rows as columns.
    pub fn require_square(&self) -> Result<(), Error> {
        if self.is_square() {
            return Ok(());
        }
        Err(Error::shape(format!("square matrix required, got [{}, {}]", self.rows, self.columns)))
    }

    /// # Errors
    /// An entry is infinite or not a number.
    pub fn require_finite(&self) -> Result<(), Error> {
        if self.data.iter().all(|x| x.is_finite()) {
            return Ok(());
        }
        Err(Error::value("matrix has non-finite entries"))
    }
}

impl<T> std::ops::Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, (row, column): (usize, usize)) -> &T {
        &self.data[row * self.columns + column]
    }
}

impl<T> std::ops::IndexMut<(usize, usize)> for Matrix<T> {
    #[inline(always)]
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut T {
        &mut self.data[row * self.columns + column]
    }
}

/// A block of a matrix, possibly transposed.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_step: usize,
    pub(super) column_step: usize,
}

impl<'a, T: Copy> View<'a, T> {
    /// Numbers in row-major order, seen as a matrix of this many rows and columns.
    ///
    /// # Errors
    /// They are more or fewer.
    pub fn new(rows: usize, columns: usize, data: &'a [T]) -> Result<Self, Error> {
        if rows.checked_mul(columns) != Some(data.len()) {
            let count = data.len();
            return Err(Error::shape(format!("{count} numbers are no matrix [{rows}, {columns}]")));
        }
        Ok(Self { data, rows, columns, row_step: columns, column_step: 1 })
    }

    /// Rows and columns exchanged, without a copy.
    pub(super) fn transposed(self) -> Self {
        View {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
        }
    }

    /// The rows and columns from `top` and `left` on.
    pub(super) fn block(self, top: usize, left: usize, rows: usize, columns: usize) -> Self {
        debug_assert!(top + rows <= self.rows && left + columns <= self.columns);
        let start = (top * self.row_step + left * self.column_step).min(self.data.len());
        View { data: &self.data[start..], rows, columns, ..self }
    }

    #[inline(always)]
    pub(super) fn at(self, row: usize, column: usize) -> T {
        self.data[row * self.row_step + column * self.column_step]
    }

    /// The row as it stands in memory; only for views that are not transposed.
    #[inline(always)]
    pub(super) fn row(self, row: usize) -> &'a [T] {
        debug_assert_eq!(self.column_step, 1);
        &self.data[row * self.row_step..row * self.row_step + self.columns]
    }
}

impl<T: Scalar> View<'_, T> {
    /// Rows and columns exchanged, each number conjugated; only of views that are not transposed.
    pub(super) fn adjoint(self) -> Matrix<T> {
        self.map_transposed(T::conjugate)
    }

    fn map_transposed(self, change: impl Fn(T) -> T) -> Matrix<T> {
        const SIDE: usize = 16;
        let rows = self.rows;
        let mut result = Matrix::zeros(self.columns, rows);
        for top in (0..rows).step_by(SIDE) {
            for left in (0..self.columns).step_by(SIDE) {
                let right = (left + SIDE).min(self.columns);
                for j in left..right {
                    let target = &mut result.data[j * rows..(j + 1) * rows];
                    let bottom = (top + SIDE).min(rows);
                    for (i, x) in (top..bottom).zip(&mut target[top..bottom]) {
                        *x = change(self.at(i, j));
                    }
                }
            }
        }
        result
    }
}

/// A block of a matrix, to be changed.
#[derive(Debug)]
pub struct ViewMut<'a, T> {
    pub(super) data: &'a mut [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) stride: usize,
}

impl<T: Copy> ViewMut<'_, T> {
    pub(super) fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { data: self.data, rows: self.rows, columns: self.columns, stride: self.stride }
    }

    /// The same block, to be read.
    pub(super) fn view(&self) -> View<'_, T> {
        View {
            data: self.data,
            rows: self.rows,
            columns: self.columns,
            row_step: self.stride,
            column_step: 1,
        }
    }

    /// The rows and columns from `top` and `left` on.
    pub(super) fn block(
        &mut self,
        top: usize,
        left: usize,
        rows: usize,
        columns: usize,
    ) -> ViewMut<'_, T> {
        debug_assert!(top + rows <= self.rows && left + columns <= self.columns);
        let start = (top * self.stride + left).min(self.data.len());
        ViewMut { data: &mut self.data[start..], rows, columns, stride: self.stride }
    }

    /// The rows above and from `row` on.
    pub(super) fn split_rows(&mut self, row: usize) -> (ViewMut<'_, T>, ViewMut<'_, T>) {
        let Self { rows, columns, stride, .. } = *self;
        let (above, below) = self.data.split_at_mut((row * stride).min(self.data.len()));
        (
            ViewMut { data: above, rows: row, columns, stride },
            ViewMut { data: below, rows: rows - row, columns, stride },
        )
    }

    #[inline(always)]
    pub(super) fn row(&mut self, row: usize) -> &mut [T] {
        &mut self.data[row * self.stride..row * self.stride + self.columns]
    }
}
