//! Matrices to test with.

use super::{Matrix, Scalar};
use crate::Complex;

/// Numbers between −1 and 1 that look random.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(1_u32 << 31) - 1.0
    }
}

pub(super) fn real(rows: usize, columns: usize, seed: u64) -> Matrix<f64> {
    let mut next = numbers(seed);
    Matrix::new(rows, columns, (0..rows * columns).map(|_| next()).collect()).unwrap()
}

pub(super) fn complex(rows: usize, columns: usize, seed: u64) -> Matrix<Complex> {
    let mut next = numbers(seed);
    let data = (0..rows * columns).map(|_| Complex::new(next(), next())).collect();
    Matrix::new(rows, columns, data).unwrap()
}

/// 1 / (row + column + 1): matrices that are nearly singular.
pub(super) fn hilbert(n: usize) -> Matrix<f64> {
    Matrix::from_fn(n, n, |i, j| 1.0 / f64::from(u32::try_from(i + j + 1).unwrap()))
}

pub(super) fn assert_near<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>, tolerance: f64) {
    assert_eq!((a.rows(), a.columns()), (b.rows(), b.columns()));
    let largest = b.data().iter().map(|x| x.modulus()).fold(1.0, f64::max);
    for (x, y) in a.data().iter().zip(b.data()) {
        assert!((*x - *y).modulus() <= tolerance * largest, "{x:?} is not {y:?}");
    }
}

/// Columns are orthonormal.
pub(super) fn assert_orthonormal<T: Scalar>(q: &Matrix<T>, tolerance: f64) {
    let product = q.adjoint().times(q).unwrap();
    assert_near(&product, &Matrix::identity(q.columns(), q.columns()), tolerance);
}
