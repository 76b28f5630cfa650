//! Lengths of vectors and matrices.

use super::matrix::Matrix;
use super::reflector;
use super::scalar::Scalar;
use super::solve::column_norm;
use super::svd::svdvals;
use crate::Error;

/// Which norm is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NormOrder {
    /// What is taken if nothing is said: the root of the sum of all squares.
    Default,
    /// Of matrices, the root of the sum of all squares.
    Frobenius,
    /// Of matrices, the sum of the singular values.
    Nuclear,
    /// 1, 2, infinite and so on.
    Number(f64),
}

/// The norm of a vector: the root of the sum of squares, or for a number p the p-th root of the sum
/// of p-th powers; the largest and smallest modulus for infinite ones, the count of what is not zero
/// for 0. Without overflow on the way. Nothing has the norm 0; what is not a number makes it that.
///
/// # Errors
/// The order is for matrices only, or not a number.
pub fn vector_norm<T: Scalar>(x: &[T], order: NormOrder) -> Result<f64, Error> {
    let p = match order {
        NormOrder::Default => 2.0,
        NormOrder::Number(p) if !p.is_nan() => p,
        NormOrder::Number(_) => return Err(Error::value("ord must not be NaN")),
        NormOrder::Frobenius => return Err(Error::value("ord \"fro\" is for matrices only")),
        NormOrder::Nuclear => return Err(Error::value("ord \"nuc\" is for matrices only")),
    };
    if x.is_empty() {
        return Ok(0.0);
    }
    let moduli: Vec<f64> = x.iter().map(|x| x.modulus()).collect();
    if p != 0.0 && moduli.iter().any(|x| x.is_nan()) {
        return Ok(f64::NAN);
    }
    let largest = moduli.iter().fold(0.0_f64, |m, x| m.max(*x));
    Ok(match p {
        0.0 => moduli.iter().fold(0.0, |count, x| if *x == 0.0 { count } else { count + 1.0 }),
        1.0 => pairwise(&moduli),
        2.0 => reflector::length(&moduli),
        f64::INFINITY => largest,
        f64::NEG_INFINITY => moduli.iter().fold(f64::INFINITY, |m, x| m.min(*x)),
        p => power_norm(&moduli, p, largest),
    })
}

fn power_norm(moduli: &[f64], p: f64, largest: f64) -> f64 {
    let smallest = moduli.iter().fold(f64::INFINITY, |m, x| m.min(*x));
    let scale = if p > 0.0 { largest } else { smallest };
    if scale == 0.0 || scale.is_infinite() {
        return scale;
    }
    let powers: Vec<f64> = moduli.iter().map(|x| libm::pow(x / scale, p)).collect();
    scale * libm::pow(pairwise(&powers), 1.0 / p)
}

/// The sum of the halves, of blocks of 128 one after the other.
fn pairwise(x: &[f64]) -> f64 {
    if x.len() <= 128 {
        return x.iter().fold(0.0, |sum, x| sum + x);
    }
    let (left, right) = x.split_at((x.len() / 2).next_multiple_of(128));
    pairwise(left) + pairwise(right)
}

