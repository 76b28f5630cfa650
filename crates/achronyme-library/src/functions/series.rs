//! Sequences of numbers as arguments, and boxes and records of them as results.

use std::borrow::Cow;

use achronyme_numeric::signal::Window;
use achronyme_numeric::{Array, Complex};

use super::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

/// The numbers of a vector or tensor of one axis.
///
/// # Errors
/// The argument at this place is something else.
pub(crate) fn series<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Numbers<'a>, Fault> {
    let numbers = array(store, call, place)?;
    if numbers.rank() == 1 {
        return Ok(numbers);
    }
    Err(call.shape_error(format!("expected one axis, got shape {:?}", numbers.shape())))
}

/// The numbers of a vector or tensor.
///
/// # Errors
/// The argument at this place is something else.
pub(crate) fn array<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Numbers<'a>, Fault> {
    let value = call.at(place)?;
    let numbers = numbers::of(store, value).filter(|numbers| numbers.rank() > 0);
    numbers.ok_or_else(|| {
        let found = store.kind(value).name();
        call.type_error(format!("requires a vector or tensor of numbers, got {found}"))
    })
}

/// The real numbers of a vector or tensor of one axis.
///
/// # Errors
/// The argument at this place is something else.
pub(crate) fn real_series<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Cow<'a, [f64]>, Fault> {
    match series(store, call, place)? {
        Numbers::Real(_, data) => Ok(data),
        Numbers::Complex(..) => Err(call.wanted(store, place, "a vector of real numbers")),
    }
}

/// Whether numbers are complex.
pub(crate) fn is_complex(numbers: &Numbers<'_>) -> bool {
    matches!(numbers, Numbers::Complex(..))
}

/// The window that an option names, if it does: a name, a vector of a name and a number, or the
/// weights themselves.
#[derive(Clone, Debug)]
pub(crate) enum Weights {
    /// By name.
    Named(Window),
    /// One by one.
    Given(Vec<f64>),
}

impl Weights {
    /// What the option `window` says.
    ///
    /// # Errors
    /// It is no window.
    pub(crate) fn option<S: Store>(
        store: &S,
        call: &Call<S::Value>,
    ) -> Result<Option<Self>, Fault> {
        call.option("window").map(|value| Self::of(store, call, value)).transpose()
    }

    /// What a value says.
    ///
    /// # Errors
    /// It is no window.
    pub(crate) fn of<S: Store>(
        store: &S,
        call: &Call<S::Value>,
        value: &S::Value,
    ) -> Result<Self, Fault> {
        let named = |name: &S::Value, parameter: Option<f64>| {
            Window::from_name(store.text(name), parameter)
                .map(Self::Named)
                .map_err(|error| call.fault(error))
        };
        let elements = store.elements(value);
        if store.view(value) == View::String {
            return named(value, None);
        }
        if let [name, parameter] = elements
            && store.view(name) == View::String
            && let View::Number(parameter) = store.view(parameter)
        {
            return named(name, Some(parameter));
        }
        match numbers::of(store, value) {
            Some(Numbers::Real(shape, data)) if shape.len() == 1 => {
                Ok(Self::Given(data.into_owned()))
            }
            _ => Err(call.type_error(
                "window must be a name, a vector of a name and a number, or a vector of numbers",
            )),
        }
    }

    /// How many weights there are, if that is fixed.
    pub(crate) fn count(&self) -> Option<usize> {
        match self {
            Self::Named(_) => None,
            Self::Given(weights) => Some(weights.len()),
        }
    }

    /// So many weights.
    ///
    /// # Errors
    /// There are more or fewer.
    pub(crate) fn weights<S: Store>(
        self,
        store: &S,
        call: &Call<S::Value>,
        count: usize,
        periodic: bool,
    ) -> Result<Vec<f64>, Fault> {
        match self {
            Self::Named(window) => {
                room::<S, f64>(store, count)?;
                Ok(window.weights(count, periodic))
            }
            Self::Given(weights) if weights.len() == count => Ok(weights),
            Self::Given(weights) => {
                Err(call
                    .shape_error(format!("window has {} weights, expected {count}", weights.len())))
            }
        }
    }
}

/// Asks for memory for so many numbers.
///
/// # Errors
/// There is not so much.
pub(crate) fn room<S: Store, T>(store: &S, count: usize) -> Result<(), Fault> {
    store.room(count.saturating_mul(size_of::<T>()))
}

/// A tensor of one axis.
///
/// # Errors
/// Memory has run out, as for all below.
pub(crate) fn real_tensor<S: Store>(store: &mut S, data: &[f64]) -> Result<S::Value, Fault> {
    store.new_tensor(&[data.len()], data)
}

/// A complex tensor of one axis.
pub(crate) fn complex_tensor<S: Store>(store: &mut S, data: &[Complex]) -> Result<S::Value, Fault> {
    store.new_complex_tensor(&[data.len()], data)
}

/// An array of real numbers as a tensor.
pub(crate) fn new_real<S: Store>(store: &mut S, array: &Array<f64>) -> Result<S::Value, Fault> {
    store.new_tensor(array.shape(), array.data())
}

/// An array of complex numbers as a tensor.
pub(crate) fn new_complex<S: Store>(
    store: &mut S,
    array: &Array<Complex>,
) -> Result<S::Value, Fault> {
    store.new_complex_tensor(array.shape(), array.data())
}

/// A record of results.
pub(crate) fn record<S: Store>(
    store: &mut S,
    fields: &[(&str, S::Value)],
) -> Result<S::Value, Fault> {
    let fields: Vec<(&str, S::Value, bool)> =
        fields.iter().map(|(name, value)| (*name, value.clone(), true)).collect();
    store.new_record(&fields)
}
