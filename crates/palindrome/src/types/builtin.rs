//! What can be called without being defined: one table, with types as they are written.
//!
//! `T` and `U` stand for any type, `N` for one with arithmetic, `O` for one with an order. A function
//! that is called by one does at least what that does. Lists stand for relations, too; `Self` is the
//! receiver's type.

use std::iter::Peekable;
use std::rc::Rc;
use std::str::Chars;

use super::{Basic, Effect, Fields, PURE, Type};

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// Called as `a.name(b)`; else as `name(a, b)`.
    pub(crate) is_method: bool,
    pub(crate) signature: &'static str,
    pub(crate) effect: Effect,
}

/// Which row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuiltinId(pub u16);

impl BuiltinId {
    /// What gives the moment of a checkpoint. Nobody can write it: the checkpoint's name is written.
    pub(crate) const CHECKPOINT: &'static str = "moment of";

    /// What gives the number of a moment of a library. Nobody can write it: `revert` does.
    pub(crate) const LIBRARY_MOMENT: &'static str = "library at";

    /// The name by which it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        builtin(self).map_or("", |row| row.name)
    }
}

const fn method(name: &'static str, signature: &'static str) -> Builtin {
    Builtin { name, is_method: true, signature, effect: Effect::Pure }
}

const fn query(name: &'static str, signature: &'static str) -> Builtin {
    Builtin { name, is_method: false, signature, effect: Effect::Query }
}

const TABLE: &[Builtin] = &[
    method("map", "([T], (T) -> U) -> [U]"),
    method("filter", "([T], (T) -> Bool) -> Self"),
    method("flat_map", "([T], (T) -> [U]) -> [U]"),
    method("fold", "([T], U, (U, T) -> U) -> U"),
    method("any", "([T], (T) -> Bool) -> Bool"),
    method("all", "([T], (T) -> Bool) -> Bool"),
    method("find", "([T], (T) -> Bool) -> T?"),
    method("sort_by", "([T], (T) -> O) -> [T]"),
    method("count", "([T]) -> Int"),
    method("is_empty", "([T]) -> Bool"),
    method("first", "([T]) -> T?"),
    method("last", "([T]) -> T?"),
    method("contains", "([T], T) -> Bool"),
    method("to_list", "([T]) -> [T]"),
    method("reverse", "([T]) -> [T]"),
    method("sort", "([O]) -> [O]"),
    method("distinct", "([T]) -> [T]"),
    method("take", "([T], Int) -> [T]"),
    method("drop", "([T], Int) -> [T]"),
    method("zip", "([T], [U]) -> [{first: T, second: U}]"),
    method("enumerate", "([T]) -> [{index: Int, value: T}]"),
    method("sum", "([N]) -> N"),
    method("avg", "([Int]) -> Float?"),
    method("avg", "([N]) -> N?"),
    method("min", "([O]) -> O?"),
    method("max", "([O]) -> O?"),
    method("join", "([String], String) -> String"),
    method("or", "(T?, T) -> T"),
    method("is_none", "(T?) -> Bool"),
    method("is_some", "(T?) -> Bool"),
    method("first", "(Answers<T>) -> T?"),
    method("once", "(Answers<T>) -> T?"),
    method("all", "(Answers<T>) -> [T]"),
    method("limit", "(Answers<T>, Int) -> Answers<T>"),
    method("exists", "(Answers<T>) -> Bool"),
    method("length", "(String) -> Int"),
    method("upper", "(String) -> String"),
    method("lower", "(String) -> String"),
    method("trim", "(String) -> String"),
    method("split", "(String, String) -> [String]"),
    method("contains", "(String, String) -> Bool"),
    method("starts_with", "(String, String) -> Bool"),
    method("ends_with", "(String, String) -> Bool"),
    method("has_words", "(String, String) -> Bool"),
    method("replace", "(String, String, String) -> String"),
    method("slice", "(String, Int, Int) -> String"),
    method("characters", "(String) -> [String]"),
    method("to_bytes", "(String) -> Bytes"),
    method("to_int", "(String) -> Int?"),
    method("to_float", "(String) -> Float?"),
    method("to_decimal", "(String) -> Decimal?"),
    method("length", "(Bytes) -> Int"),
    method("text", "(Bytes) -> String?"),
    method("to_float", "(Int) -> Float"),
    method("to_decimal", "(Int) -> Decimal"),
    method("abs", "(N) -> N"),
    method("round", "(Float) -> Int"),
    method("round", "(Decimal) -> Int"),
    method("floor", "(Float) -> Int"),
    method("floor", "(Decimal) -> Int"),
    method("ceil", "(Float) -> Int"),
    method("ceil", "(Decimal) -> Int"),
    method("sqrt", "(Float) -> Float"),
    method("to_float", "(Decimal) -> Float"),
    method("to_decimal", "(Float) -> Decimal"),
    method("to_string", "(T) -> String"),
    query("now", "() -> Moment"),
    query("branches", "() -> Relation<{moment: Moment, name: String}>"),
    query(
        "diff",
        "(Moment, Moment) -> Relation<{after: String?, before: String?, field: String, key: String, relation: String}>",
    ),
    query(BuiltinId::CHECKPOINT, "(String) -> Moment"),
    query("breaks", "(String) -> Bool"),
    query("compatible", "(String, String) -> Moment"),
    query(BuiltinId::LIBRARY_MOMENT, "(String, String) -> Moment"),
];

