//! Piecewise polynomials: one cubic between each two neighbouring places.

use crate::Error;

/// One cubic for each piece between neighbouring places. The first and the last also hold beyond the
/// ends; a periodic one repeats itself there.
#[derive(Clone, Debug, PartialEq)]
pub struct Piecewise {
    /// The ends of the pieces, strictly ascending; one more than there are pieces.
    places: Vec<f64>,
    /// For each piece the coefficients of the powers 3, 2, 1 and 0 of the distance from its left end.
    pieces: Vec<[f64; 4]>,
    periodic: bool,
}

/// Checks what all interpolation needs: finite places in strictly ascending order, as many values.
///
/// # Errors
/// It is not so, or there are fewer than `least`.
pub fn check_places(x: &[f64], y: &[f64], least: usize) -> Result<(), Error> {
    if x.len() != y.len() {
        return Err(Error::shape(format!(
            "x and y must have the same length, got {} and {}",
            x.len(),
            y.len()
        )));
    }
    if x.len() < least {
        let points = if least == 1 { "1 point" } else { "2 points" };
        return Err(Error::value(format!("at least {points} needed, got {}", x.len())));
    }
    if let Some(at) = x.iter().position(|x| !x.is_finite()) {
        return Err(Error::value(format!("x must be finite, but x[{at}] is {}", x[at])));
    }
    if let Some(at) = x.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(Error::value(format!(
            "x must be strictly increasing, but x[{}] is {} after {}",
            at + 1,
            x[at + 1],
            x[at]
        )));
    }
    Ok(())
}

impl Piecewise {
    /// The polynomial with these coefficients.
    ///
    /// # Errors
    /// The places are not ascending, or there is not one piece between each two.
    pub fn new(places: Vec<f64>, pieces: Vec<[f64; 4]>, periodic: bool) -> Result<Self, Error> {
        check_places(&places, &places, 2)?;
        if pieces.len() + 1 != places.len() {
            return Err(Error::shape(format!(
                "{} places need {} pieces, got {}",
                places.len(),
                places.len() - 1,
                pieces.len()
            )));
        }
        Ok(Self { places, pieces, periodic })
    }

    /// The cubics that take these values with these slopes at the places (Hermite). All have the same
    /// length, which is at least 2.
    pub(super) fn with_slopes(x: &[f64], y: &[f64], slopes: &[f64], periodic: bool) -> Self {
        let piece = |at: usize| {
            let width = x[at + 1] - x[at];
            let chord = (y[at + 1] - y[at]) / width;
            let bend = (slopes[at] + slopes[at + 1] - 2.0 * chord) / width;
            [bend / width, (chord - slopes[at]) / width - bend, slopes[at], y[at]]
        };
        let pieces = (0..x.len() - 1).map(piece).collect();
        Self { places: x.to_vec(), pieces, periodic }
    }

    /// The lines between neighbours.
    pub(super) fn lines(x: &[f64], y: &[f64]) -> Self {
        let line = |at: usize| [0.0, 0.0, (y[at + 1] - y[at]) / (x[at + 1] - x[at]), y[at]];
        let pieces = (0..x.len() - 1).map(line).collect();
        Self { places: x.to_vec(), pieces, periodic: false }
    }

    /// The ends of the pieces.
    #[must_use]
    pub fn places(&self) -> &[f64] {
        &self.places
    }

    /// The coefficients of each piece: of the powers 3, 2, 1 and 0 of the distance from its left end.
    #[must_use]
    pub fn pieces(&self) -> &[[f64; 4]] {
        &self.pieces
    }

    /// The values of the derivative of this order (0: the values themselves) at places in any order.
    /// O(log n) for each, O(1) where it lies in the piece of the one before or the next.
    #[must_use]
    pub fn values(&self, order: usize, at: &[f64]) -> Vec<f64> {
        let mut piece = 0;
        let value = |x: &f64| {
            let x = if self.periodic { self.wrapped(*x).0 } else { *x };
            piece = self.piece_of(x, piece);
            derivative(self.pieces[piece], order, x - self.places[piece])
        };
        at.iter().map(value).collect()
    }

    /// The integral from `a` to `b`, which may lie beyond the ends.
    #[must_use]
    pub fn integral(&self, a: f64, b: f64) -> f64 {
        if a > b {
            return -self.integral(b, a);
        }
        if !(a.is_finite() && b.is_finite()) {
            return f64::NAN;
        }
        let (first, last) = (self.places[0], self.places[self.pieces.len()]);
        if self.periodic {
            let ((from, before), (to, after)) = (self.wrapped(a), self.wrapped(b));
            let whole = (after - before) * self.between(first, last);
            return self.between(first, to) - self.between(first, from) + whole;
        }
        self.between(a, b)
    }

    /// The integral from `a` to `b`, not before `a`, without wrapping.
    fn between(&self, a: f64, b: f64) -> f64 {
        let (from, to) = (self.piece_of(a, 0), self.piece_of(b, 0));
        let areas = (from..=to).map(|piece| {
            let left = self.places[piece];
            let low = if piece == from { a } else { left };
            let high = if piece == to { b } else { self.places[piece + 1] };
            area(self.pieces[piece], high - left) - area(self.pieces[piece], low - left)
        });
        areas.fold(0.0, |sum, area| sum + area)
    }

    /// The place within the period that this one repeats, and how many periods lie between.
    fn wrapped(&self, x: f64) -> (f64, f64) {
        let (first, last) = (self.places[0], self.places[self.pieces.len()]);
        if x >= first && x <= last {
            return (x, 0.0);
        }
        let periods = ((x - first) / (last - first)).floor();
        ((x - periods * (last - first)).clamp(first, last), periods)
    }

    /// In which piece a place lies, first tried at `near` and after it.
    fn piece_of(&self, x: f64, near: usize) -> usize {
        let last = self.pieces.len() - 1;
        for piece in near..=last.min(near + 1) {
            let after = piece == 0 || x >= self.places[piece];
            if after && (piece == last || x < self.places[piece + 1]) {
                return piece;
            }
        }
        self.places[1..=last].partition_point(|place| *place <= x)
    }
}

/// A derivative of a cubic.
fn derivative([a, b, c, d]: [f64; 4], order: usize, t: f64) -> f64 {
    match order {
        0 => ((a * t + b) * t + c) * t + d,
        1 => (3.0 * a * t + 2.0 * b) * t + c,
        2 => 6.0 * a * t + 2.0 * b,
        3 => 6.0 * a,
        _ => 0.0,
    }
}

/// The integral of a cubic from 0.
fn area([a, b, c, d]: [f64; 4], t: f64) -> f64 {
    (((a / 4.0 * t + b / 3.0) * t + c / 2.0) * t + d) * t
}
