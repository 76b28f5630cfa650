//! The words defined in a memory: a list of headers in its code, newest first.

use crate::layout::{CODE_START, Register, Segment};
use crate::memory::Memory;
use crate::unit::WordKind;

/// Bytes of a header instruction; a definition's code follows it.
pub const HEADER_BYTES: u16 = 8;

/// A header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its offset in the code; the payload of the word's symbol.
    pub header: u16,
    /// The header of the word defined before it, 0 for none.
    pub link: u16,
    /// Its name, a string.
    pub name: u16,
    /// What kind of word it is.
    pub kind: WordKind,
    /// A global variable's number.
    pub value: u16,
}

impl Word {
    /// Where a definition's code begins.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.header + HEADER_BYTES
    }
}

impl Memory {
    /// The header at an offset of the code, if there is one.
    #[must_use]
    pub fn word(&self, header: u16) -> Option<Word> {
        let end = self.register(Register::CodeEnd);
        if header < CODE_START || u32::from(header) + u32::from(HEADER_BYTES) > end {
            return None;
        }
        let at = self.layout().base(Segment::Code) + usize::from(header);
        let kind = WordKind::from_number(self.byte(at + 5).cast_signed());
        if self.byte(at) != 0x09 {
            return None;
        }
        Some(Word {
            header,
            link: self.half(at + 1),
            name: self.half(at + 3),
            kind: kind?,
            value: self.half(at + 6),
        })
    }

    /// The words that can be found, newest first.
    pub fn words(&self) -> impl Iterator<Item = Word> + '_ {
        let newest = u16::try_from(self.register(Register::Words)).unwrap_or(0);
        std::iter::successors(self.word(newest), |word| {
            // Links lead down, so that a damaged list ends, too.
            (word.link < word.header).then(|| self.word(word.link)).flatten()
        })
    }

    /// The word that a program means by that name: its own newest one, else the library's.
    #[must_use]
    pub fn find_word(&self, name: &str) -> Option<Word> {
        let name = self.find_string(name)?;
        let mut named = self.words().filter(|word| word.name == name).peekable();
        let newest = named.peek().copied();
        named.find(|word| word.kind != WordKind::Library).or(newest)
    }
}
