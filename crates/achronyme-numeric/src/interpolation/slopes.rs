//! Piecewise cubics whose slopes follow from a few neighbours: those of Fritsch, Butland and Carlson,
//! which never overshoot, and those of Akima, which ignore outliers.

use super::piecewise::{Piecewise, check_places};
use crate::Error;

/// Below which part of the greatest change of slope Akima's weights say nothing.
const AKIMA_TIE: f64 = 1e-9;

/// Checks that all values are finite.
pub(super) fn check_values(y: &[f64]) -> Result<(), Error> {
    match y.iter().position(|y| !y.is_finite()) {
        Some(at) => Err(Error::value(format!("y must be finite, but y[{at}] is {}", y[at]))),
        None => Ok(()),
    }
}

/// The slopes of the lines between neighbours.
pub(super) fn chords(x: &[f64], y: &[f64]) -> Vec<f64> {
    let points = x.windows(2).zip(y.windows(2));
    points.map(|(x, y)| (y[1] - y[0]) / (x[1] - x[0])).collect()
}

/// The cubics that rise and fall where the points do (F. N. Fritsch and J. Butland, SIAM Journal on
/// Scientific and Statistical Computing 5, 1984): harmonic means of neighbouring slopes, and at the
/// ends parabolas that are kept from overshooting (C. Moler, "Numerical computing with MATLAB", 3.6).
///
/// # Errors
/// There are fewer than two points, the places do not ascend, or something is not finite.
pub fn pchip(x: &[f64], y: &[f64]) -> Result<Piecewise, Error> {
    check_places(x, y, 2)?;
    check_values(y)?;
    let chords = chords(x, y);
    let last = chords.len() - 1;
    if last == 0 {
        return Ok(Piecewise::lines(x, y));
    }
    let width = |at: usize| x[at + 1] - x[at];
    let mut slopes = vec![edge([width(0), width(1)], [chords[0], chords[1]])];
    for at in 1..=last {
        let (before, after) = (chords[at - 1], chords[at]);
        if before * after <= 0.0
            && (before <= 0.0 || after <= 0.0)
            && (before >= 0.0 || after >= 0.0)
        {
            slopes.push(0.0);
            continue;
        }
        let first = 2.0 * width(at) + width(at - 1);
        let second = width(at) + 2.0 * width(at - 1);
        slopes.push((first + second) / (first / before + second / after));
    }
    let ends = [chords[last], chords[last - 1]];
    slopes.push(edge([width(last), width(last - 1)], ends));
    Ok(Piecewise::with_slopes(x, y, &slopes, false))
}

/// The slope at an end, of the widths and chords of the piece there and the next.
fn edge([width, next]: [f64; 2], [chord, after]: [f64; 2]) -> f64 {
    let slope = ((2.0 * width + next) * chord - width * after) / (width + next);
    let has_sign = |a: f64, b: f64| (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
    if !has_sign(slope, chord) {
        0.0
    } else if !has_sign(chord, after) && slope.abs() > 3.0 * chord.abs() {
        3.0 * chord
    } else {
        slope
    }
}

/// The cubics of H. Akima (Journal of the ACM 17, 1970): the slope at a point is the mean of those
/// before and after it, each the heavier the less the slopes change on its other side.
///
/// # Errors
/// There are fewer than two points, the places do not ascend, or something is not finite.
pub fn akima(x: &[f64], y: &[f64]) -> Result<Piecewise, Error> {
    check_places(x, y, 2)?;
    check_values(y)?;
    let inner = chords(x, y);
    if inner.len() == 1 {
        return Ok(Piecewise::lines(x, y));
    }
    // Two more at each end, as if the points went on along parabolas.
    let (first, last) = (inner[0], inner[inner.len() - 1]);
    let (bend, end) = (first - inner[1], last - inner[inner.len() - 2]);
    let mut chords = vec![first + 2.0 * bend, first + bend];
    chords.extend(&inner);
    chords.extend([last + end, last + 2.0 * end]);
    let weights: Vec<[f64; 2]> = chords
        .windows(4)
        .map(|near| [(near[3] - near[2]).abs(), (near[1] - near[0]).abs()])
        .collect();
    let greatest = weights.iter().map(|w| w[0] + w[1]).fold(0.0, f64::max);
    let slopes: Vec<f64> = weights
        .iter()
        .zip(chords.windows(4))
        .map(|([before, after], near)| {
            if before + after > AKIMA_TIE * greatest {
                (before * near[1] + after * near[2]) / (before + after)
            } else {
                (near[1] + near[2]) / 2.0
            }
        })
        .collect();
    Ok(Piecewise::with_slopes(x, y, &slopes, false))
}
