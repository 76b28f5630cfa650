//! Ways to values as a user writes them: `name`, `name.field`, `name[2]`, and further.

use machine::{EvaluateError, Location, Value};
use palindrome_vm::TAPE;
use palindrome_vm::runtime::HEAD;
use palindrome_vm::runtime::describe::{self, Unreadable, Values};

use super::Vm;
use super::frames::Seen;

/// Bytes of a value that are shown at most.
const SHOWN_MAX: usize = 4096;

/// What a value consists of.
#[derive(Clone, Debug)]
pub(super) enum Consists {
    Fields(Vec<String>),
    Elements(u32),
}

/// A step of a way.
enum Step<'t> {
    Field(&'t str),
    Index(i64),
}

/// A place with a value.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) at: i64,
    pub(super) of: i64,
    /// Every place that was read on the way.
    pub(super) read: Vec<i64>,
}

impl Vm {
    /// The variable of a name: of the function at hand, or of the top level. Where rows of a relation are
    /// gone through one by one, each has the relation's name; here that is the relation's.
    pub(super) fn variable(&self, name: &str) -> Option<Seen<'_>> {
        if self.is_relation(name) {
            return None;
        }
        let mut all = self.globals();
        all.extend(self.locals());
        all.into_iter().rev().find(|seen| seen.name == name)
    }

    /// Whether the program has a relation of a name.
    pub(super) fn is_relation(&self, name: &str) -> bool {
        self.program.names.relations.iter().any(|relation| relation.name == name)
    }

    /// What a way leads to; none if it does not begin with a name of the program, or is no way.
    pub(super) fn follow(&self, text: &str) -> Option<Result<Found, EvaluateError>> {
        let text = text.trim();
        let end = |c: char| !(c.is_alphanumeric() || c == '_');
        let begin = text.find(end).unwrap_or(text.len());
        let (mut name, mut rest) = text.split_at(begin);
        // Names of spaces have dots in them.
        let mut seen = self.variable(name);
        while seen.is_none() && rest.starts_with('.') {
            let more = rest[1..].find(end).map_or(text.len(), |at| name.len() + 1 + at);
            (name, rest) = text.split_at(more);
            seen = self.variable(name);
        }
        let seen = seen?;
        let error = |at: usize, message: &str| EvaluateError { at, message: message.to_owned() };
        let steps = steps(rest)?;
        let mut found = Found { at: seen.at, of: seen.of, read: vec![seen.at] };
        for step in steps {
            match self.step(&found, &step) {
                Ok(Some((at, of))) => {
                    found.read.push(at);
                    (found.at, found.of) = (at, of);
                }
                Ok(None) => return Some(Err(error(name.len(), "the value has no such part"))),
                Err(Unreadable { .. }) => {
                    return Some(Err(error(name.len(), "there is no value here yet")));
                }
            }
        }
        Some(Ok(found))
    }

    /// A field of a value: where it is, and its type.
    pub(super) fn field(&self, from: &Found, name: &str) -> Result<Option<(i64, i64)>, Unreadable> {
        self.step(from, &Step::Field(name))
    }

    /// An element of a list: where it is, and its type.
    pub(super) fn element(
        &self,
        from: &Found,
        index: i64,
    ) -> Result<Option<(i64, i64)>, Unreadable> {
        self.step(from, &Step::Index(index))
    }

    /// What a value consists of.
    pub(super) fn consists_of(&self, from: &Found) -> Result<Consists, Unreadable> {
        let values = Values::new(&self.tape);
        let (value, mut of) = (values.word(from.at)?, from.of);
        while values.word(of)? == describe::OPTIONAL && value != 0 {
            of = values.word(of + 8)?;
        }
        match values.word(of)? {
            describe::LIST => Ok(Consists::Elements(values.length(value)?)),
            describe::RECORD => {
                let mut names = Vec::new();
                for field in 0..values.word(of + 8)? {
                    let name = values.bytes(values.word(of + 16 + field * 24)?)?;
                    names.push(String::from_utf8_lossy(&name).into_owned());
                }
                Ok(Consists::Fields(names))
            }
            _ => Ok(Consists::Fields(Vec::new())),
        }
    }

    /// A part of a value: where it is, and its type.
    fn step(&self, from: &Found, step: &Step<'_>) -> Result<Option<(i64, i64)>, Unreadable> {
        let values = Values::new(&self.tape);
        let (mut value, mut of) = (values.word(from.at)?, from.of);
        while values.word(of)? == describe::OPTIONAL && value != 0 {
            of = values.word(of + 8)?;
        }
        let kind = values.word(of)?;
        match step {
            Step::Field(name) if kind == describe::RECORD => {
                for field in 0..values.word(of + 8)? {
                    let at = of + 16 + field * 24;
                    if values.bytes(values.word(at)?)? == name.as_bytes() {
                        let place = values.word(at + 16)?;
                        values.part(value, place)?;
                        return Ok(Some((value + HEAD + place * 8, values.word(at + 8)?)));
                    }
                }
                Ok(None)
            }
            Step::Index(index) if kind == describe::LIST => {
                if *index < 0 || *index >= i64::from(values.length(value)?) {
                    return Ok(None);
                }
                value += HEAD + index * 8;
                Ok(Some((value, values.word(of + 8)?)))
            }
            Step::Field(_) | Step::Index(_) => Ok(None),
        }
    }

    /// The value at a place, made ready for showing.
    pub(super) fn shown(&self, at: i64, of: i64) -> Value {
        let values = Values::new(&self.tape);
        let word = values.word(at).unwrap_or(0);
        let kind = values.word(of).unwrap_or(describe::NOTHING);
        let text = match values.quoted(word, of, SHOWN_MAX) {
            Ok(text) => text,
            // In the frame of a function that has just begun, variables have no value yet.
            Err(Unreadable { .. }) => "(no value)".to_owned(),
        };
        #[expect(clippy::cast_precision_loss, reason = "for plots")]
        let number = match kind {
            describe::INT | describe::MOMENT | describe::DURATION | describe::TIMESTAMP => {
                Some(word as f64)
            }
            describe::FLOAT => Some(f64::from_bits(word.cast_unsigned())),
            _ => None,
        };
        let kind = match kind {
            describe::INT => "Int",
            describe::FLOAT => "Float",
            describe::DECIMAL => "Decimal",
            describe::BOOL => "Bool",
            describe::TEXT => "String",
            describe::BYTES => "Bytes",
            describe::TIMESTAMP => "Timestamp",
            describe::DURATION => "Duration",
            describe::MOMENT => "Moment",
            describe::OPTIONAL | describe::BOXED => "optional",
            describe::LIST => "list",
            describe::RECORD => "record",
            describe::UNION => "union",
            _ => "function",
        };
        Value { text, kind: kind.to_owned(), number, is_true: word != 0 }
    }
}

/// The word at a position of the tape.
pub(super) fn word_at(at: i64) -> Location {
    Location { space: TAPE, address: at, size: 8 }
}

fn steps(mut rest: &str) -> Option<Vec<Step<'_>>> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            found.push(Step::Index(index.trim().parse().ok()?));
            rest = after;
        } else {
            let inner = rest.strip_prefix('.')?;
            let end = inner.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let (name, after) = inner.split_at(end.unwrap_or(inner.len()));
            if name.is_empty() {
                return None;
            }
            found.push(Step::Field(name));
            rest = after;
        }
    }
}
