//! The words that move values about, on the stack and to the return stack.

use crate::control::frame::FrameKind;
use crate::data::show::number_text;
use crate::flow::Flow;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

impl Vm {
    /// Pushes a copy of a value. There has to be room.
    pub(crate) fn push_copy(&mut self, value: Cell) -> Result<(), Trap> {
        self.memory.retain(value)?;
        self.push(value);
        Ok(())
    }

    pub(crate) fn dup(&mut self) -> Result<Flow, Trap> {
        self.copies("dup", &[0])
    }

    pub(crate) fn drop_top(&mut self) -> Result<Flow, Trap> {
        self.need("drop", 1)?;
        let value = self.pop();
        self.memory.release(value)?;
        Ok(Flow::Next)
    }

    pub(crate) fn swap(&mut self) -> Result<Flow, Trap> {
        self.rearrange("swap", [1, 0])
    }

    pub(crate) fn over(&mut self) -> Result<Flow, Trap> {
        self.need("over", 2)?;
        self.copies("over", &[1])
    }

    pub(crate) fn rot(&mut self) -> Result<Flow, Trap> {
        self.rearrange("rot", [1, 2, 0])
    }

    pub(crate) fn neg_rot(&mut self) -> Result<Flow, Trap> {
        self.rearrange("-rot", [2, 0, 1])
    }

    pub(crate) fn nip(&mut self) -> Result<Flow, Trap> {
        self.need("nip", 2)?;
        let (top, second) = (self.pop(), self.pop());
        self.memory.release(second)?;
        self.push(top);
        Ok(Flow::Next)
    }

    pub(crate) fn tuck(&mut self) -> Result<Flow, Trap> {
        self.need("tuck", 2)?;
        self.room(1)?;
        let (b, a) = (self.pop(), self.pop());
        self.memory.retain(b)?;
        for value in [b, a, b] {
            self.push(value);
        }
        Ok(Flow::Next)
    }

    pub(crate) fn two_dup(&mut self) -> Result<Flow, Trap> {
        self.copies("2dup", &[1, 1])
    }

    pub(crate) fn two_drop(&mut self) -> Result<Flow, Trap> {
        self.need("2drop", 2)?;
        for _ in 0..2 {
            let value = self.pop();
            self.memory.release(value)?;
        }
        Ok(Flow::Next)
    }

    pub(crate) fn pick(&mut self) -> Result<Flow, Trap> {
        self.need("pick", 1)?;
        let operand = self.pop();
        let below = self.whole("pick", operand)?;
        if below >= self.depth() {
            // The number counts, too.
            let (needs, has) = (below.saturating_add(2), self.depth() + 1);
            return Err(Trap::StackUnderflow { word: "pick", needs, has });
        }
        let value = self.memory.get(usize::from(self.registers.sp) - 1 - below);
        self.push_copy(value)?;
        Ok(Flow::Next)
    }

    pub(crate) fn push_depth(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push(Cell::count(self.depth()));
        Ok(Flow::Next)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_return(&mut self) -> Result<Flow, Trap> {
        self.need(">R", 1)?;
        self.return_room(1)?;
        let value = self.pop();
        self.push_return(value);
        Ok(Flow::Next)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn from_return(&mut self) -> Result<Flow, Trap> {
        self.moved("R>")?;
        self.room(1)?;
        let value = self.pop_return();
        self.push(value);
        Ok(Flow::Next)
    }

    pub(crate) fn fetch_return(&mut self) -> Result<Flow, Trap> {
        let value = self.moved("R@")?;
        self.room(1)?;
        self.push_copy(value)?;
        Ok(Flow::Next)
    }

    /// A whole number from 0 up, of what has been popped.
    pub(crate) fn whole(&self, word: &'static str, operand: Cell) -> Result<usize, Trap> {
        if let Some(count) = operand.as_count() {
            return Ok(count);
        }
        match operand.as_number() {
            Some(number) => {
                let is_large = number > 16_777_216.0;
                let up_to = "a whole number up to 16777216";
                let expected = if is_large { up_to } else { "a whole number from 0 up" };
                Err(Trap::Number { word, expected, found: number_text(number) })
            }
            None => Err(self.memory.type_error(word, "number", operand)),
        }
    }

    /// The value on top of the return stack, if a program has moved it there.
    fn moved(&self, word: &'static str) -> Result<Cell, Trap> {
        let nothing = Trap::ReturnStackUnderflow { word };
        let top = self.return_top().filter(|top| top.as_control().is_none());
        let is_slot = self.registers.rp <= self.slots_end();
        top.filter(|_| !is_slot).ok_or(nothing)
    }

    /// After the last slot of the innermost frame of local variables.
    pub(crate) fn slots_end(&self) -> u16 {
        self.registers.bp.saturating_add(self.slot_count())
    }

    /// How many local variables the innermost frame of such has.
    pub(crate) fn slot_count(&self) -> u16 {
        let (bp, start) = (self.registers.bp, self.registers.return_start);
        if bp < start.saturating_add(2) {
            return 0;
        }
        match FrameKind::from_cell(self.memory.get(usize::from(bp - 1))) {
            Some((FrameKind::Locals, count)) => count.into(),
            _ => 0,
        }
    }

    /// Pushes copies of values so deep, each counted when the ones before it are there.
    fn copies(&mut self, word: &'static str, depths: &[u16]) -> Result<Flow, Trap> {
        self.need(word, depths.len())?;
        self.room(depths.len())?;
        for &depth in depths {
            let value = self.peek(depth);
            self.push_copy(value)?;
        }
        Ok(Flow::Next)
    }

    /// Replaces the topmost values by themselves in another order: `from[i]` is which of them,
    /// deepest first, comes to place `i`.
    fn rearrange<const N: usize>(
        &mut self,
        word: &'static str,
        from: [usize; N],
    ) -> Result<Flow, Trap> {
        self.need(word, N)?;
        let first = usize::from(self.registers.sp) - N;
        let values: [Cell; N] = std::array::from_fn(|index| self.memory.get(first + index));
        for (index, from) in from.into_iter().enumerate() {
            self.memory.set(first + index, values[from]);
        }
        Ok(Flow::Next)
    }
}
