//! Comma-separated text of values.

use achronyme_data::csv::{Quoting, WriteOptions, write_row};

use super::delimiter;
use crate::functions::Call;
use crate::text::{check_length, rounded, write_complex, write_number, write_truth};
use crate::{Complex, Fault, Store, TensorView, View};

const QUOTINGS: [(&str, Quoting); 4] = [
    ("auto", Quoting::Auto),
    ("text", Quoting::Text),
    ("always", Quoting::Always),
    ("never", Quoting::Never),
];

/// A row or column of cells.
enum Lane<'a, V> {
    Values(&'a [V]),
    Real(&'a [f64]),
    Truth(&'a [f64]),
    Complex(&'a [Complex]),
}

impl<V> Lane<'_, V> {
    const fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Real(numbers) | Self::Truth(numbers) => numbers.len(),
            Self::Complex(numbers) => numbers.len(),
        }
    }
}

/// A value as a table.
enum Table<'a, V> {
    /// The records of a vector, with all their names.
    Records(Vec<String>, &'a [V]),
    /// Rows without names.
    Rows(Vec<Lane<'a, V>>),
    /// Columns with names.
    Columns(Vec<String>, &'a [V]),
}

/// The text of the table at this place.
pub(super) fn text<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<String, Fault> {
    let digits = match call.option("digits") {
        Some(_) => Some(call.count_option(store, "digits", 0)?),
        None => None,
    };
    let wanted = r#"line_end must be "\n", "\r\n" or "\r""#;
    let line_end = match call.option("line_end") {
        None => "\n",
        Some(value) if store.view(value) != View::String => {
            let found = store.view(value).kind().name();
            return Err(call.type_error(format!("{wanted}, got {found}")));
        }
        Some(value) => match store.text(value) {
            end @ ("\n" | "\r\n" | "\r") => end,
            _ => return Err(call.value_error(wanted)),
        },
    };
    let options = WriteOptions {
        delimiter: delimiter(store, call)?,
        quoting: QUOTINGS[call.choice(store, "quote", &QUOTINGS.map(|it| it.0))?].1,
        line_end: line_end.to_owned(),
    };
    if options.delimiter == '"' {
        return Err(call.value_error("delimiter and quote must be different letters"));
    }
    let mut writer = Writer { store, call, options, digits, text: String::new() };
    let value = call.at(place)?;
    // A table of the module `data` is a record with its columns in a field.
    let columns = store.field(value, "columns").filter(|columns| {
        store.view(columns) == View::Record && store.field(value, "nrows").is_some()
    });
    writer.value(columns.as_ref().unwrap_or(value), place)?;
    Ok(writer.text)
}

struct Writer<'a, S: Store> {
    store: &'a S,
    call: &'a Call<S::Value>,
    options: WriteOptions,
    digits: Option<usize>,
    text: String,
}

impl<'a, S: Store> Writer<'a, S> {
    fn value(&mut self, value: &S::Value, place: usize) -> Result<(), Fault> {
        let store = self.store;
        let fields: Vec<S::Value>;
        let table = match store.view(value) {
            View::Record => {
                let names = store.fields(value).into_iter();
                let names = names.map(|field| field.name.to_owned()).collect();
                fields = store.fields(value).into_iter().map(|field| field.value).collect();
                Table::Columns(names, &fields)
            }
            View::Vector => match store.elements(value) {
                elements @ [first, ..] if store.view(first) == View::Record => {
                    Table::Records(self.names_of(elements)?, elements)
                }
                elements => Table::Rows(self.rows_of(elements)),
            },
            View::Tensor | View::ComplexTensor => Table::Rows(self.rows_of_box(value)?),
            _ => {
                let wanted =
                    "a vector of records or of rows, a record of columns, a matrix or a table";
                return Err(self.call.wanted(store, place, wanted));
            }
        };
        match table {
            Table::Records(names, records) => self.records(&names, records),
            Table::Rows(rows) => {
                let width = rows.first().map_or(0, Lane::len);
                self.header(None, width)?;
                for row in &rows {
                    let cells = (0..row.len()).map(|at| self.cell(row, at));
                    let cells = cells.collect::<Result<Vec<_>, _>>()?;
                    self.row(&cells)?;
                }
                Ok(())
            }
            Table::Columns(names, columns) => self.columns(&names, columns),
        }
    }

    /// All names of some records, in the order in which they come up.
    fn names_of(&self, records: &[S::Value]) -> Result<Vec<String>, Fault> {
        let mut known = std::collections::BTreeSet::new();
        let mut names = Vec::new();
        for record in records {
            if self.store.view(record) != View::Record {
                let kind = self.store.kind(record).name();
                let message = format!("all rows must be records like the first, got {kind}");
                return Err(self.call.type_error(message));
            }
            for field in self.store.fields(record) {
                if known.insert(field.name.to_owned()) {
                    names.push(field.name.to_owned());
                }
            }
        }
        Ok(names)
    }

    /// Rows, or numbers and the like as rows of one cell.
    fn rows_of<'b>(&self, elements: &'b [S::Value]) -> Vec<Lane<'b, S::Value>>
    where
        'a: 'b,
    {
        let row = |element| {
            self.lane(element).unwrap_or_else(|| Lane::Values(std::slice::from_ref(element)))
        };
        elements.iter().map(row).collect()
    }

    /// The cells of a vector, or of a tensor with one axis.
    fn lane<'b>(&self, value: &'b S::Value) -> Option<Lane<'b, S::Value>>
    where
        'a: 'b,
    {
        let store: &'a S = self.store;
        match store.view(value) {
            View::Vector => Some(Lane::Values(store.elements(value))),
            View::Tensor => {
                let TensorView { shape, data } = store.tensor(value)?;
                let is_mask = store.is_mask(value);
                let lane = if is_mask { Lane::Truth(data) } else { Lane::Real(data) };
                (shape.len() == 1).then_some(lane)
            }
            View::ComplexTensor => {
                let TensorView { shape, data } = store.complex_tensor(value)?;
                (shape.len() == 1).then_some(Lane::Complex(data))
            }
            _ => None,
        }
    }

    /// The rows of a matrix; the numbers of a tensor with one axis are rows of one cell.
    fn rows_of_box<'b>(&self, value: &'b S::Value) -> Result<Vec<Lane<'b, S::Value>>, Fault>
    where
        'a: 'b,
    {
        let store: &'a S = self.store;
        let shape = match (store.tensor(value), store.complex_tensor(value)) {
            (Some(view), _) => view.shape.to_vec(),
            (_, Some(view)) => view.shape.to_vec(),
            (None, None) => Vec::new(),
        };
        let (count, width) = match *shape {
            [count] => (count, 1),
            [count, width] => (count, width),
            _ => {
                let message = format!("a table has one or two axes, got the shape {shape:?}");
                return Err(self.call.shape_error(message));
            }
        };
        let of = |row: usize| row * width..(row + 1) * width;
        let is_mask = store.is_mask(value);
        let rows = (0..count).map(|row| match (store.tensor(value), store.complex_tensor(value)) {
            (Some(view), _) if is_mask => Lane::Truth(&view.data[of(row)]),
            (Some(view), _) => Lane::Real(&view.data[of(row)]),
            (_, Some(view)) => Lane::Complex(&view.data[of(row)]),
            (None, None) => Lane::Values(&[]),
        });
        Ok(rows.collect())
    }

    /// Writes the names of so many columns: those that are there, unless the caller says otherwise.
    fn header(&mut self, names: Option<&[String]>, width: usize) -> Result<(), Fault> {
        let store = self.store;
        let given: Vec<String> = match self.call.option("headers").map(|it| (store.view(it), it)) {
            Some((View::Boolean(false), _)) => return Ok(()),
            None | Some((View::Boolean(true), _)) => match names {
                Some(names) if width > 0 => names.to_vec(),
                _ => return Ok(()),
            },
            Some((View::Vector, value)) => {
                let names = store.elements(value).iter();
                names.map(|name| store.text(name).to_owned()).collect()
            }
            Some(_) => {
                let wanted = "true, false or a vector of strings";
                return Err(self.call.option_wanted(store, "headers", wanted));
            }
        };
        if given.len() != width {
            let message = format!("there are {width} columns, and {} headers", given.len());
            return Err(self.call.value_error(message));
        }
        let cells: Vec<(String, bool)> = given.into_iter().map(|name| (name, true)).collect();
        self.row(&cells)
    }

    fn records(&mut self, names: &[String], records: &[S::Value]) -> Result<(), Fault> {
        self.header(Some(names), names.len())?;
        for record in records {
            let cells = names.iter().map(|name| match self.store.field(record, name) {
                Some(value) => self.shown(&value),
                None => Ok((String::new(), false)),
            });
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            self.row(&cells)?;
        }
        Ok(())
    }

    fn columns(&mut self, names: &[String], columns: &[S::Value]) -> Result<(), Fault> {
        let mut lanes = Vec::with_capacity(columns.len());
        for (name, column) in names.iter().zip(columns) {
            let wrong = || {
                let kind = self.store.kind(column).name();
                let message = format!("column '{name}' must be a vector or tensor, got {kind}");
                self.call.type_error(message)
            };
            lanes.push(self.lane(column).ok_or_else(wrong)?);
        }
        let count = lanes.first().map_or(0, Lane::len);
        if let Some((name, lane)) = names.iter().zip(&lanes).find(|it| it.1.len() != count) {
            let message =
                format!("column '{name}' has the length {}, the first {count}", lane.len());
            return Err(self.call.shape_error(message));
        }
        self.header(Some(names), names.len())?;
        for row in 0..count {
            let cells = lanes.iter().map(|lane| self.cell(lane, row));
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            self.row(&cells)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[(String, bool)]) -> Result<(), Fault> {
        let written = write_row(&mut self.text, cells, &self.options);
        written.map_err(|error| self.call.value_error(error.message))?;
        check_length(&self.text)
    }

    /// The text of a cell, and whether it is a string.
    fn cell(&self, lane: &Lane<'_, S::Value>, at: usize) -> Result<(String, bool), Fault> {
        let mut text = String::new();
        match lane {
            Lane::Values(values) => return self.shown(&values[at]),
            Lane::Real(numbers) => write_number(&mut text, rounded(numbers[at], self.digits)),
            Lane::Truth(numbers) => write_truth(&mut text, numbers[at]),
            Lane::Complex(numbers) => self.complex(&mut text, numbers[at]),
        }
        Ok((text, false))
    }

    fn shown(&self, value: &S::Value) -> Result<(String, bool), Fault> {
        let store = self.store;
        let mut text = String::new();
        match store.view(value) {
            View::Null => {}
            View::Boolean(truth) => write_truth(&mut text, f64::from(truth)),
            View::Number(number) => write_number(&mut text, rounded(number, self.digits)),
            View::Complex(number) => self.complex(&mut text, number),
            View::String => return Ok((store.text(value).to_owned(), true)),
            _ => {
                let kind = store.kind(value).name();
                return Err(self.call.type_error(format!("a cell cannot hold a {kind}")));
            }
        }
        Ok((text, false))
    }

    fn complex(&self, text: &mut String, number: Complex) {
        let (re, im) = (rounded(number.re, self.digits), rounded(number.im, self.digits));
        write_complex(text, Complex::new(re, im));
    }
}
