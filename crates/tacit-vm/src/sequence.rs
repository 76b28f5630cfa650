//! Sequences: blocks that say where elements come from and how far one has come.
//!
//! A sequence is one block. Its first cell says what kind it is, and whether it is *simple*: gives
//! each element at once, without running code and without looking for long. The others are its
//! sources and cursors, as [`SequenceKind`] says. Stepping changes the block; so whoever begins to
//! consume a sequence that something else sees takes copies of it and of its sources first.

pub(crate) mod pull;
pub(crate) mod sink;
pub(crate) mod source;

use crate::control::convert::Role;
use crate::control::frame::plain;
use crate::flow::Flow;
use crate::heap::Kind;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// What a sequence is, with its cells from the second on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum SequenceKind {
    /// Cursor, end, step.
    Range = 1,
    /// The vector, the block come to (NIL at the end), the cell within it.
    Vector = 2,
    /// The string, the byte come to.
    String = 3,
    /// The dictionary, the block come to (NIL at the end), the cell within it.
    Dictionary = 4,
    /// The array, the index.
    Array = 5,
    /// The value.
    Constant = 6,
    /// The code.
    Generate = 7,
    /// The code, the value come to, whether that one has been given.
    Iterate = 8,
    /// Source, function.
    Map = 9,
    /// Source, function.
    Filter = 10,
    /// Source, mask.
    Sift = 11,
    /// Source, how many may follow.
    Take = 12,
    /// Source, how many are still to be dropped.
    Drop = 13,
    /// Source (NIL at the end), function.
    TakeWhile = 14,
    /// Source, function, the value so far.
    Scan = 15,
    /// Source (NIL when it has ended), the next source.
    Chain = 16,
    /// Both sources.
    Zip = 17,
    /// Source (NIL if there is none at all), the sequence of this kind with the other sources or NIL.
    Multi = 18,
    /// Left operand, right operand, opcode, whether there is a right one.
    Broadcast = 19,
}

impl SequenceKind {
    const ALL: [Self; 19] = [
        Self::Range,
        Self::Vector,
        Self::String,
        Self::Dictionary,
        Self::Array,
        Self::Constant,
        Self::Generate,
        Self::Iterate,
        Self::Map,
        Self::Filter,
        Self::Sift,
        Self::Take,
        Self::Drop,
        Self::TakeWhile,
        Self::Scan,
        Self::Chain,
        Self::Zip,
        Self::Multi,
        Self::Broadcast,
    ];

    /// Which of the cells after the first are sources, if they are sequences.
    const fn sources(self) -> &'static [usize] {
        match self {
            Self::Range
            | Self::Vector
            | Self::String
            | Self::Dictionary
            | Self::Array
            | Self::Constant
            | Self::Generate
            | Self::Iterate => &[],
            Self::Map | Self::Filter | Self::Take | Self::Drop | Self::TakeWhile | Self::Scan => {
                &[1]
            }
            Self::Sift | Self::Chain | Self::Zip | Self::Multi | Self::Broadcast => &[1, 2],
        }
    }

    /// Whether it is simple if its sources are.
    const fn may_be_simple(self) -> bool {
        match self {
            Self::Range
            | Self::Vector
            | Self::String
            | Self::Dictionary
            | Self::Array
            | Self::Constant
            | Self::Take
            | Self::Chain
            | Self::Zip
            | Self::Multi => true,
            Self::Generate
            | Self::Iterate
            | Self::Map
            | Self::Filter
            | Self::Sift
            | Self::Drop
            | Self::TakeWhile
            | Self::Scan
            | Self::Broadcast => false,
        }
    }
}

/// Added to the kind of a sequence that is simple.
const SIMPLE: usize = 0x100;

impl Vm {
    /// A sequence of that kind, which takes over the references in `cells`.
    pub(crate) fn new_sequence(
        &mut self,
        kind: SequenceKind,
        cells: &[Cell],
    ) -> Result<Cell, Trap> {
        let is_source_simple = |index: &usize| {
            let source = cells.get(index - 1).copied();
            source.is_none_or(|it| it.tag() != Some(Tag::Sequence) || self.is_simple(it))
        };
        let is_simple = kind.may_be_simple() && kind.sources().iter().all(is_source_simple);
        let head = Cell::count(kind as usize + if is_simple { SIMPLE } else { 0 });
        let block = self.memory.allocate(Kind::Sequence, &[&[head], cells].concat())?;
        Ok(Kind::Sequence.cell(block))
    }

