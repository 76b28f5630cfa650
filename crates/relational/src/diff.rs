//! What differs between two states of the store, row by row.

use std::sync::Arc;

use crate::StoreError;
use crate::catalog::{Relation, RelationId};
use crate::error::DefinitionError;
use crate::pages::Pages;
use crate::read::Row;
use crate::store::Store;
use crate::tree::{self, Bounds};
use crate::value::Value;

/// A row that is not the same in two states.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChange {
    /// The key.
    pub key: Vec<Value>,
    /// The row in the first state.
    pub before: Option<Row>,
    /// The row in the second one.
    pub after: Option<Row>,
}

impl Store {
    /// The rows of a relation or view that differ between two states, in the order of their keys. A
    /// row whose key changed is one that went and one that came.
    ///
    /// Costs a look at each leaf, and at all rows of those leaves that the two states do not share:
    /// a page is shared when both hand out the same memory for it, as a tape and its snapshots do.
    ///
    /// # Errors
    /// There is no such relation in either state, its fields differ, or pages failed.
    pub fn diff<A: Pages, B: Pages>(
        &mut self,
        before: &A,
        after: &B,
        id: RelationId,
    ) -> Result<Vec<RowChange>, StoreError> {
        self.diff_of((before, id), (after, id))
    }

    /// The same, of relations that may have other numbers in the two states.
    ///
    /// # Errors
    /// As of [`diff`](Self::diff).
    pub fn diff_of<A: Pages, B: Pages>(
        &mut self,
        (before, id): (&A, RelationId),
        (after, other): (&B, RelationId),
    ) -> Result<Vec<RowChange>, StoreError> {
        let (one, other) = (self.relation(before, id)?, self.relation(after, other)?);
        if one.fields != other.fields || one.key != other.key {
            return Err(DefinitionError::Differs { relation: other.name.clone() }.into());
        }
        // Under other versions of the fields, the same bytes may be other rows.
        let mut changes = Vec::new();
        let mut add = |before: Option<Row>, after: Option<Row>| {
            if before != after
                && let Some(row) = before.as_ref().or(after.as_ref())
            {
                changes.push(RowChange { key: one.key_values(row), before, after });
            }
        };
        let (left, right) = ((one.rows, self.reader(before)), (other.rows, self.reader(after)));
        tree::diff(left, right, &mut |(_, before, after)| {
            let before = before.map(|bytes| one.row(&bytes)).transpose()?;
            add(before, after.map(|bytes| other.row(&bytes)).transpose()?);
            Ok(())
        })?;
        Ok(changes)
    }

    /// What differs in all relations that are no views: those that are in one state only have all
    /// their rows there.
    ///
    /// # Errors
    /// The fields of a relation differ, or pages failed.
    pub fn diff_all<A: Pages, B: Pages>(
        &mut self,
        before: &A,
        after: &B,
    ) -> Result<Vec<(RelationId, RowChange)>, StoreError> {
        let (old, new) = (self.relations(before)?, self.relations(after)?);
        let mut all = Vec::new();
        for relation in old.iter().filter(|relation| !relation.is_view()) {
            let id = relation.id();
            if new.iter().any(|other| other.id() == id) {
                let changes = self.diff(before, after, id)?;
                all.extend(changes.into_iter().map(|change| (id, change)));
            } else {
                for row in self.all_rows(before, relation)? {
                    let key = relation.key_values(&row);
                    all.push((id, RowChange { key, before: Some(row), after: None }));
                }
            }
        }
        for relation in new.iter().filter(|relation| !relation.is_view()) {
            if !old.iter().any(|other| other.id() == relation.id()) {
                for row in self.all_rows(after, relation)? {
                    let key = relation.key_values(&row);
                    all.push((relation.id(), RowChange { key, before: None, after: Some(row) }));
                }
            }
        }
        Ok(all)
    }

    /// What differs in the relations with wanted names that are no views, with each as it is in the last
    /// state that has it. One that is in one state only has all its rows there.
    ///
    /// # Errors
    /// The fields of a relation differ, or pages failed.
    pub fn diff_named<A: Pages, B: Pages>(
        &mut self,
        before: &A,
        after: &B,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(Arc<Relation>, RowChange)>, StoreError> {
        let is_asked = |one: &Arc<Relation>| !one.is_view() && is_wanted(one.name());
        let mut old = self.relations_if_any(before)?;
        let mut new = self.relations_if_any(after)?;
        old.retain(is_asked);
        new.retain(is_asked);
        let mut all = Vec::new();
        for relation in old {
            if let Some(place) = new.iter().position(|other| other.name() == relation.name()) {
                let other = new.remove(place);
                let changes = self.diff_of((before, relation.id()), (after, other.id()))?;
                all.extend(changes.into_iter().map(|change| (Arc::clone(&other), change)));
            } else {
                for row in self.all_rows(before, &relation)? {
                    let key = relation.key_values(&row);
                    let change = RowChange { key, before: Some(row), after: None };
                    all.push((Arc::clone(&relation), change));
                }
            }
        }
        for relation in new {
            for row in self.all_rows(after, &relation)? {
                let key = relation.key_values(&row);
                let change = RowChange { key, before: None, after: Some(row) };
                all.push((Arc::clone(&relation), change));
            }
        }
        Ok(all)
    }

    fn all_rows<P: Pages>(&self, pages: &P, relation: &Relation) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        let mut entries = relation.rows.scan(self.reader(pages), Bounds::ALL)?;
        while let Some((_, bytes)) = entries.next()? {
            rows.push(relation.row(&bytes)?);
        }
        Ok(rows)
    }
}
