//! Operators where one side is a box of numbers: broadcasting, and the matrix product.

use std::borrow::Cow;

use achronyme_numeric::{Canonical, Error, broadcast_into, broadcast_shape};

use super::{BinaryOp, complex, incompatible, number};
use crate::elementwise::{self, Meaning, Operand};
use crate::functions::linear;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View, shape};

/// What `a op b` is, shapes broadcast.
pub(super) fn binary(
    store: &impl Store,
    op: BinaryOp,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
) -> Result<Numbers<'static>, Fault> {
    if op == BinaryOp::Multiply && is_product(a.rank(), b.rank()) {
        return linear::multiply(store, a, b);
    }
    match (a, b) {
        (Numbers::Real(a_shape, x), Numbers::Real(b_shape, y)) => {
            let (x, y) = ((&**a_shape, &**x), (&**b_shape, &**y));
            let (shape, data) = match op {
                BinaryOp::Add => broadcast(store, x, y, |x, y| x + y)?,
                BinaryOp::Subtract => broadcast(store, x, y, |x, y| x - y)?,
                BinaryOp::Multiply => broadcast(store, x, y, |x, y| x * y)?,
                BinaryOp::Divide => broadcast(store, x, y, |x, y| x / y)?,
                BinaryOp::Remainder => broadcast(store, x, y, |x, y| x % y)?,
                BinaryOp::Power => broadcast(store, x, y, number::power)?,
                BinaryOp::Less => broadcast(store, x, y, |x, y| f64::from(x < y))?,
                BinaryOp::LessOrEqual => broadcast(store, x, y, |x, y| f64::from(x <= y))?,
                BinaryOp::Greater => broadcast(store, x, y, |x, y| f64::from(x > y))?,
                BinaryOp::GreaterOrEqual => broadcast(store, x, y, |x, y| f64::from(x >= y))?,
                BinaryOp::Equal | BinaryOp::NotEqual => return Err(incompatible(op)),
            };
            Ok(Numbers::Real(Cow::Owned(shape), Cow::Owned(data)))
        }
        _ => {
            let (x, y) = (a.complex_data(), b.complex_data());
            let (x, y) = ((a.shape(), &*x), (b.shape(), &*y));
            let (shape, data) = match op {
                BinaryOp::Add => broadcast(store, x, y, |x, y| x + y)?,
                BinaryOp::Subtract => broadcast(store, x, y, |x, y| x - y)?,
                BinaryOp::Multiply => broadcast(store, x, y, |x, y| x * y)?,
                BinaryOp::Divide => broadcast(store, x, y, complex::divide)?,
                BinaryOp::Power => broadcast(store, x, y, complex::power)?,
                _ => return Err(incompatible(op)),
            };
            Ok(Numbers::Complex(Cow::Owned(shape), Cow::Owned(data)))
        }
    }
}

/// What `a op b` is for real numbers, shapes broadcast, written where it will lie. `None` for some
/// products of matrices, or where there are other than numbers, tensors, and vectors of numbers.
pub(super) fn of_numbers<S: Store>(
    store: &mut S,
    op: BinaryOp,
    a: &S::Value,
    b: &S::Value,
) -> Option<Result<S::Value, Fault>> {
    if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
        return None;
    }
    let (x, y) = (elementwise::operand(store, a)?, elementwise::operand(store, b)?);
    if op == BinaryOp::Multiply && is_product(x.rank(), y.rank()) {
        return linear::of_tensors(store, a, b);
    }
    let (values, operands) = ([a, b], (x, y));
    let (numbers, truth) = (Meaning::Numbers, Meaning::Truth);
    Some(match op {
        BinaryOp::Add => each(store, values, operands, numbers, |x, y| x + y),
        BinaryOp::Subtract => each(store, values, operands, numbers, |x, y| x - y),
        BinaryOp::Multiply => each(store, values, operands, numbers, |x, y| x * y),
        BinaryOp::Divide => each(store, values, operands, numbers, |x, y| x / y),
        BinaryOp::Remainder => each(store, values, operands, numbers, |x, y| x % y),
        BinaryOp::Power => match operands.1 {
            // Squares are products.
            Operand::Number(2.0) => each(store, values, operands, numbers, |x, _| x * x),
            Operand::Number(exponent) => return elementwise::to_power(store, a, exponent),
            Operand::Array { .. } => each(store, values, operands, numbers, number::power),
        },
        BinaryOp::Less => each(store, values, operands, truth, |x, y| f64::from(x < y)),
        BinaryOp::LessOrEqual => each(store, values, operands, truth, |x, y| f64::from(x <= y)),
        BinaryOp::Greater => each(store, values, operands, truth, |x, y| f64::from(x > y)),
        BinaryOp::GreaterOrEqual => each(store, values, operands, truth, |x, y| f64::from(x >= y)),
        BinaryOp::Equal | BinaryOp::NotEqual => return None,
    })
}

fn each<S: Store>(
    store: &mut S,
    values: [&S::Value; 2],
    operands: (Operand, Operand),
    meaning: Meaning,
    f: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<S::Value, Fault> {
    let mut is_refused = false;
    let refuse = |error: Error| {
        is_refused = true;
        Fault { kind: error.kind.name(), message: error.message }
    };
    let made = elementwise::zip_operands(store, values, operands, meaning, refuse, f);
    if is_refused {
        let [a, b] = values.map(|value| numbers::of(store, value).map(|it| it.shape().to_vec()));
        return Err(shape::mismatch(&a.unwrap_or_default(), &b.unwrap_or_default()));
    }
    made
}

/// `-a` of an array, a vector for a vector.
pub(super) fn negated<S: Store>(store: &mut S, a: &S::Value) -> Result<S::Value, Fault> {
    if let Some(result) = elementwise::map(store, a, Meaning::Numbers, |x| -x) {
        return result;
    }
    let view = store.view(a);
    let Some(numbers) = numbers::of(store, a) else {
        return Err(Fault::new(if view == View::Vector {
            "Cannot negate a non-numeric vector"
        } else {
            "Cannot negate this type"
        }));
    };
    let shape = Cow::Owned(numbers.shape().to_vec());
    let result = match &numbers {
        Numbers::Real(_, data) => Numbers::Real(shape, data.iter().map(|x| -x).collect()),
        Numbers::Complex(_, data) => Numbers::Complex(shape, data.iter().map(|z| -z).collect()),
    };
    drop(numbers);
    numbers::as_given(store, view, &result)
}

/// Shape and numbers of a box.
type Box<'a, T> = (&'a [usize], &'a [T]);

/// `f` of each pair of numbers that meet when the shapes are aligned at the last axis.
///
/// # Errors
/// The shapes do not fit, or memory has run out.
fn broadcast<T: Copy + Send + Sync, U: Canonical + Default>(
    store: &impl Store,
    (a_shape, a): Box<'_, T>,
    (b_shape, b): Box<'_, T>,
    f: impl Fn(T, T) -> U + Sync,
) -> Result<(Vec<usize>, Vec<U>), Fault> {
    let shape =
        broadcast_shape(a_shape, b_shape).map_err(|_| shape::mismatch(a_shape, b_shape))?.to_vec();
    let size = shape::size(&shape, size_of::<U>())?;
    store.room(size.saturating_mul(size_of::<U>()))?;
    let mut data = vec![U::default(); size];
    broadcast_into((a_shape, a), (b_shape, b), (&shape, &mut data), f);
    Ok((shape, data))
}

/// Whether `*` between boxes with so many axes is a product of matrices.
const fn is_product(a: usize, b: usize) -> bool {
    matches!((a, b), (2, 1 | 2) | (1, 2))
}