/// The norm of a matrix: by default the root of the sum of all squares; for 1 and −1 the largest and
/// smallest sum of moduli in a column, for the infinite ones in a row; for 2 and −2 the largest and
/// smallest singular value.
///
/// # Errors
/// There is no such norm; singular values are wanted of a matrix that is not finite.
pub fn matrix_norm<T: Scalar>(a: &Matrix<T>, order: NormOrder) -> Result<f64, Error> {
    let empty = a.data().is_empty();
    if !empty && a.data().iter().any(|x| x.real().is_nan() || x.imaginary().is_nan()) {
        return Ok(f64::NAN);
    }
    match order {
        NormOrder::Default | NormOrder::Frobenius => {
            let moduli: Vec<f64> = a.data().iter().map(|x| x.modulus()).collect();
            Ok(reflector::length(&moduli))
        }
        NormOrder::Nuclear => Ok(pairwise(&svdvals(a)?)),
        NormOrder::Number(p) if empty && [1.0, -1.0, 2.0, -2.0].contains(&p.abs().min(2.0)) => {
            Ok(0.0)
        }
        NormOrder::Number(1.0) => Ok(column_norm(a)),
        NormOrder::Number(-1.0) => Ok(smallest_column(a)),
        NormOrder::Number(f64::INFINITY) => Ok(column_norm(&a.transpose())),
        NormOrder::Number(f64::NEG_INFINITY) => Ok(smallest_column(&a.transpose())),
        NormOrder::Number(2.0) => Ok(svdvals(a)?.first().copied().unwrap_or(0.0)),
        NormOrder::Number(-2.0) => Ok(svdvals(a)?.last().copied().unwrap_or(0.0)),
        NormOrder::Number(p) => Err(Error::value(format!(
            "ord of a matrix must be 1, -1, 2, -2, Infinity, -Infinity, \"fro\" or \"nuc\", got {p}"
        ))),
    }
}

/// The smallest sum of moduli in a column.
fn smallest_column<T: Scalar>(a: &Matrix<T>) -> f64 {
    let sums = (0..a.columns()).map(|j| a.column(j).iter().map(|x| x.modulus()).sum::<f64>());
    sums.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these results are exact")]
mod tests {
    use super::*;

    fn vector(x: &[f64], p: f64) -> f64 {
        vector_norm(x, NormOrder::Number(p)).unwrap()
    }

    #[test]
    fn norms_of_known_vectors() {
        assert_eq!(vector(&[3.0, -4.0], 2.0), 5.0);
        assert_eq!(vector(&[3.0, -4.0], 1.0), 7.0);
        assert_eq!(vector(&[3.0, -4.0], f64::INFINITY), 4.0);
        assert_eq!(vector(&[3.0, -4.0], f64::NEG_INFINITY), 3.0);
        assert_eq!(vector(&[3.0, 0.0, 4.0], 0.0), 2.0);
        assert!((vector(&[1.0, 2.0, 3.0], 3.0) - 3.301_927_248_894_626_3).abs() < 1e-15);
        assert!((vector(&[1.0, 2.0], -1.0) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(vector(&[], 2.0).to_bits(), 0);
        assert!(vector(&[f64::NAN, 1.0], f64::INFINITY).is_nan());
        assert_eq!(vector(&[f64::INFINITY, 1.0], 2.0), f64::INFINITY);
    }

    #[test]
    fn huge_and_tiny_vectors_have_lengths() {
        let near = |x: f64, y: f64| assert!((x / y - 1.0).abs() < 1e-15, "{x} {y}");
        near(vector(&[1e200, 1e200], 2.0), 1.414_213_562_373_095e200);
        near(vector(&[1e-200, 1e-200], 2.0), 1.414_213_562_373_095e-200);
        assert_eq!(vector(&[5e-324], 2.0), 5e-324);
        near(vector(&[1e200, 1e200], 3.0), libm::cbrt(2.0) * 1e200);
    }

    #[test]
    fn norms_of_known_matrices() {
        let a = Matrix::new(2, 2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let near = |order, expected: f64| {
            let norm = matrix_norm(&a, order).unwrap();
            assert!((norm - expected).abs() < 1e-14, "{order:?} {norm}");
        };
        near(NormOrder::Default, 5.477_225_575_051_661);
        near(NormOrder::Number(1.0), 6.0);
        near(NormOrder::Number(-1.0), 4.0);
        near(NormOrder::Number(f64::INFINITY), 7.0);
        near(NormOrder::Number(f64::NEG_INFINITY), 3.0);
        near(NormOrder::Number(2.0), 5.464_985_704_219_043);
        near(NormOrder::Number(-2.0), 0.365_966_190_626_257_8);
        near(NormOrder::Nuclear, 5.830_951_894_845_3);
        assert!(matrix_norm(&a, NormOrder::Number(3.0)).is_err());
    }
}
