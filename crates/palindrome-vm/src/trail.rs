//! The history trail: what instructions destroyed, newest last, so that they can be undone.
//!
//! Two streams without tags. *Data* holds old values; going back, the instruction says what it
//! logged. *Control* holds where taken branches came from and went to; one that is taken again and
//! again is one entry, and counted. Falling through logs nothing, and cannot be confused with a
//! branch: to come to the same place again takes a branch, which is then the newest entry. A few
//! instructions also log a handle on the state before.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;

use tape::{Names, TapeSnapshot};

use crate::back::Known;
use crate::registers::{Flags, RegisterFile};
use crate::taken::Taken;
use crate::vm::Cold;

/// Entries of one chunk before it is sealed.
const CHUNK_ENTRIES: usize = 1 << 16;
/// Chunks compressed at the same time.
const PACKING_MAX: usize = 4;
/// The newest sealed chunks, which are not compressed: most steps back are short.
const PLAIN_CHUNKS: usize = 2;

/// What must be known to undo a stretch of instructions.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// Whether instructions log at all.
    pub(crate) on: bool,
    /// The newest stretch.
    pub(crate) open: Chunk,
    sealed: VecDeque<Sealed>,
    sealed_bytes: usize,
    budget: Budget,
    /// Flags found by going back.
    pub(crate) known: Option<Known>,
}

/// How much of the trail is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Budget {
    /// At most so many bytes, compressed in the background.
    Bytes(usize),
    /// At least so many instructions; the rule that `REWINDN` rests on, so it must not depend on
    /// anything but the instructions run.
    Instructions(u64),
}

impl Default for Budget {
    fn default() -> Self {
        Self::Bytes(0)
    }
}

/// A stretch of trail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    /// Old values.
    pub(crate) data: Vec<i64>,
    /// Taken branches.
    pub(crate) control: Vec<Taken>,
    /// States before instructions that change more than a value.
    pub(crate) saved: Vec<Saved>,
    /// Where the stretch begins.
    pub(crate) start: Start,
}

/// The state at the beginning of a stretch, as far as undoing cannot find it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start {
    pub(crate) tick: u64,
    pub(crate) flags: Flags,
    /// Whether control may have strayed from the code: that decides what is logged.
    pub(crate) strayed: bool,
}

/// The state before an instruction.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    pub(crate) registers: RegisterFile,
    /// The flags after the instruction: the same, unless it rewinds.
    pub(crate) flags_after: Flags,
    pub(crate) sp: i64,
    pub(crate) fp: i64,
    pub(crate) hp: i64,
    pub(crate) head: i64,
    pub(crate) stale: u16,
    pub(crate) rewinds: u64,
    pub(crate) cold: Arc<Cold>,
    pub(crate) names: Names,
    pub(crate) bytes: SavedBytes,
}

/// The tape before an instruction.
#[derive(Clone, Debug)]
pub(crate) enum SavedBytes {
    /// As it is after it.
    Same,
    /// Another run of bytes.
    Run(i64, Vec<u8>),
    /// Anything may be different.
    All(TapeSnapshot),
}

#[derive(Debug)]
struct Sealed {
    start: Start,
    saved: Arc<Vec<Saved>>,
    body: Body,
    bytes: usize,
}

#[derive(Debug)]
enum Body {
    Plain(Arc<(Vec<i64>, Vec<Taken>)>),
    Packing(JoinHandle<Packed>),
    Packed(Packed),
}

#[derive(Debug)]
struct Packed {
    data: Vec<u8>,
    control: Vec<u8>,
}

impl Packed {
    fn new(plain: &(Vec<i64>, Vec<Taken>)) -> Self {
        let data: Vec<u8> = plain.0.iter().flat_map(|value| value.to_le_bytes()).collect();
        let control: Vec<u8> = plain.1.iter().flat_map(|taken| taken.to_le_bytes()).collect();
        let pack = lz4_flex::compress_prepend_size;
        Self { data: pack(&data), control: pack(&control) }
    }

