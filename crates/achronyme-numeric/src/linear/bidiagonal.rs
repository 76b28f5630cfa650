//! Matrices made bidiagonal and real: A = Q·B·Pᴴ.

use super::kernel::{LANES, wide};
use super::matrix::Matrix;
use super::panel::{Pair, WIDE};
use super::reflector::{self, Block};
use super::scalar::Scalar;

/// Rows that are read together.
const TALL: usize = 4;

/// A real upper bidiagonal matrix and the reflections that lead to it.
#[derive(Debug)]
pub(super) struct Bidiagonal<T> {
    /// The diagonal.
    pub(super) diagonal: Vec<f64>,
    /// What stands above it, one number less.
    pub(super) above: Vec<f64>,
    /// Their product is Q.
    pub(super) left: Vec<Block<T>>,
    /// Their product is P.
    pub(super) right: Vec<Block<T>>,
}

/// Reduces a matrix that has no more columns than rows (Dongarra, Sorensen and Hammarling, J.
/// Comput. Appl. Math. 27, 1989).
pub(super) fn reduce<T: Scalar>(mut a: Matrix<T>, with_vectors: bool) -> Bidiagonal<T> {
    let (rows, columns) = (a.rows(), a.columns());
    let mut result = Bidiagonal {
        diagonal: vec![0.0; columns],
        above: vec![0.0; columns.saturating_sub(1)],
        left: Vec::new(),
        right: Vec::new(),
    };
    for from in (0..columns).step_by(WIDE) {
        let to = (from + WIDE).min(columns);
        let deep = to - from;
        let mut panel = Panel {
            vx: Pair::new(rows - from),
            yu: Pair::new(columns - from),
            left: vec![T::ZERO; deep],
            right: vec![T::ZERO; deep],
        };
        wide(
            #[inline(always)]
            || panel.reduce(&a, from, &mut result),
        );
        if to < columns {
            let (left, right) = (panel.vx.view(deep), panel.yu.adjoint(deep, false));
            let mut whole = a.view_mut();
            let rest = whole.block(to, to, rows - to, columns - to);
            T::add_product(rest, true, left, right.view());
        }
        if with_vectors {
            let right = deep.min(columns - from - 1);
            if right > 0 {
                let u = panel.yu.columns(1, WIDE, right);
                result.right.push(Block::new(from + 1, u, &panel.right[..right]));
            }
            result.left.push(Block::new(from, panel.vx.columns(0, 0, deep), &panel.left));
        }
    }
    result
}

/// The rows and columns that are being reduced: the rest is A − V·Yᴴ − X·Uᴴ.
struct Panel<T> {
    /// V and X.
    vx: Pair<T>,
    /// Y and U.
    yu: Pair<T>,
    left: Vec<T>,
    right: Vec<T>,
}

impl<T: Scalar> Panel<T> {
    #[inline(always)]
    fn reduce(&mut self, a: &Matrix<T>, from: usize, result: &mut Bidiagonal<T>) {
        let (rows, columns) = (self.vx.len(), self.yu.len());
        let (mut v, mut x) = (vec![T::ZERO; rows], vec![T::ZERO; rows]);
        let (mut u, mut y) = (vec![T::ZERO; columns], vec![T::ZERO; columns]);
        for i in 0..self.left.len() {
            let j = from + i;
            let v = &mut v[i..];
            for (r, v) in v.iter_mut().enumerate() {
                *v = a[(j + r, j)];
            }
            self.vx.subtract(i, &self.yu.conjugate(i), v);
            let (beta, tau) = reflector::reflect(v);
            result.diagonal[j] = beta;
            self.left[i] = tau;
            self.vx.set(i, i, v);
            if i + 1 == columns {
                continue;
            }
            let y = &mut y[i + 1..];
            y.fill(T::ZERO);
            adjoint_times(a, j, j + 1, v, y);
            self.yu.subtract(i + 1, &self.vx.adjoint_times(i, v), y);
            y.iter_mut().for_each(|y| *y *= tau);
            self.yu.set(i + 1, i, y);
            let u = &mut u[i + 1..];
            for (u, a) in u.iter_mut().zip(&a.row(j)[j + 1..]) {
                *u = a.conjugate();
            }
            self.yu.subtract(i + 1, &self.vx.conjugate(i), u);
            let (beta, tau) = reflector::reflect(u);
            result.above[j] = beta;
            self.right[i] = tau;
            self.yu.set(i + 1, WIDE + i, u);
            let x = &mut x[i + 1..];
            let rest = a.view().block(j + 1, j + 1, x.len(), u.len());
            T::times_vector(rest, u, x);
            self.vx.subtract(i + 1, &self.yu.adjoint_times(i + 1, u), x);
            x.iter_mut().for_each(|x| *x *= tau);
            self.vx.set(i + 1, WIDE + i, x);
        }
    }
}

