//! Numbers in order, and where what one looks for is.

use achronyme_numeric::{
    Error, Lanes, Shape, broadcast_into, broadcast_shape, complex_order_of, order_of, sort_into,
};

use super::Call;
use super::reduction::counted;
use super::shaping::alike;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Form, Store, View, array, change, elementwise};

rows! {
    /// The numbers of an array in order along an axis, or the elements of a vector.
    663 _sort("array, {axis = -1, descending = false}") "" call sort;
    /// The elements in order: numbers by size and NaN last, strings by their characters; of a tensor
    /// along its last axis, or another one.
    ///
    /// `sorted([3, 1, 2])` → `[1, 2, 3]`
    /// `sorted([3, NaN, 1], {descending: true})` → `[3, 1, NaN]`
    92 sorted("array, {axis = -1, descending = false}") "collections" call sort;
    /// The places of the numbers in their order; equal ones stay as they stand, and NaN comes last.
    ///
    /// `argsort([3, 1, 2])` → `[1, 2, 0]`
    /// `argsort([3, 1, 3], {descending: true})` → `[0, 2, 1]`
    662 argsort("array, {axis = -1, descending = false}") "arrays" call argsort;
    /// Each number of `a` where the condition is true, and of `b` where it is not; shapes are broadcast.
    /// With a condition alone, where it is true, as `nonzero` says it.
    ///
    /// `where([1, -2] > 0, [10, 20], 0)` → `[10, 0]`
    668 where("condition, a?, b?") "arrays" each_call choose;
    /// Where the numbers are that are not 0: their places in a vector, or for an array of several axes a
    /// vector of the places along each.
    ///
    /// `nonzero([0, 5, 6])` → `[1, 2]`
    669 nonzero("array") "arrays" call nonzero;
    /// Where the numbers are that are not 0: a row of places for each.
    ///
    /// `argwhere([[0, 1], [0, 0]])` → `[[0, 1]]`
    670 argwhere("array") "arrays" call argwhere;
}

/// The axis of a call, the last if it says nothing, as lanes.
fn lanes<S: Store>(store: &S, call: &Call<S::Value>, shape: &[usize]) -> Result<Lanes, Fault> {
    let axis = call.axis(store, shape.len())?;
    let Some(axis) = axis.or_else(|| shape.len().checked_sub(1)) else {
        return Err(call.wanted(store, 0, "a vector or tensor"));
    };
    Lanes::along(shape, &[axis]).map_err(|error| call.fault(error))
}

fn sort<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let descending = call.flag(store, "descending", false)?;
    let value = call.at(0)?.clone();
    let Some(numbers) = numbers::of(store, &value) else {
        return sort_elements(store, call, &value, descending);
    };
    let lanes = lanes(store, call, numbers.shape())?;
    let shape = numbers.shape().to_vec().into();
    let fault = |error| call.fault(error);
    let result = match &numbers {
        Numbers::Real(_, data) => {
            let sorted = lanes.map(data, lanes.length(), |lane, out| {
                sort_into(lane, out, descending);
                Ok(())
            });
            Numbers::Real(shape, sorted.map_err(fault)?.into())
        }
        Numbers::Complex(_, data) => {
            let sorted = lanes.map(data, lanes.length(), |lane, out| {
                for (slot, place) in out.iter_mut().zip(complex_order_of(lane, descending)) {
                    *slot = lane[place];
                }
                Ok(())
            });
            Numbers::Complex(shape, sorted.map_err(fault)?.into())
        }
    };
    drop(numbers);
    alike(store, &value, &result)
}

