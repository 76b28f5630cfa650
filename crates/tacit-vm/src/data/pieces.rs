//! Putting vectors, strings and dictionaries together and taking them apart.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::flow::Flow;
use crate::heap::shape::Shape;
use crate::heap::{BLOCK_CELLS, Kind};
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

impl Vm {
    pub(crate) fn concat(&mut self) -> Result<Flow, Trap> {
        const WORD: &str = "concat";
        self.need(WORD, 2)?;
        let (a, b) = (self.peek(1), self.peek(0));
        let [left, right] = [a, b].map(|cell| self.memory.shape(cell));
        if left == Shape::String {
            let text = self.text_at(WORD, 1)? + &self.text_at(WORD, 0)?;
            let text = self.memory.intern_cell(&text)?;
            return self.replace_top(2, text);
        }
        if left == Shape::Dictionary {
            if right != Shape::Dictionary {
                return Err(self.memory.type_error(WORD, "dictionary", b));
            }
            self.registers.sp -= 2;
            let mut dictionary = a;
            for (key, value) in self.memory.dictionary_pairs(b) {
                self.memory.retain(value)?;
                dictionary = self.memory.dictionary_put(dictionary, key, value)?;
            }
            self.memory.release(b)?;
            self.push(dictionary);
            return Ok(Flow::Next);
        }
        if left == Shape::Vector && right == Shape::Vector {
            self.registers.sp -= 2;
            let vector = self.memory.join_vectors(a, b)?;
            self.push(vector);
            return Ok(Flow::Next);
        }
        let mut elements = self.memory.elements(WORD, "vector, string or dictionary", a)?;
        elements.extend(self.memory.elements(WORD, "vector or array", b)?);
        self.replace_top_by_list(2, left, &elements)
    }

    pub(crate) fn append(&mut self) -> Result<Flow, Trap> {
        self.need("append", 2)?;
        let vector = self.peek(1);
        if self.memory.shape(vector) != Shape::Vector {
            return Err(self.memory.type_error("append", "vector", vector));
        }
        let (element, vector) = (self.pop(), self.pop());
        let vector = self.memory.vector_append(vector, element)?;
        self.push(vector);
        Ok(Flow::Next)
    }

    pub(crate) fn slice(&mut self) -> Result<Flow, Trap> {
        const WORD: &str = "slice";
        self.need(WORD, 3)?;
        let list = self.peek(2);
        let shape = self.memory.shape(list);
        if shape == Shape::String {
            let text = self.text_at(WORD, 2)?;
            let (from, to) = self.bounds(text.chars().count())?;
            let text: String = text.chars().skip(from).take(to - from).collect();
            let text = self.memory.intern_cell(&text)?;
            return self.replace_top(3, text);
        }
        let elements = self.memory.elements(WORD, "vector, array or string", list)?;
        let (from, to) = self.bounds(elements.len())?;
        if shape == Shape::Vector && from < to && to == elements.len() {
            let rest = self.memory.vector_rest(list, from)?;
            return self.replace_top(3, rest);
        }
        self.replace_top_by_list(3, shape, &elements[from..to])
    }

    pub(crate) fn reverse(&mut self) -> Result<Flow, Trap> {
        self.need("reverse", 1)?;
        let list = self.peek(0);
        let shape = self.memory.shape(list);
        if shape == Shape::String {
            let text: String = self.text_at("reverse", 0)?.chars().rev().collect();
            let text = self.memory.intern_cell(&text)?;
            return self.replace_top(1, text);
        }
        let mut elements = self.memory.elements("reverse", "vector, array or string", list)?;
        elements.reverse();
        self.replace_top_by_list(1, shape, &elements)
    }

    pub(crate) fn flatten(&mut self) -> Result<Flow, Trap> {
        self.need("flatten", 1)?;
        let vector = self.peek(0);
        if self.memory.shape(vector) != Shape::Vector {
            return Err(self.memory.type_error("flatten", "vector", vector));
        }
        let elements = self.memory.flattened(vector)?;
        self.replace_top_by_list(1, Shape::Vector, &elements)
    }

    /// The two numbers on top as bounds within a length.
    fn bounds(&self, length: usize) -> Result<(usize, usize), Trap> {
        let bound = |below| -> Result<usize, Trap> {
            let number = libm::truncf(self.number_at("slice", below)?.max(0.0));
            Ok(Cell::number(number).as_count().unwrap_or(usize::MAX).min(length))
        };
        let (from, to) = (bound(1)?, bound(0)?);
        Ok((from.min(to), to))
    }
}

impl Memory {
    /// One vector after the other; both references are taken over.
    fn join_vectors(&mut self, a: Cell, b: Cell) -> Result<Cell, Trap> {
        let length = self.vector_length(b);
        if self.vector_length(a) == 0 || length == 0 {
            let (kept, empty) = if length == 0 { (a, b) } else { (b, a) };
            self.release(empty)?;
            return Ok(kept);
        }
        let (first, last) = self.unshare_all(a.address())?;
        // Blocks are shared only if so many are not left half empty.
        let used = self.block_used(last);
        if length > BLOCK_CELLS - used && used >= BLOCK_CELLS / 2 {
            self.set_block_link(last, Some(b.address()));
            return Ok(Kind::Vector.cell(first));
        }
        let mut tail = last;
        for element in self.vector_cells(b) {
            self.retain(element)?;
            tail = self.append_at_tail(tail, element)?;
        }
        self.release(b)?;
        Ok(Kind::Vector.cell(first))
    }

