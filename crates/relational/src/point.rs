//! One row by its key: looked at where it lies, and single fields of it changed in place.

use crate::StoreError;
use crate::area::Writer;
use crate::catalog::{Catalog, Relation, RelationId};
use crate::error::DefinitionError;
use crate::pages::{Pages, PagesMut};
use crate::raw::{Raw, RawKey, RowView};
use crate::row::version_of;
use crate::store::Store;
use crate::tree::{Found, Trace, bytes_of};
use crate::value::Value;

impl Store {
    /// Has somebody look at the row with a key, where it lies, and says what that came to; nothing if
    /// there is no such row. The relation is as it is described now.
    ///
    /// # Errors
    /// Pages failed, or what `look` says.
    #[inline]
    pub fn look_up<P: Pages, T, E: From<StoreError>>(
        &mut self,
        pages: &P,
        relation: &Relation,
        key: &RawKey,
        look: impl FnOnce(RowView<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let reader = self.reader(pages);
        match relation.rows.trace(reader, &key.bytes, &mut self.trace)? {
            Some((leaf, place)) => {
                let bytes = bytes_of(reader, leaf.entry(place)?.1)?;
                look(RowView::new(relation, &bytes)).map(Some)
            }
            None => Ok(None),
        }
    }

    /// A field of the row with a key.
    ///
    /// # Errors
    /// The values do not fit the key, there is no such field, or pages failed.
    pub fn get_field<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
        key: &[Value],
        field: usize,
    ) -> Result<Option<Value>, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        relation.must_have(field)?;
        let bytes = relation.rows.get(self.reader(pages), &relation.encode_key(key)?)?;
        bytes.map(|bytes| relation.value(&bytes, field)).transpose()
    }

    /// Gives a field of the row with a key another value, and says whether there is such a row. The
    /// key may change, too.
    ///
    /// # Errors
    /// The values do not fit, there is no such field, or as of [`update`](Self::update).
    pub fn set_field<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        key: &[Value],
        field: usize,
        value: &Value,
    ) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        relation.must_have(field)?;
        if let Some(raw) = raw_of(value).filter(|_| relation.fields[field].ty.accepts(value)) {
            let key = RawKey { bytes: relation.encode_key(key)? };
            if let Some(was_there) = self.set_raw(pages, id, &key, field, raw)? {
                return Ok(was_there);
            }
        }
        let Some(mut row) = self.get(pages, id, key)? else { return Ok(false) };
        row[field] = value.clone();
        self.update(pages, id, key, &row)?;
        Ok(true)
    }

    /// Writes a field of the row with a key over, where it lies, and says whether there is such a row.
    /// Nothing, if it takes more than that: [`update`](Self::update) then does it, or tells what is
    /// wrong.
    ///
    /// # Errors
    /// There is no such relation, or pages failed.
    pub fn set_raw<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        key: &RawKey,
        field: usize,
        raw: Raw<'_>,
    ) -> Result<Option<bool>, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if !relation.is_free(&catalog, field) {
            return Ok(None);
        }
        self.set_free(pages, relation, key, field, raw)
    }

    /// Whether rows of a relation come without a look at anything but their key.
    ///
    /// # Errors
    /// There is no such relation, or pages failed.
    pub fn takes_raw<P: Pages>(&mut self, pages: &P, id: RelationId) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        Ok(relation.is_plain(&catalog) && relation.indexes.is_empty())
    }

    /// Which fields of a relation nothing but its rows has, so that they may be written over there.
    ///
    /// # Errors
    /// There is no such relation, or pages failed.
    pub fn free_fields<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
    ) -> Result<Vec<bool>, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        Ok((0..relation.fields.len()).map(|field| relation.is_free(&catalog, field)).collect())
    }

    /// Does what [`set_raw`](Self::set_raw) does with a field that is free, of a relation as it is
    /// described now.
    ///
    /// # Errors
    /// Pages failed.
    pub fn set_free<P: PagesMut>(
        &mut self,
        pages: &mut P,
        relation: &Relation,
        key: &RawKey,
        field: usize,
        raw: Raw<'_>,
    ) -> Result<Option<bool>, StoreError> {
        let mut writer = Writer::new(pages, self.base());
        relation.put_within(&mut writer, (key, &mut self.trace), field, raw)
    }

    /// Changes a whole number in the row with a key, where it lies, if its field is free. Nothing, if it
    /// takes more than that. The relation is as it is described now.
    ///
    /// # Errors
    /// Pages failed.
    pub fn change_free<P: PagesMut>(
        &mut self,
        pages: &mut P,
        relation: &Relation,
        key: &RawKey,
        field: usize,
        change: impl FnOnce(i64) -> Option<i64>,
    ) -> Result<Option<Changed>, StoreError> {
        let mut writer = Writer::new(pages, self.base());
        let found = relation.rows.find(writer.reader(), &key.bytes)?;
        let Some(Found { id, value }) = found else { return Ok(Some(Changed::NoRow)) };
        let Some((at, row)) = value.filter(|(_, row)| version_of(row) == Some(relation.version))
        else {
            return Ok(None);
        };
        let Some(offset) = relation.layout.int_at(field) else { return Ok(None) };
        let Some(old) = row.get(offset..).and_then(<[u8]>::first_chunk) else {
            return Err(relation.lost_row());
        };
        let old = i64::from_le_bytes(*old);
        let Some(new) = change(old) else { return Ok(Some(Changed::Refused)) };
        // Only what differs is written.
        if new != old {
            writer.write(id, at + offset, &new.to_le_bytes())?;
        }
        Ok(Some(Changed::Done))
    }
}

