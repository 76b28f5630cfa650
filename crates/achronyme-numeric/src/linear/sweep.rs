//! The reflections of one step of the QR algorithm on a real matrix.

use super::matrix::Matrix;

/// A reflection of `count` rows or columns from `k` on: I − τ·v·vᵀ, with 1 in the first place of v.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) k: usize,
    pub(super) count: usize,
    v: [f64; 2],
    tau: f64,
}

impl Turn {
    /// The one after which `x` has lost all but its first number.
    #[inline(always)]
    pub(super) fn new(k: usize, count: usize, x: [f64; 3]) -> Self {
        let length = (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]).sqrt().copysign(x[0]);
        let head = x[0] + length;
        Self { k, count, v: [x[1] / head, x[2] / head], tau: head / length }
    }

    /// Reflects two or three numbers.
    #[inline(always)]
    pub(super) fn apply(&self, numbers: &mut [f64]) {
        let Self { v, tau, .. } = *self;
        match numbers {
            [x, y] => {
                let sum = tau * (*x + v[0] * *y);
                *x -= sum;
                *y -= sum * v[0];
            }
            [x, y, z] => {
                let sum = tau * (*x + v[0] * *y + v[1] * *z);
                *x -= sum;
                *y -= sum * v[0];
                *z -= sum * v[1];
            }
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
            // Those that not all of the rows have to go through.
            let start = self.turns.partition_point(|turn| turn.k < from);
            let common = self.turns.partition_point(|turn| turn.k + 1 < to);
            for i in from..to {
                let row = h.row_mut(i);
                for turn in self.turns[start..common].iter().filter(|turn| turn.k >= i) {
                    turn.apply(&mut row[turn.k..turn.k + turn.count]);
                }
            }
            let left = first.max(to - 1);
            self.columns.clear();
            self.columns.resize(last + 1 - left, [0.0; Self::TALL]);
            for i in from..to {
                for (column, x) in self.columns.iter_mut().zip(&h.row(i)[left..=last]) {
                    column[i - from] = *x;
                }
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
    let Turn { v, tau, .. } = turn;
    match columns {
        [x, y] => {
            for (x, y) in x.iter_mut().zip(y) {
                let sum = tau * (*x + v[0] * *y);
                *x -= sum;
                *y -= sum * v[0];
            }
        }
        [x, y, z] => {
            for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
                let sum = tau * (*x + v[0] * *y + v[1] * *z);
                *x -= sum;
                *y -= sum * v[0];
                *z -= sum * v[1];
            }
        }
        _ => {}
    }
}

/// Reflects rows between two columns.
#[inline(always)]
pub(super) fn reflect_rows(m: &mut Matrix<f64>, left: usize, right: usize, turn: Turn) {
    let Turn { k, count, v, tau } = turn;
    let width = m.columns();
    let rows = &mut m.data_mut()[k * width..(k + count) * width];
    let (x, rest) = rows.split_at_mut(width);
    let (y, z) = rest.split_at_mut(width);
    let (x, y) = (&mut x[left..right], &mut y[left..right]);
    if count == 2 {
        for (x, y) in x.iter_mut().zip(y) {
            let sum = tau * (*x + v[0] * *y);
            *x -= sum;
            *y -= sum * v[0];
        }
        return;
    }
    for ((x, y), z) in x.iter_mut().zip(y).zip(&mut z[left..right]) {
        let sum = tau * (*x + v[0] * *y + v[1] * *z);
        *x -= sum;
        *y -= sum * v[0];
        *z -= sum * v[1];
    }
}
