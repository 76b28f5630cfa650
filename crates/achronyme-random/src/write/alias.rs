//! Vectors under many names: what is changed under one must stay as it was under the others.

use crate::author::{Author, Place};
use crate::types::Type;

/// Places that hold a vector of numbers.
const HOLDERS: &[&str] =
    &["a", "b", "c", "r.v", "r.w", "o.r.v", "vs[0]", "vs[1]", "rs[0].v", "box[1]"];

impl Author {
    /// A block in which vectors lie in many places at once.
    pub(crate) fn aliasing(&mut self) -> String {
        let mut lines: Vec<String> = [
            "mut a = [3, 1, 2]",
            "mut b = a",
            "mut c = [...a, 9]",
            "let r = {mut v: a, mut w: [7], keep: b}",
            "let o = {r: r, mut log: []}",
            "mut vs = [a, [4, 5, 6, 8], \"end\"]",
            "mut rs = [{mut v: a}, r]",
            "mut box = [\"first\", a]",
            "mut x = 0",
            "let look = (p, q) => [p, q]",
            "let change = p => do { mut mine = p; mine.push(77); mine[0] = -1; mine }",
            "let all = () => print(a, b, c, r, vs, rs[0], box, o.log, x)",
        ]
        .map(str::to_owned)
        .to_vec();
        for _ in 0..self.dice.between(4, 14) {
            let line = self.alias_line();
            lines.push(if self.dice.chance(15) {
                format!(
                    "if ({}) {{ {line} }}",
                    self.dice.pick(&["len(a) > 1", "x < 3", "true", "x == x"])
                )
            } else if self.dice.chance(8) {
                let over = *self.dice.pick(HOLDERS);
                format!("for (each in {over}) {{ {line}; x = each }}")
            } else {
                line
            });
            if self.dice.chance(25) {
                lines.push("all()".to_owned());
            }
        }
        lines.push("all()".to_owned());
        self.spend(200);
        let body = lines.join("\n");
        match self.dice.below(4) {
            0 => format!("(() => do {{\n{body}\n}})()"),
            1 => format!("for (turn in 0..2) {{\n{body}\n}}"),
            2 => {
                let name = self.new_name("e");
                format!("try {{\n{body}\n}} catch ({name}) {{ print({name}) }}")
            }
            _ => format!("do {{\n{body}\n}}"),
        }
    }

    fn alias_line(&mut self) -> String {
        let place = *self.dice.pick(HOLDERS);
        let other = *self.dice.pick(HOLDERS);
        let number = self.dice.below(50);
        match self.dice.below(22) {
            0 => format!("{place} = {other}"),
            1 => format!("{place} = [...{other}[..5], {number}]"),
            2 => format!("{place}[0] = {number}"),
            3 => format!("{place}[-1] += {number}"),
            4 => format!("if (len({place}) < 9) {{ {place}.push({number}) }}"),
            5 => format!("if (len({place}) > 2) {{ x = {place}.pop() }}"),
            6 => format!("{place}.{}()", self.dice.pick(&["sort", "reverse"])),
            7 => format!("if (len({place}) < 9) {{ x = len({place}.push({number})) }}"),
            8 => format!("print(look({place}, {}))", self.alias_effect(place)),
            9 => format!("print([{place}, {}, {place}])", self.alias_effect(place)),
            10 => format!("print({{p: {place}, q: {}, s: {place}}})", self.alias_effect(place)),
            11 => format!("print('${{{place}}} ${{{}}} ${{{place}}}')", self.alias_effect(place)),
            12 => format!("{place}[{}] = {number}", self.alias_effect(place)),
            13 => format!("{place}[0] = {}", self.alias_effect(place)),
            14 => format!("{place}[0] += {}", self.alias_effect(place)),
            15 => format!("x = {place}[0] + {} * {place}[-1]", self.alias_effect(place)),
            16 => format!("{place} = change({other})"),
            17 => format!("o.log = push(o.log[..2], {place})"),
            18 => format!(
                "let kept = () => {place}; {other} = {place}; {place}[0] = {number}; print(kept(), {other})"
            ),
            19 => format!(
                "print(map(each => do {{ {place}[0] += each; len({place}) }}, {other}[..3]))"
            ),
            20 => {
                let place_of_lambda = Place { returns: Some(Type::Number), ..Place::default() };
                let change = self.function(10, place_of_lambda, |author| author.change(1)).0;
                format!(
                    "let later = () => do {{ {change}; {place}[0] = {number}; {place} }}; print({place}, later(), {place})"
                )
            }
            _ => format!("if (len({place}) < 9) {{ {place}.push({}) }}", self.alias_effect(place)),
        }
    }

    /// A number whose making changes a place.
    fn alias_effect(&mut self, place: &str) -> String {
        let place = if self.dice.chance(60) { place } else { *self.dice.pick(HOLDERS) };
        let number = self.dice.below(50);
        let change = match self.dice.below(6) {
            0 => format!("{place} = [{number}, 1]"),
            1 => format!("{place}[0] = {number}"),
            2 => format!("{place}.reverse()"),
            3 => format!("if (len({place}) < 9) {{ {place}.push({number}) }}"),
            4 => format!("{place} = {}", self.dice.pick(HOLDERS)),
            _ => format!("{place}[1 - 1] *= 2"),
        };
        format!("do {{ {change}; {} }}", self.dice.below(2))
    }
}
