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
        _ => Err(Fault::type_error(wanted())),
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
        _ => Err(Fault::type_error(wanted())),
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
        View::Number(_) => Err(Fault::value_error(wanted())),
        _ => Err(Fault::type_error(wanted())),
    }
}

/// The place among `length` that an argument is; negative ones count from the end.
///
/// # Errors
/// It is none, in the name of the function.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it lies between 0 and the length"
)]
pub(crate) fn place<S: Store>(
    store: &S,
    name: &str,
    value: &S::Value,
    length: usize,
) -> Result<usize, Fault> {
    let View::Number(number) = store.view(value) else {
        let found = store.kind(value).name();
        return Err(Fault::type_error(format!("{name}: index must be a number, got {found}")));
    };
    if !is_integer(number) {
        return Err(Fault::value_error(format!("{name}: index must be an integer, got {number}")));
    }
    let place = if number < 0.0 { number + length as f64 } else { number };
    if place < 0.0 || place >= length as f64 {
        let message = format!("{name}: index {number} is out of bounds for {length} places");
        return Err(Fault::index_error(message));
    }
    Ok(place as usize)
}
