//! Functions of square matrices: powers and the exponential.

use super::matrix::Matrix;
use super::product;
use super::scalar::Scalar;
use super::solve::{column_norm, inverse, regular};
use crate::Error;

/// The matrix multiplied with itself `exponent` times; for negative exponents, its inverse.
///
/// # Errors
/// `a` is not square, or singular where its inverse is wanted.
pub fn matrix_power<T: Scalar>(a: &Matrix<T>, exponent: i64) -> Result<Matrix<T>, Error> {
    a.require_square()?;
    let mut base = if exponent < 0 { inverse(a)? } else { a.clone() };
    let mut rest = exponent.unsigned_abs();
    let mut result: Option<Matrix<T>> = None;
    while rest > 0 {
        if rest % 2 == 1 {
            result = Some(match result {
                None => base.clone(),
                Some(result) => product::multiply(result.view(), base.view()),
            });
        }
        rest /= 2;
        if rest > 0 {
            base = product::multiply(base.view(), base.view());
        }
    }
    Ok(result.unwrap_or_else(|| Matrix::identity(a.rows(), a.rows())))
}

/// Coefficients of the numerator of Padé's approximation of degree 13.
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];
/// Up to which size the approximation is exact to rounding.
const SIZE_MAX: f64 = 4.25;

/// The sum of all Aᵏ / k!, by scaling, Padé's approximation of degree 13 and squaring, scaled by the
/// sizes of powers of A (A. H. Al-Mohy and N. J. Higham, SIAM J. Matrix Anal. Appl. 31, 2009).
///
/// # Errors
/// `a` is not square or not finite; the result is beyond all numbers.
pub fn exponential<T: Scalar>(a: &Matrix<T>) -> Result<Matrix<T>, Error> {
    a.require_square()?;
    a.require_finite()?;
    let n = a.rows();
    if n == 0 {
        return Ok(a.clone());
    }
    let times = |x: &Matrix<T>, y: &Matrix<T>| product::multiply(x.view(), y.view());
    let start = halvings(column_norm(a) / 1e25);
    let mut a = halved(a, start);
    let (a2, a4, a6) = even_powers(&a);
    let root = |m: &Matrix<T>, degree: f64| libm::pow(column_norm(m), 1.0 / degree);
    let (d6, d8, d10) = (root(&a6, 6.0), root(&times(&a4, &a4), 8.0), root(&times(&a4, &a6), 10.0));
    let size = d6.max(d8).min(d8.max(d10));
    let mut count = halvings(size / SIZE_MAX);
    let remainder = excess(&halved(&a, count));
    count = count.max(0) + remainder;
    a = halved(&a, count);
    // Powers of two change no digit.
    let (a2, a4, a6) = (halved(&a2, 2 * count), halved(&a4, 4 * count), halved(&a6, 6 * count));
    let combine = |x6: f64, x4: f64, x2: f64, x0: f64| {
        let mut sum = Matrix::zeros(n, n);
        for i in 0..n * n {
            sum.data_mut()[i] =
                a6.data()[i].scale(x6) + a4.data()[i].scale(x4) + a2.data()[i].scale(x2);
        }
        for i in 0..n {
            sum[(i, i)] += T::from_real(x0);
        }
        sum
    };
    let add = |x: Matrix<T>, y: &Matrix<T>| {
        let mut x = x;
        x.data_mut().iter_mut().zip(y.data()).for_each(|(x, y)| *x += *y);
        x
    };
    let p = &PADE;
    let odd = add(times(&a6, &combine(p[13], p[11], p[9], 0.0)), &combine(p[7], p[5], p[3], p[1]));
    let odd = times(&a, &odd);
    let even = add(times(&a6, &combine(p[12], p[10], p[8], 0.0)), &combine(p[6], p[4], p[2], p[0]));
    let above = add(even.clone(), &odd);
    let below = add(even, &odd.map(|x| -x));
    // The way of scaling keeps the condition small, so that refinement would change nothing.
    let mut result = regular(&below)?.solve(&above);
    for _ in 0..start + count {
        result = times(&result, &result);
    }
    if !result.data().iter().all(|x| x.is_finite()) {
        return Err(Error::value("the exponential is beyond all numbers"));
    }
    Ok(result)
}

/// How often a size must be halved to be at most 1.
fn halvings(size: f64) -> i32 {
    let mut count = 0;
    let mut size = size;
    while size > 1.0 && size.is_finite() {
        size *= 0.5;
        count += 1;
    }
    count
}

