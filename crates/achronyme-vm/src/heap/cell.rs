//! Cells: captured variables.

use achronyme_library::Fault;

use super::Heap;
use crate::Value;
use crate::layout::{Header, ObjectKind};
use crate::value::Tag;

impl Heap {
    /// A new variable.
    pub(crate) fn new_cell(&mut self, value: Value) -> Result<Value, Fault> {
        let at = self.claim(2)?;
        self.memory.write(at, Header::new(ObjectKind::Cell, 1, 0).0);
        self.memory.write(at + 1, value.0);
        Ok(Value::reference(Tag::Cell, at))
    }

    /// What is in it.
    pub(crate) fn cell_get(&self, cell: Value) -> Value {
        self.get(cell.at() + 1)
    }

    /// Changes what is in it.
    pub(crate) fn cell_set(&mut self, cell: Value, value: Value) {
        self.set(cell.at() + 1, value);
    }
}
