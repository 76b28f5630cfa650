//! Which pages lie where: the tables that a [`Memory`](crate::memory) remembers pages in.

use std::ptr;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::position::{OFFSET_MASK, PAGE_BITS};

/// Entries in each table.
const ENTRIES: usize = 1024;
/// The entry for a position: pages up to 4 MiB apart never collide.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "masked to the size of the table")]
pub(crate) const fn entry_of(at: i64) -> usize {
    (at >> PAGE_BITS).cast_unsigned() as usize & (ENTRIES - 1)
}

/// Where a page lies. The tag is the page's first position.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) tag: i64,
    pub(crate) base: *mut u8,
}

impl Entry {
    /// Its tag has a bit that every test masks away, so no position matches it.
    pub(crate) const EMPTY: Self = Self { tag: 8, base: ptr::null_mut() };
}

/// A direct-mapped table, and which of its entries are filled, so that emptying it is cheap.
///
/// All empty tables are one until something is filled in: a fork that does nothing has none.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) entries: [Entry; ENTRIES],
    filled: Vec<u16>,
}

impl Table {
    /// With more entries filled than this, all are overwritten rather than those in the list.
    const LISTED_MAX: usize = ENTRIES / 8;

    pub(crate) fn empty() -> Arc<Self> {
        static EMPTY: LazyLock<Arc<Table>> = LazyLock::new(|| {
            Arc::new(Table { entries: [Entry::EMPTY; ENTRIES], filled: Vec::new() })
        });
        Arc::clone(&EMPTY)
    }

    /// Where the page of `at` lies, if the table knows.
    pub(crate) fn page(&self, at: i64) -> Option<*mut u8> {
        let entry = self.entries[entry_of(at)];
        (entry.tag == at & !OFFSET_MASK).then_some(entry.base)
    }

    pub(crate) fn fill(self: &mut Arc<Self>, at: i64, base: *mut u8) {
        let table = Arc::make_mut(self);
        let index = entry_of(at);
        let entry = &mut table.entries[index];
        if entry.tag == Entry::EMPTY.tag && table.filled.len() <= Self::LISTED_MAX {
            table.filled.push(u16::try_from(index).unwrap_or(0));
        }
        *entry = Entry { tag: at & !OFFSET_MASK, base };
    }

    /// Whether another page has the place of that of `at`.
    pub(crate) fn is_taken(&self, at: i64) -> bool {
        let entry = self.entries[entry_of(at)];
        !entry.base.is_null() && entry.tag != at & !OFFSET_MASK
    }

    pub(crate) fn forget(self: &mut Arc<Self>, at: i64) {
        if self.page(at).is_some() {
            // A tag that matches nothing, but counts as filled.
            let tag = Entry::EMPTY.tag | Entry::EMPTY.tag << 1;
            Arc::make_mut(self).entries[entry_of(at)] = Entry { tag, ..Entry::EMPTY };
        }
    }

    /// Forgets at least those pages for whose first positions something holds, which it does not for the
    /// first page of the tape.
    pub(crate) fn forget_those(self: &mut Arc<Self>, are_gone: impl Fn(i64) -> bool) {
        if self.filled.is_empty() {
            return;
        }
        if self.filled.len() > Self::LISTED_MAX {
            return self.clear();
        }
        let Self { entries, filled } = Arc::make_mut(self);
        filled.retain(|index| {
            let entry = &mut entries[usize::from(*index)];
            let is_gone = are_gone(entry.tag);
            if is_gone {
                *entry = Entry::EMPTY;
            }
            !is_gone
        });
    }

    pub(crate) fn clear(self: &mut Arc<Self>) {
        if self.filled.is_empty() {
            return;
        }
        let table = Arc::make_mut(self);
        if table.filled.len() > Self::LISTED_MAX {
            table.entries.fill(Entry::EMPTY);
        } else {
            for index in &table.filled {
                table.entries[usize::from(*index)] = Entry::EMPTY;
            }
        }
        table.filled.clear();
    }
}