    /// What follows in a vector from an element on, which is there: a vector with a reference of
    /// its own that shares all but the first block.
    fn vector_rest(&mut self, vector: Cell, from: usize) -> Result<Cell, Trap> {
        let Some(place) = self.place(vector.address(), from) else {
            return self.new_vector(&[]);
        };
        let block = self.chain(vector.address()).nth(place.block).unwrap_or(vector.address());
        if place.index == 0 {
            self.retain_block(block)?;
            return Ok(Kind::Vector.cell(block));
        }
        let cells: Vec<Cell> = self.block_cells(block).skip(place.index).collect();
        for &cell in &cells {
            self.retain(cell)?;
        }
        let next = self.block_link(block);
        let first = self.allocate(Kind::Vector, &cells)?;
        if let Some(next) = next {
            self.retain_block(next)?;
            self.set_block_link(first, Some(next));
        }
        Ok(Kind::Vector.cell(first))
    }

    /// The elements of a vector and of those in it; their references stay the vectors'.
    fn flattened(&self, vector: Cell) -> Result<Vec<Cell>, Trap> {
        let sizes = self.flattened_sizes(vector);
        let size = |cell: Cell| sizes.get(&cell.address()).copied().unwrap_or(0);
        let total = self.layout().blocks();
        let needed = size(vector).div_ceil(BLOCK_CELLS);
        if needed > total {
            return Err(Trap::HeapFull { needed, free: self.blocks_free(), total });
        }
        let mut elements = Vec::with_capacity(size(vector));
        let mut open = vec![self.vector_cells(vector).into_iter()];
        while let Some(cells) = open.last_mut() {
            let Some(cell) = cells.next() else {
                open.pop();
                continue;
            };
            if self.shape(cell) != Shape::Vector {
                elements.push(cell);
            } else if size(cell) > 0 {
                open.push(self.vector_cells(cell).into_iter());
            }
        }
        Ok(elements)
    }

