//! What makes results unique: signs and phases of vectors; and the scale that keeps squares from
//! overflow.

use super::matrix::Matrix;
use super::scalar::Scalar;

/// How much smaller than the largest entry one may be and still count as equally large.
const NEARLY: f64 = 1e-8;

/// Turns each column, which has about the length 1 or is 0, so that its entry of largest modulus, the first of those that are equal up to
/// rounding, is real and positive. Returns the conjugates of the factors.
pub(super) fn fix_columns<T: Scalar>(matrix: &mut Matrix<T>) -> Vec<T> {
    let columns = matrix.columns();
    let mut largest = vec![0.0_f64; columns];
    for i in 0..matrix.rows() {
        for (largest, x) in largest.iter_mut().zip(matrix.row(i)) {
            *largest = largest.max(x.square());
        }
    }
    let mut factors = vec![T::ZERO; columns];
    for i in 0..matrix.rows() {
        for ((factor, x), largest) in factors.iter_mut().zip(matrix.row(i)).zip(&largest) {
            let is_largest = x.square() >= largest * (1.0 - 2.0 * NEARLY);
            if *factor == T::ZERO && *largest > 0.0 && is_largest {
                *factor = x.conjugate().scale(1.0 / x.modulus());
            }
        }
    }
    for i in 0..matrix.rows() {
        for (factor, x) in factors.iter().zip(matrix.row_mut(i)) {
            if *factor != T::ZERO && *factor != T::ONE {
                let before = *x;
                *x *= *factor;
                if T::COMPLEX && x.imaginary().abs() <= f64::EPSILON * x.real() {
                    // The largest entry is real by definition, not up to rounding.
                    *x = T::from_real(before.modulus());
                }
            }
        }
    }
    factors.into_iter().map(|x| if x == T::ZERO { T::ONE } else { x.conjugate() }).collect()
}

/// Multiplies a matrix with a power of two so that its largest part is about 1; returns that power.
/// Tolerances that are compared with vectors of length 1 need it.
pub(super) fn scale<T: Scalar>(mut matrix: Matrix<T>) -> (Matrix<T>, f64) {
    let parts = matrix.data().iter().map(|x| x.real().abs().max(x.imaginary().abs()));
    let largest = parts.fold(0.0, f64::max);
    if largest == 0.0 {
        return (matrix, 1.0);
    }
    // The exponent of the inverse; neither end of the range has one.
    let exponent = (largest.to_bits() >> 52).clamp(1, 2045);
    let factor = f64::from_bits((2046 - exponent) << 52);
    matrix.data_mut().iter_mut().for_each(|x| *x = x.scale(factor));
    (matrix, factor)
}
