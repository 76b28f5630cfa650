//! Products of matrices of any kind.

use rayon::prelude::*;

use super::kernel::{self, wide};
use super::matrix::{Matrix, View, ViewMut};
use super::scalar::Scalar;
use crate::{Complex, Error};

/// From so many numbers in a matrix on, several processors multiply it with a vector.
const MANY: usize = 100_000;

impl<T: Scalar> Matrix<T> {
    /// The product with a matrix that has as many rows as this one has columns. Each entry is a sum
    /// in an order that depends on the sizes only.
    ///
    /// # Errors
    /// The sizes do not agree.
    pub fn times(&self, other: &Self) -> Result<Self, Error> {
        if self.columns() != other.rows() {
            return Err(Error::shape(format!(
                "[{}, {}] · [{}, {}]",
                self.rows(),
                self.columns(),
                other.rows(),
                other.columns()
            )));
        }
        Ok(multiply(self.view(), other.view()))
    }
}

/// The product of two views whose sizes agree.
pub(super) fn multiply<T: Scalar>(a: View<'_, T>, b: View<'_, T>) -> Matrix<T> {
    let mut c = Matrix::zeros(a.rows, b.columns);
    T::add_product(c.view_mut(), false, a, b);
    c
}

/// Writes the product of two matrices. `c` has as many numbers as `a` has rows times `b` columns.
///
/// # Errors
/// The sizes do not agree.
pub fn multiply_into<T: Scalar>(a: View<'_, T>, b: View<'_, T>, c: &mut [T]) -> Result<(), Error> {
    let (rows, columns) = (a.rows, b.columns);
    if a.columns != b.rows || rows.checked_mul(columns) != Some(c.len()) {
        let (inner, depth, count) = (a.columns, b.rows, c.len());
        return Err(Error::shape(format!(
            "[{rows}, {inner}] · [{depth}, {columns}] are not {count} numbers"
        )));
    }
    c.fill(T::ZERO);
    T::add_product(ViewMut { data: c, rows, columns, stride: columns }, false, a, b);
    Ok(())
}

/// Writes a matrix times a vector of as many numbers as it has columns. `y` has as many as it has
/// rows.
pub fn matrix_times_vector_into<T: Scalar>(a: View<'_, T>, x: &[T], y: &mut [T]) {
    /// Rows of one processor at a time.
    const ROWS: usize = 64;
    let piece = |(part, y): (usize, &mut [T])| {
        let first = part * ROWS;
        T::times_vector(a.block(first, 0, y.len(), a.columns), x, y);
    };
    if a.rows.saturating_mul(a.columns) < MANY {
        y.chunks_mut(ROWS).enumerate().for_each(piece);
    } else {
        y.par_chunks_mut(ROWS).enumerate().for_each(piece);
    }
}

/// A matrix times a vector: [`matrix_times_vector_into`] in numbers of its own.
#[must_use]
pub fn matrix_times_vector<T: Scalar>(a: View<'_, T>, x: &[T]) -> Vec<T> {
    let mut y = vec![T::ZERO; a.rows];
    matrix_times_vector_into(a, x, &mut y);
    y
}

/// Writes a vector times a matrix with as many rows as it has numbers. `y` has as many as it has
/// columns. Each is a sum of its terms one after the other.
pub fn vector_times_matrix_into<T: Scalar>(x: &[T], a: View<'_, T>, y: &mut [T]) {
    y.fill(T::ZERO);
    wide(
        #[inline(always)]
        || {
            let (groups, rest) = x.as_chunks::<4>();
            for (group, x) in groups.iter().enumerate() {
                let row = |i: usize| a.row(4 * group + i);
                let rows = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
                for (y, (((a, b), c), d)) in y.iter_mut().zip(rows) {
                    *y = y.plus(x[0], *a).plus(x[1], *b).plus(x[2], *c).plus(x[3], *d);
                }
            }
            for (i, x) in rest.iter().enumerate() {
                for (y, a) in y.iter_mut().zip(a.row(4 * groups.len() + i)) {
                    *y = y.plus(*x, *a);
                }
            }
        },
    );
}

/// A vector times a matrix: [`vector_times_matrix_into`] in numbers of its own.
#[must_use]
pub fn vector_times_matrix<T: Scalar>(x: &[T], a: View<'_, T>) -> Vec<T> {
    let mut y = vec![T::ZERO; a.columns];
    vector_times_matrix_into(x, a, &mut y);
    y
}

/// Complex products as four real ones.
pub(super) fn add_complex(
    mut c: ViewMut<'_, Complex>,
    negative: bool,
    a: View<'_, Complex>,
    b: View<'_, Complex>,
) {
    let (rows, columns) = (c.rows, c.columns);
    if rows * columns * a.columns <= 512 {
        return add_small(&mut c, negative, a, b);
    }
    let (a_re, a_im) = parts(a);
    let (b_re, b_im) = parts(b);
    let mut re = Matrix::zeros(rows, columns);
    let mut im = Matrix::zeros(rows, columns);
    kernel::add_product(re.view_mut(), negative, a_re.view(), b_re.view());
    kernel::add_product(re.view_mut(), !negative, a_im.view(), b_im.view());
    kernel::add_product(im.view_mut(), negative, a_re.view(), b_im.view());
    kernel::add_product(im.view_mut(), negative, a_im.view(), b_re.view());
    for i in 0..rows {
        for ((entry, re), im) in c.row(i).iter_mut().zip(re.row(i)).zip(im.row(i)) {
            *entry += Complex::new(*re, *im);
        }
    }
}

