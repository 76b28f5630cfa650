//! Laws of the factorisations, for matrices of random sizes, ranks and scales.

use proptest::prelude::*;

use super::samples::{self, assert_near, assert_orthonormal};
use super::{Lu, Matrix, Scalar, Svd, eigh, eigvalsh, qr, rank, solve, svd, svdvals};
use crate::Complex;

/// A matrix of a rank, its entries times a power of ten.
fn matrix<T: Scalar>(
    make: fn(usize, usize, u64) -> Matrix<T>,
    (rows, columns, inner): (usize, usize, usize),
    seed: u64,
    exponent: i32,
) -> Matrix<T> {
    let factor = libm::pow(10.0, f64::from(exponent));
    let product = make(rows, inner, seed).times(&make(inner, columns, seed + 1)).unwrap();
    product.map(|x| x.scale(factor))
}

/// Divided by the size of the largest entry.
fn relative<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let size = b.data().iter().map(|x| x.modulus()).fold(f64::MIN_POSITIVE, f64::max);
    a.map(|x| x.scale(1.0 / size))
}

fn factors_multiply_to_the_matrix<T: Scalar>(a: &Matrix<T>) {
    let near = |b: &Matrix<T>| assert_near(&relative(b, a), &relative(a, a), 1e-12);
    let lu = Lu::new(a.clone());
    let p = lu.permutation_matrix().map(T::from_real);
    near(&p.times(&lu.lower()).unwrap().times(&lu.upper()).unwrap());
    let (q, r) = qr(a, false);
    assert_orthonormal(&q, 1e-12);
    near(&q.times(&r).unwrap());
    let Svd { u, s, vt } = svd(a, false).unwrap();
    assert_orthonormal(&u, 1e-12);
    assert_orthonormal(&vt.adjoint(), 1e-12);
    let scaled = Matrix::from_fn(u.rows(), s.len(), |i, j| u[(i, j)].scale(s[j]));
    near(&scaled.times(&vt).unwrap());
    for (x, y) in svdvals(a).unwrap().iter().zip(&s) {
        assert!((x - y).abs() <= 1e-12 * s[0]);
    }
}

fn eigenvectors_diagonalize<T: Scalar>(x: &Matrix<T>) {
    let n = x.rows();
    let adjoint = x.adjoint();
    let a = Matrix::from_fn(n, n, |i, j| (x[(i, j)] + adjoint[(i, j)]).scale(0.5));
    let (values, vectors) = eigh(&a).unwrap();
    assert_orthonormal(&vectors, 1e-12);
    let scaled = Matrix::from_fn(n, n, |i, j| vectors[(i, j)].scale(values[j]));
    let product = scaled.times(&vectors.adjoint()).unwrap();
    assert_near(&relative(&product, &a), &relative(&a, &a), 1e-12);
    let size = values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    for (x, y) in eigvalsh(&a).unwrap().iter().zip(&values) {
        assert!((x - y).abs() <= 1e-12 * size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_factorisation_is_one(
        rows in 0_usize..80,
        columns in 0_usize..80,
        inner in 1_usize..80,
        seed in 1_u64..1_000_000,
        exponent in -150_i32..150,
    ) {
        let sizes = (rows, columns, inner);
        factors_multiply_to_the_matrix(&matrix(samples::real, sizes, seed, exponent));
        factors_multiply_to_the_matrix(&matrix(samples::complex, sizes, seed, exponent));
        let square = (rows, rows, inner);
        eigenvectors_diagonalize(&matrix(samples::real, square, seed, exponent));
        eigenvectors_diagonalize(&matrix(samples::complex, square, seed, exponent));
    }

    #[test]
    fn the_rank_of_a_product_is_that_of_its_factors(
        rows in 1_usize..60,
        columns in 1_usize..60,
        inner in 1_usize..10,
        seed in 1_u64..1_000_000,
    ) {
        let a = matrix(samples::real, (rows, columns, inner), seed, 0);
        prop_assert_eq!(rank(&a, None), Ok(inner.min(rows).min(columns)));
    }

    #[test]
    fn solutions_solve(n in 1_usize..70, seed in 1_u64..1_000_000) {
        // A strong diagonal keeps the condition small.
        let mut a = samples::complex(n, n, seed);
        for i in 0..n {
            a[(i, i)] += Complex::from(20.0);
        }
        let b = samples::complex(n, 3, seed + 1);
        assert_near(&a.times(&solve(&a, &b).unwrap()).unwrap(), &b, 1e-12);
    }

    #[test]
    fn no_numbers_make_a_factorisation_panic(
        numbers in proptest::collection::vec(any::<f64>(), 16),
    ) {
        let a = Matrix::new(4, 4, numbers).unwrap();
        drop((Lu::new(a.clone()).determinant(), qr(&a, true), solve(&a, &a)));
        drop((svd(&a, true), eigh(&a), super::eig_real(&a), super::exponential(&a)));
        drop((super::cholesky(&a), rank(&a, None), super::matrix_power(&a, -3)));
    }
}
