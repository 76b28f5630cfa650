//! Products of matrices of any kind.

use super::kernel;
use super::kernel::wide;
use super::matrix::{Matrix, View, ViewMut};
use super::scalar::Scalar;
use crate::{Complex, Error};

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

/// A matrix times a vector of as many numbers as it has columns.
#[must_use]
pub fn matrix_times_vector<T: Scalar>(a: View<'_, T>, x: &[T]) -> Vec<T> {
    wide(
        #[inline(always)]
        || (0..a.rows).map(|i| T::sum_of_products(a.row(i), x)).collect(),
    )
}

/// A vector times a matrix with as many rows as it has numbers.
#[must_use]
pub fn vector_times_matrix<T: Scalar>(x: &[T], a: View<'_, T>) -> Vec<T> {
    let mut result = vec![T::ZERO; a.columns];
    wide(
        #[inline(always)]
        || {
            for (i, x) in x.iter().enumerate() {
                for (sum, a) in result.iter_mut().zip(a.row(i)) {
                    *sum += *x * *a;
                }
            }
        },
    );
    result
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
            let terms: Vec<f64> = (0..a.columns()).map(|k| a[(i, k)] * b[(k, j)]).collect();
            terms
                .chunks(256)
                .map(|block| block.iter().fold(0.0, |s, x| s + x))
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
        assert_eq!(matrix_times_vector(a.view(), &[1.0, 10.0]), [21.0, 43.0]);
        assert_eq!(vector_times_matrix(&[1.0, 10.0], a.view()), [31.0, 42.0]);
    }
}
