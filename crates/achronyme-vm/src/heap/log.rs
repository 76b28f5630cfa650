//! What changes of the memory and of its allocator destroyed, newest last, so that they can be undone:
//! the memory's part of the trail (decision 0017). It is kept only while somebody wants to step back.
//!
//! An entry ends with a word that says what it is: its kind in the upper bits, and a place.

use std::collections::VecDeque;

use super::Heap;
use super::allocator::{CLASSES, Class, word_index};
use super::holes::{Collected, Taken};

/// What was there before.
#[derive(Debug)]
pub(crate) struct Log {
    words: VecDeque<u64>,
    /// What collections replaced.
    collections: VecDeque<Collected>,
    collection_bytes: usize,
    /// Words since the last mark, and collections.
    open: Mark,
    /// So many words at most between two marks.
    open_max: u32,
    /// More was destroyed since the last mark than is kept.
    is_lost: bool,
}

/// How much was logged between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    words: u32,
    collections: u32,
}

const KIND: u32 = 56;
const PLACE: u64 = (1 << KIND) - 1;
/// The word at a place.
const WORD: u64 = 0;
/// Words from a place on, below their number.
const WORDS: u64 = 1;
/// Zeros from a place on, below them their number.
const ZEROS: u64 = 2;
/// Where cells of a class come from.
const CLASS: u64 = 3;
/// Pages that were taken.
const PAGES: u64 = 4;
/// A collection.
const COLLECTION: u64 = 5;

impl Log {
    /// Keeps at most so many bytes between two marks.
    fn new(bytes: usize) -> Self {
        Self {
            words: VecDeque::new(),
            collections: VecDeque::new(),
            collection_bytes: 0,
            open: Mark::default(),
            open_max: u32::try_from(bytes / 8).unwrap_or(u32::MAX),
            is_lost: false,
        }
    }

    /// Room for so many more words; `false` if they would be too many, or some were already.
    fn has_room(&mut self, words: usize) -> bool {
        let words = u32::try_from(words).unwrap_or(u32::MAX);
        self.open.words = self.open.words.saturating_add(words);
        if self.open.words > self.open_max && !self.is_lost {
            self.is_lost = true;
            self.words.clear();
            self.collections.clear();
            self.collection_bytes = 0;
        }
        !self.is_lost
    }

    /// The word at `at` was this.
    #[inline]
    pub(super) fn note_word(&mut self, at: usize, word: u64) {
        if self.has_room(2) {
            self.words.push_back(word);
            self.words.push_back(at as u64 | WORD << KIND);
        }
    }

    /// The words from `at` on were these.
    pub(super) fn note_words(&mut self, at: usize, words: &[u64]) {
        let is_zero = words.iter().fold(0, |all, word| all | word) == 0;
        if is_zero {
            self.note(&[words.len() as u64, at as u64 | ZEROS << KIND]);
        } else if self.has_room(words.len() + 2) {
            self.words.extend(words);
            self.words.extend([words.len() as u64, at as u64 | WORDS << KIND]);
        }
    }

    /// Cells of a class came from there, when so many words had been handed out.
    pub(super) fn note_class(&mut self, number: usize, class: &Class, allocated: usize) {
        let numbers = [class.cursor, class.end, class.block_end, class.block, allocated];
        let [cursor, end, block_end, block, allocated] = numbers.map(|number| number as u64);
        self.note(&[cursor, end, block_end, block, allocated, number as u64 | CLASS << KIND]);
    }

    /// Pages were taken.
    pub(super) fn note_pages(&mut self, taken: &Taken) {
        let Taken { tail, frontier, allocated, hole: (length, first), pages } = *taken;
        let numbers = [tail, frontier, allocated, length, first, pages];
        let [tail, frontier, allocated, length, first, pages] = numbers.map(|number| number as u64);
        self.note(&[tail, frontier, allocated, length, first, pages, PAGES << KIND]);
    }

    /// The allocator was this before a collection.
    pub(super) fn note_collection(&mut self, before: Collected) {
        if self.has_room(1) {
            self.open.collections += 1;
            self.words.push_back(COLLECTION << KIND);
            self.collection_bytes += before.bytes();
            self.collections.push_back(before);
        }
    }

    fn note(&mut self, words: &[u64]) {
        if self.has_room(words.len()) {
            self.words.extend(words);
        }
    }

