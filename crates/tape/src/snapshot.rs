//! A moment of a tape, kept.

use std::fmt;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::diff::page_bytes;
use crate::memory::{page_of, peek};
use crate::page::{Gauge, PAGE_SIZE, Page};
use crate::period::Period;
use crate::position::{page_number, page_offset, page_start};
use crate::ranges::Ranges;
use crate::trail::Trail;
use crate::tree::Tree;
use crate::{Names, Tape};

/// The whole state of a tape at one moment: bytes, head, names, protected ranges and undo trail.
///
/// It shares with the tape all that has not changed since; by itself it takes some hundred bytes.
pub struct TapeSnapshot {
    pub(crate) tree: Tree,
    pub(crate) gauge: Arc<Gauge>,
    pub(crate) head: i64,
    pub(crate) names: Names,
    pub(crate) trail: Trail,
    pub(crate) protected: Ranges,
}

const _: () = assert!(size_of::<TapeSnapshot>() < 300);

impl TapeSnapshot {
    /// The bytes of memory that the tape, its snapshots and its forks hold together.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.gauge.bytes()
    }

    /// Makes what only this moment holds smaller, if that is possible; it costs a little to look at it
    /// again, which makes it as large as it was.
    pub fn pack(&mut self) {
        self.tree.pack();
    }

    /// Equal for equal bytes, head, marks and segments, on every machine. Costs O(pages changed)
    /// since it was last asked of this tape.
    #[must_use]
    pub fn content_hash(&self) -> u64 {
        content_hash(self.tree.digest(0), self.head, &self.names)
    }

    /// Whether a byte in `range` may differ from `older`, in O(pages changed).
    ///
    /// Goes by pages: `false` is certain, `true` may be the work of a neighbour in the same page, or
    /// of a write that changed nothing.
    #[must_use]
    pub fn differs_in(&self, older: &Self, range: Range<i64>) -> bool {
        if range.is_empty() {
            return false;
        }
        let span = page_number(range.start)..=page_number(range.end - 1);
        let mut stop = |_, _: Option<_>, _: Option<_>| ControlFlow::Break(());
        self.tree.changes(&older.tree, &span, &mut stop).is_break()
    }

    /// Whether a cell in `range` may have been written in `period` or later, on the way from `older`
    /// to here, in O(pages changed).
    ///
    /// `false` is certain if the period was said whenever something was written, and time did not go
    /// back on the way.
    #[must_use]
    pub fn written_in(&self, older: &Self, range: Range<i64>, period: Period) -> bool {
        if range.is_empty() {
            return false;
        }
        let (start, last) = (range.start, range.end - 1);
        let span = page_number(start)..=page_number(last);
        let mut look = |number, _: Option<_>, newer: Option<&Arc<Page>>| {
            let first = if number == *span.start() { page_offset(start) } else { 0 };
            let last = if number == *span.end() { page_offset(last) } else { PAGE_SIZE - 1 };
            match newer {
                Some(page) if page.is_older(period, first, last) => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        };
        self.tree.changes(&older.tree, &span, &mut look).is_break()
    }

    /// The pages in `range` which this moment and `older` do not share, as in [`pages`](Self::pages),
    /// in O(pages changed). Some may have the same bytes as before.
    #[must_use]
    pub fn pages_since<'t>(
        &'t self,
        older: &'t Self,
        range: Range<i64>,
    ) -> Vec<(i64, &'t [u8; PAGE_SIZE])> {
        let mut found = Vec::new();
        if !range.is_empty() {
            let span = page_number(range.start)..=page_number(range.end - 1);
            let walk = self.tree.changes(&older.tree, &span, &mut |number, _, newer| {
                found.push((page_start(number), page_bytes(newer)));
                ControlFlow::Continue(())
            });
            debug_assert!(walk.is_continue());
        }
        found
    }

    /// Copies bytes out; zeros and `false` for what lies past the end.
    pub fn peek(&self, at: i64, bytes: &mut [u8]) -> bool {
        peek(&self.tree, at, bytes)
    }

    /// The page that holds `at`, where it lies: nothing is copied. Zeros if it was never written.
    #[must_use]
    pub fn page(&self, at: i64) -> &[u8; PAGE_SIZE] {
        page_of(&self.tree, at)
    }

    /// The pages that were written to: the first position of each, and its bytes.
    #[must_use]
    pub fn pages(&self) -> Vec<(i64, &[u8; PAGE_SIZE])> {
        let pages = self.tree.pages().into_iter();
        pages.map(|(number, page)| (page_start(number), page.bytes().get())).collect()
    }

    /// Where the head stood.
    #[must_use]
    pub const fn head(&self) -> i64 {
        self.head
    }

    /// The marks and segments.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// A new tape that goes on from here.
    #[must_use]
    pub fn to_tape(&self) -> Tape {
        Tape::from_snapshot(self)
    }
}

impl Clone for TapeSnapshot {
    fn clone(&self) -> Self {
        Self {
            tree: self.tree.share(),
            gauge: Arc::clone(&self.gauge),
            head: self.head,
            names: self.names.clone(),
            trail: self.trail.clone(),
            protected: self.protected.clone(),
        }
    }
}

impl fmt::Debug for TapeSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapeSnapshot")
            .field("head", &self.head)
            .field("names", &self.names)
            .field("trail_len", &self.trail.len())
            .finish_non_exhaustive()
    }
}

/// The hash of a whole tape, from the digest of its bytes.
pub(crate) fn content_hash(bytes: u64, head: i64, names: &Names) -> u64 {
    let parts = [bytes, head.cast_unsigned(), names.digest()];
    xxh3_64(parts.map(u64::to_le_bytes).as_flattened())
}
