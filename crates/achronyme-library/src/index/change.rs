//! Changing through an index: a new value with something else at a place.

use std::borrow::Cow;

use achronyme_numeric::{Canonical, Shape, broadcast_into, broadcast_shape};

use super::read::one_index;
use super::selection::select;
use super::{Argument, get, place};
use crate::numbers::{self, Numbers};
use crate::{Fault, Form, Store, View};

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
    let places = select(store, std::slice::from_ref(argument), &[elements.len()])?;
    if let Some(place) = places.one() {
        if let Some(slot) = elements.get_mut(place) {
            *slot = value.clone();
        }
        return store.new_vector(&elements);
    }
    let places = places.places()?;
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
    let selection = select(store, arguments, whole.shape())?;
    let shape = selection.shape();
    let truth = truth_of(store, value).filter(|_| store.is_mask(tensor));
    let stays_mask = truth.is_some();
    let Some(part) = truth.or_else(|| numbers::of(store, value)) else {
        drop(whole);
        return in_rows(store, tensor, arguments, value);
    };
    if let (Numbers::Real(whole_shape, _), Numbers::Real(part_shape, part)) = (&whole, &part) {
        let whole_shape = Shape::from_slice(whole_shape);
        let values = fitted(&shape, (part_shape, part))?.into_owned();
        drop(whole);
        let form = if stays_mask { Form::Mask } else { Form::Tensor };
        return store.filled(form, &whole_shape, &[tensor], &mut |numbers, out| {
            if let [numbers] = numbers {
                out.copy_from_slice(numbers);
                selection.scatter(out, &values);
            }
        });
    }
    let values = part.complex_data();
    let values = fitted(&shape, (part.shape(), &values))?;
    let mut data = whole.complex_data().into_owned();
    selection.scatter(&mut data, &values);
    let shape = whole.shape().to_vec();
    drop(whole);
    store.new_complex_tensor(&shape, &data)
}

/// The numbers of a truth value, a mask, or a vector of truth values.
fn truth_of<'a, S: Store>(store: &'a S, value: &'a S::Value) -> Option<Numbers<'a>> {
    match store.view(value) {
        View::Boolean(truth) => {
            Some(Numbers::Real(Cow::Borrowed(&[]), Cow::Owned(vec![f64::from(truth)])))
        }
        _ => numbers::truths(store, value),
    }
}

/// The numbers of `part` for places of this shape: one for all, or one for each.
fn fitted<'a, T: Canonical + Default>(
    shape: &[usize],
    (part_shape, part): (&[usize], &'a [T]),
) -> Result<Cow<'a, [T]>, Fault> {
    if part.len() == 1 && part_shape.len() <= shape.len() || part_shape == shape {
        return Ok(Cow::Borrowed(part));
    }
    if broadcast_shape(shape, part_shape).is_ok_and(|both| *both == *shape) {
        let mut values = vec![T::default(); shape.iter().product()];
        if values.is_empty() {
            return Ok(Cow::Owned(values));
        }
        broadcast_into((part_shape, part), (&[], &part[..1]), (shape, &mut values), |x, _| x);
        return Ok(Cow::Owned(values));
    }
    let message = format!("Cannot put shape {part_shape:?} into shape {shape:?}");
    Err(Fault { kind: "ShapeError", message })
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
    let selection = select(store, std::slice::from_ref(argument), &[length])?;
    let Some((start, count)) = selection.piece() else {
        return Err(Fault::new("Index must be a number"));
    };
    let text = store.text(string);
    let mut changed = super::read::characters(text, length, 0, start).to_owned();
    changed.push_str(store.text(value));
    let after = start + count;
    changed.push_str(super::read::characters(text, length, after, length - after));
    store.new_string(&changed)
}