/// Adds Aᴴ·x for the block from `top` and `left` on to `y`.
#[inline(always)]
fn adjoint_times<T: Scalar>(a: &Matrix<T>, top: usize, left: usize, x: &[T], y: &mut [T]) {
    let (groups, rest) = x.as_chunks::<TALL>();
    for (group, x) in groups.iter().enumerate() {
        let row = |r: usize| &a.row(top + group * TALL + r)[left..];
        add_four([row(0), row(1), row(2), row(3)], x, y);
    }
    for (r, x) in rest.iter().enumerate() {
        for (y, a) in y.iter_mut().zip(&a.row(top + groups.len() * TALL + r)[left..]) {
            *y = y.plus(a.conjugate(), *x);
        }
    }
}

/// Adds the adjoints of four rows times their factors to `y`.
#[inline(always)]
fn add_four<T: Scalar>(rows: [&[T]; TALL], x: &[T; TALL], y: &mut [T]) {
    let (y_blocks, y_rest) = y.as_chunks_mut::<LANES>();
    let [(a0, r0), (a1, r1), (a2, r2), (a3, r3)] = rows.map(|row| row.as_chunks::<LANES>());
    for ((((y, a0), a1), a2), a3) in y_blocks.iter_mut().zip(a0).zip(a1).zip(a2).zip(a3) {
        let mut terms = [T::ZERO; LANES];
        for lane in 0..LANES {
            terms[lane] = y[lane]
                .plus(a0[lane].conjugate(), x[0])
                .plus(a1[lane].conjugate(), x[1])
                .plus(a2[lane].conjugate(), x[2])
                .plus(a3[lane].conjugate(), x[3]);
        }
        *y = terms;
    }
    for (lane, y) in y_rest.iter_mut().enumerate() {
        *y = y
            .plus(r0[lane].conjugate(), x[0])
            .plus(r1[lane].conjugate(), x[1])
            .plus(r2[lane].conjugate(), x[2])
            .plus(r3[lane].conjugate(), x[3]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn rebuilds<T: Scalar>(a: &Matrix<T>) {
        let (rows, columns) = (a.rows(), a.columns());
        let reduced = reduce(a.clone(), true);
        let mut q = Matrix::identity(rows, columns);
        reflector::apply_all(&reduced.left, &mut q);
        let mut p = Matrix::identity(columns, columns);
        reflector::apply_all(&reduced.right, &mut p);
        samples::assert_orthonormal(&q, 1e-13);
        samples::assert_orthonormal(&p, 1e-13);
        let b = Matrix::from_fn(columns, columns, |i, j| {
            T::from_real(match j.wrapping_sub(i) {
                0 => reduced.diagonal[i],
                1 => reduced.above[i],
                _ => 0.0,
            })
        });
        samples::assert_near(&q.times(&b).unwrap().times(&p.adjoint()).unwrap(), a, 1e-13);
    }

    #[test]
    fn reflections_around_the_bidiagonal_matrix_are_the_matrix() {
        for (rows, columns) in
            [(0, 0), (1, 1), (5, 1), (2, 2), (7, 5), (33, 33), (70, 66), (100, 34)]
        {
            rebuilds(&samples::real(rows, columns, 1));
            rebuilds(&samples::complex(rows, columns, 2));
        }
    }
}
