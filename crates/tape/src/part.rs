//! A stretch of a tape at one moment, kept by itself and put back by itself.

use std::fmt;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use crate::Tape;
use crate::memory::page_bytes_of;
use crate::page::{Gauge, PAGE_SIZE, Page};
use crate::position::{page_number, page_start};
use crate::tree::{Extent, Part};

/// The bytes of a stretch of tape at one moment, which share with the tape all that has not changed.
///
/// Taking one and putting it back costs the same for a byte and for a gigabyte. What lies beside the
/// stretch, and the head, the names and the trail, are no part of it.
#[derive(Clone)]
pub struct TapePart {
    pub(crate) part: Part,
    gauge: Arc<Gauge>,
}

const _: () = assert!(size_of::<TapePart>() <= 32);

/// A page that differs between two versions of a stretch.
#[derive(Clone, Copy, Debug)]
pub struct PageVersions<'t> {
    /// Its first position.
    pub position: i64,
    /// Its bytes in the older version.
    pub before: &'t [u8; PAGE_SIZE],
    /// Its bytes in the newer one.
    pub after: &'t [u8; PAGE_SIZE],
}

impl Tape {
    /// A stretch as it is now, kept. Its size is 64 pages, or 64 times as many, and so on; it begins
    /// behind 0 at a multiple of its size.
    ///
    /// # Panics
    /// The stretch is another one.
    pub fn part(&mut self, stretch: Range<i64>) -> TapePart {
        let pages = page_number(stretch.end - stretch.start);
        let first = page_number(stretch.start);
        let is_whole =
            page_start(first) == stretch.start && page_start(first + pages) == stretch.end;
        let extent = Extent::new(first, pages).filter(|_| is_whole);
        let extent = extent.expect("a stretch lies below a node of the tree of pages");
        let part = self.memory.part(extent);
        TapePart { part, gauge: Arc::clone(self.memory.gauge()) }
    }

    /// Puts a stretch as it was, on this tape or another, in the place of what is there. Goes by
    /// what is protected no more than restoring does.
    pub fn put_part(&mut self, part: &TapePart) {
        self.memory.put_part(&part.part);
    }
}

impl TapePart {
    /// The page that holds `at`, where it lies: nothing is copied. Zeros if it was never written, or
    /// lies outside.
    #[must_use]
    pub fn page(&self, at: i64) -> &[u8; PAGE_SIZE] {
        page_bytes_of(self.part.get(page_number(at)))
    }

    /// The eight bytes at `at`, as a number; 0 unless all are on one page.
    #[must_use]
    pub fn word(&self, at: i64) -> i64 {
        let offset = usize::try_from(at - page_start(page_number(at))).unwrap_or(PAGE_SIZE);
        let bytes = self.page(at).get(offset..offset + 8);
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes)
    }

    /// Whether nothing was written between this and another version of the same stretch.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.part.is(&other.part)
    }

    /// Equal for equal bytes, on every machine. Costs O(pages changed) since it was last asked.
    #[must_use]
    pub fn content_hash(&self) -> u64 {
        self.part.digest()
    }

    /// The pages that this version and an older one do not share, by position; without an older
    /// one, all that were written. Costs O(pages changed).
    #[must_use]
    pub fn changes<'t>(&'t self, older: Option<&'t Self>) -> Vec<PageVersions<'t>> {
        let mut found = Vec::new();
        self.part.changes(older.map(|older| &older.part), &mut |number, before, after| {
            let page = |page: Option<&'t Arc<Page>>| page_bytes_of(page);
            let (before, after) = (page(before), page(after));
            found.push(PageVersions { position: page_start(number), before, after });
            ControlFlow::Continue(())
        });
        found
    }

    /// The bytes of memory that the tape, its snapshots, parts and forks hold together.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.gauge.bytes()
    }
}

impl fmt::Debug for TapePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapePart").field("extent", &self.part.extent).finish_non_exhaustive()
    }
}
