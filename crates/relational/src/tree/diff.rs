//! What differs between two states of a tree. Leaves that both states share are not looked into.

use std::cmp::Ordering;

use super::scan::next_leaf;
use super::{Bytes, Tree, bytes_of};
use crate::StoreError;
use crate::area::{Reader, corrupt};
use crate::node::Node;
use crate::pages::Pages;

/// An entry in two states: its key, and its value before and after.
pub(crate) type Difference<'k, 'a, 'b> = (&'k [u8], Option<Bytes<'a>>, Option<Bytes<'b>>);

/// A walk that can stay at an entry.
struct Cursor<'p, P> {
    reader: Reader<'p, P>,
    leaf: Option<Node<'p>>,
    index: usize,
    /// Leaves that may still come before the walk must be going round in a circle.
    leaves_left: u32,
}

impl<'p, P: Pages> Cursor<'p, P> {
    fn new(tree: Tree, reader: Reader<'p, P>) -> Result<Self, StoreError> {
        let leaves_left = reader.walk_max()?;
        let mut cursor =
            Self { reader, leaf: Some(tree.edge(reader, false)?), index: 0, leaves_left };
        cursor.settle()?;
        Ok(cursor)
    }

    /// Goes on to the next leaf when this one is done.
    fn settle(&mut self) -> Result<(), StoreError> {
        while let Some(leaf) = self.leaf.filter(|leaf| self.index >= leaf.count()) {
            let left = self.leaves_left.checked_sub(1);
            self.leaves_left = left.ok_or(corrupt(leaf.id, "is linked in a circle"))?;
            self.index = 0;
            self.leaf = if leaf.right().is_none() {
                None
            } else {
                Some(next_leaf(self.reader, leaf.right())?)
            };
        }
        Ok(())
    }

    fn key(&self) -> Result<Option<&'p [u8]>, StoreError> {
        self.leaf.map(|leaf| leaf.key(self.index)).transpose()
    }

    fn take(&mut self) -> Result<Option<Bytes<'p>>, StoreError> {
        let Some(leaf) = self.leaf else { return Ok(None) };
        let value = bytes_of(self.reader, leaf.entry(self.index)?.1)?;
        self.index += 1;
        self.settle()?;
        Ok(Some(value))
    }

    fn skip_leaf(&mut self) -> Result<(), StoreError> {
        self.index = self.leaf.map_or(0, Node::count);
        self.settle()
    }
}

/// Hands over all entries that are not in both states with the same value, in the order of keys.
pub(crate) fn diff<'a, 'b, A: Pages, B: Pages>(
    (before, reader): (Tree, Reader<'a, A>),
    (after, other): (Tree, Reader<'b, B>),
    sink: &mut dyn FnMut(Difference<'_, 'a, 'b>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut one, mut two) = (Cursor::new(before, reader)?, Cursor::new(after, other)?);
    loop {
        if let (Some(left), Some(right)) = (one.leaf, two.leaf)
            && (one.index, two.index) == (0, 0)
            && left.shares(right)
        {
            one.skip_leaf()?;
            two.skip_leaf()?;
            continue;
        }
        let order = match (one.key()?, two.key()?) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.cmp(right),
        };
        match order {
            Ordering::Less => {
                let key = one.key()?.unwrap_or_default();
                sink((key, one.take()?, None))?;
            }
            Ordering::Greater => {
                let key = two.key()?.unwrap_or_default();
                sink((key, None, two.take()?))?;
            }
            Ordering::Equal => {
                let key = one.key()?.unwrap_or_default();
                let (left, right) = (one.take()?, two.take()?);
                if left != right {
                    sink((key, left, right))?;
                }
            }
        }
    }
}
