//! Makes values, and counts the bytes they take.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use achronyme_library::{Canonical, Complex, EdgeView, Fault, FieldView, Store, TensorView, View};

use super::scope::Scope;
use super::signal::Signal;
use super::value::{Boxed, Charge, Edge, ErrorValue, Record, Tensor, Text, Value, Vector};

/// So many fields are looked through one by one.
const FEW_FIELDS: usize = 8;

/// Where values come from.
pub(super) struct Heap {
    used: Rc<Cell<usize>>,
    limit: usize,
    /// What can lead back to itself. Counting never lets go of such things, so at the end of a run
    /// whatever they hold is taken out of them.
    cyclic: RefCell<Vec<Cyclic>>,
    /// How many of them there may be before those that are gone are looked for.
    cyclic_max: Cell<usize>,
    /// How many digits after the point printed numbers have.
    precision: Cell<Option<u16>>,
}

/// What can lead back to itself.
pub(super) enum Cyclic {
    Scope(Weak<Scope>),
    Record(Weak<Record>),
    Signal(Weak<Signal>),
}

impl Heap {
    /// Lets printed numbers have so many digits after the point.
    pub(super) fn set_precision(&self, digits: Option<u16>) {
        self.precision.set(digits);
    }

    pub(super) fn new(limit: usize) -> Self {
        Self {
            used: Rc::default(),
            limit,
            cyclic: RefCell::default(),
            cyclic_max: Cell::new(1 << 12),
            precision: Cell::new(None),
        }
    }

    /// Takes bytes for an object.
    pub(super) fn charge(&self, bytes: usize) -> Result<Charge, Fault> {
        // An allocation takes more than what was asked for.
        let bytes = bytes.saturating_add(32);
        let used = self.used.get().saturating_add(bytes);
        if used > self.limit {
            return Err(Fault::out_of_memory(bytes));
        }
        self.used.set(used);
        Ok(Charge { used: Rc::clone(&self.used), bytes })
    }

    /// A string.
    pub(super) fn string(&self, text: &str) -> Result<Value, Fault> {
        let charge = self.charge(text.len())?;
        let characters = text.chars().count();
        Ok(Value::String(Rc::new(Text { text: text.into(), characters, _charge: charge })))
    }

    /// A vector.
    pub(super) fn vector(&self, elements: Vec<Value>) -> Result<Value, Fault> {
        let charge = self.charge(elements.len() * size_of::<Value>())?;
        Ok(Value::Vector(Rc::new(Vector { elements, charge })))
    }

    /// A record; the names are different.
    pub(super) fn record(&self, fields: Vec<(Rc<str>, Value, bool)>) -> Result<Value, Fault> {
        let charge = self.charge(fields.len() * (size_of::<Value>() + 24))?;
        let is_mutable = fields.iter().any(|(_, _, mutable)| *mutable);
        let mut order = Vec::new();
        if fields.len() > FEW_FIELDS {
            order.extend(0..fields.len());
            order.sort_by(|a, b| fields[*a].0.cmp(&fields[*b].0));
        }
        let (fields, values): (Vec<_>, Vec<_>) =
            fields.into_iter().map(|(name, value, mutable)| ((name, mutable), value)).unzip();
        let values = RefCell::new(values);
        let record = Rc::new(Record { fields, order, values, _charge: charge });
        if is_mutable {
            self.watch(Cyclic::Record(Rc::downgrade(&record)));
        }
        Ok(Value::Record(record))
    }

