//! Where objects go: by size into blocks of eight pages, large ones into pages of their own.
//!
//! What is used is known from two tables in the memory itself, so that snapshots have them, too: a
//! word for each page of the object space, and a bit for each word that is set where an object began
//! that was alive at the last collection. What was handed out since then lies before the cursors.

use std::collections::BTreeSet;

use super::Heap;
use super::holes::Taken;
use super::memory::{PAGE, STACK, STACK_WORDS};

/// Sizes of cells, in words. There are 32 so that masking a class's number is checking it.
const SIZES: [usize; CLASSES] = [
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96,
    128, 160, 192, 256, 320, 384, 512,
];
pub(super) const CLASSES: usize = 32;
/// The largest cell.
const CELL_MAX: usize = 512;
const CLASS_OF: [u8; CELL_MAX + 1] = class_of();
/// Pages of a block.
const BLOCK: usize = 8;
const BLOCK_WORDS: usize = BLOCK * PAGE;
/// Words of bits for a page of words.
pub(super) const PAGE_BITS: usize = PAGE / 64;

/// A page's word in the table: 0 is free. A block's pages have its class and one; the first page of a
/// span has this, above it the word of the page on which the object begins, and above that the number
/// of pages. The words of its other pages are 0.
const SPAN: u64 = 0xFF;
const SPAN_WORD: u32 = 8;
const SPAN_PAGES: u32 = 32;
/// Words that the processor's caches keep together.
const LINE: usize = 8;

/// The table's word for the first page of a span.
const fn span_entry(pages: usize, word: usize) -> u64 {
    (pages as u64) << SPAN_PAGES | (word as u64) << SPAN_WORD | SPAN
}

/// How many pages a span has.
const fn span_pages(entry: u64) -> usize {
    word_index(entry >> SPAN_PAGES)
}

/// On which word of a span's first page its object begins.
const fn span_word(entry: u64) -> usize {
    word_index(entry >> SPAN_WORD) % PAGE
}

/// On which word of its first page an object begins that leaves so many words of its pages free. If
/// all began on the first, a column of a table whose rows are objects would use one set of the
/// processor's caches and leave all others alone.
const fn scattered(first: usize, free: usize) -> usize {
    let lines = free / LINE + 1;
    let lines = if lines < PAGE / LINE { lines } else { PAGE / LINE };
    first.wrapping_mul(0x9E37_79B1) / PAGE % lines * LINE
}

/// A collection is due when so many words were handed out, and twice what was alive.
const PATIENCE: usize = (4 << 20) / 8;

/// Memory is asked for ahead of use: so much of what is used, in pages at least and at most.
const AHEAD: usize = 8;
const AHEAD_MIN: usize = 32;
const AHEAD_MAX: usize = 512;
/// From so many pages on, they are large ones: small programs do not pay for what they do not use.
const LARGE_FROM: usize = (8 << 20) / (PAGE * 8);

#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 256 classes")]
const fn class_of() -> [u8; CELL_MAX + 1] {
    let mut table = [0; CELL_MAX + 1];
    let mut words = 0;
    let mut class = 0;
    while words <= CELL_MAX {
        if words > SIZES[class] {
            class += 1;
        }
        table[words] = class as u8;
        words += 1;
    }
    table
}

/// Which pages are what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    /// The first page with words of the table of pages.
    pub(super) table: usize,
    /// The first page with bits.
    pub(super) bits: usize,
    /// The first page of the object space.
    pub(super) objects: usize,
    /// Pages of the object space.
    pub(super) object_pages: usize,
}

impl Geometry {
    /// For so many pages of objects.
    pub(super) fn new(object_pages: usize) -> Self {
        let table = (STACK + STACK_WORDS) / PAGE;
        let bits = table + object_pages.div_ceil(PAGE);
        let objects = bits + (object_pages * PAGE_BITS).div_ceil(PAGE);
        Self { table, bits, objects, object_pages }
    }

    /// Pages of the whole memory.
    pub(super) fn pages(&self) -> usize {
        self.objects + self.object_pages
    }

