//! Columns filled from the rows of a relation: only those that somebody reads.

use super::batch::{Batch, Column};
use crate::StoreError;
use crate::catalog::Relation;
use crate::raw::{Raw, RowView};
use crate::schema::Type;
use crate::value::Value;

/// A batch being filled with rows of a relation.
pub(super) struct Builder<'r> {
    relation: &'r Relation,
    columns: Vec<Column>,
    /// The places of the columns that are read.
    read: Vec<usize>,
    pub(super) len: usize,
}

impl<'r> Builder<'r> {
    pub(super) fn new(relation: &'r Relation, needed: &[bool]) -> Self {
        let column = |(field, needed): (&crate::Field, &bool)| match (needed, &field.ty) {
            (false, _) => Column::Absent,
            (true, Type::Int) => Column::Ints(Vec::new()),
            (true, _) => Column::Values(Vec::new()),
        };
        let columns = relation.fields.iter().zip(needed).map(column).collect();
        let read = needed.iter().enumerate().filter(|(_, needed)| **needed);
        Self { relation, columns, read: read.map(|(place, _)| place).collect(), len: 0 }
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.len += 1;
        let row = RowView::new(self.relation, bytes);
        for place in &self.read {
            match self.columns.get_mut(*place) {
                Some(Column::Ints(ints)) => {
                    if let Some(Raw::Word(value)) = row.raw(*place)? {
                        ints.push(value);
                    } else if let Value::Int(value) = self.relation.value(bytes, *place)? {
                        ints.push(value);
                    } else {
                        return Err(self.relation.lost_row());
                    }
                }
                Some(Column::Values(values)) => values.push(self.relation.value(bytes, *place)?),
                Some(Column::Absent | Column::Bools(_) | Column::Same(_)) | None => {}
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Batch {
        Batch { len: self.len, columns: self.columns }
    }
}
