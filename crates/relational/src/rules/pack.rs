//! Rows that are made of facts, as bytes: a value is encoded once for each column, however many rows
//! have it.

use std::slice::from_ref;

use super::derive::Known;
use super::facts::Id;
use crate::StoreError;
use crate::catalog::Relation;
use crate::key::{Zeros, encode};
use crate::schema::check_row;

/// How many values there may be, so that all their encodings have places.
const VALUES_MAX: usize = 1 << 26;

/// What the values of one column are in keys and in rows.
pub(super) struct Pieces<'k> {
    known: &'k Known,
    relation: &'k Relation,
    column: usize,
    /// Where the encodings of each value begin, where that in the key ends, and that in the row. Those
    /// that end at 0 are not made yet.
    places: Vec<[u32; 3]>,
    bytes: Vec<u8>,
}

impl<'k> Pieces<'k> {
    /// For each column of a relation; none if rows of it have no fixed form.
    pub(super) fn of(known: &'k Known, relation: &'k Relation) -> Option<Vec<Self>> {
        if known.values.len() > VALUES_MAX {
            return None;
        }
        let columns = (0..relation.fields.len()).map(|column| {
            relation.layout.is_fixed(column).then(|| Self {
                known,
                relation,
                column,
                places: vec![[0; 3]; known.values.len()],
                bytes: Vec::new(),
            })
        });
        columns.collect()
    }

    /// Adds a value to a key and to a row.
    #[inline]
    pub(super) fn put(
        &mut self,
        id: Id,
        key: &mut Vec<u8>,
        row: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let place = id as usize;
        if self.places[place][2] == 0 {
            self.encode(place)?;
        }
        let [start, middle, end] = self.places[place].map(|at| at as usize);
        key.extend_from_slice(&self.bytes[start..middle]);
        row.extend_from_slice(&self.bytes[middle..end]);
        Ok(())
    }

    #[cold]
    fn encode(&mut self, place: usize) -> Result<(), StoreError> {
        let (field, value) = (&self.relation.fields[self.column], &self.known.values[place]);
        check_row(&self.relation.name, from_ref(field), from_ref(value))?;
        let start = self.bytes.len();
        encode(&field.ty, value, Zeros::Equal, &mut self.bytes);
        let middle = self.bytes.len();
        self.relation.layout.put_field(self.column, value, &mut self.bytes);
        // What is fixed is short, so all of them have places.
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.places[place] = [at(start), at(middle), at(self.bytes.len())];
        Ok(())
    }
}
