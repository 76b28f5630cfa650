//! A = U·Σ·Vᴴ, the singular value decomposition.

use super::matrix::Matrix;
use super::reflector::{self, Block};
use super::scalar::Scalar;
use super::{bidiagonal, conquer, golub, phase, qr};
use crate::Error;

/// The singular value decomposition of a matrix.
#[derive(Clone, Debug)]
pub struct Svd<T> {
    /// U, orthonormal columns; the entry of largest modulus of each is real and positive.
    pub u: Matrix<T>,
    /// The singular values, descending.
    pub s: Vec<f64>,
    /// Vᴴ, orthonormal rows.
    pub vt: Matrix<T>,
}

/// Takes a matrix apart. With `full`, U and Vᴴ are square; otherwise they have as many columns and
/// rows as there are singular values.
///
/// # Errors
/// `a` is not finite.
pub fn svd<T: Scalar>(a: &Matrix<T>, full: bool) -> Result<Svd<T>, Error> {
    a.require_finite()?;
    let (scaled, factor) = phase::scale(a.clone());
    let wide = a.columns() > a.rows();
    let tall = if wide { scaled.adjoint() } else { scaled };
    let (left, s, right) = tall_svd(tall, full)?;
    let (mut u, mut v) = if wide { (right, left) } else { (left, right) };
    let s: Vec<f64> = s.into_iter().map(|s| s / factor).collect();
    let turns = phase::fix_columns(&mut u);
    for i in 0..v.rows() {
        for ((v, turn), _) in v.row_mut(i).iter_mut().zip(&turns).zip(&s) {
            *v *= turn.conjugate();
        }
    }
    if v.columns() > s.len() {
        fix_rest(&mut v, s.len());
    }
    Ok(Svd { u, s, vt: v.adjoint() })
}

/// The singular values alone, descending.
///
/// # Errors
/// `a` is not finite.
pub fn svdvals<T: Scalar>(a: &Matrix<T>) -> Result<Vec<f64>, Error> {
    a.require_finite()?;
    let (scaled, factor) = phase::scale(a.clone());
    let tall = if a.columns() > a.rows() { scaled.adjoint() } else { scaled };
    let (_, square) = squared(tall);
    let mut reduced = bidiagonal::reduce(square, false);
    golub::iterate(&mut reduced.diagonal, &mut reduced.above, None)?;
    let mut values: Vec<f64> = reduced.diagonal.iter().map(|value| value.abs() / factor).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    Ok(values)
}

/// Columns that belong to no singular value have signs as well.
fn fix_rest<T: Scalar>(v: &mut Matrix<T>, from: usize) {
    let mut rest = v.block(0, from, v.rows(), v.columns() - from);
    phase::fix_columns(&mut rest);
    for i in 0..v.rows() {
        v.row_mut(i)[from..].copy_from_slice(rest.row(i));
    }
}

/// Much taller than wide: only R of A = Q·R is taken apart further.
pub(super) fn squared<T: Scalar>(a: Matrix<T>) -> (Vec<Block<T>>, Matrix<T>) {
    let (rows, columns) = (a.rows(), a.columns());
    if rows * 10 < columns * 16 {
        return (Vec::new(), a);
    }
    let (blocks, packed) = qr::reduce(a);
    let r = Matrix::from_fn(columns, columns, |i, j| if i <= j { packed[(i, j)] } else { T::ZERO });
    (blocks, r)
}

/// U, the singular values and V.
type Tall<T> = (Matrix<T>, Vec<f64>, Matrix<T>);

