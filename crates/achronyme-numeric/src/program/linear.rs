//! A linear program as users write it, and its solution.

use super::scale::Scale;
use super::simplex::Simplex;
use crate::Error;

/// The best value of `objective · x` where each row of a matrix times `x` is at most, at least or
/// exactly a number, and each variable lies between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearProgram {
    /// One coefficient for each variable.
    pub objective: Vec<f64>,
    /// Whether the greatest value is wanted, not the least.
    pub maximize: bool,
    /// The coefficients of the conditions, row by row: one for each variable.
    pub rows: Vec<f64>,
    /// How each row compares with its right side.
    pub relations: Vec<Relation>,
    /// The right side of each row.
    pub right: Vec<f64>,
    /// The least value of each variable; −∞ for none.
    pub lower: Vec<f64>,
    /// The greatest value of each variable; ∞ for none.
    pub upper: Vec<f64>,
}

/// How a row compares with its right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `≤`
    AtMost,
    /// `≥`
    AtLeast,
    /// `=`
    Equal,
}

/// In which way the simplex method goes to the best vertex. All ways end at the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Over vertices that fulfil the conditions.
    Primal,
    /// Over vertices that are better than the best.
    Dual,
}

/// How the search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// With the best point.
    Optimal,
    /// No point fulfils all conditions.
    Infeasible,
    /// The objective has no limit.
    Unbounded,
    /// After as many steps as are allowed.
    IterationLimit,
}

impl Status {
    /// As programs see it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Infeasible => "infeasible",
            Self::Unbounded => "unbounded",
            Self::IterationLimit => "iteration_limit",
        }
    }
}

/// What is known of the best vertex. Signs are those of the user's objective, greatest or least.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSolution {
    /// How the search ended. Except for [`Status::Optimal`] all lists below are empty.
    pub status: Status,
    /// The value of each variable.
    pub x: Vec<f64>,
    /// The value of the objective; NaN where there is none.
    pub objective: f64,
    /// The derivative of the objective by the right side of each row.
    pub dual: Vec<f64>,
    /// The derivative of the objective by the bound at which each variable lies; 0 in the basis.
    pub reduced_costs: Vec<f64>,
    /// Which variables are in the basis, in ascending order: number `j` of the program's own, or
    /// their count and the number of the row whose slack it is.
    pub basis: Vec<usize>,
    /// How many vertices were gone over.
    pub iterations: usize,
}

impl LinearSolution {
    /// That there is no best vertex.
    pub(super) const fn none(status: Status, iterations: usize) -> Self {
        Self {
            status,
            x: Vec::new(),
            objective: f64::NAN,
            dual: Vec::new(),
            reduced_costs: Vec::new(),
            basis: Vec::new(),
            iterations,
        }
    }
}

impl LinearProgram {
    /// The program `objective · x` under `rows · x ≤ right` and `x ≥ 0`.
    #[must_use]
    pub fn at_most(objective: Vec<f64>, maximize: bool, rows: Vec<f64>, right: Vec<f64>) -> Self {
        let variables = objective.len();
        Self {
            maximize,
            rows,
            relations: vec![Relation::AtMost; right.len()],
            right,
            lower: vec![0.0; variables],
            upper: vec![f64::INFINITY; variables],
            objective,
        }
    }

    /// How many variables there are.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.objective.len()
    }

    /// The coefficients of a row.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        let variables = self.variables();
        &self.rows[row * variables..(row + 1) * variables]
    }

    /// Whether the lists fit together and every number is one that can be computed with.
    ///
    /// # Errors
    /// Which of them does not.
    pub fn check(&self) -> Result<(), Error> {
        let (variables, rows) = (self.variables(), self.right.len());
        if self.relations.len() != rows || variables.checked_mul(rows) != Some(self.rows.len()) {
            return Err(Error::shape("matrix, relations and right sides do not agree"));
        }
        if self.lower.len() != variables || self.upper.len() != variables {
            return Err(Error::shape(format!("there must be {variables} bounds")));
        }
        let lists =
            [("objective", &self.objective), ("matrix", &self.rows), ("right side", &self.right)];
        for (name, list) in lists {
            if list.iter().any(|number| !number.is_finite()) {
                return Err(Error::value(format!("the {name} has non-finite entries")));
            }
        }
        let bad = |(low, high): (&f64, &f64)| {
            low.is_nan() || high.is_nan() || *low == f64::INFINITY || *high == f64::NEG_INFINITY
        };
        if self.lower.iter().zip(&self.upper).any(bad) {
            return Err(Error::value("a bound is not a number, or lies beyond all numbers"));
        }
        Ok(())
    }

    /// Finds the best vertex by the bounded simplex method with an explicit inverse of the basis
    /// (Dantzig's rule; Bland's once 5·(rows + variables) pivots in succession gained nothing).
    ///
    /// A pivot costs O(rows · (rows + variables)).
    ///
    /// # Errors
    /// As [`LinearProgram::check`]; what cannot be solved is a [`Status`].
    pub fn solve(&self, method: Method) -> Result<LinearSolution, Error> {
        self.check()?;
        let scale = Scale::of(self);
        let mut simplex = Simplex::new(scale.standard(self));
        let status = match method {
            Method::Primal => simplex.primal(),
            Method::Dual => simplex.dual(),
        };
        Ok(scale.solution(self, &simplex, status))
    }

    /// The value of the objective at a point.
    pub(super) fn value(&self, x: &[f64]) -> f64 {
        self.objective.iter().zip(x).map(|(c, x)| c * x).sum::<f64>() + 0.0
    }
}
