//! Eigenvalues and eigenvectors of symmetric and Hermitian matrices.

use super::matrix::Matrix;
use super::scalar::Scalar;
use super::{divide, phase, reflector, tridiagonal};
use crate::Error;

/// The eigenvalues, ascending, and the eigenvectors as columns: of length 1, the entry of largest
/// modulus real and positive. Only the lower triangle of `a` is read.
///
/// # Errors
/// `a` is not square or not finite.
pub fn eigh<T: Scalar>(a: &Matrix<T>) -> Result<(Vec<f64>, Matrix<T>), Error> {
    let (scaled, factor) = scaled(a)?;
    let mut reduced = tridiagonal::reduce(scaled, true);
    let rows = divide::eigen(&mut reduced.diagonal, &mut reduced.beside)?;
    let mut vectors = rows.transpose().map(T::from_real);
    reflector::apply_all(&reduced.blocks, &mut vectors);
    phase::fix_columns(&mut vectors);
    Ok((unscaled(reduced.diagonal, factor), vectors))
}

/// The eigenvalues alone, ascending.
///
/// # Errors
/// As for [`eigh`].
pub fn eigvalsh<T: Scalar>(a: &Matrix<T>) -> Result<Vec<f64>, Error> {
    let (scaled, factor) = scaled(a)?;
    let mut reduced = tridiagonal::reduce(scaled, false);
    divide::iterate(&mut reduced.diagonal, &mut reduced.beside, None)?;
    Ok(unscaled(reduced.diagonal, factor))
}

fn scaled<T: Scalar>(a: &Matrix<T>) -> Result<(Matrix<T>, f64), Error> {
    a.require_square()?;
    a.require_finite()?;
    Ok(phase::scale(a.clone()))
}

fn unscaled(mut values: Vec<f64>, factor: f64) -> Vec<f64> {
    values.iter_mut().for_each(|value| *value /= factor);
    values
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn rebuilds<T: Scalar>(x: &Matrix<T>) {
        let n = x.rows();
        let adjoint = x.adjoint();
        let a = Matrix::from_fn(n, n, |i, j| x[(i, j)] + adjoint[(i, j)]);
        let (values, vectors) = eigh(&a).unwrap();
        samples::assert_orthonormal(&vectors, 2e-13);
        let scaled = Matrix::from_fn(n, n, |i, j| vectors[(i, j)].scale(values[j]));
        samples::assert_near(&scaled.times(&vectors.adjoint()).unwrap(), &a, 2e-13);
        assert!(values.is_sorted());
        let size = values.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
        for (x, y) in eigvalsh(&a).unwrap().iter().zip(&values) {
            assert!((x - y).abs() < 1e-13 * size);
        }
    }

    #[test]
    fn vectors_around_the_values_are_the_matrix() {
        for n in [0, 1, 2, 3, 32, 33, 65, 100, 200] {
            rebuilds(&samples::real(n, n, 1));
            rebuilds(&samples::complex(n, n, 2));
        }
    }

    #[test]
    fn equal_and_nearly_equal_values_are_no_trouble() {
        rebuilds(&Matrix::<f64>::identity(80, 80));
        rebuilds(&Matrix::<f64>::zeros(70, 70));
        rebuilds(&samples::hilbert(90));
        rebuilds(&Matrix::from_fn(100, 100, |_, _| 0.01));
        rebuilds(&samples::hilbert(40).map(|x| x * 1e-250));
        rebuilds(&samples::hilbert(40).map(|x| x * 1e250));
    }

    #[test]
    fn the_values_of_the_second_difference_are_known() {
        let n = 101;
        let a = Matrix::from_fn(n, n, |i, j| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        });
        let (values, _) = eigh(&a).unwrap();
        for (k, value) in (1_u32..).zip(values) {
            let angle = std::f64::consts::PI * f64::from(k) / 204.0;
            let expected = 4.0 * libm::sin(angle) * libm::sin(angle);
            assert!((value - expected).abs() < 1e-14, "{k}");
        }
    }
}
