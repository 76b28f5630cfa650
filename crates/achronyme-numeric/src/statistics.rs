//! What numbers say together: moments, quantiles, how often and how alike they are.

mod covariance;
mod histogram;
mod mode;
mod moments;
mod quantile;
mod regression;

pub use covariance::{correlation, covariance, ranks};
pub use histogram::{Bins, Histogram, histogram, uniform_edges};
pub use mode::mode;
pub use moments::{complex_mean, complex_variance, kurtosis, mean, skew, variance, zscores};
pub use quantile::{QuantileMethod, median, quantiles};
pub use regression::{Line, linregress};

use crate::Error;

/// The error that there is no value without numbers.
fn empty() -> Error {
    Error::value("empty input, requires a non-empty vector")
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
const fn float(count: usize) -> f64 {
    count as f64
}

/// Whether all numbers are the same, where rounding could make a deviation of it.
#[expect(clippy::float_cmp, reason = "it is about equal numbers")]
fn is_constant(data: &[f64]) -> bool {
    data.windows(2).all(|pair| pair[0] == pair[1])
}
