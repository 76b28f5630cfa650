//! A digest of a machine's state: equal for equal states, whatever lies above the stacks' tops.

use std::ops::Range;

use machine::StateHash;
use xxhash_rust::xxh3::Xxh3;

use crate::layout::{Register, TASKS};
use crate::task::State;
use crate::vm::{Registers, Vm};

impl Vm {
    /// A digest of everything but the tick, the trail, and what is free on the stacks.
    pub(crate) fn digest(&self) -> StateHash {
        let mut hasher = Xxh3::new();
        for register in self.registers.list() {
            hasher.update(&register.to_le_bytes());
        }
        let mut at = 0;
        for dead in self.dead_cells() {
            self.hash_cells(&mut hasher, at..dead.start);
            at = dead.end;
        }
        self.hash_cells(&mut hasher, at..self.memory.layout().bytes() / 4);
        StateHash(hasher.digest())
    }

    fn hash_cells(&self, hasher: &mut Xxh3, range: Range<usize>) {
        let cells = self.memory.cells().get(range).unwrap_or_default();
        let mut bytes = [0; 1024];
        for chunk in cells.chunks(bytes.len() / 4) {
            let filled = &mut bytes[..4 * chunk.len()];
            for (four, cell) in filled.chunks_exact_mut(4).zip(chunk) {
                four.copy_from_slice(&cell.to_le_bytes());
            }
            hasher.update(filled);
        }
    }

    /// Cells that mean nothing now, in their order: what is free on the stacks of all tasks, and
    /// those of the registers that are kept outside of the memory.
    fn dead_cells(&self) -> Vec<Range<usize>> {
        let first = self.memory.layout().registers().0;
        let mut dead = Vec::new();
        dead.push(first..first + Register::ReturnEnd as usize + 1);
        for task in 0..=TASKS {
            let Registers {
                mut sp, mut rp, stack_start, stack_end, return_start, return_end, ..
            } = self.task_registers(task);
            if matches!(self.state(task), State::Free) {
                (sp, rp) = (stack_start, return_start);
            }
            dead.push(usize::from(sp)..usize::from(stack_end));
            dead.push(usize::from(rp)..usize::from(return_end));
        }
        dead.sort_unstable_by_key(|range| range.start);
        dead
    }
}
