//! Which pages lie where: the tables that a [`Memory`](crate::memory) remembers pages in.

use std::ptr;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU64, Ordering, fence};
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

/// Entries among those near.
const NEAR: usize = 128;

/// Pages that were looked at through a shared memory, in a table that takes memory once it is used.
///
/// What begins at different powers of two lies apart: programs put their segments there.
#[derive(Default)]
pub(crate) struct Near(OnceLock<Box<[Seen; NEAR]>>);

/// Where a page lies, for several threads: while the count is odd, one of them writes the rest. Who
/// found the same even count before and after reading read what belongs together.
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
}

impl Near {
    #[inline]
    fn seen(&self, at: i64) -> Option<&Seen> {
        Some(&self.0.get()?[entry_of(at ^ at >> 28) % NEAR])
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
        self.0.get_or_init(|| Box::new([const { Seen::empty() }; NEAR]));
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
        for seen in self.0.get().into_iter().flat_map(|all| all.iter()) {
            if are_gone(seen.tag.load(Ordering::Relaxed)) {
                seen.tag.store(Entry::EMPTY.tag, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        for seen in self.0.get().into_iter().flat_map(|all| all.iter()) {
            seen.tag.store(Entry::EMPTY.tag, Ordering::Relaxed);
        }
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
