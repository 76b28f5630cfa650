//! Whether the heap is as it has to be: counts of references, free blocks, no circles. And the
//! words that look at it.

use crate::flow::Flow;
use crate::heap::Kind;
use crate::layout::{CODE_START, EVENTS, Register, STRING_START, TASKS};
use crate::memory::Memory;
use crate::task::State as TaskState;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// What is wrong with a heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The chain of free blocks is broken or goes in a circle.
    #[error("the chain of free blocks is broken at block {block}")]
    FreeChain {
        /// Where.
        block: u16,
    },
    /// The number of blocks in use is not what the chain of free blocks leaves.
    #[error("{used} blocks are counted as used, but {free} of {total} are free")]
    Used {
        /// What is counted.
        used: usize,
        /// Blocks in the chain.
        free: usize,
        /// All blocks.
        total: usize,
    },
    /// The header of a block cannot be.
    #[error("the header of block {block} is damaged")]
    Header {
        /// Which.
        block: u16,
    },
    /// A reference leads to no block, or to one of another kind.
    #[error("a reference to block {block} is wrong")]
    Reference {
        /// Where it leads.
        block: u16,
    },
    /// A count of references is wrong; one of 0 found means a lost block.
    #[error("block {block} counts {counted} references, {found} were found")]
    Count {
        /// Which.
        block: u16,
        /// What it counts.
        counted: u32,
        /// How many there are.
        found: u32,
    },
    /// Blocks refer to each other in a circle.
    #[error("block {block} refers to itself, through others or not")]
    Circle {
        /// One of them.
        block: u16,
    },
}

/// What a block is, as far as the check knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Free,
    /// The first block of what a value refers to, or a further one of a chain.
    Used,
    /// A further block of an array.
    Inside,
}

impl Vm {
    /// Looks through the whole heap.
    ///
    /// # Errors
    /// The first damage found.
    pub fn check(&self) -> Result<(), Damage> {
        self.memory.check(&self.roots())
    }

    /// All values that are kept outside of the heap, and so are what keeps blocks in use.
    fn roots(&self) -> Vec<Cell> {
        let tasks = (0..=TASKS).filter(|&task| self.state(task) != TaskState::Free);
        let stacks = tasks.flat_map(|task| self.task_cells(task));
        let (globals, globals_end) = self.memory.layout().globals();
        let page = self.memory.layout().registers().0;
        let count = self.memory.register(Register::EventCount) as usize;
        let first = self.memory.register(Register::EventFirst) as usize;
        let events = (0..count.min(EVENTS))
            .map(|index| page + Register::Events as usize + (first % EVENTS + index) % EVENTS);
        let single = [page + Register::Interfaces as usize];
        let cells = stacks.chain(globals..globals_end).chain(events).chain(single);
        cells.map(|cell| self.memory.get(cell)).filter(|cell| cell.is_reference()).collect()
    }

    pub(crate) fn heap_stats(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        let memory = &self.memory;
        let register = |register| memory.register(register) as usize;
        let figures = [
            ("used", memory.blocks_used()),
            ("free", memory.blocks_free()),
            ("peak", register(Register::BlocksPeak)),
            ("allocated", register(Register::Allocated)),
            ("freed", register(Register::Freed)),
            ("code", register(Register::CodeEnd).saturating_sub(CODE_START.into())),
            ("strings", register(Register::StringsEnd).saturating_sub(STRING_START.into())),
        ];
        let kinds = memory.blocks_by_kind();
        let mut pairs = Vec::with_capacity(figures.len() + kinds.len());
        for (name, figure) in figures.into_iter().chain(kinds) {
            pairs.push((self.memory.intern_cell(name)?, Cell::count(figure)));
        }
        let stats = self.memory.new_dictionary(&pairs)?;
        self.push(stats);
        Ok(Flow::Next)
    }

    pub(crate) fn heap_check(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        let is_right = self.check().is_ok();
        self.push(Cell::flag(is_right));
        Ok(Flow::Next)
    }

    pub(crate) fn heap_snapshot(&mut self) -> Result<Flow, Trap> {
        self.room(1)?;
        self.push(Cell::count(self.memory.blocks_used()));
        Ok(Flow::Next)
    }

    pub(crate) fn leaks(&mut self) -> Result<Flow, Trap> {
        self.need("leaks", 1)?;
        let before = self.number_at("leaks", 0)?;
        let now = Cell::count(self.memory.blocks_used()).as_number().unwrap_or(0.0);
        self.replace_top(1, Cell::number(now - before))
    }

