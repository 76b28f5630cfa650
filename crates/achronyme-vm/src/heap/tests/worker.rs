//! Random programs: operations on a few variables, which lie on the stack.

use proptest::prelude::*;

use crate::heap::{Heap, HeapSnapshot, STACK};
use crate::value::Tag;
use crate::{Program, Value};
use achronyme_library::{Fault, Store};

pub(super) const VARIABLES: usize = 8;
/// Names of fields.
pub(super) const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// An operation. Variables are numbers below [`VARIABLES`]; `at` is an index or length, which is
/// taken modulo what there is.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Number { to: usize, number: f64 },
    Text { to: usize, text: String },
    Copy { to: usize, from: usize },
    Vector { to: usize, from: usize, count: usize },
    Push { to: usize, from: usize },
    Pop { to: usize, from: usize },
    Insert { to: usize, at: usize, from: usize },
    Remove { to: usize, at: usize },
    Extend { to: usize, from: usize },
    Set { to: usize, at: usize, from: usize },
    SetWithin { to: usize, at: usize, inner: usize, from: usize },
    Get { to: usize, at: usize, from: usize },
    Append { to: usize, from: usize },
    Record { to: usize, first: usize, second: usize },
    AddField { to: usize, name: usize, from: usize, is_mutable: bool },
    SetField { to: usize, at: usize, from: usize },
    GetField { to: usize, at: usize, from: usize },
    Spread { to: usize, from: usize, name: usize, with: usize },
    Fill { to: usize, count: usize },
    Tensor { to: usize, count: usize },
    SetNumber { to: usize, at: usize, number: f64 },
    Collect,
}

pub(super) fn actions(count: usize) -> impl Strategy<Value = Vec<Action>> {
    prop::collection::vec(action(), 0..count)
}

fn action() -> impl Strategy<Value = Action> {
    let v = || 0..VARIABLES;
    let at = || 0..100usize;
    let number = || -9.0..9.0f64;
    prop_oneof![
        (v(), number()).prop_map(|(to, number)| Action::Number { to, number }),
        (v(), "[a-zé]{0,30}").prop_map(|(to, text)| Action::Text { to, text }),
        (v(), v()).prop_map(|(to, from)| Action::Copy { to, from }),
        (v(), v(), v()).prop_map(|(to, from, count)| Action::Vector { to, from, count }),
        (v(), v()).prop_map(|(to, from)| Action::Push { to, from }),
        (v(), v()).prop_map(|(to, from)| Action::Push { to, from }),
        (v(), v()).prop_map(|(to, from)| Action::Pop { to, from }),
        (v(), at(), v()).prop_map(|(to, at, from)| Action::Insert { to, at, from }),
        (v(), at()).prop_map(|(to, at)| Action::Remove { to, at }),
        (v(), v()).prop_map(|(to, from)| Action::Extend { to, from }),
        (v(), at(), v()).prop_map(|(to, at, from)| Action::Set { to, at, from }),
        (v(), at(), at(), v()).prop_map(|(to, at, inner, from)| Action::SetWithin {
            to,
            at,
            inner,
            from
        }),
        (v(), at(), v()).prop_map(|(to, at, from)| Action::Get { to, at, from }),
        (v(), v()).prop_map(|(to, from)| Action::Append { to, from }),
        (v(), v()).prop_map(|(to, from)| Action::Append { to, from }),
        (v(), v(), v()).prop_map(|(to, first, second)| Action::Record { to, first, second }),
        (v(), 0..NAMES.len(), v(), any::<bool>()).prop_map(|(to, name, from, is_mutable)| {
            Action::AddField { to, name, from, is_mutable }
        }),
        (v(), at(), v()).prop_map(|(to, at, from)| Action::SetField { to, at, from }),
        (v(), at(), v()).prop_map(|(to, at, from)| Action::GetField { to, at, from }),
        (v(), v(), 0..NAMES.len(), v()).prop_map(|(to, from, name, with)| Action::Spread {
            to,
            from,
            name,
            with
        }),
        (v(), 0..3000usize).prop_map(|(to, count)| Action::Fill { to, count }),
        (v(), 0..700usize).prop_map(|(to, count)| Action::Tensor { to, count }),
        (v(), at(), number()).prop_map(|(to, at, number)| Action::SetNumber { to, at, number }),
        Just(Action::Collect),
    ]
}