    /// The same vector, only here, so that it can be changed.
    pub(super) fn own<'v>(&self, vector: &'v mut Rc<Vector>) -> Result<&'v mut Vec<Value>, Fault> {
        if Rc::get_mut(vector).is_none() {
            let charge = self.charge(vector.elements.len() * size_of::<Value>())?;
            *vector = Rc::new(Vector { elements: vector.elements.clone(), charge });
        }
        let owned = Rc::get_mut(vector).ok_or_else(|| Fault::new("a vector in use"))?;
        let bytes = owned.elements.capacity() * size_of::<Value>();
        if bytes > owned.charge.bytes {
            owned.charge = self.charge(bytes)?;
        }
        Ok(&mut owned.elements)
    }

    /// Remembers what can lead back to itself.
    pub(super) fn watch(&self, object: Cyclic) {
        let mut cyclic = self.cyclic.borrow_mut();
        cyclic.push(object);
        if cyclic.len() > self.cyclic_max.get() {
            cyclic.retain(Cyclic::is_there);
            self.cyclic_max.set((cyclic.len() * 2).max(1 << 12));
        }
    }

    /// Takes everything out of what can lead back to itself.
    pub(super) fn clear(&self) {
        let cyclic = std::mem::take(&mut *self.cyclic.borrow_mut());
        for object in cyclic {
            object.clear();
        }
    }
}

impl Cyclic {
    fn is_there(&self) -> bool {
        match self {
            Self::Scope(scope) => scope.strong_count() > 0,
            Self::Record(record) => record.strong_count() > 0,
            Self::Signal(signal) => signal.strong_count() > 0,
        }
    }

    fn clear(&self) {
        match self {
            Self::Scope(scope) => {
                if let Some(scope) = scope.upgrade() {
                    scope.clear();
                }
            }
            Self::Record(record) => {
                if let Some(record) = record.upgrade() {
                    let values = std::mem::take(&mut *record.values.borrow_mut());
                    drop(values);
                }
            }
            Self::Signal(signal) => {
                if let Some(signal) = signal.upgrade() {
                    signal.clear();
                }
            }
        }
    }
}

impl Store for Heap {
    type Value = Value;

    fn precision(&self) -> Option<usize> {
        self.precision.get().map(usize::from)
    }

    fn view(&self, value: &Value) -> View {
        value.view()
    }

    fn text<'a>(&'a self, value: &'a Value) -> &'a str {
        if let Value::String(text) = value { &text.text } else { "" }
    }

    fn characters(&self, value: &Value) -> usize {
        if let Value::String(text) = value { text.characters } else { 0 }
    }

    fn elements<'a>(&'a self, value: &'a Value) -> &'a [Value] {
        if let Value::Vector(vector) = value { &vector.elements } else { &[] }
    }

    fn tensor<'a>(&'a self, value: &'a Value) -> Option<TensorView<'a, f64>> {
        let Value::Tensor(tensor) = value else { return None };
        Some(TensorView { shape: &tensor.shape, data: &tensor.data })
    }

    fn is_mask(&self, value: &Value) -> bool {
        matches!(value, Value::Tensor(tensor) if tensor.is_mask)
    }

    fn complex_tensor<'a>(&'a self, value: &'a Value) -> Option<TensorView<'a, Complex>> {
        let Value::ComplexTensor(tensor) = value else { return None };
        Some(TensorView { shape: &tensor.shape, data: &tensor.data })
    }

    fn field(&self, record: &Value, name: &str) -> Option<Value> {
        if let Value::Record(record) = record { record.get(name) } else { None }
    }

    fn fields<'a>(&'a self, record: &'a Value) -> Vec<FieldView<'a, Value>> {
        let Value::Record(record) = record else { return Vec::new() };
        let values = record.values.borrow();
        let fields = record.fields.iter().zip(values.iter());
        fields
            .map(|((name, mutable), value)| FieldView {
                name,
                value: value.clone(),
                mutable: *mutable,
            })
            .collect()
    }

    fn error(&self, value: &Value) -> Option<[Value; 3]> {
        if let Value::Error(error) = value { Some(error.parts.clone()) } else { None }
    }

    fn edge<'a>(&'a self, value: &'a Value) -> Option<EdgeView<'a, Value>> {
        let Value::Edge(edge) = value else { return None };
        let properties = edge.properties.clone();
        Some(EdgeView { from: &edge.from, to: &edge.to, directed: edge.directed, properties })
    }

