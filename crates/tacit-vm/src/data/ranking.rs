//! Sorting and searching.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::show::number_text;
use crate::flow::Flow;
use crate::heap::BLOCK_CELLS;
use crate::heap::equality::{Class, Classes};
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

const LIST: &str = "vector or array";

impl Vm {
    pub(crate) fn sort(&mut self) -> Result<Flow, Trap> {
        self.need("sort", 1)?;
        let list = self.peek(0);
        let elements = self.sorted("sort", list)?;
        let elements: Vec<Cell> = elements.into_iter().map(|(_, element)| element).collect();
        self.replace_top_by_list(1, self.memory.shape(list), &elements)
    }

    pub(crate) fn grade(&mut self) -> Result<Flow, Trap> {
        self.need("grade", 1)?;
        let elements = self.sorted("grade", self.peek(0))?;
        let indexes: Vec<Cell> =
            elements.into_iter().map(|(index, _)| Cell::count(index)).collect();
        self.replace_top_by_list(1, Shape::Vector, &indexes)
    }

    pub(crate) fn where_true(&mut self) -> Result<Flow, Trap> {
        const WORD: &str = "where";
        self.need(WORD, 1)?;
        let elements = self.memory.elements(WORD, LIST, self.peek(0))?;
        let total = self.memory.layout().blocks();
        let mut indexes = Vec::new();
        for (index, element) in elements.into_iter().enumerate().filter(|(_, cell)| cell.is_true())
        {
            let Some(times) = element.as_count() else {
                let found = element.as_number().map(number_text).unwrap_or_default();
                let expected = "whole numbers from 0 up";
                return Err(Trap::Number { word: WORD, expected, found });
            };
            let needed = (indexes.len() + times).div_ceil(BLOCK_CELLS);
            if needed > total {
                return Err(Trap::HeapFull { needed, free: self.memory.blocks_free(), total });
            }
            indexes.extend(std::iter::repeat_n(Cell::count(index), times));
        }
        self.replace_top_by_list(1, Shape::Vector, &indexes)
    }

    pub(crate) fn distinct(&mut self) -> Result<Flow, Trap> {
        self.need("distinct", 1)?;
        let list = self.peek(0);
        let elements = self.memory.elements("distinct", LIST, list)?;
        let (mut classes, mut seen) = (Classes::default(), BTreeSet::new());
        let is_new = |&element: &Cell| {
            classes.of(&self.memory, element).is_none_or(|class| seen.insert(class))
        };
        let elements: Vec<Cell> = elements.into_iter().filter(is_new).collect();
        self.replace_top_by_list(1, self.memory.shape(list), &elements)
    }

    pub(crate) fn group(&mut self) -> Result<Flow, Trap> {
        self.need("group", 1)?;
        let elements = self.memory.elements("group", LIST, self.peek(0))?;
        let mut groups: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
        for (index, element) in elements.into_iter().enumerate() {
            let text = self.memory.plain_text(element)?;
            groups.entry(text).or_default().push(Cell::count(index));
        }
        let mut pairs = Vec::with_capacity(groups.len());
        for (text, indexes) in groups {
            pairs.push((self.memory.intern_cell(&text)?, self.memory.new_vector(&indexes)?));
        }
        let dictionary = self.memory.new_dictionary(&pairs)?;
        self.replace_top(1, dictionary)
    }

    pub(crate) fn is_in(&mut self) -> Result<Flow, Trap> {
        self.need("in", 2)?;
        let (element, container) = (self.peek(1), self.peek(0));
        let shape = self.memory.shape(container);
        let is_in = if shape == Shape::String {
            self.text_at("in", 0)?.contains(&self.text_at("in", 1)?)
        } else if shape == Shape::Dictionary {
            element.tag() == Some(Tag::String)
                && self.memory.dictionary_get(container, element).is_some()
        } else {
            let expected = "vector, array, dictionary or string";
            let elements = self.memory.elements("in", expected, container)?;
            self.position(&elements, element).is_some()
        };
        self.replace_top(2, Cell::flag(is_in))
    }

    pub(crate) fn index_of(&mut self) -> Result<Flow, Trap> {
        const WORD: &str = "index-of";
        self.need(WORD, 2)?;
        let (container, element) = (self.peek(1), self.peek(0));
        let shape = self.memory.shape(container);
        let found = if shape == Shape::String {
            let (text, part) = (self.text_at(WORD, 1)?, self.text_at(WORD, 0)?);
            text.find(&part).map(|at| Cell::count(text[..at].chars().count()))
        } else if shape == Shape::Dictionary {
            let (keys, values): (Vec<Cell>, Vec<Cell>) =
                self.memory.dictionary_pairs(container).into_iter().unzip();
            self.position(&values, element).map(|index| keys[index])
        } else {
            let expected = "vector, array, dictionary or string";
            let elements = self.memory.elements(WORD, expected, container)?;
            self.position(&elements, element).map(Cell::count)
        };
        self.replace_top(2, found.unwrap_or(Cell::NIL))
    }

    /// The elements of a list in order, with their indexes.
    fn sorted(&self, word: &'static str, list: Cell) -> Result<Vec<(usize, Cell)>, Trap> {
        let elements = self.memory.elements(word, LIST, list)?;
        let is_ordered = |cell: &&Cell| self.memory.order(**cell, **cell).is_none();
        if let Some(&wrong) = elements.iter().find(is_ordered) {
            return Err(self.memory.type_error(word, "numbers or strings", wrong));
        }
        let mut elements: Vec<(usize, Cell)> = elements.into_iter().enumerate().collect();
        elements.sort_by(|(_, a), (_, b)| {
            self.memory.order(*a, *b).unwrap_or(std::cmp::Ordering::Equal)
        });
        Ok(elements)
    }

    /// Where a value is first.
    fn position(&self, elements: &[Cell], wanted: Cell) -> Option<usize> {
        let mut classes = Classes::default();
        let wanted: Class = classes.of(&self.memory, wanted)?;
        elements.iter().position(|&element| classes.of(&self.memory, element) == Some(wanted))
    }
}
