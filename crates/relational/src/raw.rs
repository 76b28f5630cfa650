//! Rows as their bytes: fields looked at where they lie, and rows written without values in between.
//!
//! What is done here is what [`change`](crate::change) does with values, for the plain case: nothing
//! but the tree of the rows has to know. Whatever else there is to it is refused, and done there.

use std::cmp::Ordering;

use crate::StoreError;
use crate::area::{Writer, get_u64, kind};
use crate::catalog::{Catalog, Relation, RelationId};
use crate::change::{AT_COUNT, check_key};
use crate::error::RowError;
use crate::index::Index;
use crate::key::{Zeros, encode, put_bytes, put_float, put_natural, put_whole};
use crate::pages::PagesMut;
use crate::read::Row;
use crate::row::{HEAD, version_of};
use crate::schema::Type;
use crate::store::Store;
use crate::tree::{Found, Put};
use crate::value::Value;

/// A field of a type without parts, as it lies in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'r> {
    /// A number, a time or a truth, as 64 bits.
    Word(i64),
    /// A text or bytes.
    Bytes(&'r [u8]),
}

impl Raw<'_> {
    /// Whether fields of a type are looked at so.
    #[must_use]
    pub const fn is_for(ty: &Type) -> bool {
        match ty {
            Type::Int
            | Type::Float
            | Type::Bool
            | Type::Timestamp
            | Type::Duration
            | Type::Moment
            | Type::String
            | Type::Bytes => true,
            Type::Decimal | Type::Option(_) | Type::List(_) | Type::Record(_) | Type::Union(_) => {
                false
            }
        }
    }
}

/// A row of a relation, where it lies.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'r> {
    relation: &'r Relation,
    bytes: &'r [u8],
    /// Which fields are its columns; without any, all are.
    columns: Option<&'r [usize]>,
    is_present: bool,
}

impl<'r> RowView<'r> {
    pub(crate) fn new(relation: &'r Relation, bytes: &'r [u8]) -> Self {
        let is_present = version_of(bytes) == Some(relation.version);
        Self { relation, bytes, columns: None, is_present }
    }

    fn place(&self, column: usize) -> usize {
        let place = |columns: &[usize]| columns.get(column).copied().unwrap_or(usize::MAX);
        self.columns.map_or(column, place)
    }

    /// A column as it lies there, if its type has no parts and the row is of the present version.
    ///
    /// # Errors
    /// The bytes are no row.
    #[inline]
    pub fn raw(&self, column: usize) -> Result<Option<Raw<'r>>, StoreError> {
        let place = self.place(column);
        if !self.is_present
            || !self.relation.fields.get(place).is_some_and(|it| Raw::is_for(&it.ty))
        {
            return Ok(None);
        }
        let found = self.relation.layout.raw(self.bytes, place);
        Ok(Some(found.ok_or_else(|| self.relation.lost_row())?))
    }

    /// How a column compares with a value of its type.
    ///
    /// # Errors
    /// The bytes are no row.
    pub(crate) fn order(&self, column: usize, with: &Value) -> Result<Ordering, StoreError> {
        if self.is_present
            && let Value::Int(_) | Value::String(_) = with
            && let Some(raw) = self.raw(column)?
        {
            match (raw, with) {
                (Raw::Word(word), Value::Int(with)) => return Ok(word.cmp(with)),
                (Raw::Bytes(held), Value::String(with)) => return Ok(held.cmp(with.as_bytes())),
                (_, _) => {}
            }
        }
        Ok(self.value(column)?.cmp(with))
    }

    /// All columns.
    ///
    /// # Errors
    /// The bytes are no row.
    pub fn row(&self) -> Result<Row, StoreError> {
        match self.columns {
            None => self.relation.row(self.bytes),
            Some(columns) => {
                columns.iter().map(|at| self.relation.value(self.bytes, *at)).collect()
            }
        }
    }

    /// The same row with other columns.
    pub(crate) const fn with(self, columns: Option<&'r [usize]>) -> Self {
        Self { columns, ..self }
    }

    /// A column.
    ///
    /// # Errors
    /// The bytes are no row.
    pub fn value(&self, column: usize) -> Result<Value, StoreError> {
        self.relation.value(self.bytes, self.place(column))
    }
}

/// A row that is being written, field by field in the order of the relation.
#[derive(Debug)]
pub struct RowWriter<'r> {
    relation: &'r Relation,
    bytes: Vec<u8>,
    next: usize,
}

/// A row as bytes, whose number is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    pub(crate) bytes: Vec<u8>,
}

/// A key as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawKey {
    pub(crate) bytes: Vec<u8>,
}

impl<'r> RowWriter<'r> {
    /// The beginning of a row.
    #[must_use]
    pub fn new(relation: &'r Relation) -> Self {
        Self::within(relation, Vec::new())
    }

    /// The same in a buffer, which is overwritten.
    #[inline]
    #[must_use]
    pub fn within(relation: &'r Relation, mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        relation.layout.begin(relation.version, &mut bytes);
        Self { relation, bytes, next: 0 }
    }

