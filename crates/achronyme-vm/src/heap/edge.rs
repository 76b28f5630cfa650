//! Edges: two names and properties.

use achronyme_library::Fault;

use super::Heap;
use crate::Value;
use crate::layout::{DIRECTED, ObjectKind};

/// Which value of the object is what.
pub(super) const FROM: usize = 0;
pub(super) const TO: usize = 1;
pub(super) const PROPERTIES: usize = 2;

impl Heap {
    /// An edge between two names, which are strings; `properties` is a record or null.
    pub(crate) fn edge_of(
        &mut self,
        from: Value,
        to: Value,
        is_directed: bool,
        properties: Value,
    ) -> Result<Value, Fault> {
        let edge = self.new_object(ObjectKind::Edge, &[from, to, properties])?;
        self.set_flag(edge, DIRECTED, is_directed);
        Ok(edge)
    }
}
