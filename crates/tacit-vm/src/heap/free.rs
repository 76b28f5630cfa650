//! The chain of free blocks: blocks are taken from its beginning and given back there. Runs of
//! neighbouring blocks are taken out of its midst.

use crate::heap::{BLOCK_CELLS, Kind, link_of};
use crate::layout::Register;
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::Cell;

impl Memory {
    /// The first free block, taken out of the chain. Its header is as it was.
    pub(crate) fn take_free(&mut self) -> Result<u16, Trap> {
        self.allow(1)?;
        let head = self.register(Register::FreeBlock);
        let block = self.free_block(head).ok_or_else(|| self.heap_full(1))?;
        let next = self.block_link(block).map_or(0, |next| u32::from(next) + 1);
        self.set_register(Register::FreeBlock, next);
        self.count_taken(1);
        Ok(block)
    }

    /// `needed` blocks side by side, the first place where so many are free. All are zero after
    /// the first one's header.
    pub(crate) fn allocate_run(&mut self, kind: Kind, needed: usize) -> Result<u16, Trap> {
        self.allow(needed)?;
        let free = self.free_blocks();
        let mut sorted = free.clone();
        sorted.sort_unstable();
        let run = sorted
            .windows(needed.max(1))
            .find(|run| run[run.len() - 1] - run[0] + 1 == run.len())
            .map(|run| (run[0], run[run.len() - 1]));
        let Some((first, last)) = run else {
            return Err(self.heap_full(needed));
        };
        self.unthread(&free, first, last);
        self.count_taken(needed);
        for block in first..=last {
            let base = self.layout().block(block);
            for cell in base..base + BLOCK_CELLS + 2 {
                self.set(cell, Cell(0));
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 1024 blocks")]
        let first = first as u16;
        self.begin_block(first, kind, 0);
        Ok(first)
    }

    /// Gives a block back to which nothing refers; what it refers to is left as it is.
    pub(crate) fn free(&mut self, block: u16) {
        let run = self.run_blocks(block);
        let mut head = self.register(Register::FreeBlock);
        for index in (0..run).rev() {
            #[expect(clippy::cast_possible_truncation, reason = "at most 1024 blocks")]
            let block = block.wrapping_add(index as u16);
            self.set_references(block, 0);
            self.set_block_head(block, Kind::Free, 0, link_of(self.free_block(head)));
            head = u32::from(block) + 1;
        }
        self.set_register(Register::FreeBlock, head);
        let used = self.blocks_used().saturating_sub(run);
        self.set_register(Register::BlocksUsed, size(used));
        let freed = self.register(Register::Freed).wrapping_add(size(run));
        self.set_register(Register::Freed, freed);
    }

    /// The free blocks in the order of their chain.
    pub(crate) fn free_blocks(&self) -> Vec<usize> {
        let first = self.free_block(self.register(Register::FreeBlock));
        let blocks = std::iter::successors(first, |&block| self.block_link(block));
        blocks.map(usize::from).take(self.layout().blocks()).collect()
    }

    /// Chains these blocks as the free ones.
    pub(crate) fn thread_free(&mut self, blocks: &[usize]) {
        let mut head = None;
        for &block in blocks.iter().rev() {
            #[expect(clippy::cast_possible_truncation, reason = "at most 1024 blocks")]
            let block = block as u16;
            self.set_references(block, 0);
            self.set_block_head(block, Kind::Free, 0, link_of(head));
            head = Some(block);
        }
        self.set_register(Register::FreeBlock, head.map_or(0, |block| u32::from(block) + 1));
    }

    /// How many blocks are in use.
    pub(crate) fn blocks_used(&self) -> usize {
        self.register(Register::BlocksUsed) as usize
    }

    /// How many are not.
    pub(crate) fn blocks_free(&self) -> usize {
        self.layout().blocks().saturating_sub(self.blocks_used())
    }

    /// The block that a register or head of the free chain means, 1 too high.
    fn free_block(&self, head: u32) -> Option<u16> {
        let block = u16::try_from(head.checked_sub(1)?).ok()?;
        (usize::from(block) < self.layout().blocks()).then_some(block)
    }

    /// Takes the blocks from `first` to `last` out of the chain of free ones.
    fn unthread(&mut self, free: &[usize], first: usize, last: usize) {
        let mut before: Option<u16> = None;
        let mut is_linked = true;
        for &block in free {
            if (first..=last).contains(&block) {
                is_linked = false;
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "at most 1024 blocks")]
            let block = block as u16;
            if !is_linked {
                self.link_free(before, Some(block));
            }
            (before, is_linked) = (Some(block), true);
        }
        if !is_linked {
            self.link_free(before, None);
        }
    }

    fn link_free(&mut self, before: Option<u16>, next: Option<u16>) {
        match before {
            Some(before) => self.set_block_link(before, next),
            None => {
                let head = next.map_or(0, |next| u32::from(next) + 1);
                self.set_register(Register::FreeBlock, head);
            }
        }
    }

    /// Fails if there is a limit below so many blocks more.
    pub(crate) fn allow(&self, needed: usize) -> Result<(), Trap> {
        let quota = self.register(Register::Quota) as usize;
        if quota != 0 && self.blocks_used() + needed > quota {
            return Err(Trap::Quota { quota });
        }
        Ok(())
    }

    /// The failure of an allocation.
    pub(crate) fn heap_full(&self, needed: usize) -> Trap {
        let total = self.layout().blocks();
        Trap::HeapFull { needed, free: self.blocks_free(), total }
    }

    fn count_taken(&mut self, blocks: usize) {
        let used = size(self.blocks_used() + blocks);
        self.set_register(Register::BlocksUsed, used);
        if used > self.register(Register::BlocksPeak) {
            self.set_register(Register::BlocksPeak, used);
        }
        let allocated = self.register(Register::Allocated).wrapping_add(size(blocks));
        self.set_register(Register::Allocated, allocated);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 1024 blocks")]
fn size(blocks: usize) -> u32 {
    blocks as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::format;
    use crate::layout::Layout;

    fn memory() -> Memory {
        let mut memory = Memory::new(Layout::DEFAULT);
        crate::vm::initialise(&mut memory);
        format(&mut memory);
        memory
    }

    #[test]
    fn block_0_is_taken_first_and_the_last_freed_next() {
        let mut memory = memory();
        let [a, b, c] = [0; 3].map(|_| memory.allocate(Kind::Vector, &[]).unwrap());
        assert_eq!([a, b, c], [0, 1, 2]);
        memory.release_block(b).unwrap();
        assert_eq!(memory.allocate(Kind::Vector, &[]), Ok(1));
        assert_eq!(memory.allocate(Kind::Vector, &[]), Ok(3));
        assert_eq!(memory.register(Register::BlocksPeak), 4);
    }

    #[test]
    fn what_a_freed_vector_held_is_freed_with_it() {
        let mut memory = memory();
        let inner = memory.new_vector(&[Cell::TRUE; 30]).unwrap();
        memory.retain(inner).unwrap();
        let outer = memory.new_vector(&[inner, inner]).unwrap();
        assert_eq!(memory.blocks_used(), 4);
        assert_eq!(memory.references(inner.address()), 2);
        memory.release(outer).unwrap();
        assert_eq!(memory.blocks_used(), 0);
        assert_eq!(memory.free_blocks().len(), 256);
    }

    #[test]
    fn a_run_takes_the_first_place_where_it_fits_and_leaves_the_other_blocks_free() {
        let mut memory = memory();
        let blocks: Vec<u16> =
            (0..6).map(|_| memory.allocate(Kind::Vector, &[]).unwrap()).collect();
        for block in [4, 1, 3] {
            memory.release_block(blocks[block]).unwrap();
        }
        let array = memory.new_array(20).unwrap();
        assert_eq!(array.address(), 3);
        assert_eq!(memory.blocks_used(), 5);
        assert_eq!(memory.free_blocks()[..2], [1, 6]);
        memory.release(array).unwrap();
        assert_eq!(memory.free_blocks()[..4], [3, 4, 1, 6]);
    }

    #[test]
    fn a_full_heap_says_how_much_was_wanted_and_how_much_is_free() {
        let mut memory = memory();
        let full = Trap::HeapFull { needed: 258, free: 256, total: 256 };
        assert_eq!(memory.new_vector(&[Cell::TRUE; 257 * 14 + 1]), Err(full));
        memory.set_register(Register::Quota, 1);
        assert_eq!(memory.new_vector(&[Cell::TRUE; 15]), Err(Trap::Quota { quota: 1 }));
    }
}
