//! The shape of arrays, and arrays put together.

use achronyme_numeric::{Lanes, concatenated, transpose_into, transposed};

use super::Call;
use super::creation::integers;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers, of_each_kind};
use crate::{Complex, Fault, Form, Store, View, array, shape};

rows! {
    /// How many numbers there are in an array: the product of its shape. 1 for a number.
    ///
    /// `size([[1, 2], [3, 4]])` → `4`
    652 size("array") "arrays" call size;
    /// The numbers of an array in another shape: its lengths one by one, or as a vector. One of them may
    /// be -1: it follows from the others.
    ///
    /// `reshape([1, 2, 3, 4], 2, 2)[1]` → `[3, 4]`
    /// `shape(reshape(arange(6), [-1, 2]))` → `[3, 2]`
    653 reshape("array, length, ...") "arrays" call reshape;
    /// Strings, vectors or tensors one after the other, tensors along an axis; also as one vector of
    /// them.
    ///
    /// `concat("a", "b")` → `"ab"`
    /// `concat([1], [2, 3])` → `[1, 2, 3]`
    /// `concat([[1, 2]], [[3, 4]], {axis: 1})` → `[[1, 2, 3, 4]]`
    53 concat("a, ..., {axis = 0}") "arrays" call concat;
    /// Arrays of one shape in a vector, or one by one, as one array with a new axis.
    ///
    /// `stack([[1, 2], [3, 4]], {axis: 1})[0]` → `[1, 3]`
    655 stack("arrays, ..., {axis = 0}") "arrays" call stack;
    /// Arrays side by side: along the second axis, vectors along their only one.
    ///
    /// `hstack([1, 2], [3])` → `[1, 2, 3]`
    656 hstack("a, ...") "arrays" call hstack;
    /// Arrays one below the other: along the first axis, where vectors are rows.
    ///
    /// `shape(vstack([1, 2], [3, 4]))` → `[2, 2]`
    657 vstack("a, ...") "arrays" call vstack;
    /// The array with its axes in the opposite order, or in the one that is given. A vector stays.
    ///
    /// `transpose([[1, 2]])[1, 0]` → `2`
    /// `shape(transpose(zeros(2, 3, 4), {axes: [0, 2, 1]}))` → `[2, 4, 3]`
    97 transpose("array, {axes = null}") "linalg" call transpose;
    /// The conjugates, with the axes in the opposite order.
    ///
    /// `ctranspose([[1i, 2]])[0, 0]` → `0-1i`
    658 ctranspose("array") "linalg" call ctranspose;
    /// The same as `ctranspose`.
    ///
    /// `hermitian([[1i]])` → `[[0-1i]]`
    659 hermitian("array") "linalg" call ctranspose;
    /// The same as `ctranspose`.
    ///
    /// `adjoint([[1i]])` → `[[0-1i]]`
    660 adjoint("array") "linalg" call ctranspose;
    /// All numbers of an array in a row.
    ///
    /// `ravel([[1, 2], [3, 4]])` → `[1, 2, 3, 4]`
    661 ravel("array") "arrays" call ravel;
    /// The elements of a vector, or the characters of a string, from the last to the first; the places
    /// along an axis, or along several.
    ///
    /// `reverse([1, 2, 3])` → `[3, 2, 1]`
    /// `reverse("abc")` → `"cba"`
    /// `reverse([[1, 2]], {axis: 1})` → `[[2, 1]]`
    77 reverse("value, {axis = 0}") "arrays" call reverse;
}

/// The numbers as a mask if the argument was one, as a vector if it was one, else as a tensor.
pub(super) fn alike<S: Store>(
    store: &mut S,
    given: &S::Value,
    result: &Numbers<'_>,
) -> Result<S::Value, Fault> {
    if store.is_mask(given) {
        return numbers::new_mask(store, result);
    }
    let view = store.view(given);
    numbers::as_given(store, view, result)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn size<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?;
    let size = match store.view(value) {
        View::Vector => store.elements(value).len(),
        View::Boolean(_) => 1,
        _ => call.numbers(store, 0)?.len(),
    };
    Ok(store.number(size as f64))
}

