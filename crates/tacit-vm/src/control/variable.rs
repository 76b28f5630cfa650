//! Local and global variables: their cells, and the elements of what they hold.

use crate::control::frame::FrameKind;
use crate::flow::Flow;
use crate::layout::Register;
use crate::trap::Trap;
use crate::value::{Cell, Control};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn enter(&mut self, count: u8) -> Result<Flow, Trap> {
        self.return_room(2 + usize::from(count))?;
        self.push_control(Control::Base(self.registers.bp));
        self.push_return(FrameKind::Locals.cell(count));
        self.registers.bp = self.registers.rp;
        for _ in 0..count {
            self.push_return(Cell::NIL);
        }
        Ok(Flow::Next)
    }

    pub(crate) fn leave(&mut self) -> Result<Flow, Trap> {
        let unbalanced = Trap::ReturnStackUnbalanced { word: "exit" };
        if self.slots_end() != self.registers.rp {
            return Err(unbalanced);
        }
        while self.registers.rp > self.registers.bp {
            let value = self.pop_return();
            self.memory.release(value)?;
        }
        if self.registers.rp < self.registers.return_start + 3 {
            return Err(unbalanced);
        }
        self.pop_return();
        let Some(Control::Base(base)) = self.pop_return().as_control() else {
            return Err(unbalanced);
        };
        self.registers.bp = base;
        Ok(Flow::Jump(self.pop_address("exit")?))
    }

    /// The cell of a local variable.
    pub(crate) fn local(&self, slot: u8) -> Result<usize, Trap> {
        if u16::from(slot) >= self.slot_count() {
            return Err(Trap::Damaged { what: "no such local variable" });
        }
        Ok(usize::from(self.registers.bp) + usize::from(slot))
    }

    /// The cell of a global variable.
    pub(crate) fn global(&self, index: u16) -> Result<usize, Trap> {
        let (first, end) = self.memory.layout().globals();
        let cell = first + usize::from(index);
        if u32::from(index) >= self.memory.register(Register::Globals) || cell >= end {
            return Err(Trap::Damaged { what: "no such global variable" });
        }
        Ok(cell)
    }

    pub(crate) fn variable_get(&mut self, cell: usize) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push_copy(self.memory.get(cell))?;
        Ok(Flow::Next)
    }

    pub(crate) fn variable_take(&mut self, cell: usize) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push(self.memory.get(cell));
        self.memory.set(cell, Cell::NIL);
        Ok(Flow::Next)
    }

    pub(crate) fn variable_set(&mut self, cell: usize) -> Result<Flow, Trap> {
        self.need("->", 1)?;
        let value = self.pop();
        let old = self.memory.get(cell);
        self.memory.set(cell, value);
        self.memory.release(old)?;
        Ok(Flow::Next)
    }

    /// Pushes the element of a variable at a path of so many keys, which it pops.
    pub(crate) fn variable_at(&mut self, cell: usize, keys: u8) -> Result<Flow, Trap> {
        let keys = self.take_keys(keys, 0)?;
        self.room(1)?;
        let mut found = self.memory.get(cell);
        for &key in &keys {
            found = self.element(found, key, "[ ]")?;
        }
        self.push_copy(found)?;
        for key in keys {
            self.memory.release(key)?;
        }
        Ok(Flow::Next)
    }

    /// Sets the element of a variable at a path of so many keys, in place as far as nothing else
    /// sees the containers.
    pub(crate) fn variable_put(&mut self, cell: usize, keys: u8) -> Result<Flow, Trap> {
        let keys = self.take_keys(keys, 1)?;
        let value = self.pop();
        self.put_at(cell, &keys, value)?;
        for key in keys {
            self.memory.release(key)?;
        }
        Ok(Flow::Next)
    }

    /// Puts `value` into the element of what a cell holds to which the keys lead, one after the other.
    pub(crate) fn put_at(&mut self, cell: usize, keys: &[Cell], value: Cell) -> Result<(), Trap> {
        // On the way down each container is taken out of the one around it, so that being there
        // does not count as being seen.
        let mut outer = Vec::with_capacity(keys.len());
        let mut container = self.memory.get(cell);
        self.memory.set(cell, Cell::NIL);
        let Some((&last, path)) = keys.split_last() else {
            return Err(Trap::Damaged { what: "a path without keys" });
        };
        for &key in path {
            let inner = self.element(container, key, "[ ]")?;
            self.memory.retain(inner)?;
            let rest = self.replace_element(container, key, Cell::NIL, "[ ]")?;
            outer.push((rest, key));
            container = inner;
        }
        let mut changed = self.replace_element(container, last, value, "[ ]")?;
        while let Some((container, key)) = outer.pop() {
            changed = self.replace_element(container, key, changed, "[ ]")?;
        }
        self.memory.set(cell, changed);
        Ok(())
    }

    /// Pops the keys of a path, for which there have to be so many values more.
    fn take_keys(&mut self, keys: u8, more: usize) -> Result<Vec<Cell>, Trap> {
        self.need("[ ]", usize::from(keys) + more)?;
        let mut keys: Vec<Cell> = (0..keys).map(|_| self.pop()).collect();
        keys.reverse();
        Ok(keys)
    }
}
