//! Equality of any two values, and the order of numbers and strings.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::{Fault, Store, View};

/// So many pairs are compared before pairs are remembered, which costs more than small values do.
const UNREMEMBERED: usize = 1000;

/// Whether two values are equal, by what is in them: vectors and tensors alike by their numbers,
/// records by their fields in any order, errors and edges by their parts. Functions, generators,
/// and what belongs to tasks are equal to themselves only. Values of other kinds differ, and
/// `NaN` from everything.
///
/// Ends for values that contain themselves: what is reached again while it is compared is taken
/// for equal.
pub fn equal<S: Store>(store: &S, a: &S::Value, b: &S::Value) -> bool {
    if let Some(answer) = at_once(store, a, b) {
        return answer;
    }
    let mut comparison = Comparison {
        store,
        waiting: vec![(a.clone(), b.clone())],
        pairs: 0,
        seen: BTreeSet::new(),
    };
    while let Some((a, b)) = comparison.waiting.pop() {
        if !comparison.step(&a, &b) {
            return false;
        }
    }
    true
}

/// How two values are ordered: numbers by size, strings by their characters. `None` if one is
/// `NaN`.
///
/// # Errors
/// Other kinds have no order.
pub fn order<S: Store>(store: &S, a: &S::Value, b: &S::Value) -> Result<Option<Ordering>, Fault> {
    match (store.view(a), store.view(b)) {
        (View::Number(x), View::Number(y)) => Ok(x.partial_cmp(&y)),
        (View::String, View::String) => Ok(Some(store.text(a).cmp(store.text(b)))),
        _ => Err(unordered()),
    }
}

/// The error that two values have no order.
pub(crate) fn unordered() -> Fault {
    Fault::new("Comparison operators currently only support numbers and strings, two of a kind")
}

/// The answer for values without parts, and for values of different kinds.
#[inline]
#[expect(clippy::float_cmp, reason = "this is what == means")]
fn at_once<S: Store>(store: &S, a: &S::Value, b: &S::Value) -> Option<bool> {
    Some(match (store.view(a), store.view(b)) {
        (View::Null, View::Null) => true,
        (View::Boolean(x), View::Boolean(y)) => x == y,
        (View::Number(x), View::Number(y)) => x == y,
        (View::Complex(x), View::Complex(y)) => x == y,
        (View::String, View::String) => store.text(a) == store.text(b),
        (View::Builtin(x), View::Builtin(y)) => x == y,
        (
            View::Vector | View::Tensor | View::ComplexTensor,
            View::Vector | View::Tensor | View::ComplexTensor,
        )
        | (View::Record, View::Record)
        | (View::Error, View::Error)
        | (View::Edge, View::Edge) => return None,
        (x, y) => x.kind() == y.kind() && store.same(a, b),
    })
}

/// A comparison under way.
struct Comparison<'a, S: Store> {
    store: &'a S,
    /// Pairs that must still be equal.
    waiting: Vec<(S::Value, S::Value)>,
    /// How many pairs with parts there were.
    pairs: usize,
    /// Such pairs, once there are many.
    seen: BTreeSet<(u64, u64)>,
}

