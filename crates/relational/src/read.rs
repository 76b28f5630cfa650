//! Reading rows: by key, in order, by an index; and checking a relation's pages.

use std::ops::Bound;
use std::sync::Arc;

use crate::StoreError;
use crate::area::{PageId, Reader, corrupt};
use crate::catalog::{Relation, RelationId};
use crate::error::{DefinitionError, RowError};
use crate::index::{Index, IndexKind, Indexed};
use crate::key::{Zeros, encode};
use crate::pages::{PAGE_STEP, Pages};
use crate::store::Store;
use crate::tree::{Backward, Bounds, Forward, after_prefix};
use crate::value::Value;

/// A row: the values of all fields.
pub type Row = Vec<Value>;

/// Which way to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the least key up.
    Up,
    /// From the greatest key down.
    Down,
}

/// The rows of a relation in the order of their keys, one at a time.
#[derive(Debug)]
pub struct Rows<'p, P> {
    relation: Arc<Relation>,
    walk: Walk<'p, P>,
}

#[derive(Debug)]
enum Walk<'p, P> {
    Up(Forward<'p, P>),
    Down(Backward<'p, P>),
}

impl<P: Pages> Rows<'_, P> {
    /// The next row.
    ///
    /// # Errors
    /// The pages cannot be read.
    pub fn next_row(&mut self) -> Result<Option<Row>, StoreError> {
        let entry = match &mut self.walk {
            Walk::Up(walk) => walk.next()?,
            Walk::Down(walk) => walk.next()?,
        };
        entry.map(|(_, bytes)| self.relation.row(&bytes)).transpose()
    }
}

