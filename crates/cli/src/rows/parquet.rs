//! Parquet: whole numbers, numbers, truth values, texts, bytes and times as such; what it has no type
//! for is a text as in comma-separated text.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::types::Type as Schema;
use relational::{Row, Type, Value};

use super::Column;
use super::value::{cell, parse};

/// Rows in a group.
const GROUP: usize = 64 << 10;

/// Writes rows in groups.
pub(crate) struct ParquetWriter<W: Write + Send> {
    columns: Vec<Column>,
    rows: Vec<Row>,
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> ParquetWriter<W> {
    pub(super) fn new(columns: Vec<Column>, to: W) -> io::Result<Self> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new));
        let fields = fields.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let schema = Schema::group_type_builder("rows").with_fields(fields).build();
        let schema = Arc::new(schema.map_err(failed)?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(to, schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self { columns, rows: Vec::new(), writer })
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        self.rows.push(row.to_vec());
        if self.rows.len() >= GROUP { self.group().map_err(failed) } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.group().map_err(failed)?;
        }
        self.writer.close().map(drop).map_err(failed)
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        for (place, column) in self.columns.iter().enumerate() {
            let Some(mut writer) = group.next_column()? else { break };
            let values = || rows.iter().filter_map(|row| row.get(place));
            let there = || values().filter(|value| !value.is_none());
            let levels: Vec<i16> = values().map(|value| i16::from(!value.is_none())).collect();
            let levels = matches!(column.of, Type::Option(_)).then_some(levels.as_slice());
            match writer.untyped() {
                ColumnWriter::BoolColumnWriter(writer) => {
                    let is_true = |value: &Value| matches!(value, Value::Bool(true));
                    let all: Vec<bool> = there().map(is_true).collect();
                    writer.write_batch(&all, levels, None)?;
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    let all: Vec<i64> = there().map(whole).collect();
                    writer.write_batch(&all, levels, None)?;
                }
                ColumnWriter::DoubleColumnWriter(writer) => {
                    let number = |value: &Value| {
                        if let Value::Float(number) = value { *number } else { f64::NAN }
                    };
                    let all: Vec<f64> = there().map(number).collect();
                    writer.write_batch(&all, levels, None)?;
                }
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    let bytes = |value: &Value| match value {
                        Value::Bytes(bytes) => ByteArray::from(bytes.clone()),
                        value => ByteArray::from(cell(&column.of, value).into_bytes()),
                    };
                    let all: Vec<ByteArray> = there().map(bytes).collect();
                    writer.write_batch(&all, levels, None)?;
                }
                _ => {}
            }
            writer.close()?;
        }
        group.close().map(drop)
    }
}

fn whole(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Timestamp(number) | Value::Duration(number) => *number,
        Value::Moment(number) => number.cast_signed(),
        _ => 0,
    }
}

/// How a column is kept.
fn field(column: &Column) -> Result<Schema, ParquetError> {
    let (of, repetition) = match &column.of {
        Type::Option(inner) => (&**inner, Repetition::OPTIONAL),
        of => (of, Repetition::REQUIRED),
    };
    let (physical, logical) = match of {
        Type::Int | Type::Moment | Type::Duration => (Physical::INT64, None),
        Type::Timestamp => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::NANOS))),
        Type::Float => (Physical::DOUBLE, None),
        Type::Bool => (Physical::BOOLEAN, None),
        Type::Bytes => (Physical::BYTE_ARRAY, None),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let field = Schema::primitive_type_builder(&column.name, physical).with_repetition(repetition);
    field.with_logical_type(logical).build()
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(source) => io::Error::other(source),
        },
        error => io::Error::other(error),
    }
}

/// Reads rows with these columns; each is given to `take`. Messages say the row, counted from 1, and the
/// column.
pub(crate) fn read_parquet(
    from: File,
    columns: &[Column],
    absent: &[Option<Value>],
    take: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(), String> {
    let text = |error: ParquetError| error.to_string();
    let reader = SerializedFileReader::new(from).map_err(text)?;
    for (number, found) in (1_u64..).zip(reader.get_row_iter(None).map_err(text)?) {
        let found = found.map_err(text)?;
        let mut row: Vec<Option<Value>> = vec![None; columns.len()];
        for (name, field) in found.get_column_iter() {
            let Some(place) = columns.iter().position(|column| column.name == *name) else {
                let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                return Err(format!("there is no column {name:?}; there are {}", known.join(", ")));
            };
            let of = &columns[place].of;
            let value =
                value_of(of, field).map_err(|error| format!("row {number}, {name}: {error}"))?;
            row[place] = Some(value);
        }
        let filled = row.into_iter().zip(absent).zip(columns).map(|((value, absent), column)| {
            let missing = || format!("row {number}: the column {:?} is missing", column.name);
            value.or_else(|| absent.clone()).ok_or_else(missing)
        });
        let row = filled.collect::<Result<Row, String>>()?;
        take(row).map_err(|error| format!("row {number}: {error}"))?;
    }
    Ok(())
}

/// The value of a type that a cell is.
fn value_of(of: &Type, field: &Field) -> Result<Value, String> {
    let inner = match of {
        Type::Option(_) if matches!(field, Field::Null) => return Ok(Value::None),
        Type::Option(inner) => inner,
        of => of,
    };
    let nanoseconds = |value: i64, unit: i64| {
        let nanoseconds = value.checked_mul(unit).ok_or("the time is too far away")?;
        Ok::<_, String>(nanoseconds)
    };
    Ok(match (inner, field) {
        (Type::Bool, Field::Bool(value)) => Value::Bool(*value),
        (Type::Float, Field::Double(value)) => Value::Float(*value),
        (Type::Float, Field::Float(value)) => Value::Float(f64::from(*value)),
        (Type::String, Field::Str(text)) => Value::String(text.clone()),
        (Type::Bytes, Field::Bytes(bytes)) => Value::Bytes(bytes.data().to_vec()),
        (Type::Timestamp, Field::TimestampMillis(value)) => {
            Value::Timestamp(nanoseconds(*value, 1_000_000)?)
        }
        (Type::Timestamp, Field::TimestampMicros(value)) => {
            Value::Timestamp(nanoseconds(*value, 1_000)?)
        }
        (Type::Timestamp, Field::Long(value)) => Value::Timestamp(*value),
        (Type::Duration, Field::Long(value)) => Value::Duration(*value),
        (Type::Int | Type::Moment | Type::Decimal | Type::Float, field) => {
            let text = match field {
                Field::Byte(value) => value.to_string(),
                Field::Short(value) => value.to_string(),
                Field::Int(value) => value.to_string(),
                Field::Long(value) => value.to_string(),
                Field::UByte(value) => value.to_string(),
                Field::UShort(value) => value.to_string(),
                Field::UInt(value) => value.to_string(),
                Field::ULong(value) => value.to_string(),
                Field::Decimal(_) => field.to_string(),
                Field::Str(text) if matches!(inner, Type::Decimal) => text.clone(),
                field => return Err(format!("{inner} was expected, and this is {field}")),
            };
            parse(inner, &text)?
        }
        (Type::Timestamp | Type::List(_) | Type::Record(_) | Type::Union(_), Field::Str(text)) => {
            parse(inner, text)?
        }
        (inner, field) => return Err(format!("{inner} was expected, and this is {field}")),
    })
}
