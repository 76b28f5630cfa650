//! A = P·L·U with row exchanges, and what follows from it: determinants.

use super::kernel::wide;
use super::matrix::Matrix;
use super::scalar::Scalar;
use super::triangle;

/// Up to how many columns are eliminated one by one.
const SMALL: usize = 16;

/// A matrix taken apart: `L` below the diagonal, `U` on and above it. The recursion over columns is
/// that of Toledo (SIAM J. Matrix Anal. Appl. 18, 1997).
#[derive(Clone, Debug)]
pub struct Lu<T> {
    pub(super) packed: Matrix<T>,
    /// Row `i` of L·U is row `permutation[i]` of the matrix.
    pub(super) permutation: Vec<usize>,
    odd: bool,
}

impl<T: Scalar> Lu<T> {
    /// Takes a matrix of any shape apart. In each column the pivot is the first entry of the
    /// largest size.
    #[must_use]
    pub fn new(mut matrix: Matrix<T>) -> Self {
        let (rows, columns) = (matrix.rows(), matrix.columns());
        let steps = rows.min(columns);
        let mut pivots = vec![0; steps];
        factor(&mut matrix, 0, steps, &mut pivots);
        if columns > steps {
            finish_right(&mut matrix, 0, steps, columns, &pivots);
        }
        let mut permutation: Vec<usize> = (0..rows).collect();
        let mut odd = false;
        for (step, pivot) in pivots.iter().enumerate() {
            permutation.swap(step, *pivot);
            odd ^= step != *pivot;
        }
        Self { packed: matrix, permutation, odd }
    }

    /// Row `i` of L·U is this row of the matrix.
    #[must_use]
    pub fn permutation(&self) -> &[usize] {
        &self.permutation
    }

    /// Whether the rows are exchanged an odd number of times.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        self.odd
    }

    /// L: as many columns as U has rows, ones on the diagonal.
    #[must_use]
    pub fn lower(&self) -> Matrix<T> {
        let steps = self.packed.rows().min(self.packed.columns());
        Matrix::from_fn(self.packed.rows(), steps, |i, j| {
            if i > j {
                self.packed[(i, j)]
            } else if i == j {
                T::ONE
            } else {
                T::ZERO
            }
        })
    }

    /// U: zeros below the diagonal.
    #[must_use]
    pub fn upper(&self) -> Matrix<T> {
        let steps = self.packed.rows().min(self.packed.columns());
        let entry = |i, j| if i <= j { self.packed[(i, j)] } else { T::ZERO };
        Matrix::from_fn(steps, self.packed.columns(), entry)
    }

    /// P as a matrix of zeros and ones.
    #[must_use]
    pub fn permutation_matrix(&self) -> Matrix<f64> {
        let mut matrix = Matrix::zeros(self.permutation.len(), self.permutation.len());
        for (i, source) in self.permutation.iter().enumerate() {
            matrix[(*source, i)] = 1.0;
        }
        matrix
    }

    /// The product of the pivots with the sign of the exchanges, of a square matrix.
    #[must_use]
    pub fn determinant(&self) -> T {
        let start = if self.odd { -T::ONE } else { T::ONE };
        let product = self.pivots().fold(start, |product, pivot| product * pivot);
        if self.pivots().any(|pivot| pivot == T::ZERO) { T::ZERO } else { product }
    }

    /// The determinant as a number of modulus 1 (or zero) and the logarithm of its modulus.
    #[must_use]
    pub fn sign_and_logarithm(&self) -> (T, f64) {
        if self.pivots().any(|pivot| pivot == T::ZERO) {
            return (T::ZERO, f64::NEG_INFINITY);
        }
        let mut sign = if self.odd { -T::ONE } else { T::ONE };
        let mut logarithm = 0.0;
        for pivot in self.pivots() {
            let modulus = pivot.modulus();
            sign *= pivot.over(T::from_real(modulus));
            logarithm += libm::log(modulus);
        }
        if T::COMPLEX {
            sign = sign.over(T::from_real(sign.modulus()));
        }
        (sign, logarithm)
    }

    /// What stands on the diagonal of U.
    pub(super) fn pivots(&self) -> impl Iterator<Item = T> {
        (0..self.packed.rows().min(self.packed.columns())).map(|i| self.packed[(i, i)])
    }
}

/// Takes the columns `from..to` apart, from row `from` down; the columns before have been.
fn factor<T: Scalar>(a: &mut Matrix<T>, from: usize, to: usize, pivots: &mut [usize]) {
    if to - from <= SMALL {
        return wide(
            #[inline(always)]
            || eliminate(a, from, to, pivots),
        );
    }
    let middle = from + (to - from).div_ceil(2);
    factor(a, from, middle, pivots);
    finish_right(a, from, middle, to, pivots);
    factor(a, middle, to, pivots);
    for (step, pivot) in pivots.iter().enumerate().take(to).skip(middle) {
        swap_parts(a, step, *pivot, from, middle);
    }
}

/// Brings the columns `middle..to` up to date after `from..middle` have been taken apart.
fn finish_right<T: Scalar>(
    a: &mut Matrix<T>,
    from: usize,
    middle: usize,
    to: usize,
    pivots: &[usize],
) {
    for (step, pivot) in pivots.iter().enumerate().take(middle).skip(from) {
        swap_parts(a, step, *pivot, middle, to);
    }
    let (rows, wide) = (a.rows(), middle - from);
    let left = a.block(from, from, rows - from, wide);
    let mut whole = a.view_mut();
    let mut right = whole.block(from, middle, rows - from, to - middle);
    let (mut above, below) = right.split_rows(wide);
    triangle::solve_lower(left.view().block(0, 0, wide, wide), true, above.reborrow());
    T::add_product(below, true, left.view().block(wide, 0, rows - middle, wide), above.view());
}

