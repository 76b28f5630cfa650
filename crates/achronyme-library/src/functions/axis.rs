//! The options `axis` and `keepdims`: which numbers of an array a function takes together, and what
//! comes of them.

use achronyme_numeric::{Error, Lanes};

use super::Call;
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store};

/// The lanes that the options `axis` and `keepdims` mean in one box, and the shape of a box with one
/// number for each.
#[derive(Debug)]
pub(crate) struct Reduction {
    /// What is taken together.
    pub(crate) lanes: Lanes,
    /// The shape of what comes of it; empty for a single number.
    pub(crate) shape: Vec<usize>,
}

impl Reduction {
    /// What a call asks for in a box of this shape: `axis` is null for all numbers, an integer, or a
    /// vector of integers.
    ///
    /// # Errors
    /// There is no such axis, or an option is of another kind.
    pub(crate) fn new<S: Store>(
        store: &S,
        call: &Call<S::Value>,
        shape: &[usize],
    ) -> Result<Self, Fault> {
        let lanes = match call.option("axis") {
            None => Lanes::whole(shape),
            Some(axis) => match numbers::of(store, axis) {
                Some(Numbers::Real(axis_shape, axes)) if axis_shape.len() <= 1 => {
                    let axes = axes.iter().map(|axis| call.axis_of(*axis, shape.len()));
                    Lanes::along(shape, &axes.collect::<Result<Vec<_>, _>>()?)
                }
                _ => {
                    let wanted = "an integer or a vector of integers";
                    return Err(call.option_wanted(store, "axis", wanted));
                }
            },
        };
        let lanes = lanes.map_err(|error| call.fault(error))?;
        let shape = lanes.reduced_shape(call.flag(store, "keepdims", false)?);
        Ok(Self { lanes, shape })
    }

    /// The value of one number for each lane: a number if there is one lane without axes.
    ///
    /// # Errors
    /// Memory has run out.
    pub(crate) fn real<S: Store>(&self, store: &mut S, results: &[f64]) -> Result<S::Value, Fault> {
        match (results, self.shape.is_empty()) {
            ([result], true) => Ok(store.number(*result)),
            _ => store.new_tensor(&self.shape, results),
        }
    }

    /// As [`Self::real`], for complex numbers.
    ///
    /// # Errors
    /// Memory has run out.
    pub(crate) fn complex<S: Store>(
        &self,
        store: &mut S,
        results: &[Complex],
    ) -> Result<S::Value, Fault> {
        match (results, self.shape.is_empty()) {
            ([result], true) => store.new_complex(*result),
            _ => store.new_complex_tensor(&self.shape, results),
        }
    }
}

/// What `f` makes of all real numbers of the first argument, or of each lane along the option `axis`.
///
/// # Errors
/// The argument is no box of real numbers, or what `f` says.
pub(crate) fn reduced<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl FnMut(&[f64]) -> Result<f64, Error>,
) -> Result<S::Value, Fault> {
    let Numbers::Real(shape, data) = call.numbers(store, 0)? else {
        return Err(call.wanted(store, 0, "real"));
    };
    let reduction = Reduction::new(store, call, &shape)?;
    let results = reduction.lanes.reduce(&data, f).map_err(|error| call.fault(error))?;
    drop((shape, data));
    reduction.real(store, &results)
}
