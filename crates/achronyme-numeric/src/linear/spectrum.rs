//! What singular values answer: rank, condition, least squares, inverses of what has none, and the
//! spaces of a matrix.

use super::matrix::Matrix;
use super::scalar::Scalar;
use super::svd::{squared, svd, svdvals};
use super::{phase, product, solve};
use crate::Error;

/// The default below which singular values count as zero, relative to the largest.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn cut<T: Scalar>(a: &Matrix<T>) -> f64 {
    a.rows().max(a.columns()) as f64 * f64::EPSILON
}

/// How many of the values, which descend, lie above `cut` times the first.
fn count_above(s: &[f64], cut: f64) -> usize {
    let least = s.first().map_or(0.0, |first| cut * first);
    s.iter().take_while(|s| **s > least).count()
}

/// How many singular values are larger than `tolerance`, by default the larger side of the matrix
/// times the rounding of the largest value.
///
/// # Errors
/// `a` is not finite.
pub fn rank<T: Scalar>(a: &Matrix<T>, tolerance: Option<f64>) -> Result<usize, Error> {
    let s = svdvals(a)?;
    Ok(match tolerance {
        Some(tolerance) => s.iter().take_while(|s| **s > tolerance).count(),
        None => count_above(&s, cut(a)),
    })
}

/// Which norm a condition is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionNorm {
    /// The largest singular value.
    Two,
    /// The largest sum of moduli in a column.
    One,
    /// The largest sum of moduli in a row.
    Infinity,
    /// The root of the sum of all squares.
    Frobenius,
    /// The smallest singular value.
    MinusTwo,
}

/// How much larger errors can become where the matrix is inverted; infinite for singular ones.
///
/// # Errors
/// `a` is not finite; it is not square and the norm is not made of singular values.
pub fn condition<T: Scalar>(a: &Matrix<T>, norm: ConditionNorm) -> Result<f64, Error> {
    let quotient = |x: f64, y: f64| if x == 0.0 && y == 0.0 { f64::INFINITY } else { x / y };
    match norm {
        ConditionNorm::Two | ConditionNorm::MinusTwo => {
            let s = svdvals(a)?;
            let (Some(first), Some(last)) = (s.first(), s.last()) else { return Ok(0.0) };
            if norm == ConditionNorm::MinusTwo {
                return Ok(if *first == 0.0 { f64::INFINITY } else { last / first });
            }
            return Ok(quotient(*first, *last));
        }
        ConditionNorm::One | ConditionNorm::Infinity | ConditionNorm::Frobenius => {}
    }
    a.require_square()?;
    a.require_finite()?;
    let size = |m: &Matrix<T>| match norm {
        ConditionNorm::Infinity => solve::column_norm(&m.transpose()),
        ConditionNorm::Frobenius => super::reflector::length(m.data()),
        ConditionNorm::One | ConditionNorm::Two | ConditionNorm::MinusTwo => solve::column_norm(m),
    };
    if a.rows() == 0 {
        return Ok(0.0);
    }
    let lu = super::Lu::new(a.clone());
    if lu.pivots().any(|pivot| pivot == T::ZERO) {
        return Ok(f64::INFINITY);
    }
    let result = size(a) * size(&lu.solve(&Matrix::identity(a.rows(), a.rows())));
    Ok(if result.is_nan() { f64::INFINITY } else { result })
}

/// The matrix that inverts `a` as far as that is possible (Moore and Penrose). Singular values up to
/// `cut` times the largest count as zero.
///
/// # Errors
/// `a` is not finite.
pub fn pseudo_inverse<T: Scalar>(a: &Matrix<T>, cut: f64) -> Result<Matrix<T>, Error> {
    let parts = svd(a, false)?;
    let kept = count_above(&parts.s, cut);
    let mut left = parts.vt.block(0, 0, kept, a.columns()).adjoint();
    divide_columns(&mut left, &parts.s);
    let right = parts.u.block(0, 0, a.rows(), kept).adjoint();
    Ok(product::multiply(left.view(), right.view()))
}