impl<S: Store> Comparison<'_, S> {
    /// Whether two values are equal as far as can be seen at once; their parts are left waiting.
    fn step(&mut self, a: &S::Value, b: &S::Value) -> bool {
        if let Some(answer) = at_once(self.store, a, b) {
            return answer;
        }
        match self.store.view(a) {
            View::Record => self.records(a, b),
            View::Error => self.errors(a, b),
            View::Edge => self.edges(a, b),
            _ => self.arrays(a, b),
        }
    }

    /// Whether the pair need not be looked at, as it was before.
    fn known(&mut self, a: &S::Value, b: &S::Value) -> bool {
        self.pairs += 1;
        self.pairs > UNREMEMBERED
            && !self.seen.insert((self.store.identity(a), self.store.identity(b)))
    }

    fn arrays(&mut self, a: &S::Value, b: &S::Value) -> bool {
        let store = self.store;
        if let (Some(x), Some(y)) = (store.tensor(a), store.tensor(b)) {
            return x.shape == y.shape
                && x.data == y.data
                && (x.data.is_empty() || store.is_mask(a) == store.is_mask(b));
        }
        if let (Some(x), Some(y)) = (store.complex_tensor(a), store.complex_tensor(b)) {
            return x.shape == y.shape && x.data == y.data;
        }
        match (store.view(a), store.view(b)) {
            (View::Vector, View::Vector) => {
                let (x, y) = (store.elements(a), store.elements(b));
                if x.len() != y.len() {
                    return false;
                }
                if self.known(a, b) {
                    return true;
                }
                self.elements(x, y)
            }
            (View::Vector, _) => self.vector_and_tensor(a, b),
            (_, View::Vector) => self.vector_and_tensor(b, a),
            _ => false,
        }
    }

    /// Compares elements; what is small at once, so that unequal ones are found early.
    fn elements(&mut self, x: &[S::Value], y: &[S::Value]) -> bool {
        let start = self.waiting.len();
        for (x, y) in x.iter().zip(y) {
            if let (View::Number(x), View::Number(y)) = (self.store.view(x), self.store.view(y)) {
                #[expect(clippy::float_cmp, reason = "this is what == means")]
                if x != y {
                    return false;
                }
            } else {
                self.waiting.push((x.clone(), y.clone()));
            }
        }
        self.waiting[start..].reverse();
        true
    }

    /// Whether a vector has the numbers of a tensor, rows as vectors or tensors.
    fn vector_and_tensor(&self, vector: &S::Value, tensor: &S::Value) -> bool {
        let store = self.store;
        if let Some(view) = store.tensor(tensor) {
            let is_mask = store.is_mask(tensor);
            return rows_equal(store, vector, view.shape, view.data, &|view, number| {
                view == seen_as(is_mask, *number)
            });
        }
        store.complex_tensor(tensor).is_some_and(|view| {
            rows_equal(store, vector, view.shape, view.data, &|view, number| {
                view == View::Complex(*number)
            })
        })
    }

    fn records(&mut self, a: &S::Value, b: &S::Value) -> bool {
        let store = self.store;
        if self.known(a, b) {
            return true;
        }
        let (x, y) = (store.fields(a), store.fields(b));
        if x.len() != y.len() {
            return false;
        }
        for field in x {
            let Some(other) = store.field(b, field.name) else { return false };
            self.waiting.push((field.value, other));
        }
        true
    }

    fn errors(&mut self, a: &S::Value, b: &S::Value) -> bool {
        if self.known(a, b) {
            return true;
        }
        if let (Some(x), Some(y)) = (self.store.error(a), self.store.error(b)) {
            self.waiting.extend(x.into_iter().zip(y));
        }
        true
    }

    fn edges(&mut self, a: &S::Value, b: &S::Value) -> bool {
        let (Some(x), Some(y)) = (self.store.edge(a), self.store.edge(b)) else { return false };
        if (x.from, x.to, x.directed) != (y.from, y.to, y.directed) {
            return false;
        }
        self.waiting.push((x.properties, y.properties));
        true
    }
}

/// The element of a tensor or mask that this number stands for.
fn seen_as(is_mask: bool, number: f64) -> View {
    if is_mask { View::Boolean(number != 0.0) } else { View::Number(number) }
}

/// Whether `value` has the shape and the numbers of a box. As deep as the box has axes.
fn rows_equal<S: Store, T: Copy + PartialEq>(
    store: &S,
    value: &S::Value,
    shape: &[usize],
    data: &[T],
    equal: &impl Fn(View, &T) -> bool,
) -> bool {
    let Some((length, rest)) = shape.split_first() else {
        return data.first().is_some_and(|number| equal(store.view(value), number));
    };
    if let Some(view) = store.tensor(value) {
        let is_mask = store.is_mask(value);
        let numbers = view.data.iter().map(|number| seen_as(is_mask, *number));
        return view.shape == shape && numbers.zip(data).all(|(x, y)| equal(x, y));
    }
    if let Some(view) = store.complex_tensor(value) {
        let numbers = view.data.iter().map(|number| View::Complex(*number));
        return view.shape == shape && numbers.zip(data).all(|(x, y)| equal(x, y));
    }
    let elements = store.elements(value);
    if store.view(value) != View::Vector || elements.len() != *length {
        return false;
    }
    let row = data.len() / (*length).max(1);
    elements.iter().enumerate().all(|(i, element)| {
        rows_equal(store, element, rest, data.get(i * row..(i + 1) * row).unwrap_or(&[]), equal)
    })
}
