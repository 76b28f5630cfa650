//! Parts of values: elements, fields, what methods and futures give.

use std::rc::Rc;

use crate::author::Author;
use crate::types::{Field, Signature, Type};

impl Author {
    /// A part of a variable that has the type, if there is one.
    pub(crate) fn part_of(&mut self, kind: &Type, depth: usize) -> Option<String> {
        match self.dice.below(6) {
            0 | 1 => self.element_of(kind, depth),
            2 | 3 => self.field_of(kind),
            4 => self.method_of(kind, depth),
            _ => self.yielded(kind),
        }
    }

    fn element_of(&mut self, kind: &Type, depth: usize) -> Option<String> {
        let vector = Type::vector(kind.clone());
        let holder = self.variable(|v| v.kind == vector)?.name;
        let place = *self.dice.pick(&["0", "1", "2", "-1", "-2"]);
        let other = self.expression(kind, depth.min(1));
        let least = match place.strip_prefix('-') {
            Some(count) => format!(">= {count}"),
            None => format!("> {place}"),
        };
        Some(match self.dice.below(8) {
            0 => format!("{holder}[{place}]"),
            1 if self.is_library("find") => format!(
                "(try {{ find(x => {}, {holder}) }} catch (none) {{ {other} }})",
                self.dice.pick(&["true", "false", "x == x"])
            ),
            2 if self.is_library("first") => {
                format!("(if ({holder}.is_empty()) {{ {other} }} else {{ first({holder}) }})")
            }
            3 => format!("(match {holder} {{ [one, ...more] => one, _ => {other} }})"),
            4 => {
                let index = self.expression(&Type::Number, depth.min(2));
                format!("(try {{ {holder}[{index}] }} catch (none) {{ {other} }})")
            }
            5 if self.dice.chance(60) => {
                format!("(if (len({holder}) {least}) {{ {holder}.pop() }} else {{ {other} }})")
            }
            _ => {
                format!("(if ({holder}.len() {least}) {{ {holder}[{place}] }} else {{ {other} }})")
            }
        })
    }

    fn field_of(&mut self, kind: &Type) -> Option<String> {
        let suits = |field: &&Field| field.kind == *kind;
        if self.dice.chance(50)
            && let Some(Type::Record(fields)) = self.place.receiver.clone()
        {
            let names: Vec<&Field> = fields.iter().filter(suits).collect();
            if !names.is_empty() {
                return Some(format!("self.{}", self.dice.pick(&names).name));
            }
        }
        let holder = self.variable(|v| match &v.kind {
            Type::Record(fields) => fields.iter().any(|field| suits(&field)),
            _ => false,
        })?;
        let Type::Record(fields) = &holder.kind else { return None };
        let names: Vec<&Field> = fields.iter().filter(suits).collect();
        Some(format!("{}.{}", holder.name, self.dice.pick(&names).name))
    }

    /// A call of a function in a record's field.
    fn method_of(&mut self, kind: &Type, depth: usize) -> Option<String> {
        let gives = |field: &Field| match &field.kind {
            Type::Function(signature) => signature.result == *kind,
            _ => false,
        };
        let holder = self.variable(|v| match &v.kind {
            Type::Record(fields) => fields.iter().any(gives),
            _ => false,
        })?;
        if !self.affords(holder.cost) {
            return None;
        }
        self.spend(holder.cost);
        let Type::Record(fields) = &holder.kind else { return None };
        let methods: Vec<(&str, Rc<Signature>)> = fields
            .iter()
            .filter(|field| gives(field))
            .filter_map(|field| match &field.kind {
                Type::Function(signature) => Some((field.name, Rc::clone(signature))),
                _ => None,
            })
            .collect();
        let (name, signature) = self.dice.pick(&methods).clone();
        let arguments = self.arguments(&signature, depth);
        Some(format!("{}.{name}({arguments})", holder.name))
    }

    /// What a generator gives next.
    fn yielded(&mut self, kind: &Type) -> Option<String> {
        let generator = Type::generator(kind.clone());
        let holder = self.variable(|v| v.kind == generator)?.name;
        if !self.affords(30) {
            return None;
        }
        self.spend(30);
        let other = self.literal(kind);
        Some(format!("(match {holder}.next() {{ {{done: false, value}} => value, _ => {other} }})"))
    }

    /// What a future comes to.
    pub(crate) fn awaited(&mut self, kind: &Type, depth: usize) -> String {
        let future = Type::future(kind.clone());
        if self.dice.chance(50)
            && let Some(holder) = self.variable(|v| v.kind == future)
        {
            return format!("(await {})", holder.name);
        }
        if !matches!(kind, Type::Number | Type::Text | Type::Boolean) && self.dice.chance(70) {
            return self.atom(kind);
        }
        let future = self.expression(&future, depth.min(2));
        format!("(await {future})")
    }
}