    pub(crate) fn heap_quota(&mut self) -> Result<Flow, Trap> {
        self.need("heap-quota", 1)?;
        let quota = self.count_at("heap-quota", 0)?;
        self.pop();
        self.memory.set_register(Register::Quota, u32::try_from(quota).unwrap_or(0));
        Ok(Flow::Next)
    }

    pub(crate) fn compact(&mut self) -> Result<Flow, Trap> {
        let mut free = self.memory.free_blocks();
        free.sort_unstable();
        self.memory.thread_free(&free);
        Ok(Flow::Next)
    }

    pub(crate) fn references(&mut self) -> Result<Flow, Trap> {
        self.need("references", 1)?;
        let cell = self.peek(0);
        let count = if cell.is_reference() { self.memory.references(cell.address()) } else { 0 };
        self.replace_top(1, Cell::count(count as usize))
    }
}

impl Memory {
    fn check(&self, roots: &[Cell]) -> Result<(), Damage> {
        let mut states = vec![State::Unknown; self.layout().blocks()];
        self.check_free(&mut states)?;
        let used = self.check_headers(&mut states)?;
        let mut found = vec![0; states.len()];
        for &root in roots {
            self.check_reference(root, &states)?;
            found[usize::from(root.address())] += 1;
        }
        for &block in &used {
            self.check_contents(block, &states)?;
            for child in self.children(block) {
                found[usize::from(child)] += 1;
            }
        }
        for &block in &used {
            let (counted, found) = (self.references(block), found[usize::from(block)]);
            if counted != found || found == 0 {
                return Err(Damage::Count { block, counted, found });
            }
        }
        self.check_circles(&used)
    }

    fn check_free(&self, states: &mut [State]) -> Result<(), Damage> {
        let free = self.free_blocks();
        for &block in &free {
            let number = u16::try_from(block).unwrap_or(u16::MAX);
            let is_free = self.block_kind(number) == Kind::Free && self.references(number) == 0;
            if !is_free || states[block] == State::Free {
                return Err(Damage::FreeChain { block: number });
            }
            states[block] = State::Free;
        }
        let (used, total) = (self.register(Register::BlocksUsed) as usize, states.len());
        if used + free.len() != total {
            return Err(Damage::Used { used, free: free.len(), total });
        }
        Ok(())
    }

    /// Finds the blocks in use.
    fn check_headers(&self, states: &mut [State]) -> Result<Vec<u16>, Damage> {
        let mut used = Vec::new();
        for number in 0..states.len() {
            if states[number] != State::Unknown {
                continue;
            }
            let block = u16::try_from(number).unwrap_or(u16::MAX);
            if !self.has_header(block) {
                return Err(Damage::Header { block });
            }
            for inside in 1..self.run_blocks(block) {
                match states.get_mut(number + inside) {
                    Some(state @ State::Unknown) => *state = State::Inside,
                    _ => return Err(Damage::Header { block }),
                }
            }
            states[number] = State::Used;
            used.push(block);
        }
        Ok(used)
    }

    fn check_contents(&self, block: u16, states: &[State]) -> Result<(), Damage> {
        let is_array = self.block_kind(block) == Kind::Array;
        let cells: Vec<Cell> = if is_array {
            self.array_cells(block).collect()
        } else {
            self.block_cells(block).collect()
        };
        for &cell in cells.iter().filter(|cell| cell.is_reference()) {
            self.check_reference(cell, states)?;
        }
        let kind = self.block_kind(block);
        if let Some(next) = self.block_link(block)
            && (states[usize::from(next)] != State::Used || self.block_kind(next) != kind)
        {
            return Err(Damage::Reference { block: next });
        }
        let is_string = |cell: &Cell| cell.tag() == Some(Tag::String);
        let has_keys = cells.len().is_multiple_of(2) && cells.iter().step_by(2).all(is_string);
        if kind == Kind::Dictionary && !has_keys {
            return Err(Damage::Header { block });
        }
        Ok(())
    }

    fn check_reference(&self, cell: Cell, states: &[State]) -> Result<(), Damage> {
        let block = cell.address();
        let is_used = states.get(usize::from(block)) == Some(&State::Used);
        // A value leads to the kind of block that makes such values.
        if !is_used || self.block_kind(block).cell(block) != cell {
            return Err(Damage::Reference { block });
        }
        Ok(())
    }

