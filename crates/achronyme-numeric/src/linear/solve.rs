//! Systems of linear equations, and inverses.

use super::kernel::wide;
use super::lu::Lu;
use super::matrix::Matrix;
use super::scalar::Scalar;
use super::{product, triangle};
use crate::Error;

/// Below which reciprocal condition a matrix counts as singular.
const RECIPROCAL_CONDITION_MIN: f64 = 2.2e-16;

/// The X of A·X = B, by elimination and one step of refinement.
///
/// # Errors
/// `a` is not square, not finite or singular; `b` has another number of rows.
pub fn solve<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>) -> Result<Matrix<T>, Error> {
    if !a.is_square() {
        return Err(Error::shape(format!(
            "square matrix required, got [{}, {}]; use lstsq",
            a.rows(),
            a.columns()
        )));
    }
    if a.rows() != b.rows() {
        return Err(Error::shape(format!(
            "cannot solve [{}, {}] with right side [{}, {}]",
            a.rows(),
            a.columns(),
            b.rows(),
            b.columns()
        )));
    }
    let lu = regular(a)?;
    let mut x = lu.solve(b);
    if x.data().iter().all(|x| x.is_finite()) {
        let mut rest = b.clone();
        subtract_product(&mut rest, a, &x);
        for (x, correction) in x.data_mut().iter_mut().zip(lu.solve(&rest).data()) {
            *x += *correction;
        }
    }
    Ok(x)
}

/// The matrix that undoes this one.
///
/// # Errors
/// `a` is not square, not finite or singular.
pub fn inverse<T: Scalar>(a: &Matrix<T>) -> Result<Matrix<T>, Error> {
    a.require_square()?;
    let lu = regular(a)?;
    Ok(lu.solve(&Matrix::identity(a.rows(), a.rows())))
}

/// The factors of a square matrix that is not singular.
pub(super) fn regular<T: Scalar>(a: &Matrix<T>) -> Result<Lu<T>, Error> {
    a.require_finite()?;
    let lu = Lu::new(a.clone());
    if lu.pivots().any(|pivot| pivot == T::ZERO) {
        return Err(Error::singular("matrix is singular"));
    }
    let reciprocal = lu.reciprocal_condition(column_norm(a));
    // A condition that is no number is one that is beyond all numbers.
    if reciprocal < RECIPROCAL_CONDITION_MIN || reciprocal.is_nan() {
        return Err(Error::singular("matrix is singular to working precision"));
    }
    Ok(lu)
}

/// Takes A·X away from `rest`.
fn subtract_product<T: Scalar>(rest: &mut Matrix<T>, a: &Matrix<T>, x: &Matrix<T>) {
    if x.columns() == 1 {
        let product = product::matrix_times_vector(a.view(), x.data());
        for (rest, product) in rest.data_mut().iter_mut().zip(product) {
            *rest -= product;
        }
    } else {
        T::add_product(rest.view_mut(), true, a.view(), x.view());
    }
}

/// The largest sum of moduli in a column.
pub(super) fn column_norm<T: Scalar>(a: &Matrix<T>) -> f64 {
    let mut sums = vec![0.0; a.columns()];
    for i in 0..a.rows() {
        for (sum, x) in sums.iter_mut().zip(a.row(i)) {
            *sum += x.modulus();
        }
    }
    sums.into_iter().fold(0.0, f64::max)
}

impl<T: Scalar> Lu<T> {
    /// The X of A·X = B for the matrix that was taken apart, which is square.
    pub(super) fn solve(&self, b: &Matrix<T>) -> Matrix<T> {
        let n = self.packed.rows();
        if b.columns() == 1 {
            let mut x = Matrix::zeros(n, 1);
            self.solve_column(b.data(), x.data_mut());
            return x;
        }
        let mut data = Vec::with_capacity(b.data().len());
        for source in &self.permutation {
            data.extend_from_slice(b.row(*source));
        }
        let mut x = Matrix::new(n, b.columns(), data).expect("as many numbers as B has");
        triangle::solve_lower(self.packed.view(), true, x.view_mut());
        triangle::solve_upper(self.packed.view(), x.view_mut());
        x
    }

    /// Writes the x of A·x = b.
    fn solve_column(&self, b: &[T], x: &mut [T]) {
        for (x, source) in x.iter_mut().zip(&self.permutation) {
            *x = b[*source];
        }
        triangle::solve_lower_vector(&self.packed, true, x);
        triangle::solve_upper_vector(&self.packed, x);
    }

