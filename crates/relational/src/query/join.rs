//! Rows in memory, found by the values of some of their columns.

use xxhash_rust::xxh3::xxh3_64;

use super::batch::{Batch, Column};
use crate::value::Value;

/// The end of a chain.
const END: u32 = u32::MAX;

/// A table of rows, chained by the hash of some columns. Rows with equal values come out in the
/// order in which they went in.
#[derive(Debug)]
pub(super) struct JoinTable {
    rows: Batch,
    on: Vec<usize>,
    /// As many as a power of two.
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl JoinTable {
    pub(super) fn new(rows: Batch, on: Vec<usize>) -> Self {
        let heads = vec![END; rows.len.next_power_of_two()];
        let mut table = Self { next: vec![END; rows.len], rows, on, heads };
        let mut buffer = Vec::new();
        for number in (0..table.rows.len).rev() {
            let hash = hash(&table.rows, &table.on, number, &mut buffer);
            let slot = table.slot(hash);
            // More rows than that do not fit into memory.
            let number32 = u32::try_from(number).unwrap_or(END);
            table.next[number] = std::mem::replace(&mut table.heads[slot], number32);
        }
        table
    }

    /// The rows.
    pub(super) const fn rows(&self) -> &Batch {
        &self.rows
    }

    fn slot(&self, hash: u64) -> usize {
        usize::try_from(hash & (self.heads.len() as u64 - 1)).unwrap_or(0)
    }

    /// Adds the numbers of the rows that equal a row of another batch in its columns.
    pub(super) fn matches(
        &self,
        (batch, from, row): (&Batch, &[usize], usize),
        buffer: &mut Vec<u8>,
        found: &mut Vec<usize>,
    ) {
        let mut next = self.heads[self.slot(hash(batch, from, row, buffer))];
        while next != END {
            let number = next as usize;
            if self.is_equal(number, batch, from, row) {
                found.push(number);
            }
            next = self.next[number];
        }
    }

    fn is_equal(&self, number: usize, batch: &Batch, from: &[usize], row: usize) -> bool {
        self.on.iter().zip(from).all(|(own, other)| {
            match (&self.rows.columns[*own], &batch.columns[*other]) {
                (Column::Ints(own), Column::Ints(other)) => own[number] == other[row],
                (own, other) => own.look(number) == other.look(row),
            }
        })
    }
}

/// The whole number in a row, if it is one.
fn whole(column: &Column, row: usize) -> Option<i64> {
    if let Column::Ints(ints) = column {
        return Some(ints[row]);
    }
    if let Value::Int(value) = *column.look(row) { Some(value) } else { None }
}

/// A hash that equal values share.
fn hash(batch: &Batch, on: &[usize], row: usize, buffer: &mut Vec<u8>) -> u64 {
    if let [only] = on
        && let Some(word) = whole(&batch.columns[*only], row)
    {
        // The upper bits of a product depend on all bits (Knuth, volume 3, section 6.4).
        return word.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    }
    buffer.clear();
    for column in on {
        put(&batch.columns[*column].look(row), buffer);
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
