//! A = Q·R by reflections.

use super::kernel::wide;
use super::matrix::Matrix;
use super::reflector::{self, Block};
use super::scalar::Scalar;

/// How many reflections are put together.
const WIDE: usize = 32;

/// Q with orthonormal columns and R, zero below its diagonal, which is real and not negative. With
/// `complete`, Q is square; otherwise it has as many columns as the smaller side of the matrix.
#[must_use]
pub fn qr<T: Scalar>(a: &Matrix<T>, complete: bool) -> (Matrix<T>, Matrix<T>) {
    let (rows, columns) = (a.rows(), a.columns());
    let steps = rows.min(columns);
    let kept = if complete { rows } else { steps };
    let (blocks, packed) = reduce(a.clone());
    let mut q = Matrix::identity(rows, kept);
    let mut whole = q.view_mut();
    for block in blocks.iter().rev() {
        // Columns before the block's rows are still those of the identity.
        block.apply(false, whole.block(block.top, block.top, rows - block.top, kept - block.top));
    }
    let mut r =
        Matrix::from_fn(kept, columns, |i, j| if i <= j { packed[(i, j)] } else { T::ZERO });
    for i in 0..steps {
        if r[(i, i)].real() < 0.0 {
            r.row_mut(i).iter_mut().for_each(|x| *x = -*x);
            for row in 0..rows {
                q[(row, i)] = -q[(row, i)];
            }
        }
        // A zero has no sign here.
        r[(i, i)] = T::from_real(r[(i, i)].real().abs());
    }
    (q, r)
}

/// The reflections whose product is Q, and R in the upper triangle of what is left.
pub(super) fn reduce<T: Scalar>(mut a: Matrix<T>) -> (Vec<Block<T>>, Matrix<T>) {
    let (rows, columns) = (a.rows(), a.columns());
    let steps = rows.min(columns);
    let mut blocks = Vec::new();
    for from in (0..steps).step_by(WIDE) {
        let to = (from + WIDE).min(steps);
        let mut v = Matrix::zeros(rows - from, to - from);
        let mut taus = vec![T::ZERO; to - from];
        wide(
            #[inline(always)]
            || reduce_panel(&mut a, from, to, &mut v, &mut taus),
        );
        let block = Block::new(from, v, &taus);
        if to < columns {
            block.apply(true, a.view_mut().block(from, to, rows - from, columns - to));
        }
        blocks.push(block);
    }
    (blocks, a)
}

/// One column after the other.
#[inline(always)]
fn reduce_panel<T: Scalar>(
    a: &mut Matrix<T>,
    from: usize,
    to: usize,
    v: &mut Matrix<T>,
    taus: &mut [T],
) {
    let rows = a.rows();
    let mut sums = vec![T::ZERO; to - from];
    for j in from..to {
        let mut x: Vec<T> = (j..rows).map(|i| a[(i, j)]).collect();
        let (beta, tau) = reflector::reflect(&mut x);
        taus[j - from] = tau;
        a[(j, j)] = T::from_real(beta);
        let sums = &mut sums[..to - j - 1];
        sums.fill(T::ZERO);
        for (i, x) in x.iter().enumerate() {
            v[(j + i - from, j - from)] = *x;
            let x = x.conjugate();
            for (sum, a) in sums.iter_mut().zip(&a.row(j + i)[j + 1..to]) {
                *sum = sum.plus(x, *a);
            }
        }
        for (i, x) in x.iter().enumerate() {
            let factor = tau.conjugate() * *x;
            for (a, sum) in a.row_mut(j + i)[j + 1..to].iter_mut().zip(&*sums) {
                *a = a.plus(-factor, *sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn rebuilds<T: Scalar>(a: &Matrix<T>) {
        for complete in [false, true] {
            let (q, r) = qr(a, complete);
            samples::assert_near(&q.times(&r).unwrap(), a, 1e-13);
            samples::assert_orthonormal(&q, 1e-13);
            for i in 0..r.rows().min(r.columns()) {
                assert!(r[(i, i)].real() >= 0.0 && r[(i, i)].imaginary() == 0.0);
                assert!(r.row(i)[..i].iter().all(|x| *x == T::ZERO));
            }
        }
    }

    #[test]
    fn orthonormal_times_triangular_is_the_matrix() {
        for (rows, columns) in [(0, 0), (1, 1), (3, 2), (2, 5), (40, 40), (100, 33), (33, 100)] {
            rebuilds(&samples::real(rows, columns, 1));
            rebuilds(&samples::complex(rows, columns, 2));
        }
        rebuilds(&Matrix::<f64>::zeros(3, 3));
    }

    #[test]
    fn signs_are_those_of_a_positive_diagonal() {
        let a = Matrix::new(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        let (q, _) = qr(&a, false);
        let expected = [
            0.169_030_850_945_703_3,
            0.897_085_227_145_060_7,
            0.507_092_552_837_11,
            0.276_026_223_736_941_4,
            0.845_154_254_728_516_6,
            -0.345_032_779_671_177,
        ];
        samples::assert_near(&q, &Matrix::new(3, 2, expected.to_vec()).unwrap(), 1e-14);
    }
}
