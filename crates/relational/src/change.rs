//! Inserting, updating and deleting rows.
//!
//! Operations on one row look first and write then. Many changes at once are in `apply`.

use crate::StoreError;
use crate::area::{Reader, Writer, get_u64, kind};
use crate::catalog::{Catalog, Reference, Relation, RelationId};
use crate::error::{NamedValues, RowError};
use crate::index::{Index, Indexed, RELATION_KEY_MAX};
use crate::key::{Zeros, encode};
use crate::pages::{Pages, PagesMut};
use crate::raw::RawRow;
use crate::row::version_of;
use crate::schema::check_row;
use crate::store::Store;
use crate::tree::{Bulk, Put};
use crate::value::Value;
use crate::view::{settle, settle_bag};

/// Of the page that counts a relation's rows.
pub(crate) const AT_COUNT: usize = 8;
pub(crate) const AT_NEXT: usize = 16;
/// Of the same, in a view: the number that the next group gets.
pub(crate) const AT_GROUPS: usize = 24;

/// A row that is there.
pub(crate) struct Standing {
    pub(crate) key: Vec<u8>,
    pub(crate) number: u64,
    pub(crate) row: Vec<Value>,
    /// What the row was in older fields, where it cannot be carried back.
    pub(crate) kept: Vec<(u16, Vec<Value>)>,
}

impl Store {
    /// Inserts a row.
    ///
    /// # Errors
    /// It does not fit, clashes with another, or refers to nothing: nothing was changed. Or pages
    /// failed.
    pub fn insert<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        row: &[Value],
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        check_row(&relation.name, &relation.fields, row)?;
        relation.must_be_no_view()?;
        let mut writer = self.writer(pages);
        // Where nothing else can refuse it, the way down to where it belongs shows whether its key
        // is free; a clash of keys is told before all else.
        let is_looked_at = |index: &Index| index.unique || index.computed.is_some();
        if relation.indexes.iter().any(is_looked_at) || !relation.references.is_empty() {
            relation.check_new(&catalog, writer.reader(), row, None)?;
        }
        relation.put(&mut writer, row)?;
        settle(&mut writer, &catalog, id, (None, Some(row)))
    }

    /// Inserts a row, or puts it in place of the one with the same key. Says whether there was one.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), but for a clash of the key.
    pub fn upsert<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        row: &[Value],
    ) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        check_row(&relation.name, &relation.fields, row)?;
        relation.must_be_no_view()?;
        let mut writer = self.writer(pages);
        let standing = relation.standing(writer.reader(), &relation.key_of(row)?)?;
        relation.check_new(&catalog, writer.reader(), row, standing.as_ref())?;
        match &standing {
            None => relation.put(&mut writer, row)?,
            Some(standing) => relation.replace(&mut writer, standing, row)?,
        }
        let gone = standing.as_ref().map(|standing| standing.row.as_slice());
        settle(&mut writer, &catalog, id, (gone, Some(row)))?;
        Ok(standing.is_some())
    }

    /// Puts a row in place of the one with that key. The new row's key may differ.
    ///
    /// # Errors
    /// There is no such row, or the new one is refused, or the old key is referred to and changes:
    /// nothing was changed. Or pages failed.
    pub fn update<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        key: &[Value],
        row: &[Value],
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        check_row(&relation.name, &relation.fields, row)?;
        relation.must_be_no_view()?;
        let mut writer = self.writer(pages);
        if relation.is_plain(&catalog) {
            let key = relation.encode_key(key)?;
            let bytes = relation.layout.encode(relation.version, 0, row);
            if relation.key_of(row)? == key
                && relation.replace_raw(&mut writer, &key, &mut RawRow { bytes })?
            {
                return Ok(());
            }
        }
        let standing = relation.must_stand(writer.reader(), key)?;
        relation.check_new(&catalog, writer.reader(), row, Some(&standing))?;
        if relation.key_of(row)? != standing.key {
            relation.check_free(&catalog, writer.reader(), &standing, Some(row))?;
        }
        relation.replace(&mut writer, &standing, row)?;
        settle(&mut writer, &catalog, id, (Some(&standing.row), Some(row)))
    }

    /// Deletes the row with that key, and says whether there was one.
    ///
    /// # Errors
    /// Another row refers to it: nothing was changed. Or pages failed.
    pub fn delete<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        key: &[Value],
    ) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        relation.must_be_no_view()?;
        let mut writer = self.writer(pages);
        let key = relation.encode_key(key)?;
        let Some(standing) = relation.standing(writer.reader(), &key)? else {
            return Ok(false);
        };
        relation.check_free(&catalog, writer.reader(), &standing, None)?;
        relation.cut(&mut writer, &standing)?;
        relation.drop_beside(&mut writer, standing.number)?;
        settle(&mut writer, &catalog, id, (Some(&standing.row), None))?;
        Ok(true)
    }

    /// Takes all rows out. Costs a walk over the pages.
    ///
    /// # Errors
    /// Another relation has rows that refer to this one: nothing was changed. Or pages failed.
    pub fn clear<P: PagesMut>(&mut self, pages: &mut P, id: RelationId) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        relation.must_be_no_view()?;
        let mut writer = self.writer(pages);
        let mut all = Vec::new();
        let mut rows = relation.rows.scan(writer.reader(), crate::tree::Bounds::ALL)?;
        while let Some((key, bytes)) = rows.next()? {
            let (number, row) = (relation.number(&bytes)?, relation.row(&bytes)?);
            all.push(Standing { key: key.to_vec(), number, row, kept: Vec::new() });
        }
        for (by, place) in catalog.referrers(id).iter().filter(|(by, _)| *by != id) {
            let by = catalog.get(*by)?;
            for standing in &all {
                relation.check_free_of(by, &by.references[*place], writer.reader(), standing)?;
            }
        }
        relation.rows.clear(&mut writer)?;
        writer.write(relation.head, AT_COUNT, &0u64.to_le_bytes())?;
        for tree in relation.numbers.into_iter().chain(relation.beside) {
            tree.clear(&mut writer)?;
        }
        relation.indexes.iter().try_for_each(|index| index.clear(&mut writer))?;
        if catalog.viewers(id).is_empty() {
            return Ok(());
        }
        let gone = all.into_iter().map(|standing| (standing.row, -1));
        settle_bag(&mut writer, &catalog, id, gone.collect())
    }
}