/// Entries among those near, at first and once more pages than that are looked at.
const FEW: usize = 128;
const MANY: usize = 1 << MANY_BITS;
const MANY_BITS: u32 = 12;
/// The bits of a page's number that select one of many entries.
const MANY_MASK: i64 = (1 << MANY_BITS) - 1;
/// How often a page has to be noted before there are many entries: a memory whose pages fit into few
/// does not come there soon.
const NOTED_MAX: usize = 8 * FEW;

/// Pages that were looked at through a shared memory, in a table that takes memory once it is used,
/// and more of it once that is too small.
#[derive(Default)]
pub(crate) struct Near {
    few: OnceLock<Box<[Seen]>>,
    many: OnceLock<Box<[Seen]>>,
    noted: AtomicUsize,
}

/// Where a page lies, for several threads: while the count is odd, one of them writes the rest. Who
/// found the same even count before and after reading read what belongs together.
#[repr(align(32))]
struct Seen {
    count: AtomicU64,
    tag: AtomicI64,
    base: AtomicPtr<u8>,
}

impl Seen {
    const fn empty() -> Self {
        let (count, tag) = (AtomicU64::new(0), AtomicI64::new(Entry::EMPTY.tag));
        Self { count, tag, base: AtomicPtr::new(ptr::null_mut()) }
    }

    fn table(entries: usize) -> Box<[Self]> {
        (0..entries).map(|_| Self::empty()).collect()
    }
}

impl Near {
    #[inline]
    fn seen(&self, at: i64) -> Option<&Seen> {
        let table = self.many.get().or_else(|| self.few.get())?;
        // What begins at different powers of two lies apart: programs put their segments there.
        let entry = usize::try_from((at >> PAGE_BITS ^ at >> 40) & MANY_MASK).unwrap_or(0);
        table.get(entry & (table.len() - 1))
    }

    /// Where the page of `at` lies, if that is known.
    #[inline]
    pub(crate) fn page(&self, at: i64) -> Option<*mut u8> {
        let seen = self.seen(at)?;
        let count = seen.count.load(Ordering::Acquire);
        let (tag, base) = (seen.tag.load(Ordering::Relaxed), seen.base.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_whole = count % 2 == 0 && seen.count.load(Ordering::Relaxed) == count;
        (is_whole && tag == at & !OFFSET_MASK).then_some(base)
    }

    /// Notes where the page of `at` lies, unless another thread is at the same place.
    #[cold]
    pub(crate) fn fill(&self, at: i64, base: *mut u8) {
        self.few.get_or_init(|| Seen::table(FEW));
        if self.noted.fetch_add(1, Ordering::Relaxed) >= NOTED_MAX {
            self.many.get_or_init(|| Seen::table(MANY));
        }
        let Some(seen) = self.seen(at) else { return };
        let count = seen.count.load(Ordering::Relaxed) & !1;
        let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
        if seen.count.compare_exchange(count, count + 1, acquire, relaxed).is_ok() {
            fence(Ordering::Release);
            seen.tag.store(at & !OFFSET_MASK, Ordering::Relaxed);
            seen.base.store(base, Ordering::Relaxed);
            seen.count.store(count + 2, Ordering::Release);
        }
    }

    pub(crate) fn forget(&mut self, at: i64) {
        if self.page(at).is_some()
            && let Some(seen) = self.seen(at)
        {
            seen.tag.store(Entry::EMPTY.tag, Ordering::Relaxed);
        }
    }

    /// Forgets the pages for whose first positions something holds.
    pub(crate) fn forget_those(&mut self, are_gone: impl Fn(i64) -> bool) {
        for seen in self.few.get().into_iter().flat_map(|all| all.iter()) {
            if are_gone(seen.tag.load(Ordering::Relaxed)) {
                seen.tag.store(Entry::EMPTY.tag, Ordering::Relaxed);
            }
        }
        self.forget_many();
    }

    pub(crate) fn clear(&mut self) {
        for seen in self.few.get().into_iter().flat_map(|all| all.iter()) {
            seen.tag.store(Entry::EMPTY.tag, Ordering::Relaxed);
        }
        self.forget_many();
    }

    fn forget_many(&mut self) {
        self.many.take();
        *self.noted.get_mut() = 0;
    }
}

/// Pages that are their memory's own, and were noted beside the table for writing, because another
/// page has their place there. Each is noted with how often all were forgotten before: what was noted
/// earlier counts no more.
#[derive(Default)]
pub(crate) struct Owned {
    all: Option<Box<[(Entry, u64)]>>,
    forgotten: u64,
}

impl Owned {
    /// Where the page that begins at `at` lies, if it is known to be its memory's own.
    pub(crate) fn page(&self, at: i64) -> Option<*mut u8> {
        let (entry, forgotten) = self.all.as_deref()?.get(Self::place(at))?;
        (entry.tag == at && *forgotten == self.forgotten).then_some(entry.base)
    }

