//! The fields of a record of options or of a series, as the kinds that are wanted.

use achronyme_numeric::Error;
use achronyme_plot::{Align, Color, Dash, Marker, Scale};

use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// The shape of an array, and its numbers.
pub(super) type Shaped = (Vec<usize>, Vec<f64>);

/// A record whose fields are read. A field that is null is as good as none.
pub(super) struct Fields<'a, S: Store> {
    pub(super) store: &'a S,
    /// The function whose errors are made.
    pub(super) name: &'static str,
    record: &'a S::Value,
}

impl<'a, S: Store> Fields<'a, S> {
    /// The fields of a value, which should be a record.
    pub(super) fn of(
        store: &'a S,
        name: &'static str,
        record: &'a S::Value,
    ) -> Result<Self, Fault> {
        let fields = Self { store, name, record };
        if store.view(record) != View::Record {
            let found = store.kind(record).name();
            return Err(fields.type_error(format!("expected a record, got {found}")));
        }
        Ok(fields)
    }

    pub(super) fn type_error(&self, message: String) -> Fault {
        fault(self.name, Error::kind(message))
    }

    pub(super) fn value_error(&self, message: String) -> Fault {
        fault(self.name, Error::value(message))
    }

    pub(super) fn get(&self, field: &str) -> Option<S::Value> {
        let value = self.store.field(self.record, field)?;
        (self.store.view(&value) != View::Null).then_some(value)
    }

    fn wanted(&self, field: &str, wanted: &str) -> Fault {
        let found = self.get(field).map_or("Null", |value| self.store.kind(&value).name());
        self.type_error(format!("{field} must be {wanted}, got {found}"))
    }

    /// A number, if the field is there.
    pub(super) fn number(&self, field: &str) -> Result<Option<f64>, Fault> {
        match self.get(field).map(|value| self.store.view(&value)) {
            None => Ok(None),
            Some(View::Number(number)) => Ok(Some(number)),
            Some(_) => Err(self.wanted(field, "a number")),
        }
    }