/// What became of a number that was to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// There is no such row.
    NoRow,
    /// It is another one.
    Done,
    /// There is no other one for it, and nothing was changed.
    Refused,
}

impl Relation {
    /// Whether a field is in the rows alone: not in keys, indexes, or views.
    fn is_free(&self, catalog: &Catalog, field: usize) -> bool {
        let mut kept = self.indexes.iter().flat_map(|index| &index.fields);
        !self.is_view()
            && catalog.viewers(self.id).is_empty()
            && !self.key.contains(&field)
            && !kept.any(|kept| *kept == field)
    }

    fn must_have(&self, field: usize) -> Result<(), StoreError> {
        if field < self.fields.len() {
            return Ok(());
        }
        let (relation, field) = (self.name.clone(), field.to_string());
        Err(DefinitionError::UnknownField { relation, field }.into())
    }

    /// Writes a field over in place; nothing if it takes another room, or the row is of an older
    /// version or long.
    fn put_within<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        (key, trace): (&RawKey, &mut Trace),
        field: usize,
        raw: Raw<'_>,
    ) -> Result<Option<bool>, StoreError> {
        let found = self.rows.trace(writer.reader(), &key.bytes, trace)?;
        let Some((leaf, place)) = found else { return Ok(Some(false)) };
        let (id, value) = (leaf.id, leaf.value_at(place)?);
        let Some((at, row)) = value.filter(|(_, row)| version_of(row) == Some(self.version)) else {
            return Ok(None);
        };
        let mut buffer = [0; 8];
        let Some((offset, bytes)) = self.layout.placed(row, field, raw, &mut buffer) else {
            return Ok(None);
        };
        let Some(old) = row.get(offset..offset + bytes.len()) else { return Err(self.lost_row()) };
        // Only what differs is written.
        if old != bytes {
            writer.write(id, at + offset, bytes)?;
        }
        Ok(Some(true))
    }
}

/// A value as it lies in a row, if it has no parts.
fn raw_of(value: &Value) -> Option<Raw<'_>> {
    Some(match value {
        Value::Bool(value) => Raw::Word(i64::from(*value)),
        Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => Raw::Word(*value),
        Value::Moment(value) => Raw::Word(value.cast_signed()),
        Value::Float(value) => Raw::Word(value.to_bits().cast_signed()),
        Value::String(text) => Raw::Bytes(text.as_bytes()),
        Value::Bytes(bytes) => Raw::Bytes(bytes),
        Value::None | Value::Decimal(_) | Value::List(_) | Value::Record(_) | Value::Tagged(..) => {
            return None;
        }
    })
}
