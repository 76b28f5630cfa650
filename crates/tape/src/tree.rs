//! The persistent table of pages: 64-way radix trees whose nodes are shared between versions.
//!
//! One tree holds the pages from 0 upward and one those below 0, each just as high as its farthest
//! page needs: 1 GiB on either side of 0 takes three levels. Whoever writes asks for a slot, and
//! the nodes on the way to it that are shared are copied first.

mod part;

use std::mem::size_of;
use std::ops::{ControlFlow, RangeInclusive};
use std::ptr;
use std::sync::Arc;

use crate::page::{Digest, Gauge, Page};
pub(crate) use part::{Extent, Part};

/// Bits of a page key that each level decides.
const LEVEL_BITS: u32 = 6;
const SLOTS: usize = 1 << LEVEL_BITS;

/// Sees one page that differs: its number, its older and its newer version.
pub(crate) type Visit<'v, 't> =
    &'v mut dyn FnMut(i64, Option<&'t Arc<Page>>, Option<&'t Arc<Page>>) -> ControlFlow<()>;

/// All pages of one version of a tape.
#[derive(Default)]
pub(crate) struct Tree {
    below: Side,
    above: Side,
}

impl Tree {
    /// Another handle to the same version. Nobody may then write into its pages.
    pub(crate) fn share(&self) -> Self {
        Self { below: self.below.clone(), above: self.above.clone() }
    }

    pub(crate) fn get(&self, number: i64) -> Option<&Arc<Page>> {
        if number < 0 { self.below.get(key(number)) } else { self.above.get(key(number)) }
    }

    /// All pages with their numbers, on either side of 0 outwards.
    pub(crate) fn pages(&self) -> Vec<(i64, &Page)> {
        let mut pages = Vec::new();
        for (side, below) in [(&self.below, true), (&self.above, false)] {
            if let Some(root) = &side.root {
                root.list(side.height, 0, below, &mut pages);
            }
        }
        pages
    }

    /// The place of a page, in nodes that belong to this version alone and carry `epoch`.
    pub(crate) fn slot(
        &mut self,
        number: i64,
        epoch: u64,
        gauge: &Arc<Gauge>,
    ) -> &mut Option<Arc<Page>> {
        let side = if number < 0 { &mut self.below } else { &mut self.above };
        side.slot(key(number), epoch, gauge)
    }

    /// The sum of the digests of all pages; `live` is the epoch of the tape, 0 for a snapshot.
    pub(crate) fn digest(&self, live: u64) -> u64 {
        let side = |side: &Side, below| {
            side.root.as_ref().map_or(0, |root| root.digest(side.height, 0, below, live))
        };
        side(&self.below, true).wrapping_add(side(&self.above, false))
    }

    /// Packs the pages that no other version has.
    pub(crate) fn pack(&mut self) {
        for side in [&mut self.below, &mut self.above] {
            if let Some(root) = &mut side.root {
                Node::pack(root);
            }
        }
    }

    /// Visits, in ascending order, the pages in `span` which `older` and this version do not share.
    pub(crate) fn changes<'t>(
        &'t self,
        older: &'t Self,
        span: &RangeInclusive<i64>,
        visit: Visit<'_, 't>,
    ) -> ControlFlow<()> {
        changes(older.below.view(), self.below.view(), true, span, visit)?;
        changes(older.above.view(), self.above.view(), false, span, visit)
    }
}

/// The distance of a page from 0 on its own side.
fn key(number: i64) -> u64 {
    if number < 0 { (!number).cast_unsigned() } else { number.cast_unsigned() }
}

/// The page with that key.
fn number(key: u64, below: bool) -> i64 {
    if below { !key.cast_signed() } else { key.cast_signed() }
}

/// Which slot of a node leads to `key`, when `level` levels lie below the slot.
fn slot_index(key: u64, level: u32) -> usize {
    let bits = (key >> (LEVEL_BITS * level)) & (SLOTS as u64 - 1);
    usize::try_from(bits).unwrap_or(0)
}

/// The pages on one side of 0. The root is `height` levels above the pages.
#[derive(Clone, Default)]
struct Side {
    root: Option<Arc<Node>>,
    height: u32,
}

