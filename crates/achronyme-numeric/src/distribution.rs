//! Probability distributions: ten families, each with the same questions one can ask it.

mod beta;
mod binomial;
mod count;
mod exponential;
mod f;
mod family;
mod gamma;
mod inverse;
mod law;
mod normal;
pub(crate) mod normal_quantile;
mod poisson;
mod t;
mod uniform;

pub use family::{Family, Parameter, Quantity};
