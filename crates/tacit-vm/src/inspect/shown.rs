//! Values made ready for looking: as text that is cut where it gets long, as bytes that are the
//! same for the same value, and with their elements. None of it trusts a value: a debugger may
//! look at a cell that was given back long ago.

use std::fmt::Write as _;

use machine::Value;

use crate::control::frame::FrameKind;
use crate::heap::Kind;
use crate::heap::shape::Shape;
use crate::memory::Memory;
use crate::value::{Cell, Control};

/// Characters of a value that are shown at most.
const TEXT_MAX: usize = 200;
/// Values within a value that are compared at most.
const VALUES_MAX: usize = 4096;

/// A value that an expression has.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// One of the machine's own.
    Cell(Cell),
    /// Text that need not be in the memory.
    Text(String),
    /// What was asked for about the machine.
    Lines(String),
}

/// Where an element is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Element {
    /// In a cell.
    Cell(usize),
    /// In a byte of the memory.
    Byte(usize),
}

impl Shown {
    pub(crate) fn number(value: f32) -> Self {
        Self::Cell(Cell::number(value))
    }

    pub(crate) fn count(value: usize) -> Self {
        Self::Cell(Cell::count(value))
    }

    /// The text, if it is a string.
    pub(crate) fn text(&self, memory: &Memory) -> Option<String> {
        match self {
            Self::Cell(cell) if memory.shape(*cell) == Shape::String => {
                Some(memory.text(cell.address()))
            }
            Self::Text(text) => Some(text.clone()),
            Self::Cell(_) | Self::Lines(_) => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f32> {
        match self {
            Self::Cell(cell) => cell.as_number(),
            Self::Text(_) | Self::Lines(_) => None,
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Cell(cell) if cell.is_true())
    }

    pub(crate) fn value(&self, memory: &Memory) -> Value {
        let (text, kind) = match self {
            Self::Cell(cell) => (memory.cut_text(*cell), memory.shape(*cell).name()),
            Self::Text(text) => (cut(quoted(text)), Shape::String.name()),
            Self::Lines(text) => (text.clone(), "text"),
        };
        let number = self.as_number().map(f64::from);
        Value { text, kind: kind.to_owned(), number, is_true: self.is_true() }
    }
}

impl Memory {
    /// A value as text, cut where it gets long.
    pub(crate) fn cut_text(&self, cell: Cell) -> String {
        if let Some(control) = cell.as_control() {
            return self.control_text(control);
        }
        match self.literal(cell) {
            Ok(text) => cut(text),
            Err(_) => format!("({} too long to show)", self.shape(cell).name()),
        }
    }

    fn control_text(&self, control: Control) -> String {
        match control {
            Control::Return(place) => format!("(return to {place:#06x})"),
            Control::Base(cell) => format!("(the caller's variables at cell {cell:#06x})"),
            Control::Mark(cell) => format!("(bracket at cell {cell:#06x})"),
            Control::Frame(number) => match FrameKind::from_cell(Cell::control(control)) {
                Some((kind, _)) => format!("({})", frame_name(kind)),
                None => format!("(frame {number:#06x})"),
            },
        }
    }

    /// Bytes that are the same for the same value, with all that it refers to as far as it is not
    /// too much. `read` is told every block on which they depend.
    pub(crate) fn value_bytes(&self, cell: Cell, read: &mut dyn FnMut(u16)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut waiting = vec![cell];
        let mut left = VALUES_MAX;
        while let Some(cell) = waiting.pop() {
            if left == 0 {
                break;
            }
            left -= 1;
            self.blocks_of(cell).for_each(&mut *read);
            if self.kind_of(cell).is_none() {
                bytes.extend(cell.0.to_le_bytes());
                continue;
            }
            let parts = self.parts(cell);
            bytes.extend(self.shape(cell).name().bytes());
            bytes.extend(parts.len().to_le_bytes());
            waiting.extend(parts.into_iter().take(left).rev());
        }
        bytes
    }

    /// The blocks in which the kind and the parts of a value are; none where it has none.
    fn blocks_of(&self, cell: Cell) -> impl Iterator<Item = u16> + '_ {
        let block = cell.address();
        let is_block = cell.is_reference() && usize::from(block) < self.layout().blocks();
        let (chain, run) = match self.kind_of(cell) {
            Some(Kind::Vector | Kind::Dictionary) => (usize::MAX, 0),
            Some(Kind::Array) => (0, self.array_blocks(block)),
            Some(_) | None => (0, usize::from(is_block)),
        };
        self.chain(block).take(chain).chain((block..).take(run))
    }

    /// The kind of the block that a reference leads to, if it is in use.
    pub(crate) fn kind_of(&self, cell: Cell) -> Option<Kind> {
        let block = cell.address();
        if !cell.is_reference() || usize::from(block) >= self.layout().blocks() {
            return None;
        }
        let kind = self.block_kind(block);
        (kind != Kind::Free && kind.cell(block) == cell).then_some(kind)
    }

    /// Whether a cell is one of the heap's in which there is nothing now: in a free block, or past
    /// what its block uses. Within an array, there is always something.
    pub(crate) fn is_unused(&self, cell: usize) -> bool {
        let first = self.layout().block(0);
        let Some(block) = cell.checked_sub(first).map(|within| within / 16) else { return false };
        if block >= self.layout().blocks() {
            return false;
        }
        self.run_of(block).is_some_and(|head| {
            let index = (cell - self.layout().block(block)).checked_sub(2);
            let is_array = self.block_kind(head) == Kind::Array;
            !is_array && index.is_some_and(|index| index >= self.block_used(head))
        })
    }

    /// The first block of the run that a block is in. The inner ones have no headers, so it has to be
    /// looked for from the beginning of the heap.
    pub(crate) fn run_of(&self, block: usize) -> Option<u16> {
        let mut start = 0;
        loop {
            let head = u16::try_from(start).ok()?;
            start += self.run_blocks(head).max(1);
            if block < start {
                return Some(head);
            }
        }
    }

    /// What a container holds, in order.
    fn parts(&self, cell: Cell) -> Vec<Cell> {
        match self.kind_of(cell) {
            Some(Kind::Vector | Kind::Dictionary) => self.vector_cells(cell),
            Some(Kind::Array) => self.array_elements(cell),
            Some(_) => self.block_cells(cell.address()).collect(),
            None => Vec::new(),
        }
    }

    /// Where the element of a container with a key is stored, if there is one.
    pub(crate) fn find_element(
        &self,
        of: Cell,
        key: &Shown,
    ) -> Result<Option<Element>, &'static str> {
        let number = || {
            let index = key.as_number().and_then(|number| Cell::number(number).as_count());
            index.ok_or("this has elements by number from 0")
        };
        let block = of.address();
        match self.kind_of(of) {
            Some(Kind::Vector) => Ok(self.chain_cell(block, number()?)),
            Some(Kind::Array) => Ok(self.array_cell(of, number()?)),
            Some(Kind::Dictionary) => {
                let key = key.text(self).ok_or("a dictionary has elements by string")?;
                let pairs = self.dictionary_pairs(of);
                let is_it = |(name, _): &(Cell, Cell)| self.text(name.address()) == key;
                let pair = pairs.iter().position(is_it);
                Ok(pair.and_then(|pair| self.chain_cell(block, 2 * pair + 1)))
            }
            _ => Err("this has no elements"),
        }
    }