impl Side {
    fn get(&self, key: u64) -> Option<&Arc<Page>> {
        if key >> (LEVEL_BITS * self.height) != 0 {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut level = self.height;
        loop {
            level -= 1;
            let index = slot_index(key, level);
            match &node.slots {
                Slots::Nodes(nodes) => node = nodes[index].as_deref()?,
                Slots::Pages(pages) => return pages[index].as_ref(),
            }
        }
    }

    /// Makes it as high as a key needs.
    fn raise(&mut self, key: u64, epoch: u64, gauge: &Arc<Gauge>) {
        while self.height == 0 || key >> (LEVEL_BITS * self.height) != 0 {
            self.height += 1;
            if let Some(root) = self.root.take() {
                let mut slots = [const { None }; SLOTS];
                slots[0] = Some(root);
                let root = Node::new(Slots::Nodes(slots), gauge);
                // Pages below it may be open in this epoch.
                root.digest.open(epoch);
                self.root = Some(root);
            }
        }
    }

    fn slot(&mut self, key: u64, epoch: u64, gauge: &Arc<Gauge>) -> &mut Option<Arc<Page>> {
        self.raise(key, epoch, gauge);
        let mut level = self.height;
        let mut place = &mut self.root;
        loop {
            level -= 1;
            let index = slot_index(key, level);
            let node = place.get_or_insert_with(|| Node::new(Slots::empty(level), gauge));
            let node = Arc::make_mut(node);
            node.digest.open(epoch);
            match &mut node.slots {
                Slots::Nodes(nodes) => place = &mut nodes[index],
                Slots::Pages(pages) => return &mut pages[index],
            }
        }
    }

    fn view(&self) -> View<'_> {
        View { node: self.root.as_deref(), height: self.height }
    }
}

/// An inner node of a tree.
struct Node {
    slots: Slots,
    digest: Digest,
    gauge: Arc<Gauge>,
}

enum Slots {
    Nodes([Option<Arc<Node>>; SLOTS]),
    Pages([Option<Arc<Page>>; SLOTS]),
}

impl Slots {
    /// No children, with `level` levels below them.
    fn empty(level: u32) -> Self {
        if level == 0 {
            Self::Pages([const { None }; SLOTS])
        } else {
            Self::Nodes([const { None }; SLOTS])
        }
    }
}

impl Clone for Slots {
    fn clone(&self) -> Self {
        match self {
            Self::Nodes(nodes) => Self::Nodes(nodes.clone()),
            Self::Pages(pages) => Self::Pages(pages.clone()),
        }
    }
}

impl Node {
    /// What a node takes of memory, with the counts of its `Arc`.
    const COST: usize = size_of::<Self>() + 2 * size_of::<usize>();

    fn new(slots: Slots, gauge: &Arc<Gauge>) -> Arc<Self> {
        gauge.add(Self::COST);
        Arc::new(Self { slots, digest: Digest::default(), gauge: Arc::clone(gauge) })
    }

    /// Adds the pages below; `first` is the smallest key, `height` counts this node.
    fn list<'t>(&'t self, height: u32, first: u64, below: bool, pages: &mut Vec<(i64, &'t Page)>) {
        let step = 1 << (LEVEL_BITS * (height - 1));
        let keys = (0..SLOTS as u64).map(|slot| first + slot * step);
        match &self.slots {
            Slots::Nodes(nodes) => {
                for (key, node) in keys.zip(nodes) {
                    if let Some(node) = node {
                        node.list(height - 1, key, below, pages);
                    }
                }
            }
            Slots::Pages(slots) => {
                let found = keys.zip(slots).filter_map(|(key, page)| Some((key, page.as_deref()?)));
                pages.extend(found.map(|(key, page)| (number(key, below), page)));
            }
        }
    }

    /// Packs the pages below that nobody else has.
    fn pack(node: &mut Arc<Self>) {
        match Arc::get_mut(node).map(|node| &mut node.slots) {
            Some(Slots::Nodes(nodes)) => nodes.iter_mut().flatten().for_each(Self::pack),
            Some(Slots::Pages(pages)) => {
                pages.iter_mut().flatten().filter_map(Arc::get_mut).for_each(Page::pack);
            }
            None => {}
        }
    }

