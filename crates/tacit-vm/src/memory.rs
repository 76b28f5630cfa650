//! The memory: every byte that a program's state consists of.
//!
//! Reading and writing by segment and offset is checked, as the founding document says. The
//! machine itself goes by cells of 4 bytes, numbered through the whole memory; such a number is
//! taken modulo the largest memory, so that no check is needed where it is known to be right.

use std::fmt;

use crate::layout::{Layout, MEMORY_MAX, Register, Segment};
use crate::value::Cell;

const CELLS: usize = MEMORY_MAX / 4;
/// Cells before the first one.
pub(crate) const BEFORE: usize = 16;
/// Behind the memory, and some cells after it, lie marks of what was written: one for each group of
/// cells, and one for each global variable, modulo their number.
pub(crate) const MARKS: usize = BEFORE + CELLS + 512;
pub(crate) const GLOBAL_MARKS: usize = MARKS + CELLS / GROUP_CELLS;
/// Cells that have a mark together: 256 bytes.
pub(crate) const GROUP_CELLS: usize = 64;
/// Marks for global variables.
pub(crate) const GLOBALS_TOLD: usize = 64;
/// All cells that are kept: around the memory there are some more, which no program can see, so that
/// the fast engine may look a little beyond a 16-bit number without a check. It keeps some numbers of
/// its own in those before the memory.
pub(crate) const KEPT: usize = GLOBAL_MARKS + GLOBALS_TOLD;

/// The bytes of one machine.
#[derive(Clone)]
pub struct Memory {
    cells: Box<[u32; KEPT]>,
    layout: Layout,
    /// What was in the cells written since the log was last cleared, oldest first.
    log: Vec<(u16, u32)>,
}

/// An access by segment and offset that is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Not all of it is in the segment.
    #[error("offset {offset:#x} is outside of the {segment} segment")]
    Outside {
        /// The segment.
        segment: Segment,
        /// The first byte asked for.
        offset: usize,
    },
    /// The segment's bytes there are not to be written: code and strings once they are there, the
    /// heap but through its blocks.
    #[error("the {segment} segment is protected at offset {offset:#x}")]
    Protected {
        /// The segment.
        segment: Segment,
        /// The first byte asked for.
        offset: usize,
    },
}