/// The elements of a vector of strings in order, or of none.
fn sort_elements<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    value: &S::Value,
    descending: bool,
) -> Result<S::Value, Fault> {
    if array::length(store, value).is_none() {
        let kind = store.kind(value).name();
        return Err(call.type_error(format!("requires a vector, got {kind}")));
    }
    let mut items = array::items(store, value)?;
    let kind = |item: &S::Value| match store.view(item) {
        View::Complex(_) => View::Number(0.0).kind(),
        view => view.kind(),
    };
    if let Some(other) = items.iter().find(|item| kind(item) != kind(&items[0])) {
        let (a, b) = (store.kind(&items[0]).name(), store.kind(other).name());
        return Err(call.type_error(format!("{a} and {b} have no order between them")));
    }
    change::sort(store, &mut items);
    if descending {
        // Equal elements stay in their order.
        items.reverse();
        let mut start = 0;
        for at in 1..=items.len() {
            let same =
                items.get(at).is_some_and(|item| crate::compare::equal(store, item, &items[start]));
            if !same {
                items[start..at].reverse();
                start = at;
            }
        }
    }
    store.new_vector(&items)
}

fn argsort<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let descending = call.flag(store, "descending", false)?;
    let Some(numbers) = numbers::of(store, call.at(0)?) else {
        return argsort_elements(store, call, descending);
    };
    let lanes = lanes(store, call, numbers.shape())?;
    let write = |out: &mut [f64], order: Vec<usize>| {
        for (slot, place) in out.iter_mut().zip(order) {
            *slot = counted(place);
        }
        Ok(())
    };
    let length = lanes.length();
    let places = match &numbers {
        Numbers::Real(_, data) => {
            lanes.map(data, length, |lane, out| write(out, order_of(lane, descending)))
        }
        Numbers::Complex(_, data) => {
            lanes.map(data, length, |lane, out| write(out, complex_order_of(lane, descending)))
        }
    };
    let places = places.map_err(|error| call.fault(error))?;
    let shape = numbers.shape().to_vec();
    drop(numbers);
    store.new_tensor(&shape, &places)
}

/// The places of strings in their order.
fn argsort_elements<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    descending: bool,
) -> Result<S::Value, Fault> {
    let value = call.at(0)?;
    let elements = store.elements(value);
    if elements.iter().any(|element| store.view(element) != View::String)
        || store.view(value) != View::Vector
    {
        return Err(call.wanted(store, 0, "a vector of numbers or of strings"));
    }
    let mut order: Vec<usize> = (0..elements.len()).collect();
    order.sort_by(|a, b| {
        let order = store.text(&elements[*a]).cmp(store.text(&elements[*b]));
        if descending { order.reverse() } else { order }
    });
    let places: Vec<f64> = order.into_iter().map(counted).collect();
    store.new_tensor(&[places.len()], &places)
}

/// The numbers of an argument; 0 and 1 of truth values.
pub(super) fn with_truth<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Numbers<'a>, Fault> {
    let value = call.at(place)?;
    if let View::Boolean(truth) = store.view(value) {
        let number: f64 = f64::from(truth);
        return Ok(Numbers::Real(std::borrow::Cow::Borrowed(&[]), vec![number].into()));
    }
    match numbers::truths(store, value) {
        Some(truths) => Ok(truths),
        None => call.numbers(store, place),
    }
}

