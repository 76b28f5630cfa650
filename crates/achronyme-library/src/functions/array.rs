//! Functions of vectors, and of what else has parts.

use std::borrow::Cow;

use achronyme_numeric::{distinct, distinct_with_classes};

use super::{Call, argument};
use crate::builtin::row::rows;
use crate::classes::Classes;
use crate::numbers::{self, Numbers, of_each_kind};
use crate::{Fault, Form, Store, View, array, change, compare};

rows! {
    /// How many characters a string, elements a vector, numbers a tensor, or fields a record has.
    ///
    /// `len([1, 2, 3])` → `3`
    /// `len([[1, 2], [3, 4]])` → `4`
    /// `len("héllo")` → `5`
    72 len("value") "arrays" library len;
    /// Whether a string or vector has nothing in it.
    ///
    /// `is_empty([])` → `true`
    73 is_empty("value") "arrays" library is_empty;
    /// The numbers from `start` to before `end`, `step` apart; without a step 1 or -1.
    ///
    /// `range(0, 5)` → `[0, 1, 2, 3, 4]`
    /// `range(5, 0)` → `[5, 4, 3, 2, 1]`
    74 range("start, end, step?") "arrays" library range;
    /// So many numbers from `start` to `end`, equally far apart; with `endpoint: false` to before `end`.
    ///
    /// `linspace(0, 1, 5)` → `[0, 0.25, 0.5, 0.75, 1]`
    /// `linspace(0, 1, 4, {endpoint: false})` → `[0, 0.25, 0.5, 0.75]`
    75 linspace("start, end, count = 50, {endpoint = true}") "dsp" call linspace;
    /// Whether a vector has an equal element, or a string such a part.
    ///
    /// `contains([1, 2], 2)` → `true`
    /// `contains("hello", "ell")` → `true`
    76 contains("value, part") "collections" library contains;
    /// Vectors of the first elements, the second, and so on, until the shortest ends. Of a tensor the
    /// elements are its rows, of a string its characters, of a record its values.
    ///
    /// `zip([1, 2, 3], ["a", "b"])` → `[[1, "a"], [2, "b"]]`
    /// `zip("ab", {x: 1, y: 2}, [true, false])` → `[["a", 1, true], ["b", 2, false]]`
    78 zip("a, b, ...") "arrays" library zip;
    /// The numbers of a tensor in order; or the elements of the vectors in a vector, so many levels
    /// down, without a number 1.
    ///
    /// `flatten([1, [2, [3, [4]]]], 2)` → `[1, 2, 3, [4]]`
    /// `flatten([[1, 2], [3, 4]])` → `[1, 2, 3, 4]`
    79 flatten("value, depth?") "arrays" library flatten;
    /// The first so many elements of a vector.
    80 _take("vector, count") "" library take;
    /// What is left without the first so many elements.
    ///
    /// `drop([1, 2, 3], 2)` → `[3]`
    81 drop("vector, count") "arrays" library drop_first;
    /// The elements from a place to before another, or to the end.
    ///
    /// `slice([1, 2, 3, 4], 1, 3)` → `[2, 3]`
    82 slice("vector, start, end?") "arrays" library slice;
    /// Each of several equal elements once, where the first of them stands; with `sorted`, in order. With
    /// `counts` or `inverse` a record of these `values`, how often each is there, and for each element
    /// the place of its value.
    ///
    /// `unique([3, 1, 3, 2, 1])` → `[3, 1, 2]`
    /// `unique([3, 1, 3], {sorted: true})` → `[1, 3]`
    /// `unique([3, 1, 3], {counts: true}).counts` → `[2, 1]`
    83 unique("vector, {counts = false, inverse = false, sorted = false}") "arrays" call unique;
    /// The elements in vectors of so many; the last may be shorter.
    ///
    /// `chunk([1, "b", 3], 2)` → `[[1, "b"], [3]]`
    84 chunk("vector, size") "arrays" library chunk;
    /// The first element, or null.
    ///
    /// `first([1, 2])` → `1`
    85 first("vector") "arrays" library first;
    /// The last element, or null.
    ///
    /// `last([1, 2])` → `2`
    86 last("vector") "arrays" library last;
    /// The vector with one more element at its end.
    ///
    /// `push([1, 2], 3)` → `[1, 2, 3]`
    87 push("vector, value") "arrays" library push;
    /// What is last in a vector; that there is nothing is an error.
    ///
    /// `pop([1, 2])` → `2`
    88 pop("vector") "arrays" library pop;
    /// The vector with one more element at a place.
    ///
    /// `insert([1, 3], 1, 2)` → `[1, 2, 3]`
    89 insert("vector, index, value") "arrays" library insert;
    /// What is at a place of a vector.
    ///
    /// `remove([1, 2], 0)` → `1`
    90 remove("vector, index") "arrays" library remove;
    /// Two vectors, one after the other.
    ///
    /// `concat_vec([1], [2])` → `[1, 2]`
    91 concat_vec("a, b") "arrays" library concat_vec;
    /// The elements of a vector, or the rows of a tensor, as a vector.
    127 _rows("function, array") "" library rows;
}

