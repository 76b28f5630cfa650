//! Cubic splines: piecewise cubics whose slope and curvature are continuous.
//!
//! C. de Boor, "A practical guide to splines" (revised edition 2001), chapter IV: the slopes at the
//! places are the unknowns of a tridiagonal system.

use super::piecewise::{Piecewise, check_places};
use super::slopes::{check_values, chords};
use crate::Error;

/// What holds at the ends of a spline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The first two pieces are one cubic, and the last two.
    NotAKnot,
    /// No curvature.
    Natural,
    /// No slope.
    Clamped,
    /// As at the other end.
    Periodic,
}

impl Ends {
    /// All of them, in the order of their names.
    pub const ALL: &'static [Self] =
        &[Self::NotAKnot, Self::Natural, Self::Clamped, Self::Periodic];
    /// What programs call them.
    pub const NAMES: &'static [&'static str] = &["not-a-knot", "natural", "clamped", "periodic"];
}

/// How far the ends of a periodic spline may differ: absolutely, and in proportion.
const PERIOD_TOLERANCE: f64 = 1e-15;

/// One equation: the factors of the slopes before, at and after a place, and the right side.
type Equation = [f64; 4];

/// The spline through points. Not a knot, two points give a line and three a parabola. O(n).
///
/// # Errors
/// There are fewer than two points, the places do not ascend, something is not finite, or the ends of
/// a periodic spline have different values.
pub fn spline(x: &[f64], y: &[f64], ends: Ends) -> Result<Piecewise, Error> {
    check_places(x, y, 2)?;
    check_values(y)?;
    let (first, last) = (y[0], y[y.len() - 1]);
    let tolerance = PERIOD_TOLERANCE * (1.0 + first.abs().max(last.abs()));
    let slopes = match (ends, x.len()) {
        (Ends::Periodic, _) if (first - last).abs() > tolerance => {
            return Err(Error::value(format!(
                "the first and last y of a periodic spline must be equal, got {first} and {last}"
            )));
        }
        (Ends::Periodic, _) => periodic(x, y),
        (Ends::NotAKnot, 2) => vec![chords(x, y)[0]; 2],
        (Ends::NotAKnot, 3) => parabola(x, y),
        _ => open(x, y, ends),
    };
    Ok(Piecewise::with_slopes(x, y, &slopes, ends == Ends::Periodic))
}

/// That the curvature is continuous at the place between two pieces.
fn smooth(widths: [f64; 2], chords: [f64; 2]) -> Equation {
    let [left, right] = widths;
    let rest = 3.0 * (right * chords[0] + left * chords[1]);
    [right, 2.0 * (left + right), left, rest]
}

fn widths(x: &[f64]) -> Vec<f64> {
    x.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The slopes of the parabola through three points.
fn parabola(x: &[f64], y: &[f64]) -> Vec<f64> {
    let (widths, chords) = (widths(x), chords(x, y));
    let bend = (chords[1] - chords[0]) / (widths[0] + widths[1]);
    vec![chords[0] - bend * widths[0], chords[0] + bend * widths[0], chords[1] + bend * widths[1]]
}

/// The slopes of a spline that does not repeat itself.
fn open(x: &[f64], y: &[f64], ends: Ends) -> Vec<f64> {
    let (widths, chords) = (widths(x), chords(x, y));
    let end = |widths: [f64; 2], chords: [f64; 2]| match ends {
        Ends::NotAKnot => {
            let both = widths[0] + widths[1];
            let share = (widths[0] + 2.0 * both) * widths[1] * chords[0]
                + widths[0] * widths[0] * chords[1];
            [widths[1], both, share / both]
        }
        Ends::Natural => [2.0, 1.0, 3.0 * chords[0]],
        Ends::Clamped | Ends::Periodic => [1.0, 0.0, 0.0],
    };
    let last = widths.len() - 1;
    let (next, before) = (1.min(last), last.saturating_sub(1));
    let [diagonal, after, right] = end([widths[0], widths[next]], [chords[0], chords[next]]);
    let mut equations = vec![[0.0, diagonal, after, right]];
    for at in 0..last {
        equations.push(smooth([widths[at], widths[at + 1]], [chords[at], chords[at + 1]]));
    }
    let [diagonal, lower, right] =
        end([widths[last], widths[before]], [chords[last], chords[before]]);
    equations.push([lower, diagonal, 0.0, right]);
    tridiagonal(&equations)
}

/// The slopes of a spline that repeats itself: a cyclic system, which is a tridiagonal one and a
/// correction (Sherman and Morrison 1950).
fn periodic(x: &[f64], y: &[f64]) -> Vec<f64> {
    let (widths, chords) = (widths(x), chords(x, y));
    let count = widths.len();
    let equation = |at: usize| {
        let before = if at == 0 { count - 1 } else { at - 1 };
        smooth([widths[before], widths[at]], [chords[before], chords[at]])
    };
    let mut equations: Vec<Equation> = (0..count).map(equation).collect();
    let mut slopes = match count {
        1 => vec![0.0],
        2 => {
            let [[a, b, c, right], [d, e, f, other]] = [equations[0], equations[1]];
            let (across, back) = (a + c, d + f);
            let determinant = b * e - across * back;
            vec![
                (right * e - across * other) / determinant,
                (b * other - back * right) / determinant,
            ]
        }
        _ => {
            let last = count - 1;
            let (corner, other) = (equations[0][0], equations[last][2]);
            let gamma = -equations[0][1];
            equations[0][1] -= gamma;
            equations[last][1] -= corner * other / gamma;
            let mut rank_one = equations.clone();
            rank_one.iter_mut().for_each(|equation| equation[3] = 0.0);
            rank_one[0][3] = gamma;
            rank_one[last][3] = other;
            let (plain, correction) = (tridiagonal(&equations), tridiagonal(&rank_one));
            let share = corner / gamma;
            let factor =
                (plain[0] + share * plain[last]) / (1.0 + correction[0] + share * correction[last]);
            plain.iter().zip(&correction).map(|(x, z)| x - factor * z).collect()
        }
    };
    slopes.push(slopes[0]);
    slopes
}

/// The unknowns of a tridiagonal system, without exchanges: those of splines need none.
fn tridiagonal(equations: &[Equation]) -> Vec<f64> {
    let mut reduced: Vec<(f64, f64)> = Vec::with_capacity(equations.len());
    let (mut ratio, mut known) = (0.0, 0.0);
    for [lower, diagonal, upper, right] in equations {
        let pivot = diagonal - lower * ratio;
        (ratio, known) = (upper / pivot, (right - lower * known) / pivot);
        reduced.push((ratio, known));
    }
    let mut next = 0.0;
    let mut unknowns: Vec<f64> = Vec::with_capacity(equations.len());
    for (ratio, known) in reduced.into_iter().rev() {
        next = known - ratio * next;
        unknowns.push(next);
    }
    unknowns.reverse();
    unknowns
}
