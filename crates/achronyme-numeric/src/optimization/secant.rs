//! Matrices that learn from steps: Broyden's and BFGS.

use super::dogleg::dot;
use crate::Error;
use crate::linear::{Matrix, matrix_times_vector};

/// A Jacobian after a step over which the values changed by this, changed as little as possible in
/// scaled variables (C. G. Broyden 1965). It stays as it is where the step is 0 or the change is not
/// finite.
///
/// # Errors
/// The sizes do not fit.
pub fn broyden(
    mut jacobian: Matrix<f64>,
    step: &[f64],
    scale: &[f64],
    change: &[f64],
) -> Result<Matrix<f64>, Error> {
    if jacobian.columns() != step.len()
        || scale.len() != step.len()
        || jacobian.rows() != change.len()
    {
        return Err(Error::shape("the step does not fit the Jacobian"));
    }
    let direction: Vec<f64> = step.iter().zip(scale).map(|(s, d)| d * (d * s)).collect();
    let size = dot(&direction, step);
    let predicted = matrix_times_vector(jacobian.view(), step);
    if !(size > 0.0 && size.is_finite() && change.iter().all(|c| c.is_finite())) {
        return Ok(jacobian);
    }
    for (row, (change, predicted)) in change.iter().zip(&predicted).enumerate() {
        let miss = (change - predicted) / size;
        for (entry, direction) in jacobian.row_mut(row).iter_mut().zip(&direction) {
            *entry += miss * direction;
        }
    }
    Ok(jacobian)
}

/// The inverse of a Hessian after a step over which the gradient changed by this (Broyden, Fletcher,
/// Goldfarb, Shanno 1970). It stays as it is, and positive definite, where the change has no
/// component in the direction of the step.
///
/// # Errors
/// The sizes do not fit.
pub fn bfgs(inverse: Matrix<f64>, step: &[f64], change: &[f64]) -> Result<Matrix<f64>, Error> {
    if inverse.rows() != step.len() || inverse.columns() != step.len() || change.len() != step.len()
    {
        return Err(Error::shape("the step does not fit the Hessian"));
    }
    let mut inverse = inverse;
    let curvature = dot(step, change);
    let moved = matrix_times_vector(inverse.view(), change);
    let factor = (1.0 + dot(change, &moved) / curvature) / curvature;
    if !(curvature > 0.0 && factor.is_finite()) {
        return Ok(inverse);
    }
    for i in 0..step.len() {
        for (j, entry) in inverse.row_mut(i).iter_mut().enumerate() {
            let cross = moved[i] * step[j] + step[i] * moved[j];
            *entry += factor * step[i] * step[j] - cross / curvature;
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_explain_the_last_step() {
        let (step, change) = ([1.0, -2.0, 0.5], [0.5, -3.0, 1.0]);
        let start = Matrix::new(3, 3, vec![2.0, 0.5, 0.0, 0.5, 3.0, 0.1, 0.0, 0.1, 1.0]).unwrap();
        let jacobian = broyden(start.clone(), &step, &[1.0, 2.0, 3.0], &change).unwrap();
        for (found, change) in matrix_times_vector(jacobian.view(), &step).iter().zip(change) {
            assert!((found - change).abs() < 1e-14);
        }
        let inverse = bfgs(start, &step, &change).unwrap();
        for (found, step) in matrix_times_vector(inverse.view(), &change).iter().zip(step) {
            assert!((found - step).abs() < 1e-14);
        }
        assert_eq!(inverse.transpose(), inverse);
    }

    #[test]
    fn steps_that_say_nothing_change_nothing() {
        let start = Matrix::identity(2, 2);
        let same = |found: Result<Matrix<f64>, Error>| assert_eq!(found, Ok(start.clone()));
        same(broyden(start.clone(), &[0.0, 0.0], &[1.0, 1.0], &[1.0, 1.0]));
        same(broyden(start.clone(), &[1.0, 0.0], &[1.0, 1.0], &[f64::NAN, 1.0]));
        same(bfgs(start.clone(), &[1.0, 0.0], &[-1.0, 1.0]));
        same(bfgs(start.clone(), &[1.0, 0.0], &[f64::NAN, 1.0]));
        assert!(bfgs(start.clone(), &[1.0], &[1.0]).is_err());
        assert!(broyden(start.clone(), &[1.0], &[1.0], &[1.0]).is_err());
    }
}
