//! A page: 4096 bytes of tape with their cached digest, counted by the gauge of its tape.
//!
//! How the bytes are written in place is left to `memory`.

use std::cmp::Ordering as CompareOrdering;
use std::mem::size_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::memory::Bytes;
use crate::period::Period;

/// Bytes in a page. The page of a position is the position divided by this, rounded down.
pub const PAGE_SIZE: usize = 4096;

/// The digest that stands for "not known".
const UNKNOWN: u64 = u64::MAX;

/// What the reference counts of an `Arc` take.
const ARC_HEADER: usize = 2 * size_of::<usize>();

/// A page of tape.
pub(crate) struct Page {
    bytes: Bytes,
    digest: Digest,
    /// The era of its cells' periods.
    era: AtomicU8,
    gauge: Arc<Gauge>,
}

impl Page {
    /// A page of zeros.
    pub(crate) fn zeroed(gauge: &Arc<Gauge>) -> Arc<Self> {
        Self::with(Bytes::ZEROED, 0, gauge)
    }

    /// A page with the bytes of this one, written when they were.
    pub(crate) fn copied(&self, gauge: &Arc<Gauge>) -> Arc<Self> {
        Self::with(self.bytes.copied(), self.era.load(Ordering::Relaxed), gauge)
    }

    fn with(bytes: Bytes, era: u8, gauge: &Arc<Gauge>) -> Arc<Self> {
        gauge.add(Self::COST);
        let (digest, era) = (Digest::default(), AtomicU8::new(era));
        Arc::new(Self { bytes, digest, era, gauge: Arc::clone(gauge) })
    }

    /// Notes that it is about to be written in a period. If that is of another era, the part of it to
    /// note for all cells: they were written then at the latest.
    pub(crate) fn enter(&self, period: Period) -> Option<u8> {
        match self.era.swap(period.era, Ordering::Relaxed).cmp(&period.era) {
            CompareOrdering::Less => Some(0),
            CompareOrdering::Equal => None,
            CompareOrdering::Greater => Some(period.part),
        }
    }

    /// Whether none of the cells that hold the bytes from `first` to `last` was written in `period` or
    /// later.
    pub(crate) fn is_older(&self, period: Period, first: usize, last: usize) -> bool {
        let era = self.era.load(Ordering::Relaxed);
        self.bytes.parts(first, last).iter().all(|part| Period { era, part: *part } < period)
    }

    /// What a page takes of memory.
    const COST: usize = size_of::<Self>() + ARC_HEADER;

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Notes that the page may be written without further notice while `epoch` lasts.
    pub(crate) fn open(&self, epoch: u64) {
        self.digest.open(epoch);
    }

    /// What the page adds to the sum over the tape: 0 when all bytes are.
    pub(crate) fn digest(&self, number: i64, live: u64) -> u64 {
        self.digest.get_or(live, || {
            let bytes = self.bytes.get();
            if bytes == &[0; PAGE_SIZE] {
                0
            } else {
                xxh3_64_with_seed(bytes, number.cast_unsigned())
            }
        })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.gauge.subtract(Self::COST);
    }
}

/// A digest that is computed when asked for, and kept unless what it covers may still change.
///
/// While a tape holds a pointer for writing into a page, the page and the nodes above it carry the
/// tape's epoch; such a digest is computed anew each time. The epoch ends with the pointers.
pub(crate) struct Digest {
    value: AtomicU64,
    epoch: AtomicU64,
}

impl Default for Digest {
    fn default() -> Self {
        Self { value: AtomicU64::new(UNKNOWN), epoch: AtomicU64::new(0) }
    }
}

impl Digest {
    /// Forgets the value, and keeps none while `epoch` lasts.
    pub(crate) fn open(&self, epoch: u64) {
        self.value.store(UNKNOWN, Ordering::Relaxed);
        self.epoch.store(epoch, Ordering::Relaxed);
    }

    /// The value, computed if unknown; `live` is the epoch of the tape that asks, 0 for a snapshot.
    pub(crate) fn get_or(&self, live: u64, compute: impl FnOnce() -> u64) -> u64 {
        let known = self.value.load(Ordering::Relaxed);
        if known != UNKNOWN {
            return known;
        }
        let value = compute();
        if self.epoch.load(Ordering::Relaxed) != live || live == 0 {
            self.value.store(value, Ordering::Relaxed);
        }
        value
    }
}

/// The bytes held by a tape, its snapshots and its forks, and the source of their epochs.
#[derive(Default)]
pub(crate) struct Gauge {
    bytes: AtomicUsize,
    epochs: AtomicU64,
}

impl Gauge {
    pub(crate) fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn subtract(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// An epoch that no page carries yet; never 0.
    pub(crate) fn next_epoch(&self) -> u64 {
        self.epochs.fetch_add(1, Ordering::Relaxed) + 1
    }
}