fn reshape<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let wanted = integers(store, call, 1)?;
    let value = call.at(0)?.clone();
    let numbers = call.numbers(store, 0)?;
    let shape = fitting(call, &wanted, numbers.len())?;
    if let Numbers::Complex(_, data) = &numbers {
        let result = Numbers::Complex(shape.into(), data.to_vec().into());
        drop(numbers);
        return numbers::new_tensor(store, &result);
    }
    if shape.is_empty() || store.numbers(&value).is_none() {
        let data = numbers.complex_data().iter().map(|z| z.re).collect();
        drop(numbers);
        return numbers::new_tensor(store, &Numbers::Real(shape.into(), data));
    }
    drop(numbers);
    let form = if store.is_mask(&value) { Form::Mask } else { Form::Tensor };
    store.filled(form, &shape, &[&value], &mut |numbers, out| {
        if let [numbers] = numbers {
            out.copy_from_slice(numbers);
        }
    })
}

/// The shape that is wanted for so many numbers.
#[expect(clippy::float_cmp, reason = "lengths are integers")]
fn fitting<V: Clone>(call: &Call<V>, wanted: &[f64], count: usize) -> Result<Vec<usize>, Fault> {
    let mut shape = Vec::with_capacity(wanted.len());
    let mut free = None;
    for (axis, number) in wanted.iter().enumerate() {
        if *number == -1.0 && free.is_none() {
            free = Some(axis);
            shape.push(1);
        } else {
            shape.push(super::creation::length(call, *number)?);
        }
    }
    let mismatch = || {
        let lengths: Vec<String> = wanted.iter().map(f64::to_string).collect();
        let lengths = lengths.join(", ");
        call.shape_error(format!("{count} numbers cannot have the shape [{lengths}]"))
    };
    let known = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
    let known = known.ok_or_else(mismatch)?;
    if let Some(axis) = free {
        if known == 0 || !count.is_multiple_of(known) {
            return Err(mismatch());
        }
        shape[axis] = count / known;
    } else if known != count {
        return Err(mismatch());
    }
    Ok(shape)
}

/// The arrays that a function joins: its arguments, or the elements of the only one.
fn parts<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<Vec<S::Value>, Fault> {
    let all = call.rest(store, 0);
    match &*all {
        [only] if array::length(store, only).is_some() => array::items(store, only),
        [_] => Err(call.wanted(store, 0, "an array, or a vector of arrays")),
        _ => Ok(all),
    }
}

fn concat<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let parts = parts(store, call)?;
    let views: Vec<View> = parts.iter().map(|part| store.view(part)).collect();
    if views.contains(&View::String) {
        let mut joined = String::new();
        for part in &parts {
            if store.view(part) != View::String {
                return Err(Fault::type_error(format!(
                    "concat() requires two strings, or arrays, got {}",
                    store.kind(part).name()
                )));
            }
            joined.push_str(store.text(part));
            crate::text::check_length(&joined)?;
        }
        return store.new_string(&joined);
    }
    if views.iter().all(|view| *view == View::Vector) {
        let flat = parts
            .iter()
            .all(|part| numbers::of(store, part).is_none_or(|numbers| numbers.rank() == 1));
        if flat && call.axis(store, 1)?.is_none_or(|axis| axis == 0) {
            let count = parts.iter().map(|part| store.elements(part).len()).sum();
            let mut elements = Vec::with_capacity(count);
            for part in &parts {
                elements.extend_from_slice(store.elements(part));
            }
            return store.new_vector(&elements);
        }
    }
    joined(store, call, &parts, None)
}

/// Arrays one after the other along an axis: this one, or the one the call says.
fn joined<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    parts: &[S::Value],
    axis: Option<usize>,
) -> Result<S::Value, Fault> {
    let is_mask = !parts.is_empty() && parts.iter().all(|part| store.is_mask(part));
    let mut boxes = boxes(store, call, parts)?;
    // What has no numbers adds none, whatever its rank.
    if boxes.iter().any(|part| part.rank() > 1) {
        boxes.retain(|part| part.shape() != [0]);
    }
    let rank = boxes.first().map_or(1, Numbers::rank);
    let axis = match axis {
        Some(axis) => axis,
        None => call.axis(store, rank)?.unwrap_or(0),
    };
    let result = along(call, &boxes, axis)?;
    drop(boxes);
    if is_mask { numbers::new_mask(store, &result) } else { numbers::new_tensor(store, &result) }
}

