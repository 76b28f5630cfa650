//! Statements and blocks.

use crate::author::Author;
use crate::types::Type;

impl Author {
    /// A statement.
    pub(crate) fn statement(&mut self) -> String {
        self.spend(1);
        if !self.affords(20) {
            return self.print();
        }
        let is_top = usize::from(self.place.depth == 0);
        let weights = [
            22,
            20,
            12,
            8,
            6,
            9,
            8,
            6,
            4,
            3,
            4 * is_top,
            7 * is_top,
            6 * is_top,
            3,
            4,
            7 * is_top,
            1,
        ];
        match self.dice.weighted(&weights) {
            0 => self.declaration(),
            1 => self.change(3),
            2 => self.print(),
            3 => self.conditional(),
            4 => self.loop_over(),
            5 => self.named_function(),
            6 => self.destructuring(),
            7 => self.trial(),
            8 => self.matching(),
            9 => self.call_statement(),
            10 => self.recursion(),
            11 => self.aliasing(),
            12 => self.tasks(),
            13 => self.alias_of_type(),
            15 => self.kinds(),
            16 => self.import(),
            _ => self.leaving(),
        }
    }

    /// A statement that shows something.
    pub(crate) fn print(&mut self) -> String {
        let count = self.dice.weighted(&[0, 70, 20, 10]);
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(if self.dice.chance(70) {
                let found = self.variable(|v| !matches!(v.kind, Type::Future(_)));
                found.map_or_else(|| "0".to_owned(), |variable| variable.name)
            } else {
                let kind = self.plain_type(2);
                self.expression(&kind, 2)
            });
        }
        format!("print({})", values.join(", "))
    }

    /// A call whose value nobody wants.
    fn call_statement(&mut self) -> String {
        let found = self.variable(|v| matches!(v.kind, Type::Function(_)));
        match found.map(|variable| variable.kind) {
            Some(Type::Function(signature)) => {
                let result = signature.result.clone();
                self.call_of(&result, 2).unwrap_or_else(|| self.print())
            }
            _ => self.print(),
        }
    }

    /// A block between braces. With `last`, its last statement is a value of this type.
    pub(crate) fn block(&mut self, last: Option<&Type>, depth: usize) -> String {
        self.inside(|author| {
            let count = if author.place.depth > 5 { 0 } else { author.dice.between(1, 4) };
            let mut lines = Vec::new();
            for _ in 0..count {
                if author.statements == 0 {
                    break;
                }
                author.statements -= 1;
                lines.push(author.statement());
            }
            if let Some(kind) = last {
                let value = author.expression(kind, depth);
                let word = if author.place.returns.is_some() && author.dice.chance(15) {
                    "return "
                } else {
                    ""
                };
                // A brace would begin a block of its own for the reader.
                lines.push(format!("{word}{value}"));
            } else if lines.is_empty() {
                lines.push(author.print());
            }
            format!("{{\n{}\n}}", lines.join("\n"))
        })
    }

    /// `return`, `break`, `continue`, `throw` or `yield`, if something is true.
    fn leaving(&mut self) -> String {
        let mut choices = Vec::new();
        if self.place.loops > 0 {
            choices.push("continue".to_owned());
            choices.push("break".to_owned());
            let kind = self.plain_type(1);
            choices.push(format!("break {}", self.expression(&kind, 2)));
        }
        if let Some(kind) = self.place.returns.clone() {
            choices.push(format!("return {}", self.expression(&kind, 2)));
        }
        if let Some(kind) = self.place.yields.clone() {
            choices.push(format!("yield {}", self.expression(&kind, 2)));
        }
        if self.place.depth > 0 {
            choices.push(self.fault(2));
        }
        if choices.is_empty() {
            return self.print();
        }
        let choice = self.dice.pick(&choices).clone();
        if choice.starts_with("yield") && self.dice.chance(60) {
            return choice;
        }
        format!("if ({}) {{ {choice} }}", self.condition(2))
    }
}
