//! Expressions of any type: what every type has in common.

use crate::author::{Author, CALL_COST};
use crate::types::{Signature, Type};

impl Author {
    /// An expression of a type, not much deeper than `depth`.
    pub(crate) fn expression(&mut self, kind: &Type, depth: usize) -> String {
        self.spend(1);
        if depth == 0 || !self.affords(4) {
            return self.atom(kind);
        }
        match self.dice.weighted(&[18, 50, 5, 3, 6, 3, 2, 7, 6, 3, 2]) {
            0 => self.atom(kind),
            2 => self.choice(kind, depth - 1),
            3 => self.selection(kind, depth - 1),
            4 => self.effect(kind, depth - 1),
            5 => self.attempt(kind, depth - 1),
            6 => self.broken_loop(kind, depth - 1),
            7 => self.call_of(kind, depth - 1).unwrap_or_else(|| self.own(kind, depth)),
            8 => self.part_of(kind, depth - 1).unwrap_or_else(|| self.own(kind, depth)),
            9 => self.direct_call(kind, depth - 1),
            10 => self.awaited(kind, depth - 1),
            _ => self.own(kind, depth),
        }
    }

    /// What only this type has.
    fn own(&mut self, kind: &Type, depth: usize) -> String {
        match kind {
            Type::Number => self.number(depth - 1),
            Type::Boolean => self.boolean(depth - 1),
            Type::Text => self.text(depth - 1),
            Type::Complex => self.complex(depth - 1),
            Type::Matrix => self.matrix(depth - 1),
            Type::Any => self.anything(depth - 1),
            Type::Vector(element) => self.vector(element, depth - 1),
            Type::Record(fields) => self.record(fields, depth - 1),
            Type::Function(signature) => self.lambda(signature, CALL_COST, depth - 1).0,
            Type::Generator(element) => self.generator(element, depth - 1),
            Type::Future(result) => self.future(result, depth - 1),
        }
    }

    /// A variable, or something as short.
    pub(crate) fn atom(&mut self, kind: &Type) -> String {
        if self.dice.chance(80)
            && let Some(variable) = self.variable(|v| v.kind == *kind && v.cost <= CALL_COST)
        {
            return variable.name;
        }
        self.literal(kind)
    }

    /// A value that costs nothing.
    pub(crate) fn literal(&mut self, kind: &Type) -> String {
        match kind {
            Type::Number => (*self.dice.pick(&[
                "0", "1", "2", "3", "4", "5", "7", "10", "-1", "-2", "0.5", "1.25", "100", "-0.0",
                "1e3", "0x1f",
            ]))
            .to_owned(),
            Type::Boolean => (*self.dice.pick(&["true", "false"])).to_owned(),
            Type::Text => (*self.dice.pick(&[
                "\"\"",
                "\"a\"",
                "\"b\"",
                "\"abc\"",
                "\"äö\"",
                "'x'",
                "\"a b\"",
                "\"1\"",
                "\"\\n\"",
                "\"hello\"",
            ]))
            .to_owned(),
            Type::Complex => {
                (*self.dice.pick(&["1i", "2i", "(1 + 2i)", "(0.5 - 1i)", "0i"])).to_owned()
            }
            Type::Matrix => (*self.dice.pick(&[
                "[[1, 2], [3, 4]]",
                "[[0, 1], [1, 0]]",
                "[[1.5, -1], [2, 0]]",
                "[[0, 0], [0, 0]]",
            ]))
            .to_owned(),
            Type::Any => (*self.dice.pick(&[
                "null",
                "1",
                "\"s\"",
                "true",
                "[]",
                "{a: 1}",
                "2i",
                "NaN",
                "[1, \"x\"]",
            ]))
            .to_owned(),
            Type::Vector(element) => self.short_vector(element),
            Type::Record(fields) => {
                let fields = fields.clone();
                let texts: Vec<String> = fields
                    .iter()
                    .map(|field| {
                        let word = if field.mutable { "mut " } else { "" };
                        format!("{word}{}: {}", field.name, self.literal(&field.kind))
                    })
                    .collect();
                format!("{{{}}}", texts.join(", "))
            }
            Type::Function(signature) => {
                let names: Vec<String> = (0..signature.parameters.len())
                    .map(|index| {
                        let optional = if index < signature.required { "" } else { "?" };
                        format!("p{index}{optional}")
                    })
                    .collect();
                format!("(({}) => {})", names.join(", "), self.literal(&signature.result))
            }
            Type::Generator(element) => {
                let (first, second) = (self.literal(element), self.literal(element));
                format!("generate {{ yield {first}; yield {second} }}")
            }
            Type::Future(result) => format!("(async () => {})()", self.literal(result)),
        }
    }

    fn short_vector(&mut self, element: &Type) -> String {
        let count = self.dice.weighted(&[10, 20, 30, 30]);
        let mut items: Vec<String> = (0..count).map(|_| self.literal(element)).collect();
        if matches!(element, Type::Vector(_)) && self.dice.chance(70) {
            // Rows of equal length would make a matrix.
            items.push("[]".to_owned());
        }
        format!("[{}]", items.join(", "))
    }

