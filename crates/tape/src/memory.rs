//! The bytes of a running tape, and the pointers that make reaching them fast.
//!
//! The only module with `unsafe` code. A [`Memory`] owns one version of the pages and two small
//! tables (a software TLB) which remember where the pages used last lie, one for reading and one
//! for writing, a third one of those looked at through `&Memory`, and a fourth one of those for
//! writing that others drove out. The rules that everything here rests on:
//!
//! 1. A page in the tables for writing is reachable from this memory's tree alone. It gets there
//!    only when its reference count, and those of all nodes above it, are 1; handing out the tree
//!    ([`Memory::share`]) empties both, handing out a part of it ([`Memory::part`]) takes the pages of
//!    that part from the first, and empties the second.
//! 2. A page in the tables for reading is in this memory's tree, or is the page of zeros. Whatever
//!    puts another page into the tree ([`Memory::own`], [`Memory::put`], [`Memory::put_part`],
//!    [`Memory::replace`]) corrects the tables. Packing, which moves bytes, needs a lone snapshot.
//! 3. Bytes are written only through `&mut Memory`, into pages that obey rule 1, with the [`Period`]
//!    of their cells; references to bytes are handed out only under a borrow of the memory or of a
//!    tree that was handed out.

#![expect(unsafe_code, reason = "pages are written in place, through pointers kept in a table")]

use std::cell::UnsafeCell;
use std::mem::size_of;
use std::sync::Arc;

use crate::cells::{CELL_BITS, CELL_SIZE, CELLS, Cells};
use crate::page::{Gauge, PAGE_SIZE, Page};
use crate::period::Period;
use crate::position::{last_position, page_number, page_offset, page_start};
use crate::ranges::Ranges;
use crate::table::{Entry, Near, Owned, Table, entry_of};
use crate::tree::{Extent, Part, Tree};

/// What became of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a store may have been refused"]
pub enum Stored {
    /// Done.
    Ok,
    /// Done, and a watched byte was written.
    Watched,
    /// Refused: a byte is protected. Nothing was written.
    Protected,
    /// Refused: it would run past the end of the tape. Nothing was written.
    PastEnd,
}

/// The bytes of a page, which their owner may write while others hold references to the page.
#[repr(C, align(16))]
pub(crate) struct Bytes(UnsafeCell<Cells>);

// SAFETY: bytes are written only by the one memory that can reach them (rule 1), through `&mut`
// (rule 3); while more than one thread can reach them they are only read.
unsafe impl Sync for Bytes {}

impl Bytes {
    #[expect(clippy::declare_interior_mutable_const, reason = "a value to start from")]
    pub(crate) const ZEROED: Self = Self::new(Cells::ZEROED);

    pub(crate) const fn new(cells: Cells) -> Self {
        Self(UnsafeCell::new(cells))
    }

    pub(crate) fn get(&self) -> &[u8; PAGE_SIZE] {
        &self.cells().bytes
    }

    pub(crate) fn cells(&self) -> &Cells {
        // SAFETY: whoever holds `&self` borrows the memory that may write, or a version that
        // nobody may write (rule 3), so the bytes stay as they are for the borrow's length.
        unsafe { &*self.0.get() }
    }

    fn base(&self) -> *mut u8 {
        self.0.get().cast()
    }
}

/// Notes that the cell at `offset` of the page at `base` is written.
///
/// # Safety
/// The page is one that may be written (rule 1), and the offset lies within it.
#[inline(always)]
unsafe fn note(base: *mut u8, offset: usize, part: u8) {
    // SAFETY: the parts lie behind the bytes, one for each cell.
    let place = unsafe { base.add(PAGE_SIZE + (offset >> CELL_BITS)) };
    // SAFETY: the page may be written.
    unsafe { place.write(part) };
}

/// What unwritten positions read from; never written.
static ZEROS: Bytes = Bytes::ZEROED;