impl Relation {
    /// The encoded key of a row.
    pub(crate) fn key_of(&self, row: &[Value]) -> Result<Vec<u8>, StoreError> {
        let mut key = Vec::with_capacity(16);
        for place in &self.key {
            encode(&self.fields[*place].ty, &row[*place], Zeros::Equal, &mut key);
        }
        check_key(&key)?;
        Ok(key)
    }

    /// The encoding of a key, whose values must fit.
    pub(crate) fn encode_key(&self, values: &[Value]) -> Result<Vec<u8>, StoreError> {
        let (relation, expected) = (|| self.name.clone(), self.key.len());
        if values.len() != expected {
            let found = values.len();
            return Err(RowError::Count { relation: relation(), expected, found }.into());
        }
        let mut key = Vec::with_capacity(16);
        for (place, value) in self.key.iter().zip(values) {
            let field = &self.fields[*place];
            if !field.ty.accepts(value) {
                let (field, value) = (field.name.clone(), value.clone());
                return Err(RowError::Type { relation: relation(), field, value }.into());
            }
            encode(&field.ty, value, Zeros::Equal, &mut key);
        }
        check_key(&key)?;
        Ok(key)
    }

    /// A row with the names of its fields.
    pub(crate) fn named_row(&self, row: &[Value]) -> NamedValues {
        NamedValues::new(self.fields.iter().map(|field| field.name.as_str()), row)
    }

    /// The values of a key with the names of its fields.
    pub(crate) fn named_key(&self, key: &[Value]) -> NamedValues {
        NamedValues::new(self.key.iter().map(|place| self.fields[*place].name.as_str()), key)
    }

    pub(crate) fn key_values(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().map(|place| row[*place].clone()).collect()
    }

