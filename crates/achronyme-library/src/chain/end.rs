//! Functions that make one number of all that a chain comes to: the numbers need no memory.

use achronyme_numeric::{Step, chain_fold, chain_sum, count_nonzero, extreme};

use crate::builtin::builtin;
use crate::functions::reduction::counted;

/// What is made of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Sum,
    Mean,
    /// How many are not 0.
    Count,
    Least,
    Greatest,
}

impl End {
    /// What a function does that is called with one array.
    pub(super) fn of(function: u16) -> Option<Self> {
        Some(match builtin(function)?.name {
            "sum" => Self::Sum,
            "mean" => Self::Mean,
            "count_nonzero" => Self::Count,
            "min" => Self::Least,
            "max" => Self::Greatest,
            _ => return None,
        })
    }

    /// What comes of so many numbers. `None` if that is no real number, or none is there.
    pub(super) fn made(self, steps: &[Step], arrays: &[&[f64]], count: usize) -> Option<f64> {
        match self {
            Self::Sum => chain_sum(steps, arrays, count),
            Self::Mean if count == 0 => None,
            Self::Mean => Some(chain_sum(steps, arrays, count)? / counted(count)),
            Self::Count => {
                let nonzero = |so_far, numbers: &[f64]| so_far + count_nonzero(numbers);
                chain_fold(steps, arrays, count, 0, nonzero, |one, other| one + other).map(counted)
            }
            Self::Least => extreme_of(steps, arrays, count, false),
            Self::Greatest => extreme_of(steps, arrays, count, true),
        }
    }
}

/// The least number, or the greatest; NaN if there is one.
fn extreme_of(steps: &[Step], arrays: &[&[f64]], count: usize, greatest: bool) -> Option<f64> {
    let either = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => extreme(&[one, other], greatest),
        (one, other) => one.or(other),
    };
    let fold = |so_far, numbers: &[f64]| either(so_far, extreme(numbers, greatest));
    chain_fold(steps, arrays, count, None, fold, either)?
}