/// The parts of a matrix that has no more columns than rows.
fn tall_svd<T: Scalar>(a: Matrix<T>, full: bool) -> Result<Tall<T>, Error> {
    let (rows, columns) = (a.rows(), a.columns());
    let (outer, square) = squared(a);
    let reduced = bidiagonal::reduce(square, true);
    let parts = conquer::singular(&reduced.diagonal, &reduced.above)?;
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by(|a, b| parts.values[*b].total_cmp(&parts.values[*a]));
    let place = |vectors: &Matrix<f64>, tall: usize, wide: usize| {
        let mut result = Matrix::zeros(tall, wide);
        for (j, source) in order.iter().enumerate() {
            for (i, x) in vectors.row(*source).iter().enumerate() {
                result[(i, j)] = T::from_real(*x);
            }
        }
        for i in columns..wide {
            result[(i, i)] = T::ONE;
        }
        result
    };
    let mut u = place(&parts.left, rows, if full { rows } else { columns });
    reflector::apply_all(&reduced.left, &mut u);
    reflector::apply_all(&outer, &mut u);
    let mut v = place(&parts.right, columns, columns);
    reflector::apply_all(&reduced.right, &mut v);
    let value = |i: &usize| {
        let value = parts.values[*i];
        if value <= 1e10 * conquer::NOTHING { 0.0 } else { value }
    };
    Ok((u, order.iter().map(value).collect(), v))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::Complex;

    fn rebuilds<T: Scalar>(a: &Matrix<T>) {
        for full in [false, true] {
            let Svd { u, s, vt } = svd(a, full).unwrap();
            samples::assert_orthonormal(&u, 2e-13);
            samples::assert_orthonormal(&vt.adjoint(), 2e-13);
            assert!(s.is_sorted_by(|x, y| x >= y) && s.iter().all(|s| *s >= 0.0));
            let scaled = Matrix::from_fn(u.rows(), vt.rows(), |i, j| {
                if j < s.len() { u[(i, j)].scale(s[j]) } else { T::ZERO }
            });
            let product = scaled.times(&vt).unwrap();
            let size = s.first().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
            let relative = |m: &Matrix<T>| m.map(|x| x.scale(1.0 / size));
            samples::assert_near(&relative(&product), &relative(a), 2e-14);
            for (x, y) in svdvals(a).unwrap().iter().zip(&s) {
                assert!((x - y).abs() <= 1e-13 * size, "{x} {y}");
            }
        }
    }

    #[test]
    fn the_parts_multiply_to_the_matrix() {
        for (rows, columns) in [
            (0, 0),
            (0, 3),
            (1, 1),
            (3, 2),
            (2, 5),
            (24, 24),
            (25, 25),
            (60, 55),
            (150, 60),
            (60, 130),
            (200, 200),
        ] {
            rebuilds(&samples::real(rows, columns, 1));
            rebuilds(&samples::complex(rows, columns, 2));
        }
    }

    #[test]
    fn singular_and_nearly_singular_matrices_are_no_trouble() {
        rebuilds(&Matrix::<f64>::zeros(60, 60));
        rebuilds(&Matrix::<f64>::identity(70, 70));
        rebuilds(&samples::hilbert(80));
        rebuilds(&Matrix::from_fn(100, 80, |_, _| 1.0));
        rebuilds(&samples::hilbert(50).map(|x| x * 1e-200));
        rebuilds(&samples::hilbert(50).map(|x| x * 1e200));
        let thin = samples::real(90, 10, 3);
        rebuilds(&thin.times(&samples::real(10, 90, 4)).unwrap());
        rebuilds(&Matrix::from_fn(60, 60, |i, j| if j == i + 1 { 1.0 } else { 0.0 }));
    }

    #[test]
    fn values_of_known_matrices() {
        let near = |values: Vec<f64>, expected: &[f64]| {
            assert_eq!(values.len(), expected.len());
            assert!(values.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-14), "{values:?}");
        };
        let a = Matrix::new(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        near(svdvals(&a).unwrap(), &[9.525_518_091_565_107, 0.514_300_580_658_644]);
        let z = Complex::new;
        let data = vec![z(1.0, 2.0), z(3.0, 0.0), z(0.0, 0.0), z(4.0, -1.0)];
        let a = Matrix::new(2, 2, data).unwrap();
        near(svdvals(&a).unwrap(), &[5.287_715_555_358_203, 1.743_577_989_544_169_4]);
    }
}
