//! Values of comma-separated text.

use achronyme_data::csv::{self, Cell, CellKind, Dialect, Headers, Kinds, ReadOptions, Sheet};

use super::{delimiter, letter};
use crate::functions::Call;
use crate::{Fault, Store, View};

/// What is made of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    Records,
    Rows,
    Columns,
    Matrix,
    Table,
}

const OUTPUTS: [(&str, Output); 5] = [
    ("records", Output::Records),
    ("rows", Output::Rows),
    ("columns", Output::Columns),
    ("matrix", Output::Matrix),
    ("table", Output::Table),
];

const KINDS: [(&str, CellKind); 4] = [
    ("auto", CellKind::Auto),
    ("string", CellKind::Text),
    ("number", CellKind::Number),
    ("boolean", CellKind::Truth),
];

/// What a call wants of a text.
pub(super) struct Wanted {
    options: ReadOptions,
    output: Output,
}

impl Wanted {
    /// The options of a call.
    pub(super) fn read<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Self, Fault> {
        let headers = headers(store, call)?;
        let usual = if headers == Headers::None { Output::Rows } else { Output::Records };
        let output = match call.option("output") {
            Some(_) => OUTPUTS[call.choice(store, "output", &OUTPUTS.map(|it| it.0))?].1,
            None => usual,
        };
        let dialect = Dialect {
            delimiter: delimiter(store, call)?,
            quote: letter(store, call, "quote", Some('"'))?,
            comment: letter(store, call, "comment", None)?,
            skip: call.count_option(store, "skip", 0)?,
        };
        if dialect.quote == Some(dialect.delimiter) {
            return Err(call.value_error("delimiter and quote must be different letters"));
        }
        let na = match call.option("na") {
            Some(value) => texts(store, value).ok_or_else(|| {
                call.option_wanted(store, "na", "a string, or a vector of strings")
            })?,
            None if call.is_null("na") => Vec::new(),
            None => ReadOptions::default().na,
        };
        let flexible = call.flag(store, "flexible", false)?;
        let kinds = kinds(store, call)?;
        Ok(Self { options: ReadOptions { dialect, headers, kinds, na, flexible }, output })
    }

    /// What the text comes to.
    pub(super) fn value<S: Store>(
        &self,
        store: &mut S,
        call: &Call<S::Value>,
        text: &str,
    ) -> Result<S::Value, Fault> {
        let between = self.options.dialect.delimiter;
        let cells = text.matches([between, '\n', '\r']).count();
        store.room(cells.saturating_mul(size_of::<Cell>()))?;
        let sheet = csv::read(text, &self.options);
        let sheet = sheet.map_err(|error| call.value_error(error.message))?;
        match self.output {
            Output::Records => records(store, &sheet),
            Output::Rows => rows(store, &sheet),
            Output::Columns => columns(store, &sheet),
            Output::Matrix => {
                let numbers = sheet.matrix().map_err(|error| call.value_error(error.message))?;
                store.new_tensor(&[sheet.rows.len(), sheet.names.len()], &numbers)
            }
            Output::Table => {
                let columns = columns(store, &sheet)?;
                #[expect(clippy::cast_precision_loss, reason = "far fewer")]
                let count = store.number(sheet.rows.len() as f64);
                store.new_record(&[("columns", columns, false), ("nrows", count, false)])
            }
        }
    }
}

fn headers<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Headers, Fault> {
    let wanted = || call.wanted(store, 1, "true, false or a vector of strings");
    match call.get(1).map(|value| (store.view(value), value)) {
        None | Some((View::Boolean(true), _)) => Ok(Headers::First),
        Some((View::Boolean(false), _)) => Ok(Headers::None),
        Some((View::Vector, value)) => texts(store, value).map(Headers::Given).ok_or_else(wanted),
        Some(_) => Err(wanted()),
    }
}

/// A string, or the strings of a vector.
fn texts<S: Store>(store: &S, value: &S::Value) -> Option<Vec<String>> {
    let text = |value: &S::Value| {
        (store.view(value) == View::String).then(|| store.text(value).to_owned())
    };
    match store.view(value) {
        View::Vector => store.elements(value).iter().map(text).collect(),
        _ => Some(vec![text(value)?]),
    }
}

