//! Random numbers: the generator, and what is drawn from it. The order in which numbers are drawn is
//! part of what programs can rely on.

mod choice;
mod draw;
mod generator;
mod seed;

pub use choice::{choose, choose_different, choose_weighted, permutation};
pub use draw::{check_bounds, integer, standard_normal, unit};
pub use generator::Generator;
