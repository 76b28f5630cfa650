//! Merging what a branch has changed into this one: global variables, three-way, by their content.

use std::sync::Arc;

use machine::{Datum, EditError, Machine, Merge, Strategy};

use crate::heap::shape::Shape;
use crate::layout::Register;
use crate::memory::Memory;
use crate::snapshot::Snapshot;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// How deep values may lie in each other.
const DEPTH_MAX: usize = 64;

/// Values that all variables of a state may have in them together, each counted as often as it is
/// met. All of the memory has fewer.
const VALUES_MAX: usize = 1 << 17;

type Value = Datum<Leaf>;

/// A value that is not taken apart.
#[derive(Clone, Debug)]
enum Leaf {
    /// A cell that means the same in every state of the program.
    Plain(Cell),
    Text(String),
    /// An array, by its elements.
    Array(Vec<Value>),
    /// What belongs to its state: a sequence, an object, a promise. With the cells of its blocks.
    Own {
        shape: Shape,
        parts: Vec<Value>,
        cell: Cell,
    },
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(a), Self::Plain(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Own { shape: a, parts: b, .. }, Self::Own { shape: c, parts: d, .. }) => {
                a == c && b == d
            }
            (Self::Plain(_) | Self::Text(_) | Self::Array(_) | Self::Own { .. }, _) => false,
        }
    }
}

impl Vm {
    /// Takes over what the global variables of a branch have become since `base`. The course of the
    /// program, its stacks and its tasks stay as they are here.
    pub(super) fn merge_globals(
        &mut self,
        base: &Snapshot,
        theirs: &Snapshot,
        strategy: Strategy,
    ) -> Result<(), EditError> {
        let is_same = |snapshot: &Snapshot| Arc::ptr_eq(&self.program, &snapshot.program);
        if !is_same(base) || !is_same(theirs) {
            let message = "words were added since the branches parted: their states mean different \
                           things";
            return Err(EditError(message.to_owned()));
        }
        let state = |snapshot: &Snapshot| {
            let mut vm = self.clone();
            vm.restore(snapshot);
            vm
        };
        let (base, theirs) = (state(base), state(theirs));
        let mut readers = [&base, self, &theirs].map(Reader::new);
        let mut merge = Merge::new(strategy);
        let mut changes = Vec::new();
        for (index, name) in self.program.global_names() {
            let mut values = Vec::new();
            for reader in &mut readers {
                let value = reader.global((*index).into());
                values.push(value.map_err(|why| EditError(format!("`{name}` {why}")))?);
            }
            let [before, Some(here), Some(there)] = &values[..] else { continue };
            if let Some(value) = merge.value(name, before.as_ref(), here, there) {
                changes.push((usize::from(*index), movable(value, here, name)?));
            }
        }
        merge.finish()?;
        let first = self.memory.layout().globals().0;
        self.all_or_nothing(|vm| {
            changes.iter().try_for_each(|(index, value)| {
                let value = vm.merged(value)?;
                let old = vm.memory.get(first + index);
                vm.memory.set(first + index, value);
                vm.memory.release(old)
            })
        })
    }

    /// The value that a merge has come to; it belongs to whoever asked.
    fn merged(&mut self, value: &Value) -> Result<Cell, Trap> {
        let all = |vm: &mut Self, values: &[Value]| {
            values.iter().map(|value| vm.merged(value)).collect::<Result<Vec<_>, _>>()
        };
        match value {
            #[expect(clippy::cast_possible_truncation, reason = "numbers here have 32 bits")]
            Datum::Number(number) => Ok(Cell::number(*number as f32)),
            Datum::Leaf(Leaf::Plain(cell)) => Ok(*cell),
            Datum::Leaf(Leaf::Text(text)) => self.memory.intern_cell(text),
            Datum::Leaf(Leaf::Array(elements)) => {
                let cells = all(self, elements)?;
                self.memory.array_of(&cells)
            }
            Datum::Leaf(Leaf::Own { cell, .. }) => {
                self.memory.retain(*cell)?;
                Ok(*cell)
            }
            Datum::List(elements) => {
                let cells = all(self, elements)?;
                self.memory.new_vector(&cells)
            }
            Datum::Record(pairs) => {
                let mut cells = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    cells.push((self.memory.intern_cell(key)?, self.merged(value)?));
                }
                self.memory.new_dictionary(&cells)
            }
        }
    }
}