    fn chain_cell(&self, chain: u16, index: usize) -> Option<Element> {
        let place = self.place(chain, index)?;
        let block = self.chain(chain).nth(place.block)?;
        Some(Element::Cell(self.layout().block(block.into()) + 2 + place.index))
    }

    fn array_cell(&self, array: Cell, index: usize) -> Option<Element> {
        if index >= self.array_length(array) {
            return None;
        }
        let base = self.layout().block(array.address().into()) + 4;
        Some(if self.is_bytes(array) {
            Element::Byte(4 * base + index)
        } else {
            Element::Cell(base + index)
        })
    }

    /// How many elements or characters a value has.
    pub(crate) fn length_of(&self, of: &Shown) -> Option<usize> {
        if let Some(text) = of.text(self) {
            return Some(text.chars().count());
        }
        let Shown::Cell(cell) = of else { return None };
        match self.kind_of(*cell)? {
            Kind::Vector => Some(self.vector_length(*cell)),
            Kind::Dictionary => Some(self.dictionary_length(*cell)),
            Kind::Array => Some(self.array_length(*cell)),
            Kind::Free
            | Kind::Float
            | Kind::String
            | Kind::Sequence
            | Kind::Code
            | Kind::Object
            | Kind::Promise => None,
        }
    }

    /// A block of the heap as text.
    pub(crate) fn block_text(&self, number: usize) -> String {
        let Ok(block) = u16::try_from(number) else { return String::new() };
        let kind = self.block_kind(block);
        let references = self.references(block);
        let plural = if references == 1 { "" } else { "s" };
        let mut text = format!("block {number}: {kind:?}, {references} reference{plural}");
        if let Some(next) = self.block_link(block) {
            let _ = write!(text, ", next {next}");
        }
        for cell in self.block_cells(block) {
            let _ = write!(text, " {}", self.cut_text(cell));
        }
        cut(text)
    }
}

const fn frame_name(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Locals => "local variables",
        FrameKind::Range => "loop over a range",
        FrameKind::Times => "loop of so many rounds",
        FrameKind::Sequence => "loop over a sequence",
        FrameKind::Pull => "an element being made",
        FrameKind::Force => "operands being forced",
        FrameKind::If => "a condition being made",
        FrameKind::Join => "operands of and, or",
    }
}

/// A string as a program would write it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn cut(text: String) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
