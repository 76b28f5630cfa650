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
    /// That of the catalog, from which all of it follows.
    stamp: u64,
    pub(super) relation: Arc<Relation>,
    /// Whether rows come without a look at anything else.
    pub(super) is_plain: bool,
    /// Whether each field may be written over where it lies.
    pub(super) free: Vec<bool>,
    row: Shape,
    key: Shape,
    /// The places of fields that lie in their order.
    in_order: Vec<usize>,
}

/// Relations that were used before, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Vec<Arc<Shaped>>);

impl Shape {
    pub(super) fn of<'t>(types: impl Iterator<Item = &'t Type> + Clone) -> Self {
        let (places, references) = record_layout(types);
        let number = |place: i64| usize::try_from((place - HEAD) / 8).unwrap_or(usize::MAX);
        Self { places: places.into_iter().map(number).collect(), references }
    }
}

impl Call<'_> {
    /// A relation with the shapes of its records, for the caller to keep until the next call.
    pub(super) fn take_shaped(
        &mut self,
        store: &mut Store,
        id: RelationId,
    ) -> Result<Arc<Shaped>, Trap> {
        let stamp = store.stamp(self).map_err(|error| refused(&error))?;
        let known = &mut self.shapes().0;
        let is_it = |it: &Arc<Shaped>| it.stamp == stamp && it.relation.id() == id;
        match known.iter().rposition(is_it) {
            Some(place) => Ok(known.swap_remove(place)),
            None => self.new_shaped(store, id, stamp),
        }
    }

    /// Keeps what [`take_shaped`](Self::take_shaped) gave.
    pub(super) fn keep_shaped(&mut self, shaped: Arc<Shaped>) {
        let shapes = self.shapes();
        if shapes.0.len() >= RELATIONS_MAX {
            shapes.0.clear();
        }
        shapes.0.push(shaped);
    }

    #[cold]
    fn new_shaped(
        &mut self,
        store: &mut Store,
        id: RelationId,
        stamp: u64,
    ) -> Result<Arc<Shaped>, Trap> {
        let relation = store.relation(self, id).map_err(|error| refused(&error))?;
        let fields = relation.fields();
        let row = Shape::of(fields.iter().map(|field| &field.ty));
        let key = Shape::of(relation.key().iter().map(|place| &fields[*place].ty));
        let free = store.free_fields(self, id).map_err(|error| refused(&error))?;
        let is_plain = store.takes_raw(self, id).map_err(|error| refused(&error))?;
        let in_order = (0..fields.len()).collect();
        Ok(Arc::new(Shaped { stamp, relation, is_plain, free, row, key, in_order }))
    }

    /// The row that an argument refers to; nothing if it is none, or cannot be one of the relation.
    #[inline]
    pub(super) fn raw_row(
        &mut self,
        of: &Shaped,
        laid: Laid,
        at: i64,
    ) -> Result<Option<RawRow>, Trap> {
        let row = RowWriter::within(&of.relation, self.take_buffer());
        match laid {
            Laid::Record => {
                let Some(words) = self.words_of(at, &of.row) else { return Ok(None) };
                self.written(row, words.get(RECORD_HEAD..).unwrap_or_default(), &of.row.places)
            }
            Laid::Words => {
                let words = 8 * i64::try_from(of.in_order.len()).unwrap_or(i64::MAX / 8);
                self.written(row, &self.look(at, words)?, &of.in_order)
            }
        }
    }

    /// A row whose fields have their words at places among some.
    #[inline]
    fn written(
        &self,
        mut row: RowWriter<'_>,
        words: &[u8],
        places: &[usize],
    ) -> Result<Option<RawRow>, Trap> {
        let mut left = BUDGET;
        for (field, place) in row.relation().fields().iter().zip(places) {
            let Some(word) = word(words, *place) else { return Ok(None) };
            let ty = &field.ty;
            let is_written = if matches!(ty, Type::String | Type::Bytes) {
                row.bytes(&self.text_bytes(word, &mut left)?)
            } else if Raw::is_for(ty) {
                row.word(word)
            } else {
                row.value(&self.value_within(word, ty, &mut left)?).is_ok()
            };
            if !is_written {
                return Ok(None);
            }
        }
        Ok(row.whole())
    }

    /// The key that a record is; nothing if it is none.
    pub(super) fn raw_key(&self, of: &Shaped, record: i64) -> Result<Option<RawKey>, Trap> {
        let (mut key, mut left) = (RawKey::default(), BUDGET);
        let Some(words) = self.words_of(record, &of.key) else { return Ok(None) };
        for (field, place) in of.relation.key().iter().zip(&of.key.places) {
            let ty = &of.relation.fields()[*field].ty;
            let Some(word) = word_at(&words, *place) else { return Ok(None) };
            self.add_to_key(&mut key, word, ty, &mut left)?;
        }
        Ok(Some(key))
    }

    /// The key of the row that a record is; nothing if it is none.
    pub(super) fn raw_key_of_row(&self, of: &Shaped, record: i64) -> Result<Option<RawKey>, Trap> {
        let (mut key, mut left) = (RawKey::default(), BUDGET);
        let Some(words) = self.words_of(record, &of.row) else { return Ok(None) };
        for field in of.relation.key() {
            let ty = &of.relation.fields()[*field].ty;
            let word = of.row.places.get(*field).and_then(|place| word_at(&words, *place));
            let Some(word) = word else { return Ok(None) };
            self.add_to_key(&mut key, word, ty, &mut left)?;
        }
        Ok(Some(key))
    }

    fn add_to_key(
        &self,
        key: &mut RawKey,
        word: i64,
        ty: &Type,
        left: &mut i64,
    ) -> Result<(), Trap> {
        match self.word_field(word, ty, left)? {
            Field::Word(word) => key.raw(ty, Raw::Word(word)),
            Field::Bytes(bytes) => key.raw(ty, Raw::Bytes(&bytes)),
            Field::Value(value) => key.value(ty, &value),
        }
        Ok(())
    }

    /// The bytes of a record of a shape, with its head; nothing if it is none.
    #[inline]
    fn words_of(&self, record: i64, shape: &Shape) -> Option<Cow<'_, [u8]>> {
        if record == 0 || record % 8 != 0 {
            return None;
        }
        let count = i64::try_from(shape.places.len()).ok()?;
        let words = self.look(record, HEAD + 8 * count).ok()?;
        let (head, length) = (Head::from_word(word(&words, 0)?), word(&words, 1)?);
        let is_one = head.kind == KIND_RECORD && head.references == shape.references;
        (is_one && length & i64::from(u32::MAX) == count).then_some(words)
    }

    /// The bytes of a text.
    #[inline]
    pub(super) fn text_bytes(&self, text: i64, left: &mut i64) -> Result<Cow<'_, [u8]>, Trap> {
        if text != 0
            && text % 8 == 0
            && let Some((head, rest)) = self.rest_of_page(text).split_first_chunk::<16>()
            && head[0] == KIND_TEXT
        {
            let length = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
            if let Some(bytes) = rest.get(..length as usize) {
                spend(left, i64::from(length))?;
                return Ok(Cow::Borrowed(bytes));
            }
        }
        self.text_over_pages(text, left)
    }

    #[cold]
    fn text_over_pages(&self, text: i64, left: &mut i64) -> Result<Cow<'_, [u8]>, Trap> {
        self.head(text, &[KIND_TEXT], "a text")?;
        let length = self.length(text)?;
        spend(left, length)?;
        self.look(text + HEAD, length)
    }

    /// What a word of some type is to the store.
    pub(super) fn word_field(
        &self,
        word: i64,
        ty: &Type,
        left: &mut i64,
    ) -> Result<Field<'_>, Trap> {
        if matches!(ty, Type::String | Type::Bytes) {
            return Ok(Field::Bytes(self.text_bytes(word, left)?));
        }
        if Raw::is_for(ty) {
            return Ok(Field::Word(word));
        }
        Ok(Field::Value(self.value_within(word, ty, left)?))
    }
}

/// A word of an object, from its head on.
fn word(words: &[u8], index: usize) -> Option<i64> {
    words.as_chunks().0.get(index).map(|word| i64::from_le_bytes(*word))
}

/// The word at a place of a record.
fn word_at(words: &[u8], place: usize) -> Option<i64> {
    word(words, place.checked_add(2)?)
}

/// Bytes before the first word of a record.
const RECORD_HEAD: usize = 16;
const _: () = assert!(HEAD == 16);

/// How the words of a row lie on the tape.
#[derive(Clone, Copy, Debug)]
pub(super) enum Laid {
    /// As a record.
    Record,
    /// One after the other, in the order of the fields.
    Words,
}

/// A field of a record.
pub(super) enum Field<'c> {
    Word(i64),
    Bytes(Cow<'c, [u8]>),
    Value(Value),
}
