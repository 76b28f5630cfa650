//! Records of known types, and rows and keys of relations that are made from them without values in
//! between.

use std::borrow::Cow;
use std::sync::Arc;

use relational::{Raw, RawKey, RawRow, Relation, RelationId, RowWriter, Store, Type, Value};

use super::Call;
use super::object::{HEAD, Head, KIND_RECORD, KIND_TEXT};
use super::store::refused;
use super::value::{BUDGET, record_layout, spend};
use crate::trap::Trap;

/// How many relations are kept with the shapes of their records.
const RELATIONS_MAX: usize = 64;

/// Where the words of fields lie in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Their numbers, in the order of the fields.
    pub(super) places: Vec<usize>,
    /// How many words, from the first, are references.
    pub(super) references: u16,
}

/// A relation with the shapes of the records for it.
#[derive(Debug)]
pub(super) struct Shaped {
    pub(super) relation: Arc<Relation>,
    /// Whether each field may be written over where it lies.
    pub(super) free: Vec<bool>,
    row: Shape,
    key: Shape,
}

/// Relations that were used before, with the stamps of their catalogs, from which all of it follows.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Vec<(u64, Arc<Shaped>)>);

impl Shape {
    pub(super) fn of<'t>(types: impl Iterator<Item = &'t Type> + Clone) -> Self {
        let (places, references) = record_layout(types);
        let number = |place: i64| usize::try_from((place - HEAD) / 8).unwrap_or(usize::MAX);
        Self { places: places.into_iter().map(number).collect(), references }
    }
}

impl Call<'_> {
    /// A relation with the shapes of its records.
    pub(super) fn shaped(
        &mut self,
        store: &mut Store,
        id: RelationId,
    ) -> Result<Arc<Shaped>, Trap> {
        let stamp = store.stamp(self).map_err(|error| refused(&error))?;
        let mut known = self.shapes().0.iter();
        if let Some((_, known)) = known.find(|(of, it)| *of == stamp && it.relation.id() == id) {
            return Ok(Arc::clone(known));
        }
        let relation = store.relation(self, id).map_err(|error| refused(&error))?;
        let fields = relation.fields();
        let row = Shape::of(fields.iter().map(|field| &field.ty));
        let key = Shape::of(relation.key().iter().map(|place| &fields[*place].ty));
        let free = store.free_fields(self, id).map_err(|error| refused(&error))?;
        let shaped = Arc::new(Shaped { relation, free, row, key });
        let shapes = self.shapes();
        if shapes.0.len() >= RELATIONS_MAX {
            shapes.0.clear();
        }
        shapes.0.push((stamp, Arc::clone(&shaped)));
        Ok(shaped)
    }

    /// The row that a record is; nothing if it is none, or cannot be one of the relation.
    pub(super) fn raw_row(&mut self, of: &Shaped, record: i64) -> Result<Option<RawRow>, Trap> {
        let mut row = RowWriter::within(&of.relation, self.take_buffer());
        let mut left = BUDGET;
        if !self.has_shape(record, &of.row)? {
            return Ok(None);
        }
        for (field, place) in of.relation.fields().iter().zip(&of.row.places) {
            let written = match self.field(record, *place, &field.ty, &mut left)? {
                Field::Word(word) => row.raw(Raw::Word(word)),
                Field::Bytes(bytes) => row.raw(Raw::Bytes(&bytes)),
                Field::Value(value) => row.value(&value),
            };
            if written.is_err() {
                return Ok(None);
            }
        }
        Ok(row.finish().ok())
    }

    /// The key that a record is; nothing if it is none.
    pub(super) fn raw_key(&self, of: &Shaped, record: i64) -> Result<Option<RawKey>, Trap> {
        let (mut key, mut left) = (RawKey::default(), BUDGET);
        if !self.has_shape(record, &of.key)? {
            return Ok(None);
        }
        for (field, place) in of.relation.key().iter().zip(&of.key.places) {
            let ty = &of.relation.fields()[*field].ty;
            self.add_to_key(&mut key, (record, *place), ty, &mut left)?;
        }
        Ok(Some(key))
    }

    /// The key of the row that a record is; nothing if it is none.
    pub(super) fn raw_key_of_row(&self, of: &Shaped, record: i64) -> Result<Option<RawKey>, Trap> {
        let (mut key, mut left) = (RawKey::default(), BUDGET);
        if !self.has_shape(record, &of.row)? {
            return Ok(None);
        }
        for field in of.relation.key() {
            let ty = &of.relation.fields()[*field].ty;
            self.add_to_key(&mut key, (record, of.row.places[*field]), ty, &mut left)?;
        }
        Ok(Some(key))
    }

    fn add_to_key(
        &self,
        key: &mut RawKey,
        (record, place): (i64, usize),
        ty: &Type,
        left: &mut i64,
    ) -> Result<(), Trap> {
        match self.field(record, place, ty, left)? {
            Field::Word(word) => key.raw(ty, Raw::Word(word)),
            Field::Bytes(bytes) => key.raw(ty, Raw::Bytes(&bytes)),
            Field::Value(value) => key.value(ty, &value),
        }
        Ok(())
    }

    fn has_shape(&self, record: i64, shape: &Shape) -> Result<bool, Trap> {
        if record == 0 || record % 8 != 0 {
            return Ok(false);
        }
        let head = Head::from_word(self.read_word(record)?);
        let is_one = head.kind == KIND_RECORD && head.references == shape.references;
        Ok(is_one && usize::try_from(self.length(record)?) == Ok(shape.places.len()))
    }

    fn field(
        &self,
        record: i64,
        place: usize,
        ty: &Type,
        left: &mut i64,
    ) -> Result<Field<'_>, Trap> {
        let offset = i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(8);
        self.word_field(self.read_word(record + HEAD + offset)?, ty, left)
    }

    /// What a word of some type is to the store.
    pub(super) fn word_field(
        &self,
        word: i64,
        ty: &Type,
        left: &mut i64,
    ) -> Result<Field<'_>, Trap> {
        if matches!(ty, Type::String | Type::Bytes) {
            self.head(word, &[KIND_TEXT], "a text")?;
            let length = self.length(word)?;
            spend(left, length)?;
            return Ok(Field::Bytes(self.look(word + HEAD, length)?));
        }
        if Raw::is_for(ty) {
            return Ok(Field::Word(word));
        }
        Ok(Field::Value(self.value_within(word, ty, left)?))
    }
}

/// A field of a record.
pub(super) enum Field<'c> {
    Word(i64),
    Bytes(Cow<'c, [u8]>),
    Value(Value),
}
