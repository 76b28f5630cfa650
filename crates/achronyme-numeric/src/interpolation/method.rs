//! Interpolation by the name of a method.

use super::piecewise::{Piecewise, check_places};
use super::slopes::{akima, pchip};
use super::spline::{Ends, spline};
use crate::Error;

/// How values between points follow from the points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// On the lines between neighbours.
    Linear,
    /// That of the nearer point; in the middle, the one before.
    Nearest,
    /// That of the point before.
    Previous,
    /// That of the point after.
    Next,
    /// By the spline that is not a knot.
    Cubic,
    /// By cubics that do not overshoot.
    Pchip,
    /// By Akima's cubics.
    Akima,
}

impl Method {
    /// All of them, in the order of their names.
    pub const ALL: &'static [Self] = &[
        Self::Linear,
        Self::Nearest,
        Self::Previous,
        Self::Next,
        Self::Cubic,
        Self::Pchip,
        Self::Akima,
    ];
    /// What programs call them.
    pub const NAMES: &'static [&'static str] =
        &["linear", "nearest", "previous", "next", "cubic", "pchip", "akima"];
}

/// What there is before the first and after the last point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outside {
    /// This number.
    Fill(f64),
    /// What the first or last piece says.
    Extrapolate,
    /// The value at the end; one point is enough for it.
    Clamp,
}

/// The values at places in any order; that at NaN is NaN.
///
/// # Errors
/// There are fewer than two points, the places do not ascend, or, for a method that gives smooth
/// curves, a value is not finite.
pub fn interpolate(
    x: &[f64],
    y: &[f64],
    at: &[f64],
    method: Method,
    outside: Outside,
) -> Result<Vec<f64>, Error> {
    check_places(x, y, if outside == Outside::Clamp { 1 } else { 2 })?;
    if x.len() == 1 {
        return Ok(at.iter().map(|at| if at.is_nan() { f64::NAN } else { y[0] }).collect());
    }
    let (first, last) = (x[0], x[x.len() - 1]);
    let mut values = match method {
        Method::Linear => lines(x, y, at),
        Method::Nearest | Method::Previous | Method::Next => steps(x, y, at, method),
        Method::Cubic => spline(x, y, Ends::NotAKnot)?.values(0, at),
        Method::Pchip => pchip(x, y)?.values(0, at),
        Method::Akima => akima(x, y)?.values(0, at),
    };
    for (value, at) in values.iter_mut().zip(at) {
        match outside {
            _ if at.is_nan() => *value = f64::NAN,
            Outside::Fill(fill) if *at < first || *at > last => *value = fill,
            Outside::Clamp if *at < first => *value = y[0],
            Outside::Clamp if *at > last => *value = y[y.len() - 1],
            Outside::Fill(_) | Outside::Extrapolate | Outside::Clamp => {}
        }
    }
    Ok(values)
}

/// Values on lines; exactly those of the points at the points.
fn lines(x: &[f64], y: &[f64], at: &[f64]) -> Vec<f64> {
    let mut values = Piecewise::lines(x, y).values(0, at);
    let (place, value) = (x[x.len() - 1], y[y.len() - 1]);
    for (found, at) in values.iter_mut().zip(at) {
        if (*at - place).abs() <= 0.0 {
            *found = value;
        } else if found.is_nan() {
            // Beside a point that is not finite, the point itself still has its value.
            if let Ok(exact) = x.binary_search_by(|x| x.total_cmp(at)) {
                *found = y[exact];
            }
        }
    }
    values
}

/// Values that are those of points.
fn steps(x: &[f64], y: &[f64], at: &[f64], method: Method) -> Vec<f64> {
    let value = |at: &f64| {
        let after = x.partition_point(|x| x <= at);
        let (left, right) = (after.saturating_sub(1), after.min(x.len() - 1));
        let is_left = if method == Method::Previous {
            true
        } else if method == Method::Next {
            x[left] >= *at
        } else {
            *at - x[left] <= x[right] - *at
        };
        if is_left { y[left] } else { y[right] }
    };
    at.iter().map(value).collect()
}
