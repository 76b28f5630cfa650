//! Strings: a prefix of a buffer of bytes. Appending to the string that ends where the buffer's bytes
//! end needs no copy; other strings with the same buffer do not see it.

#![expect(unsafe_code, reason = "checking the text again at each look costs its length")]

use achronyme_library::{Fault, text};

use super::Heap;
use crate::Value;
use crate::layout::{Header, ObjectKind, string};
use crate::value::Tag;

/// Shorter ones get no room for more.
const APPENDED_MIN: usize = 64;

impl Heap {
    /// A string.
    pub(crate) fn string_of(&mut self, text: &str) -> Result<Value, Fault> {
        let buffer = self.raw_buffer(text.len())?;
        self.memory.write(buffer, Header::of_buffer(ObjectKind::RawBuffer, text.len()).0);
        let words = &mut self.memory.words_mut()[buffer + 1..];
        bytemuck::cast_slice_mut(words)[..text.len()].copy_from_slice(text.as_bytes());
        self.string_in(buffer, text.len(), text.chars().count())
    }

    /// The text of a string.
    #[inline]
    pub(crate) fn string_text(&self, string: Value) -> &str {
        let (buffer, length) = self.string_bytes(string);
        let bytes = &bytemuck::cast_slice(&self.memory.words()[buffer + 1..])[..length];
        // SAFETY: only `string_of` and `concatenate` make strings. Their bytes are those of a `str`, or
        // of two strings in a row, and what follows a string's bytes in its buffer is no part of it.
        // Bytes that belong to a string never change: appending writes behind all that is used.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }

    /// How many characters it has.
    #[inline]
    pub(crate) fn string_characters(&self, string: Value) -> usize {
        self.get_index(string.at() + string::CHARACTERS)
    }

    /// The character with an index from the start, if the string has it and no others than ASCII's.
    pub(crate) fn ascii_at(&self, string: Value, index: Value) -> Option<u8> {
        let index = index.as_number().filter(|_| string.is(Tag::String))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared")]
        let place = index as usize;
        #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "is it the same number?")]
        let is_whole = place as f64 == index;
        let text = self.string_text(string);
        if !is_whole || self.string_characters(string) != text.len() {
            return None;
        }
        text.as_bytes().get(place).copied()
    }

    /// Whether both have the same text.
    pub(crate) fn string_equal(&self, left: Value, right: Value) -> bool {
        let ((left_buffer, length), (right_buffer, right_length)) =
            (self.string_bytes(left), self.string_bytes(right));
        left == right
            || length == right_length && {
                let words = self.memory.words();
                let bytes = |buffer: usize| {
                    let words = &words[buffer + 1..buffer + 1 + length.div_ceil(8)];
                    &bytemuck::cast_slice::<u64, u8>(words)[..length]
                };
                bytes(left_buffer) == bytes(right_buffer)
            }
    }

    /// Both texts in a row. Adding to the same string again and again takes time for what is added.
    pub(crate) fn concatenate(&mut self, left: Value, right: Value) -> Result<Value, Fault> {
        let (_, left_length) = self.string_bytes(left);
        let (right_buffer, right_length) = self.string_bytes(right);
        if right_length == 0 {
            return Ok(left);
        }
        if left_length == 0 {
            return Ok(right);
        }
        let characters = self.string_characters(left) + self.string_characters(right);
        let (result, buffer) = self.lengthened(left, right_length, characters)?;
        self.copy_bytes(right_buffer, right_length, buffer, left_length);
        Ok(result)
    }

    /// A string and what is written of a number.
    pub(super) fn concatenate_number(&mut self, left: Value, number: f64) -> Result<Value, Fault> {
        let mut digits = std::mem::take(&mut self.digits);
        digits.clear();
        text::write_number(&mut digits, number);
        let left_length = self.string_bytes(left).1;
        let characters = self.string_characters(left) + digits.len();
        let lengthened = self.lengthened(left, digits.len(), characters);
        if let Ok((_, buffer)) = lengthened {
            let bytes = self.write_at(buffer, left_length, digits.len());
            bytes.copy_from_slice(digits.as_bytes());
        }
        self.digits = digits;
        Ok(lengthened?.0)
    }

    /// A string that begins like `left`, and the buffer in which `added` bytes are to be written after
    /// that: the same one if nothing follows there and they fit.
    fn lengthened(
        &mut self,
        left: Value,
        added: usize,
        characters: usize,
    ) -> Result<(Value, usize), Fault> {
        let (left_buffer, left_length) = self.string_bytes(left);
        let length = left_length + added;
        let is_last = self.header(left_buffer).count() == left_length;
        let buffer = if is_last && length <= (self.cell_words(left_buffer) - 1) * 8 {
            left_buffer
        } else {
            let spare = if length < APPENDED_MIN { 0 } else { length / 2 };
            let buffer = self.raw_buffer(length + spare)?;
            self.copy_bytes(left_buffer, left_length, buffer, 0);
            buffer
        };
        Ok((self.string_in(buffer, length, characters)?, buffer))
    }

    /// Buffer and length.
    #[inline(always)]
    fn string_bytes(&self, string: Value) -> (usize, usize) {
        let at = string.at();
        (self.get_index(at + string::BUFFER), self.get_index(at + string::BYTES))
    }

    /// A buffer for so many bytes, none of which is used.
    fn raw_buffer(&mut self, bytes: usize) -> Result<usize, Fault> {
        let at = self.claim(1 + bytes.div_ceil(8))?;
        self.memory.write(at, Header::of_buffer(ObjectKind::RawBuffer, 0).0);
        Ok(at)
    }

    /// A string of the first bytes of a buffer.
    fn string_in(
        &mut self,
        buffer: usize,
        length: usize,
        characters: usize,
    ) -> Result<Value, Fault> {
        let at = self.claim(string::WORDS)?;
        self.memory.write(at, Header::new(ObjectKind::String, 0, 0).0);
        self.memory.write(at + string::BYTES, length as u64);
        self.memory.write(at + string::CHARACTERS, characters as u64);
        self.memory.write(at + string::BUFFER, buffer as u64);
        Ok(Value::reference(Tag::String, at))
    }

    /// Adds the first bytes of another buffer at the end of those that are used.
    fn copy_bytes(&mut self, from: usize, length: usize, buffer: usize, used: usize) {
        self.use_bytes(buffer, used, length);
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(self.memory.words_mut());
        let from = (from + 1) * 8;
        bytes.copy_within(from..from + length, (buffer + 1) * 8 + used);
    }

    /// The bytes of a buffer after those that are used, which are then used as well.
    fn write_at(&mut self, buffer: usize, used: usize, length: usize) -> &mut [u8] {
        self.use_bytes(buffer, used, length);
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(self.memory.words_mut());
        &mut bytes[(buffer + 1) * 8 + used..][..length]
    }

    fn use_bytes(&mut self, buffer: usize, used: usize, length: usize) {
        let end = used + length;
        self.memory.mark(buffer + 1 + used / 8, buffer + 1 + end.div_ceil(8));
        self.memory.set(buffer, Header::of_buffer(ObjectKind::RawBuffer, end).0);
    }
}
