//! Comma-separated text and files: rows to values, and values to rows.

mod reading;
mod writing;

use machine::{Answer, Question};

use super::world::{self, call_of};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::{Fault, Store};

rows! {
    /// The table in a comma-separated text. The first line has the names of the columns; `headers:
    /// false` says that there is none, and a vector of strings gives the names. Cells that look like
    /// numbers, `true` or `false` are read as such. The texts `na` stand for a missing cell, which is
    /// NaN where all other cells of the column are numbers, and null elsewhere.
    ///
    /// `output` says what is made of it: `"records"`, a vector of records; `"rows"`, a vector of
    /// vectors, as without headers; `"columns"`, a record with a tensor for each column of numbers or
    /// truth values and a vector for others; `"matrix"`, a tensor; or `"table"`, for the module
    /// `data`. `delimiter` (`","`), `quote` (`"\""`) and `comment` (none) are one letter or null,
    /// `skip` is a number of lines to leave out at the beginning. `types` is `"auto"`, `"string"`,
    /// `"number"` or `"boolean"`, for all columns or in a record for some by name. A row with another
    /// number of cells is an error, unless `flexible: true`.
    ///
    /// `csv_parse("a,b\n1,x")` → `[{ a: 1, b: "x" }]`
    /// `csv_parse("1,x", false)` → `[[1, "x"]]`
    /// `csv_parse("a;b\n1;2\n;4", {delimiter: ";", output: "columns"})` → `{ a: [1, NaN], b: [2, 4] }`
    115 csv_parse("text, headers = true, {delimiter, quote, comment, skip = 0, types, na, output, flexible = false}") "io" call parse;
    /// The table in a file of comma-separated text, with the options of `csv_parse`.
    ///
    /// `try { csv_read("no such file") } catch (e) { e.kind }` → `"IOError"`
    860 csv_read("path, headers = true, {delimiter, quote, comment, skip = 0, types, na, output, flexible = false}") "io" world ask_read, finish_read;
    /// The comma-separated text of a table, which may be all that `csv_parse` makes. `headers: false`
    /// leaves the names out, and a vector of strings gives others. `quote` is `"auto"`, where a cell
    /// needs it; `"text"`, for strings; `"always"` or `"never"`. `digits` rounds numbers to so many
    /// digits after the point, `line_end` is `"\n"`, `"\r\n"` or `"\r"`. Missing cells are null, and
    /// written as nothing.
    ///
    /// `split(csv_stringify([{a: 1, b: "x, y"}]), "\n")` → `["a,b", "1,"x, y"", ""]`
    /// `split(csv_stringify([[1, 2], [3, 4.25]], {digits: 1, delimiter: ";"}), "\n")[1]` → `"3;4.3"`
    861 csv_stringify("value, {headers = true, delimiter, quote, digits, line_end}") "io" call stringify;
    /// Makes the comma-separated text of a table the content of a file, with the options of
    /// `csv_stringify`.
    862 csv_write("path, value, {headers = true, delimiter, quote, digits, line_end}") "io" world ask_write, finish_write;
}

/// The option that is one letter. `None` if it is given as null.
fn letter<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    name: &str,
    default: Option<char>,
) -> Result<Option<char>, Fault> {
    let Some(value) = call.option(name) else {
        return Ok(default.filter(|_| !call.is_null(name)));
    };
    let mut letters = store.text(value).chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if !matches!(letter, '\n' | '\r') => Ok(Some(letter)),
        _ => Err(call.option_wanted(store, name, "one letter")),
    }
}

/// What stands between cells.
fn delimiter<S: Store>(store: &S, call: &Call<S::Value>) -> Result<char, Fault> {
    let delimiter = letter(store, call, "delimiter", Some(','))?;
    delimiter.ok_or_else(|| call.option_wanted(store, "delimiter", "one letter"))
}

fn parse<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let wanted = reading::Wanted::read(store, call)?;
    let text = call.text(store, 0)?.to_owned();
    wanted.value(store, call, &text)
}

fn ask_read<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "csv_read", arguments)?;
    reading::Wanted::read(store, &call)?;
    Ok(Question::ReadFile(call.text(store, 0)?.as_bytes().to_vec()))
}

fn finish_read<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let call = call_of(store, "csv_read", arguments)?;
    let path = call.text(store, 0)?;
    let bytes = world::content(store, "csv_read", arguments, answer)?;
    let Ok(text) = std::str::from_utf8(bytes) else {
        let message = format!("csv_read: cannot read '{path}'");
        return Err(world::failed(&message, "it is no UTF-8 text"));
    };
    reading::Wanted::read(store, &call)?.value(store, &call, text)
}

fn stringify<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let text = writing::text(store, call, 0)?;
    store.new_string(&text)
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "csv_write", arguments)?;
    let path = call.text(store, 0)?.as_bytes().to_vec();
    Ok(Question::WriteFile { path, content: writing::text(store, &call, 1)?.into_bytes() })
}

fn finish_write<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    world::written(store, "csv_write", arguments, answer)
}
