//! A part of a tree: the pages below one of its nodes, taken out and put back by that node alone.

use std::ops::ControlFlow;
use std::ptr;
use std::sync::Arc;

use super::{LEVEL_BITS, Node, Slots, Tree, View, Visit, Walk, key, slot_index};
use crate::page::{Gauge, Page};

/// Which pages a part has: all below a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The first page, above 0 and a multiple of how many there are.
    first: i64,
    /// How many levels are below the node, with its own.
    height: u32,
}

impl Extent {
    /// Those from `first` on, if that many pages lie below a node there.
    pub(crate) fn new(first: i64, pages: i64) -> Option<Self> {
        let bits = pages.trailing_zeros();
        let is_node = pages > 1 && pages.count_ones() == 1 && bits.is_multiple_of(LEVEL_BITS);
        (is_node && first > 0 && first % pages == 0)
            .then_some(Self { first, height: bits / LEVEL_BITS })
    }

    pub(crate) const fn holds(self, number: i64) -> bool {
        number >> (LEVEL_BITS * self.height) == self.first >> (LEVEL_BITS * self.height)
    }
}

/// The pages of an extent in one version; nothing if none was ever written.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) extent: Extent,
    node: Option<Arc<Node>>,
}

impl Tree {
    /// A part of this version. Nobody may then write into its pages.
    pub(crate) fn part(&self, extent: Extent) -> Part {
        let Extent { first, height } = extent;
        let (key, mut level) = (key(first), self.above.height);
        let mut place = &self.above.root;
        if level <= height || key >> (LEVEL_BITS * level) != 0 {
            return Part { extent, node: None };
        }
        while let Some(node) = place
            && level > height
        {
            level -= 1;
            match &node.slots {
                Slots::Nodes(nodes) => place = &nodes[slot_index(key, level)],
                Slots::Pages(_) => break,
            }
        }
        Part { extent, node: place.clone() }
    }

    /// Puts a part of another version in the place of this one's.
    pub(crate) fn put_part(&mut self, part: &Part, epoch: u64, gauge: &Arc<Gauge>) {
        let Extent { first, height } = part.extent;
        let key = key(first);
        self.above.raise(key, epoch, gauge);
        let mut level = self.above.height;
        let mut place = &mut self.above.root;
        while level > height {
            level -= 1;
            let node = place.get_or_insert_with(|| Node::new(Slots::empty(level), gauge));
            let node = Arc::make_mut(node);
            node.digest.open(epoch);
            match &mut node.slots {
                Slots::Nodes(nodes) => place = &mut nodes[slot_index(key, level)],
                Slots::Pages(_) => unreachable!("a part is higher than pages"),
            }
        }
        place.clone_from(&part.node);
    }
}

impl Part {
    pub(crate) fn get(&self, number: i64) -> Option<&Arc<Page>> {
        let mut node = self.node.as_deref().filter(|_| self.extent.holds(number))?;
        let mut level = self.extent.height;
        loop {
            level -= 1;
            let index = slot_index(key(number), level);
            match &node.slots {
                Slots::Nodes(nodes) => node = nodes[index].as_deref()?,
                Slots::Pages(pages) => return pages[index].as_ref(),
            }
        }
    }

    /// Whether it is the same version as another part of the same extent.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let node = |part: &Self| part.node.as_ref().map_or(ptr::null(), Arc::as_ptr);
        ptr::eq(node(self), node(other))
    }

    /// The sum of the digests of its pages.
    pub(crate) fn digest(&self) -> u64 {
        let Extent { first, height } = self.extent;
        self.node.as_ref().map_or(0, |node| node.digest(height, key(first), false, 0))
    }

    /// Visits, in ascending order, the pages that `older` and this version do not share.
    pub(crate) fn changes<'t>(&'t self, older: Option<&'t Self>, visit: Visit<'_, 't>) {
        let Extent { first, height } = self.extent;
        let view = |part: &'t Self| View { node: part.node.as_deref(), height };
        let older = older.map_or(View { node: None, height }, view);
        let walk = &mut Walk { below: false, span: &(0..=i64::MAX), visit };
        let walked = walk.node(older, view(self), height, key(first));
        debug_assert!(walked == ControlFlow::Continue(()), "the visitor goes on");
    }
}
