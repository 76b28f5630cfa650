//! Fields, elements and lengths of what was found.

use achronyme_library::{Complex, Store};
use machine::Location;

use super::{Evaluated, Evaluation, Operand};
use crate::inspect::probe::{element, word};
use crate::inspect::shown::Shown;
use crate::value::{Tag, Value};

/// Numbers of a tensor's part that are looked at one by one.
const NUMBERS_MAX: usize = 1 << 16;
/// Axes of a tensor whose parts are looked at.
const RANK_MAX: usize = 16;

impl Evaluation<'_> {
    pub(super) fn field(&mut self, of: &Shown, name: &str, start: usize) -> Evaluated {
        let heap = &self.vm.heap;
        let Shown::Value(value) = *of else {
            return self.wrong(start, format!("this has no field `{name}`"));
        };
        if value.is(Tag::Record) {
            let slot = heap.find_name(name).and_then(|name| heap.record_slot(value, name));
            return match slot {
                Some((slot, _)) => Ok(self.stored(word(value.at() + 1 + slot))),
                None => self.wrong(start, format!("there is no field `{name}`")),
            };
        }
        let found = match (heap.error(&value), heap.edge(&value), heap.signal(&value), name) {
            (Some([message, ..]), .., "message") => Some(Shown::Value(message)),
            (Some([_, kind, _]), .., "kind") => Some(Shown::Value(kind)),
            (Some([.., source]), .., "source") => Some(Shown::Value(source)),
            (_, Some(edge), _, "from") => Some(Shown::Text(edge.from.to_owned())),
            (_, Some(edge), _, "to") => Some(Shown::Text(edge.to.to_owned())),
            (_, Some(edge), _, "directed") => Some(Shown::boolean(edge.directed)),
            (_, Some(edge), _, "properties") => Some(Shown::Value(edge.properties)),
            (_, Some(edge), _, name) => heap.field(&edge.properties, name).map(Shown::Value),
            (.., Some(signal), "value") => Some(Shown::Value(signal)),
            _ => None,
        };
        match found {
            Some(value) => Ok(value.into()),
            None => self.wrong(start, format!("this has no field `{name}`")),
        }
    }

    pub(super) fn element(&mut self, of: &Shown, indices: &[Shown], start: usize) -> Evaluated {
        let heap = &self.vm.heap;
        let [index, more @ ..] = indices else {
            return self.wrong(start, "an index was expected after `[`");
        };
        if let Shown::Value(value) = of
            && let Some(numbers) = self.tensor(value)
        {
            return self.tensor_part(&numbers, indices, start);
        }
        let first = if let (Shown::Value(value), Some(name)) = (of, index.text(heap))
            && value.is(Tag::Record)
        {
            let name = name.to_owned();
            self.field(of, &name, start)?
        } else {
            let length = self.length(of).unwrap_or(0);
            let Some(index) = place(index, length) else {
                let shown = index.shown(heap);
                return self
                    .wrong(start, format!("there is no element {shown}: there are {length}"));
            };
            match of {
                Shown::Value(value) if value.is(Tag::Vector) => {
                    let at = self.vm.heap.vector_data(*value) + index;
                    self.stored(element(at))
                }
                Shown::List(items) => items[index].clone().into(),
                Shown::Value(_) | Shown::Text(_) | Shown::Note(_) => {
                    let text = of.text(heap).unwrap_or_default();
                    let character = text.chars().nth(index).map(String::from);
                    Shown::Text(character.unwrap_or_default()).into()
                }
            }
        };
        if more.is_empty() { Ok(first) } else { self.element(&first.value, more, start) }
    }

    /// The value in a place.
    pub(super) fn stored(&mut self, place: Location) -> Operand {
        self.reads.push(place);
        Operand { value: self.vm.shown_at(place), place: Some(place) }
    }

    pub(super) fn length(&self, of: &Shown) -> Option<usize> {
        match of {
            Shown::Value(value) if value.is(Tag::Record) => {
                Some(self.vm.heap.record_length(*value))
            }
            Shown::Value(value) => self.vm.length_of(*value),
            Shown::Text(text) => Some(text.chars().count()),
            Shown::List(items) => Some(items.len()),
            Shown::Note(_) => None,
        }
    }

    /// The elements of a vector or tensor, or of what was made here.
    pub(super) fn items(&self, of: &Shown) -> Option<Vec<Shown>> {
        match of {
            Shown::List(items) => Some(items.clone()),
            Shown::Value(value) if value.is(Tag::Vector) => {
                let elements = self.vm.heap.elements(value).iter();
                Some(elements.map(|element| Shown::Value(*element)).collect())
            }
            Shown::Value(value) => match self.tensor(value)?.part(&[])? {
                Shown::List(items) => Some(items),
                Shown::Value(_) | Shown::Text(_) | Shown::Note(_) => None,
            },
            Shown::Text(_) | Shown::Note(_) => None,
        }
    }

    fn tensor<'a>(&'a self, value: &'a Value) -> Option<Tensor<'a>> {
        let heap = &self.vm.heap;
        if let Some(tensor) = heap.tensor(value) {
            let (first, _) = heap.tensor_words(*value);
            let is_mask = heap.is_mask(value);
            let numbers =
                if is_mask { Numbers::Truth(tensor.data) } else { Numbers::Real(tensor.data) };
            return Some(Tensor { shape: tensor.shape, numbers, first: Some(first) });
        }
        let tensor = heap.complex_tensor(value)?;
        Some(Tensor { shape: tensor.shape, numbers: Numbers::Complex(tensor.data), first: None })
    }

    fn tensor_part(&self, tensor: &Tensor<'_>, indices: &[Shown], start: usize) -> Evaluated {
        let mut places = Vec::new();
        for (index, length) in indices.iter().zip(tensor.shape) {
            let Some(index) = place(index, *length) else {
                let shown = index.shown(&self.vm.heap);
                return self
                    .wrong(start, format!("there is no element {shown}: there are {length}"));
            };
            places.push(index);
        }
        let part = if indices.len() > tensor.shape.len() { None } else { tensor.part(&places) };
        let Some(value) = part else {
            return self.wrong(start, "this part of the tensor cannot be shown here");
        };
        let is_number = places.len() == tensor.shape.len();
        let at = tensor.first.filter(|_| is_number).map(|first| first + tensor.offset(&places));
        Ok(Operand { value, place: at.map(element) })
    }
}

