//! The least squares step within a ball.

use super::dogleg::norm;
use crate::Error;
use crate::linear::{Matrix, qr, vector_times_matrix};

/// A linear least squares problem in the form of a triangle, so that its solution within any ball is
/// quick. Columns may have very different sizes: nothing here compares them with each other.
#[derive(Clone, Debug)]
pub(super) struct Triangle {
    /// R, with as many rows as columns; what only rounding left on the diagonal is zero.
    r: Matrix<f64>,
    /// Qᵀ times the residuals.
    residuals: Vec<f64>,
    scale: Vec<f64>,
}

/// How far from the radius the length of a step may be, in proportion (Moré 1978).
const RADIUS_TOLERANCE: f64 = 0.1;

/// How often the parameter is improved.
const ROUNDS_MAX: usize = 20;

impl Triangle {
    /// The problem of making |r + A·x| least. Lengths are those of x times `scale`.
    ///
    /// # Errors
    /// There is a number that is not finite.
    pub(super) fn new(a: &Matrix<f64>, residuals: &[f64], scale: Vec<f64>) -> Result<Self, Error> {
        a.require_finite()?;
        let count = a.columns();
        let (q, r) = qr(a, false);
        let mut rotated = vector_times_matrix(residuals, q.view());
        rotated.resize(count, 0.0);
        let mut r =
            Matrix::from_fn(count, count, |i, j| if i < r.rows() { r[(i, j)] } else { 0.0 });
        for j in 0..count {
            let size = (0..=j).map(|i| r[(i, j)].abs()).fold(0.0, f64::max);
            if r[(j, j)].abs() <= 8.0 * f64::EPSILON * size {
                r[(j, j)] = 0.0;
            }
        }
        Ok(Self { r, residuals: rotated, scale })
    }

    /// The step to the least |r + A·x| with a scaled length of at most about the radius: that with
    /// the Levenberg–Marquardt parameter at which the length is right, by Newton's method on the
    /// inverse of the length (J. J. Moré, "The Levenberg–Marquardt algorithm", 1978).
    pub(super) fn step(&self, radius: f64) -> Vec<f64> {
        let count = self.scale.len();
        let is_regular = (0..count).all(|j| self.r[(j, j)] != 0.0);
        let mut low = 0.0;
        if is_regular {
            let step = solved(&self.r, &self.residuals);
            let length = norm(&self.scaled(&step));
            if length <= (1.0 + RADIUS_TOLERANCE) * radius {
                return step;
            }
            if length.is_finite() {
                low = self.correction(&self.r, &step, length, radius);
            }
        }
        let gradient = vector_times_matrix(&self.residuals, self.r.view());
        let slope: Vec<f64> = gradient.iter().zip(&self.scale).map(|(g, d)| g / d).collect();
        let slope = norm(&slope);
        if slope == 0.0 {
            return vec![0.0; count];
        }
        let mut high = slope / radius;
        let mut parameter = (0.001 * high).max((low * high).sqrt());
        let mut step = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let damped;
            (damped, step) = self.damped(parameter);
            let length = norm(&self.scaled(&step));
            let excess = length - radius;
            if excess.abs() <= RADIUS_TOLERANCE * radius {
                break;
            }
            if excess > 0.0 {
                low = low.max(parameter);
            } else {
                high = high.min(parameter);
            }
            let next = parameter + self.correction(&damped, &step, length, radius);
            parameter = if next > low && next < high {
                next
            } else {
                (0.001 * high).max((low * high).sqrt())
            };
        }
        step
    }

    fn scaled(&self, step: &[f64]) -> Vec<f64> {
        step.iter().zip(&self.scale).map(|(s, d)| s * d).collect()
    }

    /// Newton's correction of the parameter, from the triangle with which the step was found.
    fn correction(&self, triangle: &Matrix<f64>, step: &[f64], length: f64, radius: f64) -> f64 {
        let count = step.len();
        let mut w: Vec<f64> =
            self.scaled(step).iter().zip(&self.scale).map(|(z, d)| d * (z / length)).collect();
        // The w of Rᵀ·w = D²·x/|D·x|.
        for j in 0..count {
            w[j] /= triangle[(j, j)];
            let known = w[j];
            for (k, w) in w.iter_mut().enumerate().skip(j + 1) {
                *w -= triangle[(j, k)] * known;
            }
        }
        let size = norm(&w);
        let correction = (length - radius) / radius / size / size;
        if correction.is_finite() { correction } else { 0.0 }
    }

    /// The triangle and the solution of the problem with D·√parameter below it.
    fn damped(&self, parameter: f64) -> (Matrix<f64>, Vec<f64>) {
        let count = self.scale.len();
        let root = parameter.sqrt();
        let below = |i: usize, j: usize| if i == j { root * self.scale[j] } else { 0.0 };
        let tall = Matrix::from_fn(2 * count, count, |i, j| {
            if i < count { self.r[(i, j)] } else { below(i - count, j) }
        });
        let (q, r) = qr(&tall, false);
        let mut residuals = self.residuals.clone();
        residuals.resize(2 * count, 0.0);
        let rotated = vector_times_matrix(&residuals, q.view());
        let step = solved(&r, &rotated);
        (r, step)
    }
}

/// The x of R·x = -r.
fn solved(triangle: &Matrix<f64>, residuals: &[f64]) -> Vec<f64> {
    let mut step: Vec<f64> = residuals.iter().map(|r| -r).collect();
    for j in (0..step.len()).rev() {
        step[j] /= triangle[(j, j)];
        let known = step[j];
        for (i, step) in step[..j].iter_mut().enumerate() {
            *step -= triangle[(i, j)] * known;
        }
    }
    step
}
