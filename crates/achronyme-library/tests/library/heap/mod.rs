//! A store for tests: objects in one vector that only grows, values as their numbers.

use achronyme_library::text::{self, Style};
use achronyme_library::{
    BinaryOp, Complex, EdgeView, Fault, FieldView, Store, TensorView, View, call, find, operator,
};

/// A value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Builtin(u16),
    Object(usize),
}

/// What lies in the heap.
#[derive(Clone, Debug)]
enum Object {
    Complex(Complex),
    String(String, usize),
    Vector(Vec<Value>),
    Tensor(Vec<usize>, Vec<f64>),
    Mask(Vec<usize>, Vec<f64>),
    ComplexTensor(Vec<usize>, Vec<Complex>),
    Record(Vec<(String, Value, bool)>),
    Error([Value; 3]),
    Edge(String, String, bool, Value),
    Function(u8),
}

/// All objects.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    objects: Vec<Object>,
}

impl Heap {
    fn put(&mut self, object: Object) -> Value {
        self.objects.push(object);
        Value::Object(self.objects.len() - 1)
    }

    fn object(&self, value: Value) -> Option<&Object> {
        let Value::Object(index) = value else { return None };
        self.objects.get(index)
    }

    /// A vector of numbers.
    pub(crate) fn numbers(&mut self, numbers: &[f64]) -> Value {
        self.vector(&numbers.iter().map(|x| Value::Number(*x)).collect::<Vec<_>>())
    }

    pub(crate) fn vector(&mut self, elements: &[Value]) -> Value {
        self.put(Object::Vector(elements.to_vec()))
    }

    pub(crate) fn string(&mut self, text: &str) -> Value {
        self.put(Object::String(text.to_owned(), text.chars().count()))
    }

    pub(crate) fn complex(&mut self, re: f64, im: f64) -> Value {
        self.put(Object::Complex(Complex::new(re, im)))
    }

    pub(crate) fn tensor(&mut self, shape: &[usize], data: &[f64]) -> Value {
        self.put(Object::Tensor(shape.to_vec(), data.to_vec()))
    }

    pub(crate) fn record(&mut self, fields: &[(&str, Value)]) -> Value {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), *value, true));
        self.put(Object::Record(fields.collect()))
    }

    pub(crate) fn function(&mut self, parameters: u8) -> Value {
        self.put(Object::Function(parameters))
    }

    /// Changes a field where it lies.
    pub(crate) fn set_field(&mut self, record: Value, name: &str, new: Value) {
        if let Value::Object(index) = record
            && let Object::Record(fields) = &mut self.objects[index]
        {
            for (field, value, _) in fields {
                if field == name {
                    *value = new;
                }
            }
        }
    }

    /// What a function of the library gives.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
        call(find(name).expect("the function is there"), self, arguments)
    }

    pub(crate) fn echo(&self, value: Value) -> String {
        text::show(self, &value, Style::Echo).expect("the text is short")
    }

    /// What a function of the library gives, as text.
    pub(crate) fn called(&mut self, name: &str, arguments: &[Value]) -> String {
        match self.call(name, arguments) {
            Ok(value) => self.echo(value),
            Err(fault) => format!("ERROR: {fault}"),
        }
    }

    /// What an operator gives, as text.
    pub(crate) fn operated(&mut self, a: Value, op: BinaryOp, b: Value) -> String {
        match operator::binary(self, op, &a, &b) {
            Ok(value) => self.echo(value),
            Err(fault) => format!("ERROR: {fault}"),
        }
    }
}

impl Store for Heap {
    type Value = Value;

    fn view(&self, value: &Value) -> View {
        match value {
            Value::Null => View::Null,
            Value::Boolean(truth) => View::Boolean(*truth),
            Value::Number(number) => View::Number(*number),
            Value::Builtin(index) => View::Builtin(*index),
            Value::Object(index) => match &self.objects[*index] {
                Object::Complex(number) => View::Complex(*number),
                Object::String(..) => View::String,
                Object::Vector(_) => View::Vector,
                Object::Tensor(..) | Object::Mask(..) => View::Tensor,
                Object::ComplexTensor(..) => View::ComplexTensor,
                Object::Record(_) => View::Record,
                Object::Error(_) => View::Error,
                Object::Edge(..) => View::Edge,
                Object::Function(parameters) => View::Function { parameters: *parameters },
            },
        }
    }

    fn text<'a>(&'a self, value: &'a Value) -> &'a str {
        match self.object(*value) {
            Some(Object::String(text, _)) => text,
            _ => "",
        }
    }

