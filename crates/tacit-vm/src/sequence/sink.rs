//! The words that consume sequences: each goes on in a system routine, with what it needs on the
//! return stack: where to return to, a value *kept* from round to round, a function or so *held*,
//! and the frame of a loop.

use crate::control::frame::{FRAME_CELLS, FrameKind};
use crate::control::system;
use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::{Cell, Control, Tag};
use crate::vm::Vm;

/// Held while a vector is collected: its last block. With this added, it becomes an array.
const TO_ARRAY: u32 = 1 << 16;

impl Vm {
    /// Begins a word that goes on in a system routine. Takes the references over.
    pub(crate) fn begin_held(&mut self, next: u16, kept: Cell, held: Cell) -> Result<(), Trap> {
        self.return_room(3)?;
        self.push_control(Control::Return(next));
        self.push_return(kept);
        self.push_return(held);
        Ok(())
    }

    /// `to-vector`, `to-array`, `count`, `last` and `first`: no function, something kept.
    fn consume(
        &mut self,
        word: &'static str,
        next: u16,
        [kept, held]: [Cell; 2],
        routine: u16,
    ) -> Result<Flow, Trap> {
        self.need(word, 1)?;
        if let Some(flow) = self.seqable(1) {
            return Ok(flow);
        }
        let source = self.pop();
        self.begin_held(next, kept, held)?;
        self.begin_loop(source)?;
        Ok(Flow::Jump(routine))
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_vector(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("to-vector", 1)?;
        let vector = self.memory.new_vector(&[])?;
        let tail = Cell::tagged(Tag::Number, vector.address().into());
        self.consume("to-vector", next, [vector, tail], system::COLLECT)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_array(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("to-array", 1)?;
        let vector = self.memory.new_vector(&[])?;
        let tail = Cell::tagged(Tag::Number, TO_ARRAY | u32::from(vector.address()));
        self.consume("to-array", next, [vector, tail], system::COLLECT)
    }

    pub(crate) fn count_elements(&mut self, next: u16) -> Result<Flow, Trap> {
        self.consume("count", next, [Cell::count(0), Cell::NIL], system::COUNT)
    }

    pub(crate) fn last(&mut self, next: u16) -> Result<Flow, Trap> {
        self.consume("last", next, [Cell::NIL; 2], system::LAST)
    }

    pub(crate) fn first(&mut self, next: u16) -> Result<Flow, Trap> {
        self.consume("first", next, [Cell::NIL; 2], system::FIRST)
    }

    /// `for-each`, `reduce`, `find`, `any` and `all`: with a function.
    pub(crate) fn consume_with(
        &mut self,
        word: &'static str,
        next: u16,
        routine: u16,
    ) -> Result<Flow, Trap> {
        self.need(word, 2)?;
        if let Some(flow) = self.seqable(2) {
            return Ok(flow);
        }
        let function = self.pop();
        self.callable(word, function)?;
        let source = self.pop();
        self.begin_held(next, Cell::NIL, function)?;
        self.begin_loop(source)?;
        Ok(Flow::Jump(routine))
    }

    /// As `for-each`, with the value to begin with on the stack.
    pub(crate) fn reduce(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("reduce", 3)?;
        if let Some(flow) = self.seqable(3) {
            return Ok(flow);
        }
        let (function, first, source) = (self.pop(), self.pop(), self.pop());
        self.callable("reduce", function)?;
        self.push(first);
        self.begin_held(next, Cell::NIL, function)?;
        self.begin_loop(source)?;
        Ok(Flow::Jump(system::FOR_EACH))
    }

    pub(crate) fn next_element(&mut self, next: u16) -> Result<Flow, Trap> {
        self.need("next", 1)?;
        if let Some(flow) = self.seqable(1) {
            return Ok(flow);
        }
        let source = self.pop();
        let sequence = self.sequence_from(source)?;
        let sequence = self.own_sequence(sequence)?;
        if !self.is_simple(sequence) {
            self.begin_held(next, Cell::NIL, Cell::NIL)?;
            self.push_frame(FrameKind::Sequence, 0, [sequence, Cell::NIL, Cell::NIL])?;
            return Ok(Flow::Jump(system::NEXT));
        }
        if let Some(element) = self.next_of(sequence)? {
            self.room(3)?;
            for cell in [element, sequence, Cell::TRUE] {
                self.push(cell);
            }
        } else {
            self.memory.release(sequence)?;
            self.push(Cell::FALSE);
        }
        Ok(Flow::Next)
    }

    /// `(call-held)`
    pub(crate) fn call_held(&mut self, next: u16) -> Result<Flow, Trap> {
        let [_, held] = self.held_places(true)?;
        let function = self.memory.get(held);
        self.memory.retain(function)?;
        self.call_cell(function, next)
    }

    /// `(collect)`
    pub(crate) fn collect(&mut self) -> Result<Flow, Trap> {
        self.need("to-vector", 1)?;
        let [_, held] = self.held_places(true)?;
        let tail = self.memory.get(held);
        let element = self.pop();
        let last = self.memory.append_at_tail(tail.address(), element)?;
        let tail = Cell::tagged(Tag::Number, tail.payload() & TO_ARRAY | u32::from(last));
        self.memory.set(held, tail);
        Ok(Flow::Next)
    }

    /// `(tally)`
    pub(crate) fn tally(&mut self) -> Result<Flow, Trap> {
        self.need("count", 1)?;
        let [kept, _] = self.held_places(true)?;
        let element = self.pop();
        self.memory.release(element)?;
        let count = self.memory.get(kept).as_count().unwrap_or(0);
        self.memory.set(kept, Cell::count(count + 1));
        Ok(Flow::Next)
    }

    /// `(keep)`
    pub(crate) fn keep_top(&mut self) -> Result<Flow, Trap> {
        self.need("last", 1)?;
        let element = self.pop();
        self.keep_value_held(element)
    }

    /// `(keep-copy)`
    pub(crate) fn keep_copy(&mut self) -> Result<Flow, Trap> {
        self.need("find", 1)?;
        let element = self.peek(0);
        self.memory.retain(element)?;
        self.keep_value_held(element)
    }

    fn keep_value_held(&mut self, value: Cell) -> Result<Flow, Trap> {
        let [kept, _] = self.held_places(true)?;
        let old = self.memory.get(kept);
        self.memory.set(kept, value);
        self.memory.release(old)?;
        Ok(Flow::Next)
    }

    /// `(yield-held)`
    pub(crate) fn yield_held(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        let (mut kept, held) = self.take_held()?;
        if held.tag() == Some(Tag::Number) && held.payload() & TO_ARRAY != 0 {
            let elements = self.memory.vector_cells(kept);
            for &element in &elements {
                self.memory.retain(element)?;
            }
            self.memory.release(kept)?;
            kept = self.memory.array_of(&elements)?;
        }
        self.memory.release(held)?;
        self.push(kept);
        Ok(Flow::Next)
    }

    /// `(drop-held)`
    pub(crate) fn drop_held(&mut self) -> Result<Flow, Trap> {
        let (kept, held) = self.take_held()?;
        self.memory.release(kept)?;
        self.memory.release(held)?;
        Ok(Flow::Next)
    }

    /// `(rest)`
    pub(crate) fn rest(&mut self) -> Result<Flow, Trap> {
        let Some((FrameKind::Sequence, _)) = self.top_frame() else {
            return Err(Trap::ReturnStackUnbalanced { word: "next" });
        };
        self.room(1)?;
        let [sequence, ..] = self.pop_frame();
        self.push(sequence);
        Ok(Flow::Next)
    }

    fn take_held(&mut self) -> Result<(Cell, Cell), Trap> {
        self.held_places(false)?;
        let held = self.pop_return();
        Ok((self.pop_return(), held))
    }

    /// The cells of what is kept and of what is held, below the frame of a loop or without one.
    fn held_places(&self, is_in_loop: bool) -> Result<[usize; 2], Trap> {
        let loop_frame = matches!(
            self.top_frame(),
            Some((FrameKind::Range | FrameKind::Times | FrameKind::Sequence, _))
        );
        if loop_frame != is_in_loop {
            return Err(Trap::ReturnStackUnbalanced { word: "for-each" });
        }
        let above = if is_in_loop { FRAME_CELLS } else { 0 };
        if self.registers.rp - self.registers.return_start < above + 3 {
            return Err(Trap::Damaged { what: "nothing is held" });
        }
        let held = usize::from(self.registers.rp - above - 1);
        Ok([held - 1, held])
    }
}
