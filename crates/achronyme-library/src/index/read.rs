//! Reading through an index.

use std::borrow::Cow;

use achronyme_numeric::{Shape, chosen_into, count_nonzero};

use super::selection::select;
use super::{Argument, place};
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Form, Store, View};

/// What `object[arguments]` is.
///
/// A place that is a number gives what is there; a slice and an array of places a vector, a string
/// or a tensor of what is there. Negative places count from the end. A slice is cut off where the
/// object ends, and empty if it ends before it begins.
///
/// # Errors
/// A place that is not there, an index that is no integer, or an object without places.
pub fn get<S: Store>(
    store: &mut S,
    object: &S::Value,
    arguments: &[Argument<S::Value>],
) -> Result<S::Value, Fault> {
    match store.view(object) {
        View::Vector => match arguments {
            [argument] => in_vector(store, object, argument),
            _ => in_nested(store, object, arguments),
        },
        View::Tensor | View::ComplexTensor => in_tensor(store, object, arguments),
        View::String => match arguments {
            [argument] => in_string(store, object, argument),
            _ => Err(one_index("String", arguments.len())),
        },
        View::Record => {
            Err(Fault::new("Cannot index into Record: a field is `r.name`, or `get(r, name)`"))
        }
        view => Err(Fault::new(format!("Cannot index into {}", view.kind().name()))),
    }
}

pub(super) fn one_index(kind: &str, count: usize) -> Fault {
    Fault::new(format!("{kind} requires exactly 1 index, got {count}"))
}

fn in_vector<S: Store>(
    store: &mut S,
    vector: &S::Value,
    argument: &Argument<S::Value>,
) -> Result<S::Value, Fault> {
    let elements = store.elements(vector);
    if let Argument::At(index) = argument
        && let View::Number(_) = store.view(index)
    {
        let place = place::at(store, index, elements.len())?;
        return elements.get(place).cloned().ok_or_else(|| Fault::new("Index out of bounds"));
    }
    if let Argument::Slice(start, end) = argument
        && store.numbers(vector).is_some()
    {
        let ends = (start.as_ref(), end.as_ref());
        return run(store, vector, Form::Vector, ends, elements.len());
    }
    let length = elements.len();
    if let Argument::At(mask) = argument
        && store.numbers(vector).is_some()
        && let Some(made) = by_mask(store, vector, mask, Form::Vector, &[length])
    {
        return made;
    }
    let elements = store.elements(vector);
    let selection = select(store, std::slice::from_ref(argument), &[elements.len()])?;
    if store.numbers(vector).is_some() {
        let shape = selection.shape();
        let form = if shape.len() == 1 { Form::Vector } else { Form::Tensor };
        return store.filled(form, &shape, &[vector], &mut |numbers, out| {
            if let [numbers] = numbers {
                selection.gather(numbers, out);
            }
        });
    }
    let mut picked = Vec::with_capacity(selection.len()?);
    selection.each_run(|from, count, step| {
        picked.extend(elements[from..].iter().step_by(step.max(1)).take(count).cloned());
    });
    store.new_vector(&picked)
}

/// The numbers from one place to before another of an array with one axis.
fn run<S: Store>(
    store: &mut S,
    array: &S::Value,
    form: Form,
    (start, end): (Option<&S::Value>, Option<&S::Value>),
    length: usize,
) -> Result<S::Value, Fault> {
    let (from, count) = place::slice(store, start, end, length)?;
    store.filled(form, &[count], &[array], &mut |numbers, out| {
        if let [numbers] = numbers {
            out.copy_from_slice(&numbers[from..from + count]);
        }
    })
}

/// The numbers of an array of this shape that a mask of the same shape is true for. `None` if it is no such
/// mask.
fn by_mask<S: Store>(
    store: &mut S,
    array: &S::Value,
    mask: &S::Value,
    form: Form,
    shape: &[usize],
) -> Option<Result<S::Value, Fault>> {
    let truths = store.tensor(mask).filter(|truths| truths.shape == shape)?;
    if !store.is_mask(mask) || shape.is_empty() {
        return None;
    }
    let count = count_nonzero(truths.data);
    Some(store.filled(form, &[count], &[mask, array], &mut |numbers, out| {
        if let [truths, numbers] = numbers {
            chosen_into(truths, numbers, out);
        }
    }))
}

/// Several indices into a vector of vectors: of numbers, or one index after the other.
fn in_nested<S: Store>(
    store: &mut S,
    vector: &S::Value,
    arguments: &[Argument<S::Value>],
) -> Result<S::Value, Fault> {
    if let Some(numbers) = numbers::of(store, vector)
        && numbers.rank() > 1
    {
        let result = selected(store, &numbers, arguments)?;
        drop(numbers);
        return numbers::new_vector(store, &result);
    }
    if arguments.is_empty() || arguments.iter().any(|it| matches!(it, Argument::Slice(..))) {
        return Err(one_index("Vector", arguments.len()));
    }
    let mut value = vector.clone();
    for argument in arguments {
        value = get(store, &value, std::slice::from_ref(argument))?;
    }
    Ok(value)
}

