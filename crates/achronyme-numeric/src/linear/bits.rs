//! Every algorithm, with the vectors of this processor, without them, and with several threads: the
//! bits are the same.

use super::matrix::Matrix;
use super::{Lu, samples};
use crate::wide::portable;

/// What a function makes of numbers, in bits.
type Bits = Vec<u64>;

fn bits<'a>(parts: impl IntoIterator<Item = &'a [f64]>) -> Bits {
    parts.into_iter().flatten().map(|x| x.to_bits()).collect()
}

fn assert_same(name: &str, f: impl Fn() -> Bits + Send + Sync) {
    let usual = f();
    assert!(!usual.is_empty(), "{name} gives nothing");
    assert_eq!(portable(&f), usual, "{name} without vectors");
    for count in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        assert_eq!(pool.install(&f), usual, "{name} with {count} threads");
    }
}

/// A positive definite matrix.
fn definite(n: usize) -> Matrix<f64> {
    let a = samples::real(n, n + 3, 5);
    a.times(&a.transpose()).unwrap()
}

#[test]
fn products_have_the_same_bits_everywhere() {
    for (m, k, n) in [(1, 7, 5), (3, 3, 3), (33, 300, 17), (61, 47, 130), (230, 200, 210)] {
        let (a, b) = (samples::real(m, k, 1), samples::real(k, n, 2));
        assert_same("times", || bits([a.times(&b).unwrap().data()]));
        let x = b.column(0);
        assert_same("matrix times vector", || {
            bits([super::matrix_times_vector(a.view(), &x).as_slice()])
        });
        let x = a.column(0);
        assert_same("vector times matrix", || {
            bits([super::vector_times_matrix(&x, a.view()).as_slice()])
        });
    }
    let (a, b) = (samples::complex(31, 45, 1), samples::complex(45, 23, 2));
    assert_same("complex", || {
        let product = a.times(&b).unwrap();
        product.data().iter().flat_map(|z| [z.re.to_bits(), z.im.to_bits()]).collect()
    });
}

#[test]
fn systems_have_the_same_bits_everywhere() {
    for n in [1, 5, 30, 97] {
        let (a, b) = (samples::real(n, n, 3), samples::real(n, 6, 4));
        let lu = |a: &Matrix<f64>| Lu::new(a.clone());
        assert_same("lu", || bits([lu(&a).lower().data(), lu(&a).upper().data()]));
        assert_same("solve", || bits([super::solve(&a, &b).unwrap().data()]));
        let one = b.block(0, 0, n, 1);
        assert_same("solve of a vector", || bits([super::solve(&a, &one).unwrap().data()]));
        assert_same("inverse", || bits([super::inverse(&a).unwrap().data()]));
        let c = definite(n);
        assert_same("cholesky", || bits([super::cholesky(&c).unwrap().data()]));
        let tall = samples::real(2 * n, n, 5);
        assert_same("qr", || {
            let (q, r) = super::qr(&tall, true);
            bits([q.data(), r.data()])
        });
        let right = samples::real(2 * n, 2, 6);
        assert_same("least squares", || {
            bits([super::least_squares(&tall, &right, None).unwrap().x.data()])
        });
    }
}

#[test]
fn spectra_have_the_same_bits_everywhere() {
    for n in [2, 30, 97] {
        let a = samples::real(n, n, 7);
        let c = definite(n);
        assert_same("eigh", || {
            let (values, vectors) = super::eigh(&c).unwrap();
            bits([values.as_slice(), vectors.data()])
        });
        assert_same("svd", || {
            let parts = super::svd(&a, true).unwrap();
            bits([parts.s.as_slice(), parts.u.data(), parts.vt.data()])
        });
        assert_same("svdvals", || bits([super::svdvals(&a).unwrap().as_slice()]));
        assert_same("eigenvalues", || {
            let values = super::eigvals_real(&a).unwrap();
            values.iter().flat_map(|z| [z.re.to_bits(), z.im.to_bits()]).collect()
        });
        assert_same("eig", || match super::eig_real(&a).unwrap() {
            super::Eigen::Real(_, vectors) => bits([vectors.data()]),
            super::Eigen::Complex(_, vectors) => {
                vectors.data().iter().flat_map(|z| [z.re.to_bits(), z.im.to_bits()]).collect()
            }
        });
        let small = a.map(|x| x / 4.0);
        assert_same("exponential", || bits([super::exponential(&small).unwrap().data()]));
    }
}
