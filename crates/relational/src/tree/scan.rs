//! Walks over a tree in the order of its keys, either way.

use std::ops::{Bound, Range};

use crate::StoreError;
use crate::area::{PageId, Reader, corrupt};
use crate::node::Node;
use crate::pages::Pages;

use super::{Bytes, Tree, bytes_of};

/// Between which keys to walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) lower: Bound<Vec<u8>>,
    pub(crate) upper: Bound<Vec<u8>>,
}

impl Bounds {
    pub(crate) const ALL: Self = Self { lower: Bound::Unbounded, upper: Bound::Unbounded };

    /// All keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &[u8]) -> Self {
        Self { lower: Bound::Included(prefix.to_vec()), upper: after_prefix(prefix) }
    }

    /// Whether no key can lie between them.
    fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Bound::Included(low), Bound::Included(high)) => low > high,
            (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high))
            | (Bound::Excluded(low), Bound::Included(high)) => low >= high,
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        }
    }
}

/// Below which key all keys that begin with `prefix` lie.
pub(crate) fn after_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut above = prefix.to_vec();
    while let Some(last) = above.pop() {
        if last < u8::MAX {
            above.push(last + 1);
            return Bound::Excluded(above);
        }
    }
    Bound::Unbounded
}

/// The place of the first key at or after a lower bound, or after an upper one.
fn place(node: Node<'_>, key: &[u8], behind: bool) -> Result<usize, StoreError> {
    let (index, found) = node.search(key)?;
    Ok(if found && behind { index + 1 } else { index })
}

/// Entries in ascending order.
#[derive(Debug)]
pub(crate) struct Forward<'p, P> {
    reader: Reader<'p, P>,
    upper: Bound<Vec<u8>>,
    leaf: Option<Node<'p>>,
    index: usize,
    end: usize,
    /// Leaves that may still come before the walk must be going round in a circle.
    leaves_left: u32,
}

/// Entries in descending order.
#[derive(Debug)]
pub(crate) struct Backward<'p, P> {
    reader: Reader<'p, P>,
    lower: Bound<Vec<u8>>,
    leaf: Option<Node<'p>>,
    start: usize,
    index: usize,
    leaves_left: u32,
}

impl Tree {
    /// The leaf at one end.
    pub(super) fn edge<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        last: bool,
    ) -> Result<Node<'p>, StoreError> {
        let mut node = Node::read(reader, self.root)?;
        while !node.is_leaf() {
            node = node.descend(reader, if last { node.count() } else { 0 })?;
        }
        Ok(node)
    }

    /// Walks up from the lower bound.
    pub(crate) fn scan<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        bounds: Bounds,
    ) -> Result<Forward<'p, P>, StoreError> {
        let leaves_left = reader.walk_max()?;
        let is_empty = bounds.is_empty();
        let upper = bounds.upper;
        let mut scan = Forward { reader, upper, leaf: None, index: 0, end: 0, leaves_left };
        if is_empty {
            return Ok(scan);
        }
        let (leaf, index) = match &bounds.lower {
            Bound::Unbounded => (self.edge(reader, false)?, 0),
            Bound::Included(key) => {
                let leaf = self.leaf(reader, key)?;
                (leaf, place(leaf, key, false)?)
            }
            Bound::Excluded(key) => {
                let leaf = self.leaf(reader, key)?;
                (leaf, place(leaf, key, true)?)
            }
        };
        scan.enter(leaf, index)?;
        Ok(scan)
    }

    /// Walks down from the upper bound.
    pub(crate) fn scan_back<'p, P: Pages>(
        self,
        reader: Reader<'p, P>,
        bounds: Bounds,
    ) -> Result<Backward<'p, P>, StoreError> {
        let leaves_left = reader.walk_max()?;
        let is_empty = bounds.is_empty();
        let lower = bounds.lower;
        let mut scan = Backward { reader, lower, leaf: None, start: 0, index: 0, leaves_left };
        if is_empty {
            return Ok(scan);
        }
        let (leaf, index) = match &bounds.upper {
            Bound::Unbounded => {
                let leaf = self.edge(reader, true)?;
                (leaf, leaf.count())
            }
            Bound::Included(key) => {
                let leaf = self.leaf(reader, key)?;
                (leaf, place(leaf, key, true)?)
            }
            Bound::Excluded(key) => {
                let leaf = self.leaf(reader, key)?;
                (leaf, place(leaf, key, false)?)
            }
        };
        scan.enter(leaf, index)?;
        Ok(scan)
    }

    /// About which share of the entries lies between the bounds, guessed from the places of the
    /// bounds in the nodes on the way to them. Costs two ways down.
    pub(crate) fn estimate<P: Pages>(
        self,
        reader: Reader<'_, P>,
        bounds: &Bounds,
    ) -> Result<f64, StoreError> {
        if bounds.is_empty() {
            return Ok(0.0);
        }
        let low = match &bounds.lower {
            Bound::Unbounded => 0.0,
            Bound::Included(key) => self.share(reader, key, false)?,
            Bound::Excluded(key) => self.share(reader, key, true)?,
        };
        let high = match &bounds.upper {
            Bound::Unbounded => 1.0,
            Bound::Included(key) => self.share(reader, key, true)?,
            Bound::Excluded(key) => self.share(reader, key, false)?,
        };
        Ok((high - low).max(0.0))
    }

    /// Which part of the tree lies before `key`, if all children of a node are alike.
    fn share<P: Pages>(
        self,
        reader: Reader<'_, P>,
        key: &[u8],
        behind: bool,
    ) -> Result<f64, StoreError> {
        let mut node = Node::read(reader, self.root)?;
        let (mut before, mut width) = (0.0, 1.0);
        while !node.is_leaf() {
            let index = node.child_index(key)?;
            width /= f64::from(crate::area::small(node.count() + 1));
            before += width * f64::from(crate::area::small(index));
            node = node.descend(reader, index)?;
        }
        let index = place(node, key, behind)?;
        let count = f64::from(crate::area::small(node.count().max(1)));
        Ok(before + width * f64::from(crate::area::small(index)) / count)
    }
}