    fn unpack(&self) -> (Vec<i64>, Vec<Taken>) {
        let bytes = |packed| {
            lz4_flex::decompress_size_prepended(packed).expect("bytes that were packed above")
        };
        let words = |bytes: Vec<u8>| -> Vec<[u8; 8]> { bytes.as_chunks().0.to_vec() };
        let data = words(bytes(&self.data)).into_iter().map(i64::from_le_bytes).collect();
        (data, words(bytes(&self.control)).into_iter().map(Taken::from_le_bytes).collect())
    }
}

impl Chunk {
    /// Takes the newest branch off, for the loops that keep it at hand.
    #[inline(always)]
    pub(crate) fn take_newest(&mut self) -> Taken {
        self.control.pop().unwrap_or(Taken::NONE)
    }

    /// Puts back what was taken off, or what has become of it.
    #[inline(always)]
    pub(crate) fn put_newest(&mut self, newest: Taken) {
        if newest != Taken::NONE {
            self.control.push(newest);
        }
    }

    /// What the newest branch is after another one, for those loops.
    #[inline(always)]
    pub(crate) fn count(&mut self, newest: Taken, taken: Taken) -> Taken {
        match newest.again(taken) {
            Some(more) => more,
            None => {
                self.put_newest(newest);
                taken
            }
        }
    }

    /// Logs a branch.
    pub(crate) fn log_branch(&mut self, taken: Taken) {
        match self.control.last_mut() {
            Some(newest) if let Some(more) = newest.again(taken) => *newest = more,
            _ => self.control.push(taken),
        }
    }
}

impl Trail {
    /// Begins a trail at `start`, or ends and forgets it.
    pub(crate) fn set(&mut self, budget: Budget, start: Start) {
        let on = budget != Budget::Bytes(0);
        if on && self.on {
            self.budget = budget;
            return;
        }
        *self = Self { on, budget, ..Self::default() };
        self.open.start = start;
    }

    /// Forgets everything before `start`.
    pub(crate) fn restart(&mut self, start: Start) {
        let (on, budget) = (self.on, self.budget);
        *self = Self { on, budget, ..Self::default() };
        self.open.start = start;
    }

    /// The earliest tick that can be reached by undoing.
    pub(crate) fn start_tick(&self) -> u64 {
        self.sealed.front().map_or(self.open.start.tick, |oldest| oldest.start.tick)
    }

    /// Whether the newest stretch should be sealed.
    pub(crate) fn is_full(&self) -> bool {
        self.open.data.len() + self.open.control.len() >= CHUNK_ENTRIES
            || self.open.saved.len() >= CHUNK_ENTRIES / 64
    }

    /// Closes the newest stretch and begins another at `start`.
    pub(crate) fn seal(&mut self, start: Start) {
        if self.open.start.tick == start.tick {
            return;
        }
        let capacity = (self.open.data.len(), self.open.control.len());
        let Chunk { data, control, saved, start: began } = std::mem::take(&mut self.open);
        self.open.start = start;
        self.open.data.reserve(capacity.0);
        self.open.control.reserve(capacity.1);
        let bytes = (data.len() + control.len()) * 8 + saved.len() * size_of::<Saved>();
        let body = Body::Plain(Arc::new((data, control)));
        self.sealed.push_back(Sealed { start: began, saved: Arc::new(saved), body, bytes });
        self.sealed_bytes += bytes;
        self.shrink(start.tick);
    }