// SAFETY: only the memory that owns a table follows the pointers in it, to pages which its tree owns
// and which are `Send` and `Sync` themselves; it writes only through `&mut`.
unsafe impl Send for Entry {}
// SAFETY: through a shared memory the pointer is followed to read only, and nobody writes meanwhile.
unsafe impl Sync for Entry {}
/// A number that can be loaded and stored, little-endian.
pub(crate) trait Word: Copy {
    /// The bits of a position which select an aligned word of this size within a page.
    const PLACE_MASK: i64;
    /// The same number with its bytes in the tape's order, or back.
    fn swapped(self) -> Self;
    fn from_buffer(buffer: [u8; 8]) -> Self;
    fn to_buffer(self) -> [u8; 8];
}

macro_rules! impl_word {
    ($($word:ty: $place_mask:literal)*) => { $(
        impl Word for $word {
            const PLACE_MASK: i64 = $place_mask;
            #[inline(always)]
            fn swapped(self) -> Self {
                Self::from_le(self)
            }
            fn from_buffer(buffer: [u8; 8]) -> Self {
                let mut bytes = [0; size_of::<Self>()];
                bytes.copy_from_slice(&buffer[..size_of::<Self>()]);
                Self::from_le_bytes(bytes)
            }
            fn to_buffer(self) -> [u8; 8] {
                u64::from(self).to_le_bytes()
            }
        }
    )* };
}
impl_word!(u8: 0xfff u16: 0xffe u32: 0xffc u64: 0xff8);

