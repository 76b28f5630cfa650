//! Methods that change a vector where it lies: what it becomes, and what the call gives.

use std::cmp::Ordering;

use crate::index::place;
use crate::{Change, Fault, Store, View, array};

/// What a vector or tensor becomes by a method, and the value of the call. Tensors become vectors
/// of their rows. An engine may do the same faster where nobody else sees the vector.
///
/// # Errors
/// A wrong number of arguments, a place that is not there, or a value that is no array.
pub fn apply<S: Store>(
    store: &mut S,
    change: Change,
    vector: &S::Value,
    arguments: &[S::Value],
) -> Result<(S::Value, S::Value), Fault> {
    let name = change.name();
    if array::length(store, vector).is_none() {
        return Err(Fault::type_error(format!("{name}() requires a vector")));
    }
    let mut elements = array::items(store, vector)?;
    let wrong_count = |expected: usize| {
        Fault::type_error(format!("{name}() expects {expected} arguments, got {}", arguments.len()))
    };
    let mut taken = None;
    match (change, arguments) {
        (Change::Push, [value]) => elements.push(value.clone()),
        (Change::Pop, []) => taken = Some(popped(&mut elements)?),
        (Change::Insert, [index, value]) => {
            let at = place::at(store, index, elements.len() + 1)?;
            elements.insert(at, value.clone());
        }
        (Change::Remove, [index]) => {
            let at = place::at(store, index, elements.len())?;
            taken = Some(elements.remove(at));
        }
        (Change::Sort, []) => sort(store, &mut elements),
        (Change::Reverse, []) => elements.reverse(),
        (Change::Push | Change::Remove, _) => return Err(wrong_count(1)),
        (Change::Insert, _) => return Err(wrong_count(2)),
        (Change::Pop | Change::Sort | Change::Reverse, _) => return Err(wrong_count(0)),
    }
    let changed = store.new_vector(&elements)?;
    let value = taken.unwrap_or_else(|| changed.clone());
    Ok((changed, value))
}

/// Takes what is last.
///
/// # Errors
/// There is nothing.
fn popped<V>(elements: &mut Vec<V>) -> Result<V, Fault> {
    elements.pop().ok_or_else(|| Fault::index_error("pop() from an empty vector"))
}

/// Sorts values in place: numbers by size and NaN after them, complex numbers by their parts,
/// strings by their characters. Kinds that have no order between them stay as they stand.
pub(crate) fn sort<S: Store>(store: &S, elements: &mut [S::Value]) {
    elements.sort_by(|a, b| order(store, a, b));
}

/// The order of two values in that sense.
pub(crate) fn order<S: Store>(store: &S, a: &S::Value, b: &S::Value) -> Ordering {
    match (store.view(a), store.view(b)) {
        (View::Number(x), View::Number(y)) => numbers(x, y),
        (View::Complex(x), View::Complex(y)) => {
            numbers(x.re, y.re).then_with(|| numbers(x.im, y.im))
        }
        (View::String, View::String) => store.text(a).cmp(store.text(b)),
        (x, y) => rank(x).cmp(&rank(y)),
    }
}

/// The order of numbers, NaN last. `-0` and `0` are equal.
pub(crate) fn numbers(x: f64, y: f64) -> Ordering {
    x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan()))
}

/// Numbers stand before strings, and strings before everything else.
const fn rank(view: View) -> u8 {
    match view {
        View::Number(_) => 0,
        View::Complex(_) => 1,
        View::String => 2,
        _ => 3,
    }
}

impl Change {
    /// What the method is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Pop => "pop",
            Self::Insert => "insert",
            Self::Remove => "remove",
            Self::Sort => "sort",
            Self::Reverse => "reverse",
        }
    }
}
