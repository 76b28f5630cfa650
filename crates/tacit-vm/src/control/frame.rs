//! Frames: what the machine keeps on the return stack for words that run other code.
//!
//! A frame is three or more cells below a [`Control::Frame`] cell, which says what kind it is and
//! has a small number of detail. Only the frame of local variables is the other way round: its
//! slots lie above that cell, and the base register leads to them.

use crate::trap::Trap;
use crate::value::{Cell, Control, Tag};
use crate::vm::Vm;

/// What a frame is for, with its cells, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FrameKind {
    /// `Base(caller's)` below; the slots are above. The detail is how many there are.
    Locals = 1,
    /// A loop over a range: cursor, step, end.
    Range = 2,
    /// A loop of so many rounds: what remains, NIL, NIL.
    Times = 3,
    /// A loop over any other sequence: the sequence, NIL, NIL.
    Sequence = 4,
    /// An element being made: the sequence's block, the height of the stack, a value kept. The
    /// detail is the stage.
    Pull = 5,
    /// Operands being forced: they, where to go on, the height of the stack, how many there are. The
    /// detail is how many of them are still to be looked at.
    Force = 6,
    /// An `if` with a block as flag: both branches, the height of the stack.
    If = 7,
    /// An `and` or `or` with blocks: the second operand, the opcode, the height of the stack. The
    /// detail is which operand is being made.
    Join = 8,
}

/// Cells of a frame, its control cell included; a forcing frame has its operands besides.
pub(crate) const FRAME_CELLS: u16 = 4;

impl FrameKind {
    /// The control cell of such a frame.
    pub(crate) const fn cell(self, detail: u8) -> Cell {
        Cell::control(Control::Frame((self as u16) << 8 | detail as u16))
    }

    /// The kind and the detail that a control cell says.
    pub(crate) const fn from_cell(cell: Cell) -> Option<(Self, u8)> {
        let Some(Control::Frame(number)) = cell.as_control() else {
            return None;
        };
        let [kind, detail] = number.to_be_bytes();
        let kind = match kind {
            1 => Self::Locals,
            2 => Self::Range,
            3 => Self::Times,
            4 => Self::Sequence,
            5 => Self::Pull,
            6 => Self::Force,
            7 => Self::If,
            8 => Self::Join,
            _ => return None,
        };
        Some((kind, detail))
    }
}

/// A height of a stack or an offset in the code, as a frame keeps it.
pub(crate) const fn plain(number: u16) -> Cell {
    Cell::tagged(Tag::Number, number as u32)
}

impl Vm {
    /// The top of the return stack, if there is something.
    pub(crate) fn return_top(&self) -> Option<Cell> {
        let (rp, start) = (self.registers.rp, self.registers.return_start);
        (rp > start).then(|| self.memory.get(usize::from(rp - 1)))
    }

    /// The frame on top of the return stack, if there is one.
    pub(crate) fn top_frame(&self) -> Option<(FrameKind, u8)> {
        let is_whole = self.registers.rp - self.registers.return_start >= FRAME_CELLS;
        FrameKind::from_cell(self.return_top()?).filter(|_| is_whole)
    }

    /// The cell that many below the control cell of the frame on top.
    pub(crate) fn frame_cell(&self, below: u16) -> Cell {
        self.memory.get(usize::from(self.registers.rp.wrapping_sub(2 + below)))
    }

    /// Changes such a cell. Counts no references.
    pub(crate) fn set_frame_cell(&mut self, below: u16, cell: Cell) {
        self.memory.set(usize::from(self.registers.rp.wrapping_sub(2 + below)), cell);
    }

    /// Changes the detail of the frame on top.
    pub(crate) fn set_frame_detail(&mut self, kind: FrameKind, detail: u8) {
        self.memory.set(usize::from(self.registers.rp - 1), kind.cell(detail));
    }

    /// Makes a frame of three cells, whose references it takes over.
    pub(crate) fn push_frame(
        &mut self,
        kind: FrameKind,
        detail: u8,
        cells: [Cell; 3],
    ) -> Result<(), Trap> {
        self.return_room(FRAME_CELLS.into())?;
        for cell in cells {
            self.push_return(cell);
        }
        self.push_return(kind.cell(detail));
        Ok(())
    }

    /// Takes the frame on top away, which has to be there. Its references go to the caller.
    pub(crate) fn pop_frame(&mut self) -> [Cell; 3] {
        self.pop_return();
        let [c, b, a] = [(); 3].map(|()| self.pop_return());
        [a, b, c]
    }

    /// How many cells the stack has above a height kept in a frame; below 0 if there are less.
    pub(crate) fn above(&self, height: Cell) -> i32 {
        i32::from(self.registers.sp) - i32::from(height.address())
    }

    /// Takes the one value that a block has left above that height.
    pub(crate) fn take_only(&mut self, height: Cell, word: &'static str) -> Result<Cell, Trap> {
        match self.above(height) {
            1 => Ok(self.pop()),
            left => Err(Trap::Arity { word, left }),
        }
    }

    /// Takes a `Return` cell from the return stack.
    pub(crate) fn pop_address(&mut self, word: &'static str) -> Result<u16, Trap> {
        match self.return_top().and_then(Cell::as_control) {
            Some(Control::Return(address)) => {
                self.pop_return();
                Ok(address)
            }
            _ => Err(Trap::ReturnStackUnbalanced { word }),
        }
    }
}
