//! The dual simplex method: over vertices whose reduced costs are right, until all variables are
//! inside their bounds.

use super::{Block, GAIN, PIVOT, Place, Simplex};
use crate::program::linear::Status;

impl Simplex {
    /// Goes to the vertex of least cost. Where the first vertex has reduced costs of the wrong
    /// sign, these variables cost as much more or less on the way, and the primal method ends the
    /// search with what they cost indeed.
    pub(in crate::program) fn dual(&mut self) -> Status {
        let bounds = self.standard.lower.iter().zip(&self.standard.upper);
        if bounds.into_iter().any(|(low, high)| low > high) {
            return Status::Infeasible;
        }
        let cost = self.standard.cost.clone();
        self.right_costs();
        let status = self.seek_feasible();
        self.standard.cost = cost;
        match status {
            Status::Optimal => self.primal(),
            Status::Infeasible | Status::Unbounded | Status::IterationLimit => status,
        }
    }

    /// Gives every variable the place, or if there is none the cost, at which its reduced cost has
    /// the right sign.
    fn right_costs(&mut self) {
        let prices = self.prices();
        for variable in 0..self.standard.size() {
            if self.is_basic(variable) || self.standard.is_fixed(variable) {
                continue;
            }
            let gain = self.reduced_cost(&prices, variable);
            let wanted = match self.place[variable] {
                Place::Lower if gain < 0.0 => Place::Upper,
                Place::Upper if gain > 0.0 => Place::Lower,
                Place::Free if gain != 0.0 => Place::Free,
                Place::Basic | Place::Lower | Place::Upper | Place::Free => continue,
            };
            let bound = self.bound(variable, wanted);
            if wanted != Place::Free && bound.is_finite() {
                self.place[variable] = wanted;
                self.value[variable] = bound;
            } else {
                self.standard.cost[variable] -= gain;
            }
        }
        self.revalue();
    }

    /// Goes over vertices with right reduced costs to one that is inside all bounds.
    fn seek_feasible(&mut self) -> Status {
        loop {
            let Some((row, excess)) = self.leaving() else { return Status::Optimal };
            if self.is_over() {
                return Status::IterationLimit;
            }
            let Some((variable, ratio)) = self.replacement(row, excess) else {
                if self.age == 0 {
                    return Status::Infeasible;
                }
                self.refresh();
                continue;
            };
            let direction = self.direction(variable);
            if direction[row].abs() <= PIVOT / 2.0 {
                // The row and the column disagree: the inverse is worn out.
                if self.age == 0 {
                    return Status::IterationLimit;
                }
                self.refresh();
                continue;
            }
            let leaving = self.basis[row];
            let at = if excess > 0.0 { Place::Upper } else { Place::Lower };
            let step = (self.value[leaving] - self.bound(leaving, at)) / direction[row];
            self.stalled = if ratio > GAIN { 0 } else { self.stalled + 1 };
            self.go(variable, step, &direction, Block { row: Some(row), at, step });
        }
    }

    /// The row whose basic variable is furthest outside, and how far; by Bland's rule, the first
    /// variable that is outside.
    fn leaving(&self) -> Option<(usize, f64)> {
        let rows = self.basis.iter().enumerate();
        let outside =
            rows.map(|(row, basic)| (row, self.excess(*basic))).filter(|(_, x)| *x != 0.0);
        if self.is_stalled() {
            return outside.min_by_key(|(row, _)| self.basis[*row]);
        }
        outside.max_by(|(i, a), (j, b)| a.abs().total_cmp(&b.abs()).then(j.cmp(i)))
    }

    /// The variable that can move the basic one of a row back inside and whose reduced cost comes
    /// to 0 first, with how far that is. Of equal ones, that with the greatest pivot; by Bland's
    /// rule, the first.
    fn replacement(&self, row: usize, excess: f64) -> Option<(usize, f64)> {
        let prices = self.prices();
        let entries = self.inverse_row(row);
        let mut best: Option<(usize, f64, f64)> = None;
        for variable in 0..self.standard.size() {
            if self.is_basic(variable) || self.standard.is_fixed(variable) {
                continue;
            }
            // What one more of the variable takes from how far the basic one is outside.
            let help = self.standard.times(entries, variable) * excess.signum();
            let helps = match self.place[variable] {
                Place::Lower => help > PIVOT,
                Place::Upper => help < -PIVOT,
                Place::Free => help.abs() > PIVOT,
                Place::Basic => false,
            };
            if !helps {
                continue;
            }
            let ratio = self.reduced_cost(&prices, variable).abs() / help.abs();
            let better = best.is_none_or(|(_, least, most)| {
                let equal = (ratio - least).abs() <= 1e-12;
                if equal { !self.is_stalled() && help.abs() > most } else { ratio < least }
            });
            if better {
                best = Some((variable, ratio, help.abs()));
            }
        }
        best.map(|(variable, ratio, _)| (variable, ratio))
    }
}