    /// The word in the table for a page of the object space.
    fn entry(&self, page: usize) -> usize {
        self.table * PAGE + page
    }
}

/// Where cells of a class come from next.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Class {
    /// Words of a cell.
    pub(super) size: usize,
    /// The next cell.
    pub(super) cursor: usize,
    /// The end of the cells whose pages are marked: no part of the state.
    pub(super) limit: usize,
    /// The end of the run of free cells.
    pub(super) end: usize,
    /// The end of the block's cells.
    pub(super) block_end: usize,
    /// How many of the blocks with free cells have been used since the last collection.
    pub(super) block: usize,
}

impl Class {
    fn new(size: usize) -> Self {
        Self { size, ..Self::default() }
    }
}

/// What is free.
#[derive(Debug)]
pub(crate) struct Space {
    pub(super) classes: [Class; CLASSES],
    /// Words handed out since the last collection.
    pub(super) allocated: usize,
    /// A collection is due when so many were.
    pub(super) threshold: usize,
    /// Whether one is always due. No part of the state.
    pub(super) is_eager: bool,
    /// Words that were alive at the last collection.
    pub(super) live: usize,
    /// How many collections there were.
    pub(super) collections: usize,
    /// From this page of the object space on, all are free.
    pub(super) tail: usize,
    /// From this page of the object space on, none was ever used.
    pub(super) frontier: usize,
    pub(super) geometry: Geometry,
    /// Up to this page of the object space the system has been asked for memory. No part of the state.
    populated: usize,
    /// Whether the system has been asked for large pages. No part of the state.
    is_large: bool,
    /// Free spans before the tail: pages and first page. Follows from the tables.
    pub(super) holes: BTreeSet<(usize, usize)>,
    /// First words of the blocks that had free cells after the last collection. Follows from the
    /// tables.
    pub(super) partial: [Vec<usize>; CLASSES],
}

impl Space {
    pub(super) fn new(object_pages: usize) -> Self {
        Self {
            classes: SIZES.map(Class::new),
            allocated: 0,
            threshold: PATIENCE,
            is_eager: false,
            live: 0,
            collections: 0,
            tail: 0,
            frontier: 0,
            populated: 0,
            is_large: false,
            geometry: Geometry::new(object_pages),
            holes: BTreeSet::new(),
            partial: [const { Vec::new() }; CLASSES],
        }
    }
}

impl Heap {
    /// Memory for an object of so many words. What is in it is arbitrary: whoever makes the object
    /// writes every word. `None` if the memory is full; a collection may help.
    #[inline(always)]
    pub(crate) fn allocate(&mut self, words: usize) -> Option<usize> {
        if words > CELL_MAX {
            return self.allocate_span(words);
        }
        let number = usize::from(CLASS_OF[words]) % CLASSES;
        let class = &mut self.space.classes[number];
        let at = class.cursor;
        if at != class.limit {
            class.cursor = at + class.size;
            return Some(at);
        }
        self.allocate_slowly(number)
    }

    /// Whether so much was handed out that it is time for [`Self::collect`].
    #[inline(always)]
    pub(crate) fn wants_collection(&self) -> bool {
        self.space.allocated >= self.space.threshold
    }

    /// Makes a collection due whenever it is asked for, or no longer after the next one.
    pub(crate) fn collect_often(&mut self, often: bool) {
        self.space.is_eager = often;
        self.space.threshold = 0;
    }

    /// How many words an object had better be made for that needs so many.
    #[inline]
    pub(crate) fn rounded(words: usize) -> usize {
        if words > CELL_MAX {
            words.next_multiple_of(PAGE)
        } else {
            SIZES[usize::from(CLASS_OF[words])]
        }
    }

    /// How many words there are for the object that begins at `at`.
    pub(super) fn cell_words(&self, at: usize) -> usize {
        let geometry = self.space.geometry;
        let entry = self.memory.get(geometry.entry(at / PAGE - geometry.objects));
        match entry & SPAN {
            SPAN => span_pages(entry) * PAGE - at % PAGE,
            class => SIZES[word_index(class) - 1],
        }
    }

