//! Interpolation: values between samples.

mod method;
mod piecewise;
mod slopes;
mod spline;
#[cfg(test)]
mod tests;

pub use method::{Method, Outside, interpolate};
pub use piecewise::{Piecewise, check_places};
pub use slopes::{akima, pchip};
pub use spline::{Ends, spline};
