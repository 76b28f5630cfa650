//! Expressions that give vectors and records. What could double is cut, so that nothing grows
//! without end.

use crate::author::{Author, CALL_COST};
use crate::types::{Field, Type};

impl Author {
    /// An expression that gives a vector.
    pub(crate) fn vector(&mut self, element: &Type, depth: usize) -> String {
        let kind = Type::vector(element.clone());
        match self.dice.weighted(&[40, 12, 16, 12, 12, 10]) {
            0 => self.array(element, depth),
            1 => {
                let vector = self.tight(&kind, depth);
                let slice =
                    *self.dice.pick(&["1..", "..2", "..-1", "-2..", "1..3", "3..1", "..", "0..9"]);
                format!("{vector}[{slice}]")
            }
            2 => self.mapped(element, depth),
            3 => self.rearranged(&kind, element, depth),
            4 => self.typical(element, depth),
            _ => self.changing(&kind, element, depth),
        }
    }

    fn array(&mut self, element: &Type, depth: usize) -> String {
        let kind = Type::vector(element.clone());
        let count = self.dice.weighted(&[5, 15, 30, 30, 15]);
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.expression(element, depth));
        }
        if self.dice.chance(30) {
            let spread = self.tight(&kind, depth.min(1));
            let slice = *self.dice.pick(&["..3", "1..4", "-2.."]);
            let at = self.dice.below(items.len() + 1);
            items.insert(at, format!("...{spread}[{slice}]"));
        }
        if matches!(element, Type::Vector(_)) && self.dice.chance(60) {
            items.push("[]".to_owned());
        }
        format!("[{}]", items.join(", "))
    }

    fn mapped(&mut self, element: &Type, depth: usize) -> String {
        if !self.affords(8 * CALL_COST) || self.place.depth > 4 {
            return self.atom(&Type::vector(element.clone()));
        }
        let is_map = self.dice.chance(70);
        let from =
            if is_map && self.dice.chance(50) { self.plain_type(1) } else { element.clone() };
        let result = if is_map { element.clone() } else { Type::Boolean };
        let function = Type::function(vec![from.clone()], result);
        let is_map = is_map || from != *element;
        let function = self.often(8, |author| {
            author.spend(CALL_COST / 2);
            author.expression(&function, depth)
        });
        let vector = Type::vector(from);
        let name = if is_map { "map" } else { "filter" };
        match self.dice.below(3) {
            0 => format!("{}.{name}({function})", self.tight(&vector, depth)),
            1 if self.is_library("sort_by") && is_map && *element == Type::Number => {
                format!("{name}({function}, {})", self.expression(&vector, depth))
            }
            _ => format!("{name}({function}, {})", self.expression(&vector, depth)),
        }
    }

    fn rearranged(&mut self, kind: &Type, element: &Type, depth: usize) -> String {
        let vector = self.expression(kind, depth);
        match self.dice.below(6) {
            0 if matches!(element, Type::Number | Type::Text) => format!("sort({vector})"),
            1 if self.is_library("reverse") => format!("reverse({vector})"),
            2 => format!("take({vector}, {})", self.dice.below(4)),
            3 => format!("drop({vector}, {})", self.dice.below(4)),
            4 => format!("unique({vector})"),
            _ if self.affords(40 * CALL_COST) => {
                let by = Type::function(vec![element.clone()], Type::Number);
                let by = self.often(8, |author| author.expression(&by, depth));
                self.spend(8 * CALL_COST);
                format!("sort_by({by}, {vector})")
            }
            _ => vector,
        }
    }

    /// What only vectors of such elements can be made by.
    fn typical(&mut self, element: &Type, depth: usize) -> String {
        match element {
            Type::Number => {
                let operator = *self.dice.pick(&["+", "-", "*", "/"]);
                let (numbers, end) = (Type::numbers(), self.dice.below(7));
                match self.dice.below(5) {
                    0 => format!(
                        "({} {operator} {})",
                        self.tight(&numbers, depth),
                        self.tight(&Type::Number, depth)
                    ),
                    1 => format!(
                        "({} {operator} {})",
                        self.tight(&Type::Number, depth),
                        self.tight(&numbers, depth)
                    ),
                    2 => format!("({}..{end})", self.dice.below(4)),
                    3 => format!("({}..={end})", self.dice.below(4)),
                    _ => format!("-{}", self.tight(&numbers, depth)),
                }
            }
            Type::Text => match self.dice.below(2) {
                0 => format!(
                    "split({}, {})[..7]",
                    self.expression(&Type::Text, depth),
                    self.literal(&Type::Text)
                ),
                _ => {
                    let kind = self.record_type(1, false);
                    format!("keys({})", self.expression(&kind, depth))
                }
            },
            Type::Vector(inner) => {
                let vector = self.expression(&Type::vector((**inner).clone()), depth);
                format!("chunk({vector}, {})", self.dice.between(1, 3))
            }
            _ => self.array(element, depth),
        }
    }

    /// A variable that changes while it is looked at.
    fn changing(&mut self, kind: &Type, element: &Type, depth: usize) -> String {
        let Some(variable) = self.variable(|v| v.mutable && v.kind == *kind) else {
            let vector = self.expression(kind, depth);
            return format!("push({vector}, {})", self.expression(element, depth));
        };
        let name = variable.name;
        let value = self.expression(element, depth);
        match self.dice.below(6) {
            0 if *element == Type::Number || *element == Type::Text => format!("{name}.sort()"),
            1 => format!("{name}.reverse()"),
            2 => format!("{name}.insert(0, {value})"),
            3 => format!("[{value}, ...{name}]"),
            4 => format!("concat_vec({name}[..3], {})", self.expression(kind, depth)),
            _ => format!("{name}.push({value})"),
        }
    }

    /// An expression that gives a record with these fields.
    pub(crate) fn record(&mut self, fields: &[Field], depth: usize) -> String {
        let kind = Type::Record(fields.into());
        let mut items = Vec::new();
        let spread = if self.dice.chance(20) { self.variable(|v| v.kind == kind) } else { None };
        if let Some(variable) = &spread {
            items.push(format!("...{}", variable.name));
        }
        for field in fields {
            if spread.is_some() && self.dice.chance(50) {
                continue;
            }
            let word = if field.mutable { "mut " } else { "" };
            let value = self.expression(&field.kind, depth);
            items.push(format!("{word}{}: {value}", field.name));
        }
        format!("{{{}}}", items.join(", "))
    }
}
