//! Past states of a heap, and going back to them.

use std::sync::Arc;

use super::Heap;
use super::allocator::{CLASSES, Class, PAGE_BITS, word_index};
use super::memory::{PAGE, STACK};
use super::names::Names;
use super::pages::{PAGE_BYTES, Pages, has_marks, hash_of};
use super::shapes::Shapes;
use crate::value::Value;

/// The page of the allocator's numbers. Written when a snapshot is made; nothing reads it otherwise.
const CONTROL: usize = 0;
/// The first page of the stack.
const STACK_PAGE: usize = STACK / PAGE;
/// Numbers before those of the classes.
const SCALARS: usize = 6;
/// The one that counts collections.
const COLLECTIONS: usize = SCALARS - 1;
/// Numbers of a class.
const CLASS_WORDS: usize = 4;

/// A heap and the stack below its top at some moment. Cloning it copies nothing. It goes with the heap
/// it comes from, and with others for the same program and limit.
#[derive(Clone, Debug)]
pub(crate) struct HeapSnapshot {
    pub(super) pages: Pages,
    pub(super) stack_top: usize,
    pub(super) names: Arc<Names>,
    pub(super) shapes: Arc<Shapes>,
}

impl HeapSnapshot {
    /// The word at `at`, of the stack one below its top.
    pub(crate) fn word(&self, at: usize) -> Value {
        Value(self.pages.get(at / PAGE).map_or(0, |words| words[at % PAGE]))
    }

    /// Whether nobody wrote to the page that a word of an object is on between this state and a later
    /// one of the same run.
    pub(crate) fn has_page_of(&self, later: &Self, at: usize) -> bool {
        self.pages.has_same(&later.pages, at / PAGE)
    }

    /// Makes what no other state shares smaller, if that is possible.
    pub(crate) fn pack(&mut self) {
        self.pages.pack();
    }

    /// Whether there were no collections between this state and a later one of the same run.
    pub(crate) fn has_collected_as(&self, later: &Self) -> bool {
        let count = |one: &Self| one.word(COLLECTIONS);
        count(self) == count(later)
    }
}

impl Heap {
    /// Keeps the present state, of the stack what is below this word. Only what
    /// changed since the last snapshot is copied, and nothing that the program can notice changes.
    pub(crate) fn snapshot(&mut self, stack_top: usize) -> HeapSnapshot {
        for class in &mut self.space.classes {
            class.limit = class.cursor;
        }
        let control = self.control();
        self.keep(CONTROL, &control);
        for page in STACK_PAGE..stack_pages_end(stack_top) {
            let words = self.stack_page(page, stack_top);
            self.keep(page, &words);
        }
        for page in stack_pages_end(stack_top)..self.kept_stack {
            self.pages.clear(page);
        }
        self.kept_stack = stack_pages_end(stack_top);
        let (from, to) = self.marked_pages();
        for group in (from..to).step_by(MARKS) {
            let end = to.min(group + MARKS);
            if !has_marks(&self.memory, group, end) {
                continue;
            }
            for page in group..end {
                if self.memory.marks()[page] != 0 {
                    let words = whole_page(self.memory.page(page));
                    self.pages.set(page, words);
                    self.memory.marks_mut()[page] = 0;
                }
            }
        }
        HeapSnapshot {
            pages: self.pages.clone(),
            stack_top,
            names: Arc::clone(&self.names),
            shapes: Arc::clone(&self.shapes),
        }
    }

    /// Goes to the state of a snapshot. Only what differs from it is copied, and the stack. What lies
    /// on the stack above its top is arbitrary afterwards.
    pub(crate) fn restore(&mut self, snapshot: &HeapSnapshot) {
        let control = snapshot.pages.get(CONTROL).map_or([0; PAGE], |words| *words);
        let (from, to) = self.marked_pages();
        let objects = self.space.geometry.objects;
        let to = to.max(objects + word_index(control[1]));
        let mut tables_differ = false;
        let mut copied = |page| tables_differ |= page < objects;
        self.pages.restore(&snapshot.pages, &mut self.memory, (from, to), &mut copied);
        self.memory.marks_mut()[from..to].fill(0);
        for page in STACK_PAGE..stack_pages_end(snapshot.stack_top) {
            snapshot.pages.copy(page, self.memory.page_mut(page));
        }
        self.kept_stack = stack_pages_end(snapshot.stack_top);
        self.pages = snapshot.pages.clone();
        self.names = Arc::clone(&snapshot.names);
        self.shapes = Arc::clone(&snapshot.shapes);
        self.made = 0;
        self.set_control(&control);
        if tables_differ {
            self.index();
        }
    }

    /// Whether these numbers of the allocator's can be: no page beyond those there are.
    pub(super) fn is_possible(&self, pages: &Pages) -> bool {
        let pages_max = self.space.geometry.object_pages;
        pages
            .get(CONTROL)
            .is_none_or(|words| words[..2].iter().all(|&word| word_index(word) <= pages_max))
    }