/// Does what actions say, as the engine would.
pub(super) struct Worker {
    pub(super) heap: Heap,
}

impl Worker {
    pub(super) fn new(limit: usize) -> Self {
        let program = Program { names: NAMES.map(str::to_owned).to_vec(), ..Program::default() };
        let mut heap = Heap::new(&program, limit).unwrap();
        for variable in 0..VARIABLES {
            heap.set_stack(STACK + variable, Value::NULL);
        }
        Self { heap }
    }

    pub(super) fn get(&self, variable: usize) -> Value {
        self.heap.get(STACK + variable)
    }

    fn put(&mut self, variable: usize, value: Value) {
        self.heap.set_stack(STACK + variable, value);
    }

    pub(super) fn collect(&mut self) {
        self.heap.collect(STACK..STACK + VARIABLES, &[]);
    }

    pub(super) fn hash(&self) -> u64 {
        self.heap.hash(STACK + VARIABLES)
    }

    pub(super) fn snapshot(&mut self) -> HeapSnapshot {
        self.heap.snapshot(STACK + VARIABLES)
    }

    /// Does it, collecting when it is time. `false` if there is no memory for it.
    pub(super) fn act(&mut self, action: &Action) -> bool {
        if self.heap.wants_collection() {
            self.collect();
        }
        if self.attempt(action).is_ok() {
            return true;
        }
        self.collect();
        self.attempt(action).is_ok()
    }

    fn attempt(&mut self, action: &Action) -> Result<(), Fault> {
        match action {
            Action::Number { to, number } => self.put(*to, Value::number(*number)),
            Action::Text { to, text } => {
                let string = self.heap.string_of(text)?;
                self.put(*to, string);
            }
            Action::Copy { to, from } => {
                let value = self.get(*from);
                self.heap.share(value);
                self.put(*to, value);
            }
            Action::Vector { to, from, count } => {
                let count = (*count).min(VARIABLES - from);
                for variable in *from..from + count {
                    self.heap.share(self.get(variable));
                }
                let elements = self.heap.values(STACK + from, count).to_vec();
                let vector = self.heap.vector_of(&elements)?;
                self.put(*to, vector);
            }
            Action::Fill { to, count } => {
                let elements: Vec<_> = (0..*count).map(|i| Value::number(i as f64)).collect();
                let vector = self.heap.new_vector(&elements)?;
                self.put(*to, vector);
            }
            Action::Append { to, from } => {
                let (left, right) = (self.get(*to), self.get(*from));
                // As long as they do not double again and again.
                if left.is(Tag::String)
                    && right.is(Tag::String)
                    && self.heap.text(&left).len() < 1000
                {
                    let string = self.heap.concatenate(left, right)?;
                    self.put(*to, string);
                }
            }
            Action::Tensor { to, count } => {
                let numbers: Vec<_> = (0..*count).map(|i| i as f64).collect();
                let tensor = self.heap.new_tensor(&[*count], &numbers)?;
                self.put(*to, tensor);
            }
            Action::SetNumber { to, at, number } => {
                let mut slot = self.get(*to);
                if let Some(count) = self.heap.tensor(&slot).map(|tensor| tensor.data.len()) {
                    let done = self.heap.tensor_set(&mut slot, at % count.max(1), *number)?;
                    assert_eq!(done, count > 0);
                    self.put(*to, slot);
                }
            }
            Action::Record { .. }
            | Action::AddField { .. }
            | Action::SetField { .. }
            | Action::GetField { .. }
            | Action::Spread { .. } => self.attempt_record(action)?,
            Action::Collect => self.collect(),
            _ => self.attempt_vector(action)?,
        }
        Ok(())
    }

