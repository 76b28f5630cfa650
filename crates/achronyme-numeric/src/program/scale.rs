//! Units in which the numbers of a program are near 1. They are powers of two, so that changing to
//! them and back rounds nothing.

use super::linear::{LinearProgram, LinearSolution, Relation, Status};
use super::simplex::Simplex;
use super::standard::Standard;

/// What the numbers of a program are multiplied by.
#[derive(Debug)]
pub(super) struct Scale {
    /// Each row.
    row: Vec<f64>,
    /// Each column.
    column: Vec<f64>,
    /// The objective.
    cost: f64,
    /// The right side.
    right: f64,
}

impl Scale {
    pub(super) fn of(program: &LinearProgram) -> Self {
        let variables = program.variables();
        let row: Vec<f64> = (0..program.right.len())
            .map(|row| to_one(program.row(row).iter().fold(0.0, |most, a| a.abs().max(most))))
            .collect();
        let mut most = vec![0.0_f64; variables];
        for (index, factor) in row.iter().enumerate() {
            for (most, entry) in most.iter_mut().zip(program.row(index)) {
                *most = most.max((entry * factor).abs());
            }
        }
        // A variable in no row has the unit in which it costs 1.
        let column: Vec<f64> = most
            .into_iter()
            .zip(&program.objective)
            .map(|(most, cost)| to_one(if most == 0.0 { cost.abs() } else { most }))
            .collect();
        let cost = program.objective.iter().zip(&column);
        let cost = to_one(cost.fold(0.0, |most, (c, factor)| (c * factor).abs().max(most)));
        let right = program.right.iter().zip(&row);
        let mut most = right.fold(0.0_f64, |most, (b, factor)| (b * factor).abs().max(most));
        if most == 0.0 {
            // Bounds may be far larger than anything that counts, and so they come second.
            let bounds = program.lower.iter().chain(&program.upper).zip(column.iter().cycle());
            let finite = bounds.filter(|(bound, _)| bound.is_finite());
            most = finite.fold(0.0, |most, (bound, factor)| (bound / factor).abs().max(most));
        }
        let right = to_one(most);
        Self { row, column, cost, right }
    }

    /// The program in these units, as one that seeks the least value.
    pub(super) fn standard(&self, program: &LinearProgram) -> Standard {
        let (variables, rows) = (program.variables(), program.right.len());
        let sign = if program.maximize { -1.0 } else { 1.0 };
        let mut columns = Vec::with_capacity(variables * rows);
        for (variable, factor) in self.column.iter().enumerate() {
            columns
                .extend((0..rows).map(|row| program.row(row)[variable] * self.row[row] * factor));
        }
        let right = program.right.iter().zip(&self.row).map(|(b, row)| b * row * self.right);
        let cost = program.objective.iter().zip(&self.column);
        let mut cost: Vec<f64> = cost.map(|(c, factor)| sign * c * factor * self.cost).collect();
        cost.resize(variables + rows, 0.0);
        let in_units = |(bound, factor): (&f64, &f64)| bound * self.right / factor;
        let mut lower: Vec<f64> = program.lower.iter().zip(&self.column).map(in_units).collect();
        let mut upper: Vec<f64> = program.upper.iter().zip(&self.column).map(in_units).collect();
        for relation in &program.relations {
            let (low, high) = match relation {
                Relation::AtMost => (0.0, f64::INFINITY),
                Relation::AtLeast => (f64::NEG_INFINITY, 0.0),
                Relation::Equal => (0.0, 0.0),
            };
            lower.push(low);
            upper.push(high);
        }
        Standard { rows, variables, columns, right: right.collect(), cost, lower, upper }
    }

    /// The value of a bound of a variable in these units.
    pub(super) fn bound(&self, variable: usize, bound: f64) -> f64 {
        bound * self.right / self.column[variable]
    }

    /// The value of a variable, from these units.
    pub(super) fn variable(&self, variable: usize, value: f64) -> f64 {
        value * self.column[variable] / self.right + 0.0
    }

    /// A cost of a variable, from these units.
    pub(super) fn cost(&self, variable: usize, cost: f64) -> f64 {
        cost / (self.cost * self.column[variable]) + 0.0
    }

    /// A right side, from these units.
    pub(super) fn right(&self, row: usize, right: f64) -> f64 {
        right / (self.right * self.row[row]) + 0.0
    }

    /// What is known of the vertex at which a search ended.
    pub(super) fn solution(
        &self,
        program: &LinearProgram,
        simplex: &Simplex,
        status: Status,
    ) -> LinearSolution {
        let iterations = simplex.iterations();
        if status != Status::Optimal {
            return LinearSolution::none(status, iterations);
        }
        let sign = if program.maximize { -1.0 } else { 1.0 };
        let variables = program.variables();
        let x: Vec<f64> = (0..variables).map(|j| self.value(program, simplex, j)).collect();
        let prices = simplex.prices();
        let dual = prices.iter().zip(&self.row).map(|(y, row)| sign * y * row / self.cost + 0.0);
        let reduced = |j: usize| {
            if simplex.is_basic(j) {
                return 0.0;
            }
            self.cost(j, sign * simplex.reduced_cost(&prices, j))
        };
        let mut basis = simplex.basis().to_vec();
        basis.sort_unstable();
        LinearSolution {
            status,
            objective: program.value(&x),
            dual: dual.collect(),
            reduced_costs: (0..variables).map(reduced).collect(),
            basis,
            iterations,
            x,
        }
    }

    /// The value of a variable; exactly its bound where it lies at one.
    fn value(&self, program: &LinearProgram, simplex: &Simplex, variable: usize) -> f64 {
        let value = self.variable(variable, simplex.value(variable));
        let (low, high) = (program.lower[variable], program.upper[variable]);
        if low <= high { value.clamp(low, high) + 0.0 } else { value }
    }
}

/// The power of two that takes a number near 1; 1 for what has none.
fn to_one(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return 1.0;
    }
    libm::ldexp(1.0, -libm::ilogb(number).clamp(-200, 200))
}