fn choose<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    if call.len() < 2 {
        return nonzero(store, call);
    }
    if call.len() == 2 {
        return Err(call.value_error("either a and b are given, or neither"));
    }
    let condition = with_truth(store, call, 0)?;
    let (a, b) = (with_truth(store, call, 1)?, with_truth(store, call, 2)?);
    let is_truth = |place: usize| {
        call.get(place).is_some_and(|value| {
            matches!(store.view(value), View::Boolean(_)) || numbers::truths(store, value).is_some()
        })
    };
    let is_mask = is_truth(1) && is_truth(2);
    drop((condition, a, b));
    let (x, y, z) = (call.at(0)?, call.at(1)?, call.at(2)?);
    let form = if is_mask { Form::Mask } else { Form::Tensor };
    if let Some(chosen) = elementwise::choose(store, [x, y, z], form) {
        return chosen;
    }
    let condition = with_truth(store, call, 0)?;
    let (a, b) = (with_truth(store, call, 1)?, with_truth(store, call, 2)?);
    let fault = |error| call.fault(error);
    let shape = broadcast_shape(a.shape(), b.shape()).map_err(fault)?;
    let shape = broadcast_shape(condition.shape(), &shape).map_err(fault)?;
    let size = crate::shape::size(&shape, size_of::<Complex>())?;
    store.room(size.saturating_mul(size_of::<Complex>()))?;
    let truths: Vec<f64> = match &condition {
        Numbers::Real(_, data) => data.to_vec(),
        Numbers::Complex(_, data) => {
            data.iter().map(|z| f64::from(z.re != 0.0 || z.im != 0.0)).collect()
        }
    };
    let truths = spread(&shape, condition.shape(), &truths);
    let result = match (&a, &b) {
        (Numbers::Real(a_shape, a), Numbers::Real(b_shape, b)) => {
            let (a, b) = (spread(&shape, a_shape, a), spread(&shape, b_shape, b));
            let pairs = truths.iter().zip(a.iter().zip(&b));
            let data: Vec<f64> =
                pairs.map(|(truth, (a, b))| if *truth == 0.0 { *b } else { *a }).collect();
            Numbers::Real(shape.to_vec().into(), data.into())
        }
        _ => {
            let (x, y) = (a.complex_data(), b.complex_data());
            let (a, b) = (spread(&shape, a.shape(), &x), spread(&shape, b.shape(), &y));
            let pairs = truths.iter().zip(a.iter().zip(&b));
            let data: Vec<Complex> =
                pairs.map(|(truth, (a, b))| if *truth == 0.0 { *b } else { *a }).collect();
            Numbers::Complex(shape.to_vec().into(), data.into())
        }
    };
    drop((condition, a, b));
    if is_mask {
        return numbers::new_mask(store, &result);
    }
    numbers::new_tensor(store, &result)
}

/// A box broadcast to a shape.
pub(super) fn spread<T: achronyme_numeric::Canonical + Default>(
    shape: &Shape,
    part_shape: &[usize],
    part: &[T],
) -> Vec<T> {
    if part_shape == &**shape {
        return part.to_vec();
    }
    let mut data = vec![T::default(); shape.iter().product()];
    if !data.is_empty() {
        broadcast_into((part_shape, part), (&[], &part[..1]), (shape, &mut data), |x, _| x);
    }
    data
}

/// The shape, and the places of the numbers that are not 0 in a row.
fn places<S: Store>(store: &S, call: &Call<S::Value>) -> Result<(Vec<usize>, Vec<usize>), Fault> {
    let numbers = with_truth(store, call, 0)?;
    let places = match &numbers {
        Numbers::Real(_, data) => {
            data.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(i, _)| i).collect()
        }
        Numbers::Complex(_, data) => {
            let found = data.iter().enumerate().filter(|(_, z)| z.re != 0.0 || z.im != 0.0);
            found.map(|(i, _)| i).collect()
        }
    };
    if numbers.rank() == 0 {
        return Err(call.fault(Error::kind("an array is wanted, got a number")));
    }
    Ok((numbers.shape().to_vec(), places))
}

fn nonzero<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (shape, places) = places(store, call)?;
    let mut after: usize = shape.iter().product();
    let mut axes = Vec::with_capacity(shape.len());
    for length in &shape {
        after /= (*length).max(1);
        let along: Vec<f64> =
            places.iter().map(|place| counted(place / after.max(1) % (*length).max(1))).collect();
        axes.push(store.new_tensor(&[along.len()], &along)?);
    }
    match &*axes {
        [only] => Ok(only.clone()),
        _ => store.new_vector(&axes),
    }
}

fn argwhere<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (shape, places) = places(store, call)?;
    let mut rows = Vec::with_capacity(places.len().saturating_mul(shape.len()));
    for place in &places {
        let mut after: usize = shape.iter().product();
        for length in &shape {
            after /= (*length).max(1);
            rows.push(counted(place / after.max(1) % (*length).max(1)));
        }
    }
    store.new_tensor(&[places.len(), shape.len()], &rows)
}
