//! Operators where one side is a box of numbers: broadcasting, and the matrix product.

use std::borrow::Cow;

use super::{BinaryOp, complex, incompatible, number};
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store, View, shape};

/// What `a op b` is, shapes broadcast.
pub(super) fn binary(
    store: &impl Store,
    op: BinaryOp,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
) -> Result<Numbers<'static>, Fault> {
    if op == BinaryOp::Multiply && matches!((a.rank(), b.rank()), (2, 1 | 2) | (1, 2)) {
        return product(store, a, b);
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
                _ => return Err(incompatible(op)),
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

/// What `a op b` is for vectors of numbers and numbers, in one pass. `None` for anything else, and
/// where lengths differ.
pub(super) fn of_numbers<S: Store>(
    store: &mut S,
    op: BinaryOp,
    a: &S::Value,
    b: &S::Value,
) -> Option<Result<S::Value, Fault>> {
    match op {
        BinaryOp::Add => each(store, a, b, |x, y| x + y),
        BinaryOp::Subtract => each(store, a, b, |x, y| x - y),
        BinaryOp::Multiply => each(store, a, b, |x, y| x * y),
        BinaryOp::Divide => each(store, a, b, |x, y| x / y),
        BinaryOp::Remainder => each(store, a, b, |x, y| x % y),
        BinaryOp::Power => each(store, a, b, number::power),
        _ => None,
    }
}

/// `f` of each number of a vector and a number, as a vector, or of the numbers of two vectors, as
/// a tensor.
fn each<S: Store>(
    store: &mut S,
    a: &S::Value,
    b: &S::Value,
    f: impl Fn(f64, f64) -> f64,
) -> Option<Result<S::Value, Fault>> {
    let number = |value: &S::Value| match store.view(value) {
        View::Number(number) => Some(number),
        _ => None,
    };
    let (views, x, y) = ((store.view(a), store.view(b)), store.elements(a), store.elements(b));
    match views {
        (View::Vector, View::Number(y)) => {
            let result = x.iter().map(|x| Some(store.number(f(number(x)?, y))));
            let result: Option<Vec<S::Value>> = result.collect();
            Some(store.new_vector(&result?))
        }
        (View::Number(x), View::Vector) => {
            let result = y.iter().map(|y| Some(store.number(f(x, number(y)?))));
            let result: Option<Vec<S::Value>> = result.collect();
            Some(store.new_vector(&result?))
        }
        (View::Vector, View::Vector) if x.len() == y.len() => {
            let result = x.iter().zip(y).map(|(x, y)| Some(f(number(x)?, number(y)?)));
            let result: Option<Vec<f64>> = result.collect();
            let result = result?;
            Some(store.new_tensor(&[result.len()], &result))
        }
        _ => None,
    }
}

/// `-v` of a vector.
pub(super) fn negated_vector<S: Store>(store: &mut S, a: &S::Value) -> Result<S::Value, Fault> {
    let Some(numbers) = numbers::of(store, a) else {
        return Err(Fault::new("Cannot negate a non-numeric vector"));
    };
    let result = negated(&numbers);
    drop(numbers);
    numbers::new_vector(store, &result)
}

/// `-t` of a tensor.
pub(super) fn negated_tensor<S: Store>(store: &mut S, a: &S::Value) -> Result<S::Value, Fault> {
    let Some(numbers) = numbers::of(store, a) else {
        return Err(Fault::new("Cannot negate this type"));
    };
    let result = negated(&numbers);
    drop(numbers);
    numbers::new_tensor(store, &result)
}

fn negated(a: &Numbers<'_>) -> Numbers<'static> {
    let shape = Cow::Owned(a.shape().to_vec());
    match a {
        Numbers::Real(_, data) => Numbers::Real(shape, data.iter().map(|x| -x).collect()),
        Numbers::Complex(_, data) => Numbers::Complex(shape, data.iter().map(|z| -z).collect()),
    }
}

/// Shape and numbers of a box.
type Box<'a, T> = (&'a [usize], &'a [T]);

/// `f` of each pair of numbers that meet when the shapes are aligned at the last axis.
pub(crate) fn broadcast<T: Copy, U>(
    store: &impl Store,
    (a_shape, a): Box<'_, T>,
    (b_shape, b): Box<'_, T>,
    f: impl Fn(T, T) -> U,
) -> Result<(Vec<usize>, Vec<U>), Fault> {
    if a_shape == b_shape {
        let data = a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect();
        return Ok((a_shape.to_vec(), data));
    }
    if let ([y], []) = (b, b_shape) {
        return Ok((a_shape.to_vec(), a.iter().map(|x| f(*x, *y)).collect()));
    }
    if let ([x], []) = (a, a_shape) {
        return Ok((b_shape.to_vec(), b.iter().map(|y| f(*x, *y)).collect()));
    }
    let shape = shape::broadcast(a_shape, b_shape)?;
    let size = shape::size(&shape, size_of::<U>())?;
    store.room(size.saturating_mul(size_of::<U>()))?;
    let (a_steps, b_steps) = (shape::steps(a_shape, &shape), shape::steps(b_shape, &shape));
    let mut data = Vec::with_capacity(size);
    let (Some(width), Some(a_step), Some(b_step)) = (shape.last(), a_steps.last(), b_steps.last())
    else {
        return Ok((shape, data));
    };
    let mut counter = vec![0; shape.len() - 1];
    while data.len() < size {
        let offset = |steps: &[usize]| -> usize {
            counter.iter().zip(steps).map(|(index, step)| index * step).sum()
        };
        let (a_row, b_row) = (offset(&a_steps), offset(&b_steps));
        data.extend((0..*width).map(|i| f(a[a_row + i * a_step], b[b_row + i * b_step])));
        shape::advance(&mut counter, &shape);
    }
    Ok((shape, data))
}

/// The product of two matrices, or of a matrix and a vector.
fn product(
    store: &impl Store,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
) -> Result<Numbers<'static>, Fault> {
    let (rows, inner) = match a.shape() {
        [inner] => (1, *inner),
        [rows, inner] => (*rows, *inner),
        _ => return Err(incompatible(BinaryOp::Multiply)),
    };
    let (b_inner, columns) = match b.shape() {
        [inner] => (*inner, 1),
        [inner, columns] => (*inner, *columns),
        _ => return Err(incompatible(BinaryOp::Multiply)),
    };
    if inner != b_inner {
        return Err(Fault::new(format!(
            "Cannot multiply shapes {:?} and {:?}: {inner} columns meet {b_inner} rows",
            a.shape(),
            b.shape()
        )));
    }
    let size = shape::size(&[rows, columns], size_of::<Complex>())?;
    store.room(size.saturating_mul(size_of::<Complex>()))?;
    let mut shape = Vec::with_capacity(2);
    if a.rank() == 2 {
        shape.push(rows);
    }
    if b.rank() == 2 {
        shape.push(columns);
    }
    let shape = Cow::Owned(shape);
    Ok(match (a, b) {
        (Numbers::Real(_, x), Numbers::Real(_, y)) => {
            Numbers::Real(shape, Cow::Owned(multiplied(x, y, inner, columns, size)))
        }
        _ => {
            let (x, y) = (a.complex_data(), b.complex_data());
            Numbers::Complex(shape, Cow::Owned(multiplied(&x, &y, inner, columns, size)))
        }
    })
}

/// Rows of length `inner` in `a` times columns of `b`; `size` numbers. Row by row, so that memory
/// is read in its order.
fn multiplied<T>(a: &[T], b: &[T], inner: usize, columns: usize, size: usize) -> Vec<T>
where
    T: Copy + Default + std::ops::Mul<Output = T> + std::ops::AddAssign,
{
    let mut data = vec![T::default(); size];
    if inner == 0 || columns == 0 {
        return data;
    }
    for (row, sums) in a.chunks_exact(inner).zip(data.chunks_exact_mut(columns)) {
        for (x, terms) in row.iter().zip(b.chunks_exact(columns)) {
            for (sum, y) in sums.iter_mut().zip(terms) {
                *sum += *x * *y;
            }
        }
    }
    data
}
