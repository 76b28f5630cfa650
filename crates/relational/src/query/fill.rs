//! Columns filled from the rows of a relation: only those that somebody reads.

use super::batch::{BATCH_MAX, Batch, Column};
use crate::StoreError;
use crate::catalog::Relation;
use crate::row::version_of;
use crate::value::Value;

/// A batch being filled with rows of a relation.
pub(super) struct Builder<'r> {
    relation: &'r Relation,
    /// Columns of whole numbers: their places, where they lie in rows of the present version, and
    /// what is there.
    ints: Vec<(usize, usize, Vec<i64>)>,
    /// Other columns that are read, with their places.
    values: Vec<(usize, Vec<Value>)>,
    pub(super) len: usize,
}

impl<'r> Builder<'r> {
    pub(super) fn new(relation: &'r Relation, needed: &[bool]) -> Self {
        let (mut ints, mut values) = (Vec::new(), Vec::new());
        for (place, _) in needed.iter().enumerate().filter(|(_, needed)| **needed) {
            match relation.layout.int_at(place) {
                Some(at) => ints.push((place, at, Vec::with_capacity(BATCH_MAX))),
                None => values.push((place, Vec::with_capacity(BATCH_MAX))),
            }
        }
        Self { relation, ints, values, len: 0 }
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.len += 1;
        if version_of(bytes) == Some(self.relation.version) {
            for (_, at, ints) in &mut self.ints {
                let word = bytes.get(*at..).and_then(|rest| rest.first_chunk());
                ints.push(i64::from_le_bytes(*word.ok_or_else(|| self.relation.lost_row())?));
            }
        } else {
            for (place, _, ints) in &mut self.ints {
                let Value::Int(value) = self.relation.value(bytes, *place)? else {
                    return Err(self.relation.lost_row());
                };
                ints.push(value);
            }
        }
        for (place, values) in &mut self.values {
            values.push(self.relation.value(bytes, *place)?);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Batch {
        let mut columns = vec![Column::Absent; self.relation.fields.len()];
        for (place, _, ints) in self.ints {
            columns[place] = Column::Ints(ints);
        }
        for (place, values) in self.values {
            columns[place] = Column::Values(values);
        }
        Batch { len: self.len, columns }
    }
}
