//! What a page holds: its bytes, and when each of its cells was written.

use crate::packed::PackedPage;
use crate::page::PAGE_SIZE;

/// Bytes in a cell, the unit in which tapes are compared and merged.
pub(crate) const CELL_SIZE: usize = 8;
pub(crate) const CELL_BITS: u32 = CELL_SIZE.trailing_zeros();

/// The cells of a page.
pub(crate) const CELLS: usize = PAGE_SIZE / CELL_SIZE;

/// The bytes of a page, and behind them for each cell the part of the page's era in which it was
/// written last.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) bytes: [u8; PAGE_SIZE],
    pub(crate) parts: [u8; CELLS],
}

impl Cells {
    pub(crate) const ZEROED: Self = Self { bytes: [0; PAGE_SIZE], parts: [0; CELLS] };

    /// The same in fewer bytes, if it can be had.
    pub(crate) fn packed(&self) -> Option<PackedPage> {
        PackedPage::of(&self.bytes, &self.parts)
    }

    /// What [`packed`](Self::packed) made small.
    pub(crate) fn unpacked(packed: &PackedPage) -> Self {
        let mut cells = Self::ZEROED;
        packed.copy_to(&mut cells.bytes, &mut cells.parts);
        cells
    }
}