fn in_tensor<S: Store>(
    store: &mut S,
    tensor: &S::Value,
    arguments: &[Argument<S::Value>],
) -> Result<S::Value, Fault> {
    let is_mask = store.is_mask(tensor);
    if let Some(number) = one_number(store, tensor, arguments)? {
        return Ok(if is_mask { store.boolean(number != 0.0) } else { store.number(number) });
    }
    let Some(view) = store.tensor(tensor) else {
        let Some(numbers) = numbers::of(store, tensor) else {
            return Err(Fault::new("Cannot index into this tensor"));
        };
        let result = selected(store, &numbers, arguments)?;
        drop(numbers);
        return numbers::new_vector(store, &result);
    };
    some(arguments)?;
    if let ([Argument::Slice(start, end)], &[length]) = (arguments, view.shape) {
        let form = if is_mask { Form::Mask } else { Form::Vector };
        return run(store, tensor, form, (start.as_ref(), end.as_ref()), length);
    }
    if let [Argument::At(mask)] = arguments {
        let form = if is_mask { Form::Mask } else { Form::Vector };
        let shape = Shape::from_slice(view.shape);
        if let Some(made) = by_mask(store, tensor, mask, form, &shape) {
            return made;
        }
    }
    let Some(view) = store.tensor(tensor) else {
        return Err(Fault::new("Cannot index into this tensor"));
    };
    let selection = select(store, arguments, view.shape)?;
    if let Some(number) = selection.one().and_then(|place| view.data.get(place).copied()) {
        return Ok(if is_mask { store.boolean(number != 0.0) } else { store.number(number) });
    }
    let shape = selection.shape();
    let form = match &*shape {
        _ if is_mask => Form::Mask,
        [_] => Form::Vector,
        _ => Form::Tensor,
    };
    store.filled(form, &shape, &[tensor], &mut |numbers, out| {
        if let [numbers] = numbers {
            selection.gather(numbers, out);
        }
    })
}

fn some<V>(arguments: &[Argument<V>]) -> Result<(), Fault> {
    if arguments.is_empty() { Err(Fault::new("An index is missing")) } else { Ok(()) }
}

/// The number of a real tensor where there is one index per axis: the case to be fast in.
fn one_number<S: Store>(
    store: &S,
    tensor: &S::Value,
    arguments: &[Argument<S::Value>],
) -> Result<Option<f64>, Fault> {
    let Some(view) = store.tensor(tensor) else { return Ok(None) };
    if view.shape.len() != arguments.len() {
        return Ok(None);
    }
    let mut offset = 0;
    for (argument, length) in arguments.iter().zip(view.shape) {
        let Argument::At(index) = argument else { return Ok(None) };
        if !matches!(store.view(index), View::Number(_)) {
            return Ok(None);
        }
        offset = offset * length + place::at(store, index, *length)?;
    }
    Ok(view.data.get(offset).copied())
}

/// The part of a box that is selected.
fn selected<S: Store>(
    store: &S,
    numbers: &Numbers<'_>,
    arguments: &[Argument<S::Value>],
) -> Result<Numbers<'static>, Fault> {
    some(arguments)?;
    let selection = select(store, arguments, numbers.shape())?;
    let shape = Cow::Owned(selection.shape().to_vec());
    let count = selection.len()?;
    Ok(match numbers {
        Numbers::Real(_, data) => {
            let mut out = vec![0.0; count];
            selection.gather(data, &mut out);
            Numbers::Real(shape, Cow::Owned(out))
        }
        Numbers::Complex(_, data) => {
            let mut out = vec![Complex::default(); count];
            selection.gather(data, &mut out);
            Numbers::Complex(shape, Cow::Owned(out))
        }
    })
}

fn in_string<S: Store>(
    store: &mut S,
    string: &S::Value,
    argument: &Argument<S::Value>,
) -> Result<S::Value, Fault> {
    let length = store.characters(string);
    let selection = select(store, std::slice::from_ref(argument), &[length])?;
    let Some((start, count)) = selection.piece() else {
        let characters: Vec<char> = store.text(string).chars().collect();
        let places = selection.places()?;
        let picked: String = places.iter().filter_map(|place| characters.get(*place)).collect();
        return store.new_string(&picked);
    };
    let picked = characters(store.text(string), length, start, count).to_owned();
    store.new_string(&picked)
}

/// The part of `text`, which has `length` characters, from character `start` on. O(1) in ASCII.
pub(crate) fn characters(text: &str, length: usize, start: usize, count: usize) -> &str {
    if text.len() == length {
        return text.get(start..start + count).unwrap_or("");
    }
    let mut starts = text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len()));
    let Some(from) = starts.nth(start) else { return "" };
    let to = if count == 0 { Some(from) } else { starts.nth(count - 1) };
    text.get(from..to.unwrap_or(text.len())).unwrap_or("")
}
