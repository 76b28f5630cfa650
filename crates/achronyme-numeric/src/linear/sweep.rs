//! The reflections of one step of the QR algorithm on a real matrix.

use super::matrix::Matrix;

/// A reflection of `count` rows or columns from `k` on: I − τ·v·vᵀ, with 1 in the first place of v.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) k: usize,
    pub(super) count: usize,
    v: [f64; 2],
    /// τ and τ·v.
    scaled: [f64; 3],
}

impl Turn {
    /// The one after which `x` has lost all but its first number.
    #[inline(always)]
    pub(super) fn new(k: usize, count: usize, x: [f64; 3]) -> Self {
        let length = (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]).sqrt().copysign(x[0]);
        let head = x[0] + length;
        let (v, tau) = ([x[1] / head, x[2] / head], head / length);
        Self { k, count, v, scaled: [tau, tau * v[0], tau * v[1]] }
    }

    /// Reflects a number from each of two rows or columns.
    #[inline(always)]
    fn two(&self, x: &mut f64, y: &mut f64) {
        let sum = self.scaled[1].mul_add(*y, self.scaled[0] * *x);
        *x -= sum;
        *y = sum.mul_add(-self.v[0], *y);
    }

    /// Reflects a number from each of three rows or columns.
    #[inline(always)]
    fn three(&self, x: &mut f64, y: &mut f64, z: &mut f64) {
        let sum = self.scaled[1].mul_add(*y, self.scaled[0] * *x);
        let sum = self.scaled[2].mul_add(*z, sum);
        *x -= sum;
        *y = sum.mul_add(-self.v[0], *y);
        *z = sum.mul_add(-self.v[1], *z);
    }

    /// Reflects two or three numbers.
    #[inline(always)]
    pub(super) fn apply(&self, numbers: &mut [f64]) {
        match numbers {
            [x, y] => self.two(x, y),
            [x, y, z] => self.three(x, y, z),
            _ => {}
        }
    }
}

/// The reflections of one step, and room for some rows of the matrix, column after column.
///
/// No reflection reads the rows above it, so that these are brought up to date in the end: several of
/// them side by side, by one reflection after the other.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    pub(super) turns: Vec<Turn>,
    columns: Vec<[f64; Self::TALL]>,
}

impl Sweep {
    /// Rows side by side.
    const TALL: usize = 16;

    /// Applies to each row from `top` to `last` the reflections from its own place on.
    #[inline(always)]
    pub(super) fn finish_rows(
        &mut self,
        h: &mut Matrix<f64>,
        top: usize,
        first: usize,
        last: usize,
    ) {
        for from in (top..last).step_by(Self::TALL) {
            let to = (from + Self::TALL).min(last);
            let start = self.turns.partition_point(|turn| turn.k < from);
            let left = first.max(from);
            self.columns.clear();
            self.columns.resize(last + 1 - left, [0.0; Self::TALL]);
            for i in from..to {
                for (column, x) in self.columns.iter_mut().zip(&h.row(i)[left..=last]) {
                    column[i - from] = *x;
                }
            }
            // Those that not all of the rows have to go through.
            let common = self.turns.partition_point(|turn| turn.k + 1 < to);
            for turn in &self.turns[start..common] {
                let columns = &mut self.columns[turn.k - left..][..turn.count];
                turn_some_columns(columns, turn.k + 1 - from, *turn);
            }
            for turn in &self.turns[common..] {
                turn_columns(&mut self.columns[turn.k - left..][..turn.count], *turn);
            }
            for i in from..to {
                for (column, x) in self.columns.iter().zip(&mut h.row_mut(i)[left..=last]) {
                    *x = column[i - from];
                }
            }
        }
    }
}

/// Reflects two or three columns.
#[inline(always)]
fn turn_columns<const TALL: usize>(columns: &mut [[f64; TALL]], turn: Turn) {
    match columns {
        [x, y] => {
            for (x, y) in x.iter_mut().zip(y) {
                turn.two(x, y);
            }
        }
        [x, y, z] => {
            for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
                turn.three(x, y, z);
            }
        }
        _ => {}
    }
}

/// Reflects two or three columns in the first `tall` rows, and leaves the others as they are.
#[inline(always)]
fn turn_some_columns<const TALL: usize>(columns: &mut [[f64; TALL]], tall: usize, turn: Turn) {
    let [tau, tau_y, tau_z] = turn.scaled;
    let (x, y, z) = match columns {
        [x, y] => (x, y, &mut [0.0; TALL]),
        [x, y, z] => (x, y, z),
        _ => return,
    };
    for row in 0..TALL {
        let sum = tau_z.mul_add(z[row], tau_y.mul_add(y[row], tau * x[row]));
        let sum = if row < tall { sum } else { 0.0 };
        x[row] -= sum;
        y[row] = sum.mul_add(-turn.v[0], y[row]);
        z[row] = sum.mul_add(-turn.v[1], z[row]);
    }
}

/// Reflects rows between two columns.
#[inline(always)]
pub(super) fn reflect_rows(m: &mut Matrix<f64>, left: usize, right: usize, turn: Turn) {
    let Turn { k, count, .. } = turn;
    let width = m.columns();
    let rows = &mut m.data_mut()[k * width..(k + count) * width];
    let (x, rest) = rows.split_at_mut(width);
    let (y, z) = rest.split_at_mut(width);
    let (x, y) = (&mut x[left..right], &mut y[left..right]);
    if count == 2 {
        for (x, y) in x.iter_mut().zip(y) {
            turn.two(x, y);
        }
        return;
    }
    for ((x, y), z) in x.iter_mut().zip(y).zip(&mut z[left..right]) {
        turn.three(x, y, z);
    }
}