    /// Opens the next cells of the run, or the next run, or the next block.
    #[cold]
    #[inline(never)]
    fn allocate_slowly(&mut self, number: usize) -> Option<usize> {
        if let Some(log) = &mut self.memory.log {
            log.note_class(number, &self.space.classes[number], self.space.allocated);
        }
        loop {
            let class = self.space.classes[number];
            if class.cursor != class.end {
                self.open(number);
                let class = &mut self.space.classes[number];
                let at = class.cursor;
                class.cursor = at + class.size;
                return Some(at);
            }
            if class.end != class.block_end {
                self.next_run(number);
            } else {
                self.next_block(number)?;
            }
        }
    }

    /// Marks the page of the next cell and lets the fast path have what begins on it.
    ///
    /// A page at a time: snapshots close what is open, and need not copy what is still free. A cell at a
    /// time where each is logged.
    fn open(&mut self, number: usize) {
        let class = &mut self.space.classes[number];
        let border = (class.cursor + 1).next_multiple_of(PAGE);
        let cells = match self.memory.log {
            Some(_) => 1,
            None => (border - class.cursor).div_ceil(class.size),
        };
        class.limit = class.end.min(class.cursor + cells * class.size);
        self.memory.mark(class.cursor, class.limit);
    }

    /// Finds the next free cells of the block after the run that is used up.
    fn next_run(&mut self, number: usize) {
        let Class { size, end, block_end, .. } = self.space.classes[number];
        let mut cursor = end;
        while cursor != block_end && self.began(cursor) {
            cursor += size;
        }
        let end = self.next_begun(cursor, block_end);
        let class = &mut self.space.classes[number];
        (class.cursor, class.limit, class.end) = (cursor, cursor, end);
        self.space.allocated += end - cursor;
    }

    /// Whether an object began here that was alive at the last collection.
    fn began(&self, at: usize) -> bool {
        let geometry = self.space.geometry;
        let index = at - geometry.objects * PAGE;
        self.memory.get(geometry.bits * PAGE + index / 64) >> (index % 64) & 1 == 1
    }

    /// Asks for large pages once much is in use.
    fn enlarge(&mut self) {
        let space = &mut self.space;
        if !space.is_large && space.frontier >= LARGE_FROM {
            self.memory.enlarge(space.geometry.objects + LARGE_FROM);
            space.is_large = true;
        }
    }

    /// Asks for memory for the next blocks when the last of them was used up.
    fn populate(&mut self) {
        self.enlarge();
        let space = &mut self.space;
        if space.frontier > space.populated {
            let geometry = space.geometry;
            let ahead = (space.frontier / AHEAD).clamp(AHEAD_MIN, AHEAD_MAX);
            let end = geometry.object_pages.min(space.frontier + ahead);
            let from = space.frontier.saturating_sub(BLOCK).max(space.populated);
            self.memory.populate(geometry.objects + from, geometry.objects + end);
            space.populated = end;
        }
    }

    /// The first place from `from` on where such an object began, or `to`.
    fn next_begun(&self, from: usize, to: usize) -> usize {
        let geometry = self.space.geometry;
        let (first, bits) = (geometry.objects * PAGE, geometry.bits * PAGE);
        let mut index = from - first;
        while index < to - first {
            let rest = self.memory.get(bits + index / 64) >> (index % 64);
            if rest != 0 {
                return to.min(first + index + rest.trailing_zeros() as usize);
            }
            index = (index / 64 + 1) * 64;
        }
        to
    }

