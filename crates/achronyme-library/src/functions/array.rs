//! Functions of vectors, and of what else has parts.

use super::argument;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View, array, change, compare};

rows! {
    /// How many characters a string, elements a vector, numbers a tensor, or fields a record has.
    ///
    /// `len([1, 2, 3])` → `3`
    /// `len([[1, 2], [3, 4]])` → `4`
    /// `len("héllo")` → `5`
    72 len("value") "" library len;
    /// Whether a string or vector has nothing in it.
    ///
    /// `is_empty([])` → `true`
    73 is_empty("value") "arrays" library is_empty;
    /// The numbers from `start` to before `end`, `step` apart; without a step 1 or -1.
    ///
    /// `range(0, 5)` → `[0, 1, 2, 3, 4]`
    /// `range(5, 0)` → `[5, 4, 3, 2, 1]`
    74 range("start, end, step?") "" library range;
    /// So many numbers from `start` to `end`, equally far apart.
    ///
    /// `linspace(0, 1, 5)` → `[0, 0.25, 0.5, 0.75, 1]`
    75 linspace("start, end, count") "dsp" library linspace;
    /// Whether a vector has an equal element, or a string such a part.
    ///
    /// `contains([1, 2], 2)` → `true`
    /// `contains("hello", "ell")` → `true`
    76 contains("value, part") "" library contains;
    /// The elements of a vector, or the characters of a string, from the last to the first.
    ///
    /// `reverse([1, 2, 3])` → `[3, 2, 1]`
    /// `reverse("abc")` → `"cba"`
    77 reverse("value") "arrays" library reverse;
    /// Vectors of the first elements, the second, and so on, until the shortest ends.
    ///
    /// `zip([1, 2, 3], ["a", "b"])` → `[[1, "a"], [2, "b"]]`
    78 zip("a, b, ...") "arrays" library zip;
    /// The numbers of a tensor in order; or the elements of the vectors in a vector, so many levels
    /// down, without a number 1.
    ///
    /// `flatten([1, [2, [3, [4]]]], 2)` → `[1, 2, 3, [4]]`
    /// `flatten([[1, 2], [3, 4]])` → `[1, 2, 3, 4]`
    79 flatten("value, depth?") "arrays" library flatten;
    /// The first so many elements.
    ///
    /// `take([1, 2, 3], 2)` → `[1, 2]`
    80 take("vector, count") "arrays" library take;
    /// What is left without the first so many elements.
    ///
    /// `drop([1, 2, 3], 2)` → `[3]`
    81 drop("vector, count") "arrays" library drop_first;
    /// The elements from a place to before another, or to the end.
    ///
    /// `slice([1, 2, 3, 4], 1, 3)` → `[2, 3]`
    82 slice("vector, start, end?") "arrays" library slice;
    /// Each of several equal elements once, where the first of them stands.
    ///
    /// `unique([3, 1, 3, 2, 1])` → `[3, 1, 2]`
    83 unique("vector") "arrays" library unique;
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
    /// The elements in order: numbers by size, then strings by their characters.
    ///
    /// `sorted([3, 1, 2])` → `[1, 2, 3]`
    92 sorted("vector") "collections" library sorted;
    /// The elements of a vector, or the rows of a tensor, as a vector.
    127 _rows("array") "" library rows;
}

