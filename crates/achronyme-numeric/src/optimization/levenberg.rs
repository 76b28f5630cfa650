//! The steps of Levenberg's and Marquardt's method for least squares, with and without bounds.

use super::dogleg::{dot, norm};
use super::trust::Triangle;
use crate::Error;
use crate::linear::{Matrix, matrix_times_vector, qr, vector_times_matrix};

/// A step, and what the linear model says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastStep {
    /// The step.
    pub step: Vec<f64>,
    /// Its length in the scaled variables.
    pub length: f64,
    /// By how much the sum of squares falls, if the residuals are linear.
    pub fall: f64,
    /// Half the slope of the sum of squares along the step, which is negative.
    pub slope: f64,
}

/// How often the radius is halved where bounds spoil a step.
const HALVINGS_MAX: usize = 60;

/// The step that makes the sum of squares of linear residuals least within the radius; lengths are
/// those of the variables times `scale`, which is positive. A variable that is at a bound and would
/// leave it stays there; what of the step of the others goes beyond a bound is cut off, which is a
/// descent for radii that are small enough. `low` and `high` are the distances to the bounds, at most
/// and at least 0. O(m·n²).
///
/// # Errors
/// The sizes do not fit, or something is not finite.
pub fn least_step(
    jacobian: &Matrix<f64>,
    residuals: &[f64],
    scale: &[f64],
    radius: f64,
    (low, high): (&[f64], &[f64]),
) -> Result<LeastStep, Error> {
    let count = jacobian.columns();
    let fits = residuals.len() == jacobian.rows() && scale.len() == count;
    if !fits || low.len() != count || high.len() != count {
        return Err(Error::shape("the step does not fit the Jacobian"));
    }
    jacobian.require_finite()?;
    let gradient = vector_times_matrix(residuals, jacobian.view());
    let is_free = |j: &usize| {
        let leaves =
            (gradient[*j] >= 0.0 && low[*j] >= 0.0) || (gradient[*j] <= 0.0 && high[*j] <= 0.0);
        !leaves
    };
    let free: Vec<usize> = (0..count).filter(is_free).collect();
    let of_step = |step: Vec<f64>| {
        let after = matrix_times_vector(jacobian.view(), &step);
        let slope = dot(&gradient, &step);
        let scaled: Vec<f64> = step.iter().zip(scale).map(|(s, d)| s * d).collect();
        let fall = -(2.0 * slope + dot(&after, &after));
        LeastStep { length: norm(&scaled), fall, slope, step }
    };
    if free.is_empty() {
        return Ok(of_step(vec![0.0; count]));
    }
    let part = Matrix::from_fn(residuals.len(), free.len(), |i, j| jacobian[(i, free[j])]);
    let problem = Triangle::new(&part, residuals, free.iter().map(|j| scale[*j]).collect())?;
    let mut radius = radius;
    for _ in 0..HALVINGS_MAX {
        let mut step = vec![0.0; count];
        for (place, moved) in free.iter().zip(problem.step(radius)) {
            step[*place] = moved.max(low[*place]).min(high[*place]);
        }
        let found = of_step(step);
        if found.fall > 0.0 || found.length == 0.0 {
            return Ok(found);
        }
        radius = found.length.min(radius) / 2.0;
    }
    Ok(of_step(vec![0.0; count]))
}

