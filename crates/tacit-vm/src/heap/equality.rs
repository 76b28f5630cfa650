//! Which values are the same, and which comes first.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::data::number::order;
use crate::heap::shape::Shape;
use crate::layout::Segment;
use crate::memory::Memory;
use crate::value::{Cell, Tag};

/// What equal values have in common: what they are, and a number.
pub(crate) type Class = (u8, u32);

const NUMBER: u8 = 0;
const ITSELF: u8 = 1;
const CONTAINER: u8 = 2;

/// Classes of values, found once for each block, so that shared ones are not gone through again.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    of_blocks: BTreeMap<u16, Option<u32>>,
    of_contents: BTreeMap<(u8, Vec<Class>), u32>,
}

impl Classes {
    /// The class of a value; `None` if it is not even the same as itself, as NaN.
    pub(crate) fn of(&mut self, memory: &Memory, cell: Cell) -> Option<Class> {
        let mut waiting = vec![(cell, false)];
        while let Some((cell, is_open)) = waiting.pop() {
            let Some((kind, contents)) = memory.contents(cell) else { continue };
            if is_open {
                let classes: Option<Vec<Class>> =
                    contents.into_iter().map(|cell| self.known(memory, cell)).collect();
                let next = self.of_contents.len();
                let class = classes.map(|classes| {
                    let next = u32::try_from(next).unwrap_or(u32::MAX);
                    *self.of_contents.entry((kind, classes)).or_insert(next)
                });
                self.of_blocks.insert(cell.address(), class);
            } else if let Entry::Vacant(entry) = self.of_blocks.entry(cell.address()) {
                entry.insert(None);
                waiting.push((cell, true));
                waiting.extend(contents.into_iter().map(|cell| (cell, false)));
            }
        }
        self.known(memory, cell)
    }

    fn known(&self, memory: &Memory, cell: Cell) -> Option<Class> {
        if let Some(number) = cell.as_number() {
            // 0 and -0 are the same.
            return (!number.is_nan()).then_some((NUMBER, (number + 0.0).to_bits()));
        }
        if !cell.is_reference() || memory.shape(cell) == Shape::Promise {
            return Some((ITSELF, cell.0));
        }
        let class = self.of_blocks.get(&cell.address()).copied().flatten()?;
        Some((CONTAINER, class))
    }
}

impl Memory {
    /// Whether two values are the same, containers with all that is in them.
    #[expect(clippy::float_cmp, reason = "that is the question")]
    pub(crate) fn equals(&self, a: Cell, b: Cell) -> bool {
        if let (Some(a), Some(b)) = (a.as_number(), b.as_number()) {
            return a == b;
        }
        if !a.is_reference() || !b.is_reference() {
            return a == b;
        }
        if self.shape(a) != self.shape(b) || self.size(a) != self.size(b) {
            return false;
        }
        let mut classes = Classes::default();
        classes.of(self, a).is_some_and(|class| classes.of(self, b) == Some(class))
    }

    /// How two numbers or strings compare: NaN after all other numbers, numbers before strings,
    /// strings by their bytes.
    pub(crate) fn order(&self, a: Cell, b: Cell) -> Option<Ordering> {
        let is_string = |cell: Cell| cell.tag() == Some(Tag::String);
        match (a.as_number(), b.as_number()) {
            (Some(a), Some(b)) => Some(order(a, b)),
            (Some(_), None) => is_string(b).then_some(Ordering::Less),
            (None, Some(_)) => is_string(a).then_some(Ordering::Greater),
            (None, None) => {
                (is_string(a) && is_string(b)).then(|| self.string_order(a.address(), b.address()))
            }
        }
    }

    /// How the bytes of two strings compare.
    pub(crate) fn string_order(&self, a: u16, b: u16) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let base = self.layout().base(Segment::String);
        let [a, b] = [a, b].map(|at| {
            let at = base + usize::from(at);
            (1..=usize::from(self.byte(at))).map(move |index| self.byte(at + index))
        });
        a.cmp(b)
    }

    /// What kind of container it is, and what is in it, if it is compared by that.
    fn contents(&self, cell: Cell) -> Option<(u8, Vec<Cell>)> {
        let cells = match self.shape(cell) {
            Shape::Vector | Shape::Dictionary | Shape::Sequence | Shape::Object => {
                self.vector_cells(cell)
            }
            Shape::Array => self.array_elements(cell),
            Shape::Number
            | Shape::String
            | Shape::Symbol
            | Shape::Nil
            | Shape::Promise
            | Shape::Code
            | Shape::Internal => return None,
        };
        Some((self.block_kind(cell.address()) as u8, cells))
    }

    fn size(&self, cell: Cell) -> usize {
        if self.shape(cell) == Shape::Array {
            self.array_length(cell)
        } else {
            self.vector_length(cell)
        }
    }
}