/// The value with what belongs to a state as it is here; what is not here cannot be had.
fn movable(value: Value, here: &Value, name: &str) -> Result<Value, EditError> {
    if value == *here {
        return Ok(here.clone());
    }
    let all = |values: Vec<Value>, here: &[Value]| {
        let place = |(index, value)| movable(value, here.get(index).unwrap_or(&NOTHING), name);
        values.into_iter().enumerate().map(place).collect::<Result<Vec<_>, _>>()
    };
    match (value, here) {
        (Datum::Leaf(Leaf::Own { shape, .. }), _) => {
            let what = shape.name();
            Err(EditError(format!("the branch has a {what} in `{name}`, which cannot leave it")))
        }
        (Datum::Leaf(Leaf::Array(elements)), _) => {
            Ok(Datum::Leaf(Leaf::Array(all(elements, &[])?)))
        }
        (Datum::List(values), Datum::List(here)) => Ok(Datum::List(all(values, here)?)),
        (Datum::List(values), _) => Ok(Datum::List(all(values, &[])?)),
        (Datum::Record(pairs), here) => {
            let here: &[_] = if let Datum::Record(here) = here { here } else { &[] };
            let pair = |(key, value): (String, Value)| {
                let here = here.iter().find(|(name, _)| *name == key);
                let value = movable(value, here.map_or(&NOTHING, |(_, here)| here), name)?;
                Ok((key, value))
            };
            Ok(Datum::Record(pairs.into_iter().map(pair).collect::<Result<_, EditError>>()?))
        }
        (value @ (Datum::Number(_) | Datum::Leaf(Leaf::Plain(_) | Leaf::Text(_))), _) => Ok(value),
    }
}

/// Nothing that could be kept.
const NOTHING: Value = Datum::Leaf(Leaf::Plain(Cell::NIL));

/// Takes the values of one state apart.
struct Reader<'a> {
    vm: &'a Vm,
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(vm: &'a Vm) -> Self {
        Self { vm, left: VALUES_MAX }
    }

    /// The value of a global variable, if the unit it belongs to is loaded.
    fn global(&mut self, index: usize) -> Result<Option<Value>, &'static str> {
        let memory = &self.vm.memory;
        if index >= memory.register(Register::Globals) as usize {
            return Ok(None);
        }
        let cell = memory.get(memory.layout().globals().0 + index);
        self.value(cell, DEPTH_MAX).map(Some)
    }

    fn value(&mut self, cell: Cell, depth: usize) -> Result<Value, &'static str> {
        self.left = self.left.checked_sub(1).ok_or("has too many values in it to be merged")?;
        let depth = depth.checked_sub(1).ok_or("lies too deep to be merged")?;
        let memory: &Memory = &self.vm.memory;
        let shape = memory.shape(cell);
        Ok(match shape {
            Shape::Number if cell.tag() != Some(Tag::Boolean) => {
                Datum::Number(cell.as_number().map_or(f64::NAN, f64::from))
            }
            Shape::Number | Shape::Nil | Shape::Symbol | Shape::Code => {
                Datum::Leaf(Leaf::Plain(cell))
            }
            Shape::String => Datum::Leaf(Leaf::Text(memory.text(cell.address()))),
            Shape::Vector => Datum::List(self.values(memory.vector_cells(cell), depth)?),
            Shape::Dictionary => {
                let mut pairs = Vec::new();
                for (key, value) in memory.dictionary_pairs(cell) {
                    pairs.push((memory.text(key.address()), self.value(value, depth)?));
                }
                Datum::Record(pairs)
            }
            Shape::Array if !memory.is_bytes(cell) => {
                Datum::Leaf(Leaf::Array(self.values(memory.array_elements(cell), depth)?))
            }
            Shape::Array => {
                let parts = self.values(memory.array_elements(cell), depth)?;
                Datum::Leaf(Leaf::Own { shape, parts, cell })
            }
            Shape::Sequence | Shape::Object | Shape::Promise | Shape::Internal => {
                let parts = if cell.is_reference() {
                    let blocks = memory.chain(cell.address());
                    let cells = blocks.flat_map(|block| memory.block_cells(block)).collect();
                    self.values(cells, depth)?
                } else {
                    vec![Datum::Leaf(Leaf::Plain(cell))]
                };
                Datum::Leaf(Leaf::Own { shape, parts, cell })
            }
        })
    }

    fn values(&mut self, cells: Vec<Cell>, depth: usize) -> Result<Vec<Value>, &'static str> {
        cells.into_iter().map(|cell| self.value(cell, depth)).collect()
    }
}
