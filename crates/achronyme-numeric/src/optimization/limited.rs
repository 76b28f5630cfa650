//! Directions from the last few steps, without a matrix (L-BFGS), with and without bounds.

use super::dogleg::dot;

/// The last steps of an iteration and the changes of the gradient over them, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The steps.
    pub steps: Vec<Vec<f64>>,
    /// The changes of the gradient over them.
    pub changes: Vec<Vec<f64>>,
}

/// Below which part of the change's square the product of step and change says too little.
const CURVATURE_MIN: f64 = f64::EPSILON;

/// Minus the gradient times the inverse Hessian that the steps tell of, by two loops over them (J.
/// Nocedal, "Updating quasi-Newton matrices with limited storage", 1980). Steps over which the slope
/// did not rise are passed over. O(k·n).
#[must_use]
pub fn limited_direction(history: &History, gradient: &[f64]) -> Vec<f64> {
    let pairs = history.steps.iter().zip(&history.changes).filter_map(|(step, change)| {
        let (curvature, size) = (dot(step, change), dot(change, change));
        (curvature > CURVATURE_MIN * size).then_some((step, change, curvature, size))
    });
    let pairs: Vec<_> = pairs.collect();
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let add = |direction: &mut [f64], factor: f64, vector: &[f64]| {
        direction.iter_mut().zip(vector).for_each(|(d, v)| *d += factor * v);
    };
    let mut shares = Vec::with_capacity(pairs.len());
    for (step, change, curvature, _) in pairs.iter().rev() {
        let share = dot(step, &direction) / curvature;
        add(&mut direction, -share, change);
        shares.push(share);
    }
    if let Some((_, _, curvature, size)) = pairs.last() {
        direction.iter_mut().for_each(|d| *d *= curvature / size);
    }
    for ((step, change, curvature, _), share) in pairs.iter().zip(shares.into_iter().rev()) {
        let other = dot(change, &direction) / curvature;
        add(&mut direction, share - other, step);
    }
    direction
}

/// The same where variables have bounds: those that are at a bound or as near as `near`, and would
/// leave it downhill, go to it and no further; the others follow the direction of theirs (D. P.
/// Bertsekas, "Projected Newton methods for optimization problems with simple constraints", 1982).
/// Also which variables those others are. `low` and `high` are the distances to the bounds, at most
/// and at least 0.
#[must_use]
pub fn projected_direction(
    history: &History,
    gradient: &[f64],
    (low, high): (&[f64], &[f64]),
    near: f64,
) -> (Vec<f64>, Vec<bool>) {
    let bounds = low.iter().zip(high);
    let is_free: Vec<bool> = gradient
        .iter()
        .zip(bounds)
        .map(|(g, (low, high))| !((*g >= 0.0 && *low >= -near) || (*g <= 0.0 && *high <= near)))
        .collect();
    let part = |all: &[f64]| -> Vec<f64> {
        all.iter().zip(&is_free).filter(|it| *it.1).map(|it| *it.0).collect()
    };
    let inner = History {
        steps: history.steps.iter().map(|step| part(step)).collect(),
        changes: history.changes.iter().map(|change| part(change)).collect(),
    };
    let mut found = limited_direction(&inner, &part(gradient)).into_iter();
    let direction = is_free.iter().zip(gradient).zip(low.iter().zip(high));
    let direction = direction.map(|((is_free, g), (low, high))| {
        if *is_free {
            found.next().unwrap_or(0.0)
        } else if *g > 0.0 {
            *low
        } else if *g < 0.0 {
            *high
        } else {
            0.0
        }
    });
    (direction.collect(), is_free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{Matrix, matrix_times_vector};
    use crate::optimization::bfgs;

    #[test]
    fn without_history_the_direction_is_downhill() {
        assert_eq!(limited_direction(&History::default(), &[1.0, -2.0]), [-1.0, 2.0]);
    }

    #[test]
    fn two_loops_say_what_the_matrix_says() {
        let history = History {
            steps: vec![vec![1.0, 0.5, -0.2], vec![0.3, -1.0, 0.4]],
            changes: vec![vec![2.0, 0.7, 0.1], vec![0.5, -1.5, 0.9]],
        };
        let gradient = [0.3, -0.8, 1.2];
        let (s, y) = (&history.steps[1], &history.changes[1]);
        let first = dot(s, y) / dot(y, y);
        let mut inverse = Matrix::from_fn(3, 3, |i, j| if i == j { first } else { 0.0 });
        for (step, change) in history.steps.iter().zip(&history.changes) {
            inverse = bfgs(inverse, step, change).unwrap();
        }
        let expected = matrix_times_vector(inverse.view(), &gradient);
        for (found, expected) in limited_direction(&history, &gradient).iter().zip(expected) {
            assert!((found + expected).abs() < 1e-14);
        }
    }

    #[test]
    fn variables_at_bounds_stay_there() {
        let history = History::default();
        let (low, high) = ([0.0, 0.0, -3.0, -1e-9], [4.0, 4.0, 0.0, 4.0]);
        let gradient = [1.0, -1.0, -2.0, 3.0];
        let (direction, is_free) = projected_direction(&history, &gradient, (&low, &high), 1e-8);
        assert_eq!(direction, [0.0, 1.0, 0.0, -1e-9]);
        assert_eq!(is_free, [false, true, false, false]);
    }
}
