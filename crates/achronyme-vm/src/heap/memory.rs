//! The region of words that holds everything a program can change: reserved at once, filled as it is
//! used, never moved.

#[cfg(target_os = "linux")]
use memmap2::Advice;
use memmap2::{MmapMut, MmapOptions};

use super::log::Log;

/// Words of a page.
pub(crate) const PAGE: usize = 512;
/// The page's number is the word's number shifted by this.
pub(crate) const PAGE_SHIFT: u32 = 9;
/// The first word of the stack. The page before it is the allocator's.
pub(crate) const STACK: usize = PAGE;
/// Words of the stack.
pub(crate) const STACK_WORDS: usize = 16 << 20;

const WORD_BYTES: usize = 8;

/// Words, and a byte for each page that says whether it changed since the last snapshot.
///
/// Nothing outside of this file and the engine's unsafe one knows that it is a mapping.
#[derive(Debug)]
pub(crate) struct Memory {
    map: MmapMut,
    marks: Vec<u8>,
    /// What changes destroy, while that is kept.
    pub(super) log: Option<Box<Log>>,
}

impl Memory {
    /// Reserves so many pages of zeros. `None` if the system does not give them.
    pub(crate) fn new(pages: usize) -> Option<Self> {
        let bytes = pages.checked_mul(PAGE * WORD_BYTES)?;
        let map = MmapOptions::new().len(bytes).no_reserve_swap().map_anon().ok()?;
        Some(Self { map, marks: vec![0; pages], log: None })
    }

    /// Asks the system for these pages at once, which is faster than one at a time as they are used.
    pub(crate) fn populate(&self, from: usize, to: usize) {
        #[cfg(target_os = "linux")]
        {
            let (from, to) = (from * PAGE * WORD_BYTES, to * PAGE * WORD_BYTES);
            // Without it everything works, only slower.
            self.map.advise_range(Advice::PopulateWrite, from, to - from).ok();
        }
    }

    /// Lets the system give large pages from this page on: with small ones, walks over much memory wait
    /// for addresses to be translated.
    pub(crate) fn enlarge(&self, from: usize) {
        #[cfg(target_os = "linux")]
        {
            let from = from * PAGE * WORD_BYTES;
            // Without it everything works, only slower.
            self.map.advise_range(Advice::HugePage, from, self.map.len() - from).ok();
        }
    }

    /// All words.
    #[inline(always)]
    pub(crate) fn words(&self) -> &[u64] {
        bytemuck::cast_slice(&self.map)
    }

    /// All words, for writing to places that are marked or that snapshots do not follow.
    #[inline(always)]
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        bytemuck::cast_slice_mut(&mut self.map)
    }

    /// A byte for each page: not 0 if it changed since the last snapshot.
    pub(crate) fn marks(&self) -> &[u8] {
        &self.marks
    }

    /// Likewise, for changing.
    pub(crate) fn marks_mut(&mut self) -> &mut [u8] {
        &mut self.marks
    }

    /// Where the words begin. The address stays the same as long as this lives.
    #[inline(always)]
    pub(crate) fn base(&mut self) -> *mut u64 {
        self.words_mut().as_mut_ptr()
    }

    /// Where the pages' bytes begin. The address stays the same as long as this lives.
    #[inline(always)]
    pub(crate) fn marks_base(&mut self) -> *mut u8 {
        self.marks.as_mut_ptr()
    }

    /// A word.
    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> u64 {
        self.words()[at]
    }

    /// Changes a word and marks its page.
    #[inline(always)]
    pub(crate) fn set(&mut self, at: usize, word: u64) {
        self.keep_word(at);
        self.words_mut()[at] = word;
        self.marks[at >> PAGE_SHIFT] = 1;
    }

    /// Writes a word of an object that was made just now: its page is marked.
    #[inline(always)]
    pub(crate) fn write(&mut self, at: usize, word: u64) {
        self.words_mut()[at] = word;
    }

    /// Writes a word of the stack.
    #[inline(always)]
    pub(crate) fn write_stack(&mut self, at: usize, word: u64) {
        self.keep_word(at);
        self.words_mut()[at] = word;
    }

    /// Marks the pages of these words, which are about to change.
    #[inline]
    pub(crate) fn mark(&mut self, from: usize, to: usize) {
        if from < to {
            self.keep(from, to);
            self.marks[from >> PAGE_SHIFT..=(to - 1) >> PAGE_SHIFT].fill(1);
        }
    }

    /// Logs these words, which are about to change.
    #[inline]
    pub(crate) fn keep(&mut self, from: usize, to: usize) {
        if self.log.is_some() {
            self.log_words(from, to);
        }
    }

    #[inline(always)]
    fn keep_word(&mut self, at: usize) {
        if self.log.is_some() {
            self.log_word(at);
        }
    }

    #[cold]
    #[inline(never)]
    fn log_word(&mut self, at: usize) {
        let word = self.get(at);
        if let Some(log) = &mut self.log {
            log.note_word(at, word);
        }
    }

    #[cold]
    #[inline(never)]
    fn log_words(&mut self, from: usize, to: usize) {
        let words: &[u64] = bytemuck::cast_slice(&self.map);
        if let Some(log) = &mut self.log {
            log.note_words(from, &words[from..to]);
        }
    }

    /// The words of a page.
    pub(crate) fn page(&self, page: usize) -> &[u64] {
        &self.words()[page << PAGE_SHIFT..][..PAGE]
    }

    /// The words of a page, for overwriting them.
    pub(crate) fn page_mut(&mut self, page: usize) -> &mut [u64] {
        &mut self.words_mut()[page << PAGE_SHIFT..][..PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_begins_as_zeros_and_marks_what_is_set() {
        let mut memory = Memory::new(4).unwrap();
        assert!(memory.words().iter().all(|&word| word == 0));
        memory.set(PAGE * 2 + 1, 7);
        assert_eq!(memory.get(PAGE * 2 + 1), 7);
        assert_eq!(memory.marks(), [0, 0, 1, 0]);
        memory.mark(PAGE - 1, PAGE + 1);
        assert_eq!(memory.marks(), [1, 1, 1, 0]);
    }

    #[test]
    fn more_than_there_can_be_is_refused() {
        assert!(Memory::new(usize::MAX / PAGE).is_none());
    }
}
