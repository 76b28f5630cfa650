//! Closures: a prototype and the values it captured.

use achronyme_library::Fault;

use super::Heap;
use crate::Value;
use crate::layout::{Header, ObjectKind};
use crate::value::Tag;

impl Heap {
    /// A closure with these upvalues, at most 65,535, which are not marked as shared.
    pub(crate) fn new_closure(
        &mut self,
        prototype: u32,
        upvalues: &[Value],
    ) -> Result<Value, Fault> {
        let Ok(count) = u16::try_from(upvalues.len()) else {
            return Err(Fault::out_of_memory(upvalues.len().saturating_mul(8)));
        };
        let at = self.claim(1 + upvalues.len())?;
        self.memory.write(at, Header::new(ObjectKind::Closure, count, prototype).0);
        self.write_values(at + 1, upvalues);
        Ok(Value::reference(Tag::Closure, at))
    }

    /// Which prototype it runs.
    pub(crate) fn closure_prototype(&self, closure: Value) -> u32 {
        self.header(closure.at()).aux()
    }

    /// An upvalue.
    pub(crate) fn upvalue(&self, closure: Value, upvalue: usize) -> Value {
        self.get(closure.at() + 1 + upvalue)
    }
}
