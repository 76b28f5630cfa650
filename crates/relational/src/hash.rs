//! Hash tables on pages, which grow one bucket at a time.
//!
//! After Litwin, *Linear Hashing: A New Tool for File and Table Addressing*, VLDB 1980. The head
//! lists directory pages, those list the buckets' pages; a bucket that is full goes on in another
//! page. Entries are a key and what it leads to; the same key may lead to several things.

use xxhash_rust::xxh3::xxh3_64;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt, get_u16, get_u32, get_u64, kind, small};
use crate::pages::{PAGE_SIZE, Pages, PagesMut};

/// Of the head: how many buckets there are, how many entries, and the directory.
const AT_BUCKETS: usize = 4;
const AT_COUNT: usize = 8;
const AT_PAGES: usize = 16;
/// Of a directory page: its buckets.
const AT_LINKS: usize = 4;
const LINKS: u32 = 1023;
/// How many buckets there are at most; more entries make them longer.
const BUCKETS_MAX: u32 = 1020 * LINKS;
/// Of a bucket's page: bytes in use, the next page, and the entries.
const AT_USED: usize = 2;
const AT_NEXT: usize = 4;
const AT_ENTRIES: usize = 8;
/// How many bytes an entry takes besides key and value.
const ENTRY: usize = 4;
/// A bucket is split when there are more entries than this for each.
const LOAD: u64 = 40;

/// A hash table, by its head page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HashTable {
    pub(crate) head: PageId,
}

/// An entry within a bucket's page.
struct Entry<'p> {
    key: &'p [u8],
    value: &'p [u8],
    start: usize,
    end: usize,
}

impl HashTable {
    /// An empty table of one bucket.
    pub(crate) fn create<P: PagesMut>(writer: &mut Writer<'_, P>) -> Result<Self, StoreError> {
        let table = Self { head: writer.take()? };
        table.start(writer)?;
        Ok(table)
    }