    fn pop(&mut self) -> u64 {
        self.words.pop_back().unwrap_or(0)
    }

    fn pop_index(&mut self) -> usize {
        word_index(self.pop())
    }
}

/// Keeping and undoing.
impl Heap {
    /// Logs what changes destroy from here on, at most about so many bytes between two marks; forgets
    /// what was logged. 0 bytes end it.
    pub(crate) fn keep_log(&mut self, bytes: usize) {
        self.memory.log = (bytes > 0).then(|| Box::new(Log::new(bytes)));
        // Each cell that is made is to be logged.
        for class in &mut self.space.classes {
            class.limit = class.cursor;
        }
    }

    /// How much was logged since the last mark. `None` if it was more than is kept: then nothing is.
    pub(crate) fn mark_log(&mut self) -> Option<Mark> {
        let log = self.memory.log.as_mut()?;
        let mark = std::mem::take(&mut log.open);
        if std::mem::take(&mut log.is_lost) { None } else { Some(mark) }
    }

    /// Whether all since the last mark can be undone, and what that is.
    pub(crate) fn open_log(&self) -> Option<Mark> {
        let log = self.memory.log.as_ref()?;
        (!log.is_lost).then_some(log.open)
    }

    /// Bytes of what is logged.
    pub(crate) fn log_bytes(&self) -> usize {
        self.memory.log.as_ref().map_or(0, |log| log.words.len() * 8 + log.collection_bytes)
    }

    /// Forgets the oldest part, which is so much.
    pub(crate) fn forget_log(&mut self, mark: Mark) {
        if let Some(log) = &mut self.memory.log {
            log.words.drain(..(mark.words as usize).min(log.words.len()));
            let collections = (mark.collections as usize).min(log.collections.len());
            for before in log.collections.drain(..collections) {
                log.collection_bytes -= before.bytes();
            }
        }
    }

    /// Undoes the newest part, which is so much; after it, nothing is open.
    pub(crate) fn undo(&mut self, mark: Mark) {
        let Some(mut log) = self.memory.log.take() else { return };
        let frontier = self.space.frontier;
        let end = log.words.len().saturating_sub(mark.words as usize);
        while log.words.len() > end {
            self.undo_entry(&mut log);
        }
        log.open = Mark::default();
        self.memory.log = Some(log);
        self.leave_unused(frontier);
    }

    fn undo_entry(&mut self, log: &mut Log) {
        let word = log.pop();
        let at = word_index(word & PLACE);
        match word >> KIND {
            WORD => self.memory.set(at, log.pop()),
            WORDS => {
                let count = log.pop_index();
                let first = log.words.len().saturating_sub(count);
                self.memory.mark(at, at + count);
                let words = &mut self.memory.words_mut()[at..at + count];
                words.iter_mut().zip(log.words.drain(first..)).for_each(|(to, word)| *to = word);
            }
            ZEROS => {
                let count = log.pop_index();
                self.memory.mark(at, at + count);
                self.memory.words_mut()[at..at + count].fill(0);
            }
            CLASS => {
                self.space.allocated = log.pop_index();
                let class = &mut self.space.classes[at % CLASSES];
                class.block = log.pop_index();
                class.block_end = log.pop_index();
                class.end = log.pop_index();
                class.cursor = log.pop_index();
                class.limit = class.cursor;
            }
            PAGES => {
                let (pages, first, length) = (log.pop_index(), log.pop_index(), log.pop_index());
                let (allocated, frontier, tail) =
                    (log.pop_index(), log.pop_index(), log.pop_index());
                self.space.give_back(&Taken {
                    tail,
                    frontier,
                    allocated,
                    hole: (length, first),
                    pages,
                });
            }
            _ => {
                if let Some(before) = log.collections.pop_back() {
                    log.collection_bytes -= before.bytes();
                    self.space.uncollect(before);
                }
            }
        }
    }

    /// Pages that are no longer in use, of those before this one, are zeros again: also in what is
    /// known of them from a snapshot.
    fn leave_unused(&mut self, frontier: usize) {
        let objects = self.space.geometry.objects;
        for page in objects + self.space.frontier..objects + frontier {
            self.pages.clear(page);
            self.memory.marks_mut()[page] = 0;
        }
    }
}
