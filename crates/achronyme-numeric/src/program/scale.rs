//! Units in which the numbers of a program are near 1. They are powers of two, so that changing to
//! them and back rounds nothing.
//!
//! Logarithms of the units are chosen by least squares (Curtis and Reid, "On the automatic scaling of
//! matrices for Gaussian elimination", 1972), so that a program written in other units becomes the
//! same one here, but for a factor below two.

use super::linear::{LinearProgram, LinearSolution, Relation, Status};
use super::simplex::Simplex;
use super::standard::Standard;
use crate::graph::{Edge, Graph, weak_components};

/// After so many rounds the least squares are good enough; where all entries are there, the second
/// changes nothing.
const ROUNDS_MAX: usize = 100;

/// What the numbers of a program are multiplied by.
#[derive(Debug)]
pub(super) struct Scale {
    /// Each row.
    row: Vec<f64>,
    /// Each column.
    column: Vec<f64>,
    /// The objective.
    cost: f64,
}

/// Logarithms to base two of factors of rows and columns.
struct Logarithms {
    row: Vec<f64>,
    column: Vec<f64>,
}

/// An entry of the matrix that is not 0.
struct Entry {
    row: usize,
    column: usize,
    /// Its logarithm to base two.
    log: f64,
}

impl Scale {
    pub(super) fn of(program: &LinearProgram) -> Self {
        let entries = entries(program);
        let mut logs = Logarithms::of(program, &entries);
        logs.fit(&entries);
        logs.equilibrate(&entries);
        logs.settle(program, &entries);
        let column: Vec<f64> = logs.column.into_iter().map(power_of_two).collect();
        let most = program.objective.iter().zip(&column);
        let most = most.fold(0.0, |most: f64, (c, factor)| (c * factor).abs().max(most));
        Self {
            row: logs.row.into_iter().map(power_of_two).collect(),
            column,
            cost: if most == 0.0 { 1.0 } else { power_of_two(-libm::log2(most)) },
        }
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
        let right = program.right.iter().zip(&self.row).map(|(b, row)| b * row);
        let cost = program.objective.iter().zip(&self.column);
        let mut cost: Vec<f64> = cost.map(|(c, factor)| sign * c * factor * self.cost).collect();
        cost.resize(variables + rows, 0.0);
        let in_units = |(bound, factor): (&f64, &f64)| bound / factor;
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
        bound / self.column[variable]
    }

    /// The value of a variable, from these units.
    pub(super) fn variable(&self, variable: usize, value: f64) -> f64 {
        value * self.column[variable] + 0.0
    }

    /// A cost of a variable, from these units.
    pub(super) fn cost(&self, variable: usize, cost: f64) -> f64 {
        cost / (self.cost * self.column[variable]) + 0.0
    }