fn add_small(
    c: &mut ViewMut<'_, Complex>,
    negative: bool,
    a: View<'_, Complex>,
    b: View<'_, Complex>,
) {
    for i in 0..c.rows {
        for j in 0..c.columns {
            let sum: Complex = (0..a.columns).map(|k| a.at(i, k) * b.at(k, j)).sum();
            c.row(i)[j] += if negative { -sum } else { sum };
        }
    }
}

/// The real and the imaginary parts.
fn parts(a: View<'_, Complex>) -> (Matrix<f64>, Matrix<f64>) {
    (
        Matrix::from_fn(a.rows, a.columns, |i, j| a.at(i, j).re),
        Matrix::from_fn(a.rows, a.columns, |i, j| a.at(i, j).im),
    )
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use super::*;

    fn sample(rows: usize, columns: usize, seed: f64) -> Matrix<f64> {
        Matrix::from_fn(rows, columns, |i, j| {
            libm::sin(seed + 1.7 * f64::from(u32::try_from(i * columns + j).unwrap()))
        })
    }

    /// Terms in blocks of 256, one after the other.
    fn plain(a: &Matrix<f64>, b: &Matrix<f64>) -> Matrix<f64> {
        Matrix::from_fn(a.rows(), b.columns(), |i, j| {
            let terms: Vec<_> = (0..a.columns()).map(|k| (a[(i, k)], b[(k, j)])).collect();
            terms
                .chunks(256)
                .map(|block| block.iter().fold(0.0, |s: f64, (a, b)| s.plus(*a, *b)))
                .fold(0.0, |s, x| s + x)
        })
    }

    #[test]
    fn products_have_the_bits_of_the_plain_sums_at_every_size() {
        for (m, k, n) in [
            (1, 1, 1),
            (2, 3, 4),
            (6, 256, 8),
            (7, 257, 9),
            (97, 300, 33),
            (13, 5, 2100),
            (5, 600, 1),
        ] {
            let (a, b) = (sample(m, k, 0.3), sample(k, n, 0.7));
            assert_eq!(a.times(&b), Ok(plain(&a, &b)), "{m} {k} {n}");
        }
        assert!(sample(2, 2, 0.0).times(&sample(1, 3, 0.0)).is_err());
    }

    #[test]
    fn products_of_transposed_views_are_those_of_transposed_matrices() {
        let (a, b) = (sample(40, 30, 0.1), sample(50, 40, 0.2));
        let product = multiply(a.view().transposed(), b.view().transposed());
        assert_eq!(product, plain(&a.transpose(), &b.transpose()));
    }

    #[test]
    fn threads_change_no_bit() {
        let (a, b) = (sample(300, 310, 0.4), sample(310, 320, 0.5));
        let threads = |count| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
            pool.install(|| a.times(&b))
        };
        assert_eq!(threads(1), threads(4));
    }

    #[test]
    fn complex_products_are_made_of_real_ones() {
        let (a, b) = (sample(20, 30, 0.1), sample(30, 10, 0.2));
        let i = Complex::new(0.0, 1.0);
        let product = a.map(|x| i * x).times(&b.map(|x| i * x)).unwrap();
        assert_eq!(product, a.times(&b).unwrap().map(|x| Complex::from(-x)));
    }

    #[test]
    fn a_matrix_times_a_vector_from_either_side() {
        let a = Matrix::new(2, 2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let mut y = [9.0; 2];
        matrix_times_vector_into(a.view(), &[1.0, 10.0], &mut y);
        assert_eq!(y, [21.0, 43.0]);
        vector_times_matrix_into(&[1.0, 10.0], a.view(), &mut y);
        assert_eq!(y, [31.0, 42.0]);
    }

    #[test]
    fn products_with_vectors_have_the_bits_of_sums_one_row_at_a_time() {
        let (a, x) = (sample(700, 301, 0.1), sample(1, 301, 0.2));
        let threads = |count| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
            let mut y = vec![0.0; 700];
            pool.install(|| matrix_times_vector_into(a.view(), x.data(), &mut y));
            y
        };
        let one_by_one: Vec<f64> =
            (0..700).map(|i| kernel::sum_of_products(a.row(i), x.data())).collect();
        assert_eq!(threads(1), one_by_one);
        assert_eq!(threads(4), one_by_one);
        let mut y = vec![0.0; 700];
        vector_times_matrix_into(x.data(), a.transpose().view(), &mut y);
        let plain = |i: usize| {
            let terms = a.row(i).iter().zip(x.data());
            terms.fold(0.0_f64, |sum, (a, x)| sum.plus(*x, *a))
        };
        assert_eq!(y, (0..700).map(plain).collect::<Vec<_>>());
    }

    #[test]
    fn products_are_written_where_there_is_room_for_them() {
        let (a, b) = (sample(5, 7, 0.1), sample(7, 3, 0.2));
        let mut c = [9.0; 15];
        multiply_into(a.view(), b.view(), &mut c).unwrap();
        assert_eq!(c, a.times(&b).unwrap().data());
        assert!(multiply_into(a.view(), b.view(), &mut c[1..]).is_err());
        assert!(multiply_into(a.view(), a.view(), &mut c).is_err());
    }
}
