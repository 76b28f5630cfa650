//! Tables from comma-separated text.

use super::argument;
use crate::builtin::row::rows;
use crate::{Fault, Store, truth};

rows! {
    /// The rows of a table in comma-separated text: records by the names of the first line or, if
    /// the second argument is false, vectors. Numbers, `true` and `false` are read as such.
    ///
    /// `csv_parse("a,b\n1,x")` → `[{ a: 1, b: "x" }]`
    /// `csv_parse("1,x", false)` → `[[1, "x"]]`
    115 csv_parse("text, has_headers?") "io" library parse;
}

fn parse<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = argument::text(store, &arguments[0], || {
        format!("csv_parse() requires a string, got {}", store.kind(&arguments[0]).name())
    })?;
    let mut rows = rows_of(text)?.into_iter();
    let named = arguments.get(1).is_none_or(|named| truth::truthy(store, named));
    let names = if named { rows.next() } else { None };
    let mut values = Vec::with_capacity(rows.len());
    for (number, row) in rows.enumerate() {
        let cells: Result<Vec<S::Value>, Fault> = row.iter().map(|it| cell(store, it)).collect();
        let cells = cells?;
        let Some(names) = &names else {
            values.push(store.new_vector(&cells)?);
            continue;
        };
        if names.len() != cells.len() {
            return Err(Fault::new(format!(
                "csv_parse(): row {} has {} cells, the first line has {}",
                number + 1,
                cells.len(),
                names.len()
            )));
        }
        let mut fields: Vec<(&str, S::Value, bool)> = Vec::with_capacity(cells.len());
        for (name, value) in names.iter().zip(cells) {
            match fields.iter_mut().find(|field| field.0 == name) {
                Some(field) => field.1 = value,
                None => fields.push((name, value, false)),
            }
        }
        values.push(store.new_record(&fields)?);
    }
    store.new_vector(&values)
}

/// A number, a truth value, or the text itself.
fn cell<S: Store>(store: &mut S, text: &str) -> Result<S::Value, Fault> {
    match (text, text.parse()) {
        (_, Ok(number)) => Ok(store.number(number)),
        ("true", _) => Ok(store.boolean(true)),
        ("false", _) => Ok(store.boolean(false)),
        _ => store.new_string(text),
    }
}

/// The cells of each line that is not empty. Cells in quotes may contain commas, line ends, and
/// doubled quotes.
fn rows_of(text: &str) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (cell, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_cell(quoted)?
        } else {
            let end = rest.find([',', '\n']).unwrap_or(rest.len());
            let (cell, after) = rest.split_at(end);
            let at_line_end = !after.starts_with(',');
            let cell = if at_line_end { cell.strip_suffix('\r').unwrap_or(cell) } else { cell };
            (cell.to_owned(), after)
        };
        row.push(cell);
        if let Some(after) = after.strip_prefix(',') {
            rest = after;
            if rest.is_empty() {
                row.push(String::new());
            }
            continue;
        }
        let after = after.strip_prefix('\r').unwrap_or(after);
        rest = match after.strip_prefix('\n') {
            Some(after) => after,
            None if after.is_empty() => after,
            None => return Err(Fault::new("csv_parse(): text after a cell in quotes")),
        };
        let row = std::mem::take(&mut row);
        if row != [""] {
            rows.push(row);
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    Ok(rows)
}

/// The text up to the closing quote, and what follows it.
fn quoted_cell(text: &str) -> Result<(String, &str), Fault> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            return Err(Fault::new("csv_parse(): a cell in quotes does not end"));
        };
        cell.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                cell.push('"');
                rest = after;
            }
            None => return Ok((cell, after)),
        }
    }
}