fn divide_columns<T: Scalar>(m: &mut Matrix<T>, s: &[f64]) {
    for i in 0..m.rows() {
        for (x, s) in m.row_mut(i).iter_mut().zip(s) {
            *x = x.over(T::from_real(*s));
        }
    }
}

/// What [`least_squares`] finds.
#[derive(Clone, Debug)]
pub struct LeastSquares<T> {
    /// A column for each right side: of all best ones, the shortest.
    pub x: Matrix<T>,
    /// For each right side, the square of the length of what remains of it.
    pub residuals: Vec<f64>,
    /// How many singular values do not count as zero.
    pub rank: usize,
    /// The singular values, descending.
    pub s: Vec<f64>,
}

/// The X for which A·X is nearest to B. Singular values up to `cut` times the largest count as zero;
/// the default is the larger side of the matrix times the rounding of 1.
///
/// # Errors
/// `a` is not finite; `b` has another number of rows.
pub fn least_squares<T: Scalar>(
    a: &Matrix<T>,
    b: &Matrix<T>,
    limit: Option<f64>,
) -> Result<LeastSquares<T>, Error> {
    if a.rows() != b.rows() {
        return Err(Error::shape(format!(
            "cannot solve [{}, {}] with right side [{}, {}]",
            a.rows(),
            a.columns(),
            b.rows(),
            b.columns()
        )));
    }
    b.require_finite()?;
    a.require_finite()?;
    // Of a matrix much taller than wide, A = Q·R, only R is taken apart: Q is never made.
    let (scaled, factor) = phase::scale(a.clone());
    let (blocks, square) = squared(scaled);
    let mut right = b.clone();
    for block in &blocks {
        let mut right = right.view_mut();
        block.apply(true, right.block(block.top, 0, b.rows() - block.top, b.columns()));
    }
    let mut parts = svd(&square, false)?;
    parts.s.iter_mut().for_each(|s| *s /= factor);
    let rank = count_above(&parts.s, limit.unwrap_or_else(|| cut(a)));
    let u = parts.u.block(0, 0, square.rows(), rank).adjoint();
    let right = right.view().block(0, 0, square.rows(), b.columns());
    let mut projections = product::multiply(u.view(), right);
    for (i, s) in parts.s.iter().enumerate().take(rank) {
        let s = T::from_real(*s);
        projections.row_mut(i).iter_mut().for_each(|x| *x = x.over(s));
    }
    let v = parts.vt.block(0, 0, rank, a.columns()).adjoint();
    let x = product::multiply(v.view(), projections.view());
    let mut rest = b.clone();
    T::add_product(rest.view_mut(), true, a.view(), x.view());
    let mut residuals = vec![0.0; b.columns()];
    for i in 0..rest.rows() {
        for (sum, x) in residuals.iter_mut().zip(rest.row(i)) {
            *sum += x.square();
        }
    }
    Ok(LeastSquares { x, residuals, rank, s: parts.s })
}

/// Orthonormal columns that span what the matrix maps to zero.
///
/// # Errors
/// `a` is not finite.
pub fn null_space<T: Scalar>(a: &Matrix<T>, limit: Option<f64>) -> Result<Matrix<T>, Error> {
    let parts = svd(a, true)?;
    let rank = count_above(&parts.s, limit.unwrap_or_else(|| cut(a)));
    Ok(parts.vt.block(rank, 0, a.columns() - rank, a.columns()).adjoint())
}

