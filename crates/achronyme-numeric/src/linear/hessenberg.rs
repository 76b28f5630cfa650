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
///
/// What both sides need of the matrix is computed in one walk over it, and another one changes it, as in
/// J. J. Dongarra, S. J. Hammarling and D. C. Sorensen, "Block reduction of matrices to condensed
/// forms" (1989).
#[inline(always)]
fn step<T: Scalar>(a: &mut Matrix<T>, j: usize) -> (Vec<T>, T) {
    let n = a.rows();
    let mut v: Vec<T> = (j + 1..n).map(|i| a[(i, j)]).collect();
    let (beta, tau) = reflector::reflect(&mut v);
    a[(j + 1, j)] = T::from_real(beta);
    for i in j + 2..n {
        a[(i, j)] = T::ZERO;
    }
    // The rows from j + 1 on are added up, conjugated; all are multiplied with v.
    let mut sums = vec![T::ZERO; n - j - 1];
    let mut products = vec![T::ZERO; n];
    T::times_vector(a.view().block(0, j + 1, j + 1, n - j - 1), &v, &mut products[..=j]);
    let (groups, rest) = products[j + 1..].as_chunks_mut::<4>();
    let done = 4 * groups.len();
    for (group, products) in groups.iter_mut().enumerate() {
        let at = |i: usize| 4 * group + i;
        let rows = std::array::from_fn(|i| &a.row(j + 1 + at(i))[j + 1..]);
        *products = T::four_rows(rows, std::array::from_fn(|i| v[at(i)]), &v, &mut sums);
    }
    for (r, product) in (done..).zip(rest) {
        let row = &a.row(j + 1 + r)[j + 1..];
        *product = sum_of_products(row, &v);
        for (sum, a) in sums.iter_mut().zip(row) {
            *sum = sum.plus(v[r], a.conjugate());
        }
    }
    sums.iter_mut().for_each(|sum| *sum = sum.conjugate());
    let both = tau.conjugate() * sum_of_products(&sums, &v);
    for i in 0..n {
        let row = &mut a.row_mut(i)[j + 1..];
        if i <= j {
            let factor = -tau * products[i];
            for (a, v) in row.iter_mut().zip(&v) {
                *a = a.plus(factor, v.conjugate());
            }
            continue;
        }
        let left = -tau.conjugate() * v[i - j - 1];
        let right = -tau * (products[i] - both * v[i - j - 1]);
        for ((a, sum), v) in row.iter_mut().zip(&sums).zip(&v) {
            *a = a.plus(left, *sum).plus(right, v.conjugate());
        }
    }
    (v, tau)
}
