//! The arguments of one call: by place, by name, and as the kinds a function wants.
//!
//! A row of the table says what there is: `array, q, n = 50, {axis = null, keepdims = false}`. What has
//! a default, or ends with `?`, may be left out. The options in braces come as a record after the
//! last argument that is given; an argument that may be left out can be among them by its name.
//! `null` is as good as left out.

use achronyme_numeric::Error;
use smallvec::SmallVec;

use crate::numbers::{self, Numbers, is_integer};
use crate::{Fault, Store, View, prelude};

/// The arguments of one call.
#[derive(Debug)]
pub(crate) struct Call<V> {
    name: &'static str,
    parameters: &'static str,
    places: SmallVec<[Option<V>; 4]>,
    options: Vec<(String, V)>,
    nulls: Vec<String>,
}

/// The parameters of a row one by one, each with its name and whether it may be left out; and the
/// names of its options, if it takes any.
fn parts(
    parameters: &'static str,
) -> (impl Iterator<Item = (&'static str, bool)>, Option<impl Iterator<Item = &'static str>>) {
    let (places, options) = match parameters.split_once('{') {
        Some((places, options)) => (places, options.strip_suffix('}')),
        None => (parameters, None),
    };
    let name = |part: &'static str| {
        let name = part.split([' ', '?', '=']).next().unwrap_or(part);
        (name, name.len() < part.len())
    };
    let split = |text: &'static str| {
        // The elements of a vector that is a default are no names.
        let is_name = |part: &&str| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        text.split(',').map(str::trim).filter(is_name)
    };
    (split(places).map(name), options.map(|options| split(options).map(move |part| name(part).0)))
}

impl<V: Clone> Call<V> {
    /// The arguments of a call of the function with this name and these parameters, after their
    /// number was checked. O(1) where no options are given.
    ///
    /// # Errors
    /// An option is unknown, or an argument is given twice.
    pub(crate) fn new<S: Store<Value = V>>(
        store: &S,
        name: &'static str,
        parameters: &'static str,
        arguments: &[V],
    ) -> Result<Self, Fault> {
        let given = |value: &V| (store.view(value) != View::Null).then(|| value.clone());
        let mut call = Self {
            name,
            parameters,
            places: arguments.iter().map(given).collect(),
            options: Vec::new(),
            nulls: Vec::new(),
        };
        let is_given = |value: &V| store.view(value) != View::Null;
        let count = arguments.iter().rposition(is_given).map_or(0, |last| last + 1);
        let last = arguments[..count].last();
        let Some(last) = last.filter(|last| store.view(last) == View::Record) else {
            return Ok(call);
        };
        let (places, Some(options)) = parts(parameters) else { return Ok(call) };
        let places: Vec<(&str, bool)> = places.collect();
        let required = places.iter().take_while(|(_, may_lack)| !may_lack).count();
        if count <= required {
            return Ok(call);
        }
        call.places.truncate(count - 1);
        let options: Vec<&str> = options.collect();
        for field in store.fields(last) {
            let place = places.iter().position(|place| *place == (field.name, true));
            if let Some(place) = place {
                call.set(place, field.name, given(&field.value))?;
            } else if !options.contains(&field.name) {
                let mut known = options;
                known.extend(places.iter().filter(|place| place.1).map(|place| place.0));
                return Err(call.value_error(format!(
                    "unknown option '{}' (known: {})",
                    field.name,
                    known.join(", ")
                )));
            } else if let Some(value) = given(&field.value) {
                call.options.push((field.name.to_owned(), value));
            } else {
                call.nulls.push(field.name.to_owned());
            }
        }
        Ok(call)
    }

    /// As [`Call::new`], for a function that works for those of the prelude: the first argument names
    /// the one that errors are to name.
    ///
    /// # Errors
    /// As for [`Call::new`].
    pub(crate) fn named<S: Store<Value = V>>(
        store: &S,
        parameters: &'static str,
        arguments: &[V],
    ) -> Result<Self, Fault> {
        let name = arguments.first().map_or("", |name| store.text(name));
        let row = prelude().find(|row| row.name == name);
        Self::new(store, row.map_or("the library", |row| row.name), parameters, &arguments[1..])
    }

    /// Puts an argument that was given by its name where it belongs.
    fn set(&mut self, place: usize, name: &str, value: Option<V>) -> Result<(), Fault> {
        while self.places.len() <= place {
            self.places.push(None);
        }
        match self.places.get_mut(place) {
            Some(slot) if slot.is_none() => *slot = value,
            _ => return Err(self.value_error(format!("'{name}' is given twice"))),
        }
        Ok(())
    }