fn halved<T: Scalar>(a: &Matrix<T>, count: i32) -> Matrix<T> {
    let factor = libm::scalbn(1.0, -count);
    a.map(|x| x.scale(factor))
}

fn even_powers<T: Scalar>(a: &Matrix<T>) -> (Matrix<T>, Matrix<T>, Matrix<T>) {
    let a2 = product::multiply(a.view(), a.view());
    let a4 = product::multiply(a2.view(), a2.view());
    let a6 = product::multiply(a4.view(), a2.view());
    (a2, a4, a6)
}

/// How many more halvings the error of the approximation asks for: what the 27th power of the
/// moduli of the entries is beyond rounding.
fn excess<T: Scalar>(a: &Matrix<T>) -> i32 {
    let n = a.rows();
    let moduli = a.map(T::modulus);
    let norm = column_norm(a);
    if norm == 0.0 {
        return 0;
    }
    let mut row = vec![1.0; n];
    let mut logarithm = 0.0;
    for _ in 0..27 {
        row = product::vector_times_matrix(&row, moduli.view());
        let largest = row.iter().fold(0.0_f64, |m, x| m.max(*x));
        if largest == 0.0 {
            return 0;
        }
        row.iter_mut().for_each(|x| *x /= largest);
        logarithm += libm::log2(largest);
    }
    // The coefficient of the error's first term: 1 / |c₂₇|.
    let coefficient = libm::log2(113_250_775_606_021_113_483_283_660_800_000_000.0);
    let bits = logarithm - libm::log2(norm) - coefficient + 53.0;
    let wanted = (bits / 26.0).ceil();
    if wanted > 0.0 { halvings(libm::exp2(wanted.min(1000.0))) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::Complex;

    fn matrix(data: &[f64]) -> Matrix<f64> {
        Matrix::new(2, 2, data.to_vec()).unwrap()
    }

    #[test]
    fn powers_of_the_fibonacci_matrix() {
        let a = matrix(&[1.0, 1.0, 1.0, 0.0]);
        let expected = matrix(&[1_346_269.0, 832_040.0, 832_040.0, 514_229.0]);
        assert_eq!(matrix_power(&a, 30), Ok(expected));
        assert_eq!(matrix_power(&a, 0), Ok(Matrix::identity(2, 2)));
        assert_eq!(matrix_power(&a, -1), Ok(matrix(&[0.0, 1.0, 1.0, -1.0])));
        assert!(matrix_power(&matrix(&[0.0; 4]), -1).is_err());
    }

    #[test]
    fn exponentials_of_known_matrices() {
        let e = |a: &Matrix<f64>| exponential(a).unwrap();
        assert_eq!(e(&Matrix::zeros(2, 2)), Matrix::identity(2, 2));
        let (c, s) = (libm::cos(1.0), libm::sin(1.0));
        samples::assert_near(&e(&matrix(&[0.0, -1.0, 1.0, 0.0])), &matrix(&[c, -s, s, c]), 1e-15);
        // A matrix of Moler and Van Loan (SIAM Review 45, 2003).
        let expected = [
            -0.735_758_758_144_753_1,
            0.551_819_099_658_097_7,
            -1.471_517_599_088_260_5,
            1.103_638_240_715_572_5,
        ];
        samples::assert_near(&e(&matrix(&[-49.0, 24.0, -64.0, 31.0])), &matrix(&expected), 1e-12);
        samples::assert_near(
            &e(&matrix(&[1.0, 1e6, 0.0, 1.0])).map(|x| x / 1e6),
            &matrix(&[
                1e-6 * std::f64::consts::E,
                std::f64::consts::E,
                0.0,
                1e-6 * std::f64::consts::E,
            ]),
            1e-14,
        );
        assert!(exponential(&matrix(&[1e300, 0.0, 0.0, 1.0])).is_err());
    }

    #[test]
    fn the_exponential_of_a_sum_of_commuting_matrices_is_a_product() {
        let a = samples::complex(20, 20, 5);
        let double = exponential(&a.map(|x| x + x)).unwrap();
        let single = exponential(&a).unwrap();
        samples::assert_near(&single.times(&single).unwrap(), &double, 1e-12);
        let inverse = exponential(&a.map(|x| -x)).unwrap();
        let identity = Matrix::<Complex>::identity(20, 20);
        samples::assert_near(&single.times(&inverse).unwrap(), &identity, 1e-10);
    }
}
