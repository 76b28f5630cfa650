//! What a program has on the tape from the start: constants, descriptions of its types, room for the
//! names of the top level.

use std::collections::BTreeMap;

use palindrome_vm::SegmentType;
use palindrome_vm::image::SegmentImage;
use palindrome_vm::layout::NAMES_START;
use palindrome_vm::runtime::{COUNT_CONSTANT, KIND_RECORD, KIND_TEXT, head_word};

/// Bytes of constants at most.
const CONSTANTS_MAX: i64 = 1 << 30;
/// Where the constants begin.
const CONSTANTS: i64 = 1 << 30;
/// Where frames begin: their first pages are remembered at other places of the tape's table than those
/// of objects and the store.
pub(super) const FRAMES: i64 = (1 << 42) + (1 << 20);
/// Frames of searches begin before this place; those of other functions may lie behind it.
pub(super) const SEARCH_FRAMES_END: i64 = FRAMES + (1 << 30);
/// Calls that can be open at once: the stack has room for so many places to return to.
const CALLS_MAX: u64 = 1 << 16;

/// The bytes of the constants, and where each is.
#[derive(Debug, Default)]
pub(super) struct Data {
    bytes: Vec<u8>,
    known: BTreeMap<Vec<u8>, i64>,
    globals: i64,
}

impl Data {
    /// The position of a constant.
    fn place(&mut self, bytes: Vec<u8>) -> i64 {
        if let Some(at) = self.known.get(&bytes) {
            return *at;
        }
        let at = CONSTANTS + i64::try_from(self.bytes.len()).unwrap_or(CONSTANTS_MAX);
        self.bytes.extend_from_slice(&bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        self.known.insert(bytes, at);
        at
    }

    /// A reference to a text.
    pub(super) fn text(&mut self, text: &[u8]) -> i64 {
        let mut bytes = head_word(KIND_TEXT, 0, COUNT_CONSTANT).to_le_bytes().to_vec();
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text);
        self.place(bytes)
    }

    /// A reference to a record of words that are no references.
    pub(super) fn record(&mut self, tag: u32, words: &[i64]) -> i64 {
        let mut bytes = head_word(KIND_RECORD, 0, COUNT_CONSTANT).to_le_bytes().to_vec();
        bytes.extend((words.len() as u64 | u64::from(tag) << 32).to_le_bytes());
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        self.place(bytes)
    }

    /// Room for words that are written later, one by one.
    pub(super) fn reserve(&mut self, words: usize) -> i64 {
        let at = CONSTANTS + i64::try_from(self.bytes.len()).unwrap_or(CONSTANTS_MAX);
        self.bytes.resize(self.bytes.len() + words * 8, 0);
        at
    }

    /// Writes words into room that was reserved.
    pub(super) fn fill(&mut self, at: i64, words: &[i64]) {
        let start = usize::try_from(at - CONSTANTS).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        if let Some(room) = self.bytes.get_mut(start..start.saturating_add(bytes.len())) {
            room.copy_from_slice(&bytes);
        }
    }

    /// The position of a new word for a name of the top level.
    pub(super) fn global(&mut self) -> i64 {
        self.globals += 1;
        NAMES_START + (self.globals - 1) * 8
    }

    /// The segments, with frames of so many words at most.
    pub(super) fn segments(self, frame_words: u64) -> Vec<SegmentImage> {
        let segment = |name: &str, start, size: u64, kind, data| SegmentImage {
            name: name.to_owned(),
            start,
            size: size.max(8),
            kind,
            data,
        };
        let globals = self.globals.cast_unsigned() * 8;
        let searches = (SEARCH_FRAMES_END - FRAMES).cast_unsigned();
        let frames = searches + (frame_words + 2) * 8 * (CALLS_MAX + 1);
        vec![
            segment("names", NAMES_START, globals, SegmentType::Data, Vec::new()),
            segment("constants", CONSTANTS, self.bytes.len() as u64, SegmentType::Data, self.bytes),
            segment("frames", FRAMES, frames, SegmentType::Stack, Vec::new()),
        ]
    }
}