    fn standing<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        key: &[u8],
    ) -> Result<Option<Standing>, StoreError> {
        let Some(bytes) = self.rows.get(reader, key)? else { return Ok(None) };
        let mut kept = Vec::new();
        let row = match version_of(&bytes) {
            Some(version) if version != self.version => {
                let past = self.past.iter().find(|past| past.version == version);
                self.upgrade(past.ok_or_else(|| self.lost_row())?, &bytes, Some(&mut kept))?
            }
            _ => self.row(&bytes)?,
        };
        Ok(Some(Standing { key: key.to_vec(), number: self.number(&bytes)?, row, kept }))
    }

    pub(crate) fn must_stand<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        key: &[Value],
    ) -> Result<Standing, StoreError> {
        let standing = self.standing(reader, &self.encode_key(key)?)?;
        let missing = || RowError::NoRow { relation: self.name.clone(), key: self.named_key(key) };
        Ok(standing.ok_or_else(missing)?)
    }

    /// Whether a row may come, perhaps in place of another.
    fn check_new<P: Pages>(
        &self,
        catalog: &Catalog,
        reader: Reader<'_, P>,
        row: &[Value],
        instead: Option<&Standing>,
    ) -> Result<(), StoreError> {
        self.check_unique_row(reader, row, instead)?;
        self.check_references(catalog, reader, row)
    }

    pub(crate) fn check_unique_row<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        row: &[Value],
        instead: Option<&Standing>,
    ) -> Result<(), StoreError> {
        let key = self.key_of(row)?;
        if instead.is_none_or(|instead| instead.key != key)
            && let Some(bytes) = self.rows.get(reader, &key)?
        {
            return Err(self.clash(&self.key, &self.row(&bytes)?, row).into());
        }
        self.check_computed(row)?;
        for index in self.indexes.iter().filter(|index| index.unique) {
            let values = index.values(row)?;
            if values.iter().any(Value::is_none) {
                continue;
            }
            if let Some(instead) = instead
                && index.values(&instead.row)? == values
            {
                continue;
            }
            if let Some(standing) = self.matching(reader, index, &values, &[])? {
                return Err(self.clash(&index.fields, &standing, row).into());
            }
        }
        Ok(())
    }

    fn clash(&self, fields: &[usize], standing: &[Value], refused: &[Value]) -> RowError {
        let (relation, fields) = (self.name.clone(), self.field_names(fields));
        let [standing, refused] = [standing, refused].map(|row| self.named_row(row));
        RowError::Clash { relation, fields, standing, refused }
    }

    /// A row with these values in the fields of an index, other than the one with the key `but`.
    fn matching<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        index: &Index,
        values: &[Value],
        but: &[u8],
    ) -> Result<Option<Vec<Value>>, StoreError> {
        for key in index.find(reader, self, values)? {
            if key != but
                && let Some(standing) = self.standing(reader, &key)?
                && index.values(&standing.row)? == values
            {
                return Ok(Some(standing.row));
            }
        }
        Ok(None)
    }

    /// Whether all that a row refers to is there. It may refer to itself.
    pub(crate) fn check_references<P: Pages>(
        &self,
        catalog: &Catalog,
        reader: Reader<'_, P>,
        row: &[Value],
    ) -> Result<(), StoreError> {
        for reference in &self.references {
            let values: Vec<_> = reference.fields.iter().map(|field| row[*field].clone()).collect();
            if values.iter().any(Value::is_none)
                || reference.target == self.id && values == self.key_values(row)
            {
                continue;
            }
            let target = catalog.get(reference.target)?;
            if !target.rows.has(reader, &target.encode_key(&values)?)? {
                return Err(RowError::NoTarget {
                    relation: self.name.clone(),
                    row: self.named_row(row),
                    target: target.name.clone(),
                    key: target.named_key(&values),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Whether no other row refers to one that is to go. `row` is what comes in its place.
    pub(crate) fn check_free<P: Pages>(
        &self,
        catalog: &Catalog,
        reader: Reader<'_, P>,
        standing: &Standing,
        row: Option<&[Value]>,
    ) -> Result<(), StoreError> {
        for (by, place) in catalog.referrers(self.id) {
            let by = catalog.get(*by)?;
            let reference = &by.references[*place];
            self.check_free_of(by, reference, reader, standing)?;
            // What comes in its place must not refer to what goes with it.
            if let Some(row) = row
                && by.id == self.id
            {
                let values: Vec<_> = reference.fields.iter().map(|at| row[*at].clone()).collect();
                if values == self.key_values(&standing.row) {
                    return Err(self.referred(by, standing, row).into());
                }
            }
        }
        Ok(())
    }

    fn check_free_of<P: Pages>(
        &self,
        by: &Self,
        reference: &Reference,
        reader: Reader<'_, P>,
        standing: &Standing,
    ) -> Result<(), StoreError> {
        let values = self.key_values(&standing.row);
        let itself = if by.id == self.id { standing.key.as_slice() } else { &[] };
        match by.matching(reader, &by.indexes[reference.index], &values, itself)? {
            None => Ok(()),
            Some(row) => Err(self.referred(by, standing, &row).into()),
        }
    }

    fn referred(&self, by: &Self, standing: &Standing, row: &[Value]) -> RowError {
        let (target, key) = (self.name.clone(), self.key_values(&standing.row));
        let (key, row) = (self.named_key(&key), by.named_row(row));
        RowError::Referred { target, key, relation: by.name.clone(), row }
    }

    /// Writes a new row, which nothing but its key may hinder.
    pub(crate) fn put<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        row: &[Value],
    ) -> Result<(), StoreError> {
        self.put_numbered(writer, row, None)
    }

    /// Writes a new row with its old number, or with the next one.
    pub(crate) fn put_numbered<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        row: &[Value],
        number: Option<u64>,
    ) -> Result<(), StoreError> {
        let key = self.key_of(row)?;
        let head = writer.reader().page_of(self.head, kind::RELATION)?;
        let (count, next) = (get_u64(head, AT_COUNT), get_u64(head, AT_NEXT));
        let next_after = if number.is_none() { next.wrapping_add(1) } else { next };
        let number = number.unwrap_or(next);
        let bytes = self.layout.encode(self.version, number, row);
        if self.rows.add(writer, &key, &bytes)? == Put::Kept {
            // Nothing was written.
            let standing = self.rows.get(writer.reader(), &key)?.ok_or_else(|| self.lost_row())?;
            return Err(self.clash(&self.key, &self.row(&standing)?, row).into());
        }
        let mut counts = [0; 16];
        counts[..8].copy_from_slice(&count.wrapping_add(1).to_le_bytes());
        counts[8..].copy_from_slice(&next_after.to_le_bytes());
        writer.write(self.head, AT_COUNT, &counts)?;
        if let Some(numbers) = self.numbers {
            numbers.put(writer, &number.to_be_bytes(), &key)?;
        }
        for index in &self.indexes {
            index.add(writer, &self.fields, &Indexed { row, key: &key, number })?;
        }
        Ok(())
    }

    /// Writes so many rows in the order of their keys into a relation that has none, nor indexes: each
    /// page once. `push` adds the row with a place among them, whose number it is given, to the tree.
    pub(crate) fn fill<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        rows: usize,
        mut push: impl FnMut(&mut Bulk, &mut Writer<'_, P>, (usize, u64)) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if rows == 0 {
            return Ok(());
        }
        let head = writer.reader().page_of(self.head, kind::RELATION)?;
        let (mut count, mut next) = (get_u64(head, AT_COUNT), get_u64(head, AT_NEXT));
        let mut bulk = Bulk::into(writer, self.rows)?;
        for place in 0..rows {
            if !push(&mut bulk, writer, (place, next))? {
                return Err(self.lost_row());
            }
            (count, next) = (count.wrapping_add(1), next.wrapping_add(1));
        }
        bulk.finish(writer)?;
        let mut counts = [0; 16];
        counts[..8].copy_from_slice(&count.to_le_bytes());
        counts[8..].copy_from_slice(&next.to_le_bytes());
        writer.write(self.head, AT_COUNT, &counts)
    }

    /// Writes a row in place of another; only what differs is written.
    fn replace<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        standing: &Standing,
        row: &[Value],
    ) -> Result<(), StoreError> {
        let key = self.key_of(row)?;
        let number = standing.number;
        let bytes = self.layout.encode(self.version, number, row);
        let moves = key != standing.key;
        if moves {
            self.rows.remove(writer, &standing.key)?;
            if let Some(numbers) = self.numbers {
                numbers.put(writer, &number.to_be_bytes(), &key)?;
            }
        }
        self.rows.put(writer, &key, &bytes)?;
        self.keep_beside(writer, number, &standing.kept)?;
        for index in &self.indexes {
            let same = index.values(row)? == index.values(&standing.row)?;
            if same && (!moves || index.kind.needs_numbers()) {
                continue;
            }
            let old = Indexed { row: &standing.row, key: &standing.key, number };
            index.remove(writer, &self.fields, &old)?;
            index.add(writer, &self.fields, &Indexed { row, key: &key, number })?;
        }
        Ok(())
    }

    /// Takes a row out, which nothing hinders.
    pub(crate) fn cut<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        standing: &Standing,
    ) -> Result<(), StoreError> {
        let Standing { key, number, row, .. } = standing;
        self.rows.remove(writer, key)?;
        let head = writer.reader().page_of(self.head, kind::RELATION)?;
        let count = get_u64(head, AT_COUNT).saturating_sub(1);
        writer.write(self.head, AT_COUNT, &count.to_le_bytes())?;
        if let Some(numbers) = self.numbers {
            numbers.remove(writer, &number.to_be_bytes())?;
        }
        for index in &self.indexes {
            index.remove(writer, &self.fields, &Indexed { row, key, number: *number })?;
        }
        Ok(())
    }

    /// Writes a row in place of the one with a key, which it has, too.
    pub(crate) fn replace_row<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        row: &[Value],
    ) -> Result<(), StoreError> {
        let standing = self.standing(writer.reader(), key)?.ok_or_else(|| self.lost_row())?;
        self.replace(writer, &standing, row)
    }

    /// Takes the row with a key out, which is there.
    pub(crate) fn cut_row<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
    ) -> Result<(), StoreError> {
        let standing = self.standing(writer.reader(), key)?.ok_or_else(|| self.lost_row())?;
        self.cut(writer, &standing)
    }

    /// How many rows there are.
    pub(crate) fn count<P: Pages>(&self, reader: Reader<'_, P>) -> Result<u64, StoreError> {
        Ok(get_u64(reader.page_of(self.head, kind::RELATION)?, AT_COUNT))
    }
}

pub(crate) const fn check_key(key: &[u8]) -> Result<(), StoreError> {
    if key.len() > RELATION_KEY_MAX {
        return Err(StoreError::KeyTooLong { len: key.len() });
    }
    Ok(())
}
