//! A convex quadratic program as users write it, and its solution.

mod active;
mod cholesky;
mod orthogonal;

use self::active::Search;
use self::cholesky::Cholesky;
use super::linear::{LinearProgram, Method, Relation, Status};
use super::standard::dot;
use crate::Error;

/// The least value of `½ x·Hx + linear·x` under the conditions of a linear program.
#[derive(Clone, Debug)]
pub struct QuadraticProgram {
    /// `H`, row by row. Only its symmetric part counts.
    pub quadratic: Vec<f64>,
    /// The conditions, and `linear` as their objective, which is to be least.
    pub linear: LinearProgram,
}

/// What is known of the best point.
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticSolution {
    /// How the search ended. Except for [`Status::Optimal`] the lists are empty.
    pub status: Status,
    /// The value of each variable.
    pub x: Vec<f64>,
    /// The value of the objective; NaN where there is none.
    pub objective: f64,
    /// The derivative of the objective by the right side of each row.
    pub dual: Vec<f64>,
    /// How many points were gone over.
    pub iterations: usize,
}

impl QuadraticSolution {
    const fn none(status: Status, iterations: usize) -> Self {
        Self { status, x: Vec::new(), objective: f64::NAN, dual: Vec::new(), iterations }
    }
}

impl QuadraticProgram {
    /// Finds the best point by the primal method of active sets in the null space of the conditions
    /// that hold as equations, from a vertex that the simplex method finds (J. Nocedal,
    /// S. J. Wright: Numerical Optimization, 2nd edition, section 16.5).
    ///
    /// An iteration costs O(variables³) for the directions that no condition blocks.
    ///
    /// # Errors
    /// As [`LinearProgram::check`]; the matrix has the wrong size, numbers that are not finite, or
    /// a direction of negative curvature.
    pub fn solve(&self) -> Result<QuadraticSolution, Error> {
        self.linear.check()?;
        let size = self.linear.variables();
        if size.checked_mul(size) != Some(self.quadratic.len()) {
            return Err(Error::shape(format!("H must have the shape [{size}, {size}]")));
        }
        if self.quadratic.iter().any(|number| !number.is_finite()) {
            return Err(Error::value("H has non-finite entries"));
        }
        let quadratic = symmetric(&self.quadratic, size);
        if Cholesky::of(&quadratic, size, greatest(&quadratic)).is_none() {
            return Err(Error::value("H is not positive semidefinite"));
        }
        let mut vertex = self.linear.clone();
        vertex.objective.fill(0.0);
        let vertex = vertex.solve(Method::Primal)?;
        if vertex.status != Status::Optimal {
            return Ok(QuadraticSolution::none(vertex.status, vertex.iterations));
        }
        let mut search = Search::new(&self.linear, &quadratic, vertex.x);
        let status = search.run();
        let iterations = vertex.iterations + search.iterations();
        if status != Status::Optimal {
            return Ok(QuadraticSolution::none(status, iterations));
        }
        let (x, dual) = search.into_point(self.linear.right.len());
        let bend: Vec<f64> = quadratic.chunks(size.max(1)).map(|row| dot(row, &x)).collect();
        let objective = 0.5 * dot(&bend, &x) + dot(&self.linear.objective, &x) + 0.0;
        Ok(QuadraticSolution { status, x, objective, dual, iterations })
    }
}

/// The symmetric part of a square matrix.
fn symmetric(matrix: &[f64], size: usize) -> Vec<f64> {
    let mut result = matrix.to_vec();
    for row in 0..size {
        for column in 0..row {
            let mean = 0.5 * matrix[row * size + column] + 0.5 * matrix[column * size + row];
            result[row * size + column] = mean;
            result[column * size + row] = mean;
        }
    }
    result
}

/// The greatest modulus.
fn greatest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most, number| number.abs().max(most))
}

/// A condition `row · x ≤ right`, or `=`.
#[derive(Clone, Debug)]
struct Condition {
    row: Vec<f64>,
    right: f64,
    /// Whether it must hold as an equation.
    equal: bool,
    /// Which row of the program it is, and by what that was multiplied; `None` for a bound.
    origin: Option<(usize, f64)>,
}

/// The rows and bounds of a program as conditions whose greatest coefficients are near 1.
fn conditions(program: &LinearProgram) -> Vec<Condition> {
    let size = program.variables();
    let mut all = Vec::new();
    for (index, relation) in program.relations.iter().enumerate() {
        let row = program.row(index);
        let most = greatest(row);
        if most == 0.0 {
            continue;
        }
        let sign = if *relation == Relation::AtLeast { -1.0 } else { 1.0 };
        let factor = sign * libm::ldexp(1.0, -libm::ilogb(most).clamp(-900, 900));
        all.push(Condition {
            row: row.iter().map(|a| a * factor).collect(),
            right: program.right[index] * factor,
            equal: *relation == Relation::Equal,
            origin: Some((index, factor)),
        });
    }
    for variable in 0..size {
        let (low, high) = (program.lower[variable], program.upper[variable]);
        let mut add = |sign: f64, right: f64, equal| {
            let mut row = vec![0.0; size];
            row[variable] = sign;
            all.push(Condition { row, right, equal, origin: None });
        };
        if low >= high {
            add(1.0, low, true);
            continue;
        }
        if high.is_finite() {
            add(1.0, high, false);
        }
        if low.is_finite() {
            add(-1.0, -low, false);
        }
    }
    all
}
