//! The parts of a value, each with the expression that gives it.

use achronyme_library::Store;
use machine::{EvaluateError, Parts};

use crate::inspect::expression::{Names, evaluate};
use crate::inspect::shown::Shown;
use crate::value::{Tag, Value};
use crate::vm::Vm;

impl Vm {
    /// The parts of a value: fields of a record, elements of an array, what an error or an edge has.
    pub(crate) fn parts_of(
        &self,
        expression: &str,
        range: (usize, usize),
    ) -> Result<Parts, EvaluateError> {
        let found = evaluate(self, expression, Names::Here)?.value;
        let base = if is_path(expression) {
            expression.trim().to_owned()
        } else {
            format!("({expression})")
        };
        if let Some(length) = self.elements_of(&found) {
            let part = |index: usize| (format!("[{index}]"), format!("{base}[{index}]"));
            return Ok(Parts::of(self, (length, true), range, part));
        }
        let names = self.fields_of(&found);
        let part = |index: usize| {
            let name = &names[index];
            let expression = if is_name(name) {
                format!("{base}.{name}")
            } else {
                format!("{base}[\"{}\"]", name.replace('\\', "\\\\").replace('"', "\\\""))
            };
            (name.clone(), expression)
        };
        Ok(Parts::of(self, (names.len(), false), range, part))
    }

    /// How many elements a value has, if it is an array.
    fn elements_of(&self, found: &Shown) -> Option<usize> {
        let value = match found {
            Shown::List(items) => return Some(items.len()),
            Shown::Value(value) => value,
            Shown::Text(_) | Shown::Note(_) => return None,
        };
        if value.is(Tag::Vector) {
            return Some(self.heap.elements(value).len());
        }
        let shape = self.heap.tensor(value).map(|tensor| tensor.shape.first().copied());
        let complex = || self.heap.complex_tensor(value).map(|it| it.shape.first().copied());
        shape.or_else(complex).flatten()
    }

    fn fields_of(&self, found: &Shown) -> Vec<String> {
        let Shown::Value(value) = found else { return Vec::new() };
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        if value.is(Tag::Record) {
            let fields = self.heap.fields(value);
            return fields.iter().map(|field| field.name.to_owned()).collect();
        }
        if let Some([_, _, source]) = self.heap.error(value) {
            let has_source = source != Value::NULL && source != Value::ABSENT;
            return named(if has_source {
                &["message", "kind", "source"]
            } else {
                &["message", "kind"]
            });
        }
        if self.heap.edge(value).is_some() {
            return named(&["from", "to", "directed", "properties"]);
        }
        named(if self.heap.signal(value).is_some() { &["value"] } else { &[] })
    }
}

/// Whether a part may be named behind an expression as it is.
fn is_path(expression: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "_.[]".contains(c);
    expression.trim().chars().all(is_plain)
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|c| c.is_alphanumeric() || c == '_')
}