/// (JᵀJ)⁻¹, from which the covariance of fitted parameters follows. `None` if there are directions in
/// which the residuals do not change, or fewer residuals than parameters. O(m·n²).
#[must_use]
pub fn covariance(jacobian: &Matrix<f64>) -> Option<Matrix<f64>> {
    let (rows, count) = (jacobian.rows(), jacobian.columns());
    if rows < count || jacobian.require_finite().is_err() {
        return None;
    }
    // Columns of length 1: parameters may have very different units.
    let sizes: Vec<f64> = (0..count).map(|j| norm(&jacobian.column(j))).collect();
    if sizes.contains(&0.0) {
        return None;
    }
    let (_, r) = qr(&Matrix::from_fn(rows, count, |i, j| jacobian[(i, j)] / sizes[j]), false);
    let length = f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
    if (0..count).any(|j| r[(j, j)].abs() <= length * f64::EPSILON) {
        return None;
    }
    let mut inverse = Matrix::zeros(count, count);
    for j in 0..count {
        inverse[(j, j)] = 1.0 / r[(j, j)];
        for i in (0..j).rev() {
            let sum: f64 = (i + 1..=j).map(|k| r[(i, k)] * inverse[(k, j)]).sum();
            inverse[(i, j)] = -sum / r[(i, i)];
        }
    }
    let entry = |i: usize, j: usize| {
        let sum: f64 = (i.max(j)..count).map(|k| inverse[(i, k)] * inverse[(j, k)]).sum();
        sum / sizes[i] / sizes[j]
    };
    Some(Matrix::from_fn(count, count, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: (&[f64], &[f64]) = (&[f64::NEG_INFINITY; 2], &[f64::INFINITY; 2]);

    fn matrix() -> Matrix<f64> {
        Matrix::new(3, 2, vec![1.0, 0.0, 1.0, 1.0, 1.0, 2.0]).unwrap()
    }

    #[test]
    fn a_step_in_a_large_region_solves_the_linear_problem() {
        // The line through (0, 6), (1, 0), (2, 0) is 5 - 3x.
        let found = least_step(&matrix(), &[-6.0, 0.0, 0.0], &[1.0, 7.0], 1e3, FREE).unwrap();
        assert!((found.step[0] - 5.0).abs() < 1e-13 && (found.step[1] + 3.0).abs() < 1e-13);
        // Of 36, 6 remain.
        assert!((found.fall - 30.0).abs() < 1e-12);
        assert!((found.slope + 30.0).abs() < 1e-12);
    }

    #[test]
    fn a_step_has_about_the_length_of_the_region() {
        for radius in [1e-6, 0.01, 0.5, 3.0, 10.0] {
            let found =
                least_step(&matrix(), &[-6.0, 0.0, 0.0], &[1.0, 2.0], radius, FREE).unwrap();
            assert!(found.length <= 1.1 * radius && found.length >= 0.7 * radius.min(7.0));
            assert!(found.fall > 0.0);
        }
    }

    #[test]
    fn units_of_variables_do_not_matter() {
        let plain = least_step(&matrix(), &[-6.0, 0.0, 0.0], &[2.0, 3.0], 0.5, FREE).unwrap();
        let units = [1e-14, 1e11];
        let other = Matrix::from_fn(3, 2, |i, j| matrix()[(i, j)] * units[j]);
        let scale = [2.0 * units[0], 3.0 * units[1]];
        let found = least_step(&other, &[-6.0, 0.0, 0.0], &scale, 0.5, FREE).unwrap();
        for ((found, unit), plain) in found.step.iter().zip(units).zip(&plain.step) {
            assert!((found * unit / plain - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn bounds_hold_a_step() {
        let low = [f64::NEG_INFINITY, 0.0];
        let high = [4.0, f64::INFINITY];
        let found =
            least_step(&matrix(), &[-6.0, 0.0, 0.0], &[1.0, 1.0], 1e3, (&low, &high)).unwrap();
        // The second would fall; without it, the best is the mean.
        assert!((found.step[0] - 2.0).abs() < 1e-13 && found.step[1] == 0.0);
        let tight = [1.0, f64::INFINITY];
        let found =
            least_step(&matrix(), &[-6.0, 0.0, 0.0], &[1.0, 1.0], 1e3, (&low, &tight)).unwrap();
        assert_eq!(found.step, [1.0, 0.0]);
        let none = least_step(&matrix(), &[-6.0; 3], &[1.0; 2], 1.0, (&[0.0; 2], &[0.0; 2]));
        assert_eq!(none.unwrap().step, [0.0, 0.0]);
    }

    #[test]
    fn dependent_columns_give_the_shortest_step() {
        let twice = Matrix::new(2, 2, vec![1.0, 1.0, 1.0, 1.0]).unwrap();
        let found = least_step(&twice, &[-2.0, -2.0], &[1.0, 1.0], 1e3, FREE).unwrap();
        assert!(found.step.iter().all(|x| (x - 1.0).abs() < 1e-6));
        assert_eq!(covariance(&twice), None);
        let few = Matrix::new(1, 2, vec![1.0, 1.0]).unwrap();
        let found = least_step(&few, &[-2.0], &[1.0, 1.0], 1e3, FREE).unwrap();
        assert!(found.step.iter().all(|x| (x - 1.0).abs() < 1e-6));
    }

    #[test]
    fn covariances_are_inverses() {
        // JᵀJ = [[3, 3], [3, 5]].
        let found = covariance(&matrix()).unwrap();
        for (found, expected) in found.data().iter().zip([5.0 / 6.0, -0.5, -0.5, 0.5]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }
}
