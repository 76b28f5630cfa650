//! Values: small ones as they are, others as counted references.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use achronyme_library::{Complex, Kind, View};

use super::function::Function;
use super::generator::Generator;
use super::grave::bury;
use super::signal::Signal;
use super::task::{Future, Guard, Mutex, Receiver, Sender};

/// A value. Cloning it never copies what it refers to.
#[derive(Clone, Default)]
pub(super) enum Value {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A function of the library.
    Builtin(u16),
    /// A complex number.
    Complex(Rc<Boxed<Complex>>),
    /// A string.
    String(Rc<Text>),
    /// A vector.
    Vector(Rc<Vector>),
    /// A real tensor.
    Tensor(Rc<Tensor<f64>>),
    /// A complex tensor.
    ComplexTensor(Rc<Tensor<Complex>>),
    /// A record.
    Record(Rc<Record>),
    /// A function of the program.
    Function(Rc<Function>),
    /// An edge.
    Edge(Rc<Edge>),
    /// A generator.
    Generator(Rc<Generator>),
    /// An error.
    Error(Rc<ErrorValue>),
    /// The result of a task.
    Future(Rc<Future>),
    /// The end of a channel that takes values.
    Sender(Rc<Sender>),
    /// The end of a channel that gives them.
    Receiver(Rc<Receiver>),
    /// A mutex.
    Mutex(Rc<Mutex>),
    /// The right to a mutex's value.
    Guard(Rc<Guard>),
    /// A signal.
    Signal(Rc<Signal>),
}

/// Bytes that an object has taken, given back with it.
pub(super) struct Charge {
    pub(super) used: Rc<Cell<usize>>,
    pub(super) bytes: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.used.set(self.used.get().saturating_sub(self.bytes));
    }
}

/// Something small that is kept outside.
pub(super) struct Boxed<T> {
    pub(super) content: T,
    pub(super) _charge: Charge,
}

/// A string, and how many characters it has.
pub(super) struct Text {
    pub(super) text: Box<str>,
    pub(super) characters: usize,
    pub(super) _charge: Charge,
}

/// A vector's elements.
pub(super) struct Vector {
    pub(super) elements: Vec<Value>,
    pub(super) charge: Charge,
}

/// A tensor's axes and numbers, in row-major order.
pub(super) struct Tensor<T> {
    pub(super) shape: Vec<usize>,
    pub(super) data: Vec<T>,
    /// Whether the numbers stand for truth values.
    pub(super) is_mask: bool,
    pub(super) _charge: Charge,
}

/// A record. Which fields it has never changes.
pub(super) struct Record {
    /// Names, and which can be assigned to.
    pub(super) fields: Vec<(Rc<str>, bool)>,
    /// Where each name is, by name, if there are many.
    pub(super) order: Vec<usize>,
    /// What is in them.
    pub(super) values: RefCell<Vec<Value>>,
    pub(super) _charge: Charge,
}

/// An edge.
pub(super) struct Edge {
    pub(super) from: Rc<str>,
    pub(super) to: Rc<str>,
    pub(super) directed: bool,
    pub(super) properties: Value,
    pub(super) _charge: Charge,
}

/// An error: message, kind and source.
pub(super) struct ErrorValue {
    pub(super) parts: [Value; 3],
    pub(super) _charge: Charge,
}

impl Value {
    /// What it is, with its content where that is small.
    pub(super) fn view(&self) -> View {
        match self {
            Self::Null => View::Null,
            Self::Boolean(value) => View::Boolean(*value),
            Self::Number(value) => View::Number(*value),
            Self::Builtin(index) => View::Builtin(*index),
            Self::Complex(value) => View::Complex(value.content),
            Self::String(_) => View::String,
            Self::Vector(_) => View::Vector,
            Self::Tensor(_) => View::Tensor,
            Self::ComplexTensor(_) => View::ComplexTensor,
            Self::Record(_) => View::Record,
            Self::Function(function) => View::Function { parameters: function.parameters() },
            Self::Edge(_) => View::Edge,
            Self::Generator(generator) => View::Generator { done: generator.is_done() },
            Self::Error(_) => View::Error,
            Self::Future(_) => View::Future,
            Self::Sender(_) => View::Sender,
            Self::Receiver(_) => View::Receiver,
            Self::Mutex(_) => View::Mutex,
            Self::Guard(_) => View::Guard,
            Self::Signal(_) => View::Signal,
        }
    }

    /// What it is.
    pub(super) fn kind(&self) -> Kind {
        self.view().kind()
    }

    /// Where it lies, for what lies somewhere.
    pub(super) fn address(&self) -> Option<usize> {
        fn of<T>(object: &Rc<T>) -> usize {
            Rc::as_ptr(object).addr()
        }
        Some(match self {
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::Builtin(_) => return None,
            Self::Complex(object) => of(object),
            Self::String(object) => of(object),
            Self::Vector(object) => of(object),
            Self::Tensor(object) => of(object),
            Self::ComplexTensor(object) => of(object),
            Self::Record(object) => of(object),
            Self::Function(object) => of(object),
            Self::Edge(object) => of(object),
            Self::Generator(object) => of(object),
            Self::Error(object) => of(object),
            Self::Future(object) => of(object),
            Self::Sender(object) => of(object),
            Self::Receiver(object) => of(object),
            Self::Mutex(object) => of(object),
            Self::Guard(object) => of(object),
            Self::Signal(object) => of(object),
        })
    }

    /// Whether it refers to values that may in turn refer to others.
    pub(super) fn is_nested(&self) -> bool {
        !matches!(
            self,
            Self::Null
                | Self::Boolean(_)
                | Self::Number(_)
                | Self::Builtin(_)
                | Self::Complex(_)
                | Self::String(_)
                | Self::Tensor(_)
                | Self::ComplexTensor(_)
        )
    }
}

impl fmt::Debug for Value {
    /// Not deep: a value can contain itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "{:?}", text.text),
            Self::Vector(vector) => write!(f, "Vector({})", vector.elements.len()),
            other => write!(f, "{:?}", other.view()),
        }
    }
}

impl Record {
    /// Where the field is.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        if self.order.is_empty() {
            return self.fields.iter().position(|(field, _)| &**field == name);
        }
        let at = self.order.binary_search_by(|index| (*self.fields[*index].0).cmp(name)).ok()?;
        Some(self.order[at])
    }

    /// What is in the field.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.position(name).map(|index| self.values.borrow()[index].clone())
    }
}

impl Drop for Vector {
    fn drop(&mut self) {
        if self.elements.iter().any(Value::is_nested) {
            bury(std::mem::take(&mut self.elements));
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let values = std::mem::take(self.values.get_mut());
        if values.iter().any(Value::is_nested) {
            bury(values);
        }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        bury(std::mem::take(&mut self.properties));
    }
}

impl Drop for ErrorValue {
    fn drop(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        if parts.iter().any(Value::is_nested) {
            bury(parts);
        }
    }
}
