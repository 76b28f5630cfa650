//! Blocks of the heap: making them, counting who refers to them.
//!
//! A block is 16 cells: its count, its head (kind, cells used, next block), 14 cells of data. Every
//! block of a chain has a count of its own, so that chains can share their ends. The blocks of a
//! run, which an array takes, lie side by side; all but the first are nothing but data, and the
//! first one's count is the run's.

pub(crate) mod array;
pub(crate) mod dictionary;
pub(crate) mod equality;
pub(crate) mod free;
pub(crate) mod integrity;
pub(crate) mod shape;
pub(crate) mod vector;

use crate::layout::Register;
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::{Cell, Tag};

/// Cells of data in a block.
pub(crate) const BLOCK_CELLS: usize = 14;
/// The link of a block that has no next one.
const NO_LINK: u16 = 0xffff;

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Free = 0,
    /// Reserved, as are `String` and `Code`.
    Float = 1,
    Vector = 2,
    String = 3,
    Dictionary = 4,
    Sequence = 5,
    Code = 6,
    Array = 7,
    Object = 8,
    Promise = 9,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Free,
        Self::Float,
        Self::Vector,
        Self::String,
        Self::Dictionary,
        Self::Sequence,
        Self::Code,
        Self::Array,
        Self::Object,
        Self::Promise,
    ];

    /// The value that refers to such a block.
    pub(crate) const fn cell(self, block: u16) -> Cell {
        let tag = match self {
            Self::Vector => Tag::Vector,
            Self::Dictionary => Tag::Dictionary,
            Self::Sequence => Tag::Sequence,
            Self::Float => Tag::Float,
            Self::Object => return Cell::tagged(Tag::Pointer, block as u32).marked(),
            Self::Free | Self::String | Self::Code | Self::Array | Self::Promise => Tag::Pointer,
        };
        Cell::tagged(tag, block as u32)
    }
}

/// Chains all blocks as free ones, block 0 first.
pub(crate) fn format(memory: &mut Memory) {
    let blocks = memory.layout().blocks();
    memory.thread_free(&(0..blocks).collect::<Vec<_>>());
    for register in [
        Register::BlocksUsed,
        Register::BlocksPeak,
        Register::Allocated,
        Register::Freed,
        Register::Quota,
    ] {
        memory.set_register(register, 0);
    }
}

impl Memory {
    /// A block with a count of 1 that takes over the references in `cells`, 14 at most.
    pub(crate) fn allocate(&mut self, kind: Kind, cells: &[Cell]) -> Result<u16, Trap> {
        let block = self.take_free()?;
        self.begin_block(block, kind, cells.len().min(BLOCK_CELLS));
        for (index, &cell) in cells.iter().take(BLOCK_CELLS).enumerate() {
            self.set_block_cell(block, index, cell);
        }
        Ok(block)
    }

    /// A chain of blocks that takes over the references in `cells`; at least one block.
    pub(crate) fn allocate_chain(&mut self, kind: Kind, cells: &[Cell]) -> Result<u16, Trap> {
        let needed = cells.len().div_ceil(BLOCK_CELLS).max(1);
        self.allow(needed)?;
        if self.blocks_free() < needed {
            return Err(self.heap_full(needed));
        }
        let mut chunks = cells.chunks(BLOCK_CELLS);
        let first = self.allocate(kind, chunks.next().unwrap_or_default())?;
        let mut last = first;
        for chunk in chunks {
            let block = self.allocate(kind, chunk)?;
            self.set_block_link(last, Some(block));
            last = block;
        }
        Ok(first)
    }

    /// A copy of a block with a count of 1: it shares what the block refers to, also the rest of
    /// its chain. Not for arrays.
    pub(crate) fn copy_block(&mut self, block: u16) -> Result<u16, Trap> {
        let cells: Vec<Cell> = self.block_cells(block).collect();
        let link = self.block_link(block);
        for &cell in &cells {
            self.retain(cell)?;
        }
        let copy = self.allocate(self.block_kind(block), &cells)?;
        if let Some(next) = link {
            self.retain_block(next)?;
            self.set_block_link(copy, link);
        }
        Ok(copy)
    }

    /// Counts one more reference, if it is one.
    #[inline]
    pub(crate) fn retain(&mut self, cell: Cell) -> Result<(), Trap> {
        if cell.is_reference() { self.retain_block(cell.address()) } else { Ok(()) }
    }

    /// Counts one more reference to a block.
    pub(crate) fn retain_block(&mut self, block: u16) -> Result<(), Trap> {
        let count = self.references(block).checked_add(1).ok_or(Trap::References)?;
        self.set_references(block, count);
        Ok(())
    }

    /// Counts one reference less, if it is one; frees what nothing refers to any more.
    #[inline]
    pub(crate) fn release(&mut self, cell: Cell) -> Result<(), Trap> {
        if cell.is_reference() { self.release_block(cell.address()) } else { Ok(()) }
    }

    /// Counts one reference to a block less; frees what nothing refers to any more.
    pub(crate) fn release_block(&mut self, block: u16) -> Result<(), Trap> {
        let count = self.references(block);
        if count > 1 {
            self.set_references(block, count - 1);
            return Ok(());
        }
        let mut waiting = vec![block];
        while let Some(block) = waiting.pop() {
            let count = self.references(block);
            let count = count.checked_sub(1).ok_or(Trap::Damaged { what: "a count below 0" })?;
            self.set_references(block, count);
            if count == 0 {
                waiting.extend(self.children(block));
                self.free(block);
            }
        }
        Ok(())
    }