impl<'p, P: Pages> Forward<'p, P> {
    fn enter(&mut self, leaf: Node<'p>, index: usize) -> Result<(), StoreError> {
        let Some(leaves_left) = self.leaves_left.checked_sub(1) else {
            return Err(corrupt(leaf.id, "is linked in a circle"));
        };
        self.leaves_left = leaves_left;
        let count = leaf.count();
        self.end = match &self.upper {
            Bound::Unbounded => count,
            Bound::Included(key) => place(leaf, key, true)?,
            Bound::Excluded(key) => place(leaf, key, false)?,
        };
        self.index = index;
        self.leaf = Some(leaf);
        Ok(())
    }

    /// All entries of a leaf that are still to come: the leaf, and their places there.
    pub(crate) fn next_of_leaf(&mut self) -> Result<Option<(Node<'p>, Range<usize>)>, StoreError> {
        while let Some(leaf) = self.leaf {
            let places = self.index..self.end;
            self.leaf = None;
            if self.end == leaf.count() && !leaf.right().is_none() {
                self.enter(next_leaf(self.reader, leaf.right())?, 0)?;
            }
            if !places.is_empty() {
                return Ok(Some((leaf, places)));
            }
        }
        Ok(None)
    }

    /// The next entry.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(&'p [u8], Bytes<'p>)>, StoreError> {
        while let Some(leaf) = self.leaf {
            if self.index < self.end {
                let (key, value) = leaf.entry(self.index)?;
                self.index += 1;
                return Ok(Some((key, bytes_of(self.reader, value)?)));
            }
            self.leaf = None;
            if self.end == leaf.count() && !leaf.right().is_none() {
                self.enter(next_leaf(self.reader, leaf.right())?, 0)?;
            }
        }
        Ok(None)
    }
}

impl<'p, P: Pages> Backward<'p, P> {
    fn enter(&mut self, leaf: Node<'p>, index: usize) -> Result<(), StoreError> {
        let Some(leaves_left) = self.leaves_left.checked_sub(1) else {
            return Err(corrupt(leaf.id, "is linked in a circle"));
        };
        self.leaves_left = leaves_left;
        self.start = match &self.lower {
            Bound::Unbounded => 0,
            Bound::Included(key) => place(leaf, key, false)?,
            Bound::Excluded(key) => place(leaf, key, true)?,
        };
        self.index = index;
        self.leaf = Some(leaf);
        Ok(())
    }

    /// The next entry.
    pub(crate) fn next(&mut self) -> Result<Option<(&'p [u8], Bytes<'p>)>, StoreError> {
        while let Some(leaf) = self.leaf {
            if self.index > self.start {
                self.index -= 1;
                let (key, value) = leaf.entry(self.index)?;
                return Ok(Some((key, bytes_of(self.reader, value)?)));
            }
            self.leaf = None;
            if self.start == 0 && !leaf.left().is_none() {
                let leaf = next_leaf(self.reader, leaf.left())?;
                self.enter(leaf, leaf.count())?;
            }
        }
        Ok(None)
    }
}

pub(super) fn next_leaf<P: Pages>(
    reader: Reader<'_, P>,
    id: PageId,
) -> Result<Node<'_>, StoreError> {
    let node = Node::read(reader, id)?;
    if node.is_leaf() { Ok(node) } else { Err(corrupt(id, "is linked from a leaf but is none")) }
}