impl<P: Pages> Iterator for Rows<'_, P> {
    type Item = Result<Row, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl Store {
    /// The row with a key.
    ///
    /// # Errors
    /// The values do not fit the key, or pages failed.
    pub fn get<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        key: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        let bytes = relation.rows.get(self.reader(pages), &relation.encode_key(key)?)?;
        bytes.map(|bytes| relation.row(&bytes)).transpose()
    }

    /// How many rows a relation has. Costs a look at one page.
    ///
    /// # Errors
    /// There is no such relation, or pages failed.
    pub fn count<P: Pages>(&mut self, pages: &P, id: RelationId) -> Result<u64, StoreError> {
        self.catalog(pages)?.get(id)?.count(self.reader(pages))
    }

    /// All rows.
    ///
    /// # Errors
    /// There is no such relation, or pages failed.
    pub fn scan<'p, P: Pages>(
        &mut self,
        pages: &'p P,
        id: RelationId,
        direction: Direction,
    ) -> Result<Rows<'p, P>, StoreError> {
        let relation = self.relation(pages, id)?;
        self.walk(pages, relation, Bounds::ALL, direction)
    }

    /// The rows that come after the one with a key, whether there is one or not.
    ///
    /// # Errors
    /// The values do not fit the key, or pages failed.
    pub fn scan_after<'p, P: Pages>(
        &mut self,
        pages: &'p P,
        id: RelationId,
        key: &[Value],
        direction: Direction,
    ) -> Result<Rows<'p, P>, StoreError> {
        let relation = self.relation(pages, id)?;
        let key = Bound::Excluded(relation.encode_key(key)?);
        let bounds = match direction {
            Direction::Up => Bounds { lower: key, upper: Bound::Unbounded },
            Direction::Down => Bounds { lower: Bound::Unbounded, upper: key },
        };
        self.walk(pages, relation, bounds, direction)
    }

    /// The rows whose keys begin with `prefix`, with the key's next field between the bounds.
    ///
    /// # Errors
    /// The values do not fit the key, or pages failed.
    pub fn range<'p, P: Pages>(
        &mut self,
        pages: &'p P,
        id: RelationId,
        prefix: &[Value],
        between: (Bound<&Value>, Bound<&Value>),
        direction: Direction,
    ) -> Result<Rows<'p, P>, StoreError> {
        let relation = self.relation(pages, id)?;
        let mut start = Vec::new();
        let mut places = relation.key.iter();
        for value in prefix {
            start.extend(relation.encode_at(places.next(), value)?);
        }
        let place = places.next();
        let bound = |bound: Bound<&Value>| match bound {
            Bound::Unbounded => Ok(Bound::Unbounded),
            Bound::Included(value) => Ok(Bound::Included(relation.encode_at(place, value)?)),
            Bound::Excluded(value) => {
                Ok::<_, StoreError>(Bound::Excluded(relation.encode_at(place, value)?))
            }
        };
        let whole = |rest: Vec<u8>| [start.as_slice(), &rest].concat();
        let above = |bytes: Vec<u8>| after_prefix(&bytes);
        let lower = match bound(between.0)? {
            Bound::Unbounded => Bound::Included(start.clone()),
            Bound::Included(value) => Bound::Included(whole(value)),
            Bound::Excluded(value) => match above(whole(value)) {
                Bound::Excluded(next) | Bound::Included(next) => Bound::Included(next),
                // No key is above one that is all highest bytes.
                Bound::Unbounded => Bound::Excluded(vec![u8::MAX; crate::KEY_MAX]),
            },
        };
        let upper = match bound(between.1)? {
            Bound::Unbounded => above(start.clone()),
            Bound::Included(value) => above(whole(value)),
            Bound::Excluded(value) => Bound::Excluded(whole(value)),
        };
        self.walk(pages, relation, Bounds { lower, upper }, direction)
    }

    fn walk<'p, P: Pages>(
        &self,
        pages: &'p P,
        relation: Arc<Relation>,
        bounds: Bounds,
        direction: Direction,
    ) -> Result<Rows<'p, P>, StoreError> {
        let reader = self.reader(pages);
        let walk = match direction {
            Direction::Up => Walk::Up(relation.rows.scan(reader, bounds)?),
            Direction::Down => Walk::Down(relation.rows.scan_back(reader, bounds)?),
        };
        Ok(Rows { relation, walk })
    }

    /// The rows that have these values in the fields of an index, by its name; of a B+tree, perhaps
    /// in the first few only; of a full-text index, the rows with all words of the text.
    ///
    /// B+trees give rows in the order of fields and key, others in one that means nothing but is
    /// always the same.
    ///
    /// # Errors
    /// There is no such index, the values do not fit, or pages failed.
    pub fn find<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        index: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let relation = self.relation(pages, id)?;
        let index = relation.index(index)?;
        relation.check_values(index, values)?;
        let keys = index.find(self.reader(pages), &relation, values)?;
        let rows = relation.rows_at(self.reader(pages), &keys)?;
        let mut found = Vec::new();
        for row in rows {
            if index.kind == IndexKind::FullText || index.values(&row)?.starts_with(values) {
                found.push(row);
            }
        }
        Ok(found)
    }

    /// About which share of the rows has its first field of a B+tree index between two bounds,
    /// guessed from the upper nodes. Costs two ways down the tree, however many rows there are.
    ///
    /// # Errors
    /// As [`find_between`](Self::find_between).
    pub fn estimate_between<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        index: &str,
        between: &(Bound<Value>, Bound<Value>),
    ) -> Result<f64, StoreError> {
        let relation = self.relation(pages, id)?;
        let index = relation.index(index)?;
        let bounds = relation.bounds(index, between)?;
        index.estimate(self.reader(pages), &bounds)
    }

    /// The rows whose first field of a B+tree index lies between two bounds, in its order.
    ///
    /// # Errors
    /// There is no such index, it is of another kind, the values do not fit, or pages failed.
    pub fn find_between<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        index: &str,
        between: (Bound<Value>, Bound<Value>),
    ) -> Result<Vec<Row>, StoreError> {
        let relation = self.relation(pages, id)?;
        let index = relation.index(index)?;
        let bounds = relation.bounds(index, &between)?;
        let keys = index.find_between(self.reader(pages), bounds)?;
        let rows = relation.rows_at(self.reader(pages), &keys)?;
        let mut found = Vec::new();
        for row in rows {
            let values = index.values(&row)?;
            if values.first().is_some_and(|one| std::ops::RangeBounds::contains(&between, one)) {
                found.push(row);
            }
        }
        Ok(found)
    }
}

impl Store {
    /// Where the number of rows of a relation is kept, 8 bytes.
    #[must_use]
    pub fn count_place(&self, relation: &Relation) -> i64 {
        self.base() + i64::from(relation.head.0) * PAGE_STEP + 8
    }

    /// Where the pages with the rows of a relation begin.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn row_pages<P: Pages>(
        &self,
        pages: &P,
        relation: &Relation,
    ) -> Result<Vec<i64>, StoreError> {
        let found = relation.rows.pages(self.reader(pages))?;
        Ok(found.into_iter().map(|page| self.base() + i64::from(page.0) * PAGE_STEP).collect())
    }
}

impl Relation {
    fn index(&self, name: &str) -> Result<&Index, DefinitionError> {
        let index = self.indexes.iter().find(|index| index.name == name);
        index.ok_or_else(|| DefinitionError::UnknownIndex {
            relation: self.name.clone(),
            index: name.to_owned(),
        })
    }

    /// Where in an index the values between two bounds lie.
    fn bounds(
        &self,
        index: &Index,
        between: &(Bound<Value>, Bound<Value>),
    ) -> Result<Bounds, StoreError> {
        if index.kind != IndexKind::BTree {
            let (field, reason) = (index.name.clone(), "only a B+tree finds ranges");
            return Err(DefinitionError::BadIndex { field, reason }.into());
        }
        for bound in [&between.0, &between.1] {
            if let Bound::Included(value) | Bound::Excluded(value) = bound {
                self.check_values(index, std::slice::from_ref(value))?;
            }
        }
        Ok(index.bounds(&self.fields, &between.0, &between.1))
    }

