//! Functions of one number, or of a few, that are not elementary. Where there is no value they are
//! NaN; only what counts things refuses numbers that count nothing.

mod deviance;
mod digamma;
mod double;
mod error_function;
mod error_kernel;
mod factorial;
mod gamma;
mod incomplete_beta;
mod incomplete_gamma;
mod sinc;

pub use digamma::digamma;
pub use error_function::{erf, erfc, erfcinv, erfinv};
pub use error_kernel::{erf_into, erfc_into};
pub use factorial::{comb, comb_with_repetition, factorial, perm};
pub use gamma::{beta, complex_gamma, gamma, gamma_into, lgamma};
pub use incomplete_beta::betainc;
pub use incomplete_gamma::{gammainc, gammaincc};
pub use sinc::{complex_sinc, sinc};

pub(crate) use deviance::{log1p_minus, stirling_error};
pub(crate) use double::Double;
pub(crate) use error_function::erfc_of_double;
pub(crate) use error_kernel::half_erfc_of_doubles_into;
pub(crate) use gamma::{LN_SQRT_2PI, lgamma_1p};
pub(crate) use incomplete_beta::{beta_tails, ln_beta_prefactor};
pub(crate) use incomplete_gamma::{gamma_tails, ln_gamma_prefactor};

#[cfg(test)]
pub(crate) use near::assert_near;

#[cfg(test)]
mod near {
    /// Refuses numbers that differ by more than `tolerance` of `expected`.
    #[track_caller]
    pub(crate) fn assert_near(value: f64, expected: f64, tolerance: f64) {
        let error = (value - expected).abs();
        let size = if expected == 0.0 { 1.0 } else { expected.abs() };
        assert!(
            error <= tolerance * size,
            "{value:e} is not {expected:e}, off by {:e}",
            error / size
        );
    }
}