/// The pages of a running tape, with which of them are read-only or watched.
pub(crate) struct Memory {
    reads: Arc<Table>,
    writes: Arc<Table>,
    near: Near,
    owned: Owned,
    tree: Tree,
    /// Renewed whenever the table for writing is emptied: see `page::Digest`.
    epoch: u64,
    /// What is written now is noted to be of it. The table for writing holds pages of its era only.
    period: Period,
    gauge: Arc<Gauge>,
    protected: Ranges,
    watched: Ranges,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self::over(Tree::default(), Arc::default())
    }

    /// A memory that starts with the pages of `tree`.
    pub(crate) fn over(tree: Tree, gauge: Arc<Gauge>) -> Self {
        let (reads, writes) = (Table::empty(), Table::empty());
        let (protected, watched) = (Ranges::default(), Ranges::default());
        let (epoch, period) = (gauge.next_epoch(), Period::LAST);
        let (near, owned) = (Near::default(), Owned::default());
        Self { reads, writes, near, owned, tree, epoch, period, gauge, protected, watched }
    }

    /// The word at `at`, if the table knows its page and it is aligned.
    #[inline(always)]
    pub(crate) fn hit<W: Word>(&mut self, at: i64) -> Option<W> {
        let entry = self.reads.entries[entry_of(at)];
        if entry.tag == at & !W::PLACE_MASK {
            // SAFETY: the tag says that the base is that of the page of `at` (rule 2).
            let place = unsafe { entry.base.add(page_offset(at)) };
            // SAFETY: the page is alive (rule 2) and 16-aligned, and `at` has no bits below the
            // size of a word, or the tag would differ.
            let word = unsafe { place.cast::<W>().read() };
            Some(word.swapped())
        } else {
            None
        }
    }

    /// The words at `at` and after it, if the table knows their page and they are aligned.
    #[inline(always)]
    pub(crate) fn hit_pair(&mut self, at: i64) -> Option<(u64, u64)> {
        let entry = self.reads.entries[entry_of(at)];
        if entry.tag != at & !u64::PLACE_MASK || page_offset(at) > PAGE_SIZE - 16 {
            return None;
        }
        // SAFETY: the tag says that the base is that of the page of `at` (rule 2).
        let place = unsafe { entry.base.add(page_offset(at)) };
        // SAFETY: the page is alive (rule 2) and aligned, and both words end within it.
        let pair = unsafe { place.cast::<[u64; 2]>().read() };
        Some((pair[0].swapped(), pair[1].swapped()))
    }

    /// Stores words at `at` and after it if the table knows their page and they are aligned.
    #[inline(always)]
    pub(crate) fn put_pair(&mut self, at: i64, first: u64, second: u64) -> bool {
        let entry = self.writes.entries[entry_of(at)];
        if entry.tag != at & !u64::PLACE_MASK || page_offset(at) > PAGE_SIZE - 16 {
            return false;
        }
        // SAFETY: the tag says that the base is that of the page of `at` (rule 1).
        let place = unsafe { entry.base.add(page_offset(at)) };
        // SAFETY: the page is ours alone (rule 1), and both words end within it.
        unsafe { place.cast::<[u64; 2]>().write([first.swapped(), second.swapped()]) };
        for offset in [page_offset(at), page_offset(at) + CELL_SIZE] {
            // SAFETY: as above; each word is a cell.
            unsafe { note(entry.base, offset, self.period.part) };
        }
        true
    }

    /// Lets the table for writing know the page of `at`, unless something in it is protected or
    /// watched; says whether it does.
    #[cold]
    #[inline(never)]
    pub(crate) fn ready(&mut self, at: i64) -> bool {
        let number = page_number(at);
        if self.protected.touch_page(number) || self.watched.touch_page(number) {
            return false;
        }
        if self.writes.page(at).is_none() {
            let base = self.own(number);
            self.writes.fill(at, base);
        }
        true
    }

    /// The word at `at`, or nothing when it runs past the end of the tape.
    #[inline(always)]
    pub(crate) fn load<W: Word>(&mut self, at: i64) -> Option<W> {
        match self.hit(at) {
            Some(word) => Some(word),
            None => self.load_slow(at),
        }
    }

    /// Stores `word` at `at` if the table knows its page and it is aligned.
    #[inline(always)]
    pub(crate) fn put_hit<W: Word>(&mut self, at: i64, word: W) -> bool {
        let entry = self.writes.entries[entry_of(at)];
        if entry.tag == at & !W::PLACE_MASK {
            // SAFETY: the tag says that the base is that of the page of `at` (rule 1).
            let place = unsafe { entry.base.add(page_offset(at)) };
            // SAFETY: the page is ours alone (rule 1); aligned as in `load`.
            unsafe { place.cast::<W>().write(word.swapped()) };
            // SAFETY: as above; an aligned word lies in one cell.
            unsafe { note(entry.base, page_offset(at), self.period.part) };
            true
        } else {
            false
        }
    }

    /// Stores `word` at `at`.
    #[inline(always)]
    pub(crate) fn store<W: Word>(&mut self, at: i64, word: W) -> Stored {
        if self.put_hit(at, word) { Stored::Ok } else { self.store_slow(at, word) }
    }

    #[cold]
    #[inline(never)]
    fn load_slow<W: Word>(&mut self, at: i64) -> Option<W> {
        let offset = page_offset(at);
        if offset + size_of::<W>() > PAGE_SIZE {
            let mut buffer = [0; 8];
            return self.peek(at, &mut buffer[..size_of::<W>()]).then(|| W::from_buffer(buffer));
        }
        let base = self.reads.page(at).unwrap_or_else(|| {
            let page = self.tree.get(page_number(at));
            if page.is_some_and(|page| page.is_packed()) {
                // The snapshot's page stays packed.
                return self.own(page_number(at));
            }
            let base = page.map_or(&ZEROS, |page| page.bytes()).base();
            self.reads.fill(at, base);
            base
        });
        // SAFETY: the offset lies within the page.
        let place = unsafe { base.add(offset) };
        // SAFETY: the page is alive (rule 2), and the word ends within it.
        let word = unsafe { place.cast::<W>().read_unaligned() };
        Some(word.swapped())
    }

    #[cold]
    #[inline(never)]
    fn store_slow<W: Word>(&mut self, at: i64, word: W) -> Stored {
        let offset = page_offset(at);
        let number = page_number(at);
        let is_guarded = self.protected.touch_page(number) || self.watched.touch_page(number);
        if is_guarded || offset + size_of::<W>() > PAGE_SIZE {
            return self.poke(at, &word.to_buffer()[..size_of::<W>()]);
        }
        let base = self.writes.page(at).unwrap_or_else(|| {
            let base = self.own(number);
            self.writes.fill(at, base);
            base
        });
        // SAFETY: the offset lies within the page.
        let place = unsafe { base.add(offset) };
        // SAFETY: the page is ours alone (rule 1), and the word ends within it.
        unsafe { place.cast::<W>().write_unaligned(word.swapped()) };
        for offset in [offset, offset + size_of::<W>() - 1] {
            // SAFETY: as above.
            unsafe { note(base, offset, self.period.part) };
        }
        Stored::Ok
    }

    /// Copies bytes out without changing the tables; zeros and `false` past the end.
    pub(crate) fn peek(&self, at: i64, bytes: &mut [u8]) -> bool {
        let offset = page_offset(at);
        if bytes.len() <= PAGE_SIZE - offset
            && let Some(base) = self.reads.page(at)
        {
            // SAFETY: the offset lies within the page.
            let place = unsafe { base.add(offset) };
            // SAFETY: the page is alive (rule 2), and `bytes` end within it; they are borrowed
            // mutably, so they lie elsewhere.
            unsafe { place.copy_to_nonoverlapping(bytes.as_mut_ptr(), bytes.len()) };
            return true;
        }
        if bytes.len() <= PAGE_SIZE - offset {
            bytes.copy_from_slice(&self.page(at)[offset..offset + bytes.len()]);
            return true;
        }
        peek(&self.tree, at, bytes)
    }

    /// The page that holds a position; zeros if never written.
    #[inline]
    pub(crate) fn page(&self, at: i64) -> &[u8; PAGE_SIZE] {
        let known = self.reads.page(at).or_else(|| self.near.page(at));
        let base = known.unwrap_or_else(|| self.seek(at));
        // SAFETY: the page is alive (rule 2), and is not written while this memory is borrowed
        // (rule 3).
        unsafe { &*base.cast::<[u8; PAGE_SIZE]>() }
    }

    /// Looks for the page of a position in the tree, and notes where it lies.
    #[cold]
    #[inline(never)]
    fn seek(&self, at: i64) -> *mut u8 {
        let page = self.tree.get(page_number(at));
        let base = page.map_or(&ZEROS, |page| page.bytes()).base();
        self.near.fill(at, base);
        base
    }

    /// Writes `bytes` after somebody has looked at what is there, if the table for writing knows their
    /// page and they are some of it; says whether it was so.
    #[inline(always)]
    pub(crate) fn exchange(&mut self, at: i64, bytes: &[u8], look: impl FnOnce(&[u8])) -> bool {
        let offset = page_offset(at);
        let Some(base) = self.writes.page(at) else { return false };
        if !(1..=PAGE_SIZE - offset).contains(&bytes.len()) {
            return false;
        }
        // SAFETY: the tag says that the base is that of a page, which is alive (rule 1).
        let page = unsafe { &*base.cast::<[u8; PAGE_SIZE]>() };
        // The look ends before the bytes are written.
        look(&page[offset..offset + bytes.len()]);
        self.fill(base, offset, bytes);
        true
    }

    /// Writes all of `bytes`, or nothing.
    #[inline]
    pub(crate) fn poke(&mut self, at: i64, bytes: &[u8]) -> Stored {
        // In pages that the table for writing knows nothing is protected or watched.
        if (1..=PAGE_SIZE - page_offset(at)).contains(&bytes.len())
            && let Some(base) = self.writes.page(at)
        {
            self.fill(base, page_offset(at), bytes);
            return Stored::Ok;
        }
        let Some(last) = last_position(at, bytes.len()) else {
            return if bytes.is_empty() { Stored::Ok } else { Stored::PastEnd };
        };
        if self.protected.touch(at, last) {
            return Stored::Protected;
        }
        self.overwrite(at, bytes);
        if self.watched.touch(at, last) { Stored::Watched } else { Stored::Ok }
    }

    /// Writes `bytes`, which must end on the tape, whatever is protected.
    pub(crate) fn overwrite(&mut self, mut at: i64, mut bytes: &[u8]) {
        debug_assert!(bytes.is_empty() || last_position(at, bytes.len()).is_some());
        while !bytes.is_empty() {
            let offset = page_offset(at);
            let (now, later) = bytes.split_at(bytes.len().min(PAGE_SIZE - offset));
            let number = page_number(at);
            let base = self.writes.page(at).unwrap_or_else(|| {
                let base = self.own(number);
                if !self.protected.touch_page(number) && !self.watched.touch_page(number) {
                    self.writes.fill(at, base);
                }
                base
            });
            self.fill(base, offset, now);
            at = page_start(number.wrapping_add(1));
            bytes = later;
        }
    }

    /// Writes some bytes into the page at `base`, which may be written (rule 1), and in which they end.
    #[inline]
    fn fill(&mut self, base: *mut u8, offset: usize, bytes: &[u8]) {
        let Some(last) = (offset + bytes.len()).checked_sub(1) else { return };
        assert!(last < PAGE_SIZE, "bytes end within their page");
        // SAFETY: the offset lies within the page.
        let place = unsafe { base.add(offset) };
        let from = bytes.as_ptr();
        // What has a known size takes no call. The bytes end within the page, which is ours alone (rule
        // 1), so that they, borrowed by the caller beside `&mut self`, lie elsewhere.
        if bytes.len() == 8 {
            // SAFETY: as said.
            unsafe { place.copy_from_nonoverlapping(from, 8) };
        } else if bytes.len() == 2 {
            // SAFETY: as said.
            unsafe { place.copy_from_nonoverlapping(from, 2) };
        } else if bytes.len() == 16 {
            // SAFETY: as said.
            unsafe { place.copy_from_nonoverlapping(from, 16) };
        } else {
            // SAFETY: as said.
            unsafe { place.copy_from_nonoverlapping(from, bytes.len()) };
        }
        // SAFETY: as above.
        unsafe { note(base, offset, self.period.part) };
        // SAFETY: as above.
        unsafe { note(base, last, self.period.part) };
        // Few bytes lie in no more cells than those two.
        for cell in (offset >> CELL_BITS) + 1..last >> CELL_BITS {
            // SAFETY: as above.
            unsafe { note(base, cell << CELL_BITS, self.period.part) };
        }
    }

    /// Makes a page this memory's own, copying it if shared, and says where it lies.
    fn own(&mut self, number: i64) -> *mut u8 {
        let start = page_start(number);
        if let Some(base) = self.owned.page(start) {
            self.reads.fill(start, base);
            return base;
        }
        let slot = self.tree.slot(number, self.epoch, &self.gauge);
        let page = slot.get_or_insert_with(|| Page::zeroed(&self.gauge));
        match Arc::get_mut(page) {
            Some(page) => page.unpack(),
            None => *page = page.copied(&self.gauge),
        }
        page.open(self.epoch);
        let base = page.bytes().base();
        if let Some(before) = page.enter(self.period) {
            // SAFETY: the parts lie behind the bytes.
            let parts = unsafe { base.add(PAGE_SIZE) };
            // SAFETY: the page is ours alone, and has so many.
            unsafe { parts.write_bytes(before, CELLS) };
        }
        self.reads.fill(start, base);
        self.near.forget(start);
        if self.writes.is_taken(start) {
            self.owned.fill(start, base);
        }
        base
    }

    /// Puts a page of another version in its place, shared.
    pub(crate) fn put(&mut self, number: i64, page: Option<&Arc<Page>>) {
        self.reads.forget(page_start(number));
        self.near.forget(page_start(number));
        self.writes.forget(page_start(number));
        self.owned.forget(page_start(number));
        *self.tree.slot(number, self.epoch, &self.gauge) = page.cloned();
    }

    /// The present version, for reading while this memory is borrowed.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The present version, for keeping: from now on a write copies what it touches.
    pub(crate) fn share(&mut self) -> Tree {
        self.stop_writes();
        self.tree.share()
    }

    /// Goes to another version.
    pub(crate) fn replace(&mut self, tree: Tree, gauge: &Arc<Gauge>) {
        self.reads.clear();
        self.near.clear();
        self.gauge = Arc::clone(gauge);
        self.stop_writes();
        self.tree = tree;
    }

    /// Some pages of the present version, for keeping. Those beside them, which stay this memory's own, may
    /// be written as before, so the epoch goes on: a page of the part is opened anew before it is written.
    pub(crate) fn part(&mut self, extent: Extent) -> Part {
        self.writes.forget_those(|at| extent.holds(page_number(at)));
        self.owned.forget_all();
        self.tree.part(extent)
    }

    /// Puts pages of another version in the place of the present ones, shared.
    pub(crate) fn put_part(&mut self, part: &Part) {
        let is_in = |at| part.extent.holds(page_number(at));
        self.reads.forget_those(is_in);
        self.near.forget_those(is_in);
        self.writes.forget_those(is_in);
        self.owned.forget_all();
        self.tree.put_part(part, self.epoch, &self.gauge);
    }

    fn stop_writes(&mut self) {
        self.writes.clear();
        self.owned.forget_all();
        self.epoch = self.gauge.next_epoch();
    }

    /// Says to which period belongs what is written from now on.
    pub(crate) fn set_period(&mut self, period: Period) {
        if self.period.era != period.era {
            self.stop_writes();
        }
        self.period = period;
    }

    pub(crate) fn protected(&self) -> &Ranges {
        &self.protected
    }

    pub(crate) fn set_protected(&mut self, ranges: Ranges) {
        self.stop_writes();
        self.protected = ranges;
    }

    pub(crate) fn watched(&self) -> &Ranges {
        &self.watched
    }

    pub(crate) fn set_watched(&mut self, ranges: Ranges) {
        self.stop_writes();
        self.watched = ranges;
    }

    pub(crate) fn gauge(&self) -> &Arc<Gauge> {
        &self.gauge
    }

    /// The digest of all bytes.
    pub(crate) fn digest(&self) -> u64 {
        self.tree.digest(self.epoch)
    }
}

