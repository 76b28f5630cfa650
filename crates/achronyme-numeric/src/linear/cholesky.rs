//! A = L·Lᴴ for positive definite matrices.

use super::kernel::wide;
use super::matrix::Matrix;
use super::scalar::Scalar;
use super::triangle;
use crate::Error;

/// Up to which size columns are worked off one by one.
const SMALL: usize = 24;

/// L, with a positive diagonal and zeros above it. Only the lower triangle of `a` is read.
///
/// # Errors
/// `a` is not square, not finite or not positive definite.
pub fn cholesky<T: Scalar>(a: &Matrix<T>) -> Result<Matrix<T>, Error> {
    a.require_square()?;
    a.require_finite()?;
    let n = a.rows();
    let mut l = a.clone();
    factor(&mut l, 0, n)?;
    for i in 0..n {
        l.row_mut(i)[i + 1..].fill(T::ZERO);
    }
    Ok(l)
}

/// Whether [`cholesky`] finds a factor.
#[must_use]
pub fn is_positive_definite<T: Scalar>(a: &Matrix<T>) -> bool {
    cholesky(a).is_ok()
}

/// Factors the block on the diagonal between two rows.
fn factor<T: Scalar>(l: &mut Matrix<T>, from: usize, to: usize) -> Result<(), Error> {
    let n = to - from;
    if n <= SMALL {
        return wide(
            #[inline(always)]
            || eliminate(l, from, to),
        );
    }
    let middle = from + n / 2;
    factor(l, from, middle)?;
    // Lower left: X·L₁ᴴ = A, that is L₁·Xᴴ = Aᴴ.
    let corner = l.block(from, from, middle - from, middle - from);
    let mut left = l.view().block(middle, from, to - middle, middle - from).adjoint();
    triangle::solve_lower(corner.view(), false, left.view_mut());
    let right = left.adjoint();
    for i in middle..to {
        l.row_mut(i)[from..middle].copy_from_slice(right.row(i - middle));
    }
    subtract_square(l, middle, to, &right, &left, 0);
    factor(l, middle, to)
}

/// Takes the lower triangle of X·Xᴴ away from the block on the diagonal, in halves.
fn subtract_square<T: Scalar>(
    l: &mut Matrix<T>,
    from: usize,
    to: usize,
    x: &Matrix<T>,
    adjoint: &Matrix<T>,
    offset: usize,
) {
    let (n, deep) = (to - from, x.columns());
    let half = if n <= 2 * SMALL { n } else { n / 2 };
    let top = x.view().block(offset, 0, half, deep);
    let left = adjoint.view().block(0, offset, deep, half);
    if half == n {
        return T::add_product(l.view_mut().block(from, from, n, n), true, top, left);
    }
    let bottom = x.view().block(offset + half, 0, n - half, deep);
    T::add_product(l.view_mut().block(from + half, from, n - half, half), true, bottom, left);
    subtract_square(l, from, from + half, x, adjoint, offset);
    subtract_square(l, from + half, to, x, adjoint, offset + half);
}

#[inline(always)]
fn eliminate<T: Scalar>(l: &mut Matrix<T>, from: usize, to: usize) -> Result<(), Error> {
    for j in from..to {
        for i in j..to {
            let mut sum = l[(i, j)];
            for k in from..j {
                sum = sum.plus(-l[(i, k)], l[(j, k)].conjugate());
            }
            if i > j {
                l[(i, j)] = sum.scale(1.0 / l[(j, j)].real());
            } else if sum.real() > 0.0 {
                l[(j, j)] = T::from_real(sum.real().sqrt());
            } else {
                return Err(Error::value("matrix is not positive definite"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::ErrorKind;

    fn rebuilds<T: Scalar>(x: &Matrix<T>) {
        let a = x.times(&x.adjoint()).unwrap();
        let l = cholesky(&a).unwrap();
        samples::assert_near(&l.times(&l.adjoint()).unwrap(), &a, 1e-13);
        assert!((0..l.rows()).all(|i| l[(i, i)].real() > 0.0 && l[(i, i)].imaginary() == 0.0));
    }

    #[test]
    fn the_factor_times_its_adjoint_is_the_matrix() {
        for n in [0, 1, 5, 60, 150] {
            rebuilds(&samples::real(n, n + 3, 1));
            rebuilds(&samples::complex(n, n + 3, 2));
        }
    }

    #[test]
    fn indefinite_matrices_are_rejected_and_the_upper_triangle_is_not_read() {
        let a = Matrix::new(2, 2, vec![1.0, 2.0, 2.0, 1.0]).unwrap();
        assert_eq!(cholesky(&a).unwrap_err().kind, ErrorKind::Value);
        let b = Matrix::new(2, 2, vec![4.0, 99.0, 2.0, 2.0]).unwrap();
        assert_eq!(cholesky(&b).unwrap().data(), [2.0, 0.0, 1.0, 1.0]);
    }
}
