//! Patterns, and what takes values apart with them.

use crate::author::Author;
use crate::types::{Field, Type};

impl Author {
    /// A pattern that may match a value of this type. What it names is declared.
    pub(crate) fn pattern(&mut self, kind: &Type, depth: usize) -> String {
        if self.dice.chance(12) {
            return "_".to_owned();
        }
        if self.dice.chance(20) {
            return self.bound(kind);
        }
        match kind {
            Type::Number => {
                (*self.dice.pick(&["0", "1", "2", "-1", "0.5", "Number", "String"])).to_owned()
            }
            Type::Boolean => (*self.dice.pick(&["true", "false", "Boolean"])).to_owned(),
            Type::Text => {
                (*self.dice.pick(&["\"\"", "\"a\"", "\"abc\"", "String", "Null"])).to_owned()
            }
            Type::Vector(element) if depth > 0 => self.vector_pattern(element, depth - 1),
            Type::Record(fields) if depth > 0 => self.record_pattern(fields, depth - 1),
            Type::Complex => "Complex".to_owned(),
            Type::Matrix => "Tensor".to_owned(),
            _ => (*self.dice.pick(&[
                "null", "Null", "1", "\"s\"", "Vector", "Record", "Function", "[]", "{}", "[_, _]",
                "Edge", "Error",
            ]))
            .to_owned(),
        }
    }

    /// A new name for a value.
    fn bound(&mut self, kind: &Type) -> String {
        let name = self.new_name("q");
        self.declare(&name, kind, false);
        name
    }

    fn vector_pattern(&mut self, element: &Type, depth: usize) -> String {
        let mut items: Vec<String> =
            (0..self.dice.below(3)).map(|_| self.pattern(element, depth)).collect();
        if self.dice.chance(50) {
            let rest = self.bound(&Type::vector(element.clone()));
            let at = self.dice.below(items.len() + 1);
            items.insert(at, format!("...{rest}"));
        }
        format!("[{}]", items.join(", "))
    }

    fn record_pattern(&mut self, fields: &[Field], depth: usize) -> String {
        let mut items = Vec::new();
        for field in fields {
            if self.dice.chance(60) && !items.iter().any(|(name, _)| *name == field.name) {
                // The field's own name would be a keyword now and then.
                items.push((field.name, self.pattern(&field.kind, depth)));
            }
        }
        let items: Vec<String> = items
            .into_iter()
            .map(|(name, pattern)| {
                let pattern = if is_plain(&pattern) { pattern } else { self.new_name("q") };
                format!("{name}: {pattern}")
            })
            .collect();
        format!("{{{}}}", items.join(", "))
    }

    /// `let` with a pattern.
    pub(crate) fn destructuring(&mut self) -> String {
        let word = *self.dice.pick(&["let", "mut"]);
        let mutable = word == "mut";
        if self.dice.chance(50) {
            let kind = self.record_type(1, false);
            let Type::Record(fields) = &kind else { return self.print() };
            let value = self.expression(&kind, 2);
            let mut items = Vec::new();
            for field in fields.iter() {
                let default = self.expression(&field.kind, 1);
                let name = self.new_name("d");
                self.declare(&name, &field.kind, mutable);
                match self.dice.below(3) {
                    0 => items.push(format!("{}: {name}", field.name)),
                    _ => items.push(format!("{}: {name} = {default}", field.name)),
                }
            }
            if self.dice.chance(30) {
                let name = self.new_name("d");
                let default = self.expression(&Type::Number, 2);
                self.declare(&name, &Type::Number, mutable);
                items.push(format!("{name} = {default}"));
            }
            return format!("{word} {{{}}} = {value}", items.join(", "));
        }
        let element = self.plain_type(1);
        let kind = Type::vector(element.clone());
        let value = self.expression(&kind, 2);
        let mut items = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            let default = self.expression(&element, 2);
            let name = self.new_name("d");
            self.declare(&name, &element, mutable);
            items.push(format!("{name} = {default}"));
        }
        if self.dice.chance(40) {
            let name = self.new_name("d");
            self.declare(&name, &kind, mutable);
            items.push(format!("...{name}"));
        }
        format!("{word} [{}] = {value}", items.join(", "))
    }
}

/// Whether what a field's pattern says names nothing twice: a kind, a literal and `_` name the
/// field itself, which must not be a keyword.
fn is_plain(pattern: &str) -> bool {
    pattern.starts_with(['q', '[', '{'])
}
