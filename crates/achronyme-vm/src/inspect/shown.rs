//! Values made ready for showing.

use achronyme_library::{Kind, Store, text, truth};
use xxhash_rust::xxh3::Xxh3;

use crate::heap::Heap;
use crate::value::{Tag, Value};

/// Values inside of each other that are shown in full; of more, only the first.
const PARTS_MAX: usize = 4096;
/// Of a large value, so many parts are shown.
const FIRST: usize = 8;

/// A value that may be in no machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    /// In the heap, or small.
    Value(Value),
    /// A string that was made here.
    Text(String),
    /// An array literal that was made here.
    List(Vec<Self>),
    /// Words that are no value of the language.
    Note(String),
}

impl Shown {
    pub(crate) const NULL: Self = Self::Value(Value::NULL);

    pub(crate) fn number(value: f64) -> Self {
        Self::Value(Value::number(value))
    }

    pub(crate) fn boolean(value: bool) -> Self {
        Self::Value(Value::boolean(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub(crate) fn count(value: usize) -> Self {
        Self::number(value as f64)
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        if let Self::Value(value) = self { value.as_number() } else { None }
    }

    /// The text, if it is a string.
    pub(crate) fn text<'a>(&'a self, heap: &'a Heap) -> Option<&'a str> {
        match self {
            Self::Value(value) if value.is(Tag::String) => Some(heap.text(value)),
            Self::Text(text) => Some(text),
            Self::Value(_) | Self::List(_) | Self::Note(_) => None,
        }
    }

    pub(crate) fn is_true(&self, heap: &Heap) -> bool {
        match self {
            Self::Value(value) => truth::truthy(heap, value),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) => true,
            Self::Note(_) => false,
        }
    }

    pub(crate) fn kind(&self, heap: &Heap) -> &'static str {
        match self {
            Self::Value(value) => heap.kind(value).name(),
            Self::Text(_) => Kind::String.name(),
            Self::List(_) => Kind::Vector.name(),
            Self::Note(_) => "",
        }
    }

    /// As a user would write it.
    pub(crate) fn shown(&self, heap: &Heap) -> String {
        match self {
            Self::Value(value) => show(heap, *value),
            Self::Text(text) => format!("\"{text}\""),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(|item| item.shown(heap)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Note(text) => text.clone(),
        }
    }

    pub(crate) fn value(&self, heap: &Heap) -> machine::Value {
        machine::Value {
            text: self.shown(heap),
            kind: self.kind(heap).to_owned(),
            number: self.as_number(),
            is_true: self.is_true(heap),
        }
    }
}

/// The text of a value; of a large one its beginning, its size, and a digest, so that the text is
/// another one when the value is.
fn show(heap: &Heap, value: Value) -> String {
    if value == Value::ABSENT {
        return "(not given)".to_owned();
    }
    if value.is(Tag::Cell) {
        return "(a variable)".to_owned();
    }
    if size(heap, value) <= PARTS_MAX {
        let shown = text::show(heap, &value, text::Style::Echo);
        return shown.unwrap_or_else(|fault| format!("({fault})"));
    }
    let digest = fingerprint(heap, value) & 0xFFFF_FFFF;
    let kind = heap.kind(&value).name();
    let first: Vec<String> = first_parts(heap, value);
    format!("{kind} [{}, …] #{digest:08x}", first.join(", "))
}

/// The first elements or numbers, those that are large by their kind only.
fn first_parts(heap: &Heap, value: Value) -> Vec<String> {
    if let Some(tensor) = heap.tensor(&value) {
        let is_mask = heap.is_mask(&value);
        let element = |number: f64| {
            if is_mask { Value::boolean(number != 0.0) } else { Value::number(number) }
        };
        let first = tensor.data.iter().take(FIRST);
        return first.map(|number| show(heap, element(*number))).collect();
    }
    let brief = |part: &Value| {
        if size(heap, *part) <= FIRST {
            show(heap, *part)
        } else {
            heap.kind(part).name().to_owned()
        }
    };
    if value.is(Tag::String) {
        let start: String = heap.text(&value).chars().take(10 * FIRST).collect();
        return vec![format!("\"{start}\"")];
    }
    let fields = heap.fields(&value);
    let fields = fields.iter().take(FIRST);
    let fields: Vec<_> =
        fields.map(|field| format!("{}: {}", field.name, brief(&field.value))).collect();
    if fields.is_empty() {
        heap.elements(&value).iter().take(FIRST).map(brief).collect()
    } else {
        fields
    }
}

/// How many values a value consists of, counted no further than a little beyond the most shown.
fn size(heap: &Heap, value: Value) -> usize {
    let (mut open, mut count) = (vec![value], 0);
    while let Some(value) = open.pop() {
        if count > PARTS_MAX {
            break;
        }
        count += 1 + own_size(heap, value);
        let room = PARTS_MAX + 1 - count.min(PARTS_MAX);
        parts(heap, value, room, &mut open);
    }
    count
}

/// Numbers and characters of a value itself.
fn own_size(heap: &Heap, value: Value) -> usize {
    if value.is(Tag::String) {
        return heap.text(&value).len() / 16;
    }
    let numbers = heap.tensor(&value).map(|tensor| tensor.data.len());
    let numbers = numbers.or_else(|| heap.complex_tensor(&value).map(|tensor| tensor.data.len()));
    numbers.unwrap_or(0)
}

/// Adds at most so many of the values that a value consists of.
fn parts(heap: &Heap, value: Value, most: usize, open: &mut Vec<Value>) {
    if value.is(Tag::Vector) {
        open.extend(heap.elements(&value).iter().take(most));
    } else if value.is(Tag::Record) {
        open.extend(heap.record_values(value).iter().take(most));
    } else if let Some(error) = heap.error(&value) {
        open.extend(error);
    } else if let Some(edge) = heap.edge(&value) {
        open.push(edge.properties);
    } else if let Some(signal) = heap.signal(&value) {
        open.push(signal);
    }
}

/// A number that is another one when the value or what it consists of is. Of what is in large
/// values only what is not inside of something else counts.
pub(crate) fn fingerprint(heap: &Heap, value: Value) -> u64 {
    if !value.is_reference() {
        return value.0;
    }
    let mut hasher = Xxh3::new();
    let (mut open, mut count) = (vec![value], 0);
    while let Some(value) = open.pop() {
        hasher.update(&value.0.to_le_bytes());
        if value.is(Tag::String) {
            hasher.update(heap.text(&value).as_bytes());
        } else if let Some(tensor) = heap.tensor(&value) {
            hasher.update(bytemuck::cast_slice(tensor.data));
        } else if let Some(tensor) = heap.complex_tensor(&value) {
            hasher.update(bytemuck::cast_slice(tensor.data));
        } else if value.is(Tag::Vector) {
            hasher.update(bytemuck::cast_slice(heap.elements(&value)));
        }
        count += 1;
        if count < PARTS_MAX && open.len() < PARTS_MAX {
            parts(heap, value, PARTS_MAX, &mut open);
        }
    }
    hasher.digest()
}
