//! Reflections I − τ·v·vᴴ, one by one and in blocks.

use super::kernel::{LANES, add_lanes};
use super::matrix::{Matrix, ViewMut};
use super::product;
use super::scalar::Scalar;

/// Makes the reflection H = I − τ·v·vᴴ for which Hᴴ·x is β in the first place and zero elsewhere,
/// β real. Leaves v in `x`, whose first number is 1; returns β and τ.
#[inline(always)]
pub(super) fn reflect<T: Scalar>(x: &mut [T]) -> (f64, T) {
    let alpha = x[0];
    let rest = length(&x[1..]);
    if rest == 0.0 && alpha.imaginary() == 0.0 {
        x.fill(T::ZERO);
        x[0] = T::ONE;
        return (alpha.real(), T::ZERO);
    }
    let beta = -libm::hypot(alpha.modulus(), rest).copysign(alpha.real());
    let factor = T::ONE.over(alpha - T::from_real(beta));
    for x in &mut x[1..] {
        *x *= factor;
    }
    x[0] = T::ONE;
    (beta, (T::from_real(beta) - alpha).scale(1.0 / beta))
}

/// The Euclidean length, without overflow on the way.
#[inline(always)]
pub(super) fn length<T: Scalar>(x: &[T]) -> f64 {
    let squares = sum_of_squares(x, 1.0);
    if squares > 1e-200 && squares < 1e200 {
        return squares.sqrt();
    }
    let largest = x.iter().map(|x| x.real().abs().max(x.imaginary().abs())).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return if squares.is_nan() { squares } else { largest };
    }
    // Half of the scale first: the inverse of the smallest numbers is infinite.
    let scale = 2.0 / largest.max(f64::MIN_POSITIVE);
    sum_of_squares(x, scale).sqrt() * (0.5 * largest.max(f64::MIN_POSITIVE))
}

#[inline(always)]
fn sum_of_squares<T: Scalar>(x: &[T], scale: f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (blocks, rest) = x.as_chunks::<LANES>();
    for block in blocks {
        for (sum, x) in sums.iter_mut().zip(block) {
            *sum += x.scale(scale).square();
        }
    }
    for (sum, x) in sums.iter_mut().zip(rest) {
        *sum += x.scale(scale).square();
    }
    add_lanes(sums)
}

/// Reflections after each other as one: I − V·T·Vᴴ (Schreiber and Van Loan, SIAM J. Sci. Stat.
/// Comput. 10, 1989).
#[derive(Debug)]
pub(super) struct Block<T> {
    /// The first row that the reflections change.
    pub(super) top: usize,
    v: Matrix<T>,
    adjoint: Matrix<T>,
    t: Matrix<T>,
}

impl<T: Scalar> Block<T> {
    /// The product of reflections, the first one leftmost. Column `i` of `v` is zero above row `i`.
    pub(super) fn new(top: usize, v: Matrix<T>, taus: &[T]) -> Self {
        let adjoint = v.adjoint();
        let products = product::multiply(adjoint.view(), v.view());
        let count = taus.len();
        let mut t = Matrix::zeros(count, count);
        for i in 0..count {
            t[(i, i)] = taus[i];
            for row in 0..i {
                let mut sum = T::ZERO;
                for k in row..i {
                    sum += t[(row, k)] * products[(k, i)];
                }
                t[(row, i)] = -taus[i] * sum;
            }
        }
        Self { top, v, adjoint, t }
    }

    /// Multiplies the block, or its adjoint, from the left to rows from `top` on.
    pub(super) fn apply(&self, adjoint: bool, c: ViewMut<'_, T>) {
        let projections = product::multiply(self.adjoint.view(), c.view());
        let factors = if adjoint {
            product::multiply(self.t.adjoint().view(), projections.view())
        } else {
            product::multiply(self.t.view(), projections.view())
        };
        T::add_product(c, true, self.v.view(), factors.view());
    }
}

/// Multiplies all blocks, the first one leftmost, from the left.
pub(super) fn apply_all<T: Scalar>(blocks: &[Block<T>], matrix: &mut Matrix<T>) {
    let columns = matrix.columns();
    let mut whole = matrix.view_mut();
    for block in blocks.iter().rev() {
        block.apply(false, whole.block(block.top, 0, block.v.rows(), columns));
    }
}
