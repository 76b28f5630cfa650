//! Statements that change something: variables, elements, fields.

use std::fmt::Write as _;

use crate::author::Author;
use crate::types::Type;

/// What can be assigned to.
struct Target {
    text: String,
    kind: Type,
    /// What must be true for it to be there.
    condition: String,
    /// Whether it is a variable, without a way to something in it.
    is_variable: bool,
}

impl Author {
    /// A statement that changes something, or shows something.
    pub(crate) fn change(&mut self, depth: usize) -> String {
        self.spend(1);
        let Some(target) = self.target() else { return self.print() };
        let statement = match &target.kind {
            Type::Vector(element) if self.dice.chance(60) => {
                let element = (**element).clone();
                self.method_that_changes(&target.text, &element, depth)
            }
            _ => self.assignment(&target, depth),
        };
        // Without what is asked for, it would fail; now and then it may.
        if target.condition.is_empty() || self.dice.chance(4) {
            statement
        } else {
            format!("if ({}) {{ {statement} }}", target.condition)
        }
    }

    fn assignment(&mut self, target: &Target, depth: usize) -> String {
        let text = &target.text;
        let operators: &[&str] = match target.kind {
            Type::Number => &["+=", "-=", "*=", "/=", "%=", "^="],
            Type::Complex | Type::Matrix => &["+=", "-=", "*="],
            Type::Vector(ref element) if **element == Type::Number => &["+=", "*="],
            _ => &[],
        };
        if !operators.is_empty() && self.dice.chance(45) {
            let operator = *self.dice.pick(operators);
            let kind = if matches!(target.kind, Type::Vector(_)) {
                Type::Number
            } else {
                target.kind.clone()
            };
            let value = match operator {
                "%=" => "7".to_owned(),
                "^=" => "2".to_owned(),
                _ => self.expression(&kind, depth),
            };
            return format!("{text} {operator} {value}");
        }
        if target.kind == Type::Text && self.dice.chance(30) {
            return format!("{text} += {}", self.literal(&Type::Text));
        }
        let value = self.expression(&target.kind, depth);
        if target.is_variable && target.kind == Type::Any && self.dice.chance(30) {
            return format!("{text} = [{value}]");
        }
        format!("{text} = {value}")
    }

    fn method_that_changes(&mut self, place: &str, element: &Type, depth: usize) -> String {
        let value = self.expression(element, depth);
        match self.dice.below(9) {
            0 => format!("if ({place}.len() > 0) {{ {place}.pop() }}"),
            1 => format!("if (len({place}) > 1) {{ {place}.remove({}) }}", self.dice.below(2)),
            2 => format!("{place}.reverse()"),
            3 if matches!(element, Type::Number | Type::Text) => format!("{place}.sort()"),
            4 => format!("if (len({place}) < 8) {{ {place}.insert(0, {value}) }}"),
            5 => format!("if (len({place}) > 0) {{ {place}[-1] = {value} }}"),
            6 => format!("if (len({place}) > 1) {{ {place}[0] = {place}[1] }}"),
            _ => format!("if (len({place}) < 8) {{ {place}.push({value}) }}"),
        }
    }

    /// A variable that may be changed, or a way from a variable.
    fn target(&mut self) -> Option<Target> {
        let receiver = self.place.receiver.clone();
        let (root, kind, mut mutable) = match receiver {
            Some(kind) if self.dice.chance(40) => ("self".to_owned(), kind, false),
            _ => {
                let found = self.variable(|v| v.mutable || holds_mutable(&v.kind))?;
                (found.name, found.kind, found.mutable)
            }
        };
        let mut target = Target { text: root, kind, condition: String::new(), is_variable: true };
        for _ in 0..4 {
            // What must not change leads on to what may.
            if mutable && self.dice.chance(55) {
                break;
            }
            match self.step(&target, mutable) {
                Some((next, may)) => {
                    target = next;
                    mutable = may;
                }
                None => break,
            }
        }
        mutable.then_some(target)
    }

    /// One step on the way to what is changed, and whether it may be changed.
    fn step(&mut self, from: &Target, mutable: bool) -> Option<(Target, bool)> {
        let mut condition = from.condition.clone();
        let (text, kind, may) = match &from.kind {
            Type::Record(fields) => {
                let ways: Vec<_> = fields
                    .iter()
                    .filter(|field| field.mutable || holds_mutable(&field.kind))
                    .collect();
                if ways.is_empty() {
                    return None;
                }
                let field = *self.dice.pick(&ways);
                (format!("{}.{}", from.text, field.name), field.kind.clone(), field.mutable)
            }
            Type::Vector(element) => {
                let index = self.dice.below(3);
                let and = if condition.is_empty() { "" } else { " && " };
                let _ = write!(condition, "{and}len({}) > {index}", from.text);
                let negative = self.dice.chance(25);
                let place = if negative { format!("-{}", index + 1) } else { index.to_string() };
                let place = if self.dice.chance(8) {
                    let change = self.print();
                    format!("do {{ {change}; {place} }}")
                } else {
                    place
                };
                (format!("{}[{place}]", from.text), (**element).clone(), mutable)
            }
            Type::Matrix if mutable => {
                let (row, column) = (self.dice.below(2), self.dice.below(2));
                (format!("{}[{row}, {column}]", from.text), Type::Number, mutable)
            }
            _ => return None,
        };
        Some((Target { text, kind, condition, is_variable: false }, may))
    }
}

/// Whether a value leads to fields that can be changed whoever holds it.
fn holds_mutable(kind: &Type) -> bool {
    match kind {
        Type::Record(fields) => {
            fields.iter().any(|field| field.mutable || holds_mutable(&field.kind))
        }
        Type::Vector(element) => holds_mutable(element),
        _ => false,
    }
}
