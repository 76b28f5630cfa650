//! What objects on the heap of a program look like, for whoever makes, reads or frees one.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | kind |
//! | 1 | size class, which the allocator keeps |
//! | 2–3 | of a record: how many of its words, from the first, are references |
//! | 4–7 | references to it that are counted; all ones for a constant, which is never freed |
//! | 8–11 | length: bytes of a text, words of a record, elements of a list |
//! | 12–15 | tag, which tells the alternatives of a union apart |
//! | 16– | its bytes, words or elements |
//!
//! A reference is the position of the first byte, a multiple of 8, or 0 for none.

use super::Call;
use crate::trap::Trap;

/// Bytes before the content.
pub const HEAD: i64 = 16;
/// Text or bytes.
pub const KIND_TEXT: u8 = 1;
/// Words, references first: records, alternatives of unions, boxes, functions with what they bind.
pub const KIND_RECORD: u8 = 2;
/// A list of words that are no references.
pub const KIND_LIST: u8 = 3;
/// A list of references.
pub const KIND_REFERENCES: u8 = 4;
/// The count of an object that is part of the program's data.
pub const COUNT_CONSTANT: u32 = u32::MAX;
/// Bytes of the largest object, with its head.
pub const SIZE_MAX: i64 = 64 << 20;

/// The first word of an object.
#[must_use]
pub const fn head_word(kind: u8, references: u16, count: u32) -> u64 {
    kind as u64 | (references as u64) << 16 | (count as u64) << 32
}

/// The head of an object, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: u8,
    pub(crate) class: u8,
    pub(crate) references: u16,
    pub(crate) count: u32,
}

impl Head {
    pub(crate) const fn from_word(word: i64) -> Self {
        let [kind, class, low, high, a, b, c, d] = word.to_le_bytes();
        let references = u16::from_le_bytes([low, high]);
        Self { kind, class, references, count: u32::from_le_bytes([a, b, c, d]) }
    }

    pub(crate) const fn word(self) -> i64 {
        let word = head_word(self.kind, self.references, self.count);
        (word | (self.class as u64) << 8).cast_signed()
    }
}

impl Call<'_> {
    /// The head of an object, which must be of one of some kinds.
    #[inline]
    pub(crate) fn head(
        &self,
        object: i64,
        kinds: &[u8],
        expected: &'static str,
    ) -> Result<Head, Trap> {
        if object != 0 && object % 8 == 0 {
            let head = Head::from_word(self.read_word(object)?);
            if kinds.contains(&head.kind) {
                return Ok(head);
            }
        }
        Err(Trap::NotAnObject { value: object, expected })
    }

    /// How many bytes, words or elements an object has. Its head was looked at before.
    #[inline]
    pub(crate) fn length(&self, object: i64) -> Result<i64, Trap> {
        Ok(self.read_word(object + 8)? & i64::from(u32::MAX))
    }

    /// Whether a text has these bytes.
    pub(crate) fn is_text(&self, text: i64, bytes: &[u8]) -> Result<bool, Trap> {
        self.head(text, &[KIND_TEXT], "a text")?;
        let is_long = usize::try_from(self.length(text)?) == Ok(bytes.len());
        Ok(is_long && *self.look(text + HEAD, self.length(text)?)? == *bytes)
    }

    /// The bytes of a text.
    pub(crate) fn text(&self, text: i64) -> Result<Vec<u8>, Trap> {
        self.head(text, &[KIND_TEXT], "a text")?;
        let length = self.length(text)?;
        let size = usize::try_from(length).ok().filter(|_| length <= SIZE_MAX - HEAD);
        self.make_room(size.unwrap_or(0))?;
        self.read_bytes(text + HEAD, size.ok_or(Trap::ObjectSize { size: length })?)
    }
}
