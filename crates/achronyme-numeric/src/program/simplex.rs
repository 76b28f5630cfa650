//! Where the simplex method is: a basis, its inverse, and the values of all variables.

mod dual;
mod primal;

use super::standard::{Standard, dot};

/// What lies less outside its bounds is inside, in the units of [`super::scale::Scale`].
pub(super) const FEASIBLE: f64 = 1e-9;
/// A reduced cost below this is none.
pub(super) const GAIN: f64 = 1e-9;
/// A number below this is no pivot.
const PIVOT: f64 = 1e-9;
/// After so many pivots the inverse is computed anew.
const FRESH_MAX: usize = 64;
/// After so many pivots the search is given up.
const PIVOTS_MAX: usize = 100_000;

/// The state of a search.
#[derive(Clone, Debug)]
pub(super) struct Simplex {
    standard: Standard,
    /// Which variable is basic in each row.
    basis: Vec<usize>,
    /// Where each variable is.
    place: Vec<Place>,
    /// The value of each variable.
    value: Vec<f64>,
    /// The inverse of the columns of the basis, row by row.
    inverse: Vec<f64>,
    /// How many pivots the inverse has seen since it was computed.
    age: usize,
    /// How many pivots there were since the search began or began anew.
    pivots: usize,
    /// How many pivots in succession gained nothing.
    stalled: usize,
}

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the basis.
    Basic,
    /// At its least value.
    Lower,
    /// At its greatest value.
    Upper,
    /// At 0, for want of bounds.
    Free,
}

/// Where each variable is as another search begins.
#[derive(Clone, Debug)]
pub(super) struct Start(Vec<Place>);

/// What keeps a variable from going on.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// The row whose basic variable comes to a bound; `None` for the variable itself.
    row: Option<usize>,
    /// The bound that it comes to.
    at: Place,
    /// How far the variable goes until then.
    step: f64,
}

impl Simplex {
    /// At the vertex whose basis is the slacks.
    pub(super) fn new(standard: Standard) -> Self {
        let (rows, size) = (standard.rows, standard.size());
        let mut simplex = Self {
            basis: (standard.variables..size).collect(),
            place: vec![Place::Basic; size],
            value: vec![0.0; size],
            inverse: Vec::new(),
            age: 0,
            pivots: 0,
            stalled: 0,
            standard,
        };
        for variable in 0..size - rows {
            simplex.set_aside(variable);
        }
        simplex.refresh();
        simplex
    }

    /// How many pivots there were.
    pub(super) fn iterations(&self) -> usize {
        self.pivots
    }

    /// The value of a variable.
    pub(super) fn value(&self, variable: usize) -> f64 {
        self.value[variable]
    }

    /// Which variable is basic in each row.
    pub(super) fn basis(&self) -> &[usize] {
        &self.basis
    }

    pub(super) fn is_basic(&self, variable: usize) -> bool {
        self.place[variable] == Place::Basic
    }

    pub(super) fn place(&self, variable: usize) -> Place {
        self.place[variable]
    }

    pub(super) fn standard(&self) -> &Standard {
        &self.standard
    }

    /// Where a search can begin that is to go on from here.
    pub(super) fn start(&self) -> Start {
        Start(self.place.clone())
    }

    /// Begins anew from a basis, with other bounds of some variables.
    pub(super) fn restart(&mut self, start: &Start, bounds: &[(usize, f64, f64)]) {
        self.place.clone_from(&start.0);
        self.basis = (0..self.place.len()).filter(|variable| self.is_basic(*variable)).collect();
        for (variable, lower, upper) in bounds {
            self.standard.lower[*variable] = *lower;
            self.standard.upper[*variable] = *upper;
        }
        for variable in 0..self.standard.size() {
            match self.place[variable] {
                Place::Basic => {}
                Place::Lower if self.standard.lower[variable].is_finite() => {
                    self.value[variable] = self.standard.lower[variable];
                }
                Place::Upper if self.standard.upper[variable].is_finite() => {
                    self.value[variable] = self.standard.upper[variable];
                }
                Place::Lower | Place::Upper | Place::Free => self.set_aside(variable),
            }
        }
        self.stalled = 0;
        self.pivots = 0;
        self.refresh();
    }

    /// What one more of each row's right side costs.
    pub(super) fn prices(&self) -> Vec<f64> {
        let costs: Vec<f64> = self.basis.iter().map(|j| self.standard.cost[*j]).collect();
        self.row_times_inverse(&costs)
    }

    /// What one more of a variable costs, after the basic ones have made up for it.
    pub(super) fn reduced_cost(&self, prices: &[f64], variable: usize) -> f64 {
        self.standard.cost[variable] - self.standard.times(prices, variable)
    }

    /// A row of the inverse.
    pub(super) fn inverse_row(&self, row: usize) -> &[f64] {
        &self.inverse[row * self.standard.rows..(row + 1) * self.standard.rows]
    }

    /// How much less of each basic variable one more of a variable makes.
    pub(super) fn direction(&self, variable: usize) -> Vec<f64> {
        let rows = 0..self.standard.rows;
        rows.map(|row| self.standard.times(self.inverse_row(row), variable)).collect()
    }

    fn row_times_inverse(&self, costs: &[f64]) -> Vec<f64> {
        let mut prices = vec![0.0; costs.len()];
        for (row, cost) in costs.iter().enumerate() {
            if *cost != 0.0 {
                for (price, entry) in prices.iter_mut().zip(self.inverse_row(row)) {
                    *price += cost * entry;
                }
            }
        }
        prices
    }

