//! Operations element by element over vectors, dictionaries, arrays and sequences.
//!
//! Of two vectors the shorter one is gone through again and again; an empty one gives an empty
//! one. Vectors in vectors are done the same way. Of two dictionaries both need the same keys.
//! Where values are shared, so are results, so that no operation takes longer than its operands
//! and results are large.

use std::collections::BTreeMap;

use crate::control::convert::Role;
use crate::data::number::Operation;
use crate::flow::Flow;
use crate::heap::Kind;
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// What an operation makes, before it has a block.
enum Made {
    Value(Cell),
    Chain(Kind, Vec<Cell>),
    Array(Vec<Cell>),
}

/// One value, or two.
type Operands = (Cell, Option<Cell>);

/// Results for operands that have parts, each with one reference.
type Done = BTreeMap<(u32, u32), Cell>;

/// What an operation is to be done with.
struct Parts {
    /// Of the result: a vector, array or dictionary.
    shape: Shape,
    /// A dictionary's.
    keys: Vec<Cell>,
    operands: Vec<Operands>,
}

impl Vm {
    /// Does an operation of two operands.
    #[inline(always)]
    pub(crate) fn operate_on_two(&mut self, operation: Operation) -> Result<Flow, Trap> {
        self.need(operation.word(), 2)?;
        let (a, b) = (self.peek(1), self.peek(0));
        if a.is_boxed() || b.is_boxed() {
            return self.operate(operation);
        }
        let result = operation.compute(f32::from_bits(a.0), f32::from_bits(b.0))?;
        self.registers.sp -= 1;
        self.poke(0, Cell::number(result));
        Ok(Flow::Next)
    }

    /// Does an operation of one operand.
    #[inline(always)]
    pub(crate) fn operate_on_one(&mut self, operation: Operation) -> Result<Flow, Trap> {
        self.need(operation.word(), 1)?;
        let a = self.peek(0);
        if a.is_boxed() {
            return self.operate(operation);
        }
        let result = operation.compute(f32::from_bits(a.0), 0.0)?;
        self.poke(0, Cell::number(result));
        Ok(Flow::Next)
    }

    /// Does an operation on any operands, which are there.
    fn operate(&mut self, operation: Operation) -> Result<Flow, Trap> {
        // An object is as good a flag as any other value.
        let role = if operation.is_logic() { Role::Value } else { Role::Number };
        if let Some(flow) = self.deferred(operation.operands(), role) {
            return Ok(flow);
        }
        let (left, right) = if operation.operands() == 2 {
            (self.peek(1), Some(self.peek(0)))
        } else {
            (self.peek(0), None)
        };
        let made = self.spread(operation, (left, right))?;
        self.registers.sp -= operation.operands();
        // Their blocks can be used for the result.
        self.memory.release(left)?;
        if let Some(right) = right {
            self.memory.release(right)?;
        }
        let result = self.build(made)?;
        self.push(result);
        Ok(Flow::Next)
    }

    /// What an operation makes of values, whose references stay the caller's.
    pub(crate) fn broadcast(
        &mut self,
        operation: Operation,
        left: Cell,
        right: Option<Cell>,
    ) -> Result<Cell, Trap> {
        let made = self.spread(operation, (left, right))?;
        self.build(made)
    }

    /// Goes down to the innermost containers and makes the results from there up.
    fn spread(&mut self, operation: Operation, outermost: Operands) -> Result<Made, Trap> {
        let mut done = Done::new();
        let mut waiting = vec![(outermost, None)];
        while let Some((operands, opened)) = waiting.pop() {
            let parts = if let Some(parts) = opened {
                parts
            } else {
                let is_known = done.insert(key(operands), Cell::NIL);
                if let Some(known) = is_known {
                    done.insert(key(operands), known);
                    continue;
                }
                let Some(parts) = self.parts(operation, operands)? else {
                    return self.value(operation, operands).map(Made::Value);
                };
                let inner = parts.operands.iter().filter(|operands| self.has_parts(**operands));
                let inner: Vec<_> = inner.map(|&operands| (operands, None)).collect();
                if !inner.is_empty() {
                    waiting.push((operands, Some(parts)));
                    waiting.extend(inner);
                    continue;
                }
                parts
            };
            let made = self.made_of(operation, parts, &done)?;
            if waiting.is_empty() {
                for result in done.into_values() {
                    self.memory.release(result)?;
                }
                return Ok(made);
            }
            let result = self.build(made)?;
            done.insert(key(operands), result);
        }
        Err(Trap::Damaged { what: "an operation without operands" })
    }

    /// The results for the parts, all of whose own parts are done.
    fn made_of(&mut self, operation: Operation, parts: Parts, done: &Done) -> Result<Made, Trap> {
        let mut cells = Vec::with_capacity(parts.keys.len() + parts.operands.len());
        let mut keys = parts.keys.into_iter();
        for operands in parts.operands {
            cells.extend(keys.next());
            let (left, right) = (operands.0, operands.1.unwrap_or(Cell::FALSE));
            cells.push(if !left.is_boxed() && !right.is_boxed() {
                let (left, right) = (f32::from_bits(left.0), f32::from_bits(right.0));
                Cell::number(operation.compute(left, right)?)
            } else if self.has_parts(operands) {
                let result = done.get(&key(operands)).copied().unwrap_or(Cell::NIL);
                self.memory.retain(result)?;
                result
            } else {
                self.value(operation, operands)?
            });
        }
        Ok(if parts.shape == Shape::Array {
            Made::Array(cells)
        } else if parts.shape == Shape::Dictionary {
            Made::Chain(Kind::Dictionary, cells)
        } else {
            Made::Chain(Kind::Vector, cells)
        })
    }

