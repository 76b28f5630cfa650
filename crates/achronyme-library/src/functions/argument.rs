//! Arguments as functions want them.

use crate::numbers::is_integer;
use crate::{Fault, Store, View};

/// The number that an argument is.
///
/// # Errors
/// `wanted`, if it is none.
pub(crate) fn number<S: Store>(
    store: &S,
    value: &S::Value,
    wanted: impl FnOnce() -> String,
) -> Result<f64, Fault> {
    match store.view(value) {
        View::Number(number) => Ok(number),
        _ => Err(Fault::new(wanted())),
    }
}

/// The text of an argument that is a string.
///
/// # Errors
/// `wanted`, if it is none.
pub(crate) fn text<'a, S: Store>(
    store: &'a S,
    value: &'a S::Value,
    wanted: impl FnOnce() -> String,
) -> Result<&'a str, Fault> {
    match store.view(value) {
        View::String => Ok(store.text(value)),
        _ => Err(Fault::new(wanted())),
    }
}

/// The integer from 0 on that an argument is; huge ones are cut to what can be counted.
///
/// # Errors
/// `wanted`, if it is none.
pub(crate) fn count<S: Store>(
    store: &S,
    value: &S::Value,
    wanted: impl FnOnce() -> String,
) -> Result<usize, Fault> {
    match store.view(value) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        View::Number(number) if number >= 0.0 && is_integer(number) => Ok(number as usize),
        _ => Err(Fault::new(wanted())),
    }
}

/// The elements of an argument that is a vector.
///
/// # Errors
/// `wanted`, if it is none.
pub(crate) fn elements<'a, S: Store>(
    store: &'a S,
    value: &'a S::Value,
    wanted: impl FnOnce() -> String,
) -> Result<&'a [S::Value], Fault> {
    match store.view(value) {
        View::Vector => Ok(store.elements(value)),
        _ => Err(Fault::new(wanted())),
    }
}