    /// What kind of sequence it is.
    pub(crate) fn sequence_kind(&self, sequence: Cell) -> Result<SequenceKind, Trap> {
        let head = self.memory.block_cell(sequence.address(), 0).as_count();
        let kind = head.and_then(|head| SequenceKind::ALL.get((head % SIMPLE).checked_sub(1)?));
        let is_sequence = self.memory.block_kind(sequence.address()) == Kind::Sequence;
        kind.filter(|_| is_sequence).copied().ok_or(Trap::Damaged { what: "no such sequence" })
    }

    /// Whether it gives each element at once.
    pub(crate) fn is_simple(&self, sequence: Cell) -> bool {
        let head = self.memory.block_cell(sequence.address(), 0).as_count();
        head.is_some_and(|head| head >= SIMPLE)
    }

    /// One of a sequence's cells, from 1.
    pub(crate) fn part(&self, sequence: Cell, index: usize) -> Cell {
        self.memory.block_cell(sequence.address(), index)
    }

    /// Changes one of a sequence's cells. Counts no references.
    pub(crate) fn set_part(&mut self, sequence: Cell, index: usize, cell: Cell) {
        self.memory.set_block_cell(sequence.address(), index, cell);
    }

    /// Cursor, end and step of a range.
    pub(crate) fn range_of(&self, sequence: Cell) -> Option<[Cell; 3]> {
        let is_range = self.sequence_kind(sequence) == Ok(SequenceKind::Range);
        is_range.then(|| [1, 2, 3].map(|index| self.part(sequence, index)))
    }

    /// The elements of a value, whose reference it takes over.
    pub(crate) fn sequence_from(&mut self, value: Cell) -> Result<Cell, Trap> {
        let start = Cell::count(0);
        match value.tag() {
            Some(Tag::Sequence) => Ok(value),
            Some(Tag::Vector) => {
                let cells = [value, plain(value.address()), start];
                self.new_sequence(SequenceKind::Vector, &cells)
            }
            Some(Tag::Dictionary) => {
                let cells = [value, plain(value.address()), start];
                self.new_sequence(SequenceKind::Dictionary, &cells)
            }
            Some(Tag::String) => self.new_sequence(SequenceKind::String, &[value, start]),
            Some(Tag::Pointer) if self.memory.is_array(value) => {
                self.new_sequence(SequenceKind::Array, &[value, start])
            }
            _ if value.as_number().is_some() => self.new_sequence(SequenceKind::Constant, &[value]),
            _ => Err(Trap::NoSequence { found: self.memory.shape(value).name() }),
        }
    }

    /// The sequence, whose reference is taken over, such that nothing else sees it or its sources.
    pub(crate) fn own_sequence(&mut self, sequence: Cell) -> Result<Cell, Trap> {
        let root = self.own_block(sequence)?;
        let mut waiting = vec![root];
        while let Some(sequence) = waiting.pop() {
            for &index in self.sequence_kind(sequence)?.sources() {
                let source = self.part(sequence, index);
                if source.tag() == Some(Tag::Sequence) {
                    let own = self.own_block(source)?;
                    self.set_part(sequence, index, own);
                    waiting.push(own);
                }
            }
        }
        Ok(root)
    }

    fn own_block(&mut self, sequence: Cell) -> Result<Cell, Trap> {
        let block = sequence.address();
        if self.memory.references(block) <= 1 {
            return Ok(sequence);
        }
        let copy = self.memory.copy_block(block)?;
        self.memory.release_block(block)?;
        Ok(Kind::Sequence.cell(copy))
    }

    pub(crate) fn seq(&mut self) -> Result<Flow, Trap> {
        self.need("seq", 1)?;
        if let Some(flow) = self.seqable(1) {
            return Ok(flow);
        }
        let value = self.pop();
        let sequence = self.sequence_from(value)?;
        self.push(sequence);
        Ok(Flow::Next)
    }

    pub(crate) fn range(&mut self) -> Result<Flow, Trap> {
        let cells = self.pop_range()?;
        self.push_sequence(SequenceKind::Range, &cells)
    }

    /// Pops start, end and step of a range, and gives them back in that order.
    pub(crate) fn pop_range(&mut self) -> Result<[Cell; 3], Trap> {
        self.need("range", 3)?;
        let [step, end, start] = [(); 3].map(|()| self.pop());
        for operand in [start, end, step] {
            if operand.as_number().is_none() {
                return Err(self.memory.type_error("range", "number", operand));
            }
        }
        let number = |cell: Cell| cell.as_number().unwrap_or(0.0);
        if number(step) == 0.0 || number(step).is_nan() {
            return Err(Trap::Range { reason: "a step of 0 comes to no end" });
        }
        Ok([start, end, step].map(|operand| Cell::number(number(operand))))
    }

