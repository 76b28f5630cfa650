//! The store's pages by their numbers, within a region of the tape that begins at `base`.
//!
//! [`Reader`] and [`Writer`] hold nothing of their own. Which pages are free is left to `space`.

use crate::StoreError;
use crate::pages::{PAGE_SIZE, PAGE_STEP, Pages, PagesMut};

/// A page of the store: how many pages after the first of its region it lies. 0 is the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId(pub(crate) u32);

impl PageId {
    /// The header, and what stands for "no page" in links.
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// The link at `offset` of a page.
    #[inline]
    pub(crate) fn read(page: &[u8; PAGE_SIZE], offset: usize) -> Self {
        Self(get_u32(page, offset))
    }
}

impl std::fmt::Display for PageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a page is, in its first byte.
pub(crate) mod kind {
    pub(crate) const LEAF: u8 = 1;
    pub(crate) const INNER: u8 = 2;
    pub(crate) const CHAIN: u8 = 3;
    pub(crate) const FREE: u8 = 4;
    pub(crate) const RELATION: u8 = 5;
    pub(crate) const BUCKET: u8 = 6;
    pub(crate) const HASH_HEAD: u8 = 7;
    pub(crate) const HASH_DIRECTORY: u8 = 8;
}

#[inline]
pub(crate) fn get_u16(page: &[u8; PAGE_SIZE], offset: usize) -> usize {
    usize::from(u16::from_le_bytes([page[offset], page[offset + 1]]))
}

#[inline]
pub(crate) fn get_u32(page: &[u8; PAGE_SIZE], offset: usize) -> u32 {
    u32::from_le_bytes([page[offset], page[offset + 1], page[offset + 2], page[offset + 3]])
}

#[inline]
pub(crate) fn get_u64(page: &[u8; PAGE_SIZE], offset: usize) -> u64 {
    u64::from(get_u32(page, offset)) | u64::from(get_u32(page, offset + 4)) << 32
}

/// A number that is at most [`PAGE_SIZE`], as it stands on pages.
#[expect(clippy::cast_possible_truncation, reason = "offsets and counts within a page")]
pub(crate) const fn small(number: usize) -> u16 {
    number as u16
}

/// Pages to read.
#[derive(Debug)]
pub(crate) struct Reader<'p, P> {
    pages: &'p P,
    base: i64,
}

impl<P> Clone for Reader<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Reader<'_, P> {}

impl<'p, P: Pages> Reader<'p, P> {
    pub(crate) const fn new(pages: &'p P, base: i64) -> Self {
        Self { pages, base }
    }

    /// Says that work goes on, which keeps so many more bytes.
    pub(crate) fn spend(self, bytes: usize) -> Result<(), StoreError> {
        Ok(self.pages.spend(bytes)?)
    }

    #[inline(always)]
    pub(crate) fn page(self, id: PageId) -> Result<&'p [u8; PAGE_SIZE], StoreError> {
        Ok(self.pages.page(position(self.base, id, 0))?)
    }

    /// The page, which must be of that kind.
    #[inline]
    pub(crate) fn page_of(self, id: PageId, kind: u8) -> Result<&'p [u8; PAGE_SIZE], StoreError> {
        let page = self.page(id)?;
        if page[0] == kind { Ok(page) } else { Err(corrupt(id, "is of another kind")) }
    }
}

/// Pages to write.
#[derive(Debug)]
pub(crate) struct Writer<'p, P> {
    pages: &'p mut P,
    base: i64,
}

impl<'p, P: PagesMut> Writer<'p, P> {
    pub(crate) const fn new(pages: &'p mut P, base: i64) -> Self {
        Self { pages, base }
    }

    pub(crate) const fn reader(&self) -> Reader<'_, P> {
        Reader { pages: self.pages, base: self.base }
    }

    #[inline]
    pub(crate) fn page(&self, id: PageId) -> Result<&[u8; PAGE_SIZE], StoreError> {
        self.reader().page(id)
    }

    /// Writes bytes that must end within the page.
    #[inline]
    pub(crate) fn write(
        &mut self,
        id: PageId,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        debug_assert!(offset + bytes.len() <= PAGE_SIZE);
        Ok(self.pages.write(position(self.base, id, offset), bytes)?)
    }
}

/// The position of a byte of a page. The base is such that all pages end on the tape.
#[inline]
fn position(base: i64, id: PageId, offset: usize) -> i64 {
    let within = i64::from(id.0) * PAGE_STEP + i64::try_from(offset).unwrap_or(0);
    base.wrapping_add(within)
}

/// The bytes of a page are not what the store wrote.
#[cold]
pub(crate) const fn corrupt(page: PageId, what: &'static str) -> StoreError {
    StoreError::Corrupt { page, what }
}