/// The elements of a vector or the items of a tensor.
pub(super) fn items<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
) -> Result<Vec<S::Value>, Fault> {
    if array::length(store, value).is_none() {
        return Err(Fault::type_error(format!(
            "{name}() requires a vector, got {}",
            store.kind(value).name()
        )));
    }
    array::items(store, value)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn len<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let value = &arguments[0];
    let length = match store.view(value) {
        View::String => store.characters(value),
        View::Vector => store.elements(value).len(),
        View::Tensor => store.tensor(value).map_or(0, |view| view.data.len()),
        View::ComplexTensor => store.complex_tensor(value).map_or(0, |view| view.data.len()),
        View::Record => store.fields(value).len(),
        view => {
            let kind = view.kind().name();
            return Err(Fault::type_error(format!(
                "len() requires a string, vector, tensor, or record, got {kind}"
            )));
        }
    };
    Ok(store.number(length as f64))
}

fn is_empty<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let empty = match store.view(&arguments[0]) {
        View::String => store.text(&arguments[0]).is_empty(),
        _ => {
            array::length(store, &arguments[0])
                .ok_or_else(|| Fault::type_error("is_empty() requires a vector or string"))?
                == 0
        }
    };
    Ok(store.boolean(empty))
}

fn range<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "range() requires numbers".to_owned();
    let start = argument::number(store, &arguments[0], wanted)?;
    let end = argument::number(store, &arguments[1], wanted)?;
    let step = match arguments.get(2) {
        Some(step) => argument::number(store, step, wanted)?,
        None if start > end => -1.0,
        None => 1.0,
    };
    if !(start.is_finite() && end.is_finite() && step.is_finite()) {
        return Err(Fault::value_error("range() requires finite numbers"));
    }
    if step == 0.0 {
        return Err(Fault::value_error("range() step cannot be zero"));
    }
    if (end - start) * step < 0.0 {
        return Err(Fault::value_error(
            "range() step direction doesn't match start and end values",
        ));
    }
    let steps = ((end - start) / step).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = steps as usize;
    store.room(count.saturating_mul(2 * size_of::<f64>()))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let numbers: Vec<f64> = (0..count).map(|i| start + i as f64 * step).collect();
    numbers::real_vector(store, &numbers)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn linspace<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (start, end) = (call.number(store, 0)?, call.number(store, 1)?);
    let count = call.count_or(store, 2, 50)?;
    let closed = call.flag(store, "endpoint", true)?;
    crate::shape::size(&[count], size_of::<f64>())?;
    let steps = if closed { count.saturating_sub(1) } else { count } as f64;
    store.filled(Form::Tensor, &[count], &[], &mut |_, out| {
        for (i, slot) in out.iter_mut().enumerate() {
            *slot = match i {
                0 => start,
                _ if closed && i + 1 == count => end,
                _ => start + (end - start) * (i as f64 / steps),
            };
            if slot.is_nan() {
                *slot = f64::NAN;
            }
        }
    })
}

fn contains<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (value, part) = (&arguments[0], &arguments[1]);
    let found = match (store.view(value), store.view(part)) {
        (View::String, View::String) => store.text(value).contains(store.text(part)),
        (View::String, _) => {
            return Err(Fault::type_error("contains() looks for strings in a string"));
        }
        (View::Vector, _) => {
            store.elements(value).iter().any(|element| compare::equal(store, element, part))
        }
        (View::Tensor, View::Number(number)) => {
            store.tensor(value).is_some_and(|view| view.data.contains(&number))
        }
        (View::ComplexTensor, View::Complex(number)) => {
            store.complex_tensor(value).is_some_and(|view| view.data.contains(&number))
        }
        (View::Tensor | View::ComplexTensor, _) => {
            let rows = array::items(store, value)?;
            rows.iter().any(|row| compare::equal(store, row, part))
        }
        _ => return Err(Fault::type_error("contains() requires a vector, tensor, or string")),
    };
    Ok(store.boolean(found))
}