    fn attempt_vector(&mut self, action: &Action) -> Result<(), Fault> {
        let (Action::Push { to, .. }
        | Action::Insert { to, .. }
        | Action::Remove { to, .. }
        | Action::Extend { to, .. }
        | Action::Set { to, .. }
        | Action::SetWithin { to, .. }
        | Action::Pop { from: to, .. }
        | Action::Get { from: to, .. }) = action
        else {
            return Ok(());
        };
        let mut slot = self.get(*to);
        if !slot.is(Tag::Vector) {
            return Ok(());
        }
        let length = self.heap.vector_length(slot);
        match *action {
            Action::Push { from, .. } if length < 2000 => {
                let value = self.kept(from);
                self.heap.vector_push(&mut slot, value)?;
            }
            Action::Insert { at, from, .. } if length < 2000 => {
                let value = self.kept(from);
                self.heap.vector_insert(&mut slot, at % (length + 1), value)?;
            }
            Action::Remove { at, .. } => {
                let removed = self.heap.vector_remove(&mut slot, at % length.max(1))?;
                assert_eq!(removed.is_some(), length > 0);
            }
            Action::Extend { from, .. } if self.get(from).is(Tag::Vector) && length < 500 => {
                self.heap.vector_extend(&mut slot, self.get(from))?;
            }
            Action::Set { at, from, .. } => {
                let value = self.kept(from);
                self.heap.vector_set(&mut slot, at % length.max(1), value)?;
            }
            Action::SetWithin { at, inner, from, .. } => {
                let value = self.kept(from);
                self.heap.vector_unshare(&mut slot)?;
                let element = self.heap.elements(&slot).get(at % length.max(1)).copied();
                if let Some(mut element) = element.filter(|element| element.is(Tag::Vector)) {
                    let index = inner % self.heap.vector_length(element).max(1);
                    self.heap.vector_set(&mut element, index, value)?;
                    self.heap.vector_set(&mut slot, at % length, element)?;
                }
            }
            Action::Pop { to: result, from } => {
                let popped = self.heap.vector_pop(&mut slot)?;
                self.put(from, slot);
                self.put(result, popped.unwrap_or(Value::NULL));
                return Ok(());
            }
            Action::Get { to: result, at, .. } => {
                let element = self.heap.elements(&slot).get(at % length.max(1)).copied();
                let element = element.unwrap_or(Value::NULL);
                self.heap.share(element);
                self.put(result, element);
                return Ok(());
            }
            _ => {}
        }
        self.put(*to, slot);
        Ok(())
    }

    fn attempt_record(&mut self, action: &Action) -> Result<(), Fault> {
        match *action {
            Action::Record { to, first, second } => {
                let fields =
                    [(NAMES[0], self.get(first), true), (NAMES[1], self.get(second), false)];
                let record = self.heap.new_record(&fields)?;
                self.put(to, record);
            }
            Action::Spread { to, from, name, with } if self.get(from).is(Tag::Record) => {
                let empty = self.heap.shape_of(Vec::new())?;
                let mut record = self.heap.record_of(empty, &[])?;
                self.heap.record_spread(&mut record, self.get(from))?;
                let value = self.kept(with);
                self.heap.record_add(&mut record, u32::try_from(name).unwrap(), value, true)?;
                self.put(to, record);
            }
            Action::AddField { to, name, from, is_mutable } if self.get(to).is(Tag::Record) => {
                // Nothing else may refer to what gets a field.
                let empty = self.heap.shape_of(Vec::new())?;
                let mut record = self.heap.record_of(empty, &[])?;
                let value = self.kept(from);
                self.heap.record_add(
                    &mut record,
                    u32::try_from(name).unwrap(),
                    value,
                    is_mutable,
                )?;
                self.heap.record_spread(&mut record, self.get(to))?;
                self.put(to, record);
            }
            Action::SetField { to, at, from } if self.get(to).is(Tag::Record) => {
                let value = self.kept(from);
                let slot = at % self.heap.record_length(self.get(to));
                self.heap.record_set(self.get(to), slot, value);
            }
            Action::GetField { to, at, from } if self.get(from).is(Tag::Record) => {
                let slot = at % self.heap.record_length(self.get(from));
                let value = self.heap.record_get(self.get(from), slot);
                self.heap.share(value);
                self.put(to, value);
            }
            _ => {}
        }
        Ok(())
    }

    /// What is in a variable, to be stored in a second place.
    fn kept(&mut self, variable: usize) -> Value {
        let value = self.get(variable);
        self.heap.share(value);
        value
    }
}
