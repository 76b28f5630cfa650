//! A page of a past state: its words, and when each was written. Packed, it is smaller.

use std::cmp::Ordering;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use tape::{PackedPage, Period};

use super::memory::PAGE;
use super::pages::{Held, hash_of};

/// What a page takes.
pub(super) const PAGE_BYTES: usize = size_of::<Page>();

/// A page that never changes.
#[derive(Debug)]
pub(super) struct Page {
    words: [u64; PAGE],
    /// In which part of the era each word was written last, at the latest.
    parts: [u8; PAGE],
    era: u8,
    hash: OnceLock<u64>,
    /// Counts it while it is there.
    _held: Held,
}

/// The same in fewer bytes.
#[derive(Debug)]
pub(super) struct Packed {
    page: PackedPage,
    era: u8,
    hash: OnceLock<u64>,
    _held: Held,
}

impl Page {
    /// A page all of which was written by now.
    pub(super) fn whole(words: &[u64; PAGE], now: Period, held: &Arc<AtomicUsize>) -> Self {
        Self::new(words, [now.part(); PAGE], now.era(), held)
    }

    /// A page that was like another one, before words of it were written by now.
    pub(super) fn touched(
        words: &[u64; PAGE],
        (era, parts): (u8, &[u8; PAGE]),
        touched: &[u8; PAGE],
        now: Period,
        held: &Arc<AtomicUsize>,
    ) -> Self {
        let mut parts = match era.cmp(&now.era()) {
            // Before the era began.
            Ordering::Less => [0; PAGE],
            Ordering::Equal => *parts,
            // It was not known when.
            Ordering::Greater => [now.part(); PAGE],
        };
        for (part, touched) in parts.iter_mut().zip(touched) {
            *part = if *touched == 0 { *part } else { now.part() };
        }
        Self::new(words, parts, now.era(), held)
    }

    fn new(words: &[u64; PAGE], parts: [u8; PAGE], era: u8, held: &Arc<AtomicUsize>) -> Self {
        let held = Held::new(held, PAGE_BYTES);
        Self { words: *words, parts, era, hash: OnceLock::new(), _held: held }
    }

    pub(super) fn words(&self) -> &[u64; PAGE] {
        &self.words
    }

    /// The era, and in which part of it each word was written.
    pub(super) fn parts(&self) -> (u8, [u8; PAGE]) {
        (self.era, self.parts)
    }

    /// When a word was written last, at the latest.
    pub(super) fn written(&self, word: usize) -> Period {
        Period::new(self.era, self.parts[word])
    }

    pub(super) fn hash(&self) -> u64 {
        *self.hash.get_or_init(|| hash_of(&self.words))
    }

    /// The same in fewer bytes, if that is possible.
    pub(super) fn packed(&self, held: &Arc<AtomicUsize>) -> Option<Packed> {
        let page = PackedPage::of(bytemuck::cast_ref(&self.words), &self.parts)?;
        let held = Held::new(held, size_of::<Packed>() + page.size());
        Some(Packed { page, era: self.era, hash: self.hash.clone(), _held: held })
    }
}

impl Packed {
    /// Its words, and in which part of the era each was written.
    pub(super) fn unpacked(&self) -> ([u64; PAGE], [u8; PAGE]) {
        let (mut words, mut parts) = ([0; PAGE], [0; PAGE]);
        self.page.copy_to(bytemuck::cast_mut(&mut words), &mut parts);
        (words, parts)
    }

    /// The era, and in which part of it each word was written.
    pub(super) fn parts(&self) -> (u8, [u8; PAGE]) {
        (self.era, self.unpacked().1)
    }

    /// When a word was written last, at the latest.
    pub(super) fn written(&self, word: usize) -> Period {
        Period::new(self.era, self.unpacked().1[word])
    }

    pub(super) fn hash(&self) -> u64 {
        *self.hash.get_or_init(|| hash_of(&self.unpacked().0))
    }
}