    /// A right side, from these units.
    pub(super) fn right(&self, row: usize, right: f64) -> f64 {
        right / self.row[row] + 0.0
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

impl Logarithms {
    /// Where the search for the best begins: a variable in no row has the unit in which it costs 1.
    fn of(program: &LinearProgram, entries: &[Entry]) -> Self {
        let mut column: Vec<f64> =
            program.objective.iter().map(|c| -logarithm(*c).unwrap_or(0.0)).collect();
        for entry in entries {
            column[entry.column] = 0.0;
        }
        Self { row: vec![0.0; program.right.len()], column }
    }

    /// The logarithm of an entry in the new units.
    fn log(&self, entry: &Entry) -> f64 {
        entry.log + self.row[entry.row] + self.column[entry.column]
    }

    /// Makes the sum of squares of all logarithms least: the mean of each row and column becomes 0.
    fn fit(&mut self, entries: &[Entry]) {
        for _ in 0..ROUNDS_MAX {
            let mut most = 0.0_f64;
            for by_row in [true, false] {
                let count = if by_row { self.row.len() } else { self.column.len() };
                let mut sums = vec![(0.0, 0.0); count];
                for entry in entries {
                    let sum = &mut sums[if by_row { entry.row } else { entry.column }];
                    *sum = (sum.0 + self.log(entry), sum.1 + 1.0);
                }
                let logs = if by_row { &mut self.row } else { &mut self.column };
                for (log, (sum, count)) in logs.iter_mut().zip(sums) {
                    if count > 0.0 {
                        *log -= sum / count;
                        most = most.max((sum / count).abs());
                    }
                }
            }
            if most < 0.01 {
                break;
            }
        }
    }

    /// Makes the greatest entry of each row, then of each column, 1.
    fn equilibrate(&mut self, entries: &[Entry]) {
        let mut most = vec![f64::NEG_INFINITY; self.row.len()];
        for entry in entries {
            most[entry.row] = most[entry.row].max(self.log(entry));
        }
        take(&mut self.row, &most);
        let mut most = vec![f64::NEG_INFINITY; self.column.len()];
        for entry in entries {
            most[entry.column] = most[entry.column].max(self.log(entry));
        }
        take(&mut self.column, &most);
    }

    /// Chooses the unit of each part of the program that has no variable in common with the others:
    /// the matrix leaves it open.
    fn settle(&mut self, program: &LinearProgram, entries: &[Entry]) {
        let (rows, columns) = (self.row.len(), self.column.len());
        let edge =
            |entry: &Entry| Edge { from: entry.row, to: rows + entry.column, directed: false };
        let together = Graph::new(rows + columns, entries.iter().map(edge).collect());
        let mut cones = Vec::new();
        let mut cost = f64::NEG_INFINITY;
        for part in weak_components(&together) {
            let (in_rows, in_columns) = part.split_at(part.partition_point(|node| *node < rows));
            let in_columns: Vec<usize> = in_columns.iter().map(|node| node - rows).collect();
            let Some(size) = self.size(program, in_rows, &in_columns) else {
                cones.push((in_rows.to_vec(), in_columns));
                continue;
            };
            self.shrink(in_rows, &in_columns, size);
            cost = cost.max(self.cost(program, &in_columns));
        }
        // Any unit will do where only 0 and the infinite are in the way, if the costs stay those of
        // the other parts.
        for (in_rows, in_columns) in cones {
            let size = self.cost(program, &in_columns) - if cost.is_finite() { cost } else { 0.0 };
            if size.is_finite() {
                self.shrink(&in_rows, &in_columns, -size);
            }
        }
    }

    /// The logarithm of the greatest right side of a part; where all are 0, of the greatest bound,
    /// which comes second, for it may be far larger than anything that counts.
    fn size(&self, program: &LinearProgram, rows: &[usize], columns: &[usize]) -> Option<f64> {
        let rights =
            rows.iter().filter_map(|row| Some(logarithm(program.right[*row])? + self.row[*row]));
        let bounds = columns.iter().flat_map(|column| {
            let bounds = [program.lower[*column], program.upper[*column]];
            bounds.into_iter().filter_map(|bound| Some(logarithm(bound)? - self.column[*column]))
        });
        rights.reduce(f64::max).or_else(|| bounds.reduce(f64::max))
    }

    /// The logarithm of the greatest cost of a part; −∞ where there is none.
    fn cost(&self, program: &LinearProgram, columns: &[usize]) -> f64 {
        let costs = columns.iter().filter_map(|column| {
            Some(logarithm(program.objective[*column])? + self.column[*column])
        });
        costs.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Makes the right sides and bounds of a part less, by the logarithm of a factor. The matrix
    /// stays as it is.
    fn shrink(&mut self, rows: &[usize], columns: &[usize], by: f64) {
        for row in rows {
            self.row[*row] -= by;
        }
        for column in columns {
            self.column[*column] += by;
        }
    }
}

fn entries(program: &LinearProgram) -> Vec<Entry> {
    let rows = 0..program.right.len();
    rows.flat_map(|row| {
        let entries = program.row(row).iter().enumerate();
        entries.filter_map(move |(column, a)| Some(Entry { row, column, log: logarithm(*a)? }))
    })
    .collect()
}

/// Takes off what is finite.
fn take(from: &mut [f64], what: &[f64]) {
    for (from, what) in from.iter_mut().zip(what) {
        if what.is_finite() {
            *from -= what;
        }
    }
}

/// The logarithm to base two of what is neither 0 nor infinite.
fn logarithm(number: f64) -> Option<f64> {
    (number != 0.0 && number.is_finite()).then(|| libm::log2(number.abs()))
}

/// The power of two that is nearest to one with any exponent.
fn power_of_two(log: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "between -400 and 400")]
    let exponent = log.clamp(-400.0, 400.0).round() as i32;
    libm::ldexp(1.0, exponent)
}
