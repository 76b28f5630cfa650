//! Which pages nobody has: taking them, and giving them back when that is undone.

use std::collections::BTreeSet;

use super::allocator::{CLASSES, Class, Space};

/// The allocator before a collection.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) classes: [Class; CLASSES],
    pub(super) allocated: usize,
    pub(super) threshold: usize,
    pub(super) live: usize,
    pub(super) tail: usize,
    pub(super) holes: BTreeSet<(usize, usize)>,
    pub(super) partial: [Vec<usize>; CLASSES],
}

impl Collected {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let partial: usize = self.partial.iter().map(Vec::len).sum();
        size_of::<Self>() + self.holes.len() * 32 + partial * 8
    }
}

/// The numbers of the allocator that taking pages changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) tail: usize,
    pub(super) frontier: usize,
    pub(super) allocated: usize,
    /// The hole that they are from, with its length; of length 0 if from the tail.
    pub(super) hole: (usize, usize),
    /// How many there are.
    pub(super) pages: usize,
}

/// Where pages come from that are from the tail.
const NO_HOLE: (usize, usize) = (0, 0);

impl Space {
    /// Free pages in a row: the smallest hole in which they fit, the first of these, or new ones. Says
    /// which hole it was, with its length.
    pub(super) fn take_pages(&mut self, pages: usize) -> Option<(usize, (usize, usize))> {
        if let Some(&hole) = self.holes.range((pages, 0)..).next() {
            let (length, first) = hole;
            self.holes.remove(&hole);
            if length > pages {
                self.holes.insert((length - pages, first + pages));
            }
            return Some((first, hole));
        }
        let first = self.tail;
        if pages > self.geometry.object_pages - first {
            return None;
        }
        self.tail = first + pages;
        self.frontier = self.frontier.max(self.tail);
        Some((first, NO_HOLE))
    }

    /// The numbers that taking pages changes.
    pub(super) fn before_taking(&self, pages: usize) -> Taken {
        let (tail, frontier, allocated) = (self.tail, self.frontier, self.allocated);
        Taken { tail, frontier, allocated, hole: NO_HOLE, pages }
    }

    /// Lets the last object, which begins on this page, have so many pages.
    pub(super) fn lengthen_tail(&mut self, first: usize, pages: usize) -> Option<()> {
        let end = first + pages;
        if end > self.frontier && self.holes.range((pages, 0)..).next().is_some() {
            return None;
        }
        self.tail = end;
        self.frontier = self.frontier.max(end);
        Some(())
    }

    /// Takes the first pages of the hole that begins on this page and has so many.
    pub(super) fn shorten_hole(&mut self, first: usize, length: usize, pages: usize) -> Option<()> {
        if pages > length || !self.holes.remove(&(length, first)) {
            return None;
        }
        if length > pages {
            self.holes.insert((length - pages, first + pages));
        }
        Some(())
    }

    /// What a collection replaces. Which holes and blocks there are is found anew afterwards.
    pub(super) fn before_collection(&mut self) -> Collected {
        Collected {
            classes: self.classes,
            allocated: self.allocated,
            threshold: self.threshold,
            live: self.live,
            tail: self.tail,
            holes: std::mem::take(&mut self.holes),
            partial: std::mem::take(&mut self.partial),
        }
    }

    /// Undoes that pages were taken.
    pub(super) fn give_back(&mut self, taken: &Taken) {
        let Taken { tail, frontier, allocated, hole: (length, first), pages } = *taken;
        (self.tail, self.frontier, self.allocated) = (tail, frontier, allocated);
        if length > 0 {
            if length > pages {
                self.holes.remove(&(length - pages, first + pages));
            }
            self.holes.insert((length, first));
        }
    }

    /// Undoes a collection, but for the tables in the memory.
    pub(super) fn uncollect(&mut self, before: Collected) {
        let Collected { classes, allocated, threshold, live, tail, holes, partial } = before;
        self.classes = classes;
        (self.allocated, self.threshold) = (allocated, threshold);
        (self.live, self.tail) = (live, tail);
        self.collections = self.collections.wrapping_sub(1);
        (self.holes, self.partial) = (holes, partial);
    }
}
