//! Powell's dogleg: a step of Newton's method for systems of equations, kept within a region in which
//! the linear model is trusted.

use crate::Error;
use crate::linear::{Matrix, matrix_times_vector, qr, vector_times_matrix};

/// A step, and what the linear model says there.
#[derive(Clone, Debug, PartialEq)]
pub struct Dogleg {
    /// The step.
    pub step: Vec<f64>,
    /// The norm of the residuals after it, if they were linear.
    pub rest: f64,
    /// The length of the step in the scaled variables.
    pub length: f64,
}

/// The norm of numbers, without overflow.
pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |sum, x| libm::hypot(sum, *x))
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The step that follows first the gradient of the linear model and then turns to Newton's point, as
/// far as the radius goes (M. J. D. Powell, "A hybrid method for nonlinear equations", 1970). Lengths
/// are those of the variables times `scale`, which is positive. The Jacobian is square. O(n³).
///
/// # Errors
/// The Jacobian is not square or has another size, or something is not finite.
pub fn dogleg(
    jacobian: &Matrix<f64>,
    residuals: &[f64],
    scale: &[f64],
    radius: f64,
) -> Result<Dogleg, Error> {
    jacobian.require_square()?;
    jacobian.require_finite()?;
    if residuals.len() != jacobian.rows() || scale.len() != jacobian.rows() {
        return Err(Error::shape("as many residuals and scales as variables are needed"));
    }
    let newton = newton(jacobian, residuals);
    let scaled =
        |step: &[f64]| -> Vec<f64> { step.iter().zip(scale).map(|(s, d)| s * d).collect() };
    let far = norm(&scaled(&newton));
    let step =
        if far <= radius { newton } else { turned(jacobian, residuals, scale, radius, &newton) };
    let mut after = matrix_times_vector(jacobian.view(), &step);
    after.iter_mut().zip(residuals).for_each(|(after, residual)| *after += residual);
    let length = norm(&scaled(&step));
    Ok(Dogleg { step, rest: norm(&after), length })
}

/// The step to where the linear model vanishes. A pivot that is 0 counts as a tiny one.
fn newton(jacobian: &Matrix<f64>, residuals: &[f64]) -> Vec<f64> {
    let count = residuals.len();
    let (q, r) = qr(jacobian, false);
    let mut step: Vec<f64> =
        vector_times_matrix(residuals, q.view()).into_iter().map(|x| -x).collect();
    for j in (0..count).rev() {
        let column = (0..=j).map(|i| r[(i, j)].abs()).fold(0.0, f64::max);
        let pivot = match (r[(j, j)], column) {
            (0.0, 0.0) => f64::EPSILON,
            (0.0, _) => f64::EPSILON * column,
            (pivot, _) => pivot,
        };
        step[j] /= pivot;
        let known = step[j];
        for (i, step) in step[..j].iter_mut().enumerate() {
            *step -= r[(i, j)] * known;
        }
    }
    step
}

/// The step of the length of the radius, between the gradient's least point and Newton's.
fn turned(
    jacobian: &Matrix<f64>,
    residuals: &[f64],
    scale: &[f64],
    radius: f64,
    newton: &[f64],
) -> Vec<f64> {
    // In scaled variables z = D·x, the gradient is D⁻¹·Jᵀ·f.
    let gradient: Vec<f64> = vector_times_matrix(residuals, jacobian.view())
        .iter()
        .zip(scale)
        .map(|(g, d)| g / d)
        .collect();
    let steepness = norm(&gradient);
    let target: Vec<f64> = newton.iter().zip(scale).map(|(step, d)| step * d).collect();
    let far = norm(&target);
    let unscaled = |z: Vec<f64>| z.iter().zip(scale).map(|(z, d)| z / d).collect();
    if steepness == 0.0 {
        return unscaled(target.iter().map(|z| z * (radius / far)).collect());
    }
    let downhill: Vec<f64> = gradient.iter().map(|g| -g / steepness).collect();
    let along: Vec<f64> = downhill.iter().zip(scale).map(|(z, d)| z / d).collect();
    let rise = norm(&matrix_times_vector(jacobian.view(), &along));
    // Where the model is least along the gradient.
    let least = steepness / rise / rise;
    if least >= radius || !least.is_finite() {
        return unscaled(downhill.iter().map(|z| z * radius).collect());
    }
    // The point of the second leg at the radius: the positive root of a quadratic equation.
    let corner: Vec<f64> = downhill.iter().map(|z| z * least).collect();
    let leg: Vec<f64> = target.iter().zip(&corner).map(|(t, c)| t - c).collect();
    let (a, b) = (dot(&leg, &leg), dot(&corner, &leg));
    let c = (radius - least) * (radius + least);
    let root = (b * b + a * c).sqrt();
    let share = if b > 0.0 { c / (b + root) } else { (root - b) / a };
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    unscaled(corner.iter().zip(&leg).map(|(c, l)| c + share * l).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(data: &[f64]) -> Matrix<f64> {
        Matrix::new(2, 2, data.to_vec()).unwrap()
    }

    #[test]
    fn with_room_enough_the_step_is_newtons() {
        let found = dogleg(&matrix(&[2.0, 1.0, 0.0, 4.0]), &[4.0, 8.0], &[1.0, 1.0], 9.0).unwrap();
        assert_eq!(found.step, [-1.0, -2.0]);
        assert!(found.rest < 1e-15 && (found.length - 5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_step_never_leaves_the_region_and_never_makes_it_worse() {
        let jacobian = matrix(&[1.0, 0.5, -0.3, 1e-3]);
        let mut before = f64::INFINITY;
        for radius in [1e-3, 0.1, 1.0, 3.0, 10.0, 1e4] {
            let found = dogleg(&jacobian, &[3.0, -1.0], &[1.0, 2.0], radius).unwrap();
            assert!(found.length <= radius * (1.0 + 1e-12), "{radius}: {found:?}");
            assert!(found.rest <= before + 1e-12 && found.rest <= 10_f64.sqrt());
            before = found.rest;
        }
    }

    #[test]
    fn singular_jacobians_give_steps() {
        for data in [[0.0; 4], [1.0, 2.0, 2.0, 4.0], [0.0, 1.0, 0.0, 0.0]] {
            let found = dogleg(&matrix(&data), &[1.0, 1.0], &[1.0, 1.0], 1.0).unwrap();
            assert!(found.step.iter().all(|x| x.is_finite()) && found.length <= 1.0 + 1e-12);
        }
        assert!(dogleg(&matrix(&[f64::NAN; 4]), &[1.0; 2], &[1.0; 2], 1.0).is_err());
        assert!(dogleg(&matrix(&[1.0; 4]), &[1.0], &[1.0; 2], 1.0).is_err());
    }
}
