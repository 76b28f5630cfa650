//! Linear, integer and quadratic programs: the best point under linear conditions.

mod branch;
mod linear;
mod quadratic;
mod ranges;
mod scale;
mod simplex;
mod standard;

pub use branch::{IntegerProgram, IntegerSolution};
pub use linear::{LinearProgram, LinearSolution, Method, Relation, Status};
pub use quadratic::{QuadraticProgram, QuadraticSolution};
pub use ranges::{Ranges, ranges};
