//! Rows of relations and queries outside of a tape: as tables for people, and as CSV, JSON and Parquet.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "formats have few types; all others are texts in them"
)]

mod csv;
mod json;
mod parquet;
mod text;
mod value;

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use relational::{Row, Type, Value};

pub(crate) use csv::{CsvError, CsvReader};
pub(crate) use json::read_json;
pub(crate) use parquet::read_parquet;
pub(crate) use text::table;
pub(crate) use value::{parse, shown};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines and columns, for people
    Table,
    /// Comma-separated text, with the names of the columns first
    Csv,
    /// An array of objects
    Json,
    /// A file of columns
    Parquet,
}

impl Format {
    /// The format that the name of a file tells.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            "parquet" | "pq" => Some(Self::Parquet),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) of: Type,
}

/// A value as rows: those of a list of records, or one row with one column.
pub(crate) fn rows_of(of: Type, value: Value, order: &[String]) -> (Vec<Column>, Vec<Row>) {
    let of = match of {
        Type::Option(inner) if !value.is_none() => *inner,
        of => of,
    };
    let (element, values) = match (of, value) {
        (Type::List(element), Value::List(values)) => (*element, values),
        (of, value) => (of, vec![value]),
    };
    let Type::Record(fields) = element else {
        let rows = values.into_iter().map(|value| vec![value]).collect();
        return (vec![Column { name: "value".to_owned(), of: element }], rows);
    };
    // Fields are kept by name; people want them as they asked for them.
    let place = |name: &String| order.iter().position(|wanted| wanted == name);
    let mut places: Vec<usize> = (0..fields.len()).collect();
    places.sort_by_key(|at| place(&fields[*at].0).unwrap_or(usize::MAX));
    let columns = places.iter().map(|at| {
        let (name, of) = fields[*at].clone();
        Column { name, of }
    });
    let columns = columns.collect();
    let row = |value: Value| {
        let Value::Record(values) = value else { return Vec::new() };
        places.iter().filter_map(|at| values.get(*at).cloned()).collect()
    };
    (columns, values.into_iter().map(row).collect())
}

/// Writes rows one after the other. Call [`finish`](Self::finish) at the end.
pub(crate) enum Writer<W: Write + Send> {
    Csv(csv::CsvWriter<W>),
    Json(json::JsonWriter<W>),
    Parquet(Box<parquet::ParquetWriter<W>>),
}

impl<W: Write + Send> Writer<W> {
    /// Begins to write rows with these columns; of tables there are only whole ones.
    pub(crate) fn new(format: Format, columns: Vec<Column>, to: W) -> io::Result<Option<Self>> {
        Ok(match format {
            Format::Table => None,
            Format::Csv => Some(Self::Csv(csv::CsvWriter::new(columns, to)?)),
            Format::Json => Some(Self::Json(json::JsonWriter::new(columns, to)?)),
            Format::Parquet => {
                Some(Self::Parquet(Box::new(parquet::ParquetWriter::new(columns, to)?)))
            }
        })
    }

    pub(crate) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        match self {
            Self::Csv(writer) => writer.row(row),
            Self::Json(writer) => writer.row(row),
            Self::Parquet(writer) => writer.row(row),
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(writer) => writer.finish(),
            Self::Json(writer) => writer.finish(),
            Self::Parquet(writer) => writer.finish(),
        }
    }
}
