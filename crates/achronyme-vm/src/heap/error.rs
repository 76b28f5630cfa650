//! Errors: message, kind and source.

use achronyme_library::Fault;

use super::Heap;
use crate::Value;
use crate::layout::ObjectKind;

impl Heap {
    /// An error. `source` is shared then.
    pub(crate) fn error_of(
        &mut self,
        message: Value,
        kind: Value,
        source: Value,
    ) -> Result<Value, Fault> {
        self.share(source);
        self.new_object(ObjectKind::Error, &[message, kind, source])
    }

    /// Message, kind and source of an error.
    pub(crate) fn error_fields(&self, error: Value) -> [Value; 3] {
        [0, 1, 2].map(|field| self.object_field(error, field))
    }
}
