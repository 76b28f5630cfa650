//! JSON: values from text, and text from values.

mod reader;
mod writer;

use super::argument;
use crate::builtin::row::rows;
use crate::{Fault, Store, truth};

rows! {
    /// The value that a JSON text stands for: objects are records, arrays are vectors.
    ///
    /// `json_parse("[1, 2.5, null, true]")` → `[1, 2.5, null, true]`
    /// `json_parse("{}")` → `{  }`
    113 json_parse("text") "io" library parse;
    /// The JSON text of a value, on one line or, if the second argument is true, indented. NaN and
    /// infinite numbers are null, complex numbers records of `re` and `im`.
    ///
    /// `json_stringify([1, null, true])` → `"[1,null,true]"`
    114 json_stringify("value, pretty?") "io" library stringify;
}

fn parse<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = argument::text(store, &arguments[0], || {
        format!("json_parse() requires a string, got {}", store.kind(&arguments[0]).name())
    })?;
    let text = text.to_owned();
    reader::Reader::new(&text).value(store)
}

fn stringify<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let pretty = arguments.get(1).is_some_and(|pretty| truth::truthy(store, pretty));
    let text = writer::Writer::new(store, pretty).written(&arguments[0])?;
    store.new_string(&text)
}
