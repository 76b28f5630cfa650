//! Rows in memory, found by the values of some of their columns.

use xxhash_rust::xxh3::xxh3_64;

use super::batch::{Batch, Column};
use crate::value::Value;

/// The end of a chain.
const END: u32 = u32::MAX;

/// A table of rows that are found by some columns. Rows with equal values come out in the order in
/// which they went in.
#[derive(Debug)]
pub(super) struct JoinTable {
    rows: Batch,
    on: Vec<usize>,
    way: Way,
}

/// How rows are found.
#[derive(Debug)]
enum Way {
    /// Chained by the hashes of the columns; as many heads as a power of two.
    Chains { heads: Vec<u32>, next: Vec<u32> },
    /// By one column of whole numbers that ascend, as those of a key do.
    Ascending,
}

impl JoinTable {
    pub(super) fn new(rows: Batch, on: Vec<usize>) -> Self {
        if let [only] = on.as_slice()
            && let Some(Column::Ints(ints)) = rows.columns.get(*only)
            && ints.is_sorted_by(|one, next| one < next)
        {
            return Self { rows, on, way: Way::Ascending };
        }
        let (mut heads, mut next) = (vec![END; rows.len.next_power_of_two()], vec![END; rows.len]);
        let mut buffer = Vec::new();
        for number in (0..rows.len).rev() {
            let slot = slot(&heads, hash(&rows, &on, number, &mut buffer));
            // More rows than that do not fit into memory.
            let number32 = u32::try_from(number).unwrap_or(END);
            next[number] = std::mem::replace(&mut heads[slot], number32);
        }
        Self { rows, on, way: Way::Chains { heads, next } }
    }

    /// The rows.
    pub(super) const fn rows(&self) -> &Batch {
        &self.rows
    }

    /// Adds the numbers of the rows that equal a row of another batch in its columns.
    pub(super) fn matches(
        &self,
        (batch, from, row): (&Batch, &[usize], usize),
        buffer: &mut Vec<u8>,
        found: &mut Vec<usize>,
    ) {
        let Way::Chains { heads, next: all } = &self.way else {
            let columns = from.first().zip(self.on.first());
            let columns =
                columns.map(|(from, own)| (&batch.columns[*from], &self.rows.columns[*own]));
            if let Some((column, Column::Ints(ints))) = columns
                && let Some(value) = whole(column, row)
            {
                found.extend(place(ints, value));
            }
            return;
        };
        let mut next = heads[slot(heads, hash(batch, from, row, buffer))];
        while next != END {
            let number = next as usize;
            if self.is_equal(number, batch, from, row) {
                found.push(number);
            }
            next = all[number];
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

/// The place of a number among others that ascend.
fn place(ints: &[i64], value: i64) -> Option<usize> {
    let first = ints.first().filter(|first| **first <= value)?;
    // Where none is left out, it is as far behind the first as its value is; else it comes before.
    let most = usize::try_from(value.wrapping_sub(*first).cast_unsigned()).unwrap_or(usize::MAX);
    if ints.get(most) == Some(&value) {
        return Some(most);
    }
    ints[..most.min(ints.len())].binary_search(&value).ok()
}

/// The chain of a hash.
fn slot(heads: &[u32], hash: u64) -> usize {
    usize::try_from(hash & (heads.len() as u64 - 1)).unwrap_or(0)
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