    fn characters(&self, value: &Value) -> usize {
        match self.object(*value) {
            Some(Object::String(_, count)) => *count,
            _ => 0,
        }
    }

    fn elements<'a>(&'a self, value: &'a Value) -> &'a [Value] {
        match self.object(*value) {
            Some(Object::Vector(elements)) => elements,
            _ => &[],
        }
    }

    fn tensor<'a>(&'a self, value: &'a Value) -> Option<TensorView<'a, f64>> {
        match self.object(*value) {
            Some(Object::Tensor(shape, data) | Object::Mask(shape, data)) => {
                Some(TensorView { shape, data })
            }
            _ => None,
        }
    }

    fn is_mask(&self, value: &Value) -> bool {
        matches!(self.object(*value), Some(Object::Mask(..)))
    }

    fn complex_tensor<'a>(&'a self, value: &'a Value) -> Option<TensorView<'a, Complex>> {
        match self.object(*value) {
            Some(Object::ComplexTensor(shape, data)) => Some(TensorView { shape, data }),
            _ => None,
        }
    }

    fn field(&self, record: &Value, name: &str) -> Option<Value> {
        match self.object(*record) {
            Some(Object::Record(fields)) => {
                fields.iter().find(|field| field.0 == name).map(|field| field.1)
            }
            _ => None,
        }
    }

    fn fields<'a>(&'a self, record: &'a Value) -> Vec<FieldView<'a, Value>> {
        let Some(Object::Record(fields)) = self.object(*record) else { return Vec::new() };
        let views = fields.iter().map(|(name, value, mutable)| FieldView {
            name,
            value: *value,
            mutable: *mutable,
        });
        views.collect()
    }

    fn error(&self, value: &Value) -> Option<[Value; 3]> {
        match self.object(*value) {
            Some(Object::Error(parts)) => Some(*parts),
            _ => None,
        }
    }

    fn edge<'a>(&'a self, value: &'a Value) -> Option<EdgeView<'a, Value>> {
        match self.object(*value) {
            Some(Object::Edge(from, to, directed, properties)) => {
                Some(EdgeView { from, to, directed: *directed, properties: *properties })
            }
            _ => None,
        }
    }

    fn signal(&self, _: &Value) -> Option<Value> {
        None
    }

    fn same(&self, a: &Value, b: &Value) -> bool {
        matches!((a, b), (Value::Object(x), Value::Object(y)) if x == y)
    }

    fn identity(&self, value: &Value) -> u64 {
        if let Value::Object(index) = value { *index as u64 } else { 0 }
    }

    fn null(&self) -> Value {
        Value::Null
    }

    fn boolean(&self, value: bool) -> Value {
        Value::Boolean(value)
    }

    fn number(&self, value: f64) -> Value {
        Value::Number(value)
    }

    fn builtin(&self, index: u16) -> Value {
        Value::Builtin(index)
    }

    fn new_complex(&mut self, value: Complex) -> Result<Value, Fault> {
        Ok(self.put(Object::Complex(value)))
    }

    fn new_string(&mut self, text: &str) -> Result<Value, Fault> {
        Ok(self.string(text))
    }

    fn new_vector(&mut self, elements: &[Value]) -> Result<Value, Fault> {
        Ok(self.vector(elements))
    }

    fn new_tensor(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "shape and numbers agree");
        Ok(Self::tensor(self, shape, data))
    }

    fn new_mask(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "shape and numbers agree");
        Ok(self.put(Object::Mask(shape.to_vec(), data.to_vec())))
    }

    fn new_complex_tensor(&mut self, shape: &[usize], data: &[Complex]) -> Result<Value, Fault> {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "shape and numbers agree");
        Ok(self.put(Object::ComplexTensor(shape.to_vec(), data.to_vec())))
    }

    fn new_record(&mut self, fields: &[(&str, Value, bool)]) -> Result<Value, Fault> {
        let fields =
            fields.iter().map(|(name, value, mutable)| ((*name).to_owned(), *value, *mutable));
        Ok(self.put(Object::Record(fields.collect())))
    }

    fn new_error(&mut self, message: Value, kind: Value, source: Value) -> Result<Value, Fault> {
        Ok(self.put(Object::Error([message, kind, source])))
    }

    fn new_edge(
        &mut self,
        from: &str,
        to: &str,
        directed: bool,
        properties: Value,
    ) -> Result<Value, Fault> {
        Ok(self.put(Object::Edge(from.to_owned(), to.to_owned(), directed, properties)))
    }
}