    /// Takes all entries out.
    pub(crate) fn clear<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        for id in self.pages(writer.reader())?.into_iter().skip(1) {
            writer.give(id)?;
        }
        self.start(writer)
    }

    /// Writes the head of a table of one empty bucket.
    fn start<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        let (directory, bucket) = (writer.take()?, new_bucket(writer)?);
        let mut page = [0; AT_PAGES + 4];
        page[0] = kind::HASH_HEAD;
        page[AT_BUCKETS..AT_COUNT].copy_from_slice(&1u32.to_le_bytes());
        page[AT_PAGES..].copy_from_slice(&directory.bytes());
        writer.write(self.head, 0, &page)?;
        writer.write(directory, 0, &[kind::HASH_DIRECTORY, 0, 0, 0])?;
        writer.write(directory, AT_LINKS, &bucket.bytes())
    }

    fn buckets<P: Pages>(self, reader: Reader<'_, P>) -> Result<u32, StoreError> {
        let count = get_u32(reader.page_of(self.head, kind::HASH_HEAD)?, AT_BUCKETS);
        if (1..=BUCKETS_MAX).contains(&count) {
            Ok(count)
        } else {
            Err(corrupt(self.head, "counts its buckets wrongly"))
        }
    }

    /// The page of the directory that lists a bucket, and where it stands on it.
    fn link<P: Pages>(
        self,
        reader: Reader<'_, P>,
        bucket: u32,
    ) -> Result<(PageId, usize), StoreError> {
        let page = reader.page_of(self.head, kind::HASH_HEAD)?;
        let directory = PageId::read(page, AT_PAGES + 4 * (bucket / LINKS) as usize);
        Ok((directory, AT_LINKS + 4 * (bucket % LINKS) as usize))
    }

    fn bucket<P: Pages>(self, reader: Reader<'_, P>, bucket: u32) -> Result<PageId, StoreError> {
        let (directory, at) = self.link(reader, bucket)?;
        Ok(PageId::read(reader.page_of(directory, kind::HASH_DIRECTORY)?, at))
    }

    /// The first page of the bucket for a key.
    fn bucket_of<P: Pages>(self, reader: Reader<'_, P>, key: &[u8]) -> Result<PageId, StoreError> {
        self.bucket(reader, bucket_number(key, self.buckets(reader)?))
    }

    /// What a key leads to, in no order that means anything.
    pub(crate) fn find<P: Pages>(
        self,
        reader: Reader<'_, P>,
        key: &[u8],
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = Vec::new();
        for id in chain(reader, self.bucket_of(reader, key)?)? {
            for entry in entries(id, reader.page(id)?)? {
                if entry.key == key {
                    found.push(entry.value.to_vec());
                }
            }
        }
        Ok(found)
    }

    /// Adds an entry. Both parts together must be shorter than a page less its head.
    pub(crate) fn add<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), StoreError> {
        let bucket = self.bucket_of(writer.reader(), key)?;
        put_entry(writer, bucket, key, value)?;
        let count = get_u64(writer.page(self.head)?, AT_COUNT).wrapping_add(1);
        writer.write(self.head, AT_COUNT, &count.to_le_bytes())?;
        let buckets = self.buckets(writer.reader())?;
        if count > LOAD.saturating_mul(u64::from(buckets)) && buckets < BUCKETS_MAX {
            self.split(writer, buckets)?;
        }
        Ok(())
    }

    /// Takes an entry out, and says whether it was there.
    pub(crate) fn remove<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
    ) -> Result<bool, StoreError> {
        let bucket = self.bucket_of(writer.reader(), key)?;
        let mut before = None;
        for id in chain(writer.reader(), bucket)? {
            let page = *writer.page(id)?;
            let found = entries(id, &page)?.into_iter();
            let Some(entry) = found.into_iter().find(|e| e.key == key && e.value == value) else {
                before = Some(id);
                continue;
            };
            let used = get_u16(&page, AT_USED);
            let rest = page.get(entry.end..AT_ENTRIES + used);
            let rest = rest.ok_or(corrupt(id, "has an entry that runs over its end"))?;
            if !rest.is_empty() {
                writer.write(id, entry.start, rest)?;
            }
            let used = used.saturating_sub(entry.end - entry.start);
            writer.write(id, AT_USED, &small(used).to_le_bytes())?;
            if let (0, Some(before)) = (used, before) {
                writer.write(before, AT_NEXT, &page[AT_NEXT..AT_ENTRIES])?;
                writer.give(id)?;
            }
            let count = get_u64(writer.page(self.head)?, AT_COUNT).saturating_sub(1);
            writer.write(self.head, AT_COUNT, &count.to_le_bytes())?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Makes one more bucket, of half of the one whose turn it is.
    fn split<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        buckets: u32,
    ) -> Result<(), StoreError> {
        if buckets.is_multiple_of(LINKS) {
            let directory = writer.take()?;
            writer.write(directory, 0, &[kind::HASH_DIRECTORY, 0, 0, 0])?;
            let at = AT_PAGES + 4 * (buckets / LINKS) as usize;
            writer.write(self.head, at, &directory.bytes())?;
        }
        // The bucket that the new one's entries were in until now.
        let old_number = buckets - (1 << buckets.ilog2());
        let first = self.bucket(writer.reader(), old_number)?;
        let mut all = Vec::new();
        let pages = chain(writer.reader(), first)?;
        for id in &pages {
            for entry in entries(*id, writer.page(*id)?)? {
                all.push((entry.key.to_vec(), entry.value.to_vec()));
            }
        }
        for id in pages.iter().skip(1) {
            writer.give(*id)?;
        }
        writer.write(first, 0, &empty_bucket())?;
        let new = new_bucket(writer)?;
        let (directory, at) = self.link(writer.reader(), buckets)?;
        writer.write(directory, at, &new.bytes())?;
        writer.write(self.head, AT_BUCKETS, &(buckets + 1).to_le_bytes())?;
        for (key, value) in all {
            let is_new = bucket_number(&key, buckets + 1) == buckets;
            put_entry(writer, if is_new { new } else { first }, &key, &value)?;
        }
        Ok(())
    }

    /// Checks that every entry is in its bucket, and counts them.
    pub(crate) fn verify<P: Pages>(self, reader: Reader<'_, P>) -> Result<u64, StoreError> {
        let (buckets, mut count) = (self.buckets(reader)?, 0);
        for bucket in 0..buckets {
            for id in chain(reader, self.bucket(reader, bucket)?)? {
                for entry in entries(id, reader.page(id)?)? {
                    count += 1;
                    if bucket_number(entry.key, buckets) != bucket {
                        return Err(corrupt(id, "has an entry of another bucket"));
                    }
                }
            }
        }
        if count != get_u64(reader.page_of(self.head, kind::HASH_HEAD)?, AT_COUNT) {
            return Err(corrupt(self.head, "counts its entries wrongly"));
        }
        Ok(count)
    }

    /// All pages.
    pub(crate) fn pages<P: Pages>(self, reader: Reader<'_, P>) -> Result<Vec<PageId>, StoreError> {
        let mut pages = vec![self.head];
        let buckets = self.buckets(reader)?;
        for bucket in 0..buckets {
            let (directory, _) = self.link(reader, bucket)?;
            if bucket.is_multiple_of(LINKS) {
                pages.push(directory);
            }
            pages.extend(chain(reader, self.bucket(reader, bucket)?)?);
        }
        Ok(pages)
    }
}

