//! Square matrices with zeros below the diagonal next to the main one: A = Q·H·Qᴴ.

use super::kernel::{sum_of_products, wide};
use super::matrix::Matrix;
use super::reflector::{self, Block};
use super::scalar::Scalar;

/// How many reflections are put together.
const WIDE: usize = 32;

/// H, and Q if it is wanted.
pub(super) fn reduce<T: Scalar>(
    mut a: Matrix<T>,
    with_vectors: bool,
) -> (Matrix<T>, Option<Matrix<T>>) {
    let n = a.rows();
    let steps = n.saturating_sub(2);
    let mut blocks = Vec::new();
    for from in (0..steps).step_by(WIDE) {
        let to = (from + WIDE).min(steps);
        let mut v = Matrix::zeros(n - from - 1, to - from);
        let mut taus = Vec::with_capacity(to - from);
        wide(
            #[inline(always)]
            || {
                for j in from..to {
                    let (x, tau) = step(&mut a, j);
                    for (r, x) in x.iter().enumerate() {
                        v[(j - from + r, j - from)] = *x;
                    }
                    taus.push(tau);
                }
            },
        );
        if with_vectors {
            blocks.push(Block::new(from + 1, v, &taus));
        }
    }
    let q = with_vectors.then(|| {
        let mut q = Matrix::identity(n, n);
        reflector::apply_all(&blocks, &mut q);
        q
    });
    (a, q)
}

/// Clears a column with a reflection from either side; returns it.
#[inline(always)]
fn step<T: Scalar>(a: &mut Matrix<T>, j: usize) -> (Vec<T>, T) {
    let n = a.rows();
    let mut v: Vec<T> = (j + 1..n).map(|i| a[(i, j)]).collect();
    let (beta, tau) = reflector::reflect(&mut v);
    a[(j + 1, j)] = T::from_real(beta);
    let mut sums = vec![T::ZERO; n - j - 1];
    for (r, v) in v.iter().enumerate() {
        if r > 0 {
            a[(j + 1 + r, j)] = T::ZERO;
        }
        let v = v.conjugate();
        for (sum, a) in sums.iter_mut().zip(&a.row(j + 1 + r)[j + 1..]) {
            *sum = sum.plus(v, *a);
        }
    }
    for i in 0..n {
        let row = &mut a.row_mut(i)[j + 1..];
        if i > j {
            let factor = tau.conjugate() * v[i - j - 1];
            for (a, sum) in row.iter_mut().zip(&sums) {
                *a = a.plus(-factor, *sum);
            }
        }
        let factor = tau * sum_of_products(row, &v);
        for (a, v) in row.iter_mut().zip(&v) {
            *a = a.plus(-factor, v.conjugate());
        }
    }
    (v, tau)
}
