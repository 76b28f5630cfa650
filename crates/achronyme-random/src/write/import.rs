//! Imports, and what is done with what they give.

use crate::author::Author;
use crate::types::Type;

/// What modules give, whatever else it can be.
const GIVEN: &[(&str, &str, &str)] = &[
    ("./state", "bump", "print(X(), X())"),
    ("./state", "seen", "print(X())"),
    ("./state", "start", "print(X)"),
    ("./state", "now", "print(X)"),
    ("./state", "checked", "print(try { X(Y) } catch (e) { e.message })"),
    (
        "./state",
        "Both",
        "print(try { mut both: X = {a: Y, b: \"s\"}; both.b = 2; both } catch (e) { e.message })",
    ),
    ("./tools", "twice", "print(X(n => n + 1)(Y))"),
    ("./tools", "stream", "for (one in X(3)) { print(one) }"),
    ("./tools", "stream", "do { let one = X(1); print(one.next(), one.next(), one.next()) }"),
    ("./tools", "later", "print(await X(2))"),
    ("./tools", "later", "print(await join_all([X(3), X(1)]))"),
    ("./tools", "risky", "print(try { X(Y) } catch (e) { [e.kind, e.message] })"),
    ("./tools.soc", "point", "print(X.move(Y), X.y, X == X)"),
    ("./tools", "again", "print(X())"),
    ("./tools", "Number2", "print(try { let n: X = Y; n } catch (e) { e.message })"),
    ("./gnir", "other", "print(X)"),
    ("./gnir", "other", "print(X)"),
    ("math", "cbrt", "print(X(8))"),
    ("stats", "mean", "print(X([1, 2, 6]))"),
    ("linalg", "dot", "print(X([1, 2], [3, 4]))"),
    ("strings", "trim", "print(X(\" a \"))"),
    ("arrays", "product", "print(map(X, [[1, 2], [3]]))"),
    ("./missing", "nothing", "print(X)"),
    ("./state", "nothing", "print(X)"),
    ("math", "nothing", "print(X)"),
];

impl Author {
    /// An import with a use of it, now and then in a function, or where it may not be reached.
    pub(crate) fn import(&mut self) -> String {
        self.spend(60);
        let (module, name, using) = *self.dice.pick(GIVEN);
        let alias = if self.dice.chance(60) { self.new_name("given") } else { name.to_owned() };
        let item = if alias == name { name.to_owned() } else { format!("{name} as {alias}") };
        let number = self.expression(&Type::Number, 1);
        let using = using.replace('X', &alias).replace('Y', &number);
        let text = format!("import {{ {item} }} from \"{module}\"\n{using}");
        let fails = name == "nothing";
        match self.dice.below(4) {
            0 => format!("(() => do {{\n{text}\n}})()"),
            1 => format!("if ({}) {{\n{text}\n}}", self.condition(1)),
            2 if !fails && self.place.depth == 0 => text,
            _ => {
                let caught = self.new_name("e");
                format!("try {{\n{text}\n}} catch ({caught}) {{ print({caught}.message) }}")
            }
        }
    }
}
