//! Where everything lies: the map of the memory, in four segments of equal size.
//!
//! ```text
//! code     0x0000  system vectors | 0x0100 system routines | 0x0200 words and units
//! data     0x0000  stack | 0x1000 return stack | 0x1800 globals | 0x1c00 8 tasks | 0x3c00 registers
//! heap     256 blocks of 64 bytes
//! string   0x0000  the empty string | 0x0002 256 heads of the index | 0x0204 strings
//! ```
//! A larger memory has the same map, stretched.

use std::fmt;

use crate::task::RECORD_CELLS;

/// Bytes of the smallest memory, and the default.
pub const MEMORY_MIN: usize = 64 << 10;
/// Bytes of the largest: what an 18-bit payload can address.
pub const MEMORY_MAX: usize = 256 << 10;
/// Where the system routines begin in the code.
pub const SYSTEM: u16 = 0x100;
/// Where units begin in the code.
pub const CODE_START: u16 = 0x200;
/// Bytes of a heap block.
pub const BLOCK_BYTES: usize = 64;
/// Tasks beside the first.
pub const TASKS: usize = 8;
/// Events that may wait to be taken.
pub const EVENTS: usize = 64;
/// Heads of the string index.
pub const STRING_HEADS: usize = 256;
/// Where the string index begins in the string segment.
pub const STRING_INDEX: u16 = 2;
/// Where strings begin in their segment.
#[expect(clippy::cast_possible_truncation, reason = "small")]
pub const STRING_START: u16 = 2 + 2 * STRING_HEADS as u16;

/// A part of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Instructions. Read only, once compiled.
    Code = 0,
    /// Stacks, globals, tasks, registers.
    Data = 1,
    /// Blocks with counted references.
    Heap = 2,
    /// Interned strings. Written once.
    String = 3,
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Data => "data",
            Self::Heap => "heap",
            Self::String => "string",
        })
    }
}

/// The map for one size of memory. Cells are numbered through the whole memory, 4 bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    segment: usize,
}

/// A memory must be 64, 128 or 256 KB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a memory of {0} bytes is not possible: 64k, 128k and 256k are")]
pub struct BadSize(pub usize);

impl Layout {
    /// The map of the founding document.
    pub const DEFAULT: Self = Self { segment: MEMORY_MIN / 4 };

    /// The map of a memory of `bytes`.
    ///
    /// # Errors
    /// No memory may have that size.
    pub const fn new(bytes: usize) -> Result<Self, BadSize> {
        match bytes {
            0x1_0000 | 0x2_0000 | 0x4_0000 => Ok(Self { segment: bytes / 4 }),
            _ => Err(BadSize(bytes)),
        }
    }

    /// Bytes of the whole memory.
    #[must_use]
    pub const fn bytes(self) -> usize {
        4 * self.segment
    }

    /// Bytes of each segment.
    #[must_use]
    pub const fn segment_bytes(self) -> usize {
        self.segment
    }

    /// The byte at which a segment begins.
    #[must_use]
    pub const fn base(self, segment: Segment) -> usize {
        self.segment * segment as usize
    }

    /// The first cell of the stack, and the first after it.
    #[must_use]
    pub const fn stack(self) -> (usize, usize) {
        self.data_cells(0, 16)
    }

    /// The cells of the return stack.
    #[must_use]
    pub const fn return_stack(self) -> (usize, usize) {
        self.data_cells(16, 24)
    }

    /// The cells of the global variables.
    #[must_use]
    pub const fn globals(self) -> (usize, usize) {
        self.data_cells(24, 28)
    }

    /// The cells of the task with that number, from 1: 8 for its record, then its stack, then, in
    /// the last half, its return stack.
    #[must_use]
    pub const fn task(self, number: usize) -> (usize, usize) {
        let first = 28 + 4 * (number - 1);
        self.data_cells(first, first + 4)
    }

    /// Whether a cell is on a stack of values, of whichever task.
    #[must_use]
    pub(crate) fn is_stack_cell(self, cell: usize) -> bool {
        let (first, end) = self.stack();
        (first..end).contains(&cell)
            || (1..=TASKS).any(|number| {
                let (first, end) = self.task(number);
                (first + usize::from(RECORD_CELLS)..first + (end - first) / 2).contains(&cell)
            })
    }

    /// Whether a cell is on a return stack, of whichever task.
    #[must_use]
    pub(crate) fn is_return_cell(self, cell: usize) -> bool {
        let (first, end) = self.return_stack();
        (first..end).contains(&cell)
            || (1..=TASKS).any(|number| {
                let (first, end) = self.task(number);
                (first + (end - first) / 2..end).contains(&cell)
            })
    }

    /// The cells of the machine's registers and tables; [`Register`] numbers them.
    #[must_use]
    pub const fn registers(self) -> (usize, usize) {
        self.data_cells(60, 64)
    }

    /// The first cell of a heap block.
    #[must_use]
    pub const fn block(self, block: usize) -> usize {
        (self.base(Segment::Heap) + block * BLOCK_BYTES) / 4
    }

    /// How many heap blocks there are.
    #[must_use]
    pub const fn blocks(self) -> usize {
        self.segment / BLOCK_BYTES
    }

    const fn data_cells(self, from: usize, to: usize) -> (usize, usize) {
        let base = self.segment / 4;
        (base + from * (self.segment / 256), base + to * (self.segment / 256))
    }
}

/// Cells of the register page, from its start. Those up to `ReturnEnd` are kept in the machine
/// while it runs, and are written here for snapshots and for looking. They hold plain numbers,
/// not tagged values, unless something else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Register {
    /// Offset in the code of the next instruction.
    Instruction = 0,
    /// First free cell of the running task's stack.
    Stack = 1,
    /// First free cell of its return stack.
    Return = 2,
    /// First local variable's cell.
    Base = 3,
    /// Bounds of the running task's stacks, as cells.
    StackStart = 4,
    /// After the last cell.
    StackEnd = 5,
    /// The return stack's first cell.
    ReturnStart = 6,
    /// After the last cell.
    ReturnEnd = 7,
    /// The running task's number, from 0.
    Task = 8,
    /// First free byte of the code.
    CodeEnd = 9,
    /// The newest word's header, 0 if there is none.
    Words = 10,
    /// First free byte of the strings.
    StringsEnd = 11,
    /// First free block plus 1, 0 if there is none.
    FreeBlock = 12,
    /// Blocks in use.
    BlocksUsed = 13,
    /// The most that were.
    BlocksPeak = 14,
    /// Blocks ever allocated, wrapping.
    Allocated = 15,
    /// Blocks ever freed, wrapping.
    Freed = 16,
    /// Blocks that may be used, 0 for all.
    Quota = 17,
    /// NIL or the dictionary of types: a tagged value.
    Interfaces = 18,
    /// Global variables defined.
    Globals = 19,
    /// Events kept, oldest at `EventFirst`.
    EventCount = 22,
    /// Number of the oldest event's cell.
    EventFirst = 23,
    /// The first task's record (state, stacks' tops, base, what it waits for, inbox), while
    /// another runs: 8 cells.
    MainTask = 32,
    /// The events: tagged values.
    Events = 64,
}