    /// The blocks that a block refers to, each as often as it does.
    pub(crate) fn children(&self, block: u16) -> Vec<u16> {
        let is_reference = |cell: &Cell| cell.is_reference();
        if self.block_kind(block) == Kind::Array {
            return self.array_cells(block).filter(is_reference).map(Cell::address).collect();
        }
        let cells = self.block_cells(block).filter(is_reference).map(Cell::address);
        cells.chain(self.block_link(block)).collect()
    }

    /// How many blocks that block is the first of: more than 1 only for an array.
    pub(crate) fn run_blocks(&self, block: u16) -> usize {
        if self.block_kind(block) == Kind::Array { self.array_blocks(block) } else { 1 }
    }

    /// How many blocks are used by each kind of value.
    pub(crate) fn blocks_by_kind(&self) -> [(&'static str, usize); 6] {
        let mut kinds = [
            (Kind::Vector, "vectors", 0),
            (Kind::Dictionary, "dictionaries", 0),
            (Kind::Sequence, "sequences", 0),
            (Kind::Array, "arrays", 0),
            (Kind::Object, "objects", 0),
            (Kind::Promise, "promises", 0),
        ];
        let mut block = 0;
        while let Some(number) =
            u16::try_from(block).ok().filter(|_| block < self.layout().blocks())
        {
            let (kind, run) = (self.block_kind(number), self.run_blocks(number).max(1));
            if let Some((.., blocks)) = kinds.iter_mut().find(|(it, ..)| *it == kind) {
                *blocks += run;
            }
            block += run;
        }
        kinds.map(|(_, name, blocks)| (name, blocks))
    }

    /// How many references to the block are counted.
    pub(crate) fn references(&self, block: u16) -> u32 {
        self.get(self.layout().block(block.into())).0
    }

    /// What the block is for. A kind that there is not counts as `Free`.
    pub(crate) fn block_kind(&self, block: u16) -> Kind {
        let [kind, ..] = self.block_head(block);
        Kind::ALL.get(usize::from(kind)).copied().unwrap_or(Kind::Free)
    }

    /// How many of its data cells are used.
    pub(crate) fn block_used(&self, block: u16) -> usize {
        let [_, used, ..] = self.block_head(block);
        usize::from(used).min(BLOCK_CELLS)
    }

    /// Changes how many of its data cells are used.
    pub(crate) fn set_block_used(&mut self, block: u16, used: usize) {
        let link = link_of(self.block_link(block));
        self.set_block_head(block, self.block_kind(block), used, link);
    }

    /// The block after it in its chain.
    pub(crate) fn block_link(&self, block: u16) -> Option<u16> {
        let [.., low, high] = self.block_head(block);
        let link = u16::from_le_bytes([low, high]);
        (usize::from(link) < self.layout().blocks()).then_some(link)
    }

    /// Changes what comes after it. Counts no references.
    pub(crate) fn set_block_link(&mut self, block: u16, link: Option<u16>) {
        self.set_block_head(block, self.block_kind(block), self.block_used(block), link_of(link));
    }

    /// One of its 14 data cells.
    #[inline]
    pub(crate) fn block_cell(&self, block: u16, index: usize) -> Cell {
        self.get(self.layout().block(block.into()) + 2 + index)
    }

    /// Changes a data cell. Counts no references.
    #[inline]
    pub(crate) fn set_block_cell(&mut self, block: u16, index: usize, cell: Cell) {
        self.set(self.layout().block(block.into()) + 2 + index, cell);
    }

    /// Its used data cells.
    pub(crate) fn block_cells(&self, block: u16) -> impl Iterator<Item = Cell> + '_ {
        (0..self.block_used(block)).map(move |index| self.block_cell(block, index))
    }

    /// A block and those after it in its chain.
    pub(crate) fn chain(&self, block: u16) -> impl Iterator<Item = u16> + '_ {
        let blocks = self.layout().blocks();
        std::iter::successors(Some(block), |&block| self.block_link(block)).take(blocks)
    }

    fn block_head(&self, block: u16) -> [u8; 4] {
        self.get(self.layout().block(block.into()) + 1).0.to_le_bytes()
    }

    /// Changes its kind, how many cells are used, and its link.
    #[expect(clippy::cast_possible_truncation, reason = "14 at most")]
    pub(crate) fn set_block_head(&mut self, block: u16, kind: Kind, used: usize, link: u16) {
        let [low, high] = link.to_le_bytes();
        let head = u32::from_le_bytes([kind as u8, used as u8, low, high]);
        self.set(self.layout().block(block.into()) + 1, Cell(head));
    }

    /// Changes how many references are counted.
    pub(crate) fn set_references(&mut self, block: u16, count: u32) {
        self.set(self.layout().block(block.into()), Cell(count));
    }

    /// Gives a block that was taken its header, with a count of 1.
    pub(crate) fn begin_block(&mut self, block: u16, kind: Kind, used: usize) {
        self.set_references(block, 1);
        self.set_block_head(block, kind, used, NO_LINK);
    }
}

/// A link as it is kept in a header.
pub(crate) fn link_of(block: Option<u16>) -> u16 {
    block.unwrap_or(NO_LINK)
}