/// A tensor of rows if `like` is one of several axes, otherwise a vector.
fn rebuilt<S: Store>(
    store: &mut S,
    like: &S::Value,
    items: &[S::Value],
) -> Result<S::Value, Fault> {
    match store.view(like) {
        View::Vector => store.new_vector(items),
        _ => array::literal(store, items),
    }
}

fn zip<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut columns = Vec::with_capacity(arguments.len());
    for argument in arguments {
        columns.push(match store.view(argument) {
            View::String => super::string::characters_of(store, argument)?,
            View::Record => store.fields(argument).into_iter().map(|field| field.value).collect(),
            _ => items(store, "zip", argument)?,
        });
    }
    let length = columns.iter().map(Vec::len).min().unwrap_or(0);
    let mut rows = Vec::with_capacity(length);
    for i in 0..length {
        let row: Vec<S::Value> = columns.iter().map(|column| column[i].clone()).collect();
        rows.push(store.new_vector(&row)?);
    }
    store.new_vector(&rows)
}

fn flatten<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let depth = match arguments.get(1) {
        None => 1,
        Some(depth) => argument::count(store, depth, || {
            "flatten() depth must be a non-negative integer".to_owned()
        })?,
    };
    match numbers::of(store, &arguments[0]) {
        _ if store.view(&arguments[0]) == View::Vector => {}
        Some(Numbers::Real(shape, data)) if !shape.is_empty() => {
            let data = data.into_owned();
            return numbers::real_vector(store, &data);
        }
        Some(Numbers::Complex(shape, data)) if !shape.is_empty() => {
            let flat = Numbers::Complex(vec![data.len()].into(), data.into_owned().into());
            return numbers::new_vector(store, &flat);
        }
        _ => return Err(Fault::type_error("flatten() requires a vector or tensor")),
    }
    let mut flat = Vec::new();
    let mut waiting = vec![(arguments[0].clone(), 0)];
    while let Some((value, level)) = waiting.pop() {
        if level > depth || array::length(store, &value).is_none() {
            flat.push(value);
            store.room(flat.len().saturating_mul(size_of::<S::Value>()))?;
            continue;
        }
        let parts = array::items(store, &value)?;
        waiting.extend(parts.into_iter().rev().map(|part| (part, level + 1)));
    }
    store.new_vector(&flat)
}

/// The items of the first argument, and the second as a count.
fn items_and_count<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
) -> Result<(Vec<S::Value>, usize), Fault> {
    let count = argument::count(store, &arguments[1], || {
        format!("{name}() count must be a non-negative integer")
    })?;
    let items = items(store, name, &arguments[0])?;
    let count = count.min(items.len());
    Ok((items, count))
}

fn take<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (items, count) = items_and_count(store, "take", arguments)?;
    rebuilt(store, &arguments[0], &items[..count])
}

fn drop_first<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (items, count) = items_and_count(store, "drop", arguments)?;
    rebuilt(store, &arguments[0], &items[count..])
}

fn slice<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "slice() indices must be non-negative integers".to_owned();
    let start = argument::count(store, &arguments[1], wanted)?;
    let end = match arguments.get(2) {
        Some(end) => argument::count(store, end, wanted)?,
        None => usize::MAX,
    };
    let items = items(store, "slice", &arguments[0])?;
    let end = end.min(items.len());
    rebuilt(store, &arguments[0], items.get(start.min(end)..end).unwrap_or(&[]))
}

fn unique<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let sorted = call.flag(store, "sorted", false)?;
    let with_places = call.flag(store, "counts", false)? || call.flag(store, "inverse", false)?;
    let numbers = real_items(store, call.at(0)?).map(|data| {
        if with_places {
            distinct_with_classes(&data, sorted)
        } else {
            (distinct(&data, sorted), Vec::new())
        }
    });
    let (values, inverse) = match numbers {
        Some((values, inverse)) => (values.iter().map(|x| store.number(*x)).collect(), inverse),
        None => unique_items(store, call, sorted)?,
    };
    let count = values.len();
    let values = store.new_vector(&values)?;
    if !with_places {
        return Ok(values);
    }
    let mut count_of = vec![0.0; count];
    inverse.iter().for_each(|at| count_of[*at] += 1.0);
    let inverse: Vec<f64> = inverse.into_iter().map(super::reduction::counted).collect();
    let counts = store.new_tensor(&[count_of.len()], &count_of)?;
    let inverse = store.new_tensor(&[inverse.len()], &inverse)?;
    let fields =
        [("values", values, false), ("counts", counts, false), ("inverse", inverse, false)];
    store.new_record(&fields)
}

