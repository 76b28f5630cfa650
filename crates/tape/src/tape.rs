//! The tape itself: untracked access, time, head and names.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::memory::{Memory, Stored};
use crate::page::PAGE_SIZE;
use crate::period::Period;
use crate::snapshot::content_hash;
use crate::trail::Trail;
use crate::{Names, Segment, TapeSnapshot};

/// A sparse line of bytes over all of `i64`, with a head, marks, segments and an undo trail.
///
/// Bytes never written read 0. Numbers are little-endian. A page of 4096 bytes takes memory when
/// one of its bytes is first written.
pub struct Tape {
    pub(crate) memory: Memory,
    pub(crate) head: i64,
    pub(crate) names: Names,
    pub(crate) trail: Trail,
}

macro_rules! words {
    ($($load:ident $store:ident $hit:ident $put:ident $word:ty, $what:literal;)*) => { $(
        #[doc = concat!("The ", $what, " at `at`, or `None` when it runs past the end of the tape.")]
        #[inline(always)]
        pub fn $load(&mut self, at: i64) -> Option<$word> {
            self.memory.load(at)
        }

        #[doc = concat!("Stores the ", $what, " at `at`, unless refused; not on the trail.")]
        #[inline(always)]
        pub fn $store(&mut self, at: i64, value: $word) -> Stored {
            self.memory.store(at, value)
        }

        #[doc = concat!("The ", $what, " at `at`, if that can be told at once: a loop that has ")]
        /// its own way on after a miss gets the better code.
        #[inline(always)]
        pub fn $hit(&mut self, at: i64) -> Option<$word> {
            self.memory.hit(at)
        }

        #[doc = concat!("Stores the ", $what, " at `at` if that can be done at once.")]
        #[inline(always)]
        pub fn $put(&mut self, at: i64, value: $word) -> bool {
            self.memory.put_hit(at, value)
        }
    )* };
}

/// Untracked access, for machines which keep their own history.
impl Tape {
    words! {
        load_u64 store_u64 hit_u64 put_u64 u64, "eight bytes";
        load_u32 store_u32 hit_u32 put_u32 u32, "four bytes";
        load_u16 store_u16 hit_u16 put_u16 u16, "two bytes";
        load_u8 store_u8 hit_u8 put_u8 u8, "byte";
    }

    /// Eight bytes at `at` and the eight after them, if that can be told at once.
    #[inline(always)]
    pub fn hit_pair(&mut self, at: i64) -> Option<(u64, u64)> {
        self.memory.hit_pair(at)
    }

    /// Stores eight bytes at `at` and eight after them if that can be done at once.
    #[inline(always)]
    pub fn put_pair(&mut self, at: i64, first: u64, second: u64) -> bool {
        self.memory.put_pair(at, first, second)
    }

    /// Sees to it that what is stored in the page of `at` can be stored at once, if that is possible;
    /// says whether it is. Changes nothing that can be read.
    pub fn ready(&mut self, at: i64) -> bool {
        self.memory.ready(at)
    }

    /// Copies bytes out without changing anything; zeros and `false` for what lies past the end.
    pub fn peek(&self, at: i64, bytes: &mut [u8]) -> bool {
        self.memory.peek(at, bytes)
    }

    /// The page that holds `at`, where it lies: nothing is copied. Zeros if it was never written.
    #[must_use]
    #[inline]
    pub fn page(&self, at: i64) -> &[u8; PAGE_SIZE] {
        self.memory.page(at)
    }

    /// Writes all of `bytes`, or nothing when refused; not on the trail.
    #[inline]
    pub fn poke(&mut self, at: i64, bytes: &[u8]) -> Stored {
        self.memory.poke(at, bytes)
    }

    /// Writes `bytes` after somebody has looked at what is there, if that lies in a page which was
    /// written since it was shared last, and in which nothing is protected or watched; says whether it
    /// was so. Nothing was done otherwise.
    #[inline(always)]
    pub fn exchange(&mut self, at: i64, bytes: &[u8], look: impl FnOnce(&[u8])) -> bool {
        self.memory.exchange(at, bytes, look)
    }

    /// Makes a range read-only from now on. Snapshots keep what is protected, and restoring one
    /// goes back to that. Undoing and merging write even there. As ranges end before their end, the
    /// byte at `i64::MAX` cannot be protected or watched.
    pub fn protect(&mut self, range: Range<i64>) {
        let protected = self.memory.protected().with(range);
        self.memory.set_protected(protected);
    }