    fn next_block(&mut self, number: usize) -> Option<()> {
        let class = &self.space.classes[number];
        let (start, block) = if let Some(&start) = self.space.partial[number].get(class.block) {
            (start, class.block + 1)
        } else {
            let geometry = self.space.geometry;
            let block = class.block;
            let first = self.take_pages(BLOCK)?;
            self.populate();
            for page in first..first + BLOCK {
                self.memory.set(geometry.entry(page), number as u64 + 1);
            }
            ((geometry.objects + first) * PAGE, block)
        };
        let size = SIZES[number];
        let block_end = start + BLOCK_WORDS / size * size;
        self.space.classes[number] =
            Class { size, cursor: start, limit: start, end: start, block_end, block };
        Some(())
    }

    #[cold]
    #[inline(never)]
    fn allocate_span(&mut self, words: usize) -> Option<usize> {
        let pages = words.div_ceil(PAGE);
        let first = self.take_pages(pages)?;
        self.enlarge();
        let geometry = self.space.geometry;
        let word = scattered(first, pages * PAGE - words);
        self.memory.set(geometry.entry(first), span_entry(pages, word));
        let at = (geometry.objects + first) * PAGE + word;
        self.memory.mark(at, at + words);
        self.space.allocated += pages * PAGE;
        Some(at)
    }

    /// Free pages in a row.
    fn take_pages(&mut self, pages: usize) -> Option<usize> {
        let before = self.space.before_taking(pages);
        let (first, hole) = self.space.take_pages(pages)?;
        self.note_pages(Taken { hole, ..before });
        Some(first)
    }

    fn note_pages(&mut self, taken: Taken) {
        if let Some(log) = &mut self.memory.log {
            log.note_pages(&taken);
        }
    }

    /// Gives the object that begins at `at` so many words where it is: how many it has then. `None`
    /// unless it has pages of its own and free ones after them, or if memory that was used before has
    /// room for it while there is none here: to copy it costs less than new pages.
    pub(super) fn lengthen(&mut self, at: usize, words: usize) -> Option<usize> {
        let geometry = self.space.geometry;
        let first = at / PAGE - geometry.objects;
        let entry = self.memory.get(geometry.entry(first));
        let (old, new) = (span_pages(entry), (at % PAGE).saturating_add(words).div_ceil(PAGE));
        if entry & SPAN != SPAN || new < old || new > geometry.object_pages - first {
            return None;
        }
        let mut taken = self.space.before_taking(new - old);
        if first + old == self.space.tail {
            self.space.lengthen_tail(first, new)?;
        } else {
            taken.hole = (self.free_pages(first + old), first + old);
            self.space.shorten_hole(first + old, taken.hole.0, new - old)?;
        }
        self.note_pages(taken);
        self.enlarge();
        self.memory.set(geometry.entry(first), span_entry(new, at % PAGE));
        let room = new * PAGE - at % PAGE;
        self.memory.mark(at, at + room);
        self.space.allocated += (new - old) * PAGE;
        Some(room)
    }

    /// How many pages from this one on, which follows on an object, nobody has.
    fn free_pages(&self, page: usize) -> usize {
        let geometry = self.space.geometry;
        let is_free = |page: &usize| self.memory.get(geometry.entry(*page)) == 0;
        (page..self.space.tail).take_while(is_free).count()
    }

    /// Lets go of blocks and spans in which no object began, and begins anew in those with free
    /// cells. The bits are those of what is alive.
    pub(super) fn sweep(&mut self) {
        let geometry = self.space.geometry;
        let mut page = 0;
        let mut live = 0;
        while page < self.space.tail {
            let entry = self.memory.get(geometry.entry(page));
            let (pages, words) = match entry & SPAN {
                0 => (1, 1),
                SPAN => {
                    let at = (geometry.objects + page) * PAGE + span_word(entry);
                    let pages = span_pages(entry);
                    (pages, if self.began(at) { pages * PAGE } else { 0 })
                }
                class => (BLOCK, count(self.block_bits(page)) * SIZES[word_index(class) - 1]),
            };
            if words == 0 {
                let freed = if entry & SPAN == SPAN { 1 } else { BLOCK };
                for page in page..page + freed {
                    self.memory.set(geometry.entry(page), 0);
                }
            } else if entry != 0 {
                live += words;
            }
            page += pages;
        }
        let space = &mut self.space;
        if let Some(log) = &mut self.memory.log {
            log.note_collection(space.before_collection());
        }
        space.classes = SIZES.map(Class::new);
        space.live = live;
        space.allocated = 0;
        space.threshold = if space.is_eager { 0 } else { PATIENCE + 2 * live };
        space.collections += 1;
        self.index();
    }