/// Orthonormal columns that span the columns of the matrix.
///
/// # Errors
/// `a` is not finite.
pub fn column_space<T: Scalar>(a: &Matrix<T>, limit: Option<f64>) -> Result<Matrix<T>, Error> {
    let parts = svd(a, false)?;
    let rank = count_above(&parts.s, limit.unwrap_or_else(|| cut(a)));
    Ok(parts.u.block(0, 0, a.rows(), rank))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn matrix(rows: usize, columns: usize, data: &[f64]) -> Matrix<f64> {
        Matrix::new(rows, columns, data.to_vec()).unwrap()
    }

    #[test]
    fn ranks_of_known_matrices() {
        let counted: Vec<f64> = (1..10).map(f64::from).collect();
        assert_eq!(rank(&matrix(3, 3, &counted), None), Ok(2));
        assert_eq!(rank(&Matrix::<f64>::zeros(2, 2), None), Ok(0));
        assert_eq!(rank(&Matrix::<f64>::zeros(0, 2), None), Ok(0));
        assert_eq!(rank(&samples::hilbert(12), None), Ok(11));
        assert_eq!(rank(&matrix(2, 2, &[1.0, 0.0, 0.0, 1e-3]), Some(0.01)), Ok(1));
    }

    #[test]
    fn conditions_of_known_matrices() {
        let a = matrix(2, 2, &[1.0, 2.0, 3.0, 4.0]);
        let near = |norm, expected: f64| {
            let value = condition(&a, norm).unwrap();
            assert!((value - expected).abs() < 1e-12 * expected, "{norm:?} {value}");
        };
        near(ConditionNorm::Two, 14.933_034_373_659_265);
        near(ConditionNorm::MinusTwo, 1.0 / 14.933_034_373_659_265);
        near(ConditionNorm::One, 21.0);
        near(ConditionNorm::Infinity, 21.0);
        near(ConditionNorm::Frobenius, 15.0);
        for norm in [ConditionNorm::Two, ConditionNorm::One] {
            assert_eq!(condition(&Matrix::<f64>::zeros(2, 2), norm), Ok(f64::INFINITY));
        }
    }

    #[test]
    fn the_pseudo_inverse_satisfies_the_laws_of_penrose() {
        for (rows, columns) in [(4, 4), (7, 3), (3, 7), (0, 2)] {
            let a = samples::complex(rows, columns, 1);
            let p = pseudo_inverse(&a, 1e-15).unwrap();
            let ap = a.times(&p).unwrap();
            let pa = p.times(&a).unwrap();
            samples::assert_near(&ap.times(&a).unwrap(), &a, 1e-12);
            samples::assert_near(&pa.times(&p).unwrap(), &p, 1e-12);
            samples::assert_near(&ap.adjoint(), &ap, 1e-12);
            samples::assert_near(&pa.adjoint(), &pa, 1e-12);
        }
        let p = pseudo_inverse(&matrix(2, 2, &[1.0, 2.0, 2.0, 4.0]), 1e-15).unwrap();
        samples::assert_near(&p, &matrix(2, 2, &[0.04, 0.08, 0.08, 0.16]), 1e-15);
    }

    #[test]
    fn least_squares_of_lines_and_of_systems_with_many_solutions() {
        let a = matrix(3, 2, &[1.0, 0.0, 1.0, 1.0, 1.0, 2.0]);
        let found = least_squares(&a, &matrix(3, 1, &[1.0, 2.0, 4.0]), None).unwrap();
        samples::assert_near(&found.x, &matrix(2, 1, &[5.0 / 6.0, 1.5]), 1e-14);
        assert!((found.residuals[0] - 1.0 / 6.0).abs() < 1e-14);
        let found = least_squares(&matrix(1, 3, &[1.0; 3]), &matrix(1, 1, &[3.0]), None).unwrap();
        samples::assert_near(&found.x, &matrix(3, 1, &[1.0; 3]), 1e-15);
        assert_eq!(found.rank, 1);
    }

    #[test]
    fn spaces_are_orthonormal_and_complete() {
        let a = samples::complex(5, 2, 3).times(&samples::complex(2, 6, 4)).unwrap();
        let null = null_space(&a, None).unwrap();
        assert_eq!((null.rows(), null.columns()), (6, 4));
        samples::assert_orthonormal(&null, 1e-13);
        samples::assert_near(&a.times(&null).unwrap(), &Matrix::zeros(5, 4), 1e-13);
        let span = column_space(&a, None).unwrap();
        assert_eq!((span.rows(), span.columns()), (5, 2));
        let projected = span.times(&span.adjoint().times(&a).unwrap()).unwrap();
        samples::assert_near(&projected, &a, 1e-13);
    }
}