impl Memory {
    /// A memory of zeros.
    ///
    /// # Panics
    /// Never: the length is right.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let cells = vec![0; KEPT].into_boxed_slice().try_into();
        let cells = cells.unwrap_or_else(|_| unreachable!("the length is right"));
        Self { cells, layout, log: Vec::new() }
    }

    /// Its map.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// A cell by its number.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "modulo the number of cells")]
    pub fn get(&self, cell: usize) -> Cell {
        Cell(self.cells[BEFORE + cell as u16 as usize])
    }

    /// Sets a cell. What was there goes to the log, which whoever runs instructions clears.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "modulo the number of cells")]
    pub fn set(&mut self, cell: usize, value: Cell) {
        let place = &mut self.cells[BEFORE + cell as u16 as usize];
        self.log.push((cell as u16, *place));
        *place = value.0;
        self.mark(cell as u16);
    }

    /// Marks a cell as written.
    #[inline]
    fn mark(&mut self, cell: u16) {
        let (first, end) = self.layout.globals();
        let cell = usize::from(cell);
        let mark = match cell.checked_sub(first) {
            Some(global) if cell < end => GLOBAL_MARKS + global % GLOBALS_TOLD,
            _ => MARKS + cell / GROUP_CELLS,
        };
        self.cells[mark] = 1;
    }

    /// What was written since the marks were cleared: groups of cells, and global variables modulo
    /// their number; not 0 where one was. The stacks, and counts of references, may have been written
    /// without a mark.
    pub(crate) fn marks(&self) -> (&[u32], &[u32]) {
        self.cells[MARKS..].split_at(GLOBAL_MARKS - MARKS)
    }

    /// Takes all marks away.
    pub(crate) fn clear_marks(&mut self) {
        self.cells[MARKS..].fill(0);
    }

    /// Takes back a write.
    pub(crate) fn take_back(&mut self, cell: u16, old: u32) {
        self.cells[BEFORE + usize::from(cell)] = old;
        self.mark(cell);
    }

    /// A byte by its number in the whole memory.
    #[inline]
    #[must_use]
    pub fn byte(&self, at: usize) -> u8 {
        self.get(at / 4).0.to_le_bytes()[at % 4]
    }

    /// Sets a byte.
    #[inline]
    pub fn set_byte(&mut self, at: usize, value: u8) {
        let mut bytes = self.get(at / 4).0.to_le_bytes();
        bytes[at % 4] = value;
        self.set(at / 4, Cell(u32::from_le_bytes(bytes)));
    }

    /// Two bytes from anywhere.
    #[must_use]
    pub fn half(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.byte(at), self.byte(at + 1)])
    }

    /// Sets two bytes.
    pub fn set_half(&mut self, at: usize, value: u16) {
        let [low, high] = value.to_le_bytes();
        self.set_byte(at, low);
        self.set_byte(at + 1, high);
    }

    /// `N` bytes of a segment.
    ///
    /// # Errors
    /// Not all of them are in it.
    pub fn read<const N: usize>(
        &self,
        segment: Segment,
        offset: usize,
    ) -> Result<[u8; N], AccessError> {
        let base = self.within(segment, offset, N)?;
        Ok(std::array::from_fn(|index| self.byte(base + index)))
    }

    /// Sets `N` bytes of a segment.
    ///
    /// # Errors
    /// Not all of them are in it, or they are protected; nothing is written.
    pub fn write<const N: usize>(
        &mut self,
        segment: Segment,
        offset: usize,
        bytes: [u8; N],
    ) -> Result<(), AccessError> {
        let base = self.within(segment, offset, N)?;
        let first_free = match segment {
            Segment::Code => self.register(Register::CodeEnd) as usize,
            Segment::Data => 0,
            Segment::Heap => usize::MAX,
            Segment::String => self.register(Register::StringsEnd) as usize,
        };
        if offset < first_free {
            return Err(AccessError::Protected { segment, offset });
        }
        for (index, byte) in bytes.into_iter().enumerate() {
            self.set_byte(base + index, byte);
        }
        Ok(())
    }

    /// A register or cell of the tables.
    #[must_use]
    pub fn register(&self, register: Register) -> u32 {
        self.get(self.layout.registers().0 + register as usize).0
    }

    /// Sets a register.
    pub fn set_register(&mut self, register: Register, value: u32) {
        self.set(self.layout.registers().0 + register as usize, Cell(value));
    }

    /// All cells in use by this layout.
    #[must_use]
    pub fn cells(&self) -> &[u32] {
        &self.cells[BEFORE..BEFORE + self.layout.bytes() / 4]
    }

    /// The cells, to be replaced by those of another time. Not logged.
    pub(crate) fn cells_mut(&mut self) -> &mut [u32] {
        &mut self.cells[BEFORE..BEFORE + CELLS]
    }

    /// The cells with those around them. Not logged.
    pub(crate) fn kept_mut(&mut self) -> &mut [u32; KEPT] {
        &mut self.cells
    }

    /// What was in the cells written since the log was last cleared, oldest first.
    pub(crate) fn log(&self) -> &[(u16, u32)] {
        &self.log
    }

    /// Forgets what was in the cells written.
    pub(crate) fn clear_log(&mut self) {
        self.log.clear();
    }

    /// Undoes all that was written since the log was last cleared.
    pub(crate) fn roll_back(&mut self) {
        while let Some((cell, old)) = self.log.pop() {
            self.cells[BEFORE + usize::from(cell)] = old;
        }
    }

    fn within(&self, segment: Segment, offset: usize, length: usize) -> Result<usize, AccessError> {
        let is_inside =
            offset.checked_add(length).is_some_and(|end| end <= self.layout.segment_bytes());
        if is_inside {
            Ok(self.layout.base(segment) + offset)
        } else {
            Err(AccessError::Outside { segment, offset })
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("bytes", &self.layout.bytes()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::Vm;

    #[test]
    fn what_is_compiled_interned_or_counted_is_protected() {
        let mut memory = Vm::new(Layout::DEFAULT).memory;
        let end = memory.register(Register::CodeEnd) as usize;
        let protected = |segment, offset| Err(AccessError::Protected { segment, offset });
        assert_eq!(memory.write(Segment::Code, end - 1, [1]), protected(Segment::Code, end - 1));
        assert_eq!(memory.write(Segment::Code, end, [1]), Ok(()));
        assert_eq!(memory.write(Segment::String, 0, [1]), protected(Segment::String, 0));
        assert_eq!(memory.write(Segment::Heap, 64, [1]), protected(Segment::Heap, 64));
        assert_eq!(memory.write(Segment::Data, 0, [1, 2]), Ok(()));
        assert_eq!(memory.read(Segment::Data, 0), Ok([1, 2]));
        let outside = AccessError::Outside { segment: Segment::Data, offset: 0x3fff };
        assert_eq!(memory.write(Segment::Data, 0x3fff, [1, 2]), Err(outside));
        assert_eq!(memory.read::<2>(Segment::Data, 0x3fff), Err(outside));
    }
}