    /// Whether values can be looked for in an index.
    fn check_values(&self, index: &Index, values: &[Value]) -> Result<(), RowError> {
        let (expected, found) = (index.width(), values.len());
        let enough =
            if index.kind == IndexKind::BTree { found <= expected } else { found == expected };
        if !enough || found == 0 {
            return Err(RowError::Count { relation: self.name.clone(), expected, found });
        }
        if let Some(places) = index.plain() {
            return places
                .iter()
                .zip(values)
                .try_for_each(|(at, value)| self.check_value(*at, value));
        }
        for (ty, value) in index.types(self).into_iter().zip(values) {
            if !ty.accepts(value) {
                let (relation, field) = (self.name.clone(), index.name.clone());
                return Err(RowError::Type { relation, field, value: value.clone() });
            }
        }
        Ok(())
    }

    fn check_value(&self, place: usize, value: &Value) -> Result<(), RowError> {
        let field = &self.fields[place];
        if field.ty.accepts(value) {
            return Ok(());
        }
        let (relation, field) = (self.name.clone(), field.name.clone());
        Err(RowError::Type { relation, field, value: value.clone() })
    }

    /// The encoding of a value of a field of the key.
    fn encode_at(&self, place: Option<&usize>, value: &Value) -> Result<Vec<u8>, StoreError> {
        let Some(place) = place else {
            let (relation, expected) = (self.name.clone(), self.key.len());
            return Err(RowError::Count { relation, expected, found: expected + 1 }.into());
        };
        self.check_value(*place, value)?;
        let mut bytes = Vec::new();
        encode(&self.fields[*place].ty, value, Zeros::Equal, &mut bytes);
        Ok(bytes)
    }

    /// The rows with these keys, which an index led to.
    fn rows_at<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Row>, StoreError> {
        let lost = || corrupt(self.rows.root, "has not the row that an index leads to");
        let row = |key: &Vec<u8>| self.row(&self.rows.get(reader, key)?.ok_or_else(lost)?);
        keys.iter().map(row).collect()
    }

    /// All its pages.
    pub(crate) fn pages<P: Pages>(&self, reader: Reader<'_, P>) -> Result<Vec<PageId>, StoreError> {
        let mut pages = self.rows.pages(reader)?;
        pages.push(self.head);
        for tree in self.numbers.into_iter().chain(self.beside) {
            pages.extend(tree.pages(reader)?);
        }
        for index in &self.indexes {
            pages.extend(index.pages(reader)?);
        }
        if let Some(view) = &self.view {
            pages.extend(view.pages(reader)?);
        }
        Ok(pages)
    }

    /// Checks rows, counts and indexes, and returns all pages.
    pub(crate) fn verify<P: Pages>(
        &self,
        reader: Reader<'_, P>,
    ) -> Result<Vec<PageId>, StoreError> {
        if self.rows.verify(reader)?.entries != self.count(reader)? {
            return Err(corrupt(self.head, "counts the rows wrongly"));
        }
        let mut held = Vec::new();
        let mut rows = self.rows.scan(reader, Bounds::ALL)?;
        while let Some((key, bytes)) = rows.next()? {
            let (number, row) = (self.number(&bytes)?, self.row(&bytes)?);
            if self.key_of(&row)? != key {
                return Err(corrupt(self.rows.root, "has a row under another's key"));
            }
            held.push((key.to_vec(), number, row));
        }
        if let Some(numbers) = self.numbers {
            let is_there = |(key, number, _): &(Vec<u8>, u64, Row)| {
                let found = numbers.get(reader, &number.to_be_bytes())?;
                Ok::<_, StoreError>(found.as_deref() == Some(key.as_slice()))
            };
            let all = held.iter().map(is_there).collect::<Result<Vec<_>, _>>()?;
            if all.contains(&false) || numbers.verify(reader)?.entries != held.len() as u64 {
                return Err(corrupt(numbers.root, "numbers the rows wrongly"));
            }
        }
        for index in &self.indexes {
            let mut expected = 0;
            for (key, number, row) in &held {
                expected += index.count_of(row)?;
                let indexed = Indexed { row, key, number: *number };
                if !index.has(reader, &self.fields, &indexed)? {
                    return Err(corrupt(index.root, "of an index lacks a row"));
                }
            }
            if index.verify(reader)? != expected {
                return Err(corrupt(index.root, "of an index leads to rows that are not there"));
            }
        }
        self.pages(reader)
    }
}
