//! Objects that are made many at a time: laid out in memory first, then written where the heap ends.

use relational::{Raw, RowView, StoreError, Type};

use super::Call;
use super::heap::{block_of, class_of};
use super::object::{HEAD, Head, KIND_RECORD, KIND_TEXT, SIZE_MAX};
use super::shape::Shape;
use super::value::{Objects, word};
use crate::layout::OBJECTS;
use crate::trap::Trap;

/// Objects one after the other, which are not on the tape yet.
#[derive(Debug)]
pub(super) struct Batch {
    start: i64,
    bytes: Vec<u8>,
    words: Vec<i64>,
}

impl Call<'_> {
    /// A batch behind the last object, if none was ever given back by itself: then there is no other
    /// place for objects.
    pub(super) fn batch(&mut self) -> Result<Option<Batch>, Trap> {
        let Some(start) = self.heap_end()? else { return Ok(None) };
        Ok(Some(Batch { start, bytes: self.take_buffer(), words: Vec::new() }))
    }

    /// Writes the objects of a batch. Nothing else was allocated meanwhile.
    pub(super) fn finish(&mut self, batch: Batch) -> Result<(), Trap> {
        self.move_heap_end(batch.end())?;
        self.write_bytes(batch.start, &batch.bytes)?;
        self.keep_buffer(batch.bytes);
        Ok(())
    }
}

impl Batch {
    /// Bytes that its objects take so far.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn end(&self) -> i64 {
        self.start + i64::try_from(self.bytes.len()).unwrap_or(i64::MAX)
    }

    /// An object whose content is added next; its position, and where its block ends.
    fn open(
        &mut self,
        (kind, references, tag): (u8, u16, u32),
        (length, size): (usize, usize),
    ) -> Result<(i64, usize), Trap> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if size > SIZE_MAX - HEAD {
            return Err(Trap::ObjectSize { size: length });
        }
        let (class, block) = (class_of(size + HEAD), block_of(size + HEAD));
        let at = self.end();
        if at > OBJECTS.end - block {
            return Err(Trap::ObjectsFull { bytes: block });
        }
        let head = Head { kind, class, references, count: 1 };
        self.bytes.extend_from_slice(&head.word().to_le_bytes());
        self.bytes.extend_from_slice(&(length | i64::from(tag) << 32).to_le_bytes());
        let block = usize::try_from(block - HEAD).unwrap_or(0);
        Ok((at, self.bytes.len() + block))
    }

    /// The row that a query shows, as a record; columns are of these types.
    pub(super) fn row(
        &mut self,
        row: &RowView<'_>,
        types: &[Type],
        shape: &Shape,
    ) -> Result<i64, Trap> {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        words.resize(types.len(), 0);
        for (column, (ty, place)) in types.iter().zip(&shape.places).enumerate() {
            words[*place] = self.column(row, column, ty)?;
        }
        let record = self.make_object(KIND_RECORD, shape.references, &words, 0);
        self.words = words;
        record
    }

    /// A column of a row that a query shows.
    pub(super) fn column(
        &mut self,
        row: &RowView<'_>,
        column: usize,
        ty: &Type,
    ) -> Result<i64, Trap> {
        let failed = |error: StoreError| Trap::Store { reason: error.to_string() };
        match row.raw(column).map_err(failed)? {
            Some(Raw::Word(held)) if *ty == Type::Float => {
                Ok(crate::exec::from_f64(f64::from_bits(held.cast_unsigned())))
            }
            Some(Raw::Word(held)) => Ok(held),
            Some(Raw::Bytes(held)) => self.make_text(held),
            None => word(self, &row.value(column).map_err(failed)?, ty),
        }
    }
}

impl Objects for Batch {
    fn make_object(
        &mut self,
        kind: u8,
        references: u16,
        words: &[i64],
        tag: u32,
    ) -> Result<i64, Trap> {
        let (at, end) = self.open((kind, references, tag), (words.len(), 8 * words.len()))?;
        self.bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        self.bytes.resize(end, 0);
        Ok(at)
    }

    fn make_text(&mut self, bytes: &[u8]) -> Result<i64, Trap> {
        let (at, end) = self.open((KIND_TEXT, 0, 0), (bytes.len(), bytes.len()))?;
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(end, 0);
        Ok(at)
    }
}
