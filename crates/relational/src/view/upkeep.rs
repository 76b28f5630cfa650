//! Putting changes into views: of one relation, then of the views made of it, in the order in which
//! they were made.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use super::delta::{self, Bag, Delta};
use super::group::Grouping;
use super::shape::has_group;
use crate::StoreError;
use crate::area::{Writer, corrupt};
use crate::catalog::{Catalog, Relation, RelationId};
use crate::pages::PagesMut;
use crate::query::{Query, QueryError, answer};
use crate::read::Row;
use crate::schema::check_row;

type Changes = BTreeMap<RelationId, Bag>;

/// Puts what follows from a change of a row into all views.
pub(crate) fn settle<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    catalog: &Catalog,
    id: RelationId,
    (gone, new): (Option<&[crate::Value]>, Option<&[crate::Value]>),
) -> Result<(), StoreError> {
    if catalog.viewers(id).is_empty() {
        return Ok(());
    }
    let gone = gone.map(|row| (row.to_vec(), -1));
    let new = new.map(|row| (row.to_vec(), 1));
    settle_bag(writer, catalog, id, gone.into_iter().chain(new).collect())
}

/// Puts what follows from changes of a relation into all views.
pub(crate) fn settle_bag<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    catalog: &Catalog,
    id: RelationId,
    bag: Bag,
) -> Result<(), StoreError> {
    let mut changes = Changes::from([(id, bag)]);
    let mut waiting: BTreeSet<_> = catalog.viewers(id).iter().copied().collect();
    while let Some(id) = waiting.pop_first() {
        let view = catalog.get(id)?;
        let changed = update(writer, catalog, view, Some(&changes))?;
        if !changed.is_empty() {
            waiting.extend(catalog.viewers(id));
            changes.insert(id, changed);
        }
    }
    Ok(())
}

/// Puts the first rows into a view.
pub(super) fn fill<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    catalog: &Catalog,
    view: &Relation,
) -> Result<(), StoreError> {
    update(writer, catalog, view, None).map(|_| ())
}

/// Puts changes into one view, or without any, all its rows; and says what changed in it.
fn update<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    catalog: &Catalog,
    relation: &Relation,
    changes: Option<&Changes>,
) -> Result<Bag, StoreError> {
    let Some(view) = &relation.view else { return Ok(Vec::new()) };
    let mut update = Update { writer, catalog, relation, view, changes };
    let bag = update.out(&view.query);
    let bag = bag.map_err(|error| StoreError::of_view(&relation.name, error))?;
    update.put_rows(bag)
}

struct Update<'w, 'p, P: PagesMut> {
    writer: &'w mut Writer<'p, P>,
    catalog: &'w Catalog,
    relation: &'w Relation,
    view: &'w View,
    changes: Option<&'w Changes>,
}

impl<P: PagesMut> Update<'_, '_, P> {
    /// What comes out of a query, through its groups.
    fn out(&mut self, query: &Query) -> Result<Bag, QueryError> {
        if !has_group(query) {
            let Some(changes) = self.changes else {
                let rows = answer(self.writer.reader(), self.catalog, query)?;
                return Ok(rows.into_iter().map(|row| (row, 1)).collect());
            };
            let (reader, catalog) = (self.writer.reader(), self.catalog);
            return Delta { reader, catalog, changes }.of(query);
        }
        match query {
            Query::Filter(input, condition) => delta::filter(self.out(input)?, condition),
            Query::Project(input, exprs) => delta::project(self.out(input)?, exprs),
            Query::Group(input, by, totals) => {
                let bag = self.out(input)?;
                let Some(groups) = self.view.groups else { return Ok(Vec::new()) };
                let (writer, view) = (&mut *self.writer, self.relation);
                Grouping { writer, view, groups, by, totals }.change(bag)
            }
            // These have no groups within them.
            Query::Relation(_)
            | Query::Rows(..)
            | Query::Join(..)
            | Query::Union(..)
            | Query::Distinct(_)
            | Query::Order(..)
            | Query::Limit(..) => Err(QueryError::TooDeep),
        }
    }

    /// Changes the rows of the view, and returns what really changed.
    fn put_rows(&mut self, bag: Bag) -> Result<Bag, StoreError> {
        let mut net: BTreeMap<Vec<u8>, (Row, i64)> = BTreeMap::new();
        for (row, count) in bag {
            check_row(&self.relation.name, &self.relation.fields, &row)?;
            // Rows that are equal but not alike, as 1.0 and 1.00, are told apart.
            let bytes = self.relation.layout.encode(0, 0, &row);
            net.entry(bytes).or_insert_with(|| (row, 0)).1 += count;
        }
        let (mut gone, mut new) = (BTreeMap::new(), BTreeMap::new());
        for (row, count) in net.into_values() {
            let key = self.relation.key_of(&row)?;
            if self.view.support.is_some() {
                let sum: &mut (Row, i64) = new.entry(key).or_insert_with(|| (row, 0));
                sum.1 += count;
                continue;
            }
            // A row that its key tells apart is there once.
            let twice = match count {
                0 => false,
                1 => new.insert(key, (row, count)).is_some(),
                -1 => gone.insert(key, row).is_some(),
                _ => true,
            };
            if twice {
                return Err(self.broken());
            }
        }
        let mut changed = Vec::new();
        for (key, (row, count)) in new {
            let (before, after) = match self.support(&key, count)? {
                Some(support) => support,
                None => (gone.contains_key(&key), true),
            };
            match (before, after) {
                (false, true) => self.relation.put(self.writer, &row)?,
                (true, true) if self.view.support.is_none() => {
                    let Some(old) = gone.remove(&key) else { continue };
                    self.relation.replace_row(self.writer, &key, &row)?;
                    changed.push((old, -1));
                }
                (true, false) => {
                    self.relation.cut_row(self.writer, &key)?;
                    changed.push((row, -1));
                    continue;
                }
                (true, true) | (false, false) => continue,
            }
            changed.push((row, 1));
        }
        for (key, row) in gone {
            self.relation.cut_row(self.writer, &key)?;
            changed.push((row, -1));
        }
        Ok(changed)
    }

    /// Whether a row followed from anything before, and does so now; nothing where that is not kept.
    fn support(&mut self, key: &[u8], count: i64) -> Result<Option<(bool, bool)>, StoreError> {
        let Some(tree) = self.view.support else { return Ok(None) };
        let before = match tree.get(self.writer.reader(), key)? {
            None => 0,
            Some(bytes) => bytes.first_chunk().map_or(0, |word| u64::from_le_bytes(*word)),
        };
        let after = before.checked_add_signed(count).ok_or_else(|| self.broken())?;
        if after == 0 && before > 0 {
            tree.remove(self.writer, key)?;
        } else if after != before {
            tree.put(self.writer, key, &after.to_le_bytes())?;
        }
        Ok(Some((before > 0, after > 0)))
    }

    fn broken(&self) -> StoreError {
        corrupt(self.relation.rows.root, "has not the rows of a view that follow from others")
    }
}
