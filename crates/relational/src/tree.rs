//! B+trees: sorted maps from keys to values, both bytes, on pages.
//!
//! The root keeps its page for the tree's whole life. What happens when a node is too full or too
//! empty is in `balance`; walks are in `scan`; `bulk` builds a tree at once; `verify` checks one.
//! After Comer, *The Ubiquitous B-Tree*, ACM Computing Surveys 11 (1979), with separators as short
//! as they can be (Bayer and Unterauer, *Prefix B-Trees*, ACM TODS 2 (1977)).

mod balance;
mod bulk;
mod diff;
#[cfg(test)]
mod model;
mod scan;
mod trace;
mod verify;

use std::borrow::Cow;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer};
use crate::node::{
    Image, KEY_MAX, Node, Place, Rising, SHORT_CELL, USED_MIN, is_inline, leaf_cell, short_cell,
};
use crate::pages::{Pages, PagesMut};

pub(crate) use bulk::Bulk;
pub(crate) use diff::diff;
pub(crate) use scan::{Backward, Bounds, Forward, after_prefix};
pub(crate) use trace::Trace;

/// Bytes of a value, where they lie or gathered from a chain.
pub(crate) type Bytes<'p> = Cow<'p, [u8]>;

/// A B+tree, by its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) root: PageId,
}

/// What putting a value did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Added,
    Replaced,
    /// The key is there; nothing was written.
    Kept,
}

/// An entry, where it lies.
pub(crate) struct Found<'p> {
    pub(crate) id: PageId,
    /// Its value, and where in the page it lies, unless that is in a chain.
    pub(crate) value: Option<(usize, &'p [u8])>,
}

impl Tree {
    /// An empty tree.
    pub(crate) fn create<P: PagesMut>(writer: &mut Writer<'_, P>) -> Result<Self, StoreError> {
        let root = writer.take()?;
        writer.put_node(root, &empty_leaf())?;
        Ok(Self { root })
    }

