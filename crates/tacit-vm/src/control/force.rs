//! Forcing: instructions that want values run the blocks among their operands first, and the
//! methods that make what they want of objects.
//!
//! The operands go to a frame on the return stack, and are made from right to left, each with the
//! stack as it is below all of them. Then they are put back, and the instruction is done again. A
//! promise is a block of two cells: how far it is, and its code or its value.

use crate::control::convert::Role;
use crate::control::frame::{FrameKind, plain};
use crate::control::system;
use crate::flow::Flow;
use crate::heap::Kind;
use crate::heap::shape::Shape;
use crate::op::Instruction;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// How far a promise is.
const TO_RUN: Cell = Cell::FALSE;
const RUNNING: Cell = Cell::NIL;
const KEPT: Cell = Cell::TRUE;

/// Cells of a forcing frame above its operands: where to go on, the height of the stack, how many
/// operands there are and their role, and the control cell. The detail is how many are still to be
/// looked at.
const FIXED_CELLS: u16 = 4;
/// Set in the offset at which to go on when that is not the instruction that wants the operands.
const AFTER: u32 = 1 << 16;
/// The role is above the number of operands.
const ROLE_SHIFT: u32 = 16;

impl Vm {
    pub(crate) fn delay(&mut self) -> Result<Flow, Trap> {
        self.need("delay", 1)?;
        let code = self.pop();
        if code.tag() != Some(Tag::Code) {
            return Err(self.memory.type_error("delay", "code", code));
        }
        let block = self.memory.allocate(Kind::Promise, &[TO_RUN, code])?;
        self.push(Kind::Promise.cell(block));
        Ok(Flow::Next)
    }

    pub(crate) fn quote(&mut self) -> Result<Flow, Trap> {
        self.need("quote", 1)?;
        let value = self.pop();
        self.push(if value.tag() == Some(Tag::Code) { value.marked() } else { value });
        Ok(Flow::Next)
    }

    pub(crate) fn force(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("force", 1)?;
        if self.memory.is_deferred(self.peek(0)) {
            return self.force_operands(
                1,
                1,
                Role::Value,
                Cell::tagged(Tag::Number, AFTER | u32::from(next)),
            );
        }
        Ok(Flow::Next)
    }

    /// Where control goes on after the forcing frame with its control cell there, and whether that is
    /// after the instruction that wanted the values rather than at it.
    pub(crate) fn after_forcing(&self, control: usize) -> (u16, bool) {
        let then = self.memory.get(control.saturating_sub(3));
        (then.address(), then.payload() & AFTER != 0)
    }

    /// Moves the topmost values to a frame, to be made before the instruction at `again` is done.
    pub(crate) fn begin_force(
        &mut self,
        operands: u16,
        looked: u16,
        role: Role,
        again: u16,
    ) -> Result<Flow, Trap> {
        self.force_operands(operands, looked, role, plain(again))
    }

    fn force_operands(
        &mut self,
        operands: u16,
        looked: u16,
        role: Role,
        then: Cell,
    ) -> Result<Flow, Trap> {
        self.need("force", operands.into())?;
        let many = Trap::Damaged { what: "more operands than can be forced" };
        let left = u8::try_from(looked.min(operands)).map_err(|_| many)?;
        self.return_room(usize::from(operands + FIXED_CELLS))?;
        let first = self.registers.sp - operands;
        for cell in first..self.registers.sp {
            let operand = self.memory.get(cell.into());
            self.push_return(operand);
        }
        self.registers.sp = first;
        let count = Cell::tagged(Tag::Number, (role as u32) << ROLE_SHIFT | u32::from(operands));
        for cell in [then, plain(first), count, FrameKind::Force.cell(left)] {
            self.push_return(cell);
        }
        self.go_on_forcing(operands, left)
    }

    /// Runs the last block or method for the first `left` operands, or puts all back and goes on.
    fn go_on_forcing(&mut self, operands: u16, left: u8) -> Result<Flow, Trap> {
        let role = Role::from_number(self.frame_cell(0).payload() >> ROLE_SHIFT);
        for left in (1..=left).rev() {
            let place = self.operand_place(operands, left);
            let operand = self.memory.get(place);
            if let Some(method) = self.conversion(role, operand) {
                self.set_frame_detail(FrameKind::Force, left);
                return self.run_method(method, operand, system::FORCED);
            }
            if !role.runs_blocks() || !self.memory.is_deferred(operand) {
                continue;
            }
            if let Some(kept) = self.kept_value(operand) {
                self.memory.retain(kept)?;
                self.memory.release(operand)?;
                self.memory.set(place, kept);
            } else {
                self.set_frame_detail(FrameKind::Force, left);
                return self.start(operand, system::FORCED);
            }
        }
        let then = self.frame_cell(2).address();
        self.room(operands.into())?;
        self.registers.rp -= FIXED_CELLS + operands;
        for index in 0..operands {
            let operand = self.memory.get(usize::from(self.registers.rp + index));
            self.push(operand);
        }
        Ok(Flow::Jump(then))
    }