    /// A whole number of pixels or things, if the field is there.
    pub(super) fn count(&self, field: &str) -> Result<Option<u32>, Fault> {
        let Some(number) = self.number(field)? else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "was checked")]
        if numbers::is_integer(number) && (0.0..1e9).contains(&number) {
            Ok(Some(number as u32))
        } else {
            Err(self.value_error(format!("{field} must be an integer from 0 on, got {number}")))
        }
    }

    /// Whether something is to be.
    pub(super) fn flag(&self, field: &str, default: bool) -> Result<bool, Fault> {
        match self.get(field).map(|value| self.store.view(&value)) {
            None => Ok(default),
            Some(View::Boolean(flag)) => Ok(flag),
            Some(_) => Err(self.wanted(field, "true or false")),
        }
    }

    /// A text, empty if the field is not there. Numbers are texts, too.
    pub(super) fn text(&self, field: &str) -> Result<String, Fault> {
        match self.get(field) {
            None => Ok(String::new()),
            Some(value) => self.text_of(field, &value),
        }
    }

    fn text_of(&self, field: &str, value: &S::Value) -> Result<String, Fault> {
        match self.store.view(value) {
            View::String => Ok(self.store.text(value).to_owned()),
            View::Number(_) | View::Boolean(_) => text::show(self.store, value, Style::Plain),
            _ => Err(self.wanted(field, "a string")),
        }
    }

    /// The texts of a vector of strings or numbers; none if the field is not there.
    pub(super) fn texts(&self, field: &str) -> Result<Vec<String>, Fault> {
        let Some(value) = self.get(field) else { return Ok(Vec::new()) };
        match self.store.view(&value) {
            View::Vector => {
                let elements = self.store.elements(&value).iter();
                elements.map(|element| self.text_of(field, element)).collect()
            }
            View::Tensor => {
                let (_, data) = self.array(field)?.unwrap_or_default();
                let texts = data.iter().map(|number| {
                    text::show(self.store, &self.store.number(*number), Style::Plain)
                });
                texts.collect()
            }
            _ => Err(self.wanted(field, "a vector of strings")),
        }
    }

    /// The shape and the numbers of an array, if the field is there.
    pub(super) fn array(&self, field: &str) -> Result<Option<Shaped>, Fault> {
        let Some(value) = self.get(field) else { return Ok(None) };
        match numbers::of(self.store, &value) {
            Some(Numbers::Real(shape, data)) => Ok(Some((shape.to_vec(), data.to_vec()))),
            Some(Numbers::Complex(..)) => Err(self.wanted(field, "real numbers")),
            None => Err(self.wanted(field, "a vector or tensor of numbers")),
        }
    }

    /// The numbers of a vector, if the field is there; a number is a vector of one.
    pub(super) fn vector(&self, field: &str) -> Result<Option<Vec<f64>>, Fault> {
        match self.array(field)? {
            Some((shape, _)) if shape.len() > 1 => {
                let message = format!("{field} must be a vector, got an array of shape {shape:?}");
                Err(fault(self.name, Error::shape(message)))
            }
            array => Ok(array.map(|(_, data)| data)),
        }
    }

    /// So many numbers, if the field is there.
    pub(super) fn some<const N: usize>(&self, field: &str) -> Result<Option<[f64; N]>, Fault> {
        let Some(numbers) = self.vector(field)? else { return Ok(None) };
        let found = numbers.len();
        let numbers = <[f64; N]>::try_from(numbers);
        numbers
            .map(Some)
            .map_err(|_| self.value_error(format!("{field} must have {N} numbers, got {found}")))
    }

    /// One of some words, if the field is there.
    fn word<T: Copy>(&self, field: &str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(field) else { return Ok(None) };
        if self.store.view(&value) != View::String {
            return Err(self.wanted(field, "a string"));
        }
        let text = self.store.text(&value);
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let words = words.join(", ");
            self.value_error(format!("{field} must be one of {words}, got \"{text}\""))
        })
    }

    pub(super) fn scale(&self, field: &str) -> Result<Scale, Fault> {
        let words = [("linear", Scale::Linear), ("log", Scale::Log)];
        Ok(self.word(field, &words)?.unwrap_or_default())
    }

    pub(super) fn align(&self, field: &str) -> Result<Align, Fault> {
        let words = [("left", Align::Left), ("center", Align::Center), ("right", Align::Right)];
        Ok(self.word(field, &words)?.unwrap_or_default())
    }

    pub(super) fn dash(&self, field: &str) -> Result<Dash, Fault> {
        let words = [
            ("solid", Dash::Solid),
            ("dashed", Dash::Dashed),
            ("dotted", Dash::Dotted),
            ("dashdot", Dash::DashDotted),
            ("-", Dash::Solid),
            ("--", Dash::Dashed),
            (":", Dash::Dotted),
            ("-.", Dash::DashDotted),
        ];
        Ok(self.word(field, &words)?.unwrap_or_default())
    }

    /// The marker, or this one if the field is not there.
    pub(super) fn marker(&self, default: Option<Marker>) -> Result<Option<Marker>, Fault> {
        let words = [
            ("circle", Some(Marker::Circle)),
            ("square", Some(Marker::Square)),
            ("triangle", Some(Marker::Triangle)),
            ("diamond", Some(Marker::Diamond)),
            ("plus", Some(Marker::Plus)),
            ("cross", Some(Marker::Cross)),
            ("point", Some(Marker::Point)),
            ("none", None),
            ("o", Some(Marker::Circle)),
            ("s", Some(Marker::Square)),
            ("^", Some(Marker::Triangle)),
            ("d", Some(Marker::Diamond)),
            ("+", Some(Marker::Plus)),
            ("x", Some(Marker::Cross)),
            (".", Some(Marker::Point)),
        ];
        Ok(self.word("marker", &words)?.unwrap_or(default))
    }

    /// A value of the field, or the one at this place of a vector of values.
    fn nth(&self, field: &str, index: usize) -> Option<S::Value> {
        let value = self.get(field)?;
        if self.store.view(&value) != View::Vector {
            return Some(value);
        }
        let element = self.store.elements(&value).get(index)?.clone();
        (self.store.view(&element) != View::Null).then_some(element)
    }

    /// The label of the series with this index, if the field is a vector; else the label of all.
    pub(super) fn label(&self, index: usize) -> Result<String, Fault> {
        match self.nth("label", index) {
            None => Ok(String::new()),
            Some(value) => self.text_of("label", &value),
        }
    }

    /// The colour of the series with this index, likewise.
    pub(super) fn color(&self, index: usize) -> Result<Option<Color>, Fault> {
        let Some(value) = self.nth("color", index) else { return Ok(None) };
        if self.store.view(&value) != View::String {
            return Err(self.wanted("color", "a string"));
        }
        let color = Color::parse(self.store.text(&value));
        color.map(Some).map_err(|error| self.value_error(error.message))
    }

    /// Refuses fields that nothing reads.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Fault> {
        match self.store.fields(self.record).iter().find(|field| !known.contains(&field.name)) {
            None => Ok(()),
            Some(field) => {
                let (field, known) = (field.name, known.join(", "));
                Err(self.value_error(format!("unknown field '{field}' (known: {known})")))
            }
        }
    }
}

/// An error of a function.
pub(super) fn fault(name: &str, error: Error) -> Fault {
    Fault { kind: error.kind.name(), message: format!("{name}: {}", error.message) }
}

/// The options of a call as they were given, of those that have these names.
pub(super) fn given<'a, V: Clone>(
    call: &Call<V>,
    names: &'a [&'a str],
) -> impl Iterator<Item = (&'a str, V)> {
    let options: Vec<_> = names
        .iter()
        .filter_map(|name| call.option(name).map(|value| (*name, value.clone())))
        .collect();
    options.into_iter()
}