/// Exchanges two rows within some columns.
fn swap_parts<T: Scalar>(a: &mut Matrix<T>, first: usize, second: usize, from: usize, to: usize) {
    if first != second {
        let (x, y) = a.two_rows(first, second);
        x[from..to].swap_with_slice(&mut y[from..to]);
    }
}

/// One column after the other, each in one piece of memory.
#[inline(always)]
fn eliminate<T: Scalar>(a: &mut Matrix<T>, from: usize, to: usize, pivots: &mut [usize]) {
    let (rows, wide) = (a.rows() - from, to - from);
    let mut columns = vec![T::ZERO; wide * rows];
    for r in 0..rows {
        for (column, x) in columns.chunks_exact_mut(rows).zip(&a.row(from + r)[from..to]) {
            column[r] = *x;
        }
    }
    for j in 0..wide {
        let pivot = first_largest(&columns[j * rows..(j + 1) * rows], j);
        pivots[from + j] = from + pivot;
        for column in columns.chunks_exact_mut(rows) {
            column.swap(j, pivot);
        }
        let (done, right) = columns.split_at_mut((j + 1) * rows);
        let (head, below) = done[j * rows + j..].split_at_mut(1);
        if head[0].size() == 0.0 {
            continue;
        }
        below.iter_mut().for_each(|x| *x = x.over(head[0]));
        for column in right.chunks_exact_mut(rows) {
            let (head, rest) = column[j..].split_at_mut(1);
            for (x, factor) in rest.iter_mut().zip(&*below) {
                *x = x.plus(-*factor, head[0]);
            }
        }
    }
    for r in 0..rows {
        let row = &mut a.row_mut(from + r)[from..to];
        for (column, x) in columns.chunks_exact(rows).zip(row) {
            *x = column[r];
        }
    }
}

/// The place of the first entry of the largest size from `start` on; `start` if that is no number.
#[inline(always)]
fn first_largest<T: Scalar>(column: &[T], start: usize) -> usize {
    /// Entries compared side by side.
    const LANES: usize = 8;
    let mut largest = [column[start].size(); LANES];
    let (blocks, rest) = column[start..].as_chunks::<LANES>();
    for block in blocks {
        for (largest, x) in largest.iter_mut().zip(block) {
            *largest = if x.size() > *largest { x.size() } else { *largest };
        }
    }
    let all = largest.into_iter().chain(rest.iter().map(|x| x.size()));
    let most = all.fold(column[start].size(), |most, x| if x > most { x } else { most });
    let place = column[start..].iter().position(|x| x.size() >= most);
    start + place.unwrap_or(0)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these results are exact")]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::Complex;

    fn rebuilds<T: Scalar>(matrix: &Matrix<T>) {
        let lu = Lu::new(matrix.clone());
        let product = lu.lower().times(&lu.upper()).unwrap();
        let p = lu.permutation_matrix().map(T::from_real);
        samples::assert_near(&p.times(&product).unwrap(), matrix, 1e-13);
        for (i, row) in lu.permutation().iter().enumerate() {
            for j in 0..matrix.columns() {
                assert!((product[(i, j)] - matrix[(*row, j)]).modulus() < 1e-12);
            }
        }
    }

    #[test]
    fn permutation_lower_and_upper_multiply_to_the_matrix() {
        for (rows, columns) in [(0, 0), (1, 1), (2, 3), (5, 3), (30, 30), (100, 70), (70, 100)] {
            rebuilds(&samples::real(rows, columns, 1));
            rebuilds(&samples::complex(rows, columns, 2));
        }
        rebuilds(&Matrix::<f64>::zeros(3, 3));
    }

    #[test]
    fn determinants_of_known_matrices() {
        let det =
            |n, data: &[f64]| Lu::new(Matrix::new(n, n, data.to_vec()).unwrap()).determinant();
        assert_eq!(det(0, &[]), 1.0);
        assert_eq!(det(3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]), 1.0);
        assert_eq!(det(2, &[1.0, 2.0, 2.0, 4.0]), 0.0);
        assert!((det(3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0]) + 3.0).abs() < 1e-13);
        let z = Complex::new;
        let data = vec![z(1.0, 2.0), z(3.0, 0.0), z(0.0, 0.0), z(4.0, -1.0)];
        assert_eq!(Lu::new(Matrix::new(2, 2, data).unwrap()).determinant(), z(6.0, 7.0));
    }

    #[test]
    fn the_logarithm_of_a_determinant_does_not_overflow() {
        let mut matrix = Matrix::<f64>::identity(400, 400);
        matrix.data_mut().iter_mut().for_each(|x: &mut f64| *x *= -10.0);
        let (sign, logarithm) = Lu::new(matrix).sign_and_logarithm();
        assert_eq!(sign, 1.0);
        assert!((logarithm - 921.034_037_197_618_3).abs() < 1e-10);
        assert_eq!(
            Lu::new(Matrix::<f64>::zeros(1, 1)).sign_and_logarithm(),
            (0.0, f64::NEG_INFINITY)
        );
    }
}