    /// Whether an operation goes element by element now, and not when a sequence gets there.
    fn has_parts(&self, (left, right): Operands) -> bool {
        let [left, right] = [left, right.unwrap_or(left)].map(|cell| self.memory.shape(cell));
        let has_elements =
            |shape| matches!(shape, Shape::Vector | Shape::Array | Shape::Dictionary);
        (has_elements(left) || has_elements(right))
            && left != Shape::Sequence
            && right != Shape::Sequence
    }

    /// Which operands belong together, if there are elements.
    fn parts(&self, operation: Operation, (left, right): Operands) -> Result<Option<Parts>, Trap> {
        if !self.has_parts((left, right)) {
            return Ok(None);
        }
        let is_dictionary = |cell| self.memory.shape(cell) == Shape::Dictionary;
        if is_dictionary(left) || right.is_some_and(is_dictionary) {
            return self.parts_of_dictionaries(operation, left, right).map(Some);
        }
        let lefts = self.memory.elements("", "", left).ok();
        let rights = right.and_then(|right| self.memory.elements("", "", right).ok());
        let outer = if lefts.is_some() { left } else { right.unwrap_or(left) };
        let shape = self.memory.shape(outer);
        let lefts = lefts.unwrap_or_else(|| vec![left]);
        let operands: Vec<Operands> = if let Some(right) = right {
            let rights = rights.unwrap_or_else(|| vec![right]);
            let is_empty = lefts.is_empty() || rights.is_empty();
            let length = if is_empty { 0 } else { lefts.len().max(rights.len()) };
            let rights = rights.into_iter().map(Some).cycle();
            lefts.into_iter().cycle().zip(rights).take(length).collect()
        } else {
            lefts.into_iter().map(|left| (left, None)).collect()
        };
        Ok(Some(Parts { shape, keys: Vec::new(), operands }))
    }

    fn parts_of_dictionaries(
        &self,
        operation: Operation,
        left: Cell,
        right: Option<Cell>,
    ) -> Result<Parts, Trap> {
        let mut sides = Vec::new();
        for cell in [Some(left), right].into_iter().flatten() {
            let shape = self.memory.shape(cell);
            if matches!(shape, Shape::Vector | Shape::Array) {
                let expected = "number or dictionary with a dictionary";
                return Err(self.memory.type_error(operation.word(), expected, cell));
            }
            let is_dictionary = shape == Shape::Dictionary;
            sides.push(is_dictionary.then(|| self.memory.dictionary_pairs(cell)));
        }
        let keys_of = |pairs: &Vec<(Cell, Cell)>| pairs.iter().map(|pair| pair.0).collect();
        let mut all_keys = sides.iter().flatten().map(keys_of);
        let keys: Vec<Cell> = all_keys.next().unwrap_or_default();
        if all_keys.any(|other| other != keys) {
            return Err(Trap::Type {
                word: operation.word(),
                expected: "dictionaries with the same keys",
                found: "others",
            });
        }
        let at = |side: usize, index: usize, whole: Cell| match sides.get(side) {
            Some(Some(pairs)) => pairs[index].1,
            Some(None) | None => whole,
        };
        let operands = (0..keys.len())
            .map(|index| (at(0, index, left), right.map(|right| at(1, index, right))))
            .collect();
        Ok(Parts { shape: Shape::Dictionary, keys, operands })
    }

    /// The result for values without elements, or with a sequence among them.
    fn value(&mut self, operation: Operation, (left, right): Operands) -> Result<Cell, Trap> {
        let is_sequence = |cell: Cell| cell.tag() == Some(Tag::Sequence);
        if is_sequence(left) || right.is_some_and(is_sequence) {
            self.memory.retain(left)?;
            self.memory.retain(right.unwrap_or(Cell::NIL))?;
            return self.sequence_of_operation(operation.code(), left, right);
        }
        self.value_of_leaves(operation, left, right)
    }

    /// The result for values that have no elements.
    fn value_of_leaves(
        &self,
        operation: Operation,
        left: Cell,
        right: Option<Cell>,
    ) -> Result<Cell, Trap> {
        let other = right.unwrap_or(Cell::FALSE);
        if operation.is_logic() {
            let [a, b] = [left, other].map(|cell| if cell.is_true() { 1.0 } else { 0.0 });
            return operation.compute(a, b).map(Cell::number);
        }
        if let (Some(a), Some(b)) = (left.as_number(), other.as_number()) {
            return operation.compute(a, b).map(Cell::number);
        }
        let is_string = |cell: Cell| cell.tag() == Some(Tag::String);
        let is_ordered = operation == Operation::Compare || is_string(left) && is_string(other);
        let order = self.memory.order(left, other).filter(|_| is_ordered);
        if let Some(result) = order.and_then(|order| operation.of_order(order)) {
            return Ok(Cell::number(result));
        }
        let expected =
            if operation.is_comparison() { "two numbers or two strings" } else { "number" };
        let wrong = [left, other].into_iter().find(|cell| cell.as_number().is_none());
        Err(self.memory.type_error(operation.word(), expected, wrong.unwrap_or(other)))
    }

    fn build(&mut self, made: Made) -> Result<Cell, Trap> {
        match made {
            Made::Value(cell) => Ok(cell),
            Made::Chain(kind, cells) => Ok(kind.cell(self.memory.allocate_chain(kind, &cells)?)),
            Made::Array(cells) => self.memory.array_of(&cells),
        }
    }
}

fn key((left, right): Operands) -> (u32, u32) {
    (left.0, right.map_or(0, |right| right.0))
}
