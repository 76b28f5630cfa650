//! Functions, generators and futures as values.

use crate::author::{Author, CALL_COST, Place};
use crate::types::{Signature, Type};

impl Author {
    /// A function, and what a call of it costs.
    pub(crate) fn lambda(
        &mut self,
        signature: &Signature,
        limit: usize,
        depth: usize,
    ) -> (String, usize) {
        let place = Place {
            returns: Some(signature.result.clone()),
            receiver: self.place.receiver.clone(),
            ..Place::default()
        };
        let ((head, body), cost) = self.function(limit, place, |author| {
            let head = author.parameters(signature, depth);
            (head, author.body(&signature.result, depth))
        });
        // A type of a result would take what follows for its own.
        (format!("({head} => {body})"), cost)
    }

    /// Parameters, which are declared.
    pub(crate) fn parameters(&mut self, signature: &Signature, depth: usize) -> String {
        let mut texts: Vec<String> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let is_typed = self.dice.chance(20);
        for (index, kind) in signature.parameters.iter().enumerate() {
            let mut name = self.name();
            if names.contains(&name) {
                name = self.new_name("p");
            }
            let annotation =
                if is_typed { format!(": {}", self.written(kind)) } else { String::new() };
            if index < signature.required {
                texts.push(format!("{name}{annotation}"));
                self.declare(&name, kind, false);
            } else if self.dice.chance(20) {
                texts.push(format!("{name}?"));
                self.declare(&name, &Type::Any, false);
            } else {
                let default = self.expression(kind, depth.min(2));
                texts.push(format!("{name}{annotation} = {default}"));
                self.declare(&name, kind, false);
            }
            names.push(name);
        }
        if let [text] = &*texts
            && !text.contains([':', '?', '='])
            && self.dice.chance(50)
        {
            return text.clone();
        }
        let result = match &self.place.returns {
            Some(kind) if is_typed && self.dice.chance(40) => {
                let kind = kind.clone();
                format!(": {}", self.written(&kind))
            }
            _ => String::new(),
        };
        format!("({}){result}", texts.join(", "))
    }

    /// A type as it is written: perhaps by a name it was given.
    pub(crate) fn written(&mut self, kind: &Type) -> String {
        let known = self.aliases.iter().rev().find(|(_, known)| known == kind);
        if let Some((name, _)) = known
            && self.dice.chance(70)
        {
            return name.clone();
        }
        match (kind, self.dice.below(8)) {
            (Type::Number | Type::Text | Type::Boolean, 0) => format!("{}?", kind.annotation()),
            (Type::Number | Type::Boolean, 1) => format!("{} | String", kind.annotation()),
            (_, 2) => "Any".to_owned(),
            _ => kind.annotation(),
        }
    }

    /// What a function does: an expression, or a block.
    pub(crate) fn body(&mut self, result: &Type, depth: usize) -> String {
        if depth == 0 || self.place.depth > 4 || self.statements < 2 || self.dice.chance(55) {
            let value = self.expression(result, depth);
            // A record's brace is no block.
            return value;
        }
        format!("do {}", self.block(Some(result), depth))
    }

    /// A generator.
    pub(crate) fn generator(&mut self, element: &Type, depth: usize) -> String {
        if self.place.depth > 3 || !self.affords(CALL_COST) {
            return self.literal(&Type::generator(element.clone()));
        }
        self.spend(CALL_COST);
        let block = self.generating(element, depth);
        if self.dice.chance(50) {
            format!("(generate {block})")
        } else {
            format!("(() => generate {block})()")
        }
    }

    /// A block that yields.
    pub(crate) fn generating(&mut self, element: &Type, depth: usize) -> String {
        let place = Place {
            yields: Some(element.clone()),
            returns: Some(element.clone()),
            receiver: self.place.receiver.clone(),
            ..Place::default()
        };
        let (block, _) = self.function(CALL_COST, place, |author| {
            let mut lines = Vec::new();
            for _ in 0..author.dice.between(1, 4) {
                let value = author.expression(element, depth);
                lines.push(match author.dice.below(7) {
                    0 => author.change(depth),
                    1 if author.affords(20) => {
                        let name = author.new_name("i");
                        let condition = author.often(3, |author| author.condition(1));
                        format!("for ({name} in 0..3) {{ if ({condition}) {{ yield {value} }} }}")
                    }
                    2 => format!(
                        "try {{ yield {value}; throw \"after\" }} catch (e) {{ yield {value} }}"
                    ),
                    3 => {
                        let (name, other) = (author.name(), author.expression(element, depth));
                        author.declare(&name, element, true);
                        format!("mut {name} = {other}")
                    }
                    _ => format!("yield {value}"),
                });
            }
            if author.dice.chance(15) {
                lines.push(format!("return {}", author.expression(element, depth)));
            } else if author.dice.chance(8) {
                lines.push(author.fault(depth));
            }
            lines
        });
        format!("{{\n{}\n}}", block.join("\n"))
    }

    /// A future.
    pub(crate) fn future(&mut self, result: &Type, depth: usize) -> String {
        if self.place.depth > 3 || !self.affords(CALL_COST) {
            return self.literal(&Type::future(result.clone()));
        }
        self.spend(CALL_COST);
        let place = Place {
            returns: Some(result.clone()),
            receiver: self.place.receiver.clone(),
            ..Place::default()
        };
        let (body, _) = self.function(CALL_COST, place, |author| {
            let mut lines = Vec::new();
            for _ in 0..author.dice.below(3) {
                lines.push(match author.dice.below(3) {
                    0 => format!("await sleep({})", author.dice.below(4)),
                    1 => author.print(),
                    _ => author.change(depth),
                });
            }
            lines.push(author.expression(result, depth));
            format!("{{\n{}\n}}", lines.join("\n"))
        });
        match self.dice.below(3) {
            0 => format!("(async do {body})"),
            1 => format!("(async () => do {body})()"),
            _ => format!("spawn(async () => do {body})"),
        }
    }
}