/// The whole table, each row with its number.
pub(crate) fn builtins() -> impl Iterator<Item = (BuiltinId, Builtin)> {
    (0..).map(BuiltinId).zip(TABLE.iter().copied())
}

/// A row of the table.
pub(crate) fn builtin(id: BuiltinId) -> Option<Builtin> {
    TABLE.get(usize::from(id.0)).copied()
}

/// The methods of this name.
pub(crate) fn methods(name: &str) -> impl Iterator<Item = (BuiltinId, Builtin)> {
    builtins().filter(move |(_, row)| row.is_method && row.name == name)
}

impl Builtin {
    /// Its parameters and its result. None for the result if it is the receiver's type.
    pub(crate) fn types(&self) -> (Vec<Type>, Option<Type>) {
        let mut reader = Reader { rest: self.signature.chars().peekable() };
        let parameters = reader.parenthesised();
        reader.arrow();
        reader.space();
        let is_same = self.signature.ends_with("Self");
        (parameters, if is_same { None } else { Some(reader.read()) })
    }
}

/// Reads the types of the table. What it does not understand is unknown; a test looks for that.
struct Reader {
    rest: Peekable<Chars<'static>>,
}

impl Reader {
    fn read(&mut self) -> Type {
        let mut found = self.simple();
        while self.eat('?') {
            found = Type::optional(found);
        }
        found
    }

    fn simple(&mut self) -> Type {
        self.space();
        match self.rest.peek() {
            Some('(') => {
                let parameters = self.parenthesised();
                self.arrow();
                Type::function(parameters, self.read(), PURE)
            }
            Some('[') => {
                self.rest.next();
                let element = self.read();
                self.eat(']');
                Type::list(element)
            }
            Some('{') => Type::record(self.fields()),
            _ => self.named(),
        }
    }

    fn named(&mut self) -> Type {
        let name = self.word();
        if name == "Relation" {
            self.eat('<');
            self.space();
            let fields = self.fields();
            self.eat('>');
            return Type::Relation(Rc::new(fields));
        }
        if name == "Answers" {
            self.eat('<');
            let part = self.read();
            self.eat('>');
            return Type::Answers(Rc::new(part));
        }
        let basic = Basic::ALL.iter().find(|(basic, _)| *basic == name);
        match basic {
            Some((_, basic)) => Type::Basic(*basic),
            None if name.len() == 1 => Type::Parameter(Rc::from(name)),
            None => Type::Unknown,
        }
    }

    fn fields(&mut self) -> Fields {
        let mut fields = Fields::new();
        self.eat('{');
        while !self.eat('}') {
            let name = self.word();
            self.eat(':');
            fields.insert(Rc::from(name), self.read());
            if !self.eat(',') && self.rest.peek() != Some(&'}') {
                break;
            }
        }
        fields
    }

    fn parenthesised(&mut self) -> Vec<Type> {
        let mut types = Vec::new();
        self.eat('(');
        while !self.eat(')') && self.rest.peek().is_some() {
            types.push(self.read());
            self.eat(',');
        }
        types
    }

    fn arrow(&mut self) {
        self.space();
        self.eat('-');
        self.eat('>');
    }

    fn word(&mut self) -> String {
        self.space();
        let mut word = String::new();
        while let Some(letter) = self.rest.next_if(|letter| letter.is_alphabetic()) {
            word.push(letter);
        }
        word
    }

    fn space(&mut self) {
        while self.rest.next_if_eq(&' ').is_some() {}
    }

    fn eat(&mut self, what: char) -> bool {
        self.space();
        self.rest.next_if_eq(&what).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::print::print;

    #[test]
    fn every_signature_is_understood() {
        for (_, row) in builtins() {
            let (parameters, result) = row.types();
            let result = result.unwrap_or_else(|| Type::Parameter(Rc::from("Self")));
            let read = Type::function(parameters, result, PURE);
            let text = print(&read, &[], &|_| Effect::Pure);
            let plain = |text: &str| text.replace(['(', ')', ' '], "");
            assert_eq!(plain(&text), plain(row.signature), "{}", row.name);
        }
    }
}
