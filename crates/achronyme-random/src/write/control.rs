//! Statements with blocks.

use crate::author::Author;
use crate::types::Type;

impl Author {
    /// `if` as a statement.
    pub(crate) fn conditional(&mut self) -> String {
        let mut text = format!("if ({}) {}", self.condition(3), self.block(None, 2));
        if self.dice.chance(25) {
            let condition = self.condition(2);
            text = format!("{text} else if ({condition}) {}", self.block(None, 2));
        }
        if self.dice.chance(50) {
            text = format!("{text} else {}", self.block(None, 2));
        }
        text
    }

    /// A loop that ends.
    pub(crate) fn loop_over(&mut self) -> String {
        if self.place.loops > 1 || !self.affords(200) {
            return self.print();
        }
        let text = match self.dice.below(5) {
            0 => self.counting(),
            1 => self.iterator(),
            _ => self.walking(),
        };
        if self.dice.chance(20) {
            let name = self.name();
            self.declare(&name, &Type::Any, false);
            return format!("let {name} = {text}");
        }
        text
    }

    fn counting(&mut self) -> String {
        let counter = self.new_name("i");
        let count = self.dice.below(6);
        let is_first = self.dice.chance(70);
        let (block, condition) = self.inside(|author| {
            author.declare(&counter, &Type::Number, false);
            author.place.loops += 1;
            let block = author.often(count + 1, |author| author.block(None, 2));
            author.place.loops -= 1;
            (block, author.condition(1))
        });
        // The counter must count before anything can go on with the next turn.
        let body = format!("{{ {counter} += 1\n{}", &block[1..]);
        if is_first {
            format!("do {{ mut {counter} = 0; while ({counter} < {count}) {body} }}")
        } else {
            format!("do {{ mut {counter} = 0; while ({counter} < {count} && {condition}) {body} }}")
        }
    }

    fn walking(&mut self) -> String {
        let element = self.plain_type(1);
        let over = match self.dice.below(4) {
            0 => {
                let kind = Type::generator(element.clone());
                self.expression(&kind, 2)
            }
            1 => {
                let found = self.variable(|v| matches!(v.kind, Type::Vector(_)));
                let Some(variable) = found else { return self.print() };
                return self.walk(&variable.name, &variable.kind);
            }
            _ => self.expression(&Type::vector(element.clone()), 2),
        };
        self.walk(&over, &Type::vector(element))
    }

    fn walk(&mut self, over: &str, kind: &Type) -> String {
        let Type::Vector(element) = kind else { return self.print() };
        let name = self.name();
        let block = self.inside(|author| {
            author.declare(&name, element, false);
            author.place.loops += 1;
            let block = author.often(6, |author| author.block(None, 2));
            author.place.loops -= 1;
            block
        });
        format!("for ({name} in {over}) {block}")
    }

    /// A loop over a record that is an iterator.
    fn iterator(&mut self) -> String {
        let (count, name) = (self.new_name("n"), self.name());
        let end = self.dice.below(5);
        let block = self.inside(|author| {
            author.declare(&name, &Type::Number, false);
            author.place.loops += 1;
            let block = author.often(6, |author| author.block(None, 2));
            author.place.loops -= 1;
            block
        });
        let next = if self.dice.chance(50) {
            format!(
                "{{mut {count}: 0, next: () => do {{ self.{count} += 1; {{value: self.{count}, done: self.{count} > {end}}} }}}}"
            )
        } else {
            format!(
                "do {{ mut {count} = 0; {{next: () => do {{ {count} += 1; {{value: {count}, done: {count} > {end}}} }}}} }}"
            )
        };
        format!("for ({name} in {next}) {block}")
    }

    /// `try` as a statement.
    pub(crate) fn trial(&mut self) -> String {
        let mut body = self.block(None, 2);
        if self.dice.chance(60) {
            let fault = self.fault(2);
            body.truncate(body.len() - 1);
            body = format!("{body}{fault}\n}}");
        }
        let name = self.name();
        let handler = self.inside(|author| {
            author.declare(&name, &Type::Any, false);
            author.block(None, 2)
        });
        let looked = format!("{{\nprint({name})\n{}", &handler[1..]);
        format!("try {body} catch ({name}) {looked}")
    }

    /// `match`, with a name for what it comes to.
    pub(crate) fn matching(&mut self) -> String {
        let result = self.plain_type(1);
        let text = self.selection(&result, 2);
        let name = self.name();
        self.declare(&name, &result, false);
        format!("let {name} = {text}")
    }

    /// `match` as an expression.
    pub(crate) fn selection(&mut self, result: &Type, depth: usize) -> String {
        if self.place.depth > 5 {
            return self.atom(result);
        }
        let kind = self.plain_type(2);
        let scrutinee = self.tight(&kind, depth);
        let mut arms = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            arms.push(self.inside(|author| {
                let pattern = author.pattern(&kind, 2);
                let guard = if author.dice.chance(30) {
                    format!(" if ({})", author.condition(depth))
                } else {
                    String::new()
                };
                let value = if author.place.depth < 4 && author.dice.chance(20) {
                    format!("do {}", author.block(Some(result), depth))
                } else {
                    author.expression(result, depth)
                };
                format!("  {pattern}{guard} => {value}")
            }));
        }
        if self.dice.chance(92) {
            let value = self.expression(result, depth);
            arms.push(format!("  _ => {value}"));
        }
        format!("(match {scrutinee} {{\n{}\n}})", arms.join(",\n"))
    }
}
