//! Columns filled from the rows of a relation: only those that somebody reads.

use std::ops::Range;

use super::batch::{BATCH_MAX, Batch, Column};
use crate::StoreError;
use crate::area::Reader;
use crate::catalog::Relation;
use crate::node::Node;
use crate::pages::Pages;
use crate::row::version_of;
use crate::tree::bytes_of;
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

    /// Adds rows that lie in a leaf.
    pub(super) fn push_leaf<P: Pages>(
        &mut self,
        reader: Reader<'_, P>,
        leaf: Node<'_>,
        places: Range<usize>,
    ) -> Result<(), StoreError> {
        for place in places {
            // Most need no more than their numbers, which lie in the first bytes.
            if let Some(row) = leaf.short_value(place)
                && self.values.is_empty()
                && version_of(row) == Some(self.relation.version)
            {
                self.len += 1;
                for (_, at, ints) in &mut self.ints {
                    let word = row.get(*at..).and_then(|rest| rest.first_chunk());
                    ints.push(i64::from_le_bytes(*word.ok_or_else(|| self.relation.lost_row())?));
                }
            } else {
                self.push(&bytes_of(reader, leaf.entry(place)?.1)?)?;
            }
        }
        Ok(())
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
