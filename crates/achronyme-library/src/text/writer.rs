//! Text of any value, however deep it is.

use std::collections::BTreeSet;

use super::tensor::write_tensor;
use super::{Style, check_length, rounded, write_complex, write_number, write_truth};
use crate::{Complex, Fault, Store, View};

/// A value being written.
pub(super) struct Writer<'a, S: Store> {
    store: &'a S,
    style: Style,
    /// How many digits after the point numbers have at most.
    digits: Option<usize>,
    text: String,
    /// What is still to be written, the next last.
    tasks: Vec<Task<S::Value>>,
    /// The records that are being written around this place.
    around: BTreeSet<u64>,
}

/// A piece of work.
enum Task<V> {
    /// Write a value.
    Value(V),
    /// Write this text.
    Text(&'static str),
    /// Write a name and `: `.
    Field(String),
    /// Go on with the elements of a vector from this one.
    Elements(V, usize),
    /// The record with this identity is written.
    Leave(u64),
}

impl<'a, S: Store> Writer<'a, S> {
    pub(super) const fn new(store: &'a S, style: Style, digits: Option<usize>) -> Self {
        let text = String::new();
        Self { store, style, digits, text, tasks: Vec::new(), around: BTreeSet::new() }
    }

    /// The text of `value`.
    pub(super) fn written(mut self, value: &S::Value) -> Result<String, Fault> {
        self.value(value)?;
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Value(value) => self.value(&value)?,
                Task::Text(text) => self.text.push_str(text),
                Task::Field(name) => {
                    self.text.push_str(&name);
                    self.text.push_str(": ");
                }
                Task::Elements(vector, next) => self.elements(&vector, next)?,
                Task::Leave(identity) => {
                    self.around.remove(&identity);
                }
            }
            check_length(&self.text)?;
        }
        Ok(self.text)
    }

    /// Writes a value, or its beginning, and leaves the rest as tasks.
    fn value(&mut self, value: &S::Value) -> Result<(), Fault> {
        let store = self.store;
        match store.view(value) {
            View::Null => self.text.push_str("null"),
            View::Boolean(true) => self.text.push_str("true"),
            View::Boolean(false) => self.text.push_str("false"),
            View::Number(number) => write_number(&mut self.text, rounded(number, self.digits)),
            View::Complex(number) => {
                write_complex(&mut self.text, nearest(number, self.digits));
            }
            View::String => self.string(store.text(value)),
            View::Vector => {
                self.text.push('[');
                self.elements(value, 0)?;
            }
            View::Tensor => {
                if let Some(tensor) = store.tensor(value) {
                    let digits = self.digits;
                    if store.is_mask(value) {
                        write_tensor(&mut self.text, tensor, write_truth)?;
                    } else {
                        write_tensor(&mut self.text, tensor, |text, number| {
                            write_number(text, rounded(number, digits));
                        })?;
                    }
                }
            }
            View::ComplexTensor => {
                if let Some(tensor) = store.complex_tensor(value) {
                    let digits = self.digits;
                    write_tensor(&mut self.text, tensor, |text, number| {
                        write_complex(text, nearest(number, digits));
                    })?;
                }
            }
            View::Record => self.record(value),
            View::Function { .. } | View::Builtin(_) => self.text.push_str("<function>"),
            View::Edge => self.edge(value),
            View::Generator { done: false } => self.text.push_str("<generator>"),
            View::Generator { done: true } => self.text.push_str("<generator:exhausted>"),
            View::Error => self.error(value),
            View::Future => self.text.push_str("<future>"),
            View::Sender => self.text.push_str("<sender>"),
            View::Receiver => self.text.push_str("<receiver>"),
            View::Mutex => self.text.push_str("<mutex>"),
            View::Guard => self.text.push_str("<guard>"),
            View::Signal => self.signal(value),
        }
        Ok(())
    }

    fn string(&mut self, text: &str) {
        match self.style {
            Style::Echo => {
                self.text.push('"');
                self.text.push_str(text);
                self.text.push('"');
            }
            Style::Plain => self.text.push_str(text),
        }
    }

    /// Writes elements until one has parts of its own, and the closing bracket after the last.
    fn elements(&mut self, vector: &S::Value, from: usize) -> Result<(), Fault> {
        let store = self.store;
        for (i, element) in store.elements(vector).iter().enumerate().skip(from) {
            if i > 0 {
                self.text.push_str(", ");
            }
            match store.view(element) {
                View::Number(number) => {
                    write_number(&mut self.text, rounded(number, self.digits));
                }
                View::String => self.string(store.text(element)),
                _ => {
                    self.tasks.push(Task::Elements(vector.clone(), i + 1));
                    self.tasks.push(Task::Value(element.clone()));
                    return Ok(());
                }
            }
            check_length(&self.text)?;
        }
        self.text.push(']');
        Ok(())
    }

    fn record(&mut self, record: &S::Value) {
        let identity = self.store.identity(record);
        if !self.around.insert(identity) {
            self.text.push('…');
            return;
        }
        let mut fields = self.store.fields(record);
        fields.sort_by(|a, b| a.name.cmp(b.name));
        self.text.push_str("{ ");
        self.tasks.push(Task::Leave(identity));
        self.tasks.push(Task::Text(" }"));
        for (i, field) in fields.into_iter().enumerate().rev() {
            self.tasks.push(Task::Value(field.value));
            self.tasks.push(Task::Field(field.name.to_owned()));
            if i > 0 {
                self.tasks.push(Task::Text(", "));
            }
        }
    }

    fn edge(&mut self, edge: &S::Value) {
        let Some(view) = self.store.edge(edge) else { return };
        self.text.push_str(view.from);
        self.text.push_str(if view.directed { " -> " } else { " <> " });
        self.text.push_str(view.to);
        if !self.store.fields(&view.properties).is_empty() {
            self.text.push_str(": ");
            self.tasks.push(Task::Value(view.properties));
        }
    }

    /// `Error(message)` or `Error(kind: message)`.
    fn error(&mut self, error: &S::Value) {
        let Some([message, kind, _]) = self.store.error(error) else { return };
        self.text.push_str("Error(");
        if self.store.view(&kind) == View::String {
            self.text.push_str(self.store.text(&kind));
            self.text.push_str(": ");
        }
        self.text.push_str(self.store.text(&message));
        self.text.push(')');
    }

    /// `Signal(value)`; a signal can hold itself.
    fn signal(&mut self, signal: &S::Value) {
        let identity = self.store.identity(signal);
        let Some(value) = self.store.signal(signal) else { return };
        if !self.around.insert(identity) {
            self.text.push('…');
            return;
        }
        self.text.push_str("Signal(");
        self.tasks.push(Task::Leave(identity));
        self.tasks.push(Task::Text(")"));
        self.tasks.push(Task::Value(value));
    }
}

/// A complex number with both parts rounded.
fn nearest(number: Complex, digits: Option<usize>) -> Complex {
    Complex::new(rounded(number.re, digits), rounded(number.im, digits))
}
