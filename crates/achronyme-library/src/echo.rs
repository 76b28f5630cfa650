//! How a dialogue shows what a program came to.

use crate::functions::{plot, table};
use crate::text::{self, Style};
use crate::{Fault, Store};

/// A figure as the plot it is, or the file it is in; a table with its columns side by side; all else as [`text::show`] with
/// [`Style::Echo`]. Without the end of the last line.
///
/// # Errors
/// As those of [`text::show`].
pub fn echo<S: Store>(store: &S, value: &S::Value) -> Result<String, Fault> {
    if let Some(file) = plot::file(store, value) {
        return Ok(format!("<figure {file}>"));
    }
    match plot::shown(store, value) {
        Some(plot) => Ok(plot.trim_end_matches('\n').to_owned()),
        None => match table::shown(store, value, None) {
            Some(table) => Ok(table),
            None => text::show(store, value, Style::Echo),
        },
    }
}