    /// The sum of the digests below; `first` is the smallest key, `height` counts this node.
    fn digest(&self, height: u32, first: u64, below: bool, live: u64) -> u64 {
        let step = 1 << (LEVEL_BITS * (height - 1));
        let keys = (0..SLOTS as u64).map(|slot| first + slot * step);
        self.digest.get_or(live, || match &self.slots {
            Slots::Nodes(nodes) => keys.zip(nodes).fold(0u64, |sum, (key, node)| {
                let part =
                    node.as_ref().map_or(0, |node| node.digest(height - 1, key, below, live));
                sum.wrapping_add(part)
            }),
            Slots::Pages(pages) => keys.zip(pages).fold(0u64, |sum, (key, page)| {
                let part = page.as_ref().map_or(0, |page| page.digest(number(key, below), live));
                sum.wrapping_add(part)
            }),
        })
    }
}

impl Clone for Node {
    fn clone(&self) -> Self {
        self.gauge.add(Self::COST);
        Self {
            slots: self.slots.clone(),
            digest: Digest::default(),
            gauge: Arc::clone(&self.gauge),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.gauge.subtract(Self::COST);
    }
}

/// A part of one version, looked at from some height: perhaps from above its own root, where all
/// of it lies behind slot 0.
#[derive(Clone, Copy)]
struct View<'t> {
    node: Option<&'t Node>,
    height: u32,
}

impl<'t> View<'t> {
    fn is(self, other: Self) -> bool {
        match (self.node, other.node) {
            (None, None) => true,
            (Some(one), Some(two)) => self.height == other.height && ptr::eq(one, two),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// What lies behind slot `index` of a node at `height`, above the pages.
    fn below(self, height: u32, index: usize) -> Self {
        let node = match self.node {
            Some(_) if self.height < height && index == 0 => return self,
            Some(Node { slots: Slots::Nodes(nodes), .. }) if self.height == height => {
                nodes[index].as_deref()
            }
            Some(_) | None => None,
        };
        View { node, height: height - 1 }
    }

    /// The page in slot `index` of a lowest node.
    fn page(self, index: usize) -> Option<&'t Arc<Page>> {
        match self.node {
            Some(Node { slots: Slots::Pages(pages), .. }) => pages[index].as_ref(),
            Some(_) | None => None,
        }
    }
}

/// Visits the differing pages on one side of 0.
fn changes<'t>(
    older: View<'t>,
    newer: View<'t>,
    below: bool,
    span: &RangeInclusive<i64>,
    visit: Visit<'_, 't>,
) -> ControlFlow<()> {
    let height = older.height.max(newer.height);
    if height == 0 {
        return ControlFlow::Continue(());
    }
    Walk { below, span, visit }.node(older, newer, height, 0)
}

struct Walk<'w, 'v, 't> {
    below: bool,
    span: &'w RangeInclusive<i64>,
    visit: Visit<'v, 't>,
}

impl<'t> Walk<'_, '_, 't> {
    fn node(
        &mut self,
        older: View<'t>,
        newer: View<'t>,
        height: u32,
        first: u64,
    ) -> ControlFlow<()> {
        if older.is(newer) {
            return ControlFlow::Continue(());
        }
        let step: u64 = 1 << (LEVEL_BITS * (height - 1));
        for turn in 0..SLOTS {
            let index = if self.below { SLOTS - 1 - turn } else { turn };
            let key = first + index as u64 * step;
            let (near, far) = (number(key, self.below), number(key + step - 1, self.below));
            if near.max(far) < *self.span.start() || near.min(far) > *self.span.end() {
                continue;
            }
            if height > 1 {
                let (older, newer) = (older.below(height, index), newer.below(height, index));
                self.node(older, newer, height - 1, key)?;
                continue;
            }
            let (before, after) = (older.page(index), newer.page(index));
            if before.map(Arc::as_ptr) != after.map(Arc::as_ptr) {
                (self.visit)(near, before, after)?;
            }
        }
        ControlFlow::Continue(())
    }
}