    /// Finds holes and blocks with free cells from the tables.
    pub(super) fn index(&mut self) {
        let geometry = self.space.geometry;
        let mut holes = BTreeSet::new();
        let mut partial = [const { Vec::new() }; CLASSES];
        let mut hole = 0;
        let mut page = 0;
        while page < self.space.tail {
            let entry = self.memory.get(geometry.entry(page));
            if entry == 0 {
                page += 1;
                continue;
            }
            if hole < page {
                holes.insert((page - hole, hole));
            }
            if entry & SPAN == SPAN {
                page += span_pages(entry);
            } else {
                let class = word_index(entry & SPAN) - 1;
                // A block without any was made after the collection and is no longer free.
                let alive = count(self.block_bits(page));
                if alive > 0 && alive < BLOCK_WORDS / SIZES[class] {
                    partial[class].push((geometry.objects + page) * PAGE);
                }
                page += BLOCK;
            }
            hole = page;
        }
        self.space.holes = holes;
        self.space.partial = partial;
        self.space.tail = hole;
    }

    /// The bits of the block that begins on a page of the object space.
    fn block_bits(&self, page: usize) -> &[u64] {
        &self.memory.words()[self.space.geometry.bits * PAGE + page * PAGE_BITS..]
            [..BLOCK * PAGE_BITS]
    }

    /// The first word of the object that a word is in. `None` where none was made since the memory
    /// there was last free.
    pub(crate) fn object_around(&self, at: usize) -> Option<usize> {
        let geometry = self.space.geometry;
        let page = (at / PAGE).checked_sub(geometry.objects)?;
        if page >= self.space.tail {
            return None;
        }
        let entry = self.memory.get(geometry.entry(page));
        if matches!(entry & SPAN, 0 | SPAN) {
            let is_first = |page: &usize| self.memory.get(geometry.entry(*page)) != 0;
            let first = (0..=page).rev().find(is_first)?;
            let entry = self.memory.get(geometry.entry(first));
            let object = (geometry.objects + first) * PAGE + span_word(entry);
            let is_inside = entry & SPAN == SPAN && page - first < span_pages(entry);
            return (is_inside && object <= at).then_some(object);
        }
        let number = word_index(entry & SPAN) - 1;
        // Blocks begin where the entries of their pages do, `BLOCK` at a time.
        let block = self.block_around(page);
        let start = (geometry.objects + block) * PAGE;
        let size = SIZES[number];
        let cell = start + (at - start) / size * size;
        if cell + size > start + BLOCK_WORDS {
            return None;
        }
        let class = &self.space.classes[number];
        let is_current = class.block_end == start + BLOCK_WORDS / size * size;
        let is_used = if is_current {
            cell < class.cursor
        } else {
            let waiting = self.space.partial[number].get(class.block..).unwrap_or_default();
            waiting.binary_search(&start).is_err()
        };
        (self.began(cell) || is_used).then_some(cell)
    }

    /// The first page of the block that a page is in: blocks lie one after the other.
    fn block_around(&self, page: usize) -> usize {
        let geometry = self.space.geometry;
        let entry = |page: usize| self.memory.get(geometry.entry(page));
        let mut first = page;
        while first > 0 && entry(first - 1) == entry(page) {
            first -= 1;
        }
        first + (page - first) / BLOCK * BLOCK
    }
}

fn count(bits: &[u64]) -> usize {
    bits.iter().map(|word| word.count_ones() as usize).sum()
}

/// A number that was made from a `usize`.
#[expect(clippy::cast_possible_truncation, reason = "it was a usize")]
pub(super) const fn word_index(word: u64) -> usize {
    word as usize
}
