//! JSON: values from text, and text from values.

mod reader;
mod writer;

use crate::builtin::row::rows;
use crate::functions::Call;
use crate::{Fault, Store, View};

rows! {
    /// The value that a JSON text stands for: objects are records, arrays are vectors. With `tensors:
    /// true`, arrays of numbers are tensors, and so are arrays of equally shaped ones.
    ///
    /// `json_parse("[1, 2.5, null, true]")` → `[1, 2.5, null, true]`
    /// `json_parse("{}")` → `{  }`
    /// `shape(json_parse("[[1, 2, 3], [4, 5, 6]]", {tensors: true}))` → `[2, 3]`
    113 json_parse("text, {tensors = false}") "io" call parse;
    /// The JSON text of a value, on one line or, with `pretty: true`, indented. Tensors are arrays of
    /// arrays, complex numbers objects of `re` and `im`. `digits` rounds numbers to so many digits
    /// after the point. NaN and infinite numbers are null, or with `special: "string"` the strings
    /// `"NaN"`, `"Infinity"` and `"-Infinity"`. Functions and the like have no JSON.
    ///
    /// `json_stringify([1, null, true])` → `"[1,null,true]"`
    /// `json_stringify([2 / 3, NaN], {digits: 3, special: "string"})` → `"[0.667,"NaN"]"`
    114 json_stringify("value, pretty = false, {digits, special}") "io" call stringify;
}

fn parse<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let text = call.text(store, 0)?.to_owned();
    let tensors = call.flag(store, "tensors", false)?;
    reader::Reader::new(&text, tensors).value(store)
}

fn stringify<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let digits = match call.option("digits") {
        Some(_) => Some(call.count_option(store, "digits", 0)?),
        None => None,
    };
    let format = writer::Format {
        pretty: match call.get(1).map(|pretty| store.view(pretty)) {
            None => false,
            Some(View::Boolean(pretty)) => pretty,
            Some(_) => return Err(call.wanted(store, 1, "true or false")),
        },
        digits,
        names_special: call.choice(store, "special", &["null", "string"])? == 1,
    };
    let null = store.null();
    let value = call.get(0).unwrap_or(&null);
    let text = writer::Writer::new(store, format).written(value)?;
    store.new_string(&text)
}