    /// That of the rows.
    #[must_use]
    pub const fn relation(&self) -> &'r Relation {
        self.relation
    }

    /// Writes the next field, which is a number, a time or a truth; false if it is something else.
    #[inline]
    pub fn word(&mut self, word: i64) -> bool {
        self.next += 1;
        self.relation.layout.put_word(&mut self.bytes, self.next - 1, word)
    }

    /// Writes the next field, which is a text or bytes; false if it cannot be this.
    #[inline]
    pub fn bytes(&mut self, held: &[u8]) -> bool {
        self.next += 1;
        self.relation.layout.put_bytes(&mut self.bytes, self.next - 1, held)
    }

    fn field(&mut self) -> Result<usize, StoreError> {
        let (place, expected) = (self.next, self.relation.fields.len());
        self.next += 1;
        if place < expected {
            return Ok(place);
        }
        let relation = self.relation.name.clone();
        Err(RowError::Count { relation, expected, found: self.next }.into())
    }

    /// Writes the next field, whose type must be one that [`Raw::is_for`].
    ///
    /// # Errors
    /// There is none, or it cannot be this.
    pub fn raw(&mut self, raw: Raw<'_>) -> Result<(), StoreError> {
        let place = self.field()?;
        if self.relation.layout.put_raw(&mut self.bytes, place, raw) {
            return Ok(());
        }
        let value = match raw {
            Raw::Word(word) => Value::Int(word),
            Raw::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        };
        Err(self.refused(place, value))
    }

    /// Writes the next field.
    ///
    /// # Errors
    /// There is none, or it cannot be this.
    pub fn value(&mut self, value: &Value) -> Result<(), StoreError> {
        let place = self.field()?;
        if !self.relation.fields[place].ty.accepts(value) {
            return Err(self.refused(place, value.clone()));
        }
        self.relation.layout.put(&mut self.bytes, place, value);
        Ok(())
    }

    fn refused(&self, place: usize, value: Value) -> StoreError {
        let (relation, field) =
            (self.relation.name.clone(), self.relation.fields[place].name.clone());
        RowError::Type { relation, field, value }.into()
    }

    /// The row, with all of its fields.
    ///
    /// # Errors
    /// Fields are missing.
    pub fn finish(self) -> Result<RawRow, StoreError> {
        let (relation, found) = (self.relation, self.next);
        self.whole().ok_or_else(|| {
            let (expected, relation) = (relation.fields.len(), relation.name.clone());
            RowError::Count { relation, expected, found }.into()
        })
    }

    /// The row, if it has all of its fields.
    #[inline]
    #[must_use]
    pub fn whole(self) -> Option<RawRow> {
        (self.next == self.relation.fields.len()).then_some(RawRow { bytes: self.bytes })
    }
}

impl RawRow {
    /// The buffer that it is in.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}

impl RawKey {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes everything out, and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(crate::KEY_MAX);
    }

    /// Adds a field of a type that [`Raw::is_for`]; one that cannot be of that type adds nothing.
    pub fn raw(&mut self, ty: &Type, raw: Raw<'_>) {
        put_raw(ty, raw, &mut self.bytes);
    }

    /// Adds a field that is of the type.
    pub fn value(&mut self, ty: &Type, value: &Value) {
        encode(ty, value, Zeros::Equal, &mut self.bytes);
    }
}

#[inline]
fn put_raw(ty: &Type, raw: Raw<'_>, key: &mut Vec<u8>) {
    match (ty, raw) {
        (Type::Int | Type::Timestamp | Type::Duration, Raw::Word(word)) => put_whole(word, key),
        (Type::Moment, Raw::Word(word)) => put_natural(word.cast_unsigned(), 0, key),
        (Type::Bool, Raw::Word(word)) => key.push(u8::from(word != 0)),
        (Type::Float, Raw::Word(word)) => {
            put_float(f64::from_bits(word.cast_unsigned()), Zeros::Equal, key);
        }
        (_, Raw::Bytes(bytes)) => put_bytes(bytes, key),
        (_, Raw::Word(_)) => {}
    }
}

