//! The heap as the library sees it.

use std::borrow::Cow;

use achronyme_library::{
    Complex, Each, EdgeView, Effort, Fault, FieldView, Fill, Form, Store, TensorView, View,
};

use super::{Heap, edge};
use crate::Value;
use crate::layout::{DIRECTED, DONE, MASK, ObjectKind};
use crate::value::{NUMBERS_END, Tag};

impl Heap {
    /// A function of the library is about to be called: what it gives is for [`Self::delivered`].
    #[inline]
    pub(crate) fn library_begins(&mut self) {
        self.made = 0;
    }

    /// What a function of the library gave: shared, unless it made it last, since then it may be an
    /// element of an argument, or an argument.
    #[inline]
    pub(crate) fn delivered(&mut self, value: Value) -> Value {
        if value.is_reference() && value.at() != self.made {
            self.share(value);
        }
        value
    }

    fn view_object(&self, value: Value) -> View {
        match self.object_kind(value) {
            ObjectKind::Vector => View::Vector,
            ObjectKind::Record => View::Record,
            ObjectKind::String => View::String,
            ObjectKind::Closure => {
                let prototype = self.closure_prototype(value) as usize;
                let parameters = self.parameters.get(prototype).copied().unwrap_or(0);
                View::Function { parameters }
            }
            ObjectKind::Complex => View::Complex(self.complex(value)),
            ObjectKind::Tensor => View::Tensor,
            ObjectKind::ComplexTensor => View::ComplexTensor,
            ObjectKind::Edge => View::Edge,
            ObjectKind::Error => View::Error,
            ObjectKind::Generator => View::Generator { done: self.has_flag(value, DONE) },
            ObjectKind::Future => View::Future,
            ObjectKind::Sender => View::Sender,
            ObjectKind::Receiver => View::Receiver,
            ObjectKind::Mutex => View::Mutex,
            ObjectKind::Guard => View::Guard,
            ObjectKind::Signal => View::Signal,
            // None of these is ever the value of an expression.
            ObjectKind::Free
            | ObjectKind::Cell
            | ObjectKind::RawBuffer
            | ObjectKind::ValueBuffer
            | ObjectKind::Channel => View::Null,
        }
    }

    /// The text of a value that is a string, else nothing.
    fn text_of(&self, value: Value) -> &str {
        if value.is(Tag::String) { self.string_text(value) } else { "" }
    }

    /// Notes that these values are in one more place.
    fn share_all(&mut self, values: &[Value]) {
        for &value in values {
            self.share(value);
        }
    }

    /// Notes what was made last.
    fn make(&mut self, value: Value) -> Value {
        self.made = value.at();
        value
    }
}

impl Store for Heap {
    type Value = Value;

    fn precision(&self) -> Option<usize> {
        self.precision.map(usize::from)
    }

    #[inline]
    fn view(&self, value: &Value) -> View {
        if value.0 < NUMBERS_END {
            View::Number(f64::from_bits(value.0))
        } else if value.is_reference() {
            self.view_object(*value)
        } else if let Some(boolean) = value.as_boolean() {
            View::Boolean(boolean)
        } else if let Some(index) = value.as_builtin() {
            View::Builtin(index)
        } else {
            View::Null
        }
    }

    fn text(&self, value: &Value) -> &str {
        self.text_of(*value)
    }

    fn characters(&self, value: &Value) -> usize {
        if value.is(Tag::String) { self.string_characters(*value) } else { 0 }
    }

    fn elements(&self, value: &Value) -> &[Value] {
        if value.is(Tag::Vector) { self.vector_elements(*value) } else { &[] }
    }

