//! JSON text of values, however deep.

use std::collections::BTreeSet;

use crate::text::{self, Style, check_length, rounded, write_number};
use crate::{Complex, Fault, Store, TensorView, View};

/// How values are written.
#[derive(Clone, Copy)]
pub(super) struct Format {
    /// Whether every part has a line of its own.
    pub(super) pretty: bool,
    /// How many digits after the point numbers have at most.
    pub(super) digits: Option<usize>,
    /// Whether numbers that JSON does not know are strings instead of null.
    pub(super) names_special: bool,
}

/// A value being written.
pub(super) struct Writer<'a, S: Store> {
    store: &'a S,
    format: Format,
    text: String,
    tasks: Vec<Task<S::Value>>,
    /// The records that are being written around this place.
    around: BTreeSet<u64>,
    /// How many brackets are open.
    depth: usize,
}

/// A piece of work.
enum Task<V> {
    /// Write the elements of a vector from this one on.
    Elements(V, usize),
    /// Write the fields of a record from this one on.
    Fields(Vec<(String, V)>, usize, u64),
}

impl<'a, S: Store> Writer<'a, S> {
    pub(super) const fn new(store: &'a S, format: Format) -> Self {
        Self {
            store,
            format,
            text: String::new(),
            tasks: Vec::new(),
            around: BTreeSet::new(),
            depth: 0,
        }
    }

    /// The text of `value`.
    pub(super) fn written(mut self, value: &S::Value) -> Result<String, Fault> {
        self.value(value)?;
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Elements(vector, next) => self.elements(vector, next)?,
                Task::Fields(fields, next, identity) => self.fields(fields, next, identity)?,
            }
            check_length(&self.text)?;
        }
        Ok(self.text)
    }

    /// Writes a value, or its opening bracket, and leaves the rest as a task.
    fn value(&mut self, value: &S::Value) -> Result<(), Fault> {
        let store = self.store;
        match store.view(value) {
            View::Null => self.text.push_str("null"),
            View::Boolean(true) => self.text.push_str("true"),
            View::Boolean(false) => self.text.push_str("false"),
            View::Number(number) => self.number(number),
            View::Complex(number) => self.complex(number),
            View::String => self.string(store.text(value)),
            View::Vector => {
                self.open('[');
                self.tasks.push(Task::Elements(value.clone(), 0));
            }
            View::Tensor => {
                if let Some(tensor) = store.tensor(value) {
                    let write = if store.is_mask(value) { Self::truth } else { Self::number };
                    self.tensor(tensor, write)?;
                }
            }
            View::ComplexTensor => {
                if let Some(tensor) = store.complex_tensor(value) {
                    self.tensor(tensor, Self::complex)?;
                }
            }
            View::Record => {
                let identity = store.identity(value);
                if !self.around.insert(identity) {
                    return Err(Fault::value_error(
                        "json_stringify() cannot write a record that contains itself",
                    ));
                }
                let fields = store.fields(value).into_iter();
                let fields = fields.map(|field| (field.name.to_owned(), field.value)).collect();
                self.open('{');
                self.tasks.push(Task::Fields(fields, 0, identity));
            }
            View::Edge | View::Error => {
                let shown = text::show(store, value, Style::Plain)?;
                self.string(&shown);
            }
            View::Function { .. }
            | View::Builtin(_)
            | View::Generator { .. }
            | View::Future
            | View::Sender
            | View::Receiver
            | View::Mutex
            | View::Guard
            | View::Signal => {
                let kind = store.kind(value).name();
                let message = format!("json_stringify: a {kind} has no JSON");
                return Err(Fault { kind: "TypeError", message });
            }
        }
        Ok(())
    }

    /// A number of a mask.
    fn truth(&mut self, number: f64) {
        self.text.push_str(if number == 0.0 { "false" } else { "true" });
    }

    fn elements(&mut self, vector: S::Value, next: usize) -> Result<(), Fault> {
        let Some(element) = self.store.elements(&vector).get(next).cloned() else {
            self.close(']', next == 0);
            return Ok(());
        };
        self.separate(next);
        self.tasks.push(Task::Elements(vector, next + 1));
        self.value(&element)
    }

    fn fields(
        &mut self,
        fields: Vec<(String, S::Value)>,
        next: usize,
        identity: u64,
    ) -> Result<(), Fault> {
        let Some((name, value)) = fields.get(next).cloned() else {
            self.around.remove(&identity);
            self.close('}', next == 0);
            return Ok(());
        };
        self.separate(next);
        self.string(&name);
        self.text.push_str(if self.format.pretty { ": " } else { ":" });
        self.tasks.push(Task::Fields(fields, next + 1, identity));
        self.value(&value)
    }

    /// Writes a tensor as arrays in arrays; as deep as it has axes.
    fn tensor<T: Copy>(
        &mut self,
        tensor: TensorView<'_, T>,
        write: fn(&mut Self, T),
    ) -> Result<(), Fault> {
        let Some((length, rest)) = tensor.shape.split_first() else {
            if let Some(number) = tensor.data.first() {
                write(self, *number);
            }
            return Ok(());
        };
        self.open('[');
        let size = tensor.data.len() / (*length).max(1);
        for i in 0..*length {
            self.separate(i);
            let data = tensor.data.get(i * size..(i + 1) * size).unwrap_or(&[]);
            self.tensor(TensorView { shape: rest, data }, write)?;
            check_length(&self.text)?;
        }
        self.close(']', *length == 0);
        Ok(())
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
    }

    fn close(&mut self, bracket: char, empty: bool) {
        self.depth -= 1;
        if !empty {
            self.line();
        }
        self.text.push(bracket);
    }

    /// Before the part with this number.
    fn separate(&mut self, part: usize) {
        if part > 0 {
            self.text.push(',');
        }
        self.line();
    }

    fn line(&mut self) {
        if self.format.pretty {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', 2 * self.depth));
        }
    }

    fn number(&mut self, number: f64) {
        if number.is_finite() {
            write_number(&mut self.text, rounded(number, self.format.digits));
        } else if self.format.names_special {
            self.text.push('"');
            write_number(&mut self.text, number);
            self.text.push('"');
        } else {
            self.text.push_str("null");
        }
    }

    fn complex(&mut self, number: Complex) {
        self.text.push_str("{\"re\":");
        self.number(number.re);
        self.text.push_str(",\"im\":");
        self.number(number.im);
        self.text.push('}');
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                control if control < ' ' => {
                    self.text.push_str(&format!("\\u{:04x}", u32::from(control)));
                }
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }
}
