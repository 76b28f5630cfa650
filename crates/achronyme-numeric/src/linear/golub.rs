//! Singular values of real bidiagonal matrices by the QR algorithm.

use super::divide::{length, rotate};
use super::kernel::wide;
use super::matrix::Matrix;
use crate::Error;

/// Sweeps for each singular value, on average.
const STEPS: usize = 60;

/// The singular values, in no particular order and not negative, in place of the diagonal of an
/// upper bidiagonal matrix. `rows` are multiplied with the rotations from the left: from
/// identities, they become the left and the right vectors. Where a shift would spoil small values,
/// there is none (Demmel and Kahan, SIAM J. Sci. Stat. Comput. 11, 1990). A last zero on the
/// diagonal stays in its place.
pub(super) fn iterate(
    diagonal: &mut [f64],
    above: &mut [f64],
    mut rows: Option<(&mut Matrix<f64>, &mut Matrix<f64>)>,
) -> Result<(), Error> {
    let mut left = STEPS * diagonal.len();
    let mut last = diagonal.len().saturating_sub(1);
    while last > 0 {
        let negligible = |i: usize| {
            let near = diagonal[i].abs() + diagonal[i + 1].abs();
            above[i].abs() <= 0.5 * f64::EPSILON * near + f64::MIN_POSITIVE
        };
        let first = (0..last).rev().find(|i| negligible(*i)).map_or(0, |i| i + 1);
        if first > 0 {
            above[first - 1] = 0.0;
        }
        if first == last {
            last -= 1;
            continue;
        }
        if left == 0 {
            return Err(Error::convergence("singular values do not converge"));
        }
        left -= 1;
        let rows = rows.as_mut().map(|(left, right)| (&mut **left, &mut **right));
        let mut sweep = Sweep {
            d: &mut diagonal[first..=last],
            e: &mut above[first..last],
            rows,
            offset: first,
        };
        wide(
            #[inline(always)]
            || sweep.run(),
        );
    }
    for (i, value) in diagonal.iter_mut().enumerate() {
        if *value < 0.0 {
            *value = -*value;
            if let Some((_, right)) = &mut rows {
                right.row_mut(i).iter_mut().for_each(|x| *x = -*x);
            }
        }
    }
    Ok(())
}

/// A block without zeros above the diagonal.
struct Sweep<'a> {
    d: &'a mut [f64],
    e: &'a mut [f64],
    rows: Option<(&'a mut Matrix<f64>, &'a mut Matrix<f64>)>,
    offset: usize,
}

impl Sweep<'_> {
    #[inline(always)]
    fn run(&mut self) {
        let last = self.d.len() - 1;
        let shift = smaller_value(self.d[last - 1], self.e[last - 1], self.d[last]);
        let start = self.d[0].abs();
        let ratio = if start > 0.0 { shift / start } else { 0.0 };
        if self.d.contains(&0.0) || ratio * ratio < f64::EPSILON {
            self.without_shift();
        } else {
            self.with_shift(shift);
        }
    }

    /// Golub and Kahan's step.
    #[inline(always)]
    fn with_shift(&mut self, shift: f64) {
        let last = self.d.len() - 1;
        let start = self.d[0];
        let mut f = (start.abs() - shift) * (1.0_f64.copysign(start) + shift / start);
        let mut g = self.e[0];
        for i in 0..last {
            let (c, s, r) = rotation(f, g);
            if i > 0 {
                self.e[i - 1] = r;
            }
            f = c * self.d[i] + s * self.e[i];
            self.e[i] = c * self.e[i] - s * self.d[i];
            g = s * self.d[i + 1];
            self.d[i + 1] *= c;
            self.turn_right(i, c, s);
            let (c, s, r) = rotation(f, g);
            self.d[i] = r;
            f = c * self.e[i] + s * self.d[i + 1];
            self.d[i + 1] = c * self.d[i + 1] - s * self.e[i];
            if i + 1 < last {
                g = s * self.e[i + 1];
                self.e[i + 1] *= c;
            }
            self.turn_left(i, c, s);
        }
        self.e[last - 1] = f;
    }

    /// Demmel and Kahan's step.
    #[inline(always)]
    fn without_shift(&mut self) {
        let last = self.d.len() - 1;
        let (mut c, mut old_c, mut old_s) = (1.0, 1.0, 0.0);
        for i in 0..last {
            let (next_c, s, r) = rotation(self.d[i] * c, self.e[i]);
            c = next_c;
            if i > 0 {
                self.e[i - 1] = old_s * r;
            }
            self.turn_right(i, c, s);
            (old_c, old_s, self.d[i]) = rotation(old_c * r, self.d[i + 1] * s);
            self.turn_left(i, old_c, old_s);
        }
        let h = self.d[last] * c;
        self.d[last] = h * old_c;
        self.e[last - 1] = h * old_s;
    }

    #[inline(always)]
    fn turn_left(&mut self, i: usize, cosine: f64, sine: f64) {
        if let Some((left, _)) = &mut self.rows {
            let (x, y) = left.two_rows(self.offset + i, self.offset + i + 1);
            rotate(x, y, cosine, sine);
        }
    }

    #[inline(always)]
    fn turn_right(&mut self, i: usize, cosine: f64, sine: f64) {
        if let Some((_, right)) = &mut self.rows {
            let (x, y) = right.two_rows(self.offset + i, self.offset + i + 1);
            rotate(x, y, cosine, sine);
        }
    }
}

/// Cosine, sine and length of the vector (f, g).
#[inline(always)]
fn rotation(f: f64, g: f64) -> (f64, f64, f64) {
    if g == 0.0 {
        return (1.0, 0.0, f);
    }
    let length = length(f, g);
    (f / length, g / length, length)
}

/// The smaller singular value of the matrix with rows (f, g) and (0, h).
fn smaller_value(f: f64, g: f64, h: f64) -> f64 {
    let (f, g, h) = (f.abs(), g.abs(), h.abs());
    let (low, high) = (f.min(h), f.max(h));
    if low == 0.0 {
        return 0.0;
    }
    let sum = 1.0 + low / high;
    let difference = (high - low) / high;
    if g < high {
        let square = (g / high) * (g / high);
        let factor =
            2.0 / ((sum * sum + square).sqrt() + (difference * difference + square).sqrt());
        return low * factor;
    }
    let ratio = high / g;
    if ratio == 0.0 {
        return low * high / g;
    }
    let (x, y) = (sum * ratio, difference * ratio);
    let factor = 1.0 / ((1.0 + x * x).sqrt() + (1.0 + y * y).sqrt());
    2.0 * (low * factor) * ratio
}
