//! Values from JSON text, however deep.

use std::collections::BTreeMap;

use crate::numbers::{self, Numbers};
use crate::{Fault, Store, TensorView, View};

/// The most axes that nested arrays become.
const RANK_MAX: usize = 32;

/// A text being read.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether arrays of numbers become tensors.
    tensors: bool,
}

/// An array or object that is not yet closed.
enum Open<V> {
    Array(Vec<V>),
    /// Fields, the place of each name among them, and the name whose value comes next.
    Object(Vec<(String, V)>, BTreeMap<String, usize>, String),
}

/// What stands where a value is expected.
enum Begun<V> {
    /// A whole value.
    Value(V),
    /// Something whose parts follow.
    Open(Open<V>),
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str, tensors: bool) -> Self {
        Self { text, at: 0, tensors }
    }

    /// The value of the whole text.
    pub(super) fn value<S: Store>(mut self, store: &mut S) -> Result<S::Value, Fault> {
        let mut around: Vec<Open<S::Value>> = Vec::new();
        loop {
            let mut value = match self.begin(store)? {
                Begun::Open(open) => {
                    around.push(open);
                    continue;
                }
                Begun::Value(value) => value,
            };
            loop {
                match around.pop() {
                    None => return self.end(value),
                    Some(open) => match self.put(store, open, value)? {
                        Begun::Value(closed) => value = closed,
                        Begun::Open(open) => {
                            around.push(open);
                            break;
                        }
                    },
                }
            }
        }
    }

    /// Nothing but blanks follow.
    fn end<V>(&mut self, value: V) -> Result<V, Fault> {
        self.blanks();
        if self.at == self.text.len() { Ok(value) } else { Err(self.wrong("the end")) }
    }

    /// Reads a value, or the beginning of one.
    fn begin<S: Store>(&mut self, store: &mut S) -> Result<Begun<S::Value>, Fault> {
        self.blanks();
        let value = match self.peek() {
            Some(b'[') => {
                self.at += 1;
                self.blanks();
                if !self.take(b']') {
                    return Ok(Begun::Open(Open::Array(Vec::new())));
                }
                store.new_vector(&[])?
            }
            Some(b'{') => {
                self.at += 1;
                self.blanks();
                if !self.take(b'}') {
                    let name = self.name()?;
                    return Ok(Begun::Open(Open::Object(Vec::new(), BTreeMap::new(), name)));
                }
                store.new_record(&[])?
            }
            Some(b'"') => {
                let text = self.string()?;
                store.new_string(&text)?
            }
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                store.number(number)
            }
            _ if self.word("null") => store.null(),
            _ if self.word("true") => store.boolean(true),
            _ if self.word("false") => store.boolean(false),
            _ => return Err(self.wrong("a value")),
        };
        Ok(Begun::Value(value))
    }

    /// Puts a value into what is around it, which then is whole or goes on.
    fn put<S: Store>(
        &mut self,
        store: &mut S,
        open: Open<S::Value>,
        value: S::Value,
    ) -> Result<Begun<S::Value>, Fault> {
        self.blanks();
        match open {
            Open::Array(mut elements) => {
                elements.push(value);
                if self.take(b',') {
                    return Ok(Begun::Open(Open::Array(elements)));
                }
                if !self.take(b']') {
                    return Err(self.wrong("`,` or `]`"));
                }
                if self.tensors
                    && let Some(numbers) = stacked(store, &elements)
                {
                    return numbers::new_tensor(store, &numbers).map(Begun::Value);
                }
                store.new_vector(&elements).map(Begun::Value)
            }
            Open::Object(mut fields, mut places, name) => {
                match places.get(&name) {
                    Some(place) => fields[*place].1 = value,
                    None => {
                        places.insert(name.clone(), fields.len());
                        fields.push((name, value));
                    }
                }
                if self.take(b',') {
                    self.blanks();
                    let name = self.name()?;
                    return Ok(Begun::Open(Open::Object(fields, places, name)));
                }
                if !self.take(b'}') {
                    return Err(self.wrong("`,` or `}`"));
                }
                let fields: Vec<(&str, S::Value, bool)> =
                    fields.iter().map(|(name, value)| (&**name, value.clone(), false)).collect();
                store.new_record(&fields).map(Begun::Value)
            }
        }
    }

    /// Reads a name and the colon after it.
    fn name(&mut self) -> Result<String, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("a name in quotes"));
        }
        let name = self.string()?;
        self.blanks();
        if self.take(b':') { Ok(name) } else { Err(self.wrong("`:`")) }
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let start = self.at;
        self.take(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        let mut valid = whole == 1 || whole > 1 && !leading_zero;
        if self.take(b'.') {
            valid &= self.digits() > 0;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            valid &= self.digits() > 0;
        }
        let number = self.text.get(start..self.at).and_then(|text| text.parse().ok());
        match number {
            Some(number) if valid => Ok(number),
            _ => {
                self.at = start;
                Err(self.wrong("a number"))
            }
        }
    }

    /// Skips digits; how many there were.
    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Fault> {
        let mut string = String::new();
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let plain = rest.find(|c| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            string.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                _ => return Err(self.wrong("the end of a string")),
            }
        }
    }

    /// Reads what begins with a backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let escaped = self.text.as_bytes().get(start + 1).copied();
        self.at += 2;
        let character = match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                self.at = start;
                return Err(self.wrong("an escape"));
            }
        };
        Ok(character)
    }

    /// Reads `XXXX`, and a second half if the first asks for it. Lone halves become `U+FFFD`.
    fn unicode(&mut self, start: usize) -> Result<char, Fault> {
        let Some(first) = self.hexadecimal() else {
            self.at = start;
            return Err(self.wrong("four hexadecimal digits"));
        };
        if (0xD800..0xDC00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            match self.hexadecimal() {
                Some(second) if (0xDC00..0xE000).contains(&second) => {
                    let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                    return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                _ => self.at = before,
            }
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str) -> bool {
        let there = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if there {
            self.at += word.len();
        }
        there
    }

    /// The error that something else was expected here.
    fn wrong(&self, expected: &str) -> Fault {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        Fault::value_error(format!(
            "invalid JSON: expected {expected} at line {line}, column {column}"
        ))
    }
}

/// Numbers, or equally shaped tensors, as one box.
fn stacked<S: Store>(store: &S, elements: &[S::Value]) -> Option<Numbers<'static>> {
    let first = elements.first()?;
    if matches!(store.view(first), View::Number(_)) {
        let data = elements.iter().map(|element| match store.view(element) {
            View::Number(number) => Some(number),
            _ => None,
        });
        let data: Vec<f64> = data.collect::<Option<_>>()?;
        return Some(Numbers::Real(vec![data.len()].into(), data.into()));
    }
    let shape = store.tensor(first).map(|view| view.shape).filter(|it| it.len() < RANK_MAX)?;
    let mut data = Vec::new();
    for element in elements {
        let TensorView { shape: other, data: numbers } = store.tensor(element)?;
        if other != shape {
            return None;
        }
        data.extend_from_slice(numbers);
    }
    let shape: Vec<usize> = std::iter::once(elements.len()).chain(shape.iter().copied()).collect();
    Some(Numbers::Real(shape.into(), data.into()))
}