    /// The argument at this place, if it was given.
    pub(crate) fn get(&self, place: usize) -> Option<&V> {
        self.places.get(place)?.as_ref()
    }

    /// The argument at this place.
    ///
    /// # Errors
    /// It is null, or left out.
    pub(crate) fn at(&self, place: usize) -> Result<&V, Fault> {
        let missing = || self.type_error(format!("{} must not be null", self.parameter(place)));
        self.get(place).ok_or_else(missing)
    }

    /// The arguments from this place on, null where they are.
    pub(crate) fn rest<S: Store<Value = V>>(&self, store: &S, place: usize) -> Vec<V> {
        let rest = self.places.iter().skip(place);
        rest.map(|value| value.clone().unwrap_or_else(|| store.null())).collect()
    }

    /// How many arguments there are, without options.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The option with this name, if it was given.
    pub(crate) fn option(&self, name: &str) -> Option<&V> {
        self.options.iter().find(|option| option.0 == name).map(|option| &option.1)
    }

    /// Whether an option was given as null, for the few where that says more than leaving it out.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.nulls.iter().any(|null| null == name)
    }

    /// What messages call the parameter at this place.
    fn parameter(&self, place: usize) -> &'static str {
        parts(self.parameters).0.nth(place).map_or("argument", |part| part.0)
    }

    /// An error of this function, as the numeric crate says it. Users do not see functions whose
    /// names begin with `_`, but one with the rest of the name.
    pub(crate) fn fault(&self, error: Error) -> Fault {
        let name = self.name.strip_prefix('_').unwrap_or(self.name);
        Fault { kind: error.kind.name(), message: format!("{name}: {}", error.message) }
    }

    /// A kind that the function does not take.
    pub(crate) fn type_error(&self, message: impl Into<String>) -> Fault {
        self.fault(Error::kind(message))
    }

    /// A value that the function does not take.
    pub(crate) fn value_error(&self, message: impl Into<String>) -> Fault {
        self.fault(Error::value(message))
    }

    /// Shapes that do not agree.
    pub(crate) fn shape_error(&self, message: impl Into<String>) -> Fault {
        self.fault(Error::shape(message))
    }

    /// The error that the argument at this place should be something else.
    pub(crate) fn wanted<S: Store<Value = V>>(
        &self,
        store: &S,
        place: usize,
        wanted: &str,
    ) -> Fault {
        let found = self.get(place).map_or("null", |value| store.kind(value).name());
        self.type_error(format!("{} must be {wanted}, got {found}", self.parameter(place)))
    }

    /// The error that an option should be something else.
    pub(crate) fn option_wanted<S: Store<Value = V>>(
        &self,
        store: &S,
        name: &str,
        wanted: &str,
    ) -> Fault {
        let found = self.option(name).map_or("null", |value| store.kind(value).name());
        self.type_error(format!("{name} must be {wanted}, got {found}"))
    }

    /// The box of numbers at this place: a number, a tensor, or a vector of numbers or equally
    /// shaped boxes.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn numbers<'a, S: Store<Value = V>>(
        &'a self,
        store: &'a S,
        place: usize,
    ) -> Result<Numbers<'a>, Fault> {
        let wanted = || self.wanted(store, place, "a number, or a vector or tensor of numbers");
        self.get(place).and_then(|value| numbers::of(store, value)).ok_or_else(wanted)
    }

    /// The number at this place.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn number<S: Store<Value = V>>(
        &self,
        store: &S,
        place: usize,
    ) -> Result<f64, Fault> {
        match self.get(place).map(|value| store.view(value)) {
            Some(View::Number(number)) => Ok(number),
            _ => Err(self.wanted(store, place, "a number")),
        }
    }

    /// The number at this place, or this one if none is given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn number_or<S: Store<Value = V>>(
        &self,
        store: &S,
        place: usize,
        default: f64,
    ) -> Result<f64, Fault> {
        if self.get(place).is_none() { Ok(default) } else { self.number(store, place) }
    }

    /// The integer from 0 on at this place.
    ///
    /// # Errors
    /// It is none; also where it is a fraction.
    pub(crate) fn count<S: Store<Value = V>>(
        &self,
        store: &S,
        place: usize,
    ) -> Result<usize, Fault> {
        let number = self.number(store, place)?;
        self.counted(self.parameter(place), number)
    }

    /// The integer from 0 on at this place, or this one if none is given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn count_or<S: Store<Value = V>>(
        &self,
        store: &S,
        place: usize,
        default: usize,
    ) -> Result<usize, Fault> {
        if self.get(place).is_none() { Ok(default) } else { self.count(store, place) }
    }

    /// The text at this place.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn text<'a, S: Store<Value = V>>(
        &'a self,
        store: &'a S,
        place: usize,
    ) -> Result<&'a str, Fault> {
        match self.get(place) {
            Some(value) if store.view(value) == View::String => Ok(store.text(value)),
            _ => Err(self.wanted(store, place, "a string")),
        }
    }

    /// The option with this name that is a number, or this one if it is not given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn number_option<S: Store<Value = V>>(
        &self,
        store: &S,
        name: &str,
        default: f64,
    ) -> Result<f64, Fault> {
        match self.option(name).map(|value| store.view(value)) {
            None => Ok(default),
            Some(View::Number(number)) => Ok(number),
            Some(_) => Err(self.option_wanted(store, name, "a number")),
        }
    }

    /// The option with this name that is an integer from 0 on, or this one if it is not given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn count_option<S: Store<Value = V>>(
        &self,
        store: &S,
        name: &str,
        default: usize,
    ) -> Result<usize, Fault> {
        match self.option(name).map(|value| store.view(value)) {
            None => Ok(default),
            Some(View::Number(number)) => self.counted(name, number),
            Some(_) => Err(self.option_wanted(store, name, "an integer")),
        }
    }

    /// The option with this name that is true or false, or this if it is not given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn flag<S: Store<Value = V>>(
        &self,
        store: &S,
        name: &str,
        default: bool,
    ) -> Result<bool, Fault> {
        match self.option(name).map(|value| store.view(value)) {
            None => Ok(default),
            Some(View::Boolean(flag)) => Ok(flag),
            Some(_) => Err(self.option_wanted(store, name, "true or false")),
        }
    }

    /// The option with this name that is one of some words: its place among them. The first is
    /// meant if none is given.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn choice<S: Store<Value = V>>(
        &self,
        store: &S,
        name: &str,
        words: &[&str],
    ) -> Result<usize, Fault> {
        let Some(value) = self.option(name) else { return Ok(0) };
        if store.view(value) != View::String {
            return Err(self.option_wanted(store, name, "a string"));
        }
        let text = store.text(value);
        words.iter().position(|word| *word == text).ok_or_else(|| {
            self.value_error(format!("{name} must be one of {}, got \"{text}\"", words.join(", ")))
        })
    }

    /// The axis that the option `axis` means in a box of this rank; negative ones count from the
    /// end. `None` if it is not given.
    ///
    /// # Errors
    /// There is no such axis.
    pub(crate) fn axis<S: Store<Value = V>>(
        &self,
        store: &S,
        rank: usize,
    ) -> Result<Option<usize>, Fault> {
        match self.option("axis").map(|value| store.view(value)) {
            None => Ok(None),
            Some(View::Number(axis)) => self.axis_of(axis, rank).map(Some),
            Some(_) => Err(self.option_wanted(store, "axis", "an integer")),
        }
    }

    /// The axis that a number means in a box of this rank; negative ones count from the end.
    ///
    /// # Errors
    /// There is no such axis.
    #[expect(clippy::cast_precision_loss, reason = "no box has 2^53 axes")]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and the rank"
    )]
    pub(crate) fn axis_of(&self, axis: f64, rank: usize) -> Result<usize, Fault> {
        let place = if axis < 0.0 { axis + rank as f64 } else { axis };
        if !is_integer(axis) || place < 0.0 || place >= rank as f64 {
            let axes = if rank == 1 { "1 axis".to_owned() } else { format!("{rank} axes") };
            return Err(self.value_error(format!("there is no axis {axis} in an array of {axes}")));
        }
        Ok(place as usize)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    fn counted(&self, name: &str, number: f64) -> Result<usize, Fault> {
        if number < 0.0 || !is_integer(number) {
            let message = format!("{name} must be an integer from 0 on, got {number}");
            return Err(self.value_error(message));
        }
        Ok(number as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arity;
    use crate::builtin::row::arity;

    #[test]
    fn parameters_say_what_may_be_left_out() {
        let cases = [
            ("", 0, Some(0)),
            ("a, b?", 1, Some(2)),
            ("a, n = 0.5, {axis = null, ddof = 1}", 1, Some(3)),
            ("a, ..., {axis}", 1, None),
            ("...", 0, None),
            ("{axis}", 0, Some(1)),
        ];
        for (parameters, min, max) in cases {
            assert_eq!(arity(parameters), Arity { min, max }, "{parameters}");
        }
    }

    #[test]
    fn parameters_have_names() {
        let (places, options) = parts("a, n = 0.5, m?, {axis = null, keepdims}");
        assert_eq!(places.collect::<Vec<_>>(), [("a", false), ("n", true), ("m", true)]);
        assert_eq!(options.map(Iterator::collect), Some(vec!["axis", "keepdims"]));
    }
}
