//! Variables that change their kind, strings that grow under several names, and records of several
//! shapes in one place: what a compiler might believe to know.

use crate::author::Author;

/// Values of all kinds.
const VALUES: &[&str] = &[
    "0",
    "1",
    "-2.5",
    "\"s\"",
    "\"\"",
    "null",
    "true",
    "[1, 2]",
    "[]",
    "[\"x\", null]",
    "{a: 1}",
    "{mut a: 2, b: 3}",
    "2i",
    "[[1, 2], [3, 4]]",
    "[1, 2] + [3, 4]",
    "(x => x)",
    "NaN",
    "1..4",
    "len",
    "(generate { yield 1 })",
    "A -> B",
];
/// What can be asked of two variables of any kind.
const USES: &[&str] = &[
    "X + Y",
    "X - 1",
    "2 * X",
    "X / Y",
    "X % 2",
    "X ^ 2",
    "-X",
    "!X",
    "X < Y",
    "X <= 1",
    "1 > X",
    "X == Y",
    "X != 0",
    "X == 1",
    "X && Y",
    "X || Y",
    "X[0]",
    "X[-1]",
    "X[1..]",
    "X[Y]",
    "X.len()",
    "X.a",
    "X(1)",
    "len(X)",
    "floor(X)",
    "abs(X)",
    "sqrt(X)",
    "str(X)",
    "typeof(X)",
    "[...X]",
    "{...X}",
    "X..Y",
    "'${X}:${Y}'",
    "if (X) { 1 } else { 2 }",
    "X.push(1)",
    "X.pop()",
    "X.next().value",
    "sum(X)",
    "sort(X)",
    "map(q => q, X)",
    "X.keys()",
    "match X { Number => 1, [p, ...q] => q, {a} => a, s if (s == Y) => 2, _ => Y }",
    "do { mut n = 0; for (q in X) { n = q }; n }",
    "do { let [p = 5, ...q] = X; [p, q] }",
    "do { let {a = 7} = X; a }",
    "max(X, Y)",
];
/// Where a string may lie.
const TEXTS: &[&str] = &["s", "t", "r.s", "v[0]", "v[1]"];

impl Author {
    /// A block with such things.
    pub(crate) fn kinds(&mut self) -> String {
        self.spend(200);
        let lines = match self.dice.below(4) {
            0 => self.strings(),
            1 => self.shapes(),
            _ => self.shifting(),
        };
        let body = lines.join("\n");
        match self.dice.below(4) {
            0 => format!("(() => do {{\n{body}\n}})()"),
            1 => format!("for (turn in 0..2) {{\n{body}\n}}"),
            _ => format!("do {{\n{body}\n}}"),
        }
    }

    /// Variables that change their kind.
    fn shifting(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = ["a", "b", "c"]
            .iter()
            .map(|name| format!("mut {name} = {}", self.dice.pick(VALUES)))
            .collect();
        if self.dice.chance(40) {
            let changed = *self.dice.pick(&["a", "b"]);
            lines.push(format!("let shift = x => do {{ {changed} = x; {changed} }}"));
        } else {
            lines.push("let shift = x => x".to_owned());
        }
        for _ in 0..self.dice.between(3, 9) {
            let line = self.shift(true);
            lines.push(line);
        }
        lines.push("print(a, b, c)".to_owned());
        lines
    }

    fn shift(&mut self, is_outer: bool) -> String {
        let (x, y) = (*self.dice.pick(&["a", "b", "c"]), *self.dice.pick(&["a", "b", "c"]));
        let value = *self.dice.pick(VALUES);
        match self.dice.below(if is_outer { 14 } else { 9 }) {
            0 => format!("{x} = {value}"),
            1 => format!("{x} = {y}"),
            2 => format!("shift({value})"),
            3 => format!("try {{ {x} += {y} }} catch (e) {{ {x} = {value} }}"),
            4 => format!("try {{ {x} = {x} + 1 }} catch (e) {{ print(e.message) }}"),
            5..=8 => self.look(x, y),
            9 => {
                let (first, second) = (self.shift(false), self.shift(false));
                format!("for (i in 0..{}) {{\n{first}\n{second}\n}}", self.dice.below(4))
            }
            10 => {
                let (first, second) = (self.shift(false), self.shift(false));
                format!(
                    "mut n = 0\nwhile (n < 3) {{\nn += 1\n{first}\nif (n == 2) {{ {x} = n }}\n{second}\n}}"
                )
            }
            11 => {
                let (first, other) = (self.shift(false), *self.dice.pick(VALUES));
                format!("for (i in [{value}, {other}, 3]) {{\n{x} = i\n{first}\n}}")
            }
            12 => {
                let (first, second) = (self.shift(false), self.shift(false));
                format!("if ({x} == {value}) {{ {first} }} else {{ {second} }}")
            }
            _ => {
                let first = self.shift(false);
                format!("let kept = () => {y}\n{first}\nprint(kept(), {x})")
            }
        }
    }