    fn shrink(&mut self, now: u64) {
        match self.budget {
            Budget::Bytes(budget) => {
                // While there is room, going back should not have to unpack.
                if self.sealed_bytes > budget / 2 {
                    while self.pack(false) {}
                }
                while self.sealed_bytes > budget && self.sealed.len() > 1 {
                    if !self.pack(true) {
                        self.drop_oldest();
                    }
                }
            }
            Budget::Instructions(least) => {
                while self.sealed.get(1).is_some_and(|next| next.start.tick + least <= now) {
                    self.drop_oldest();
                }
            }
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.sealed.pop_front() {
            self.sealed_bytes -= oldest.bytes;
        }
    }

    /// Has the oldest plain chunks compressed on other threads, and takes the oldest result if it
    /// is there, or if it is to be waited for. True if there was one.
    fn pack(&mut self, wait: bool) -> bool {
        let first = self.sealed.partition_point(|sealed| matches!(sealed.body, Body::Packed(_)));
        let last = self.sealed.len().saturating_sub(PLAIN_CHUNKS);
        for sealed in self.sealed.iter_mut().take(last).skip(first).take(PACKING_MAX) {
            if let Body::Plain(plain) = &sealed.body {
                let plain = Arc::clone(plain);
                sealed.body = Body::Packing(spawn(move || Packed::new(&plain)));
            }
        }
        match self.sealed.get_mut(first) {
            Some(sealed) if wait || sealed.is_finished() => {
                let Body::Packing(_) = &sealed.body else { return false };
                let before = sealed.bytes;
                sealed.finish();
                self.sealed_bytes = self.sealed_bytes + sealed.bytes - before;
                true
            }
            _ => false,
        }
    }

    /// Makes the stretch before the newest one, which is used up, the newest. False at the
    /// beginning.
    pub(crate) fn reopen(&mut self) -> bool {
        let Some(mut sealed) = self.sealed.pop_back() else { return false };
        self.sealed_bytes -= sealed.bytes;
        sealed.finish();
        let (data, control) = match sealed.body {
            Body::Plain(plain) => Arc::unwrap_or_clone(plain),
            Body::Packed(packed) => packed.unpack(),
            Body::Packing(_) => unreachable!("finished above"),
        };
        let saved = Arc::unwrap_or_clone(sealed.saved);
        self.open = Chunk { data, control, saved, start: sealed.start };
        true
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.sealed_bytes
            + (self.open.data.len() + self.open.control.len()) * 8
            + self.open.saved.len() * size_of::<Saved>()
    }

    /// A copy that shares every sealed chunk; all must be plain, as they are in a trail that is
    /// kept by instructions.
    pub(crate) fn share(&self) -> SharedTrail {
        let chunk = |sealed: &Sealed| match &sealed.body {
            Body::Plain(plain) => {
                Some((sealed.start, Arc::clone(&sealed.saved), Arc::clone(plain)))
            }
            Body::Packing(_) | Body::Packed(_) => None,
        };
        SharedTrail(self.sealed.iter().filter_map(chunk).collect())
    }

    /// Takes up a shared trail, with nothing after its last chunk yet.
    pub(crate) fn resume(&mut self, shared: &SharedTrail, start: Start) {
        self.restart(start);
        for (start, saved, plain) in &shared.0 {
            let bytes = (plain.0.len() + plain.1.len()) * 8 + saved.len() * size_of::<Saved>();
            self.sealed_bytes += bytes;
            let (saved, body) = (Arc::clone(saved), Body::Plain(Arc::clone(plain)));
            self.sealed.push_back(Sealed { start: *start, saved, body, bytes });
        }
    }
}

/// The sealed chunks of a trail.
#[derive(Clone, Debug)]
pub(crate) struct SharedTrail(Vec<SharedChunk>);

type SharedChunk = (Start, Arc<Vec<Saved>>, Arc<(Vec<i64>, Vec<Taken>)>);

impl Sealed {
    /// Whether a compression is under way and done.
    fn is_finished(&self) -> bool {
        matches!(&self.body, Body::Packing(handle) if handle.is_finished())
    }

    /// Waits for the compression, if one is under way.
    fn finish(&mut self) {
        let body = std::mem::replace(&mut self.body, Body::Plain(Arc::default()));
        self.body = match body {
            Body::Packing(handle) => Body::Packed(handle.join().expect("packing does not panic")),
            Body::Plain(_) | Body::Packed(_) => body,
        };
        if let Body::Packed(packed) = &self.body {
            self.bytes =
                packed.data.len() + packed.control.len() + self.saved.len() * size_of::<Saved>();
        }
    }
}

/// Compression is not seen by the guest, so its timing is not either.
#[expect(clippy::disallowed_methods, reason = "what the thread makes does not depend on time")]
fn spawn(work: impl FnOnce() -> Packed + Send + 'static) -> JoinHandle<Packed> {
    std::thread::spawn(work)
}