/// The numbers of a vector or tensor that has nothing but real ones. `None` for a mask with one axis,
/// whose elements are truth values.
fn real_items<'a, S: Store>(store: &'a S, value: &'a S::Value) -> Option<Cow<'a, [f64]>> {
    match numbers::of(store, value)? {
        Numbers::Real(shape, data) => {
            let is_truths = shape.len() == 1 && store.is_mask(value);
            (!shape.is_empty() && !is_truths).then_some(data)
        }
        Numbers::Complex(..) => None,
    }
}

/// Each of several equal elements once, and the place of its value for each element.
fn unique_items<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    sorted: bool,
) -> Result<(Vec<S::Value>, Vec<usize>), Fault> {
    let value = call.at(0)?.clone();
    let items = if numbers::of(store, &value).is_some_and(|numbers| numbers.rank() > 1) {
        let numbers = call.numbers(store, 0)?;
        let flat = of_each_kind!(numbers, (_shape, data) => (vec![data.len()], data.to_vec()));
        drop(numbers);
        let flat = numbers::new_vector(store, &flat)?;
        store.elements(&flat).to_vec()
    } else {
        items(store, "unique", &value)?
    };
    let mut kept: Vec<S::Value> = Vec::new();
    let mut classes = Classes::new();
    let mut inverse = Vec::with_capacity(items.len());
    for item in items {
        let place = classes.class(store, &item);
        inverse.push(place);
        if place == kept.len() {
            kept.push(item);
        }
    }
    if sorted {
        let mut order: Vec<usize> = (0..kept.len()).collect();
        order.sort_by(|a, b| change::order(store, &kept[*a], &kept[*b]));
        kept = order.iter().map(|at| kept[*at].clone()).collect();
        let mut place_of = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, at)| place_of[*at] = place);
        inverse.iter_mut().for_each(|at| *at = place_of[*at]);
    }
    Ok((kept, inverse))
}

fn chunk<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "chunk() size must be a positive integer".to_owned();
    let size = argument::count(store, &arguments[1], wanted)?;
    if size == 0 {
        return Err(Fault::value_error(wanted()));
    }
    let items = items(store, "chunk", &arguments[0])?;
    let chunks: Result<Vec<S::Value>, Fault> =
        items.chunks(size).map(|chunk| store.new_vector(chunk)).collect();
    store.new_vector(&chunks?)
}

fn first<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    end(store, "first", &arguments[0], |_| 0)
}

fn last<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    end(store, "last", &arguments[0], |length| length - 1)
}

/// The item at a place that is known by the length, or null if there is none.
fn end<S: Store>(
    store: &mut S,
    name: &str,
    value: &S::Value,
    place: impl Fn(usize) -> usize,
) -> Result<S::Value, Fault> {
    match array::length(store, value) {
        None => Err(Fault::type_error(format!("{name}() requires a vector"))),
        Some(0) => Ok(store.null()),
        Some(length) => {
            let item = array::item(store, value, place(length))?;
            Ok(item.unwrap_or_else(|| store.null()))
        }
    }
}

/// What the method of this name gives.
fn changed<S: Store>(
    store: &mut S,
    change: crate::Change,
    arguments: &[S::Value],
) -> Result<S::Value, Fault> {
    change::apply(store, change, &arguments[0], &arguments[1..]).map(|(_, value)| value)
}

fn push<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    changed(store, crate::Change::Push, arguments)
}

fn pop<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    changed(store, crate::Change::Pop, arguments)
}

/// Checks a place in the vector that is the first argument, where something may stand after the last.
fn check_place<S: Store>(
    store: &S,
    name: &str,
    arguments: &[S::Value],
    after: usize,
) -> Result<(), Fault> {
    let Some(length) = array::length(store, &arguments[0]) else { return Ok(()) };
    argument::place(store, name, &arguments[1], length + after).map(|_| ())
}

fn insert<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    check_place(store, "insert", arguments, 1)?;
    changed(store, crate::Change::Insert, arguments)
}

fn remove<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    check_place(store, "remove", arguments, 0)?;
    changed(store, crate::Change::Remove, arguments)
}

fn concat_vec<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut joined = items(store, "concat_vec", &arguments[0])?;
    joined.extend(items(store, "concat_vec", &arguments[1])?);
    store.new_vector(&joined)
}

fn rows<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let name = store.text(&arguments[0]).to_owned();
    let items = items(store, &name, &arguments[1])?;
    store.new_vector(&items)
}
