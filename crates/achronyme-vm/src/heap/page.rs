//! A page of a past state. Packed, it is smaller.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tape::PackedPage;

use super::memory::PAGE;
use super::pages::{Held, hash_of};

/// What a page takes.
pub(super) const PAGE_BYTES: usize = size_of::<Page>();

/// A page that never changes.
#[derive(Debug)]
pub(super) struct Page {
    words: [u64; PAGE],
    hash: OnceLock<u64>,
    /// Packing it was tried, and gained nothing.
    is_dense: AtomicBool,
    /// Counts it while it is there.
    _held: Held,
}

/// The same in fewer bytes.
#[derive(Debug)]
pub(super) struct Packed {
    page: PackedPage,
    hash: OnceLock<u64>,
    _held: Held,
}

impl Page {
    pub(super) fn new(words: &[u64; PAGE], held: &Arc<AtomicUsize>) -> Self {
        let held = Held::new(held, PAGE_BYTES);
        Self { words: *words, hash: OnceLock::new(), is_dense: AtomicBool::new(false), _held: held }
    }

    pub(super) fn words(&self) -> &[u64; PAGE] {
        &self.words
    }

    pub(super) fn hash(&self) -> u64 {
        *self.hash.get_or_init(|| hash_of(&self.words))
    }

    /// The same in fewer bytes, if that is possible.
    pub(super) fn packed(&self, held: &Arc<AtomicUsize>) -> Option<Packed> {
        if self.is_dense.load(Ordering::Relaxed) {
            return None;
        }
        let Some(page) = PackedPage::of(bytemuck::cast_ref(&self.words), &[0; PAGE]) else {
            self.is_dense.store(true, Ordering::Relaxed);
            return None;
        };
        let held = Held::new(held, size_of::<Packed>() + page.size());
        Some(Packed { page, hash: self.hash.clone(), _held: held })
    }
}

impl Packed {
    pub(super) fn unpacked(&self) -> [u64; PAGE] {
        let mut words = [0; PAGE];
        self.page.copy_to(bytemuck::cast_mut(&mut words), &mut [0; PAGE]);
        words
    }

    pub(super) fn hash(&self) -> u64 {
        *self.hash.get_or_init(|| hash_of(&self.unpacked()))
    }
}
