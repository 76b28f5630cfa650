//! Arrays: elements side by side in a run of blocks, so that any is reached at once.
//!
//! The first data cell of the first block is the length, the second says whether the elements are
//! cells (0) or bytes (1). The elements follow, from the third data cell to the end of the run.

use crate::heap::Kind;
use crate::layout::BLOCK_BYTES;
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::{Cell, Tag};

/// Cells before the elements.
const HEADER_CELLS: usize = 4;
const RUN_CELLS: usize = BLOCK_BYTES / 4;

impl Memory {
    /// An array of `length` zeros.
    pub(crate) fn new_array(&mut self, length: usize) -> Result<Cell, Trap> {
        self.new_run(length, length, Cell::FALSE)
    }

    /// An array of `length` bytes, all 0.
    pub(crate) fn new_bytes(&mut self, length: usize) -> Result<Cell, Trap> {
        self.new_run(length, length.div_ceil(4), Cell::TRUE)
    }

    /// An array that takes over the references in `cells`.
    pub(crate) fn array_of(&mut self, cells: &[Cell]) -> Result<Cell, Trap> {
        let array = self.new_array(cells.len())?;
        for (index, &cell) in cells.iter().enumerate() {
            self.set(self.array_base(array.address()) + index, cell);
        }
        Ok(array)
    }

    /// Whether a value is an array.
    pub(crate) fn is_array(&self, cell: Cell) -> bool {
        cell.tag() == Some(Tag::Pointer) && self.block_kind(cell.address()) == Kind::Array
    }

    /// Whether an array's elements are bytes.
    pub(crate) fn is_bytes(&self, array: Cell) -> bool {
        self.block_cell(array.address(), 1) != Cell::FALSE
    }

    /// How many elements an array has; never more than the heap has room for.
    pub(crate) fn array_length(&self, array: Cell) -> usize {
        let length = self.block_cell(array.address(), 0).as_count().unwrap_or(0);
        let block = usize::from(array.address());
        let blocks = self.layout().blocks().saturating_sub(block).max(1);
        let cells = blocks * RUN_CELLS - HEADER_CELLS;
        length.min(if self.is_bytes(array) { 4 * cells } else { cells })
    }

    /// An element of an array; its reference stays the array's.
    pub(crate) fn array_at(&self, array: Cell, index: usize) -> Option<Cell> {
        if index >= self.array_length(array) {
            return None;
        }
        let base = self.array_base(array.address());
        Some(if self.is_bytes(array) {
            Cell::count(self.byte(4 * base + index).into())
        } else {
            self.get(base + index)
        })
    }

    /// Changes an element of an array that nothing else sees; it has to be there. Takes the
    /// element's reference over, releases the old one.
    pub(crate) fn array_put(
        &mut self,
        array: Cell,
        index: usize,
        element: Cell,
        word: &'static str,
    ) -> Result<(), Trap> {
        let base = self.array_base(array.address());
        if self.is_bytes(array) {
            let byte = element.as_count().and_then(|byte| u8::try_from(byte).ok());
            let Some(byte) = byte else {
                let found = element.as_number().map_or("no number".into(), |n| n.to_string());
                return Err(Trap::Number { word, expected: "a byte, from 0 to 255", found });
            };
            self.set_byte(4 * base + index, byte);
            return Ok(());
        }
        let old = self.get(base + index);
        self.set(base + index, element);
        self.release(old)
    }

    /// Sets all elements of an array that nothing else sees. The reference to the element is taken
    /// over.
    pub(crate) fn array_fill(
        &mut self,
        array: Cell,
        element: Cell,
        word: &'static str,
    ) -> Result<(), Trap> {
        let length = self.array_length(array);
        let base = self.array_base(array.address());
        if self.is_bytes(array) {
            let whole = length / 4;
            // The first byte finds out whether the element is one.
            if length > 0 {
                self.array_put(array, 0, element, word)?;
                let four = u32::from_le_bytes([self.byte(4 * base); 4]);
                for cell in base..base + whole {
                    self.set(cell, Cell(four));
                }
            }
            for index in 4 * whole..length {
                self.array_put(array, index, element, word)?;
            }
        } else if element.is_reference() {
            for index in 0..length {
                self.retain(element)?;
                self.array_put(array, index, element, word)?;
            }
        } else {
            for cell in base..base + length {
                let old = self.get(cell);
                self.set(cell, element);
                self.release(old)?;
            }
        }
        self.release(element)
    }

    /// The elements of an array; the references stay the array's.
    pub(crate) fn array_elements(&self, array: Cell) -> Vec<Cell> {
        (0..self.array_length(array)).filter_map(|index| self.array_at(array, index)).collect()
    }

    /// An array that nothing else sees with the same elements: the same one, if nothing does. The
    /// reference is taken over.
    pub(crate) fn unshare_array(&mut self, array: Cell) -> Result<Cell, Trap> {
        let block = array.address();
        if self.references(block) <= 1 {
            return Ok(array);
        }
        let run = self.run_blocks(block);
        for child in self.children(block) {
            self.retain_block(child)?;
        }
        let copy = self.allocate_run(Kind::Array, run)?;
        let (from, to) = (self.layout().block(block.into()), self.layout().block(copy.into()));
        for cell in 1..run * RUN_CELLS {
            let value = self.get(from + cell);
            self.set(to + cell, value);
        }
        self.release_block(block)?;
        Ok(Kind::Array.cell(copy))
    }

    /// The cells of an array that may be references; none, if its elements are bytes.
    pub(crate) fn array_cells(&self, block: u16) -> impl Iterator<Item = Cell> + '_ {
        let array = Kind::Array.cell(block);
        let length = if self.is_bytes(array) { 0 } else { self.array_length(array) };
        let base = self.array_base(block);
        (base..base + length).map(|cell| self.get(cell))
    }

    /// How many blocks an array has.
    pub(crate) fn array_blocks(&self, block: u16) -> usize {
        let array = Kind::Array.cell(block);
        let length = self.array_length(array);
        run_length(if self.is_bytes(array) { length.div_ceil(4) } else { length })
    }

    fn new_run(&mut self, length: usize, cells: usize, kind: Cell) -> Result<Cell, Trap> {
        let block = self.allocate_run(Kind::Array, run_length(cells))?;
        self.set_block_used(block, 2);
        self.set_block_cell(block, 0, Cell::count(length));
        self.set_block_cell(block, 1, kind);
        Ok(Kind::Array.cell(block))
    }

    fn array_base(&self, block: u16) -> usize {
        self.layout().block(block.into()) + HEADER_CELLS
    }
}

fn run_length(cells: usize) -> usize {
    (HEADER_CELLS + cells).div_ceil(RUN_CELLS)
}