/// The numbers of each of these arrays.
fn boxes<'a, S: Store>(
    store: &'a S,
    call: &Call<S::Value>,
    parts: &'a [S::Value],
) -> Result<Vec<Numbers<'a>>, Fault> {
    let wanted = |part| {
        let kind = store.kind(part).name();
        call.type_error(format!("arrays of numbers are joined, got {kind}"))
    };
    parts.iter().map(|part| numbers::of(store, part).ok_or_else(|| wanted(part))).collect()
}

/// Boxes one after the other along an axis.
fn along<V: Clone>(
    call: &Call<V>,
    boxes: &[Numbers<'_>],
    axis: usize,
) -> Result<Numbers<'static>, Fault> {
    let fault = |error| call.fault(error);
    if boxes.iter().any(|part| matches!(part, Numbers::Complex(..))) {
        let complex: Vec<_> = boxes.iter().map(|it| (it.shape(), it.complex_data())).collect();
        let parts: Vec<(&[usize], &[Complex])> =
            complex.iter().map(|(shape, data)| (*shape, &**data)).collect();
        let (shape, data) = concatenated(&parts, axis).map_err(fault)?;
        return Ok(Numbers::Complex(shape.into(), data.into()));
    }
    let parts: Vec<(&[usize], &[f64])> = boxes
        .iter()
        .filter_map(|part| match part {
            Numbers::Real(shape, data) => Some((&**shape, &**data)),
            Numbers::Complex(..) => None,
        })
        .collect();
    let (shape, data) = concatenated(&parts, axis).map_err(fault)?;
    Ok(Numbers::Real(shape.into(), data.into()))
}

/// The same numbers in another shape, of which there are as many.
fn with_shape<'a>(numbers: Numbers<'a>, shape: Vec<usize>) -> Numbers<'a> {
    match numbers {
        Numbers::Real(_, data) => Numbers::Real(shape.into(), data),
        Numbers::Complex(_, data) => Numbers::Complex(shape.into(), data),
    }
}

fn stack<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let parts = parts(store, call)?;
    let is_mask = !parts.is_empty() && parts.iter().all(|part| store.is_mask(part));
    let boxes = boxes(store, call, &parts)?;
    let rank = boxes.first().map_or(0, Numbers::rank);
    let axis = call.axis(store, rank + 1)?.unwrap_or(0);
    if let Some(other) = boxes.iter().find(|part| part.shape() != boxes[0].shape()) {
        let (a, b) = (boxes[0].shape(), other.shape());
        return Err(call.shape_error(format!("cannot stack {a:?} and {b:?}")));
    }
    let with_axis = boxes.into_iter().map(|part| {
        let mut shape = part.shape().to_vec();
        shape.insert(axis, 1);
        with_shape(part, shape)
    });
    let boxes: Vec<Numbers<'_>> = with_axis.collect();
    let result = along(call, &boxes, axis)?;
    drop(boxes);
    if is_mask { numbers::new_mask(store, &result) } else { numbers::new_tensor(store, &result) }
}

fn hstack<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let parts = parts(store, call)?;
    let rank = parts.first().and_then(|part| numbers::of(store, part)).map(|it| it.rank());
    match rank {
        Some(0) => {
            let row = store.new_vector(&parts)?;
            numbers_of_row(store, call, &row)
        }
        Some(1) => joined(store, call, &parts, Some(0)),
        _ => joined(store, call, &parts, Some(1)),
    }
}

/// A tensor of the numbers of a vector.
fn numbers_of_row<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    row: &S::Value,
) -> Result<S::Value, Fault> {
    let wanted = || call.type_error("arrays of numbers are joined");
    let numbers = numbers::of(store, row).ok_or_else(wanted)?;
    let numbers = of_each_kind!(numbers, (shape, data) => (shape.to_vec(), data.to_vec()));
    numbers::new_tensor(store, &numbers)
}

fn vstack<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let parts = parts(store, call)?;
    let is_mask = !parts.is_empty() && parts.iter().all(|part| store.is_mask(part));
    let rows = boxes(store, call, &parts)?.into_iter().map(|part| match part.shape() {
        [] => with_shape(part, vec![1, 1]),
        &[length] => with_shape(part, vec![1, length]),
        _ => part,
    });
    let rows: Vec<Numbers<'_>> = rows.collect();
    let result = along(call, &rows, 0)?;
    drop(rows);
    if is_mask { numbers::new_mask(store, &result) } else { numbers::new_tensor(store, &result) }
}

