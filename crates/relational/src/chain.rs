//! Values too long for a leaf: chains of pages, each with a link to the next.

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt, kind};
use crate::pages::{PAGE_SIZE, Pages, PagesMut};

const AT_LINK: usize = 4;
const AT_BYTES: usize = 8;
const ROOM: usize = PAGE_SIZE - AT_BYTES;

impl<P: Pages> Reader<'_, P> {
    /// The `len` bytes of a chain.
    pub(crate) fn chain(self, first: PageId, len: usize) -> Result<Vec<u8>, StoreError> {
        if len.div_ceil(ROOM) > self.walk_max()? as usize {
            return Err(corrupt(first, "is the chain of a value longer than the store"));
        }
        let mut bytes = Vec::with_capacity(len);
        let mut id = first;
        while bytes.len() < len {
            let page = self.page_of(id, kind::CHAIN)?;
            let now = (len - bytes.len()).min(ROOM);
            bytes.extend_from_slice(&page[AT_BYTES..AT_BYTES + now]);
            id = PageId::read(page, AT_LINK);
        }
        Ok(bytes)
    }

    /// The pages of a chain that holds `len` bytes.
    pub(crate) fn chain_pages(self, first: PageId, len: usize) -> Result<Vec<PageId>, StoreError> {
        let (count, mut id) = (len.div_ceil(ROOM), first);
        if count > self.walk_max()? as usize {
            return Err(corrupt(first, "is the chain of a value longer than the store"));
        }
        let mut pages = Vec::with_capacity(count);
        for _ in 0..count {
            pages.push(id);
            id = PageId::read(self.page_of(id, kind::CHAIN)?, AT_LINK);
        }
        Ok(pages)
    }
}

impl<P: PagesMut> Writer<'_, P> {
    /// Writes bytes, at least one, to a new chain, and returns its first page.
    pub(crate) fn put_chain(&mut self, bytes: &[u8]) -> Result<PageId, StoreError> {
        let mut next = PageId::NONE;
        for part in bytes.chunks(ROOM).rev() {
            let id = self.take()?;
            let mut page = [0; PAGE_SIZE];
            page[0] = kind::CHAIN;
            page[AT_LINK..AT_BYTES].copy_from_slice(&next.bytes());
            page[AT_BYTES..][..part.len()].copy_from_slice(part);
            self.write(id, 0, &page[..AT_BYTES + part.len()])?;
            next = id;
        }
        Ok(next)
    }

    /// Gives the pages of a chain back.
    pub(crate) fn drop_chain(&mut self, first: PageId, len: usize) -> Result<(), StoreError> {
        for id in self.reader().chain_pages(first, len)? {
            self.give(id)?;
        }
        Ok(())
    }
}
