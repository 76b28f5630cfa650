//! Rows in memory, found by the values of some of their columns.

use xxhash_rust::xxh3::xxh3_64;

use crate::read::Row;
use crate::value::Value;

/// A table of rows, chained by the hash of some columns. Rows with equal values come out in the
/// order in which they went in.
#[derive(Debug)]
pub(super) struct JoinTable {
    rows: Vec<Row>,
    on: Vec<usize>,
    /// As many as a power of two.
    heads: Vec<Option<usize>>,
    next: Vec<Option<usize>>,
}

impl JoinTable {
    pub(super) fn new(rows: Vec<Row>, on: Vec<usize>) -> Self {
        let heads = vec![None; rows.len().next_power_of_two()];
        let mut table = Self { next: vec![None; rows.len()], rows, on, heads };
        let mut buffer = Vec::new();
        for number in (0..table.rows.len()).rev() {
            let values = table.on.iter().map(|column| &table.rows[number][*column]);
            let slot = table.slot(hash(values, &mut buffer));
            table.next[number] = table.heads[slot].replace(number);
        }
        table
    }

    fn slot(&self, hash: u64) -> usize {
        usize::try_from(hash & (self.heads.len() as u64 - 1)).unwrap_or(0)
    }

    /// The rows with these values.
    pub(super) fn matches<'t>(
        &'t self,
        values: &'t [Value],
        buffer: &mut Vec<u8>,
    ) -> impl Iterator<Item = &'t Row> + 't {
        let first = self.heads[self.slot(hash(values.iter(), buffer))];
        let chain = std::iter::successors(first, |number| self.next[*number]);
        chain.map(|number| &self.rows[number]).filter(move |row| {
            self.on.iter().zip(values).all(|(column, value)| row[*column] == *value)
        })
    }
}

/// A hash that equal values share.
fn hash<'v>(values: impl Iterator<Item = &'v Value>, buffer: &mut Vec<u8>) -> u64 {
    buffer.clear();
    for value in values {
        put(value, buffer);
    }
    xxh3_64(buffer)
}

/// Adds bytes that are the same for equal values. Nested values count by their lengths only.
fn put(value: &Value, buffer: &mut Vec<u8>) {
    let word = match value {
        Value::None => 0,
        Value::Bool(value) => u64::from(*value),
        Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => {
            value.cast_unsigned()
        }
        Value::Moment(value) => *value,
        Value::Float(value) if *value == 0.0 => 0,
        Value::Float(value) if value.is_nan() => 1,
        Value::Float(value) => value.to_bits(),
        Value::Decimal(value) => {
            let value = value.normalize();
            buffer.extend_from_slice(&value.mantissa().to_le_bytes());
            u64::from(value.scale())
        }
        Value::String(text) => {
            buffer.extend_from_slice(text.as_bytes());
            text.len() as u64
        }
        Value::Bytes(bytes) => {
            buffer.extend_from_slice(bytes);
            bytes.len() as u64
        }
        Value::List(values) | Value::Record(values) => values.len() as u64,
        Value::Tagged(tag, _) => u64::from(*tag),
    };
    buffer.extend_from_slice(&word.to_le_bytes());
}