    /// `if` in its forms.
    fn choice(&mut self, kind: &Type, depth: usize) -> String {
        let condition = self.condition(depth);
        let yes = self.expression(kind, depth);
        let no = self.expression(kind, depth);
        match self.dice.below(5) {
            0 => format!("if({condition}, {yes}, {no})"),
            1 => {
                let other = self.condition(depth);
                let third = self.expression(kind, depth);
                format!("piecewise([{condition}, {yes}], [{other}, {no}], ({third}))")
            }
            2 => {
                let other = self.condition(depth);
                let third = self.expression(kind, depth);
                format!(
                    "(if ({condition}) {{ {yes} }} else if ({other}) {{ {no} }} else {{ {third} }})"
                )
            }
            _ => format!("(if ({condition}) {{ {yes} }} else {{ {no} }})"),
        }
    }

    /// Something true or false, or a number.
    pub(crate) fn condition(&mut self, depth: usize) -> String {
        let kind = if self.dice.chance(85) { Type::Boolean } else { Type::Number };
        self.expression(&kind, depth)
    }

    /// A block that does something before it gives a value.
    fn effect(&mut self, kind: &Type, depth: usize) -> String {
        if self.place.depth > 5 {
            return self.atom(kind);
        }
        self.inside(|author| {
            let mut lines = Vec::new();
            for _ in 0..author.dice.between(1, 2) {
                lines.push(author.change(depth));
            }
            let value = author.expression(kind, depth);
            format!("do {{ {}; {value} }}", lines.join("; "))
        })
    }

    /// `try`, with or without an error in it.
    fn attempt(&mut self, kind: &Type, depth: usize) -> String {
        if self.place.depth > 5 {
            return self.atom(kind);
        }
        let body = self.inside(|author| {
            let value = author.expression(kind, depth);
            if author.dice.chance(60) {
                let fault = author.fault(depth);
                let condition = author.expression(&Type::Boolean, 1);
                format!("if ({condition}) {{ {fault} }}; {value}")
            } else {
                value
            }
        });
        let handler = self.handler(kind, depth);
        format!("(try {{ {body} }} catch {handler})")
    }

    /// `(e) {…}`, which mostly looks at the error.
    pub(crate) fn handler(&mut self, kind: &Type, depth: usize) -> String {
        self.inside(|author| {
            let name = author.new_name("e");
            let look = if author.dice.chance(60) {
                format!("print({name}.kind, {name}.message); ")
            } else {
                String::new()
            };
            let value = author.expression(kind, depth);
            format!("({name}) {{ {look}{value} }}")
        })
    }

    /// A loop that is left with a value.
    fn broken_loop(&mut self, kind: &Type, depth: usize) -> String {
        if self.place.depth > 4 || !self.affords(60) {
            return self.atom(kind);
        }
        let over = self.expression(&Type::numbers(), depth.min(1));
        let name = self.new_name("i");
        let (condition, value) = self.often(6, |author| {
            author.inside(|author| {
                author.declare(&name, &Type::Number, false);
                let condition = author.condition(depth.min(2));
                (condition, author.expression(kind, depth.min(2)))
            })
        });
        let last = self.expression(kind, depth);
        format!(
            "do {{ let found{name} = for ({name} in {over}) {{ if ({condition}) {{ break {{value: {value}}} }}; null }}; match found{name} {{ {{value}} => value, _ => {last} }} }}"
        )
    }

    /// A call of a function in a variable.
    pub(crate) fn call_of(&mut self, kind: &Type, depth: usize) -> Option<String> {
        let function = self.variable(|v| match &v.kind {
            Type::Function(signature) => signature.result == *kind,
            _ => false,
        })?;
        if !self.affords(function.cost) {
            return None;
        }
        self.spend(function.cost);
        let Type::Function(signature) = &function.kind else { return None };
        let arguments = self.arguments(signature, depth);
        Some(format!("{}({arguments})", function.name))
    }

    /// Arguments for a call.
    pub(crate) fn arguments(&mut self, signature: &Signature, depth: usize) -> String {
        let all = signature.parameters.len();
        let count = self.dice.between(signature.required.min(all), all);
        let arguments: Vec<String> =
            signature.parameters[..count].iter().map(|kind| self.expression(kind, depth)).collect();
        arguments.join(", ")
    }

    /// A function that is called where it stands.
    fn direct_call(&mut self, kind: &Type, depth: usize) -> String {
        if self.place.depth > 4 || !self.affords(CALL_COST) {
            return self.atom(kind);
        }
        let parameter = self.plain_type(1);
        let parameters = vec![parameter; self.dice.below(3)];
        let required = parameters.len();
        let signature = Signature { parameters, required, result: kind.clone() };
        let (lambda, cost) = self.lambda(&signature, CALL_COST, depth);
        self.spend(cost);
        let arguments = self.arguments(&signature, depth.min(1));
        format!("({lambda})({arguments})")
    }
}
