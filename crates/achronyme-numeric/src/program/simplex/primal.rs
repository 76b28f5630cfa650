//! The primal simplex method: first the sum of what lies outside its bounds falls to 0, then the
//! cost to its least, over vertices that are each no worse than the one before.

use super::{Block, FEASIBLE, GAIN, PIVOT, Place, Simplex};
use crate::program::linear::Status;

impl Simplex {
    /// Goes to the vertex of least cost.
    pub(in crate::program) fn primal(&mut self) -> Status {
        let bounds = self.standard.lower.iter().zip(&self.standard.upper);
        if bounds.into_iter().any(|(low, high)| low > high) {
            return Status::Infeasible;
        }
        loop {
            let outside: Vec<f64> = self.basis.iter().map(|j| self.excess(*j)).collect();
            let first = outside.iter().any(|excess| *excess != 0.0);
            let prices = if first {
                let signs: Vec<f64> = outside.iter().map(|x| unit(*x)).collect();
                self.row_times_inverse(&signs)
            } else {
                self.prices()
            };
            let Some((variable, gain)) = self.entering(&prices, first) else {
                if self.age == 0 {
                    return if first { Status::Infeasible } else { Status::Optimal };
                }
                self.refresh();
                continue;
            };
            if self.is_over() {
                return Status::IterationLimit;
            }
            let sign = if gain < 0.0 { 1.0 } else { -1.0 };
            let direction = self.direction(variable);
            let Some(block) = self.block(variable, sign, &direction, &outside) else {
                if self.age > 0 {
                    self.refresh();
                    continue;
                }
                return if first { Status::IterationLimit } else { Status::Unbounded };
            };
            let progress = block.step * gain.abs();
            self.stalled = if progress > 1e-12 { 0 } else { self.stalled + 1 };
            self.go(variable, sign * block.step, &direction, block);
        }
    }

    /// The variable that gains most for each step, and its reduced cost; where nothing was gained
    /// for long, the first that gains.
    fn entering(&self, prices: &[f64], first: bool) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for variable in 0..self.standard.size() {
            if self.is_basic(variable) || self.standard.is_fixed(variable) {
                continue;
            }
            let cost = if first { 0.0 } else { self.standard.cost[variable] };
            let gain = cost - self.standard.times(prices, variable);
            let gains = match self.place[variable] {
                Place::Lower => gain < -GAIN,
                Place::Upper => gain > GAIN,
                Place::Free => gain.abs() > GAIN,
                Place::Basic => false,
            };
            if gains && best.is_none_or(|(_, most)| gain.abs() > most.abs()) {
                best = Some((variable, gain));
                if self.is_stalled() {
                    break;
                }
            }
        }
        best
    }

    /// What the variable comes to first on its way up (`sign` 1) or down (−1). Of blocks that are
    /// as near as can be told, the one with the greatest pivot; by Bland's rule, the first
    /// variable.
    fn block(
        &self,
        variable: usize,
        sign: f64,
        direction: &[f64],
        outside: &[f64],
    ) -> Option<Block> {
        let blocks: Vec<(usize, f64, Place)> = (0..direction.len())
            .filter_map(|row| {
                let (step, at) = self.meets(row, sign * direction[row], outside[row])?;
                Some((row, step, at))
            })
            .collect();
        let slack = |row: usize| FEASIBLE / direction[row].abs();
        let limit = if self.is_stalled() {
            blocks.iter().map(|(_, step, _)| *step).fold(f64::INFINITY, f64::min)
        } else {
            blocks.iter().map(|(row, step, _)| step + slack(*row)).fold(f64::INFINITY, f64::min)
        };
        let near = blocks.into_iter().filter(|(_, step, _)| *step <= limit);
        let chosen = if self.is_stalled() {
            near.min_by_key(|(row, ..)| self.basis[*row])
        } else {
            near.max_by(|(a, ..), (b, ..)| {
                direction[*a].abs().total_cmp(&direction[*b].abs()).then(b.cmp(a))
            })
        };
        let range = self.standard.upper[variable] - self.standard.lower[variable];
        let at = if sign > 0.0 { Place::Upper } else { Place::Lower };
        match chosen {
            Some((row, step, at)) if step <= range => Some(Block { row: Some(row), at, step }),
            _ if range.is_finite() => Some(Block { row: None, at, step: range }),
            _ => None,
        }
    }

    /// After how far a step the basic variable of a row, which falls by `rate`, comes to a bound,
    /// and to which. One that is outside its bounds comes to the one that it violates.
    fn meets(&self, row: usize, rate: f64, outside: f64) -> Option<(f64, Place)> {
        if rate.abs() <= PIVOT {
            return None;
        }
        let basic = self.basis[row];
        let (bound, at) = match (rate > 0.0, outside) {
            (true, x) if x > 0.0 => (self.standard.upper[basic], Place::Upper),
            (false, x) if x < 0.0 => (self.standard.lower[basic], Place::Lower),
            (_, x) if x != 0.0 => return None,
            (true, _) => (self.standard.lower[basic], Place::Lower),
            (false, _) => (self.standard.upper[basic], Place::Upper),
        };
        bound.is_finite().then(|| (((self.value[basic] - bound) / rate).max(0.0), at))
    }
}

/// The sign of a number; 0 of 0.
fn unit(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number.signum() }
}
