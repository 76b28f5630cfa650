//! How far costs and right sides can change while the same basis stays the best.

use super::linear::{LinearProgram, LinearSolution, Status};
use super::scale::Scale;
use super::simplex::{GAIN, Place, Simplex};
use crate::Error;

/// The best vertex of a program, and the ranges over which its basis stays the best. Open ends are
/// infinite.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges {
    /// The vertex.
    pub solution: LinearSolution,
    /// For the cost of each variable, least and greatest.
    pub costs: Vec<[f64; 2]>,
    /// For the right side of each row, least and greatest.
    pub rights: Vec<[f64; 2]>,
}

/// Solves a program and finds the ranges of its basis, one number changing at a time. Where there
/// is no best vertex, there are no ranges.
///
/// # Errors
/// As [`LinearProgram::check`].
pub fn ranges(program: &LinearProgram) -> Result<Ranges, Error> {
    program.check()?;
    let scale = Scale::of(program);
    let mut simplex = Simplex::new(scale.standard(program));
    let status = simplex.primal();
    let solution = scale.solution(program, &simplex, status);
    if status != Status::Optimal {
        return Ok(Ranges { solution, costs: Vec::new(), rights: Vec::new() });
    }
    let prices = simplex.prices();
    let costs = (0..program.variables()).map(|variable| {
        let [less, more] = cost_change(&simplex, &prices, variable);
        let [low, high] = if program.maximize { [-more, -less] } else { [less, more] };
        let cost = program.objective[variable];
        [cost + scale.cost(variable, low), cost + scale.cost(variable, high)]
    });
    let rights = (0..program.right.len()).map(|row| {
        let right = program.right[row];
        right_change(&simplex, row).map(|change| right + scale.right(row, change))
    });
    Ok(Ranges { costs: costs.collect(), rights: rights.collect(), solution })
}

/// By how much the cost of a variable can fall and rise.
fn cost_change(simplex: &Simplex, prices: &[f64], variable: usize) -> [f64; 2] {
    const ANY: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
    let standard = simplex.standard();
    if simplex.is_basic(variable) {
        let Some(row) = simplex.basis().iter().position(|basic| *basic == variable) else {
            return ANY;
        };
        let entries = simplex.inverse_row(row);
        let mut change = ANY;
        for other in 0..standard.size() {
            let rate = standard.times(entries, other);
            if simplex.is_basic(other) || standard.is_fixed(other) || rate.abs() <= GAIN {
                continue;
            }
            let gain = snap(simplex.reduced_cost(prices, other));
            // The reduced cost falls by `rate` for each more of this cost, and must keep its sign.
            let end = gain / rate;
            let place = simplex.place(other);
            if place == Place::Free || (place == Place::Lower) == (rate > 0.0) {
                change[1] = change[1].min(end.max(0.0));
            }
            if place == Place::Free || (place == Place::Lower) != (rate > 0.0) {
                change[0] = change[0].max(end.min(0.0));
            }
        }
        return change;
    }
    let gain = snap(simplex.reduced_cost(prices, variable));
    match simplex.place(variable) {
        _ if standard.is_fixed(variable) => ANY,
        Place::Lower => [-gain.max(0.0), f64::INFINITY],
        Place::Upper => [f64::NEG_INFINITY, -gain.min(0.0)],
        Place::Free | Place::Basic => [0.0, 0.0],
    }
}

/// By how much the right side of a row can fall and rise.
fn right_change(simplex: &Simplex, row: usize) -> [f64; 2] {
    let standard = simplex.standard();
    let mut change = [f64::NEG_INFINITY, f64::INFINITY];
    for (index, basic) in simplex.basis().iter().enumerate() {
        let rate = simplex.inverse_row(index)[row];
        if rate.abs() <= GAIN {
            continue;
        }
        let value = simplex.value(*basic);
        let down = (value - standard.lower[*basic]).max(0.0) / rate.abs();
        let up = (standard.upper[*basic] - value).max(0.0) / rate.abs();
        let (less, more) = if rate > 0.0 { (down, up) } else { (up, down) };
        change[0] = change[0].max(-less);
        change[1] = change[1].min(more);
    }
    change
}

/// A reduced cost without what is only rounding.
fn snap(gain: f64) -> f64 {
    if gain.abs() <= GAIN { 0.0 } else { gain }
}
