//! Building a tree from entries that come in ascending order: each page is written once.

use std::ops::Range;

use crate::StoreError;
use crate::area::{PageId, Writer, corrupt};
use crate::node::{
    Image, KEY_MAX, ROOM, SLOT, inner_cell, is_inline, put_leaf_cell, put_length, separator,
};
use crate::pages::PagesMut;

use super::{Tree, check_lengths};

/// How full pages are made: nine tenths, so that a few rows find room later.
const FILL: usize = ROOM - ROOM / 10;

/// A tree that is being built, level by level from the leaves up.
///
/// Leaves are written when the next entry does not fit; the first keys of finished nodes, with
/// their pages, are what the level above is made of.
pub(crate) struct Bulk {
    tree: Tree,
    /// The cells of the leaf that is being filled, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// Where the leaf that is being filled will lie, and the one before it.
    leaf: PageId,
    before: PageId,
    /// The key that the leaf being filled is told apart by from the one before.
    first: Vec<u8>,
    /// Where the last key lies among the cells.
    last: Range<usize>,
    count: u64,
    finished: Vec<(Vec<u8>, PageId)>,
}

impl Bulk {
    /// Begins to build a new tree.
    pub(crate) fn new<P: PagesMut>(writer: &mut Writer<'_, P>) -> Result<Self, StoreError> {
        let tree = Tree::create(writer)?;
        Self::into(writer, tree)
    }

    /// Begins to fill a tree that is there and has no entries.
    pub(crate) fn into<P: PagesMut>(
        writer: &mut Writer<'_, P>,
        tree: Tree,
    ) -> Result<Self, StoreError> {
        let leaf = writer.take()?;
        Ok(Self {
            tree,
            cells: Vec::new(),
            ends: Vec::new(),
            leaf,
            before: PageId::NONE,
            first: Vec::new(),
            last: 0..0,
            count: 0,
            finished: Vec::new(),
        })
    }

    /// Adds an entry, or returns `false` when its key is not above the last one.
    pub(crate) fn push<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        key: &[u8],
        value: &[u8],
    ) -> Result<bool, StoreError> {
        check_lengths(key, value)?;
        if self.count > 0 && *key <= self.cells[self.last.clone()] {
            return Ok(false);
        }
        let (start, link);
        let tail = if is_inline(key.len(), value.len()) {
            value
        } else {
            link = writer.put_chain(value)?.bytes();
            &link
        };
        start = self.cells.len();
        put_leaf_cell(&mut self.cells, key, value.len(), tail);
        let end = self.cells.len() - tail.len();
        self.end_cell(writer, start, end - key.len()..end)?;
        Ok(true)
    }

    /// The same with an entry whose key and value, of these lengths, somebody lays behind bytes.
    #[inline]
    pub(crate) fn push_laid<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        (key_len, value_len): (usize, usize),
        lay: impl FnOnce(&mut Vec<u8>),
    ) -> Result<bool, StoreError> {
        if key_len > KEY_MAX || !is_inline(key_len, value_len) {
            let mut both = Vec::with_capacity(key_len + value_len);
            lay(&mut both);
            let (key, value) = both.split_at(key_len);
            return self.push(writer, key, value);
        }
        let start = self.cells.len();
        put_length(&mut self.cells, key_len);
        put_length(&mut self.cells, value_len);
        let key = self.cells.len()..self.cells.len() + key_len;
        lay(&mut self.cells);
        debug_assert_eq!(self.cells.len(), key.end + value_len);
        if self.count > 0 && self.cells[key.clone()] <= self.cells[self.last.clone()] {
            self.cells.truncate(start);
            return Ok(false);
        }
        self.end_cell(writer, start, key)?;
        Ok(true)
    }

    /// Takes up the cell that begins at `start`, in this leaf or, if it has no room, in the next one.
    #[inline]
    fn end_cell<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        start: usize,
        mut key: Range<usize>,
    ) -> Result<(), StoreError> {
        if self.cells.len() + SLOT * (self.ends.len() + 1) > FILL && !self.ends.is_empty() {
            let next = writer.take()?;
            let first = separator(&self.cells[self.last.clone()], &self.cells[key.clone()]);
            let first = first.to_vec();
            self.finish_leaf(writer, next)?;
            self.cells.drain(..start);
            key = key.start - start..key.end - start;
            self.first = first;
            (self.before, self.leaf) = (self.leaf, next);
        }
        self.ends.push(self.cells.len());
        self.count += 1;
        self.last = key;
        Ok(())
    }

    fn finish_leaf<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        next: PageId,
    ) -> Result<(), StoreError> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let cells = starts.zip(&self.ends).map(|(start, end)| &self.cells[start..*end]).collect();
        writer.put_node(self.leaf, &Image { level: 0, left: self.before, right: next, cells })?;
        self.ends.clear();
        self.finished.push((std::mem::take(&mut self.first), self.leaf));
        Ok(())
    }

    /// The tree with all entries.
    pub(crate) fn finish<P: PagesMut>(
        mut self,
        writer: &mut Writer<'_, P>,
    ) -> Result<Tree, StoreError> {
        self.finish_leaf(writer, PageId::NONE)?;
        self.cells.clear();
        let mut level = 0u8;
        let mut nodes = self.finished;
        while nodes.len() > 1 {
            level = level.checked_add(1).ok_or(corrupt(self.tree.root, "is too high"))?;
            nodes = build_level(writer, level, &nodes)?;
        }
        if let Some((_, top)) = nodes.first() {
            let page = *writer.page(*top)?;
            let image = crate::node::Node::of(*top, &page)?.image()?;
            writer.put_node(self.tree.root, &image)?;
            writer.give(*top)?;
        }
        Ok(self.tree)
    }
}

/// The inner nodes above `nodes`, which are more than one. Each gets at least two children.
fn build_level<P: PagesMut>(
    writer: &mut Writer<'_, P>,
    level: u8,
    nodes: &[(Vec<u8>, PageId)],
) -> Result<Vec<(Vec<u8>, PageId)>, StoreError> {
    let mut above = Vec::new();
    let mut rest = nodes;
    while let Some(((first, child), others)) = rest.split_first() {
        let mut cells = Vec::new();
        let mut used = 0;
        for (index, (key, page)) in others.iter().enumerate() {
            let cell = inner_cell(key, *page);
            let is_last = index + 1 == others.len();
            // The last node of the level must not be left alone with one child.
            if used + cell.len() + 2 > ROOM && is_last {
                cells.pop();
                break;
            }
            if used + cell.len() + 2 > FILL && !is_last {
                break;
            }
            used += cell.len() + 2;
            cells.push(cell);
        }
        let cells_len = cells.len();
        let id = writer.take()?;
        let cells = cells.iter().map(Vec::as_slice).collect();
        writer.put_node(id, &Image { level, left: PageId::NONE, right: *child, cells })?;
        above.push((first.clone(), id));
        rest = &others[cells_len..];
    }
    Ok(above)
}