impl Store {
    /// Inserts a row, or says that it takes more than that: [`insert`](Self::insert) then does it, or
    /// tells what is wrong. The row was written for the relation as it is.
    ///
    /// # Errors
    /// Pages failed, or the row or its key is too long.
    pub fn insert_raw<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        row: &mut RawRow,
    ) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if !relation.is_plain(&catalog) || !relation.indexes.is_empty() {
            return Ok(false);
        }
        self.insert_plain(pages, relation, row)
    }

    /// Does what [`insert_raw`](Self::insert_raw) does with a relation that [takes raw
    /// rows](Self::takes_raw), as it is described now.
    ///
    /// # Errors
    /// Likewise.
    pub fn insert_plain<P: PagesMut>(
        &mut self,
        pages: &mut P,
        relation: &Relation,
        row: &mut RawRow,
    ) -> Result<bool, StoreError> {
        let mut key = std::mem::take(&mut self.key);
        relation.raw_key(&row.bytes, &mut key)?;
        let added = relation.add_raw(&mut self.writer(pages), &key, row);
        self.key = key;
        added
    }

    /// Puts a row in place of the one with its key, or inserts it; says whether there was one. Nothing,
    /// if it takes more than that, which [`upsert`](Self::upsert) does.
    ///
    /// # Errors
    /// As of [`insert_raw`](Self::insert_raw).
    pub fn upsert_raw<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        row: &mut RawRow,
    ) -> Result<Option<bool>, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if !relation.is_plain(&catalog) || !relation.indexes.is_empty() {
            return Ok(None);
        }
        let mut writer = self.writer(pages);
        let mut key = Vec::new();
        relation.raw_key(&row.bytes, &mut key)?;
        if relation.replace_raw(&mut writer, &key, row)? {
            return Ok(Some(true));
        }
        // There is none, or one of an older version.
        Ok(relation.add_raw(&mut writer, &key, row)?.then_some(false))
    }

    /// Puts a row in place of the one with a key, which is its own, too; or says that it takes more than
    /// that: [`update`](Self::update) then does it, or tells what is wrong.
    ///
    /// # Errors
    /// As of [`insert_raw`](Self::insert_raw).
    pub fn update_raw<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        key: &RawKey,
        row: &mut RawRow,
    ) -> Result<bool, StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if !relation.is_plain(&catalog) {
            return Ok(false);
        }
        let mut own = std::mem::take(&mut self.key);
        relation.raw_key(&row.bytes, &mut own)?;
        let is_same = own == key.bytes;
        self.key = own;
        if !is_same {
            return Ok(false);
        }
        relation.replace_raw(&mut self.writer(pages), &key.bytes, row)
    }
}

impl Relation {
    /// Whether a row may come or change without a look at other relations.
    pub(crate) fn is_plain(&self, catalog: &Catalog) -> bool {
        self.references.is_empty() && self.view.is_none() && catalog.viewers(self.id).is_empty()
    }

    /// Puts the key of a row of the present version into a buffer.
    #[inline]
    fn raw_key(&self, bytes: &[u8], key: &mut Vec<u8>) -> Result<(), StoreError> {
        key.clear();
        for place in &self.key {
            let ty = &self.fields[*place].ty;
            if Raw::is_for(ty) {
                let raw = self.layout.raw(bytes, *place).ok_or_else(|| self.lost_row())?;
                put_raw(ty, raw, key);
            } else {
                encode(ty, &self.value(bytes, *place)?, Zeros::Equal, key);
            }
        }
        check_key(key)
    }

    /// Writes a new row of a relation without indexes; false if there is one with its key.
    fn add_raw<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        row: &mut RawRow,
    ) -> Result<bool, StoreError> {
        let head = writer.reader().page_of(self.head, kind::RELATION)?;
        let (count, number) = (get_u64(head, AT_COUNT), get_u64(head, AT_COUNT + 8));
        row.bytes[2..HEAD].copy_from_slice(&number.to_le_bytes());
        if self.rows.add(writer, key, &row.bytes)? == Put::Kept {
            return Ok(false);
        }
        let mut counts = [0; 16];
        counts[..8].copy_from_slice(&count.wrapping_add(1).to_le_bytes());
        counts[8..].copy_from_slice(&number.wrapping_add(1).to_le_bytes());
        writer.write(self.head, AT_COUNT, &counts)?;
        if let Some(numbers) = self.numbers {
            numbers.put(writer, &number.to_be_bytes(), key)?;
        }
        Ok(true)
    }

    /// Writes a row in place of the one with its key; false if there is none, or one of an older
    /// version, or one that an index tells from it.
    pub(crate) fn replace_raw<P: PagesMut>(
        &self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        row: &mut RawRow,
    ) -> Result<bool, StoreError> {
        let found = self.rows.find(writer.reader(), key)?;
        let Some(Found { id, value: Some((at, old)) }) = found else {
            // Nothing there, or something long.
            return Ok(false);
        };
        let alike = |it: &Index| it.fields.iter().all(|field| self.is_alike(old, row, *field));
        if version_of(old) != Some(self.version) || !self.indexes.iter().all(alike) {
            return Ok(false);
        }
        let Some(number) = old.get(2..HEAD) else { return Err(self.lost_row()) };
        row.bytes[2..HEAD].copy_from_slice(number);
        let bytes = &row.bytes;
        if old.len() != bytes.len() {
            self.rows.put(writer, key, bytes)?;
            return Ok(true);
        }
        // Only what differs is written.
        let differs = |(one, other): (&u8, &u8)| one != other;
        if let Some(from) = old.iter().zip(bytes).position(differs) {
            let after = old.iter().zip(bytes).rev().position(differs).unwrap_or(0);
            writer.write(id, at + from, &bytes[from..bytes.len() - after])?;
        }
        Ok(true)
    }

    fn is_alike(&self, old: &[u8], row: &RawRow, field: usize) -> bool {
        let held = self.layout.held(old, field);
        held.is_some() && held == self.layout.held(&row.bytes, field)
    }
}