    /// `map`, `filter` and `take-while`.
    pub(crate) fn with_function(
        &mut self,
        word: &'static str,
        kind: SequenceKind,
    ) -> Result<Flow, Trap> {
        self.need(word, 2)?;
        if let Some(flow) = self.seqable(2) {
            return Ok(flow);
        }
        let function = self.pop();
        self.callable(word, function)?;
        let source = self.pop_sequence()?;
        self.push_sequence(kind, &[source, function])
    }

    /// `seq-take` and `seq-drop`.
    pub(crate) fn with_count(
        &mut self,
        word: &'static str,
        kind: SequenceKind,
    ) -> Result<Flow, Trap> {
        self.need(word, 2)?;
        if let Some(flow) = self.seqable(2) {
            return Ok(flow);
        }
        let count = self.pop();
        let is_negative = count.as_number().is_some_and(|count| count < 0.0);
        let count = if is_negative { 0 } else { self.whole(word, count)? };
        let source = self.pop_sequence()?;
        self.push_sequence(kind, &[source, Cell::count(count)])
    }

    /// `sift`, `chain` and `zip`.
    pub(crate) fn with_sequence(
        &mut self,
        word: &'static str,
        kind: SequenceKind,
    ) -> Result<Flow, Trap> {
        self.need(word, 2)?;
        if let Some(flow) = self.among(2, 2, Role::Sequence) {
            return Ok(flow);
        }
        let second = self.pop_sequence()?;
        let first = self.pop_sequence()?;
        self.push_sequence(kind, &[first, second])
    }

    pub(crate) fn scan(&mut self) -> Result<Flow, Trap> {
        self.need("scan", 3)?;
        if let Some(flow) = self.seqable(3) {
            return Ok(flow);
        }
        let (function, first) = (self.pop(), self.pop());
        self.callable("scan", function)?;
        let source = self.pop_sequence()?;
        self.push_sequence(SequenceKind::Scan, &[source, function, first])
    }

    pub(crate) fn multi(&mut self) -> Result<Flow, Trap> {
        self.need("multi", 1)?;
        let vector = self.pop();
        if vector.tag() != Some(Tag::Vector) {
            return Err(self.memory.type_error("multi", "vector", vector));
        }
        let mut rest = Cell::NIL;
        for source in self.memory.vector_cells(vector).into_iter().rev() {
            self.memory.retain(source)?;
            let source = self.sequence_from(source)?;
            rest = self.new_sequence(SequenceKind::Multi, &[source, rest])?;
        }
        self.memory.release(vector)?;
        if rest == Cell::NIL {
            rest = self.new_sequence(SequenceKind::Multi, &[Cell::NIL, Cell::NIL])?;
        }
        self.push(rest);
        Ok(Flow::Next)
    }

    pub(crate) fn generate(&mut self) -> Result<Flow, Trap> {
        self.need("generate", 1)?;
        let function = self.pop();
        self.callable("generate", function)?;
        self.push_sequence(SequenceKind::Generate, &[function])
    }

    pub(crate) fn iterate(&mut self) -> Result<Flow, Trap> {
        self.need("iterate", 2)?;
        let (function, first) = (self.pop(), self.pop());
        self.callable("iterate", function)?;
        self.push_sequence(SequenceKind::Iterate, &[function, first, Cell::FALSE])
    }

    /// The sequence of what an arithmetic instruction makes of the elements of its operands, at
    /// least one of which is a sequence. Takes their references over.
    pub(crate) fn sequence_of_operation(
        &mut self,
        code: u8,
        left: Cell,
        right: Option<Cell>,
    ) -> Result<Cell, Trap> {
        let (code, has_right) = (Cell::tagged(Tag::Symbol, code.into()), right.is_some());
        let cells = [left, right.unwrap_or(Cell::NIL), code, Cell::flag(has_right)];
        self.new_sequence(SequenceKind::Broadcast, &cells)
    }

    /// Fails unless the value can be called with elements.
    pub(crate) fn callable(&self, word: &'static str, function: Cell) -> Result<(), Trap> {
        match function.tag() {
            Some(Tag::Code | Tag::Symbol | Tag::Vector | Tag::String | Tag::Dictionary) => Ok(()),
            Some(Tag::Pointer) if self.memory.is_array(function) => Ok(()),
            _ if self.call_method(function).is_some() => Ok(()),
            _ => Err(self.memory.type_error(word, "code", function)),
        }
    }

    fn pop_sequence(&mut self) -> Result<Cell, Trap> {
        let value = self.pop();
        self.sequence_from(value)
    }

    fn push_sequence(&mut self, kind: SequenceKind, cells: &[Cell]) -> Result<Flow, Trap> {
        let sequence = self.new_sequence(kind, cells)?;
        self.push(sequence);
        Ok(Flow::Next)
    }
}