    /// Takes away block after block to which no other refers. What is left goes in circles.
    fn check_circles(&self, used: &[u16]) -> Result<(), Damage> {
        let mut referring = vec![0_u32; self.layout().blocks()];
        for child in used.iter().flat_map(|&block| self.children(block)) {
            referring[usize::from(child)] += 1;
        }
        let is_first = |&&block: &&u16| referring[usize::from(block)] == 0;
        let mut ready: Vec<u16> = used.iter().filter(is_first).copied().collect();
        let mut left = used.len();
        while let Some(block) = ready.pop() {
            left -= 1;
            for child in self.children(block) {
                let referring = &mut referring[usize::from(child)];
                *referring -= 1;
                if *referring == 0 {
                    ready.push(child);
                }
            }
        }
        let circle = used.iter().find(|&&block| referring[usize::from(block)] > 0);
        match circle {
            Some(&block) if left > 0 => Err(Damage::Circle { block }),
            _ => Ok(()),
        }
    }

    /// Whether the header of a block can be.
    fn has_header(&self, block: u16) -> bool {
        let base = self.layout().block(block.into());
        let [_, used, low, high] = self.get(base + 1).0.to_le_bytes();
        let link = u16::from_le_bytes([low, high]);
        let has_link = usize::from(link) < self.layout().blocks();
        let is_list = matches!(self.block_kind(block), Kind::Vector | Kind::Dictionary);
        let kind = self.block_kind(block);
        let is_array = kind == Kind::Array;
        let has_length = !is_array || {
            let array = Kind::Array.cell(block);
            self.block_cell(block, 0) == Cell::count(self.array_length(array))
                && [Cell::FALSE, Cell::TRUE].contains(&self.block_cell(block, 1))
        };
        let is_kind = matches!(
            kind,
            Kind::Vector
                | Kind::Dictionary
                | Kind::Sequence
                | Kind::Array
                | Kind::Object
                | Kind::Promise
        );
        is_kind
            && has_length
            && usize::from(used) <= crate::heap::BLOCK_CELLS
            && (link == u16::MAX || has_link && (is_list || kind == Kind::Sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    /// A vector of a vector of 20, on the stack.
    fn machine() -> (Vm, u16, u16) {
        let mut vm = Vm::new(Layout::DEFAULT);
        let inner = vm.memory.new_vector(&[Cell::TRUE; 20]).unwrap();
        let outer = vm.memory.new_vector(&[inner]).unwrap();
        vm.push(outer);
        assert_eq!(vm.check(), Ok(()));
        (vm, outer.address(), inner.address())
    }

    #[test]
    fn a_lost_block_is_found() {
        let (mut vm, outer, _) = machine();
        vm.pop();
        assert_eq!(vm.check(), Err(Damage::Count { block: outer, counted: 1, found: 0 }));
    }

    #[test]
    fn a_wrong_count_is_found() {
        let (mut vm, _, inner) = machine();
        vm.memory.retain_block(inner).unwrap();
        assert_eq!(vm.check(), Err(Damage::Count { block: inner, counted: 2, found: 1 }));
    }

    #[test]
    fn a_circle_is_found() {
        let (mut vm, outer, inner) = machine();
        vm.memory.set_block_cell(inner, 0, Kind::Vector.cell(outer));
        vm.memory.retain_block(outer).unwrap();
        assert!(matches!(vm.check(), Err(Damage::Circle { .. })));
    }

    #[test]
    fn a_reference_to_a_free_block_is_found() {
        let (mut vm, _, inner) = machine();
        vm.memory.free(inner);
        assert_eq!(vm.check(), Err(Damage::Reference { block: inner }));
    }

    #[test]
    fn a_reference_with_the_wrong_tag_is_found() {
        let (mut vm, outer, inner) = machine();
        vm.memory.set_block_cell(outer, 0, Cell::tagged(Tag::Dictionary, inner.into()));
        assert_eq!(vm.check(), Err(Damage::Reference { block: inner }));
    }

    #[test]
    fn a_circle_of_free_blocks_is_found() {
        let (mut vm, ..) = machine();
        vm.memory.set_block_link(200, Some(100));
        assert!(matches!(vm.check(), Err(Damage::FreeChain { .. })));
    }

    #[test]
    fn a_wrong_number_of_used_blocks_is_found() {
        let (mut vm, ..) = machine();
        vm.memory.set_register(Register::BlocksUsed, 4);
        assert_eq!(vm.check(), Err(Damage::Used { used: 4, free: 253, total: 256 }));
    }

    #[test]
    fn an_array_over_the_end_of_the_heap_is_found() {
        let (mut vm, ..) = machine();
        let array = vm.memory.new_array(3000).unwrap();
        vm.push(array);
        assert_eq!(vm.check(), Ok(()));
        vm.memory.set_block_cell(array.address(), 0, Cell::count(100_000));
        assert_eq!(vm.check(), Err(Damage::Header { block: array.address() }));
    }
}