    /// The hash of the state, of the stack what is below this word. Equal states have equal hashes,
    /// whatever snapshots were made or restored on the way.
    pub(crate) fn hash(&self, stack_top: usize) -> u64 {
        let page_hash = |page| match page {
            CONTROL => Some(hash_of(&self.control())),
            page if page < stack_pages_end(stack_top) => {
                Some(hash_of(&self.stack_page(page, stack_top)))
            }
            _ => None,
        };
        let special_end = stack_pages_end(stack_top);
        let pages = self.pages.hash(&self.memory, self.marked_pages(), &page_hash, special_end);
        hash_of(&[pages, stack_top as u64, self.names.hash(), self.shapes.hash()])
    }

    /// Bytes held by the heap and all its snapshots together.
    pub(crate) fn bytes(&self) -> usize {
        let geometry = self.space.geometry;
        let bits = self.space.frontier * PAGE_BITS * 8;
        let objects = self.space.frontier * PAGE * 8;
        let tables = self.names.bytes() + self.shapes.bytes();
        objects
            + 2 * bits
            + geometry.pages()
            + tables
            + self.kept_stack * PAGE * 8
            + self.pages.bytes()
    }

    /// Bytes that a snapshot would copy now.
    pub(crate) fn dirty_bytes(&self) -> usize {
        let (from, to) = self.marked_pages();
        let marks = &self.memory.marks()[from..to];
        count(marks) * PAGE_BYTES
    }

    /// Keeps a page unless the last snapshot has the same.
    fn keep(&mut self, page: usize, words: &[u64; PAGE]) {
        if self.pages.get(page).as_deref() != Some(words) {
            self.pages.set(page, words);
        }
    }

    /// A page of the stack, zeros from the top on: what is there says nothing about the state.
    fn stack_page(&self, page: usize, stack_top: usize) -> [u64; PAGE] {
        let mut words = *whole_page(self.memory.page(page));
        let below = (stack_top - page * PAGE).min(PAGE);
        words[below..].fill(0);
        words
    }

    /// The first page whose changes are followed by marks, and the one after the last.
    fn marked_pages(&self) -> (usize, usize) {
        let geometry = self.space.geometry;
        (geometry.table, geometry.objects + self.space.frontier)
    }

    /// The allocator's numbers. Which cells are open is no part of the state.
    fn control(&self) -> [u64; PAGE] {
        let space = &self.space;
        let mut words = [0; PAGE];
        let scalars = [
            space.tail,
            space.frontier,
            space.allocated,
            space.threshold,
            space.live,
            space.collections,
        ];
        words[..SCALARS].copy_from_slice(&scalars.map(|number| number as u64));
        for (words, class) in words[SCALARS..].chunks_mut(CLASS_WORDS).zip(&space.classes) {
            let numbers = [class.cursor, class.end, class.block_end, class.block];
            words.copy_from_slice(&numbers.map(|number| number as u64));
        }
        words
    }

    fn set_control(&mut self, words: &[u64; PAGE]) {
        let space = &mut self.space;
        let mut scalars = [0; SCALARS];
        for (number, &word) in scalars.iter_mut().zip(words) {
            *number = word_index(word);
        }
        [
            space.tail,
            space.frontier,
            space.allocated,
            space.threshold,
            space.live,
            space.collections,
        ] = scalars;
        for (words, class) in words[SCALARS..].chunks(CLASS_WORDS).zip(&mut space.classes) {
            let cursor = word_index(words[0]);
            *class = Class {
                size: class.size,
                cursor,
                limit: cursor,
                end: word_index(words[1]),
                block_end: word_index(words[2]),
                block: word_index(words[3]),
            };
        }
    }
}

/// Marks that are looked at together.
const MARKS: usize = 64;

const _: () = assert!(SCALARS + CLASSES * CLASS_WORDS <= PAGE);

/// The page after the last one of the stack that is in use.
fn stack_pages_end(stack_top: usize) -> usize {
    stack_top.div_ceil(PAGE).max(STACK_PAGE)
}

fn whole_page(words: &[u64]) -> &[u64; PAGE] {
    words.as_array().unwrap_or(&[0; PAGE])
}

/// How many marks are set, eight at a time: each is 0 or 1, so 255 of them fit into a byte.
fn count(marks: &[u8]) -> usize {
    const AT_ONCE: usize = 255 * size_of::<u64>();
    let of_part = |part: &[u8]| {
        let (eights, rest) = part.as_chunks();
        let sums: u64 = eights.iter().map(|eight| u64::from_ne_bytes(*eight)).sum();
        let bytes = sums.to_ne_bytes();
        bytes.iter().chain(rest).map(|sum| usize::from(*sum)).sum::<usize>()
    };
    marks.chunks(AT_ONCE).map(of_part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_whatever_their_number() {
        for length in [0, 1, 7, 8, 9, 2039, 2040, 2041, 10_000] {
            assert_eq!(count(&vec![1; length]), length);
            let marks: Vec<u8> = (0..length).map(|index| u8::from(index % 3 == 0)).collect();
            assert_eq!(count(&marks), length.div_ceil(3));
        }
    }
}
