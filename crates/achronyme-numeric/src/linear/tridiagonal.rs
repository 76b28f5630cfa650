//! Hermitian matrices made tridiagonal and real: A = Q·T·Qᴴ.

use super::kernel::wide;
use super::matrix::Matrix;
use super::panel::{self, Pair, WIDE};
use super::reflector::{self, Block};
use super::scalar::Scalar;

/// Rows that are read together.
const TALL: usize = 4;

/// A real symmetric tridiagonal matrix and the reflections that lead to it.
#[derive(Debug)]
pub(super) struct Tridiagonal<T> {
    /// The diagonal.
    pub(super) diagonal: Vec<f64>,
    /// What stands next to it, one number less.
    pub(super) beside: Vec<f64>,
    /// Their product is Q.
    pub(super) blocks: Vec<Block<T>>,
}

/// Reduces a matrix of which only the lower triangle is read (Dongarra, Sorensen and Hammarling,
/// J. Comput. Appl. Math. 27, 1989).
pub(super) fn reduce<T: Scalar>(mut a: Matrix<T>, with_vectors: bool) -> Tridiagonal<T> {
    let n = a.rows();
    let mut result = Tridiagonal {
        diagonal: vec![0.0; n],
        beside: vec![0.0; n.saturating_sub(1)],
        blocks: Vec::new(),
    };
    let steps = n.saturating_sub(1);
    for from in (0..steps).step_by(WIDE) {
        let to = (from + WIDE).min(steps);
        let mut panel = Panel { vw: Pair::new(n - from), taus: vec![T::ZERO; to - from] };
        wide(
            #[inline(always)]
            || panel.reduce(&a, from, &mut result),
        );
        subtract(&mut a, to, &panel.vw, to - from);
        if with_vectors {
            let v = panel.vw.columns(1, 0, to - from);
            result.blocks.push(Block::new(from + 1, v, &panel.taus));
        }
    }
    if n > 0 {
        result.diagonal[n - 1] = a[(n - 1, n - 1)].real();
    }
    result
}

/// Takes V·Wᴴ + W·Vᴴ away from the lower triangle of the rest, whose first row is row `top` of the
/// panel.
fn subtract<T: Scalar>(a: &mut Matrix<T>, from: usize, vw: &Pair<T>, top: usize) {
    const SIDE: usize = 96;
    let (left, right) = (vw.view(top), vw.adjoint(top, true));
    let rows = left.rows;
    for top in (0..rows).step_by(SIDE) {
        let tall = SIDE.min(rows - top);
        T::add_product(
            a.view_mut().block(from + top, from, tall, top + tall),
            true,
            left.block(top, 0, tall, left.columns),
            right.view().block(0, 0, left.columns, top + tall),
        );
    }
}

/// The columns that are being reduced: the rest is A − V·Wᴴ − W·Vᴴ.
struct Panel<T> {
    /// V and W.
    vw: Pair<T>,
    taus: Vec<T>,
}

impl<T: Scalar> Panel<T> {
    /// Reduces the columns from `from` on.
    #[inline(always)]
    fn reduce(&mut self, a: &Matrix<T>, from: usize, result: &mut Tridiagonal<T>) {
        let rows = self.vw.len();
        let mut x = vec![T::ZERO; rows];
        let mut p = vec![T::ZERO; rows];
        for i in 0..self.taus.len() {
            let j = from + i;
            let x = &mut x[i..];
            for (r, x) in x.iter_mut().enumerate() {
                *x = a[(j + r, j)];
            }
            self.vw.subtract(i, &panel::swapped(&self.vw.conjugate(i)), x);
            result.diagonal[j] = x[0].real();
            let (beta, tau) = reflector::reflect(&mut x[1..]);
            result.beside[j] = beta;
            self.taus[i] = tau;
            let v = &x[1..];
            let p = &mut p[i + 1..];
            p.fill(T::ZERO);
            times_vector(a, j + 1, v, p);
            let projections = self.vw.adjoint_times(i + 1, v);
            self.vw.subtract(i + 1, &panel::swapped(&projections), p);
            let mut product = T::ZERO;
            for (p, v) in p.iter().zip(v) {
                product += v.conjugate() * *p;
            }
            let half = 0.5 * tau.square() * product.real();
            for (p, v) in p.iter_mut().zip(v) {
                *p = tau * *p - v.scale(half);
            }
            self.vw.set(i + 1, i, v);
            self.vw.set(i + 1, WIDE + i, p);
        }
    }
}

/// Adds A·x for the block from `from` on, of which the lower triangle is read, to `y`.
#[inline(always)]
fn times_vector<T: Scalar>(a: &Matrix<T>, from: usize, x: &[T], y: &mut [T]) {
    let n = x.len();
    let mut top = 0;
    while top < n {
        let tall = TALL.min(n - top);
        if tall == TALL && top > 0 {
            let row = |r: usize| &a.row(from + top + r)[from..from + top];
            let rows = [row(0), row(1), row(2), row(3)];
            let factors = [x[top], x[top + 1], x[top + 2], x[top + 3]];
            let sums = T::four_rows(rows, factors, &x[..top], &mut y[..top]);
            for (y, sum) in y[top..].iter_mut().zip(sums) {
                *y += sum;
            }
        } else {
            for r in top..top + tall {
                let row = &a.row(from + r)[from..from + top];
                let mut sum = T::ZERO;
                for ((y, a), other) in y.iter_mut().zip(row).zip(x) {
                    sum = sum.plus(*a, *other);
                    *y = y.plus(a.conjugate(), x[r]);
                }
                y[r] += sum;
            }
        }
        for r in top..top + tall {
            let row = a.row(from + r);
            for c in top..r {
                y[r] = y[r].plus(row[from + c], x[c]);
                y[c] = y[c].plus(row[from + c].conjugate(), x[r]);
            }
            y[r] += x[r].scale(row[from + r].real());
        }
        top += tall;
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn rebuilds<T: Scalar>(x: &Matrix<T>) {
        let n = x.rows();
        let adjoint = x.adjoint();
        let a = Matrix::from_fn(n, n, |i, j| x[(i, j)] + adjoint[(i, j)]);
        let reduced = reduce(a.clone(), true);
        let mut q = Matrix::identity(n, n);
        reflector::apply_all(&reduced.blocks, &mut q);
        samples::assert_orthonormal(&q, 1e-13);
        let t = Matrix::from_fn(n, n, |i, j| {
            T::from_real(match i.abs_diff(j) {
                0 => reduced.diagonal[i],
                1 => reduced.beside[i.min(j)],
                _ => 0.0,
            })
        });
        let product = q.times(&t).unwrap().times(&q.adjoint()).unwrap();
        samples::assert_near(&product, &a, 1e-13);
    }

    #[test]
    fn reflections_around_the_tridiagonal_matrix_are_the_matrix() {
        for n in [0, 1, 2, 3, 10, 33, 34, 70, 131] {
            rebuilds(&samples::real(n, n, 1));
            rebuilds(&samples::complex(n, n, 2));
        }
    }
}
