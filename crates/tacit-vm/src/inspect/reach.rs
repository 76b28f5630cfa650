//! Which cells of the memory what is stored in a location depends on: as long as none of them is
//! written, it is the same, and depends on the same cells.
//!
//! Counts of references are no part of that, as they change with every copy of a value. What is above
//! the top of a stack is not there: that cells of it are written is not all that can happen to them.

use machine::Location;

use crate::heap::Kind;
use crate::inspect::probe::{MEMORY, VALUES};
use crate::layout::{MEMORY_MAX, Segment};
use crate::memory::Memory;

/// Cells of the largest memory.
const CELLS: usize = MEMORY_MAX / 4;

/// A set of cells.
#[derive(Clone, Debug)]
pub(crate) struct CellSet {
    bits: Box<[u32; CELLS / 32]>,
    /// The first and the last of them that are on a return stack, where there may be nothing.
    returned: Option<(u16, u16)>,
    /// The same for stacks of values.
    stacked: Option<(u16, u16)>,
}

impl CellSet {
    fn new() -> Self {
        let bits = vec![0; CELLS / 32].into_boxed_slice().try_into();
        let bits = bits.unwrap_or_else(|_| unreachable!("the length is right"));
        Self { bits, returned: None, stacked: None }
    }

    fn add(&mut self, cells: impl IntoIterator<Item = usize>) {
        for cell in cells {
            self.bits[cell / 32 % (CELLS / 32)] |= 1 << (cell % 32);
        }
    }

    fn add_returned(&mut self, cell: u16) {
        self.returned = Some(widened(self.returned, cell));
        self.add([cell.into()]);
    }

    fn add_stacked(&mut self, cell: u16) {
        self.stacked = Some(widened(self.stacked, cell));
        self.add([cell.into()]);
    }

    /// Whether some are on a stack of either kind.
    pub(crate) const fn is_on_stacks(&self) -> bool {
        self.returned.is_some() || self.stacked.is_some()
    }

    /// The part of a stack of values from `start` to `end` that may be used without any of these
    /// being touched, or coming or going, where `sp` is the first free cell. Nothing if `sp` is among
    /// them.
    pub(crate) fn free_stack(&self, (start, end): (u16, u16), sp: u16) -> Option<(u16, u16)> {
        match self.stacked {
            Some((_, last)) if last < start => Some((start, end)),
            Some((first, _)) if first >= sp => Some((start, end.min(first))),
            Some((_, last)) if last < sp => Some((last + 1, end)),
            Some(_) => None,
            None => Some((start, end)),
        }
    }

    /// Whether one of them that is on a return stack may be at `from`, or between it and `to`.
    #[inline(always)]
    pub(crate) fn may_be_returned(&self, from: u16, to: u16) -> bool {
        self.returned.is_some_and(|(first, last)| from <= last && first < to)
    }

    #[inline(always)]
    pub(crate) fn has(&self, cell: u16) -> bool {
        self.bits[usize::from(cell) / 32] >> (cell % 32) & 1 != 0
    }

    /// The cells in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let words = self.bits.iter().enumerate().filter(|(_, bits)| **bits != 0);
        words.flat_map(|(word, bits)| {
            (0..32).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| word * 32 + bit)
        })
    }
}

fn widened(range: Option<(u16, u16)>, cell: u16) -> (u16, u16) {
    let (first, last) = range.unwrap_or((cell, cell));
    (first.min(cell), last.max(cell))
}

impl Memory {
    /// The cells that what is stored in some locations depends on, and on a stack on how far that
    /// reaches. Nothing where it may depend on something else as well: registers, a count of
    /// references.
    pub(crate) fn reach(&self, locations: &[Location]) -> Option<CellSet> {
        let mut cells = CellSet::new();
        locations.iter().all(|location| self.add_reach(*location, &mut cells)).then_some(cells)
    }

    fn add_reach(&self, location: Location, cells: &mut CellSet) -> bool {
        let layout = self.layout();
        let (globals, globals_end) = layout.globals();
        let heap = layout.base(Segment::Heap) / 4..layout.base(Segment::String) / 4;
        let data = layout.base(Segment::Data) / 4;
        match location.space {
            MEMORY => {
                let (start, end) = self.byte_range(location.address, location.size);
                let (first, end) = (start / 4, end.div_ceil(4));
                cells.add(first..end);
                let within = heap.start.max(first)..heap.end.min(end);
                within.for_each(|cell| self.add_use(cell, cells));
                let is_counted = |cell: usize| self.count_at(cell);
                first >= end
                    || end <= data
                    || (first >= globals && end <= globals_end)
                    || first >= heap.start && !(first..end.min(heap.end)).any(is_counted)
            }
            VALUES => {
                let Ok(cell) = usize::try_from(location.address) else { return false };
                let small = u16::try_from(cell).ok();
                let returned = small.filter(|_| layout.is_return_cell(cell));
                let stacked = small.filter(|_| layout.is_stack_cell(cell));
                if let Some(cell) = returned {
                    cells.add_returned(cell);
                }
                if let Some(cell) = stacked {
                    cells.add_stacked(cell);
                }
                let is_known = (globals..globals_end).contains(&cell)
                    || (heap.contains(&cell) && !self.count_at(cell))
                    || returned.or(stacked).is_some();
                if is_known {
                    cells.add([cell]);
                    self.value_bytes(self.get(cell), &mut |block| {
                        cells.add(self.block_range(block));
                    });
                }
                if heap.contains(&cell) {
                    self.add_use(cell, cells);
                }
                is_known
            }
            _ => false,
        }
    }

    /// What it depends on whether a cell of the heap is in use: the header of the run of blocks that
    /// it is in. Where that is free, any header may change it.
    fn add_use(&self, cell: usize, cells: &mut CellSet) {
        let first = self.layout().block(0);
        match self.run_of((cell - first) / 16) {
            Some(head) if self.block_kind(head) != Kind::Free => {
                cells.add(self.block_range(head).take(4));
            }
            Some(_) | None => cells.add(first..self.layout().block(self.layout().blocks())),
        }
    }

    /// Whether a cell of the heap has a count of references, or may become one without a further
    /// write to a header.
    fn count_at(&self, cell: usize) -> bool {
        let block = (cell - self.layout().block(0)) / 16;
        self.run_of(block).is_none_or(|head| self.layout().block(head.into()) == cell)
    }

    fn block_range(&self, block: u16) -> std::ops::Range<usize> {
        let first = self.layout().block(block.into());
        first..first + 16
    }
}
