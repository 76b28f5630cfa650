//! Tables: records `{columns, nrows}`, whose columns are vectors and tensors of one length.

mod columns;
mod join;
mod key;
mod shown;

pub(crate) use shown::shown;

use super::Call;
use crate::builtin::row::rows;
use crate::numbers;
use crate::{Fault, Store, View};
use columns::{Table, column_of, texts};
use key::{Key, keys};

rows! {
    /// A table with these columns, given as a record of vectors or tensors of one length: a record of
    /// `columns` and `nrows`. Columns of numbers become tensors, in which NaN stands for what is
    /// missing, and columns of truth values masks; in others null does. As the value of a program, or
    /// printed, a table is shown with its columns side by side.
    ///
    /// `table({x: [1, 2], y: ["a", "b"]}).nrows` → `2`
    884 table("columns") "data" call table;
    /// A table whose rows are these records. A name that a record does not have is missing there.
    ///
    /// `table_from_records([{x: 1, y: "a"}, {x: 2}]).columns.y` → `["a", null]`
    885 table_from_records("records") "data" call from_records;
    /// The column of a table with this name.
    ///
    /// `col(table({x: [1, 2]}), "x")` → `[1, 2]`
    886 col("table, name") "data" call column;
    /// The table with only these columns, in this order.
    ///
    /// `keys(select(table({x: [1], y: [2], z: [3]}), ["z", "x"]).columns)` → `["z", "x"]`
    887 select("table, names") "data" call select;
    /// The table without a column, or without several.
    ///
    /// `keys(drop_col(table({x: [1], y: [2]}), "x").columns)` → `["y"]`
    888 drop_col("table, names") "data" call drop_columns;
    /// The table with other names for some columns: a record of the old names and the new ones.
    ///
    /// `keys(rename(table({x: [1], y: [2]}), {x: "a"}).columns)` → `["a", "y"]`
    889 rename("table, names") "data" call rename;
    /// The table with its rows in the order of a column, or of several, of which the first decides
    /// first. Rows that are equal there stay in their order; what is missing comes last.
    ///
    /// `col(sort_rows(table({x: [2, 1, 3]}), "x", {descending: true}), "x")` → `[3, 2, 1]`
    890 sort_rows("table, names, {descending = false}") "data" call sort_rows;
    /// The first rows of a table.
    ///
    /// `col(head(table({x: [1, 2, 3]}), 2), "x")` → `[1, 2]`
    891 head("table, n = 5") "data" call head;
    /// The rows of a table as records.
    ///
    /// `rows(table({x: [1, 2], y: ["a", "b"]}))` → `[{ x: 1, y: "a" }, { x: 2, y: "b" }]`
    892 rows("table") "data" call all_rows;
    /// The rows of two tables that agree in a column, or in several, side by side. `how` says what
    /// becomes of rows without a partner: with `"inner"` they are left out, with `"left"` those of the
    /// first table stay, with `"right"` those of the second, with `"outer"` both; what their partner
    /// would have is missing. Other columns of the second table whose names the first one has, too, get
    /// `_right` at their end.
    ///
    /// `rows(join_tables(table({k: [1, 2], x: [5, 6]}), table({k: [2], y: [7]}), "k"))` → `[{ k: 2, x: 6, y: 7 }]`
    893 join_tables("a, b, on, {how}") "data" call join::join;
    /// The table with a column, which may be one value for all rows.
    894 _with_col("table, name, column") "" call with_column;
    /// The rows of a table for which there is true.
    895 _filter_rows("table, mask") "" call keep_rows;
    /// The places of rows that agree in some columns, group by group.
    896 _group_agg("table, names") "" call row_groups;
    /// Some places of a column.
    897 _pick("column, places") "" call pick;
    /// The rows of a table at some places.
    899 _take_rows("table, places") "" call take_rows;
    /// Refuses what is no table; messages name the function.
    898 _check_table("name, table") "" call check_table;
}

