//! Interned strings: each text is in the string segment once, so equal strings have equal cells.
//!
//! A string is its length in bytes, then the bytes, in UTF-8. The two bytes before it are the
//! offset of the next string in its chain; a hash of the text (FNV-1a) chooses one of 256 chains.
//! Offset 0 is the empty string. Strings are never moved and never freed.

use crate::layout::{Register, STRING_HEADS, STRING_INDEX, Segment};
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::{Cell, Tag};

/// Bytes of a string at most.
pub const STRING_MAX: usize = 255;

impl Memory {
    /// The bytes of the string at an offset of the string segment.
    #[must_use]
    pub fn string_bytes(&self, at: u16) -> Vec<u8> {
        let base = self.string_base(at);
        (1..=usize::from(self.byte(base))).map(|index| self.byte(base + index)).collect()
    }

    /// The text of a string. Text that is not UTF-8, which nothing makes, is shown as `\u{fffd}`.
    #[must_use]
    pub fn text(&self, at: u16) -> String {
        String::from_utf8_lossy(&self.string_bytes(at)).into_owned()
    }

    /// The offset of a text, if it is there.
    #[must_use]
    pub fn find_string(&self, text: &str) -> Option<u16> {
        if text.is_empty() {
            return Some(0);
        }
        let mut at = self.half(self.head(text));
        while at != 0 {
            if self.has_text(at, text) {
                return Some(at);
            }
            at = self.half(self.string_base(at) - 2);
        }
        None
    }

    /// The offset of a text, which is added if it is not there.
    ///
    /// # Errors
    /// It is too long, or there is no room.
    #[expect(clippy::cast_possible_truncation, reason = "checked")]
    pub fn intern(&mut self, text: &str) -> Result<u16, Trap> {
        if let Some(at) = self.find_string(text) {
            return Ok(at);
        }
        if text.len() > STRING_MAX {
            return Err(Trap::StringTooLong { bytes: text.len() });
        }
        let bytes = self.layout().segment_bytes();
        let end = self.register(Register::StringsEnd) as usize;
        if end + 3 + text.len() > bytes {
            return Err(Trap::StringsFull { bytes });
        }
        let (at, head) = ((end + 2) as u16, self.head(text));
        let base = self.string_base(at);
        let next = self.half(head);
        self.set_half(base - 2, next);
        self.set_byte(base, text.len() as u8);
        for (index, byte) in text.bytes().enumerate() {
            self.set_byte(base + 1 + index, byte);
        }
        self.set_half(head, at);
        self.set_register(Register::StringsEnd, (end + 3 + text.len()) as u32);
        Ok(at)
    }

    /// Like [`intern`](Self::intern), as a value.
    pub(crate) fn intern_cell(&mut self, text: &str) -> Result<Cell, Trap> {
        Ok(Cell::tagged(Tag::String, self.intern(text)?.into()))
    }

    fn string_base(&self, at: u16) -> usize {
        self.layout().base(Segment::String) + usize::from(at)
    }

    /// The byte at which the chain of a text begins.
    fn head(&self, text: &str) -> usize {
        let hash = text
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        self.string_base(STRING_INDEX) + 2 * (hash as usize % STRING_HEADS)
    }

    fn has_text(&self, at: u16, text: &str) -> bool {
        let base = self.string_base(at);
        usize::from(self.byte(base)) == text.len()
            && text.bytes().enumerate().all(|(index, byte)| self.byte(base + 1 + index) == byte)
    }
}
