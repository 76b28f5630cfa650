//! What a value is, and its text.

use crate::builtin::row::rows;
use crate::text::{self, Style};
use crate::{Fault, Store, describe};

rows! {
    /// What kind of value it is, as a string.
    ///
    /// `typeof(1)` → `"Number"`
    /// `typeof([1, 2])` → `"Vector"`
    0 typeof("value") "io" library type_of;
    /// The text of a value, as `print` shows it.
    ///
    /// `str(1.50)` → `"1.5"`
    /// `str([1, "a"])` → `"[1, a]"`
    1 str("value") "strings" library text_of;
    /// What a value is and what is in it, as far as ten parts.
    ///
    /// `describe([1, 2])` → `"Vector(length: 2, items: [Number(1), Number(2)])"`
    2 describe("value") "io" library described;
}

fn type_of<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let name = store.kind(&arguments[0]).name();
    store.new_string(name)
}

fn text_of<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = text::show(store, &arguments[0], Style::Plain)?;
    store.new_string(&text)
}

fn described<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = describe::describe(store, &arguments[0])?;
    store.new_string(&text)
}