    /// How many elements each vector has when it is flattened, by its block.
    fn flattened_sizes(&self, vector: Cell) -> BTreeMap<u16, usize> {
        let mut sizes = BTreeMap::new();
        let mut waiting = vec![(vector, false)];
        while let Some((vector, is_open)) = waiting.pop() {
            let cells = self.vector_cells(vector);
            let inner = cells.iter().filter(|&&cell| self.shape(cell) == Shape::Vector);
            if is_open {
                let outer = cells.len() - inner.clone().count();
                let size = inner.fold(outer, |sum, cell| {
                    sum.saturating_add(sizes.get(&cell.address()).copied().unwrap_or(0))
                });
                sizes.insert(vector.address(), size);
            } else if let Entry::Vacant(entry) = sizes.entry(vector.address()) {
                entry.insert(0);
                waiting.push((vector, true));
                waiting.extend(inner.map(|&cell| (cell, false)));
            }
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    fn vector(vm: &mut Vm, length: usize) -> Cell {
        let cells: Vec<Cell> = (0..length).map(Cell::count).collect();
        vm.memory.new_vector(&cells).unwrap()
    }

    fn push(vm: &mut Vm, cells: &[Cell]) {
        cells.iter().for_each(|&cell| vm.push(cell));
    }

    /// A vector in a vector in a vector and so on, each twice.
    fn doubled(vm: &mut Vm, times: usize) -> Cell {
        (0..times).fold(vm.memory.new_vector(&[]).unwrap(), |inner, _| {
            vm.memory.retain(inner).unwrap();
            vm.memory.new_vector(&[inner, inner]).unwrap()
        })
    }

    #[test]
    fn the_end_of_a_vector_shares_its_blocks() {
        let mut vm = Vm::new(Layout::DEFAULT);
        let all = vector(&mut vm, 100);
        vm.memory.retain(all).unwrap();
        push(&mut vm, &[all, all, Cell::count(10), Cell::count(100)]);
        vm.slice().unwrap();
        assert_eq!(vm.memory.blocks_used(), 8 + 1);
        assert_eq!(vm.check(), Ok(()));
        push(&mut vm, &[Cell::count(20), Cell::NIL]);
        vm.put().unwrap();
        assert_eq!(vm.memory.blocks_used(), 8 + 3);
        assert_eq!(vm.memory.vector_at(all, 30), Some(Cell::count(30)));
        assert_eq!(vm.memory.vector_at(vm.peek(0), 20), Some(Cell::NIL));
        assert_eq!(vm.check(), Ok(()));
    }

    #[test]
    fn vectors_one_after_the_other_share_the_second_ones_blocks() {
        let mut vm = Vm::new(Layout::DEFAULT);
        let (a, b) = (vector(&mut vm, 10), vector(&mut vm, 100));
        vm.memory.retain(b).unwrap();
        push(&mut vm, &[b, a, b]);
        vm.concat().unwrap();
        assert_eq!(vm.memory.blocks_used(), 1 + 8);
        assert_eq!(vm.memory.vector_length(vm.peek(0)), 110);
        assert_eq!(vm.check(), Ok(()));
    }

    #[test]
    fn a_block_in_the_midst_that_gets_empty_is_taken_out() {
        for is_shared in [false, true] {
            let mut vm = Vm::new(Layout::DEFAULT);
            let (a, b) = (vector(&mut vm, 10), vector(&mut vm, 30));
            push(&mut vm, &[a, b, Cell::count(13), Cell::count(30)]);
            vm.slice().unwrap();
            vm.concat().unwrap();
            let joined = vm.peek(0);
            if is_shared {
                vm.memory.retain(joined).unwrap();
                push(&mut vm, &[joined]);
            }
            let uses: Vec<usize> =
                vm.memory.chain(joined.address()).map(|at| vm.memory.block_used(at)).collect();
            assert_eq!(uses, [10, 1, 14, 2]);
            push(&mut vm, &[Cell::count(10)]);
            vm.delete().unwrap();
            let cells = vm.memory.vector_cells(vm.peek(0));
            assert_eq!(cells.len(), 26);
            assert_eq!(cells[9..11], [9, 14].map(Cell::count));
            assert_eq!(vm.memory.blocks_used(), if is_shared { 5 } else { 3 });
            assert_eq!(vm.check(), Ok(()));
        }
    }

    #[test]
    fn vectors_shared_many_times_take_no_longer_than_their_blocks() {
        let mut vm = Vm::new(Layout::DEFAULT);
        let (a, b) = (doubled(&mut vm, 60), doubled(&mut vm, 60));
        for cell in [a, a, b, b, b] {
            vm.memory.retain(cell).unwrap();
        }
        push(&mut vm, &[a, a, b]);
        vm.equal().unwrap();
        assert_eq!(vm.pop(), Cell::TRUE);
        push(&mut vm, &[b, Cell::TRUE]);
        vm.add().unwrap();
        push(&mut vm, &[b]);
        vm.add().unwrap();
        vm.flatten().unwrap();
        assert_eq!(vm.memory.vector_length(vm.peek(0)), 0);
        assert!(matches!(vm.memory.show(a), Err(Trap::TextTooLong { .. })));
        push(&mut vm, &[a]);
        vm.flatten().unwrap();
        assert_eq!(vm.memory.vector_length(vm.peek(0)), 0);
        push(&mut vm, &[b]);
        assert_eq!(vm.check(), Ok(()));
    }

    #[test]
    fn vectors_may_be_nested_as_deep_as_there_are_blocks() {
        let mut vm = Vm::new(Layout::new(256 << 10).unwrap());
        let inner = vector(&mut vm, 1);
        let outer = (1..1024).fold(inner, |inner, _| vm.memory.new_vector(&[inner]).unwrap());
        vm.memory.retain(outer).unwrap();
        push(&mut vm, &[outer, outer]);
        assert_eq!(vm.memory.show(outer).unwrap().len(), 1 + 4 * 1024);
        assert!(vm.memory.equals(outer, outer));
        assert_eq!(vm.memory.flattened(outer).unwrap().len(), 1);
        vm.memory.clear_log();
        assert!(matches!(vm.negate(), Err(Trap::HeapFull { .. })));
        vm.memory.roll_back();
        assert_eq!(vm.check(), Ok(()));
        for _ in 0..2 {
            let outer = vm.pop();
            vm.memory.release(outer).unwrap();
        }
        assert_eq!(vm.memory.blocks_used(), 0);
    }

    #[test]
    fn what_would_be_too_large_flattened_is_refused() {
        let mut vm = Vm::new(Layout::DEFAULT);
        let inner = vector(&mut vm, 1);
        let outer = (0..70).fold(inner, |inner, _| {
            vm.memory.retain(inner).unwrap();
            vm.memory.new_vector(&[inner, inner]).unwrap()
        });
        push(&mut vm, &[outer]);
        assert!(matches!(vm.flatten(), Err(Trap::HeapFull { .. })));
    }

    #[test]
    fn a_vector_that_nothing_else_sees_can_be_as_large_as_the_heap() {
        let mut vm = Vm::new(Layout::DEFAULT);
        let all = vector(&mut vm, 256 * BLOCK_CELLS);
        push(&mut vm, &[all, Cell::TRUE]);
        vm.add().unwrap();
        vm.negate().unwrap();
        vm.sort().unwrap();
        vm.reverse().unwrap();
        push(&mut vm, &[Cell::FALSE, Cell::NIL]);
        vm.put().unwrap();
        let last = vm.memory.vector_at(vm.peek(0), 256 * BLOCK_CELLS - 1);
        assert_eq!(last.and_then(Cell::as_number), Some(-3584.0));
        assert_eq!(vm.check(), Ok(()));
        push(&mut vm, &[Cell::NIL]);
        assert!(matches!(vm.append(), Err(Trap::HeapFull { needed: 1, free: 0, total: 256 })));
    }
}