fn kinds<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Kinds, Fault> {
    let Some(value) = call.option("types") else { return Ok(Kinds::default()) };
    if store.view(value) != View::Record {
        let all = KINDS[call.choice(store, "types", &KINDS.map(|it| it.0))?].1;
        return Ok(Kinds { all, named: Vec::new() });
    }
    let named = store.fields(value).into_iter().map(|field| {
        let known = KINDS.iter().find(|kind| {
            store.view(&field.value) == View::String && kind.0 == store.text(&field.value)
        });
        let wrong = || {
            let words = KINDS.map(|kind| kind.0).join(", ");
            call.value_error(format!("the type of '{}' must be one of {words}", field.name))
        };
        known.map(|kind| (field.name.to_owned(), kind.1)).ok_or_else(wrong)
    });
    Ok(Kinds { all: CellKind::Auto, named: named.collect::<Result<_, _>>()? })
}

fn value<S: Store>(store: &mut S, cell: &Cell) -> Result<S::Value, Fault> {
    match cell {
        Cell::Missing => Ok(store.null()),
        Cell::Number(number) => Ok(store.number(*number)),
        Cell::Truth(truth) => Ok(store.boolean(*truth)),
        Cell::Text(text) => store.new_string(text),
    }
}

/// The columns that can be seen: of those with the same name, the last, at the place of the first.
fn visible(sheet: &Sheet) -> Vec<(&str, usize)> {
    let mut places: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut visible: Vec<(&str, usize)> = Vec::new();
    for (column, name) in sheet.names.iter().enumerate() {
        match places.get(&**name) {
            Some(&place) => visible[place].1 = column,
            None => {
                places.insert(name, visible.len());
                visible.push((name, column));
            }
        }
    }
    visible
}

fn records<S: Store>(store: &mut S, sheet: &Sheet) -> Result<S::Value, Fault> {
    let columns = visible(sheet);
    let mut records = Vec::with_capacity(sheet.rows.len());
    for row in 0..sheet.rows.len() {
        let mut fields = Vec::with_capacity(columns.len());
        for &(name, column) in &columns {
            fields.push((name, value(store, sheet.cell(row, column))?, false));
        }
        records.push(store.new_record(&fields)?);
    }
    store.new_vector(&records)
}

/// With as many cells as each row has.
fn rows<S: Store>(store: &mut S, sheet: &Sheet) -> Result<S::Value, Fault> {
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for (row, cells) in sheet.rows.iter().enumerate() {
        let mut values = Vec::with_capacity(cells.len());
        for column in 0..cells.len() {
            values.push(value(store, sheet.cell(row, column))?);
        }
        rows.push(store.new_vector(&values)?);
    }
    store.new_vector(&rows)
}

fn columns<S: Store>(store: &mut S, sheet: &Sheet) -> Result<S::Value, Fault> {
    let mut fields = Vec::new();
    for (name, column) in visible(sheet) {
        fields.push((name, self::column(store, sheet, column)?, false));
    }
    store.new_record(&fields)
}

fn column<S: Store>(store: &mut S, sheet: &Sheet, column: usize) -> Result<S::Value, Fault> {
    let cells = || (0..sheet.rows.len()).map(|row| sheet.cell(row, column));
    let numbers: Option<Vec<f64>> = cells()
        .map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None })
        .collect();
    let truths: Option<Vec<f64>> = cells()
        .map(|cell| if let Cell::Truth(truth) = cell { Some(f64::from(*truth)) } else { None })
        .collect();
    match (numbers, truths) {
        (Some(numbers), _) if !numbers.is_empty() => store.new_tensor(&[numbers.len()], &numbers),
        (_, Some(truths)) if !truths.is_empty() => store.new_mask(&[truths.len()], &truths),
        _ => {
            let mut values = Vec::with_capacity(sheet.rows.len());
            for cell in cells() {
                values.push(value(store, cell)?);
            }
            store.new_vector(&values)
        }
    }
}