/// The place that an index means among so many; negative ones count from the end.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number, and what is too large is out of range"
)]
fn place(index: &Shown, length: usize) -> Option<usize> {
    let number = index.as_number().filter(|number| number.fract() == 0.0)?;
    let distance = usize::try_from(number.abs() as i64).ok()?;
    let place = if number < 0.0 { length.checked_sub(distance)? } else { distance };
    (place < length).then_some(place)
}

struct Tensor<'a> {
    shape: &'a [usize],
    numbers: Numbers<'a>,
    /// The word of the first number, where each number has one.
    first: Option<usize>,
}

enum Numbers<'a> {
    Real(&'a [f64]),
    Truth(&'a [f64]),
    Complex(&'a [Complex]),
}

impl Tensor<'_> {
    /// How many numbers are before those of a part.
    fn offset(&self, places: &[usize]) -> usize {
        let mut offset = 0;
        for (axis, length) in self.shape.iter().enumerate() {
            offset = offset * length + places.get(axis).copied().unwrap_or(0);
        }
        offset
    }

    /// The number or the rows at the places of the first axes.
    fn part(&self, places: &[usize]) -> Option<Shown> {
        if self.shape.len() > RANK_MAX {
            return None;
        }
        let Some(length) = self.shape.get(places.len()) else {
            return self.number(self.offset(places));
        };
        let count: usize = self.shape[places.len()..].iter().product();
        if count > NUMBERS_MAX {
            return Some(Shown::Note(format!("({count} numbers)")));
        }
        let inner = |index| self.part(&[places, &[index]].concat());
        (0..*length).map(inner).collect::<Option<Vec<_>>>().map(Shown::List)
    }

    fn number(&self, index: usize) -> Option<Shown> {
        match self.numbers {
            Numbers::Real(numbers) => numbers.get(index).map(|number| Shown::number(*number)),
            Numbers::Truth(numbers) => {
                numbers.get(index).map(|truth| Shown::Value(Value::boolean(*truth != 0.0)))
            }
            Numbers::Complex(numbers) => {
                let number = numbers.get(index)?;
                Some(Shown::Note(format!("{}{:+}i", number.re, number.im)))
            }
        }
    }
}