fn table<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let record = call.at(0)?;
    if store.view(record) != View::Record {
        return Err(call.wanted(store, 0, "a record of columns"));
    }
    let fields = store.fields(record).into_iter();
    let fields: Vec<(String, S::Value)> =
        fields.map(|field| (field.name.to_owned(), field.value)).collect();
    let mut table = Table { names: Vec::new(), columns: Vec::new(), count: 0 };
    for (name, value) in fields {
        let column = column_of(store, &value)?.ok_or_else(|| {
            let kind = store.kind(&value).name();
            let wanted = "a vector, or a tensor with one axis";
            call.type_error(format!("column '{name}' must be {wanted}, got {kind}"))
        })?;
        let count = columns::len(store, &column);
        if table.names.is_empty() {
            table.count = count;
        } else if count != table.count {
            let message = format!(
                "column '{name}' has {count} rows, '{}' has {}",
                table.names[0], table.count
            );
            return Err(call.shape_error(message));
        }
        table.names.push(name);
        table.columns.push(column);
    }
    table.value(store)
}

fn from_records<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let given = call.at(0)?;
    if store.view(given) != View::Vector {
        return Err(call.wanted(store, 0, "a vector of records"));
    }
    let records = store.elements(given).to_vec();
    let mut names: Vec<String> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for record in &records {
        if store.view(record) != View::Record {
            let kind = store.kind(record).name();
            return Err(call.type_error(format!("all rows must be records, got {kind}")));
        }
        for field in store.fields(record) {
            if known.insert(field.name.to_owned()) {
                names.push(field.name.to_owned());
            }
        }
    }
    let mut columns = Vec::with_capacity(names.len());
    for name in &names {
        let cells = records.iter().map(|record| store.field(record, name));
        let cells: Vec<S::Value> = cells.map(|it| it.unwrap_or_else(|| store.null())).collect();
        columns.push(columns::of_cells(store, &cells)?);
    }
    Table { names, columns, count: records.len() }.value(store)
}

fn column<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let place = table.place(call, call.text(store, 1)?)?;
    Ok(table.columns[place].clone())
}

fn select<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let names = texts(store, call, 1)?;
    let places: Vec<usize> =
        names.iter().map(|name| table.place(call, name)).collect::<Result<_, _>>()?;
    if let Some(twice) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
        return Err(call.value_error(format!("column '{}' is wanted twice", names[twice])));
    }
    let columns = places.into_iter().map(|place| table.columns[place].clone()).collect();
    Table { names, columns, ..table }.value(store)
}

fn drop_columns<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut table = Table::read(store, call, 0)?;
    for name in texts(store, call, 1)? {
        let place = table.place(call, &name)?;
        table.names.remove(place);
        table.columns.remove(place);
    }
    table.value(store)
}

fn rename<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut table = Table::read(store, call, 0)?;
    let record = call.at(1)?;
    if store.view(record) != View::Record {
        return Err(call.wanted(store, 1, "a record of old and new names"));
    }
    let mut names = table.names.clone();
    for field in store.fields(record) {
        let place = table.place(call, field.name)?;
        if store.view(&field.value) != View::String {
            return Err(
                call.type_error(format!("the new name of '{}' must be a string", field.name))
            );
        }
        names[place] = store.text(&field.value).to_owned();
    }
    let mut known = std::collections::BTreeSet::new();
    if let Some(name) = names.iter().find(|name| !known.insert(name.as_str())) {
        return Err(call.value_error(format!("there would be two columns '{name}'")));
    }
    table.names = names;
    table.value(store)
}

fn sort_rows<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let descending = call.flag(store, "descending", false)?;
    let mut by = Vec::new();
    for name in texts(store, call, 1)? {
        let keys = keys(store, &table.columns[table.place(call, &name)?]);
        let mut kinds = keys.iter().filter_map(Key::kind);
        let first = kinds.next();
        if let Some(other) = kinds.find(|kind| Some(*kind) != first) {
            let first = first.unwrap_or_default();
            let message = format!("column '{name}' has no order: {first} and {other}");
            return Err(call.type_error(message));
        }
        if keys.iter().any(|key| matches!(key, Key::Other(_))) {
            let wanted = "numbers, strings or truth values";
            return Err(call.type_error(format!("column '{name}' has no order: wanted {wanted}")));
        }
        by.push(keys);
    }
    let mut places: Vec<usize> = (0..table.count).collect();
    places.sort_by(|a, b| {
        let orders = by.iter().map(|keys| keys[*a].order(&keys[*b], descending));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    let places: Vec<Option<usize>> = places.into_iter().map(Some).collect();
    table.with_rows(store, &places)?.value(store)
}

fn head<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let count = call.count_or(store, 1, 5)?.min(table.count);
    let places: Vec<Option<usize>> = (0..count).map(Some).collect();
    table.with_rows(store, &places)?.value(store)
}