    fn signal(&self, value: &Value) -> Option<Value> {
        if let Value::Signal(signal) = value { Some(signal.peek()) } else { None }
    }

    fn same(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.to_bits() == b.to_bits(),
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            (Value::Builtin(a), Value::Builtin(b)) => a == b,
            (Value::Null, Value::Null) => true,
            _ => a.address().is_some() && a.address() == b.address(),
        }
    }

    fn identity(&self, value: &Value) -> u64 {
        value.address().and_then(|address| u64::try_from(address).ok()).unwrap_or(0)
    }

    fn room(&self, bytes: usize) -> Result<(), Fault> {
        if self.used.get().saturating_add(bytes) > self.limit {
            return Err(Fault::out_of_memory(bytes));
        }
        Ok(())
    }

    fn null(&self) -> Value {
        Value::Null
    }

    fn boolean(&self, value: bool) -> Value {
        Value::Boolean(value)
    }

    fn number(&self, value: f64) -> Value {
        Value::Number(if value.is_nan() { f64::NAN } else { value })
    }

    fn builtin(&self, index: u16) -> Value {
        Value::Builtin(index)
    }

    fn new_complex(&mut self, value: Complex) -> Result<Value, Fault> {
        let charge = self.charge(size_of::<Complex>())?;
        Ok(Value::Complex(Rc::new(Boxed { content: value, _charge: charge })))
    }

    fn new_string(&mut self, text: &str) -> Result<Value, Fault> {
        self.string(text)
    }

    fn new_vector(&mut self, elements: &[Value]) -> Result<Value, Fault> {
        self.room(size_of_val(elements))?;
        self.vector(elements.to_vec())
    }

    fn new_tensor(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        let charge = self.charge(size_of_val(data) + size_of_val(shape))?;
        let (shape, data) = (shape.to_vec(), canonical(data));
        Ok(Value::Tensor(Rc::new(Tensor { shape, data, is_mask: false, _charge: charge })))
    }

    fn new_mask(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        let charge = self.charge(size_of_val(data) + size_of_val(shape))?;
        let (shape, data) = (shape.to_vec(), data.to_vec());
        Ok(Value::Tensor(Rc::new(Tensor { shape, data, is_mask: true, _charge: charge })))
    }

    fn new_complex_tensor(&mut self, shape: &[usize], data: &[Complex]) -> Result<Value, Fault> {
        let charge = self.charge(size_of_val(data) + size_of_val(shape))?;
        let (shape, data) = (shape.to_vec(), canonical(data));
        Ok(Value::ComplexTensor(Rc::new(Tensor { shape, data, is_mask: false, _charge: charge })))
    }

    fn new_record(&mut self, fields: &[(&str, Value, bool)]) -> Result<Value, Fault> {
        let owned = fields.iter().map(|(name, value, mutable)| {
            let name: Rc<str> = Rc::from(*name);
            (name, value.clone(), *mutable)
        });
        self.record(owned.collect())
    }

    fn new_error(&mut self, message: Value, kind: Value, source: Value) -> Result<Value, Fault> {
        let charge = self.charge(size_of::<ErrorValue>())?;
        let parts = [message, kind, source];
        Ok(Value::Error(Rc::new(ErrorValue { parts, _charge: charge })))
    }

    fn new_edge(
        &mut self,
        from: &str,
        to: &str,
        directed: bool,
        properties: Value,
    ) -> Result<Value, Fault> {
        let charge = self.charge(size_of::<Edge>() + from.len() + to.len())?;
        let (from, to) = (Rc::from(from), Rc::from(to));
        Ok(Value::Edge(Rc::new(Edge { from, to, directed, properties, _charge: charge })))
    }
}

/// Numbers of which all NaNs are one.
fn canonical<T: Canonical>(data: &[T]) -> Vec<T> {
    data.iter().map(|x| x.canonical()).collect()
}
