//! Which pages of the region are in use: the header page, and the list of free pages.
//!
//! Pages are taken from the list, else from after the last page ever used. The list is linked
//! through the free pages themselves.

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt, get_u32, get_u64, kind};
use crate::pages::{PAGE_SIZE, Pages, PagesMut};

/// The first bytes of a store.
const MAGIC: &[u8; 8] = b"PALTABLE";
/// The version of the format. A reader refuses any other.
const VERSION: u32 = 1;

const AT_VERSION: usize = 8;
const AT_LIMIT: usize = 12;
const AT_USED: usize = 16;
const AT_FREE: usize = 20;
const AT_FREE_COUNT: usize = 24;
const AT_CATALOG: usize = 28;
const AT_STAMP: usize = 32;
const AT_NEXT: usize = 40;

/// What of the header tells whether there is a store, and where its catalog is: offsets and lengths.
pub(crate) const CATALOG_PLACES: [(i64, u32); 2] = [(0, 12), (28, 16)];
const _: () = assert!(AT_LIMIT == 12 && AT_CATALOG == 28 && AT_NEXT + 4 == 28 + 16);

/// The link to the next free page, within a free page.
const AT_LINK: usize = 4;

/// How many pages a region has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceUse {
    /// Pages ever used, the header and the free ones included.
    pub used: u32,
    /// Pages that were given back.
    pub free: u32,
    /// The most that may be used.
    pub limit: u32,
}

/// What the header says of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CatalogHead {
    pub(crate) root: PageId,
    /// Renewed by every change of the catalog, from its content: equal stamps, equal catalogs.
    pub(crate) stamp: u64,
    /// The number that the next relation gets.
    pub(crate) next: u32,
}

impl<P: Pages> Reader<'_, P> {
    /// Whether a store of this version begins here.
    #[inline]
    pub(crate) fn check_header(self) -> Result<(), StoreError> {
        let page = self.page(PageId::NONE)?;
        if &page[..8] != MAGIC || get_u32(page, AT_VERSION) != VERSION {
            return Err(StoreError::NoStore);
        }
        Ok(())
    }

    pub(crate) fn space_use(self) -> Result<SpaceUse, StoreError> {
        let page = self.page(PageId::NONE)?;
        let (used, free) = (get_u32(page, AT_USED), get_u32(page, AT_FREE_COUNT));
        Ok(SpaceUse { used, free, limit: get_u32(page, AT_LIMIT) })
    }

    /// The most pages that any walk may see before it must have gone round in a circle.
    pub(crate) fn walk_max(self) -> Result<u32, StoreError> {
        Ok(self.space_use()?.used)
    }

    #[inline]
    pub(crate) fn catalog_head(self) -> Result<CatalogHead, StoreError> {
        let page = self.page(PageId::NONE)?;
        let (root, stamp) = (PageId::read(page, AT_CATALOG), get_u64(page, AT_STAMP));
        Ok(CatalogHead { root, stamp, next: get_u32(page, AT_NEXT) })
    }

    /// The free pages, in the order of the list.
    pub(crate) fn free_pages(self) -> Result<Vec<PageId>, StoreError> {
        let max = self.walk_max()?;
        let mut id = PageId::read(self.page(PageId::NONE)?, AT_FREE);
        let mut pages = Vec::new();
        while !id.is_none() {
            if pages.len() >= max as usize {
                return Err(corrupt(id, "is twice in the list of free pages"));
            }
            pages.push(id);
            id = PageId::read(self.page_of(id, kind::FREE)?, AT_LINK);
        }
        Ok(pages)
    }
}

impl<P: PagesMut> Writer<'_, P> {
    /// Writes the header of a store that may use `limit` pages.
    pub(crate) fn write_header(&mut self, limit: u32) -> Result<(), StoreError> {
        let mut page = [0; PAGE_SIZE];
        page[..8].copy_from_slice(MAGIC);
        page[AT_VERSION..][..4].copy_from_slice(&VERSION.to_le_bytes());
        page[AT_LIMIT..][..4].copy_from_slice(&limit.to_le_bytes());
        page[AT_USED..][..4].copy_from_slice(&1u32.to_le_bytes());
        self.write(PageId::NONE, 0, &page)
    }

    pub(crate) fn set_catalog_head(&mut self, head: CatalogHead) -> Result<(), StoreError> {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&head.root.bytes());
        bytes[4..12].copy_from_slice(&head.stamp.to_le_bytes());
        bytes[12..].copy_from_slice(&head.next.to_le_bytes());
        self.write(PageId::NONE, AT_CATALOG, &bytes)
    }

    /// Takes a page. Its bytes are whatever was there.
    pub(crate) fn take(&mut self) -> Result<PageId, StoreError> {
        let header = self.page(PageId::NONE)?;
        let free = PageId::read(header, AT_FREE);
        if !free.is_none() {
            let count = get_u32(header, AT_FREE_COUNT).saturating_sub(1);
            let next = PageId::read(self.reader().page_of(free, kind::FREE)?, AT_LINK);
            self.set_free(next, count)?;
            return Ok(free);
        }
        let (used, limit) = (get_u32(header, AT_USED), get_u32(header, AT_LIMIT));
        if used >= limit || used == 0 {
            return Err(StoreError::Full { limit });
        }
        self.write(PageId::NONE, AT_USED, &(used + 1).to_le_bytes())?;
        Ok(PageId(used))
    }

    /// Gives a page back.
    pub(crate) fn give(&mut self, id: PageId) -> Result<(), StoreError> {
        let header = self.page(PageId::NONE)?;
        let (first, count) = (PageId::read(header, AT_FREE), get_u32(header, AT_FREE_COUNT));
        if id.is_none() || id.0 >= get_u32(header, AT_USED) {
            return Err(corrupt(id, "was given back but never taken"));
        }
        let mut bytes = [0; 8];
        bytes[0] = kind::FREE;
        bytes[AT_LINK..].copy_from_slice(&first.bytes());
        self.write(id, 0, &bytes)?;
        self.set_free(id, count.saturating_add(1))
    }

    fn set_free(&mut self, first: PageId, count: u32) -> Result<(), StoreError> {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&first.bytes());
        bytes[4..].copy_from_slice(&count.to_le_bytes());
        self.write(PageId::NONE, AT_FREE, &bytes)
    }
}