    /// Says to which period belongs what is written from now on, so that
    /// [`written_in`](TapeSnapshot::written_in) can tell; until then it is the last of all. It belongs
    /// to this tape, not to its state.
    pub fn set_period(&mut self, period: Period) {
        self.memory.set_period(period);
    }

    /// Replaces the watched ranges: from now on stores that touch one say so.
    ///
    /// They belong to this tape, not to its state: snapshots do not hold them and restoring keeps
    /// them. Pages that hold a watched byte are written on the slow path, others at full speed.
    pub fn watch(&mut self, ranges: &[Range<i64>]) {
        self.memory.set_watched(crate::ranges::Ranges::new(ranges));
    }
}

/// Time.
impl Tape {
    /// A tape on which nothing is written.
    #[must_use]
    pub fn new() -> Self {
        let (names, trail) = (Names::default(), Trail::default());
        Self { memory: Memory::new(), head: 0, names, trail }
    }

    pub(crate) fn from_snapshot(snapshot: &TapeSnapshot) -> Self {
        let mut memory = Memory::over(snapshot.tree.share(), Arc::clone(&snapshot.gauge));
        memory.set_protected(snapshot.protected.clone());
        let (names, trail) = (snapshot.names.clone(), snapshot.trail.clone());
        Self { memory, head: snapshot.head, names, trail }
    }

    /// The whole state, kept. O(1): afterwards the first write to each page copies it.
    pub fn snapshot(&mut self) -> TapeSnapshot {
        TapeSnapshot {
            tree: self.memory.share(),
            gauge: Arc::clone(self.memory.gauge()),
            head: self.head,
            names: self.names.clone(),
            trail: self.trail.clone(),
            protected: self.memory.protected().clone(),
        }
    }

    /// Goes to a snapshot, of this tape or another. O(1), apart from freeing what nobody holds.
    pub fn restore(&mut self, snapshot: &TapeSnapshot) {
        self.memory.replace(snapshot.tree.share(), &snapshot.gauge);
        self.memory.set_protected(snapshot.protected.clone());
        self.head = snapshot.head;
        self.names = snapshot.names.clone();
        self.trail = snapshot.trail.clone();
    }

    /// A second tape with the same state and the same watched ranges, which goes its own way. O(1).
    #[must_use]
    pub fn fork(&mut self) -> Self {
        let mut fork = self.snapshot().to_tape();
        fork.memory.set_watched(self.memory.watched().clone());
        fork
    }

    /// The bytes of memory that this tape, its snapshots and its forks hold together: pages and the
    /// nodes above them. Names and trails are not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory.gauge().bytes()
    }

    /// Equal for equal bytes, head, marks and segments, on every machine.
    ///
    /// A page of zeros counts like one never written. Costs O(pages changed since the last snapshot,
    /// restore or fork): ask a snapshot to have the result kept.
    #[must_use]
    pub fn content_hash(&self) -> u64 {
        content_hash(self.memory.digest(), self.head, &self.names)
    }
}

/// Head and names, untracked. What is tracked is in `tracked`.
impl Tape {
    /// Where the head stands.
    #[must_use]
    pub const fn head(&self) -> i64 {
        self.head
    }

    /// Moves the head; not on the trail.
    pub const fn set_head(&mut self, position: i64) {
        self.head = position;
    }

    /// The marks and segments, to keep. O(1).
    #[must_use]
    pub fn names(&self) -> Names {
        self.names.clone()
    }

    /// Replaces the marks and segments; not on the trail. O(1).
    pub fn set_names(&mut self, names: Names) {
        self.names = names;
    }

    /// The marks and segments, to change; not on the trail.
    pub const fn names_mut(&mut self) -> &mut Names {
        &mut self.names
    }

    /// Where the mark stands.
    #[must_use]
    pub fn mark_position(&self, name: &str) -> Option<i64> {
        self.names.mark_position(name)
    }

    /// All marks, by name.
    pub fn marks(&self) -> impl Iterator<Item = (&str, i64)> {
        self.names.marks()
    }

    /// The segment of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<&Segment> {
        self.names.segment(name)
    }

    /// The segment that holds `position`.
    #[must_use]
    pub fn segment_at(&self, position: i64) -> Option<&Segment> {
        self.names.segment_at(position)
    }

    /// All segments, by their first positions.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.names.segments()
    }
}

impl Default for Tape {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape")
            .field("head", &self.head)
            .field("names", &self.names)
            .field("trail_len", &self.trail.len())
            .finish_non_exhaustive()
    }
}
