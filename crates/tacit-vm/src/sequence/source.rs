//! The next element of a simple sequence, which comes at once.

use crate::control::frame::plain;
use crate::control::repeat::range_step;
use crate::sequence::SequenceKind;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

impl Vm {
    /// The next element of a simple sequence that nothing else sees, or nothing at its end. The
    /// reference is the caller's.
    pub(crate) fn next_of(&mut self, sequence: Cell) -> Result<Option<Cell>, Trap> {
        match self.sequence_kind(sequence)? {
            SequenceKind::Range => {
                let [cursor, end, step] = [1, 2, 3].map(|index| self.part(sequence, index));
                let Some(following) = range_step(cursor, step, end) else { return Ok(None) };
                self.set_part(sequence, 1, following);
                Ok(Some(cursor))
            }
            SequenceKind::Vector => {
                let Some([element]) = self.next_cells(sequence) else { return Ok(None) };
                self.memory.retain(element)?;
                Ok(Some(element))
            }
            SequenceKind::Dictionary => {
                let Some(pair) = self.next_cells::<2>(sequence) else { return Ok(None) };
                for cell in pair {
                    self.memory.retain(cell)?;
                }
                self.memory.new_vector(&pair).map(Some)
            }
            SequenceKind::String => Ok(self.next_character(sequence)),
            SequenceKind::Array => {
                let index = self.part(sequence, 2).as_count().unwrap_or(0);
                let element = self.memory.array_at(self.part(sequence, 1), index);
                if let Some(element) = element {
                    self.memory.retain(element)?;
                    self.set_part(sequence, 2, Cell::count(index + 1));
                }
                Ok(element)
            }
            SequenceKind::Constant => Ok(Some(self.part(sequence, 1))),
            SequenceKind::Take => {
                let left = self.part(sequence, 2).as_count().unwrap_or(0);
                if left == 0 {
                    return Ok(None);
                }
                self.set_part(sequence, 2, Cell::count(left - 1));
                self.next_of(self.part(sequence, 1))
            }
            SequenceKind::Chain => self.next_of_chain(sequence),
            SequenceKind::Zip => {
                let [left, right] = [1, 2].map(|index| self.part(sequence, index));
                let Some(first) = self.next_of(left)? else { return Ok(None) };
                let Some(second) = self.next_of(right)? else {
                    self.memory.release(first)?;
                    return Ok(None);
                };
                self.memory.new_vector(&[first, second]).map(Some)
            }
            SequenceKind::Multi => self.next_of_multi(sequence),
            SequenceKind::Generate
            | SequenceKind::Iterate
            | SequenceKind::Map
            | SequenceKind::Filter
            | SequenceKind::Sift
            | SequenceKind::Drop
            | SequenceKind::TakeWhile
            | SequenceKind::Scan
            | SequenceKind::Broadcast => Err(Trap::Damaged { what: "no simple sequence" }),
        }
    }

    /// Steps over `N` cells that lie in one block of a chain. The references stay its own.
    fn next_cells<const N: usize>(&mut self, sequence: Cell) -> Option<[Cell; N]> {
        let mut index = self.part(sequence, 3).as_count()?;
        let mut block = self.part(sequence, 2);
        for _ in 0..=self.memory.layout().blocks() {
            if block == Cell::NIL {
                return None;
            }
            if index + N <= self.memory.block_used(block.address()) {
                let at = block.address();
                self.set_part(sequence, 2, block);
                self.set_part(sequence, 3, Cell::count(index + N));
                return Some(std::array::from_fn(|cell| self.memory.block_cell(at, index + cell)));
            }
            block = self.memory.block_link(block.address()).map_or(Cell::NIL, plain);
            index = 0;
        }
        None
    }

    fn next_character(&mut self, sequence: Cell) -> Option<Cell> {
        let bytes = self.memory.string_bytes(self.part(sequence, 1).address());
        let at = self.part(sequence, 2).as_count()?;
        let rest = String::from_utf8_lossy(bytes.get(at..)?);
        let character = rest.chars().next()?;
        let is_there = bytes[at..].starts_with(character.encode_utf8(&mut [0; 4]).as_bytes());
        let length = if is_there { character.len_utf8() } else { 1 };
        self.set_part(sequence, 2, Cell::count(at + length));
        Some(Cell::count(character as usize))
    }

    fn next_of_chain(&mut self, sequence: Cell) -> Result<Option<Cell>, Trap> {
        let first = self.part(sequence, 1);
        if first.tag() == Some(Tag::Sequence) {
            if let Some(element) = self.next_of(first)? {
                return Ok(Some(element));
            }
            self.end_first(sequence)?;
        }
        self.next_of(self.part(sequence, 2))
    }

    /// Lets go of the first source of a chain.
    pub(crate) fn end_first(&mut self, sequence: Cell) -> Result<(), Trap> {
        let first = self.part(sequence, 1);
        self.set_part(sequence, 1, Cell::NIL);
        self.memory.release(first)
    }

    fn next_of_multi(&mut self, sequence: Cell) -> Result<Option<Cell>, Trap> {
        let mut elements = Vec::new();
        let mut rest = sequence;
        while rest.tag() == Some(Tag::Sequence) {
            let source = self.part(rest, 1);
            let element = if source == Cell::NIL { None } else { self.next_of(source)? };
            let Some(element) = element else {
                for element in elements {
                    self.memory.release(element)?;
                }
                return Ok(None);
            };
            elements.push(element);
            rest = self.part(rest, 2);
        }
        self.memory.new_vector(&elements).map(Some)
    }
}