    pub(crate) fn fill(&mut self, at: i64, base: *mut u8) {
        let all = self.all.get_or_insert_with(|| vec![(Entry::EMPTY, 0); MANY].into());
        if let Some(place) = all.get_mut(Self::place(at)) {
            *place = (Entry { tag: at, base }, self.forgotten);
        }
    }

    pub(crate) const fn forget_all(&mut self) {
        self.forgotten += 1;
    }

    pub(crate) fn forget(&mut self, at: i64) {
        let place = self.all.as_deref_mut().and_then(|all| all.get_mut(Self::place(at)));
        if let Some(place) = place.filter(|(entry, _)| entry.tag == at) {
            *place = (Entry::EMPTY, 0);
        }
    }

    fn place(at: i64) -> usize {
        usize::try_from(at >> PAGE_BITS & MANY_MASK).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_at_powers_of_two_are_kept_side_by_side() {
        let near = Near::default();
        let all = [1 << 30, 1 << 42, 1 << 44, 1 << 45, 1 << 46];
        for at in all {
            near.fill(at, ptr::without_provenance_mut(16));
        }
        assert!(all.iter().all(|at| near.page(*at).is_some()));
    }

    #[test]
    fn many_pages_are_kept_once_few_entries_are_too_few() {
        let mut near = Near::default();
        let all = || (0..=MANY_MASK).map(|page| (1 << 45) + (page << PAGE_BITS));
        for at in all().chain(all()) {
            near.fill(at, ptr::without_provenance_mut(usize::try_from(at).unwrap() + 16));
        }
        for at in all() {
            let base = near.page(at).map(<*mut u8>::addr);
            assert_eq!(base, Some(usize::try_from(at).unwrap() + 16));
        }
        near.forget(1 << 45);
        assert!(near.page(1 << 45).is_none());
        near.clear();
        assert!(all().all(|at| near.page(at).is_none()));
    }

    #[test]
    fn pages_of_ones_own_are_known_until_they_are_forgotten() {
        let mut owned = Owned::default();
        let base = ptr::without_provenance_mut(16);
        owned.fill(1 << 20, base);
        assert_eq!(owned.page(1 << 20), Some(base));
        assert_eq!(owned.page((1 << 20) + (1 << 32)), None);
        owned.forget(1 << 20);
        assert_eq!(owned.page(1 << 20), None);
        owned.fill(1 << 20, base);
        owned.forget_all();
        assert_eq!(owned.page(1 << 20), None);
    }

    #[test]
    fn what_several_threads_note_stays_together() {
        let near = Near::default();
        let base = |at: i64| ptr::without_provenance_mut::<u8>(usize::try_from(at).unwrap() + 16);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let near = &near;
                scope.spawn(move || {
                    for step in 0..20_000 {
                        // All are in one place of the table.
                        let at = ((thread * 31 + step) % 7) << 19;
                        if let Some(found) = near.page(at) {
                            assert_eq!(found, base(at), "at {at:#x}");
                        }
                        near.fill(at, base(at));
                    }
                });
            }
        });
    }
}