/// Says that the first of some bytes will be read soon, so that they come from memory meanwhile.
#[inline]
pub fn prefetch(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has it, and it reads nothing that a program could notice.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}

/// The page of a version that holds a position; zeros if never written.
#[inline]
pub(crate) fn page_of(tree: &Tree, at: i64) -> &[u8; PAGE_SIZE] {
    page_bytes_of(tree.get(page_number(at)))
}

/// The bytes of a page; zeros if never written.
pub(crate) fn page_bytes_of(page: Option<&Arc<Page>>) -> &[u8; PAGE_SIZE] {
    page.map_or(&ZEROS, |page| page.bytes()).get()
}

/// Copies bytes of a version out; zeros and `false` past the end.
pub(crate) fn peek(tree: &Tree, at: i64, bytes: &mut [u8]) -> bool {
    let mut at = Some(at);
    let mut rest = bytes;
    while let Some(start) = at
        && !rest.is_empty()
    {
        let offset = page_offset(start);
        let (now, later) = rest.split_at_mut(rest.len().min(PAGE_SIZE - offset));
        match tree.get(page_number(start)) {
            Some(page) => now.copy_from_slice(&page.bytes().get()[offset..offset + now.len()]),
            None => now.fill(0),
        }
        at = last_position(start, now.len()).and_then(|last| last.checked_add(1));
        rest = later;
    }
    rest.fill(0);
    rest.is_empty()
}