    fn look(&mut self, x: &str, y: &str) -> String {
        let using = self.dice.pick(USES).replace('X', x).replace('Y', y);
        match self.dice.below(4) {
            0 => format!("{x} = try {{ {using} }} catch (e) {{ print(e.message); {y} }}"),
            1 => format!(
                "try {{ if ({using}) {{ print(\"yes\", {x}) }} else {{ print(\"no\") }} }} catch (e) {{ print(e.message) }}"
            ),
            _ => format!("print(try {{ {using} }} catch (e) {{ e.message }})"),
        }
    }

    /// Strings that grow under several names.
    fn strings(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = [
            "mut s = \"ab\"",
            "mut t = s",
            "let r = {mut s: s + \"!\"}",
            "mut v = [s, t, \"ö\"]",
            "let grow = x => do { mut mine = x; mine += \"+\"; mine += x; mine[..12] }",
            "let all = () => print(s, t, r.s, v, s == t, s < t, len(s + t))",
        ]
        .map(str::to_owned)
        .to_vec();
        for _ in 0..self.dice.between(4, 12) {
            let (place, other) = (*self.dice.pick(TEXTS), *self.dice.pick(TEXTS));
            let piece = *self.dice.pick(&["\"c\"", "\"de\"", "\"ß\"", "\"\"", "1", "null"]);
            lines.push(match self.dice.below(10) {
                0 => format!("{place} = {other}"),
                1 => format!("{place} = {other} + {piece}"),
                2 => format!("{place} = {place} + {piece} + {piece}"),
                3 => format!("{place} = ({place} + {other})[..9]"),
                4 => format!("{place} = {other}[1..]"),
                5 => format!("{place} = grow({other})"),
                6 => format!("for (i in 0..3) {{ {place} += str(i) }}"),
                7 => format!("print({place} + do {{ {place} += {piece}; {place} }} + {place})"),
                _ => format!("{place} += {piece}"),
            });
            if self.dice.chance(30) {
                lines.push("all()".to_owned());
            }
        }
        lines.push("all()".to_owned());
        lines
    }

    /// Records of several shapes, and other values, at one place of the code.
    fn shapes(&mut self) -> Vec<String> {
        let records = [
            "{a: 1}",
            "{b: 2, a: 1}",
            "{mut a: 3}",
            "{mut b: 1, mut a: \"x\"}",
            "{a: x => x + 1, b: 4}",
            "{len: () => 9, a: 0}",
            "{keys: 5}",
            "{...{mut a: 4}, c: 1}",
            "[1, 2]",
            "\"text\"",
            "5",
            "null",
            "{a: () => self.b, b: 6}",
            "{mut a: [1], push: x => [x]}",
            "A -> B: {a: 8}",
            "{next: () => {value: 1, done: true}, a: 2}",
        ];
        let count = self.dice.between(2, 6);
        let all: Vec<&str> = (0..count).map(|_| *self.dice.pick(&records)).collect();
        let mut lines = vec![format!("let all = [{}]", all.join(", "))];
        let uses = [
            "r.a",
            "r.b",
            "r.a = 5",
            "r.a += 1",
            "r.b = [r.a]",
            "r.a(1)",
            "r.a()",
            "r.len()",
            "r.keys()",
            "r.push(3)",
            "r.a.push(7)",
            "r.a[0] = 9",
            "{...r, a: 0}",
            "{...r}.a",
            "r == all[0]",
            "r.has(\"a\")",
            "r.next()",
            "r.values()",
            "do { let {a, b = 3} = r; [a, b] }",
            "match r { {a: 1} => \"one\", {a, b} => [a, b], {a} => a, _ => \"none\" }",
            "str(r)",
        ];
        for _ in 0..self.dice.between(1, 4) {
            let using = *self.dice.pick(&uses);
            lines.push(match self.dice.below(3) {
                0 => format!("let look = r => do {{ {using} }}\nfor (each in all) {{ print(try {{ look(each) }} catch (e) {{ e.message }}) }}"),
                1 => format!("mut i = 0\nwhile (i < len(all)) {{ let r = all[i]; i += 1; try {{ {using} }} catch (e) {{ print(e.message) }} }}"),
                _ => format!("for (r in all) {{ print(try {{ do {{ {using} }} }} catch (e) {{ e.message }}) }}"),
            });
        }
        lines.push("print(all)".to_owned());
        lines
    }
}
