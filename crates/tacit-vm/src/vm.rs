//! The machine's state, and its stacks.

use std::sync::Arc;

use crate::layout::{CODE_START, Layout, Register, STRING_START};
use crate::memory::Memory;
use crate::program::Program;
use crate::slot::FastCode;
use crate::snapshot::Pages;
use crate::trail::Trail;
use crate::trap::Trap;
use crate::value::{Cell, Control};

/// A Tacit machine. All of a program's state is in [`Memory`]; the registers that change with every
/// instruction are kept here, and written there by `spill`.
#[derive(Clone, Debug)]
pub struct Vm {
    pub(crate) memory: Memory,
    pub(crate) registers: Registers,
    /// Instructions done.
    pub(crate) tick: u64,
    /// What the code in memory was loaded from, decoded.
    pub(crate) program: Arc<Program>,
    /// What snapshots share.
    pub(crate) pages: Pages,
    pub(crate) trail: Trail,
    /// The program as the fast engine ran it last.
    pub(crate) fast: Option<Arc<FastCode>>,
}

/// What changes with every instruction. Stacks are told by the numbers of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registers {
    /// Offset in the code of the next instruction.
    pub(crate) ip: u16,
    /// First free cell of the stack.
    pub(crate) sp: u16,
    /// First free cell of the return stack.
    pub(crate) rp: u16,
    /// First local variable.
    pub(crate) bp: u16,
    pub(crate) stack_start: u16,
    pub(crate) stack_end: u16,
    pub(crate) return_start: u16,
    pub(crate) return_end: u16,
}

impl Registers {
    /// Them all, in the order of their cells in the memory.
    pub(crate) const fn list(self) -> [u16; 8] {
        let Self { ip, sp, rp, bp, stack_start, stack_end, return_start, return_end } = self;
        [ip, sp, rp, bp, stack_start, stack_end, return_start, return_end]
    }

    /// The opposite of [`list`](Self::list).
    pub(crate) const fn of(list: [u16; 8]) -> Self {
        let [ip, sp, rp, bp, stack_start, stack_end, return_start, return_end] = list;
        Self { ip, sp, rp, bp, stack_start, stack_end, return_start, return_end }
    }
}

impl Vm {
    /// The cells of the stack, deepest first.
    #[must_use]
    pub fn stack(&self) -> Vec<Cell> {
        let Registers { stack_start, sp, .. } = self.registers;
        (stack_start..sp).map(|cell| self.memory.get(cell.into())).collect()
    }

    /// The memory, with the registers as they were when it was last spilled.
    #[must_use]
    pub const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// How many values are on the stack.
    pub(crate) fn depth(&self) -> usize {
        usize::from(self.registers.sp - self.registers.stack_start)
    }

    /// Fails unless that many values are on the stack.
    pub(crate) fn need(&self, word: &'static str, needs: usize) -> Result<(), Trap> {
        let has = self.depth();
        if has < needs { Err(Trap::StackUnderflow { word, needs, has }) } else { Ok(()) }
    }

    /// Fails unless that many more values can be pushed.
    pub(crate) fn room(&self, cells: usize) -> Result<(), Trap> {
        let Registers { sp, stack_start, stack_end, .. } = self.registers;
        if usize::from(stack_end - sp) < cells {
            return Err(Trap::StackOverflow { cells: usize::from(stack_end - stack_start) });
        }
        Ok(())
    }

    /// Fails unless that many more cells can be pushed on the return stack.
    pub(crate) fn return_room(&self, cells: usize) -> Result<(), Trap> {
        let Registers { rp, return_start, return_end, .. } = self.registers;
        if usize::from(return_end - rp) < cells {
            let cells = usize::from(return_end - return_start);
            return Err(Trap::ReturnStackOverflow { cells });
        }
        Ok(())
    }

    /// The value that many below the top; there has to be one.
    pub(crate) fn peek(&self, below: u16) -> Cell {
        self.memory.get(usize::from(self.registers.sp - 1 - below))
    }

    /// Replaces the value that many below the top. Counts no references.
    pub(crate) fn poke(&mut self, below: u16, value: Cell) {
        self.memory.set(usize::from(self.registers.sp - 1 - below), value);
    }

    /// Pushes a value for which there has to be room. It brings its reference along.
    pub(crate) fn push(&mut self, value: Cell) {
        self.memory.set(self.registers.sp.into(), value);
        self.registers.sp += 1;
    }

    /// Pops a value that has to be there. Its reference goes to the caller.
    pub(crate) fn pop(&mut self) -> Cell {
        self.registers.sp -= 1;
        self.memory.get(self.registers.sp.into())
    }

    /// Pushes on the return stack, where there has to be room.
    pub(crate) fn push_return(&mut self, value: Cell) {
        self.memory.set(self.registers.rp.into(), value);
        self.registers.rp += 1;
    }

    /// Pops from the return stack, where there has to be something.
    pub(crate) fn pop_return(&mut self) -> Cell {
        self.registers.rp -= 1;
        self.memory.get(self.registers.rp.into())
    }

    /// Pushes a cell of control on the return stack, where there has to be room.
    pub(crate) fn push_control(&mut self, control: Control) {
        self.push_return(Cell::control(control));
    }

    /// Writes the registers into the memory, where they belong.
    pub(crate) fn spill(&mut self) {
        let first = self.memory.layout().registers().0;
        for (index, value) in self.registers.list().into_iter().enumerate() {
            let value = Cell(value.into());
            if self.memory.get(first + index) != value {
                self.memory.set(first + index, value);
            }
        }
    }
}

/// The registers of a machine that was just switched on.
#[expect(clippy::cast_possible_truncation, reason = "cells are numbered in 16 bits")]
pub(crate) fn fresh(layout: Layout) -> Registers {
    let (stack_start, stack_end) = layout.stack();
    let (return_start, return_end) = layout.return_stack();
    Registers {
        ip: 0,
        sp: stack_start as u16,
        rp: return_start as u16,
        bp: return_start as u16,
        stack_start: stack_start as u16,
        stack_end: stack_end as u16,
        return_start: return_start as u16,
        return_end: return_end as u16,
    }
}

/// The register page of a memory in which nothing is loaded.
pub(crate) fn initialise(memory: &mut Memory) {
    memory.set_register(Register::CodeEnd, CODE_START.into());
    memory.set_register(Register::StringsEnd, STRING_START.into());
    memory.set_register(Register::Interfaces, Cell::NIL.0);
}