    /// Whether the vertex can be left no more: after too many pivots.
    fn is_over(&self) -> bool {
        self.pivots >= PIVOTS_MAX
    }

    /// Whether nothing was gained for so long that only Bland's rule is sure to end.
    fn is_stalled(&self) -> bool {
        self.stalled > 5 * self.standard.size()
    }

    /// How far a variable lies outside its bounds: negative below, positive above, 0 inside.
    fn excess(&self, variable: usize) -> f64 {
        let (value, low, high) =
            (self.value[variable], self.standard.lower[variable], self.standard.upper[variable]);
        if value < low - FEASIBLE * (1.0 + low.abs()) {
            value - low
        } else if value > high + FEASIBLE * (1.0 + high.abs()) {
            value - high
        } else {
            0.0
        }
    }

    /// Puts a variable out of the basis, at the bound that is nearest to 0.
    fn set_aside(&mut self, variable: usize) {
        let (low, high) = (self.standard.lower[variable], self.standard.upper[variable]);
        (self.place[variable], self.value[variable]) = match (low.is_finite(), high.is_finite()) {
            (true, true) if high.abs() < low.abs() => (Place::Upper, high),
            (true, _) => (Place::Lower, low),
            (false, true) => (Place::Upper, high),
            (false, false) => (Place::Free, 0.0),
        };
    }

    /// The bound of a variable.
    fn bound(&self, variable: usize, at: Place) -> f64 {
        match at {
            Place::Lower => self.standard.lower[variable],
            Place::Upper => self.standard.upper[variable],
            Place::Basic | Place::Free => self.value[variable],
        }
    }

    /// Moves a variable that is not basic, and the basic ones with it, and exchanges it for the
    /// one that blocks.
    fn go(&mut self, variable: usize, step: f64, direction: &[f64], block: Block) {
        self.pivots += 1;
        for (basic, change) in self.basis.iter().zip(direction) {
            self.value[*basic] -= step * change;
        }
        self.value[variable] += step;
        let Some(row) = block.row else {
            self.place[variable] = block.at;
            self.value[variable] = self.bound(variable, block.at);
            return;
        };
        let leaving = self.basis[row];
        self.place[leaving] = block.at;
        self.value[leaving] = self.bound(leaving, block.at);
        self.place[variable] = Place::Basic;
        self.basis[row] = variable;
        pivot(&mut self.inverse, direction, row);
        self.age += 1;
        if self.age >= FRESH_MAX {
            self.refresh();
        }
    }

    /// Computes the inverse and the values of the basic variables from the beginning. A variable
    /// whose column depends on the others leaves the basis for a slack.
    fn refresh(&mut self) {
        let (rows, variables) = (self.standard.rows, self.standard.variables);
        self.inverse = vec![0.0; rows * rows];
        for row in 0..rows {
            self.inverse[row * rows + row] = 1.0;
        }
        let mut basis: Vec<Option<usize>> = vec![None; rows];
        let (slacks, others): (Vec<usize>, Vec<usize>) =
            self.basis.iter().copied().partition(|j| *j >= variables);
        for slack in slacks {
            basis[slack - variables] = Some(slack);
        }
        for variable in others {
            let direction = self.direction(variable);
            let free = (0..rows).filter(|row| basis[*row].is_none());
            let row = free
                .max_by(|a, b| direction[*a].abs().total_cmp(&direction[*b].abs()).then(b.cmp(a)));
            match row.filter(|row| direction[*row].abs() > PIVOT / 100.0) {
                Some(row) => {
                    basis[row] = Some(variable);
                    pivot(&mut self.inverse, &direction, row);
                }
                None => self.set_aside(variable),
            }
        }
        let basis = basis.into_iter().enumerate();
        self.basis = basis.map(|(row, basic)| basic.unwrap_or(variables + row)).collect();
        for basic in &self.basis {
            self.place[*basic] = Place::Basic;
        }
        self.age = 0;
        self.revalue();
    }

    /// Computes the values of the basic variables from the others.
    fn revalue(&mut self) {
        let mut rest = self.standard.right.clone();
        for variable in 0..self.standard.size() {
            if !self.is_basic(variable) && self.value[variable] != 0.0 {
                self.standard.add(variable, -self.value[variable], &mut rest);
            }
        }
        for basic in &self.basis {
            self.value[*basic] = 0.0;
        }
        // The second time corrects what the inverse has wrong.
        for _ in 0..2 {
            let change: Vec<f64> =
                (0..self.standard.rows).map(|row| dot(self.inverse_row(row), &rest)).collect();
            for (basic, change) in self.basis.iter().zip(change) {
                self.value[*basic] += change;
                self.standard.add(*basic, -change, &mut rest);
            }
        }
    }
}

/// Makes the inverse one of a basis in which the column with this direction stands at `row`.
fn pivot(inverse: &mut [f64], direction: &[f64], row: usize) {
    let rows = direction.len();
    let mut chosen = inverse[row * rows..(row + 1) * rows].to_vec();
    for entry in &mut chosen {
        *entry /= direction[row];
    }
    for (index, factor) in direction.iter().enumerate() {
        if index != row && *factor != 0.0 {
            let entries = &mut inverse[index * rows..(index + 1) * rows];
            for (entry, chosen) in entries.iter_mut().zip(&chosen) {
                *entry -= factor * chosen;
            }
        }
    }
    inverse[row * rows..(row + 1) * rows].copy_from_slice(&chosen);
}