/// The order of axes that a call asks for: the opposite one if it says nothing.
fn order<S: Store>(store: &S, call: &Call<S::Value>, rank: usize) -> Result<Vec<usize>, Fault> {
    let Some(axes) = call.option("axes") else { return Ok((0..rank).rev().collect()) };
    let Some(Numbers::Real(_, axes)) = numbers::of(store, axes) else {
        return Err(call.option_wanted(store, "axes", "a vector of integers"));
    };
    let axes: Result<Vec<usize>, Fault> =
        axes.iter().map(|axis| call.axis_of(*axis, rank)).collect();
    let axes = axes?;
    if axes.len() != rank || (0..rank).any(|axis| !axes.contains(&axis)) {
        return Err(call.value_error(format!("axes must name each of {rank} axes once")));
    }
    Ok(axes)
}

fn transpose<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let Some(numbers) = numbers::of(store, &value) else {
        return Err(Fault::type_error("transpose() requires a matrix"));
    };
    let order = order(store, call, numbers.rank())?;
    if numbers.rank() < 2 {
        drop(numbers);
        return Ok(value);
    }
    if let (View::Tensor, &[rows, columns], [1, 0]) = (store.view(&value), numbers.shape(), &*order)
    {
        drop(numbers);
        let form = if store.is_mask(&value) { Form::Mask } else { Form::Tensor };
        return store.filled(form, &[columns, rows], &[&value], &mut |numbers, out| {
            if let [numbers] = numbers {
                transpose_into(numbers, rows, columns, out);
            }
        });
    }
    let result = of_each_kind!(numbers, (shape, data) => transposed(shape, data, &order));
    drop(numbers);
    alike(store, &value, &result)
}

fn ctranspose<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let numbers = call.numbers(store, 0)?;
    let order: Vec<usize> = (0..numbers.rank()).rev().collect();
    let mut result = of_each_kind!(numbers, (shape, data) => transposed(shape, data, &order));
    if let Numbers::Complex(_, data) = &mut result {
        data.to_mut().iter_mut().for_each(|z| z.im = -z.im);
    }
    drop(numbers);
    alike(store, &value, &result)
}

fn ravel<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let numbers = call.numbers(store, 0)?;
    let result = of_each_kind!(numbers, (_shape, data) => (vec![data.len()], data.to_vec()));
    drop(numbers);
    if store.is_mask(&value) {
        return numbers::new_mask(store, &result);
    }
    numbers::new_tensor(store, &result)
}

fn reverse<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    match store.view(&value) {
        View::String => {
            let reversed: String = store.text(&value).chars().rev().collect();
            return store.new_string(&reversed);
        }
        View::Vector if call.option("axis").is_none() => {
            let mut elements = store.elements(&value).to_vec();
            elements.reverse();
            return store.new_vector(&elements);
        }
        View::Vector | View::Tensor | View::ComplexTensor => {}
        view => {
            let kind = view.kind().name();
            return Err(Fault::type_error(format!("reverse() requires a vector, got {kind}")));
        }
    }
    let numbers = call.numbers(store, 0)?;
    let axes = match call.option("axis").map(|axis| numbers::of(store, axis)) {
        None => vec![0],
        Some(Some(Numbers::Real(_, axes))) => {
            let axes = axes.iter().map(|axis| call.axis_of(*axis, numbers.rank()));
            axes.collect::<Result<Vec<_>, _>>()?
        }
        Some(_) => {
            return Err(call.option_wanted(store, "axis", "an integer or a vector of integers"));
        }
    };
    shape::size(numbers.shape(), size_of::<Complex>())?;
    let mut result = of_each_kind!(numbers, (shape, data) => (shape.to_vec(), data.to_vec()));
    for axis in axes {
        result = of_each_kind!(result, (shape, data) => {
            let lanes = Lanes::along(shape, &[axis]).map_err(|error| call.fault(error))?;
            let data = lanes.map(data, lanes.length(), |lane, out| {
                out.copy_from_slice(lane);
                out.reverse();
                Ok(())
            });
            (shape.to_vec(), data.map_err(|error| call.fault(error))?)
        });
    }
    drop(numbers);
    alike(store, &value, &result)
}