    /// Writes the x of Aᴴ·x = b; `b` is used up.
    fn solve_adjoint(&self, b: &mut [T], x: &mut [T]) {
        let n = b.len();
        wide(
            #[inline(always)]
            || {
                for i in 0..n {
                    b[i] = b[i].over(self.packed[(i, i)].conjugate());
                    let (head, tail) = b.split_at_mut(i + 1);
                    for (y, u) in tail.iter_mut().zip(&self.packed.row(i)[i + 1..]) {
                        *y = y.plus(-head[i], u.conjugate());
                    }
                }
                for i in (0..n).rev() {
                    let (head, tail) = b.split_at_mut(i);
                    for (y, l) in head.iter_mut().zip(self.packed.row(i)) {
                        *y = y.plus(-tail[0], l.conjugate());
                    }
                }
            },
        );
        for (source, y) in self.permutation.iter().zip(b) {
            x[*source] = *y;
        }
    }

    /// An estimate of 1 / (‖A‖₁·‖A⁻¹‖₁), by Higham's refinement of Hager's method (ACM Transactions
    /// on Mathematical Software 14, 1988).
    pub(super) fn reciprocal_condition(&self, norm: f64) -> f64 {
        let n = self.packed.rows();
        if n == 0 {
            return 1.0;
        }
        let count = f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let size = |x: &[T]| x.iter().map(|x| x.modulus()).sum::<f64>();
        let mut x = vec![T::from_real(1.0 / count); n];
        let mut y = vec![T::ZERO; n];
        let mut estimate = 0.0_f64;
        let mut place = usize::MAX;
        for _ in 0..5 {
            self.solve_column(&x, &mut y);
            let before = estimate;
            estimate = estimate.max(size(&y));
            if n == 1 || (place != usize::MAX && estimate <= before) {
                break;
            }
            y.iter_mut().for_each(|y| *y = sign(*y));
            self.solve_adjoint(&mut y, &mut x);
            let mut next = 0;
            for (i, value) in x.iter().enumerate() {
                if value.modulus() > x[next].modulus() {
                    next = i;
                }
            }
            if next == place {
                break;
            }
            place = next;
            x.fill(T::ZERO);
            x[place] = T::ONE;
        }
        let mut factor = 1.0;
        for (i, x) in x.iter_mut().enumerate() {
            let step = f64::from(u32::try_from(i).unwrap_or(u32::MAX)) / (count - 1.0).max(1.0);
            *x = T::from_real(factor * (1.0 + step));
            factor = -factor;
        }
        self.solve_column(&x, &mut y);
        estimate = estimate.max(2.0 * size(&y) / (3.0 * count));
        1.0 / (estimate * norm)
    }
}

/// The number of modulus 1 in the same direction; 1 for zero.
fn sign<T: Scalar>(x: T) -> T {
    let modulus = x.modulus();
    if modulus == 0.0 { T::ONE } else { x.over(T::from_real(modulus)) }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn solutions_multiplied_with_the_matrix_are_the_right_side() {
        for n in [0, 1, 3, 40, 130] {
            let (a, b) = (samples::real(n, n, 3), samples::real(n, 4, 4));
            samples::assert_near(&a.times(&solve(&a, &b).unwrap()).unwrap(), &b, 1e-10);
            let (a, b) = (samples::complex(n, n, 3), samples::complex(n, 1, 4));
            samples::assert_near(&a.times(&solve(&a, &b).unwrap()).unwrap(), &b, 1e-10);
        }
    }

    #[test]
    fn the_inverse_undoes_the_matrix() {
        for n in [0, 1, 2, 50] {
            let a = samples::complex(n, n, 5);
            let product = a.times(&inverse(&a).unwrap()).unwrap();
            samples::assert_near(&product, &Matrix::identity(n, n), 1e-11);
        }
    }

    #[test]
    fn pivoting_saves_systems_with_a_tiny_first_entry() {
        let a = Matrix::new(2, 2, vec![1e-20, 1.0, 1.0, 1.0]).unwrap();
        let b = Matrix::new(2, 1, vec![1.0, 2.0]).unwrap();
        assert_eq!(solve(&a, &b).unwrap().data(), [1.0, 1.0]);
    }

    #[test]
    fn singular_matrices_and_wrong_shapes_are_errors() {
        let matrix =
            |rows, columns, data: &[f64]| Matrix::new(rows, columns, data.to_vec()).unwrap();
        let kind = |a: &Matrix<f64>| inverse(a).unwrap_err().kind;
        assert_eq!(kind(&matrix(2, 2, &[1.0, 2.0, 2.0, 4.0])), ErrorKind::Singular);
        let counted: Vec<f64> = (1..10).map(f64::from).collect();
        assert_eq!(kind(&matrix(3, 3, &counted)), ErrorKind::Singular);
        assert_eq!(kind(&matrix(1, 1, &[f64::NAN])), ErrorKind::Value);
        assert_eq!(kind(&matrix(1, 2, &[1.0, 2.0])), ErrorKind::Shape);
        let wrong = solve(&matrix(1, 1, &[1.0]), &matrix(2, 1, &[1.0, 2.0]));
        assert_eq!(wrong.unwrap_err().kind, ErrorKind::Shape);
        assert!(inverse(&samples::hilbert(5)).is_ok());
    }
}
