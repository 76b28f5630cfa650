//! Expressions that give numbers, booleans, complex numbers and matrices.

use crate::author::{Author, CALL_COST};
use crate::types::Type;

const NUMBER: Type = Type::Number;

impl Author {
    /// An expression that gives a number.
    pub(crate) fn number(&mut self, depth: usize) -> String {
        match self.dice.weighted(&[60, 8, 14, 10, 8, 4, 5]) {
            0 => self.arithmetic(depth),
            1 => format!("-{}", self.tight(&NUMBER, depth)),
            2 => self.measured(depth),
            3 => self.of_library(depth),
            4 => self.folded(depth),
            5 => {
                let matrix = self.tight(&Type::Matrix, depth);
                let (row, column) = (self.dice.below(2), self.dice.below(2));
                match self.dice.below(3) {
                    0 => format!("det({matrix})"),
                    1 => format!("trace({matrix})"),
                    _ => format!("{matrix}[{row}, {column}]"),
                }
            }
            _ => {
                let complex = self.tight(&Type::Complex, depth);
                format!("{complex}{}", self.dice.pick(&[".re()", ".im()", ".abs()", ".mag()"]))
            }
        }
    }

    /// Operands of one level, with effects of the one on the others.
    fn arithmetic(&mut self, depth: usize) -> String {
        let count = self.dice.weighted(&[0, 0, 60, 25, 10]);
        let level: &[&str] = match self.dice.weighted(&[60, 35, 5]) {
            0 => &["+", "-"],
            1 => &["*", "/", "%"],
            _ => &["^"],
        };
        let mut text = self.tight(&NUMBER, depth);
        for _ in 1..count {
            let operator = *self.dice.pick(level);
            let operand = match operator {
                "%" if self.dice.chance(90) => {
                    (*self.dice.pick(&["2", "3", "7", "1.5", "-3"])).to_owned()
                }
                "^" if self.dice.chance(60) => {
                    (*self.dice.pick(&["2", "-1", "0", "0.5"])).to_owned()
                }
                _ => self.tight(&NUMBER, depth),
            };
            text = format!("{text} {operator} {operand}");
        }
        format!("({text})")
    }