    /// `(forced)`: a block or method has returned.
    pub(crate) fn forced(&mut self) -> Result<Flow, Trap> {
        let Some((operands, left)) = self.force_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "force" });
        };
        let (height, then) = (self.frame_cell(1), self.frame_cell(2));
        let value = self.take_only(height, self.word_at(then))?;
        let place = self.operand_place(operands, left);
        let operand = self.memory.get(place);
        self.memory.set(place, value);
        if self.memory.shape(operand) == Shape::Promise {
            self.keep_value(operand, value)?;
        } else {
            self.memory.release(operand)?;
        }
        self.go_on_forcing(operands, left - 1)
    }

    /// Runs a block or promise that the caller has popped, whose value comes to the stack, then
    /// goes on at `then`, a system routine.
    pub(crate) fn run_forced(&mut self, value: Cell, then: u16) -> Result<Flow, Trap> {
        if value.tag() == Some(Tag::Code) {
            return self.start(value, then);
        }
        self.room(1)?;
        self.push(value);
        self.call(system::FORCE, then)
    }

    /// Runs the code of a block or promise, to come back to `then`.
    fn start(&mut self, value: Cell, then: u16) -> Result<Flow, Trap> {
        if value.tag() == Some(Tag::Code) {
            return self.call(value.address(), then);
        }
        let block = value.address();
        if self.memory.block_cell(block, 0) != TO_RUN {
            return Err(Trap::PromiseLoop);
        }
        self.memory.set_block_cell(block, 0, RUNNING);
        self.call(self.memory.block_cell(block, 1).address(), then)
    }

    /// The value of a promise that has one.
    fn kept_value(&self, value: Cell) -> Option<Cell> {
        let is_kept =
            value.tag() == Some(Tag::Pointer) && self.memory.block_cell(value.address(), 0) == KEPT;
        is_kept.then(|| self.memory.block_cell(value.address(), 1))
    }

    /// Keeps the value of a promise, whose reference is taken over, unless the promise is in it.
    fn keep_value(&mut self, promise: Cell, value: Cell) -> Result<(), Trap> {
        let block = promise.address();
        if self.memory.references(block) > 1 && self.reaches(value, block) {
            return Err(Trap::PromiseLoop);
        }
        self.memory.retain(value)?;
        // Code, or a value that another task has made meanwhile.
        let old = self.memory.block_cell(block, 1);
        self.memory.set_block_cell(block, 0, KEPT);
        self.memory.set_block_cell(block, 1, value);
        self.memory.release(old)?;
        self.memory.release(promise)
    }

    /// Whether a block can be come to from a value.
    fn reaches(&self, value: Cell, block: u16) -> bool {
        let mut is_seen = vec![false; self.memory.layout().blocks()];
        let mut waiting: Vec<u16> =
            value.is_reference().then(|| value.address()).into_iter().collect();
        while let Some(at) = waiting.pop() {
            if at == block {
                return true;
            }
            if let Some(seen @ false) = is_seen.get_mut(usize::from(at)) {
                *seen = true;
                waiting.extend(self.memory.children(at));
            }
        }
        false
    }

    /// Lets a promise that was being made be made again: what was making it is given up.
    pub(crate) fn give_up_promise(&mut self, value: Cell) {
        let is_promise = value.tag() == Some(Tag::Pointer)
            && self.memory.block_kind(value.address()) == Kind::Promise;
        if is_promise && self.memory.block_cell(value.address(), 0) == RUNNING {
            self.memory.set_block_cell(value.address(), 0, TO_RUN);
        }
    }

    /// How many operands the forcing frame on top of the return stack has, and how many of them are
    /// left, if it is such a frame and whole.
    fn force_frame(&self) -> Option<(u16, u8)> {
        let (FrameKind::Force, left) = self.top_frame()? else {
            return None;
        };
        let operands = self.frame_cell(0).address();
        let cells = self.registers.rp - self.registers.return_start;
        let is_whole = operands <= cells.saturating_sub(FIXED_CELLS);
        (is_whole && 0 < left && u16::from(left) <= operands).then_some((operands, left))
    }

    /// The cell of the last of the first `left` operands.
    fn operand_place(&self, operands: u16, left: u8) -> usize {
        usize::from(self.registers.rp - FIXED_CELLS - operands + u16::from(left) - 1)
    }

    /// The word that wants the operands, for what is said about it.
    fn word_at(&self, then: Cell) -> &'static str {
        if then.payload() & AFTER != 0 {
            return "force";
        }
        match self.fetch(then.address()) {
            Ok((Instruction::ForInit, _)) => "for-each",
            Ok((instruction, _)) => instruction.mnemonic(),
            Err(_) => "force",
        }
    }
}