    fn tensor(&self, value: &Value) -> Option<TensorView<'_, f64>> {
        self.is_object(*value, ObjectKind::Tensor).then(|| TensorView {
            shape: self.tensor_shape(*value),
            data: self.tensor_numbers(*value),
        })
    }

    fn is_mask(&self, value: &Value) -> bool {
        self.is_object(*value, ObjectKind::Tensor) && self.has_flag(*value, MASK)
    }

    fn numbers<'a>(&'a self, value: &'a Value) -> Option<Cow<'a, [f64]>> {
        let (at, count) = self.number_words(*value)?;
        Some(Cow::Borrowed(bytemuck::cast_slice(&self.memory.words()[at..at + count])))
    }

    fn complex_tensor(&self, value: &Value) -> Option<TensorView<'_, Complex>> {
        self.is_object(*value, ObjectKind::ComplexTensor).then(|| TensorView {
            shape: self.tensor_shape(*value),
            data: self.tensor_complex(*value),
        })
    }

    fn field(&self, record: &Value, name: &str) -> Option<Value> {
        if !record.is(Tag::Record) {
            return None;
        }
        let (slot, _) = self.record_slot(*record, self.find_name(name)?)?;
        Some(self.record_get(*record, slot))
    }

    fn fields(&self, record: &Value) -> Vec<FieldView<'_, Value>> {
        if !record.is(Tag::Record) {
            return Vec::new();
        }
        let shape = self.shape(self.record_shape(*record));
        let values = self.record_values(*record);
        let view = |(&(name, mutable), &value)| FieldView { name: self.name(name), value, mutable };
        shape.fields().iter().zip(values).map(view).collect()
    }

    fn error(&self, value: &Value) -> Option<[Value; 3]> {
        self.is_object(*value, ObjectKind::Error).then(|| self.error_fields(*value))
    }

    fn edge(&self, value: &Value) -> Option<EdgeView<'_, Value>> {
        self.is_object(*value, ObjectKind::Edge).then(|| EdgeView {
            from: self.text_of(self.object_field(*value, edge::FROM)),
            to: self.text_of(self.object_field(*value, edge::TO)),
            directed: self.has_flag(*value, DIRECTED),
            properties: self.object_field(*value, edge::PROPERTIES),
        })
    }

    fn signal(&self, value: &Value) -> Option<Value> {
        self.is_object(*value, ObjectKind::Signal).then(|| self.object_field(*value, 0))
    }

    fn identity(&self, value: &Value) -> u64 {
        value.0
    }

    fn same(&self, a: &Value, b: &Value) -> bool {
        a == b
    }

    fn room(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.limit() { Err(Fault::out_of_memory(bytes)) } else { Ok(()) }
    }

    fn null(&self) -> Value {
        Value::NULL
    }

    fn boolean(&self, value: bool) -> Value {
        Value::boolean(value)
    }

    fn number(&self, value: f64) -> Value {
        Value::number(value)
    }

    fn builtin(&self, index: u16) -> Value {
        Value::builtin(index)
    }

    fn new_complex(&mut self, value: Complex) -> Result<Value, Fault> {
        self.complex_of(value)
    }

    fn new_string(&mut self, text: &str) -> Result<Value, Fault> {
        self.string_of(text)
    }

    fn new_vector(&mut self, elements: &[Value]) -> Result<Value, Fault> {
        self.share_all(elements);
        let vector = self.vector_of(elements)?;
        Ok(self.make(vector))
    }

    fn new_tensor(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        let tensor = self.tensor_of(shape, data)?;
        Ok(self.make(tensor))
    }

    fn new_mask(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        let tensor = self.tensor_of(shape, data)?;
        let mask = self.as_mask(tensor);
        Ok(self.make(mask))
    }

    fn filled(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Value],
        fill: &mut Fill<'_>,
    ) -> Result<Value, Fault> {
        let value = self.fill(form, shape, operands, fill)?;
        Ok(self.make(value))
    }

    fn filled_each(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Value],
        effort: Effort,
        each: &Each<'_>,
    ) -> Result<Value, Fault> {
        let value = self.fill_each(form, shape, operands, (effort, each))?;
        Ok(self.make(value))
    }

    fn new_complex_tensor(&mut self, shape: &[usize], data: &[Complex]) -> Result<Value, Fault> {
        let tensor = self.complex_tensor_of(shape, data)?;
        Ok(self.make(tensor))
    }

    fn new_record(&mut self, fields: &[(&str, Value, bool)]) -> Result<Value, Fault> {
        let mut names = Vec::with_capacity(fields.len());
        let mut values = Vec::with_capacity(fields.len());
        for &(name, value, is_mutable) in fields {
            names.push((self.intern(name)?, is_mutable));
            values.push(value);
        }
        let shape = self.shape_of(names)?;
        self.share_all(&values);
        self.record_of(shape, &values)
    }

    fn new_error(&mut self, message: Value, kind: Value, source: Value) -> Result<Value, Fault> {
        self.error_of(message, kind, source)
    }

    fn new_edge(
        &mut self,
        from: &str,
        to: &str,
        directed: bool,
        properties: Value,
    ) -> Result<Value, Fault> {
        let from = self.string_of(from)?;
        let to = self.string_of(to)?;
        self.edge_of(from, to, directed, properties)
    }
}