/// The elements of a vector or the items of a tensor.
fn items<S: Store>(store: &mut S, name: &str, value: &S::Value) -> Result<Vec<S::Value>, Fault> {
    if array::length(store, value).is_none() {
        return Err(Fault::new(format!(
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
            return Err(Fault::new(format!(
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
                .ok_or_else(|| Fault::new("is_empty() requires a vector or string"))?
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
        return Err(Fault::new("range() requires finite numbers"));
    }
    if step == 0.0 {
        return Err(Fault::new("range() step cannot be zero"));
    }
    if (end - start) * step < 0.0 {
        return Err(Fault::new("range() step direction doesn't match start and end values"));
    }
    let steps = ((end - start) / step).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = steps as usize;
    store.room(count.saturating_mul(2 * size_of::<f64>()))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let numbers: Vec<f64> = (0..count).map(|i| start + i as f64 * step).collect();
    numbers::real_vector(store, &numbers)
}

fn linspace<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "linspace() requires numbers".to_owned();
    let start = argument::number(store, &arguments[0], wanted)?;
    let end = argument::number(store, &arguments[1], wanted)?;
    let count = argument::count(store, &arguments[2], || {
        "linspace() count must be a non-negative integer".to_owned()
    })?;
    store.room(count.saturating_mul(2 * size_of::<f64>()))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let numbers: Vec<f64> = (0..count)
        .map(|i| match i {
            0 => start,
            _ if i + 1 == count => end,
            _ => start + (end - start) * (i as f64 / (count - 1) as f64),
        })
        .collect();
    store.new_tensor(&[count], &numbers)
}

fn contains<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (value, part) = (&arguments[0], &arguments[1]);
    let found = match (store.view(value), store.view(part)) {
        (View::String, View::String) => store.text(value).contains(store.text(part)),
        (View::String, _) => return Err(Fault::new("contains() looks for strings in a string")),
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
        _ => return Err(Fault::new("contains() requires a vector, tensor, or string")),
    };
    Ok(store.boolean(found))
}

fn reverse<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    if store.view(&arguments[0]) == View::String {
        let reversed: String = store.text(&arguments[0]).chars().rev().collect();
        return store.new_string(&reversed);
    }
    let mut items = items(store, "reverse", &arguments[0])?;
    items.reverse();
    rebuilt(store, &arguments[0], &items)
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
        columns.push(items(store, "zip", argument)?);
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
        _ => return Err(Fault::new("flatten() requires a vector or tensor")),
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

fn unique<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let items = items(store, "unique", &arguments[0])?;
    let mut kept: Vec<S::Value> = Vec::new();
    let mut seen = Seen::default();
    for item in items {
        let new = match store.view(&item) {
            View::Number(number) => seen.number(number),
            View::String => seen.strings.insert(store.text(&item).to_owned()),
            _ => {
                let others = &seen.others;
                let new = !others.iter().any(|at| compare::equal(store, &kept[*at], &item));
                if new {
                    seen.others.push(kept.len());
                }
                new
            }
        };
        if new {
            kept.push(item);
        }
    }
    store.new_vector(&kept)
}

/// What has been kept: numbers and strings in sets, everything else by its place.
#[derive(Default)]
struct Seen {
    numbers: std::collections::BTreeSet<u64>,
    strings: std::collections::BTreeSet<String>,
    others: Vec<usize>,
}

impl Seen {
    /// Notes a number; whether it is new. All NaNs are one, and so are `0` and `-0`.
    fn number(&mut self, number: f64) -> bool {
        let number = if number.is_nan() { f64::NAN } else { number + 0.0 };
        self.numbers.insert(number.to_bits())
    }
}

fn chunk<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "chunk() size must be a positive integer".to_owned();
    let size = argument::count(store, &arguments[1], wanted)?;
    if size == 0 {
        return Err(Fault::new(wanted()));
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
        None => Err(Fault::new(format!("{name}() requires a vector"))),
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

fn insert<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    changed(store, crate::Change::Insert, arguments)
}

fn remove<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    changed(store, crate::Change::Remove, arguments)
}

fn concat_vec<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut joined = items(store, "concat_vec", &arguments[0])?;
    joined.extend(items(store, "concat_vec", &arguments[1])?);
    store.new_vector(&joined)
}

fn rows<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let items = items(store, "sort", &arguments[0])?;
    store.new_vector(&items)
}

fn sorted<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    if store.view(&arguments[0]) == View::Tensor
        && let Some(view) = store.tensor(&arguments[0])
        && view.shape.len() == 1
    {
        let mut data = view.data.to_vec();
        data.sort_by(|x, y| change::numbers(*x, *y));
        return store.new_tensor(&[data.len()], &data);
    }
    let mut items = items(store, "sort", &arguments[0])?;
    change::sort(store, &mut items);
    store.new_vector(&items)
}
