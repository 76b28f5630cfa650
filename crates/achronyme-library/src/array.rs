//! Arrays as literals, ranges and spreading make them, and as loops and patterns walk through them.

use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

/// The value of an array literal with these elements, spread ones included: equally shaped rows
/// of numbers become a tensor, anything else a vector, where numbers beside complex numbers
/// become complex.
///
/// # Errors
/// Memory has run out.
pub fn literal<S: Store>(store: &mut S, elements: &[S::Value]) -> Result<S::Value, Fault> {
    let Some(first) = elements.first() else { return store.new_vector(elements) };
    match store.view(first) {
        View::Number(_) | View::Complex(_) => scalars(store, elements),
        View::Vector | View::Tensor | View::ComplexTensor => rows(store, elements),
        _ => store.new_vector(elements),
    }
}

/// A vector that begins with a number or complex number.
fn scalars<S: Store>(store: &mut S, elements: &[S::Value]) -> Result<S::Value, Fault> {
    let mut complex = false;
    for element in elements {
        match store.view(element) {
            View::Number(_) => {}
            View::Complex(_) => complex = true,
            _ => return store.new_vector(elements),
        }
    }
    if !complex {
        return store.new_vector(elements);
    }
    let mut promoted = elements.to_vec();
    for element in &mut promoted {
        if let View::Number(number) = store.view(element) {
            *element = store.new_complex(number.into())?;
        }
    }
    store.new_vector(&promoted)
}

/// A tensor of vectors of numbers or tensors of one shape; a vector of other rows.
fn rows<S: Store>(store: &mut S, elements: &[S::Value]) -> Result<S::Value, Fault> {
    let mut parts = Vec::with_capacity(elements.len());
    for element in elements {
        match row(store, element) {
            Some(part) if part.len() > 0 || part.rank() > 1 => parts.push(part),
            _ => {
                drop(parts);
                return store.new_vector(elements);
            }
        }
    }
    let stacked = numbers::stacked(&parts);
    drop(parts);
    match stacked {
        Some(numbers) if elements.iter().all(|it| store.is_mask(it)) => {
            numbers::new_mask(store, &numbers)
        }
        Some(numbers) => numbers::new_tensor(store, &numbers),
        None => store.new_vector(elements),
    }
}

/// The numbers of a row: a tensor, or a vector of scalars.
fn row<'a, S: Store>(store: &'a S, element: &'a S::Value) -> Option<Numbers<'a>> {
    if store.view(element) == View::Vector {
        let first = store.elements(element).first()?;
        if !matches!(store.view(first), View::Number(_) | View::Complex(_)) {
            return None;
        }
    } else if !matches!(store.view(element), View::Tensor | View::ComplexTensor) {
        return None;
    }
    numbers::of(store, element)
}

/// The vector of the integers from `start` to before `end`, or to `end` if it is inclusive.
///
/// # Errors
/// A bound is no integer, or there are more than memory has room for.
pub fn range<S: Store>(
    store: &mut S,
    start: &S::Value,
    end: &S::Value,
    inclusive: bool,
) -> Result<S::Value, Fault> {
    let first = bound(store, start, "start")?;
    let last = bound(store, end, "end")? + if inclusive { 1.0 } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = (last - first).max(0.0) as usize;
    store.room(count.saturating_mul(size_of::<S::Value>() + size_of::<u64>()))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let elements: Vec<S::Value> = (0..count).map(|i| store.number(first + i as f64)).collect();
    store.new_vector(&elements)
}

/// The first and the last of the integers that [`range`] gives; none if the last is less.
///
/// # Errors
/// A bound is no integer.
pub fn range_ends<S: Store>(
    store: &S,
    start: &S::Value,
    end: &S::Value,
    inclusive: bool,
) -> Result<(f64, f64), Fault> {
    let first = bound(store, start, "start")?;
    let last = bound(store, end, "end")?;
    Ok((first, if inclusive { last } else { last - 1.0 }))
}

fn bound<S: Store>(store: &S, value: &S::Value, side: &str) -> Result<f64, Fault> {
    match store.view(value) {
        // -0 is 0.
        View::Number(number) if numbers::is_integer(number) => Ok(number + 0.0),
        View::Number(number) => {
            Err(Fault::new(format!("range bounds must be integers, not {number}")))
        }
        view => {
            Err(Fault::new(format!("Range {side} must be a number, got {}", view.kind().name())))
        }
    }
}

/// The values that `...value` puts into an array: elements, or the rows of a tensor.
///
/// # Errors
/// The value has no elements.
pub fn spread<S: Store>(store: &mut S, value: &S::Value) -> Result<Vec<S::Value>, Fault> {
    if length(store, value).is_none() {
        return Err(Fault::new(format!(
            "Cannot spread non-iterable value in array context: {} is no Vector or Tensor",
            store.kind(value).name()
        )));
    }
    items(store, value)
}

/// How many values a loop or a pattern finds in a vector or tensor. `None` for other kinds, and
/// for a tensor without axes.
pub fn length<S: Store>(store: &S, value: &S::Value) -> Option<usize> {
    match store.view(value) {
        View::Vector => Some(store.elements(value).len()),
        View::Tensor => store.tensor(value)?.shape.first().copied(),
        View::ComplexTensor => store.complex_tensor(value)?.shape.first().copied(),
        _ => None,
    }
}

/// The value that a loop or a pattern finds at `index`: an element, or a row of a tensor, which is
/// a number for one axis and a vector for two; of a mask a truth value or a mask. `None` beyond the end.
///
/// # Errors
/// Memory has run out.
pub fn item<S: Store>(
    store: &mut S,
    value: &S::Value,
    index: usize,
) -> Result<Option<S::Value>, Fault> {
    match store.view(value) {
        View::Vector => Ok(store.elements(value).get(index).cloned()),
        View::Tensor | View::ComplexTensor => {
            let is_mask = store.is_mask(value);
            let Some(part) = tensor_row(store, value, index) else { return Ok(None) };
            let make = if is_mask { numbers::new_mask } else { numbers::new_vector };
            make(store, &part).map(Some)
        }
        _ => Ok(None),
    }
}

/// All that [`item`] finds.
///
/// # Errors
/// Memory has run out.
pub(crate) fn items<S: Store>(store: &mut S, value: &S::Value) -> Result<Vec<S::Value>, Fault> {
    if store.view(value) == View::Vector {
        return Ok(store.elements(value).to_vec());
    }
    let count = length(store, value).unwrap_or(0);
    let mut items = Vec::with_capacity(count);
    for index in 0..count {
        items.extend(item(store, value, index)?);
    }
    Ok(items)
}

/// The numbers of a tensor at one place of its first axis.
fn tensor_row<S: Store>(store: &S, value: &S::Value, index: usize) -> Option<Numbers<'static>> {
    fn cut<T: Copy>(shape: &[usize], data: &[T], index: usize) -> Option<(Vec<usize>, Vec<T>)> {
        let (length, rest) = shape.split_first()?;
        let size = data.len() / (*length).max(1);
        let row = data.get(index * size..(index + 1) * size).filter(|_| index < *length)?;
        Some((rest.to_vec(), row.to_vec()))
    }
    if let Some(view) = store.tensor(value) {
        let (shape, data) = cut(view.shape, view.data, index)?;
        return Some(Numbers::Real(shape.into(), data.into()));
    }
    let view = store.complex_tensor(value)?;
    let (shape, data) = cut(view.shape, view.data, index)?;
    Some(Numbers::Complex(shape.into(), data.into()))
}
