//! The history trail: what each instruction overwrote, newest last, so that it can be undone.

use std::collections::VecDeque;

use crate::memory::Memory;
use crate::vm::Registers;

/// What must be known to undo the latest instructions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    steps: VecDeque<Step>,
    /// Cells with what was in them before, of all steps.
    writes: VecDeque<(u16, u32)>,
    bytes_max: usize,
}

/// The state before an instruction, as far as it is not in the memory.
#[derive(Clone, Copy, Debug)]
struct Step {
    registers: Registers,
    /// How many writes are its own.
    writes: u32,
}

impl Trail {
    /// Whether instructions should be kept.
    pub(crate) const fn is_on(&self) -> bool {
        self.bytes_max > 0
    }

    /// Keeps at most about so many bytes from here on.
    pub(crate) fn set(&mut self, bytes: usize) {
        self.bytes_max = bytes;
        self.shrink();
        if bytes == 0 {
            *self = Self::default();
        }
    }

    /// Forgets everything before now.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.writes.clear();
    }

    /// How many bytes it has.
    pub(crate) fn bytes(&self) -> usize {
        self.steps.len() * size_of::<Step>() + self.writes.len() * size_of::<(u16, u32)>()
    }

    /// Keeps the instruction just done: the registers before it, and the memory's log.
    pub(crate) fn push(&mut self, registers: Registers, log: &[(u16, u32)]) {
        self.writes.extend(log);
        let writes = u32::try_from(log.len()).unwrap_or(u32::MAX);
        self.steps.push_back(Step { registers, writes });
        self.shrink();
    }

    /// Undoes the latest instruction; returns the registers before it.
    pub(crate) fn pop(&mut self, memory: &mut Memory) -> Option<Registers> {
        let step = self.steps.pop_back()?;
        let first = self.writes.len() - step.writes as usize;
        for (cell, old) in self.writes.drain(first..).rev() {
            memory.take_back(cell, old);
        }
        Some(step.registers)
    }

    fn shrink(&mut self) {
        while self.bytes() > self.bytes_max
            && let Some(step) = self.steps.pop_front()
        {
            self.writes.drain(..step.writes as usize);
        }
    }
}
