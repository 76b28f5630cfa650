//! The one conversion of values to text: for the echo of results, `print`, `str`, `+` and `'${}'`.

mod number;
mod tensor;
mod writer;

pub use number::write_number;
pub(crate) use number::{rounded, write_complex, write_truth};
use writer::Writer;

use crate::{Fault, Store};

/// What a text may grow to.
const BYTES_MAX: usize = 1 << 28;

/// How strings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As the echo of a result shows them: in quotes.
    Echo,
    /// As they are, also inside of vectors and records.
    Plain,
}

/// The text of a value. Numbers have all their digits and no exponent, tensors all their numbers,
/// records their fields by name. What contains itself is shown as `…` there.
///
/// # Errors
/// The text would be longer than 256 MiB.
pub fn show<S: Store>(store: &S, value: &S::Value, style: Style) -> Result<String, Fault> {
    Writer::new(store, style, None).written(value)
}

/// The text of a value as `print` writes it: as it is, with numbers rounded as the program wants.
///
/// # Errors
/// As [`show`].
pub(crate) fn printed<S: Store>(store: &S, value: &S::Value) -> Result<String, Fault> {
    Writer::new(store, Style::Plain, store.precision()).written(value)
}

/// The error that a text becomes too long.
pub(crate) fn check_length(text: &str) -> Result<(), Fault> {
    if text.len() > BYTES_MAX {
        return Err(Fault::new(format!("Text longer than {BYTES_MAX} bytes")));
    }
    Ok(())
}