fn all_rows<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let mut rows = Vec::with_capacity(table.count);
    for row in 0..table.count {
        let mut fields = Vec::with_capacity(table.names.len());
        for (name, column) in table.names.iter().zip(&table.columns) {
            fields.push((name.as_str(), columns::cell(store, column, row)?, false));
        }
        rows.push(store.new_record(&fields)?);
    }
    store.new_vector(&rows)
}

fn with_column<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut table = Table::read(store, call, 0)?;
    let name = call.text(store, 1)?.to_owned();
    let null = store.null();
    let value = call.get(2).unwrap_or(&null).clone();
    let column = match column_of(store, &value)? {
        Some(column) => column,
        None => columns::of_cells(store, &vec![value; table.count])?,
    };
    let count = columns::len(store, &column);
    if count != table.count && !table.names.is_empty() {
        let message = format!("column '{name}' has {count} rows, the table has {}", table.count);
        return Err(Fault { kind: "ShapeError", message: format!("with_col: {message}") });
    }
    table.count = count;
    match table.names.iter().position(|known| *known == name) {
        Some(place) => table.columns[place] = column,
        None => {
            table.names.push(name);
            table.columns.push(column);
        }
    }
    table.value(store)
}

fn keep_rows<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let is_empty = store.elements(call.at(1)?).is_empty() && table.count == 0;
    let mask = match numbers::truths(store, call.at(1)?) {
        Some(numbers::Numbers::Real(shape, data)) if shape.len() == 1 => data.to_vec(),
        _ if is_empty => Vec::new(),
        _ => {
            let message = "filter_rows: wanted a function, or a truth value for each row";
            return Err(Fault { kind: "TypeError", message: message.to_owned() });
        }
    };
    if mask.len() != table.count {
        let message = format!(
            "filter_rows: the mask has {} places, the table {} rows",
            mask.len(),
            table.count
        );
        return Err(Fault { kind: "ShapeError", message });
    }
    let places: Vec<Option<usize>> =
        (0..table.count).filter(|row| mask[*row] != 0.0).map(Some).collect();
    table.with_rows(store, &places)?.value(store)
}

fn row_groups<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let names = texts(store, call, 1)?;
    let by = names.iter().map(|name| Ok(&table.columns[table.place(call, name)?]));
    let by: Vec<&S::Value> = by.collect::<Result<_, Fault>>()?;
    let mut groups = Vec::new();
    for places in key::groups(store, &by, table.count) {
        #[expect(clippy::cast_precision_loss, reason = "far fewer")]
        let places: Vec<f64> = places.into_iter().map(|place| place as f64).collect();
        groups.push(store.new_tensor(&[places.len()], &places)?);
    }
    store.new_vector(&groups)
}

/// The places of rows that are the second argument.
fn places<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Vec<Option<usize>>, Fault> {
    let places = store.numbers(call.at(1)?).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places of rows")]
    Ok(places.iter().map(|place| Some(*place as usize)).collect())
}

fn take_rows<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let table = Table::read(store, call, 0)?;
    let places = places(store, call)?;
    table.with_rows(store, &places)?.value(store)
}

fn pick<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let places = places(store, call)?;
    let column = call.at(0)?.clone();
    columns::taken(store, &column, &places)
}

fn check_table<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let is_table = call.get(1).is_some_and(|value| columns::is_table(store, value));
    if is_table {
        return Ok(store.null());
    }
    let kind = call.get(1).map_or("null", |value| store.kind(value).name());
    let message = format!("{}: wanted a table, got {kind}", call.text(store, 0)?);
    Err(Fault { kind: "TypeError", message })
}
