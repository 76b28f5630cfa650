//! Truth values for each element: comparisons and logic.

use super::Call;
use super::ordering::with_truth;
use crate::builtin::row::rows;
use crate::elementwise::{self, Meaning};
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store, View, compare};

rows! {
    /// Whether the numbers of two arrays are equal, each in its place; shapes are broadcast. `==` compares
    /// whole arrays.
    ///
    /// `eq([1, 2], [1, 3])` → `[true, false]`
    685 eq("a, b") "arrays" call eq;
    /// Whether the numbers of two arrays differ, each in its place.
    ///
    /// `ne([1, 2], 1)` → `[false, true]`
    686 ne("a, b") "arrays" call ne;
    /// `<` for each pair of numbers.
    ///
    /// `lt([1, 2], 2)` → `[true, false]`
    687 lt("a, b") "arrays" call lt;
    /// `<=` for each pair of numbers.
    ///
    /// `le([1, 2], 1)` → `[true, false]`
    688 le("a, b") "arrays" call le;
    /// `>` for each pair of numbers.
    ///
    /// `gt([1, 2], 1)` → `[false, true]`
    689 gt("a, b") "arrays" call gt;
    /// `>=` for each pair of numbers.
    ///
    /// `ge([1, 2], 2)` → `[false, true]`
    690 ge("a, b") "arrays" call ge;
    /// Whether both are true, for each pair of elements; numbers are true if they are not 0.
    ///
    /// `logical_and([1, 0], true)` → `[true, false]`
    691 logical_and("a, b") "arrays" call logical_and;
    /// Whether one is true, for each pair of elements.
    ///
    /// `logical_or([1, 0], [0, 0])` → `[true, false]`
    692 logical_or("a, b") "arrays" call logical_or;
    /// Whether exactly one is true, for each pair of elements.
    ///
    /// `logical_xor([1, 0], [1, 1])` → `[false, true]`
    693 logical_xor("a, b") "arrays" call logical_xor;
    /// Whether an element is not true, for each; as `!` for masks.
    ///
    /// `logical_not([1, 0])` → `[false, true]`
    694 logical_not("a") "arrays" call logical_not;
    /// What the elements of an array are: `"number"`, `"complex"`, `"bool"`, or the kind of value in any
    /// other vector.
    ///
    /// `dtype([1, 2] > 1)` → `"bool"`
    /// `dtype([1, 2])` → `"number"`
    695 dtype("array") "arrays" call dtype;
}

/// The mask, or the truth value, of whether `f` holds for each pair of numbers. If there are complex
/// ones, `complex` says it.
fn compared<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl Fn(f64, f64) -> bool + Sync,
    complex: Option<fn(Complex, Complex) -> bool>,
) -> Result<S::Value, Fault> {
    let (a, b) = (call.at(0)?.clone(), call.at(1)?.clone());
    let refuse = |error| call.fault(error);
    let number = |x, y| f64::from(f(x, y));
    if let Some(made) = elementwise::zip(store, [&a, &b], Meaning::Truth, refuse, number) {
        return made;
    }
    if let (View::String, View::String) = (store.view(&a), store.view(&b)) {
        let order = compare::order(store, &a, &b)?;
        let sign = order.map_or(f64::NAN, |order| f64::from(order as i8));
        return Ok(store.boolean(f(sign, 0.0)));
    }
    let (x, y) = (with_truth(store, call, 0)?, with_truth(store, call, 1)?);
    let result = match (&x, &y) {
        (Numbers::Real(..), Numbers::Real(..)) => paired(call, &x, &y, |x, y| f(x.re, y.re))?,
        _ => {
            let unordered = || call.type_error("complex numbers have no order");
            let complex = complex.ok_or_else(unordered)?;
            paired(call, &x, &y, complex)?
        }
    };
    drop((x, y));
    numbers::new_mask(store, &result)
}

/// 0 or 1 for each pair of numbers.
fn paired<V: Clone>(
    call: &Call<V>,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
    f: impl Fn(Complex, Complex) -> bool + Sync,
) -> Result<Numbers<'static>, Fault> {
    let (x, y) = (a.complex_data(), b.complex_data());
    let shape = achronyme_numeric::broadcast_shape(a.shape(), b.shape())
        .map_err(|error| call.fault(error))?;
    let mut data = vec![0.0; crate::shape::size(&shape, size_of::<f64>())?];
    achronyme_numeric::broadcast_into(
        (a.shape(), &*x),
        (b.shape(), &*y),
        (&shape, &mut data),
        |x, y| f64::from(f(x, y)),
    );
    Ok(Numbers::Real(shape.to_vec().into(), data.into()))
}

fn eq<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x == y, Some(|x, y| x == y))
}

fn ne<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x != y, Some(|x, y| x != y))
}

fn lt<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x < y, None)
}

fn le<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x <= y, None)
}

fn gt<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x > y, None)
}

fn ge<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    compared(store, call, |x, y| x >= y, None)
}

/// Whether a complex number counts as true.
fn truth(z: Complex) -> bool {
    z.re != 0.0 || z.im != 0.0
}

fn logical_and<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let both = |x: f64, y: f64| x != 0.0 && y != 0.0;
    compared(store, call, both, Some(|x, y| truth(x) && truth(y)))
}

fn logical_or<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let one = |x: f64, y: f64| x != 0.0 || y != 0.0;
    compared(store, call, one, Some(|x, y| truth(x) || truth(y)))
}

fn logical_xor<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let one = |x: f64, y: f64| (x != 0.0) != (y != 0.0);
    compared(store, call, one, Some(|x, y| truth(x) != truth(y)))
}

fn logical_not<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let not = |x: f64| f64::from(x == 0.0);
    if let Some(made) = elementwise::map(store, &value, Meaning::Truth, not) {
        return made;
    }
    let numbers = with_truth(store, call, 0)?;
    let data = numbers.complex_data().iter().map(|z| f64::from(!truth(*z))).collect();
    let result = Numbers::Real(numbers.shape().to_vec().into(), data);
    drop(numbers);
    numbers::new_mask(store, &result)
}

fn dtype<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?;
    let name = match store.view(value) {
        View::Boolean(_) => "bool",
        _ if numbers::truths(store, value).is_some() => "bool",
        view => match numbers::of(store, value) {
            Some(Numbers::Real(..)) => "number",
            Some(Numbers::Complex(..)) => "complex",
            None if view == View::Vector => {
                let mut kinds = store.elements(value).iter().map(|element| store.kind(element));
                let first = kinds.next();
                match first {
                    Some(first) if kinds.all(|kind| kind == first) => first.name(),
                    _ => "any",
                }
            }
            None => return Err(call.wanted(store, 0, "an array or a number")),
        },
    };
    store.new_string(name)
}
