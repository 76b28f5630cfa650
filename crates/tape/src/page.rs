//! A page: 4096 bytes of tape with their cached digest, counted by the gauge of its tape. Pages of
//! snapshots may be packed, and are unpacked when they are looked at.
//!
//! How the bytes are written in place is left to `memory`.

use std::cmp::Ordering as CompareOrdering;
use std::mem::size_of;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::cells::{CELL_BITS, Cells};
use crate::memory::Bytes;
use crate::packed::PackedPage;
use crate::period::Period;

/// Bytes in a page. The page of a position is the position divided by this, rounded down.
pub const PAGE_SIZE: usize = 4096;

/// The digest that stands for "not known".
const UNKNOWN: u64 = u64::MAX;

/// What the reference counts of an `Arc` take.
const ARC_HEADER: usize = 2 * size_of::<usize>();

/// A page of tape.
pub(crate) struct Page {
    /// There unless the page is packed.
    plain: OnceLock<Box<Bytes>>,
    packed: Option<PackedPage>,
    /// Packing it was tried, and gained nothing.
    is_dense: bool,
    digest: Digest,
    /// The era of its cells' periods.
    era: AtomicU8,
    gauge: Arc<Gauge>,
}

impl Page {
    /// A page of zeros.
    pub(crate) fn zeroed(gauge: &Arc<Gauge>) -> Arc<Self> {
        Self::with(Cells::ZEROED, 0, gauge)
    }

    /// A page with the bytes of this one, written when they were.
    pub(crate) fn copied(&self, gauge: &Arc<Gauge>) -> Arc<Self> {
        Self::with(self.look(|cells| *cells), self.era.load(Ordering::Relaxed), gauge)
    }

    fn with(cells: Cells, era: u8, gauge: &Arc<Gauge>) -> Arc<Self> {
        gauge.add(Self::COST + Self::PLAIN);
        let plain = OnceLock::from(Box::new(Bytes::new(cells)));
        let (digest, era) = (Digest::default(), AtomicU8::new(era));
        Arc::new(Self {
            plain,
            packed: None,
            is_dense: false,
            digest,
            era,
            gauge: Arc::clone(gauge),
        })
    }

    /// Makes it smaller, if that is possible.
    pub(crate) fn pack(&mut self) {
        if self.packed.is_none() && !self.is_dense {
            self.packed = self.bytes().cells().packed();
            self.is_dense = self.packed.is_none();
            self.gauge.add(self.packed_bytes());
        }
        if self.packed.is_some() && self.plain.take().is_some() {
            self.gauge.subtract(Self::PLAIN);
        }
    }

    /// Its bytes are about to be written: what is packed of them will not be true any more.
    pub(crate) fn unpack(&mut self) {
        self.is_dense = false;
        if self.packed.is_some() {
            self.bytes();
            self.gauge.subtract(self.packed_bytes());
            self.packed = None;
        }
    }

    /// Whether its bytes lie nowhere as they are.
    pub(crate) fn is_packed(&self) -> bool {
        self.plain.get().is_none()
    }

    /// Has somebody look at its cells, without unpacking them for good.
    fn look<T>(&self, look: impl FnOnce(&Cells) -> T) -> T {
        match (self.plain.get(), &self.packed) {
            (None, Some(packed)) => look(&Cells::unpacked(packed)),
            (Some(_), _) | (_, None) => look(self.bytes().cells()),
        }
    }

    fn packed_bytes(&self) -> usize {
        self.packed.as_ref().map_or(0, PackedPage::size)
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
        self.look(|cells| {
            let parts = &cells.parts[first >> CELL_BITS..=last >> CELL_BITS];
            parts.iter().all(|part| Period { era, part: *part } < period)
        })
    }

    /// What a page takes of memory, and what its bytes do.
    const COST: usize = size_of::<Self>() + ARC_HEADER;
    const PLAIN: usize = size_of::<Bytes>();

    /// Its bytes, where they lie from now on until it is packed.
    pub(crate) fn bytes(&self) -> &Bytes {
        self.plain.get_or_init(|| {
            self.gauge.add(Self::PLAIN);
            let cells = self.packed.as_ref().map_or(Cells::ZEROED, Cells::unpacked);
            Box::new(Bytes::new(cells))
        })
    }

    /// Notes that the page may be written without further notice while `epoch` lasts.
    pub(crate) fn open(&self, epoch: u64) {
        self.digest.open(epoch);
    }

    /// What the page adds to the sum over the tape: 0 when all bytes are.
    pub(crate) fn digest(&self, number: i64, live: u64) -> u64 {
        self.digest.get_or(live, || {
            self.look(|cells| {
                if cells.bytes == [0; PAGE_SIZE] {
                    0
                } else {
                    xxh3_64_with_seed(&cells.bytes, number.cast_unsigned())
                }
            })
        })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let plain = if self.plain.get().is_some() { Self::PLAIN } else { 0 };
        self.gauge.subtract(Self::COST + plain + self.packed_bytes());
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
