//! Changing through an index: a new value with something else at a place.

use std::borrow::Cow;

use super::read::one_index;
use super::selection::{self, Axis};
use super::{Argument, get, place};
use crate::numbers::{self, Numbers};
use crate::operator::broadcast;
use crate::{Complex, Fault, Store, View};

/// The object that `object` becomes by `object[arguments] = value`; `object` stays as it is.
///
/// Where the index selects several places, `value` is spread over them, as arrays are by `+`. A
/// tensor becomes complex, or a vector, where the value asks for it.
///
/// # Errors
/// A place that is not there, or values that do not fit in the places.
pub fn set<S: Store>(
    store: &mut S,
    object: &S::Value,
    arguments: &[Argument<S::Value>],
    value: &S::Value,
) -> Result<S::Value, Fault> {
    match (store.view(object), arguments) {
        (View::Vector, [argument]) => in_vector(store, object, argument, value),
        (View::Vector, [first, rest @ ..]) => in_nested(store, object, first, rest, value),
        (View::Tensor | View::ComplexTensor, [_, ..]) => in_tensor(store, object, arguments, value),
        (View::String, [argument]) => in_string(store, object, argument, value),
        (View::String, _) => Err(one_index("String", arguments.len())),
        _ => Err(Fault::new(format!(
            "Cannot assign to an index of a value of kind {}",
            store.kind(object).name()
        ))),
    }
}

fn in_vector<S: Store>(
    store: &mut S,
    vector: &S::Value,
    argument: &Argument<S::Value>,
    value: &S::Value,
) -> Result<S::Value, Fault> {
    let mut elements = store.elements(vector).to_vec();
    let places: Vec<usize> = match selection::axis(store, argument, elements.len())? {
        Axis::One(place) => {
            if let Some(slot) = elements.get_mut(place) {
                *slot = value.clone();
            }
            return store.new_vector(&elements);
        }
        Axis::Run(start, length) => (start..start + length).collect(),
        Axis::Many(places) => places,
    };
    let values = spread_over(store, value, places.len())?;
    for (place, value) in places.into_iter().zip(values) {
        if let Some(slot) = elements.get_mut(place) {
            *slot = value;
        }
    }
    store.new_vector(&elements)
}

/// The values for `count` places: those of an array of that length, or one for all.
fn spread_over<S: Store>(
    store: &mut S,
    value: &S::Value,
    count: usize,
) -> Result<Vec<S::Value>, Fault> {
    let values = match store.view(value) {
        View::Vector | View::Tensor | View::ComplexTensor => crate::array::items(store, value)?,
        _ => return Ok(vec![value.clone(); count]),
    };
    match values.len() {
        length if length == count => Ok(values),
        1 => Ok(vec![values[0].clone(); count]),
        length => Err(Fault::new(format!("Cannot put {length} values into {count} places"))),
    }
}

/// `v[i, j] = x` where `v` is a vector of vectors.
fn in_nested<S: Store>(
    store: &mut S,
    vector: &S::Value,
    first: &Argument<S::Value>,
    rest: &[Argument<S::Value>],
    value: &S::Value,
) -> Result<S::Value, Fault> {
    let Argument::At(index) = first else {
        return Err(one_index("Vector", rest.len() + 1));
    };
    place::at(store, index, store.elements(vector).len())?;
    let inner = get(store, vector, std::slice::from_ref(first))?;
    let inner = set(store, &inner, rest, value)?;
    in_vector(store, vector, first, &inner)
}

fn in_tensor<S: Store>(
    store: &mut S,
    tensor: &S::Value,
    arguments: &[Argument<S::Value>],
    value: &S::Value,
) -> Result<S::Value, Fault> {
    let Some(whole) = numbers::of(store, tensor) else {
        return Err(Fault::new("Cannot assign to an index of this tensor"));
    };
    let axes = selection::axes(store, arguments, whole.shape())?;
    let Some(part) = numbers::of(store, value) else {
        drop(whole);
        return in_rows(store, tensor, arguments, value);
    };
    let offsets = selection::offsets(store, &axes, whole.shape())?;
    let shape = selection::selected_shape(&axes);
    let result = match (&whole, &part) {
        (Numbers::Real(whole_shape, data), Numbers::Real(part_shape, part)) => {
            let data = placed(store, data, &offsets, &shape, (part_shape, part))?;
            Numbers::Real(Cow::Owned(whole_shape.to_vec()), Cow::Owned(data))
        }
        _ => {
            let (data, values): (Cow<'_, [Complex]>, _) =
                (whole.complex_data(), part.complex_data());
            let data = placed(store, &data, &offsets, &shape, (part.shape(), &values))?;
            Numbers::Complex(Cow::Owned(whole.shape().to_vec()), Cow::Owned(data))
        }
    };
    drop((whole, part));
    numbers::new_tensor(store, &result)
}

/// `data` with the numbers of `part`, broadcast to `shape`, at `offsets`.
fn placed<T: Copy>(
    store: &impl Store,
    data: &[T],
    offsets: &[usize],
    shape: &[usize],
    part: (&[usize], &[T]),
) -> Result<Vec<T>, Fault> {
    let mut data = data.to_vec();
    let old: Vec<T> = offsets.iter().map(|offset| data[*offset]).collect();
    let (new_shape, values) = broadcast(store, (shape, &old), part, |_, new| new)?;
    if new_shape != shape {
        return Err(Fault::new(format!("Cannot put shape {:?} into shape {shape:?}", part.0)));
    }
    for (offset, value) in offsets.iter().zip(values) {
        data[*offset] = value;
    }
    Ok(data)
}

/// A value that is no number, put into a tensor, which becomes a vector of its rows.
fn in_rows<S: Store>(
    store: &mut S,
    tensor: &S::Value,
    arguments: &[Argument<S::Value>],
    value: &S::Value,
) -> Result<S::Value, Fault> {
    let rows = crate::array::items(store, tensor)?;
    let vector = store.new_vector(&rows)?;
    set(store, &vector, arguments, value)
}

fn in_string<S: Store>(
    store: &mut S,
    string: &S::Value,
    argument: &Argument<S::Value>,
    value: &S::Value,
) -> Result<S::Value, Fault> {
    if store.view(value) != View::String {
        return Err(Fault::new(format!(
            "Only a String can be put into a String, got {}",
            store.kind(value).name()
        )));
    }
    let length = store.characters(string);
    let (start, count) = match selection::axis(store, argument, length)? {
        Axis::One(place) => (place, 1),
        Axis::Run(start, count) => (start, count),
        Axis::Many(_) => return Err(Fault::new("Index must be a number")),
    };
    let text = store.text(string);
    let mut changed = super::read::characters(text, length, 0, start).to_owned();
    changed.push_str(store.text(value));
    let after = start + count;
    changed.push_str(super::read::characters(text, length, after, length - after));
    store.new_string(&changed)
}
