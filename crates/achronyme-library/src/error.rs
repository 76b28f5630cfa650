//! Errors as values: what `throw` throws, and what `catch` catches.

use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// The error that `throw value` throws: an error itself; the fields `message`, `kind` and `source`
/// of a record; otherwise one whose message is the text of the value.
///
/// # Errors
/// Memory has run out.
pub fn thrown<S: Store>(store: &mut S, value: &S::Value) -> Result<S::Value, Fault> {
    let null = store.null();
    match store.view(value) {
        View::Error => Ok(value.clone()),
        View::String => store.new_error(value.clone(), null.clone(), null),
        View::Record => {
            let message = match store.field(value, "message") {
                Some(message) => as_text(store, &message)?,
                None => store.new_string("Unknown error")?,
            };
            let kind = store.field(value, "kind");
            let kind = kind.filter(|kind| store.view(kind) == View::String);
            let source = store.field(value, "source");
            store.new_error(message, kind.unwrap_or_else(|| null.clone()), source.unwrap_or(null))
        }
        _ => {
            let message = as_text(store, value)?;
            store.new_error(message, null.clone(), null)
        }
    }
}

/// The error that a program catches for a fault.
///
/// # Errors
/// Memory has run out.
pub fn from_fault<S: Store>(store: &mut S, fault: &Fault) -> Result<S::Value, Fault> {
    let message = store.new_string(&fault.message)?;
    let kind = store.new_string(fault.kind)?;
    let source = store.null();
    store.new_error(message, kind, source)
}

/// The text of a value, as a string.
fn as_text<S: Store>(store: &mut S, value: &S::Value) -> Result<S::Value, Fault> {
    if store.view(value) == View::String {
        return Ok(value.clone());
    }
    let text = text::show(store, value, Style::Plain)?;
    store.new_string(&text)
}
