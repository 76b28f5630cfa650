//! The steps of iterations that seek least values and roots. The iterations themselves call functions
//! of the user, and so are the caller's; here is what they compute between two calls.

mod dogleg;
mod levenberg;
mod limited;
mod line_search;
mod secant;
mod trust;

pub use dogleg::{Dogleg, dogleg};
pub use levenberg::{LeastStep, covariance, least_step};
pub use limited::{History, limited_direction, projected_direction};
pub use line_search::{LineSearch, Progress};
pub use secant::{bfgs, broyden};
