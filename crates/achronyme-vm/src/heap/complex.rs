//! Complex numbers.

use achronyme_library::{Complex, Fault};

use super::Heap;
use crate::Value;
use crate::layout::{Header, ObjectKind};
use crate::value::Tag;

impl Heap {
    /// A complex number.
    pub(crate) fn complex_of(&mut self, value: Complex) -> Result<Value, Fault> {
        let at = self.claim(3)?;
        self.memory.write(at, Header::new(ObjectKind::Complex, 0, 0).0);
        self.memory.write(at + 1, Value::number(value.re).0);
        self.memory.write(at + 2, Value::number(value.im).0);
        Ok(Value::reference(Tag::Object, at))
    }

    /// The complex number that a reference to an object of this kind stands for.
    pub(crate) fn complex(&self, complex: Value) -> Complex {
        let part = |at| f64::from_bits(self.memory.get(at));
        Complex::new(part(complex.at() + 1), part(complex.at() + 2))
    }
}
