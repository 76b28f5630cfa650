//! The eigenvalue of largest modulus, by multiplying a vector again and again.

use super::matrix::Matrix;
use super::scalar::Scalar;
use super::{phase, product, reflector};
use crate::Error;

/// What [`power_iteration`] finds.
#[derive(Clone, Debug)]
pub struct Dominant<T> {
    /// The eigenvalue, with its sign.
    pub value: T,
    /// Its eigenvector: of length 1, the entry of largest modulus real and positive.
    pub vector: Vec<T>,
    /// How many products it took.
    pub iterations: usize,
}

/// The eigenvalue of largest modulus. Starts with ones; ends where A·x differs from λ·x by less than
/// `tolerance` times the size of λ.
///
/// # Errors
/// `a` is not square, empty or not finite; after `steps_max` products there is no end.
pub fn power_iteration<T: Scalar>(
    a: &Matrix<T>,
    steps_max: usize,
    tolerance: f64,
) -> Result<Dominant<T>, Error> {
    a.require_square()?;
    a.require_finite()?;
    let n = a.rows();
    if n == 0 {
        return Err(Error::value("empty matrix"));
    }
    let mut x = vec![T::ONE; n];
    normalize(&mut x);
    for step in 1..=steps_max {
        let y = product::matrix_times_vector(a.view(), &x);
        let value = x.iter().zip(&y).fold(T::ZERO, |sum, (x, y)| sum + x.conjugate() * *y);
        let rest: Vec<T> = x.iter().zip(&y).map(|(x, y)| *y - value * *x).collect();
        let size = reflector::length(&y);
        if reflector::length(&rest) <= tolerance * value.modulus() || size == 0.0 {
            let mut column = Matrix::new(n, 1, if size == 0.0 { x } else { y })?;
            normalize(column.data_mut());
            phase::fix_columns(&mut column);
            return Ok(Dominant { value, vector: column.into_data(), iterations: step });
        }
        x = y;
        normalize(&mut x);
    }
    Err(Error::convergence(format!("no eigenvalue after {steps_max} iterations")))
}

fn normalize<T: Scalar>(x: &mut [T]) {
    let length = T::from_real(reflector::length(x));
    x.iter_mut().for_each(|x| *x = x.over(length));
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these results are exact")]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn the_sign_of_the_eigenvalue_is_kept() {
        let a = Matrix::new(2, 2, vec![-3.0, 1.0, 1.0, -2.0]).unwrap();
        let found = power_iteration(&a, 1000, 1e-12).unwrap();
        assert!((found.value + 2.5 + 1.25_f64.sqrt()).abs() < 1e-12, "{found:?}");
        let zero = power_iteration(&Matrix::<f64>::zeros(2, 2), 10, 1e-10).unwrap();
        assert_eq!(zero.value, 0.0);
    }

    #[test]
    fn eigenvalues_of_equal_modulus_do_not_converge() {
        let a = Matrix::new(2, 2, vec![0.0, 2.0, 0.5, 0.0]).unwrap();
        assert_eq!(power_iteration(&a, 100, 1e-10).unwrap_err().kind, ErrorKind::Convergence);
    }
}