    /// The leaf where `key` is or would be.
    #[inline]
    fn leaf<'p, P: Pages>(self, reader: Reader<'p, P>, key: &[u8]) -> Result<Node<'p>, StoreError> {
        Ok(self.search(reader, key)?.0)
    }

    /// The leaf where `key` is or would be, its place there, and whether it is there.
    #[inline]
    fn search<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        key: &[u8],
    ) -> Result<(Node<'p>, usize, bool), StoreError> {
        let (mut node, mut within) = (Node::read(reader, self.root)?, None);
        while !node.is_leaf() {
            let index;
            (index, within) = node.child_within(key, within)?;
            node = node.descend(reader, index)?;
        }
        let (index, found) = node.search_within(key, within)?;
        Ok((node, index, found))
    }

    /// The value of `key`.
    #[inline]
    pub(crate) fn get<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        key: &[u8],
    ) -> Result<Option<Bytes<'p>>, StoreError> {
        let (leaf, index, found) = self.search(reader, key)?;
        if found { Ok(Some(bytes_of(reader, leaf.entry(index)?.1)?)) } else { Ok(None) }
    }

    /// Where `key` is, if it is there.
    #[inline]
    pub(crate) fn find<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        key: &[u8],
    ) -> Result<Option<Found<'p>>, StoreError> {
        let (leaf, index, found) = self.search(reader, key)?;
        if !found {
            return Ok(None);
        }
        Ok(Some(Found { id: leaf.id, value: leaf.value_at(index)? }))
    }

    /// Whether `key` is there.
    pub(crate) fn has<P: Pages>(
        self,
        reader: Reader<'_, P>,
        key: &[u8],
    ) -> Result<bool, StoreError> {
        Ok(self.search(reader, key)?.2)
    }

    /// Sets the value of `key`.
    pub(crate) fn put<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
    ) -> Result<Put, StoreError> {
        self.insert(writer, key, value, true)
    }

    /// Sets the value of `key` unless it has one.
    pub(crate) fn add<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
    ) -> Result<Put, StoreError> {
        self.insert(writer, key, value, false)
    }

    fn insert<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
        may_replace: bool,
    ) -> Result<Put, StoreError> {
        check_lengths(key, value)?;
        let mut short = [0; SHORT_CELL];
        let short = short_cell(key, value, &mut short).map(|len| &short[..len]);
        let rising = Rising::new(key);
        let mut leaf = Node::read(writer.reader(), self.root)?;
        while !leaf.is_leaf() {
            leaf = leaf.descend(writer.reader(), leaf.child_rising(rising)?)?;
        }
        let (index, found) = leaf.search_rising(rising)?;
        let id = leaf.id;
        if let Some(cell) = short
            && index == leaf.count()
            && let Some(gap) = leaf.gap(cell.len())
        {
            writer.append_cell(id, cell, gap)?;
            return Ok(Put::Added);
        }
        if found {
            if !may_replace {
                return Ok(Put::Kept);
            }
            if let Some((at, old)) = leaf.value_at(index)?
                && old.len() == value.len()
            {
                if old != value {
                    writer.write(id, at, value)?;
                }
                return Ok(Put::Replaced);
            }
            if let (_, Place::Chain { first, len }) = leaf.entry(index)? {
                writer.drop_chain(first, len)?;
            }
            writer.cut_cell(id, index)?;
        }
        let long;
        let cell = if let Some(cell) = short {
            cell
        } else if is_inline(key.len(), value.len()) {
            long = leaf_cell(key, value.len(), value);
            &long
        } else {
            let first = writer.put_chain(value)?;
            long = leaf_cell(key, value.len(), &first.bytes());
            &long
        };
        if !writer.put_cell(id, index, cell)? {
            self.split(writer, key, id, index, cell.to_vec())?;
        } else if found {
            self.lift(writer, key, id)?;
        }
        Ok(if found { Put::Replaced } else { Put::Added })
    }

    /// Takes `key` out, and says whether it was there.
    pub(crate) fn remove<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
    ) -> Result<bool, StoreError> {
        let (leaf, index, found) = self.search(writer.reader(), key)?;
        if !found {
            return Ok(false);
        }
        let id = leaf.id;
        if let (_, Place::Chain { first, len }) = leaf.entry(index)? {
            writer.drop_chain(first, len)?;
        }
        writer.cut_cell(id, index)?;
        self.lift(writer, key, id)?;
        Ok(true)
    }

    /// Merges a leaf that has become too empty.
    fn lift<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        id: PageId,
    ) -> Result<(), StoreError> {
        if id != self.root && Node::read(writer.reader(), id)?.used() < USED_MIN {
            self.rebalance(writer, key, id)?;
        }
        Ok(())
    }

    /// Gives all pages back.
    pub(crate) fn destroy<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        for id in self.pages(writer.reader())? {
            writer.give(id)?;
        }
        Ok(())
    }

    /// Takes all entries out.
    pub(crate) fn clear<P: PagesMut>(self, writer: &mut Writer<'_, P>) -> Result<(), StoreError> {
        for id in self.pages(writer.reader())? {
            if id != self.root {
                writer.give(id)?;
            }
        }
        writer.put_node(self.root, &empty_leaf())
    }

    /// All pages, those of chains included.
    pub(crate) fn pages<P: Pages>(self, reader: Reader<'_, P>) -> Result<Vec<PageId>, StoreError> {
        let max = reader.walk_max()? as usize;
        let mut pages = vec![self.root];
        let mut done = 0;
        while let Some(id) = pages.get(done).copied() {
            done += 1;
            let node = Node::read(reader, id)?;
            if pages.len() > max {
                return Err(crate::area::corrupt(id, "is reached twice"));
            }
            if !node.is_leaf() {
                for index in 0..=node.count() {
                    pages.push(node.descend(reader, index)?.id);
                }
            }
        }
        for index in 0..pages.len() {
            let node = Node::read(reader, pages[index])?;
            if node.is_leaf() {
                for cell in 0..node.count() {
                    if let (_, Place::Chain { first, len }) = node.entry(cell)? {
                        pages.extend(reader.chain_pages(first, len)?);
                    }
                }
            }
        }
        Ok(pages)
    }
}

/// The bytes of a value.
#[inline]
pub(crate) fn bytes_of<'p, P: Pages>(
    reader: Reader<'p, P>,
    place: Place<'p>,
) -> Result<Bytes<'p>, StoreError> {
    match place {
        Place::Here(bytes) => Ok(Cow::Borrowed(bytes)),
        Place::Chain { first, len } => Ok(Cow::Owned(reader.chain(first, len)?)),
    }
}

/// The longest value: 1 GiB.
pub const VALUE_MAX: usize = 1 << 30;

fn check_lengths(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    if key.len() > KEY_MAX {
        return Err(StoreError::KeyTooLong { len: key.len() });
    }
    if value.len() > VALUE_MAX {
        return Err(StoreError::ValueTooLong { len: value.len() });
    }
    Ok(())
}

const fn empty_leaf() -> Image<'static> {
    Image { level: 0, left: PageId::NONE, right: PageId::NONE, cells: Vec::new() }
}
