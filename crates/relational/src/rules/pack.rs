//! Rows that are made of facts, as bytes: a value is encoded once for each column, however many rows
//! have it.

use std::ops::Range;
use std::slice::from_ref;

use super::derive::Known;
use super::facts::Id;
use crate::StoreError;
use crate::catalog::Relation;
use crate::key::{Zeros, encode};
use crate::schema::check_row;

/// How many values there may be, so that all their encodings have places.
const VALUES_MAX: usize = 1 << 26;

/// What most encodings fit into.
const FEW: usize = 16;

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

    /// How long a value is in a key and in a row.
    #[inline]
    pub(super) fn lengths(&mut self, id: Id) -> Result<(usize, usize), StoreError> {
        let place = id as usize;
        if self.places[place][2] == 0 {
            self.encode(place)?;
        }
        let [start, middle, end] = self.places[place].map(|at| at as usize);
        Ok((middle - start, end - middle))
    }

    /// Adds a value whose lengths were asked for to a key.
    #[inline]
    pub(super) fn put_key(&self, id: Id, key: &mut Vec<u8>) {
        let [start, middle, _] = self.places[id as usize];
        self.put(start as usize..middle as usize, key);
    }

    /// Adds such a value to a row.
    #[inline]
    pub(super) fn put_field(&self, id: Id, row: &mut Vec<u8>) {
        let [_, middle, end] = self.places[id as usize];
        self.put(middle as usize..end as usize, row);
    }

    /// Adds bytes; of few, more than they are, which are cut off again: that takes no call.
    #[inline]
    fn put(&self, part: Range<usize>, out: &mut Vec<u8>) {
        let end = out.len() + part.len();
        match self.bytes[part.start..].first_chunk::<FEW>() {
            Some(few) if part.len() <= FEW => {
                out.extend_from_slice(few);
                out.truncate(end);
            }
            _ => out.extend_from_slice(&self.bytes[part]),
        }
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
