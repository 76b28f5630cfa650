//! Vectors: chains of blocks, each with up to 14 elements; dictionaries are built of them, too.
//!
//! The length is the sum of what the blocks use, so blocks need not be full. A chain is changed in
//! place as far as nothing else sees it; blocks that something else sees are copied first, those
//! after the change never.

use crate::heap::{BLOCK_CELLS, Kind};
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::Cell;

/// Where an element of a chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// How many blocks come before its own.
    pub(crate) block: usize,
    /// Its number within the block.
    pub(crate) index: usize,
}

impl Memory {
    /// A vector that takes over the references in `cells`.
    pub(crate) fn new_vector(&mut self, cells: &[Cell]) -> Result<Cell, Trap> {
        Ok(Kind::Vector.cell(self.allocate_chain(Kind::Vector, cells)?))
    }

    /// The elements of a vector; its references stay its own.
    pub(crate) fn vector_cells(&self, vector: Cell) -> Vec<Cell> {
        let blocks = self.chain(vector.address());
        blocks.flat_map(|block| self.block_cells(block)).collect()
    }

    /// How many elements a vector has.
    pub(crate) fn vector_length(&self, vector: Cell) -> usize {
        self.chain(vector.address()).map(|block| self.block_used(block)).sum()
    }

    /// An element of a vector; the reference stays the vector's.
    pub(crate) fn vector_at(&self, vector: Cell, index: usize) -> Option<Cell> {
        let mut before = 0;
        for block in self.chain(vector.address()) {
            let used = self.block_used(block);
            if index - before < used {
                return Some(self.block_cell(block, index - before));
            }
            before += used;
        }
        None
    }

    /// Appends to a chain that nothing else sees, whose last block is `tail`. Returns the last
    /// block that it has then. Takes the element's reference over.
    pub(crate) fn append_at_tail(&mut self, tail: u16, element: Cell) -> Result<u16, Trap> {
        let used = self.block_used(tail);
        if used < BLOCK_CELLS {
            self.set_block_cell(tail, used, element);
            self.set_block_used(tail, used + 1);
            return Ok(tail);
        }
        let block = self.allocate(self.block_kind(tail), &[element])?;
        self.set_block_link(tail, Some(block));
        Ok(block)
    }

    /// The place of the element with that number, if there is one.
    pub(crate) fn place(&self, chain: u16, index: usize) -> Option<Place> {
        let mut before = 0;
        for (number, block) in self.chain(chain).enumerate() {
            let used = self.block_used(block);
            if index - before < used {
                return Some(Place { block: number, index: index - before });
            }
            before += used;
        }
        None
    }

    /// Makes sure that nothing else sees the chain as far as its block `number`, copying what is
    /// shared. The chain's reference is taken over; returns its first block then, and that block.
    pub(crate) fn unshare(&mut self, chain: u16, number: usize) -> Result<(u16, u16), Trap> {
        let (mut first, mut before, mut block) = (chain, None, chain);
        for step in 0..=number {
            if self.references(block) > 1 {
                let copy = self.copy_block(block)?;
                self.release_block(block)?;
                match before {
                    None => first = copy,
                    Some(before) => self.set_block_link(before, Some(copy)),
                }
                block = copy;
            }
            if step == number {
                break;
            }
            let Some(next) = self.block_link(block) else { break };
            (before, block) = (Some(block), next);
        }
        Ok((first, block))
    }

    /// Makes sure that nothing else sees the chain, and returns its first and last block.
    pub(crate) fn unshare_all(&mut self, chain: u16) -> Result<(u16, u16), Trap> {
        self.unshare(chain, self.layout().blocks())
    }

    /// The vector, whose reference is taken over, with one element more.
    pub(crate) fn vector_append(&mut self, vector: Cell, element: Cell) -> Result<Cell, Trap> {
        let (first, last) = self.unshare_all(vector.address())?;
        self.append_at_tail(last, element)?;
        Ok(Kind::Vector.cell(first))
    }

    /// Inserts cells into a block that nothing else sees; if they have no room, its later cells
    /// move to a new block after it.
    pub(crate) fn insert_cells(
        &mut self,
        block: u16,
        index: usize,
        cells: &[Cell],
    ) -> Result<(), Trap> {
        let mut all: Vec<Cell> = self.block_cells(block).collect();
        let index = index.min(all.len());
        all.splice(index..index, cells.iter().copied());
        // At the end, blocks stay full; in the midst, both halves get room.
        let kept = if all.len() <= BLOCK_CELLS {
            all.len()
        } else if index + cells.len() == all.len() {
            index
        } else {
            all.len() / 4 * 2
        };
        if kept < all.len() {
            let next = self.block_link(block);
            let rest = self.allocate(self.block_kind(block), &all[kept..])?;
            self.set_block_link(rest, next);
            self.set_block_link(block, Some(rest));
        }
        for (at, &cell) in all[..kept].iter().enumerate() {
            self.set_block_cell(block, at, cell);
        }
        self.set_block_used(block, kept);
        Ok(())
    }

    /// The chain, whose reference is taken over, without `count` cells from that place on, all of
    /// one block. Releases them.
    pub(crate) fn remove_cells(
        &mut self,
        chain: u16,
        place: Place,
        count: usize,
    ) -> Result<u16, Trap> {
        let (first, block) = self.unshare(chain, place.block)?;
        let mut cells: Vec<Cell> = self.block_cells(block).collect();
        let end = (place.index + count).min(cells.len());
        for cell in cells.drain(place.index.min(end)..end) {
            self.release(cell)?;
        }
        for (at, &cell) in cells.iter().enumerate() {
            self.set_block_cell(block, at, cell);
        }
        self.set_block_used(block, cells.len());
        let next = self.block_link(block);
        if !cells.is_empty() || (place.block == 0 && next.is_none()) {
            return Ok(first);
        }
        // The empty block goes; its reference to the next one passes to the block before.
        self.free(block);
        if place.block == 0 {
            return Ok(next.unwrap_or(first));
        }
        let before = self.chain(first).nth(place.block - 1).unwrap_or(first);
        self.set_block_link(before, next);
        Ok(first)
    }
}