    /// An expression that can be an operand, or stand before a dot.
    pub(crate) fn tight(&mut self, kind: &Type, depth: usize) -> String {
        let text = self.expression(kind, depth);
        let is_name =
            text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_word);
        if is_name || (text.starts_with('(') && closes_at_end(&text)) {
            text
        } else {
            format!("({text})")
        }
    }

    fn measured(&mut self, depth: usize) -> String {
        match self.dice.below(5) {
            0 => format!("len({})", self.expression(&Type::Text, depth)),
            1 => format!("{}.len()", self.tight(&Type::Text, depth)),
            2 => format!("{}.len()", self.tight(&Type::numbers(), depth)),
            3 => {
                let element = self.plain_type(1);
                format!("len({})", self.expression(&Type::vector(element), depth))
            }
            _ => {
                let kind = self.plain_type(1);
                let value = self.expression(&kind, depth);
                format!("len(str({value}))")
            }
        }
    }

    fn of_library(&mut self, depth: usize) -> String {
        let name = *self
            .dice
            .pick(&["abs", "floor", "ceil", "round", "sum", "min", "max", "sqrt", "sign"]);
        if !self.is_library(name) {
            return self.atom(&NUMBER);
        }
        let one = self.expression(&NUMBER, depth);
        match name {
            "sum" => format!("sum({})", self.expression(&Type::numbers(), depth)),
            "min" | "max" => format!("{name}({one}, {})", self.expression(&NUMBER, depth)),
            "sqrt" => format!("sqrt(({one}) ^ 2)"),
            "abs" | "floor" if self.dice.chance(30) => format!("({one}).{name}()"),
            _ => format!("{name}({one})"),
        }
    }

    /// A vector walked through to a number.
    fn folded(&mut self, depth: usize) -> String {
        if !self.affords(8 * CALL_COST) {
            return self.atom(&NUMBER);
        }
        let element = self.plain_type(1);
        let vector = Type::vector(element.clone());
        let with = |author: &mut Self, parameters: Vec<Type>, result: Type| {
            let function = Type::function(parameters, result);
            author.often(8, |author| {
                author.spend(CALL_COST / 2);
                author.expression(&function, depth)
            })
        };
        match self.dice.below(4) {
            0 => {
                let function = with(self, vec![NUMBER, element], NUMBER);
                let start = self.expression(&NUMBER, depth);
                format!("reduce({function}, {start}, {})", self.expression(&vector, depth))
            }
            1 => {
                let function = with(self, vec![element], Type::Boolean);
                format!("count({function}, {})", self.expression(&vector, depth))
            }
            2 => {
                let function = with(self, vec![element], Type::Boolean);
                format!("{}.findIndex({function})", self.tight(&vector, depth))
            }
            _ => {
                let first = with(self, vec![NUMBER], NUMBER);
                let second = with(self, vec![NUMBER], NUMBER);
                format!("pipe({}, {first}, {second})", self.expression(&NUMBER, depth))
            }
        }
    }

    /// An expression that gives a boolean.
    pub(crate) fn boolean(&mut self, depth: usize) -> String {
        match self.dice.weighted(&[40, 10, 16, 8, 10, 8, 4]) {
            0 => {
                let operator = *self.dice.pick(&["<", ">", "<=", ">=", "==", "!="]);
                let kind = if self.dice.chance(80) { NUMBER } else { Type::Text };
                let (left, right) = (self.tight(&kind, depth), self.tight(&kind, depth));
                format!("({left} {operator} {right})")
            }
            1 => {
                let kind = self.plain_type(2);
                let operator = *self.dice.pick(&["==", "!="]);
                let (left, right) = (self.tight(&kind, depth), self.tight(&kind, depth));
                format!("({left} {operator} {right})")
            }
            2 => {
                let operator = *self.dice.pick(&[" && ", " || "]);
                let count = self.dice.between(2, 3);
                let operands: Vec<String> =
                    (0..count).map(|_| self.tight(&Type::Boolean, depth)).collect();
                format!("({})", operands.join(operator))
            }
            3 => format!("!{}", self.tight(&Type::Boolean, depth)),
            4 if self.affords(8 * CALL_COST) => {
                let element = self.plain_type(1);
                let function = Type::function(vec![element.clone()], Type::Boolean);
                let function = self.often(8, |author| {
                    author.spend(CALL_COST / 2);
                    author.expression(&function, depth)
                });
                let name = *self.dice.pick(&["any", "all"]);
                let vector = Type::vector(element);
                match self.dice.below(2) {
                    0 => format!("{name}({function}, {})", self.expression(&vector, depth)),
                    _ => format!("{}.{name}({function})", self.tight(&vector, depth)),
                }
            }
            5 => {
                let element = self.plain_type(1);
                let vector = self.tight(&Type::vector(element.clone()), depth);
                format!("{vector}.contains({})", self.expression(&element, depth))
            }
            _ => {
                let kind = self.any_type(1);
                let value = self.expression(&kind, depth);
                let name = *self.dice.pick(&["Number", "String", "Vector", "Record", "Function"]);
                format!("(typeof({value}) == \"{name}\")")
            }
        }
    }

    /// An expression that gives a complex number.
    pub(crate) fn complex(&mut self, depth: usize) -> String {
        let one = self.tight(&Type::Complex, depth);
        match self.dice.below(5) {
            0 => {
                let operator = *self.dice.pick(&["+", "-", "*"]);
                format!("({one} {operator} {})", self.tight(&Type::Complex, depth))
            }
            1 => {
                let operator = *self.dice.pick(&["+", "-", "*"]);
                format!("({} {operator} {one})", self.tight(&NUMBER, depth))
            }
            2 => format!("({one} / {})", self.tight(&NUMBER, depth)),
            3 => format!("{one}.conj()"),
            _ => format!("-{one}"),
        }
    }

    /// An expression that gives two rows of two numbers.
    pub(crate) fn matrix(&mut self, depth: usize) -> String {
        match self.dice.below(4) {
            0 => {
                let mut number = || self.expression(&NUMBER, depth.min(1));
                let (a, b, c, d) = (number(), number(), number(), number());
                format!("[[{a}, {b}], [{c}, {d}]]")
            }
            1 => {
                let operator = *self.dice.pick(&["+", "-", "*"]);
                let left = self.tight(&Type::Matrix, depth);
                format!("({left} {operator} {})", self.tight(&Type::Matrix, depth))
            }
            2 => {
                let operator = *self.dice.pick(&["+", "-", "*", "/"]);
                let left = self.tight(&Type::Matrix, depth);
                format!("({left} {operator} {})", self.tight(&NUMBER, depth))
            }
            _ => format!("transpose({})", self.expression(&Type::Matrix, depth)),
        }
    }

    /// An expression that gives anything.
    pub(crate) fn anything(&mut self, depth: usize) -> String {
        let kind = self.any_type(1);
        match self.dice.below(6) {
            0 => "null".to_owned(),
            1 => {
                let other = self.plain_type(1);
                let operator = *self.dice.pick(&["&&", "||"]);
                let left = self.tight(&kind, depth);
                format!("({left} {operator} {})", self.tight(&other, depth))
            }
            2 => self.mixed(depth),
            3 => {
                let condition = self.condition(depth);
                format!("(if ({condition}) {{ {} }})", self.expression(&kind, depth))
            }
            4 => {
                let name = *self.dice.pick(&["A", "B", "here", "there"]);
                let arrow = *self.dice.pick(&["->", "<>"]);
                let number = self.expression(&NUMBER, depth.min(1));
                format!("({name} {arrow} B: {{w: {number}}})")
            }
            _ => self.expression(&kind, depth),
        }
    }

    /// An operator between kinds that may not suit it.
    fn mixed(&mut self, depth: usize) -> String {
        let (left, right) = (self.plain_type(1), self.plain_type(1));
        let operator = *self
            .dice
            .pick(&["+", "-", "*", "/", "%", "^", "<", ">=", "==", "!=", "&&", "||", "..", "..="]);
        if operator == "*" && (left == Type::Text || right == Type::Text) {
            return self.atom(&Type::Any);
        }
        if operator.starts_with("..") && (left == Type::Number || right == Type::Number) {
            // A number might be anything.
            return self.atom(&Type::Any);
        }
        let left = self.tight(&left, depth);
        let right = self.tight(&right, depth);
        let name = self.new_name("e");
        format!("(try {{ {left} {operator} {right} }} catch ({name}) {{ {name}.message }})")
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether the bracket that `text` begins with is closed by its last character.
fn closes_at_end(text: &str) -> bool {
    let mut open = 0_usize;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '(') => open += 1,
            (None, ')') => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return at + 1 == text.len();
                }
            }
            _ => {}
        }
    }
    false
}