/// Which of so many buckets a key belongs in: by the lower bits of its hash, one bit less where the
/// bucket is not there yet.
fn bucket_number(key: &[u8], buckets: u32) -> u32 {
    let mask = buckets.next_power_of_two() - 1;
    let hash = u32::try_from(xxh3_64(key) & u64::from(u32::MAX)).unwrap_or(0);
    let number = hash & mask;
    if number < buckets { number } else { number & (mask >> 1) }
}

const fn empty_bucket() -> [u8; AT_ENTRIES] {
    [kind::BUCKET, 0, 0, 0, 0, 0, 0, 0]
}

fn new_bucket<P: PagesMut>(writer: &mut Writer<'_, P>) -> Result<PageId, StoreError> {
    let id = writer.take()?;
    writer.write(id, 0, &empty_bucket())?;
    Ok(id)
}

/// The pages of a bucket.
fn chain<P: Pages>(reader: Reader<'_, P>, first: PageId) -> Result<Vec<PageId>, StoreError> {
    let max = reader.walk_max()? as usize;
    let (mut pages, mut id) = (vec![first], first);
    loop {
        id = PageId::read(reader.page_of(id, kind::BUCKET)?, AT_NEXT);
        if id.is_none() {
            return Ok(pages);
        }
        if pages.len() > max {
            return Err(corrupt(id, "is linked in a circle"));
        }
        pages.push(id);
    }
}

fn entries(id: PageId, page: &[u8; PAGE_SIZE]) -> Result<Vec<Entry<'_>>, StoreError> {
    let broken = || corrupt(id, "has an entry that runs over its end");
    let end = AT_ENTRIES + get_u16(page, AT_USED);
    let mut at = AT_ENTRIES;
    let mut entries = Vec::new();
    while at < end {
        let lengths = page.get(at..at + ENTRY).ok_or_else(broken)?;
        let key_len = usize::from(u16::from_le_bytes([lengths[0], lengths[1]]));
        let value_len = usize::from(u16::from_le_bytes([lengths[2], lengths[3]]));
        let start = at;
        let key = page.get(at + ENTRY..at + ENTRY + key_len).ok_or_else(broken)?;
        at += ENTRY + key_len;
        let value = page.get(at..at + value_len).ok_or_else(broken)?;
        at += value_len;
        entries.push(Entry { key, value, start, end: at });
    }
    Ok(entries)
}

/// Writes an entry into the first page of a bucket that has room for it.
fn put_entry<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    first: PageId,
    key: &[u8],
    value: &[u8],
) -> Result<(), StoreError> {
    let mut bytes = Vec::with_capacity(ENTRY + key.len() + value.len());
    bytes.extend_from_slice(&small(key.len()).to_le_bytes());
    bytes.extend_from_slice(&small(value.len()).to_le_bytes());
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(value);
    let pages = chain(writer.reader(), first)?;
    let mut last = first;
    for id in pages {
        let used = get_u16(writer.page(id)?, AT_USED);
        if AT_ENTRIES + used + bytes.len() <= PAGE_SIZE {
            writer.write(id, AT_ENTRIES + used, &bytes)?;
            return writer.write(id, AT_USED, &small(used + bytes.len()).to_le_bytes());
        }
        last = id;
    }
    let id = new_bucket(writer)?;
    writer.write(last, AT_NEXT, &id.bytes())?;
    writer.write(id, AT_ENTRIES, &bytes)?;
    writer.write(id, AT_USED, &small(bytes.len()).to_le_bytes())
}
