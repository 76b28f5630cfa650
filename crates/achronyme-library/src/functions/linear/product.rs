//! Products of vectors and matrices.

use achronyme_numeric::linear::{
    Matrix, Scalar, View as Block, matrix_power, matrix_times_vector_into, multiply_into,
    vector_times_matrix_into,
};
use achronyme_numeric::{Canonical, broadcast_into, broadcast_shape, pairwise_of_pairs};

use super::operand::{self, Entry, Operand, both_kinds, each_kind};
use crate::functions::Call;
use crate::numbers::{self, Numbers, is_integer};
use crate::{Complex, Fault, Form, Store, View, shape};

/// The numbers at a place, of one axis.
fn vector<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Numbers<'a>, Fault> {
    let numbers = call.numbers(store, place)?;
    if numbers.rank() == 1 {
        return Ok(numbers);
    }
    Err(call.shape_error(format!("vector required, got {:?}", numbers.shape())))
}

fn mismatch<V: Clone>(call: &Call<V>, expected: usize, got: usize) -> Fault {
    call.shape_error(format!("dimension mismatch: expected [{expected}], got [{got}]"))
}

pub(super) fn dot<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (a, b) = (vector(store, call, 0)?, vector(store, call, 1)?);
    if a.len() != b.len() {
        return Err(mismatch(call, a.len(), b.len()));
    }
    if let (Numbers::Real(_, x), Numbers::Real(_, y)) = (&a, &b) {
        return Ok(store.number(pairwise_of_pairs(x, y, |x, y| x * y)));
    }
    let (x, y) = (a.complex_data(), b.complex_data());
    let sum = pairwise_of_pairs(&x, &y, |x, y| x.conj() * y);
    drop((x, y));
    drop((a, b));
    sum.value(store)
}

pub(super) fn cross<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let view = call.get(0).map(|value| store.view(value));
    let (a, b) = (vector(store, call, 0)?, vector(store, call, 1)?);
    if a.len() != b.len() || !matches!(a.len(), 2 | 3) {
        let wrong = if matches!(a.len(), 2 | 3) { b.len() } else { a.len() };
        let expected = if a.len() == 2 { 2 } else { 3 };
        return Err(mismatch(call, expected, wrong));
    }
    let result = match (&a, &b) {
        (Numbers::Real(_, a), Numbers::Real(_, b)) => {
            let data = crossed(a, b);
            Numbers::Real(result_shape(&data), data.into())
        }
        _ => {
            let data = crossed(&a.complex_data(), &b.complex_data());
            Numbers::Complex(result_shape(&data), data.into())
        }
    };
    drop((a, b));
    if view == Some(View::Vector) {
        numbers::new_vector(store, &result)
    } else {
        numbers::new_tensor(store, &result)
    }
}

fn result_shape<T>(data: &[T]) -> std::borrow::Cow<'static, [usize]> {
    if data.len() == 1 { Vec::new().into() } else { vec![data.len()].into() }
}

fn crossed<T: Scalar + Canonical>(a: &[T], b: &[T]) -> Vec<T> {
    let part = |i: usize, j: usize| (a[i] * b[j] - a[j] * b[i]).canonical();
    if a.len() == 2 { vec![part(0, 1)] } else { vec![part(1, 2), part(2, 0), part(0, 1)] }
}

pub(super) fn mul<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (a, b) = (call.numbers(store, 0)?, call.numbers(store, 1)?);
    let shape = broadcast_shape(a.shape(), b.shape()).map_err(|error| call.fault(error))?;
    let size = shape::size(&shape, size_of::<Complex>())?;
    store.room(size.saturating_mul(size_of::<Complex>()))?;
    let result = if let (Numbers::Real(a, x), Numbers::Real(b, y)) = (&a, &b) {
        let data = products((a, x), (b, y), &shape, size);
        Numbers::Real(shape.to_vec().into(), data.into())
    } else {
        let (x, y) = (a.complex_data(), b.complex_data());
        let data = products((a.shape(), &x), (b.shape(), &y), &shape, size);
        Numbers::Complex(shape.to_vec().into(), data.into())
    };
    drop((a, b));
    numbers::new_tensor(store, &result)
}

fn products<T: Scalar + Canonical + Default>(
    a: Box<'_, T>,
    b: Box<'_, T>,
    shape: &[usize],
    size: usize,
) -> Vec<T> {
    let mut data = vec![T::ZERO; size];
    broadcast_into(a, b, (shape, &mut data), |x, y| x * y);
    data
}

pub(super) fn outer<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (a, b) = (vector(store, call, 0)?, vector(store, call, 1)?);
    let shape = [a.len(), b.len()];
    let room = |size: usize| -> Result<(), Fault> {
        store.room(shape::size(&shape, size)?.saturating_mul(size))
    };
    if let (Numbers::Real(_, x), Numbers::Real(_, y)) = (&a, &b) {
        room(size_of::<f64>())?;
        let data: Vec<f64> = x.iter().flat_map(|x| y.iter().map(move |y| x * y)).collect();
        drop((a, b));
        return Entry::tensor(store, &shape, &data);
    }
    room(size_of::<Complex>())?;
    let (x, y) = (a.complex_data(), b.complex_data());
    let data: Vec<Complex> = x.iter().flat_map(|x| y.iter().map(move |y| x * y)).collect();
    drop((x, y));
    drop((a, b));
    Entry::tensor(store, &shape, &data)
}

/// A matrix, or a vector as one row; and whether it was one.
fn rows<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<(Operand, bool), Fault> {
    let numbers = call.numbers(store, place)?;
    if let &[columns] = numbers.shape() {
        let operand = Operand::new(numbers, 1, columns);
        return Ok((operand.ok_or_else(|| call.wanted(store, place, "a vector"))?, true));
    }
    drop(numbers);
    Ok((operand::matrix(store, call, place)?, false))
}

pub(super) fn kron<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ((a, a_is_row), (b, b_is_row)) = (rows(store, call, 0)?, rows(store, call, 1)?);
    both_kinds!(a, b, (a, b) => {
        let rows = a.rows().saturating_mul(b.rows());
        let columns = a.columns().saturating_mul(b.columns());
        let size = shape::size(&[rows, columns], size_of::<Complex>())?;
        store.room(size.saturating_mul(size_of::<Complex>()))?;
        let product = kronecker(&a, &b);
        if a_is_row && b_is_row {
            Entry::tensor(store, &[columns], product.data())
        } else {
            operand::tensor(store, &product)
        }
    })
}

fn kronecker<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let (rows, columns) = (b.rows(), b.columns());
    Matrix::from_fn(a.rows() * rows, a.columns() * columns, |i, j| {
        a[(i / rows, j / columns)] * b[(i % rows, j % columns)]
    })
}

pub(super) fn matmul<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    if let (Ok(a), Ok(b)) = (call.at(0), call.at(1))
        && let Some(result) = of_tensors(store, a, b)
    {
        return result;
    }
    let (a, b) = (call.numbers(store, 0)?, call.numbers(store, 1)?);
    let wrong = |fault: Fault| call.shape_error(fault.message);
    let result = multiply(store, &a, &b).map_err(wrong)?;
    drop((a, b));
    numbers::new_tensor(store, &result)
}

/// The product of two real tensors, of which at least one is a matrix and none has more axes, written
/// where it will lie. `None` for any others, and where the shapes do not agree.
pub(crate) fn of_tensors<S: Store>(
    store: &mut S,
    a: &S::Value,
    b: &S::Value,
) -> Option<Result<S::Value, Fault>> {
    let (x, y) = (store.tensor(a)?.shape, store.tensor(b)?.shape);
    let (sizes, shape) = match (x, y) {
        (&[rows, inner], &[other, columns]) if inner == other => {
            ((rows, inner, columns), [rows, columns])
        }
        (&[rows, inner], &[other]) if inner == other => ((rows, inner, 1), [rows, 1]),
        (&[inner], &[other, columns]) if inner == other => ((1, inner, columns), [columns, 1]),
        _ => return None,
    };
    let by_vector = y.len() == 1;
    let rank = x.len() + y.len() - 2;
    Some(store.filled(Form::Tensor, &shape[..rank], &[a, b], &mut |numbers, out| {
        if let [x, y] = numbers {
            multiply_part(x, y, sizes, by_vector, out);
            for number in out {
                *number = number.canonical();
            }
        }
    }))
}

/// The product of matrices, of a matrix and a vector, or of boxes of matrices.
///
/// # Errors
/// Shapes do not agree; or memory has run out.
pub(crate) fn multiply(
    store: &impl Store,
    a: &Numbers<'_>,
    b: &Numbers<'_>,
) -> Result<Numbers<'static>, Fault> {
    if let (Numbers::Real(a_shape, x), Numbers::Real(b_shape, y)) = (a, b) {
        let (shape, data) = multiply_data(store, (a_shape, x), (b_shape, y))?;
        return Ok(Numbers::Real(shape.into(), data.into()));
    }
    let (x, y) = (a.complex_data(), b.complex_data());
    let (shape, data) = multiply_data(store, (a.shape(), &x), (b.shape(), &y))?;
    Ok(Numbers::Complex(shape.into(), data.into()))
}

/// Shape and numbers of a box.
type Box<'a, T> = (&'a [usize], &'a [T]);

fn multiply_data<T: Scalar>(
    store: &impl Store,
    (a_shape, a): Box<'_, T>,
    (b_shape, b): Box<'_, T>,
) -> Result<(Vec<usize>, Vec<T>), Fault> {
    let wrong = || Fault::shape_error(format!("cannot multiply shapes {a_shape:?} · {b_shape:?}"));
    let (a_outer, rows, inner) = match a_shape {
        [] => return Err(wrong()),
        [inner] => (&[][..], 1, *inner),
        [outer @ .., rows, inner] => (outer, *rows, *inner),
    };
    let (b_outer, b_inner, columns) = match b_shape {
        [] => return Err(wrong()),
        [inner] => (&[][..], *inner, 1),
        [outer @ .., inner, columns] => (outer, *inner, *columns),
    };
    if inner != b_inner {
        return Err(wrong());
    }
    let outer = broadcast_shape(a_outer, b_outer).map_err(|_| wrong())?;
    let mut shape = outer.to_vec();
    if a_shape.len() > 1 {
        shape.push(rows);
    }
    if b_shape.len() > 1 {
        shape.push(columns);
    }
    let size = shape::size(&shape, size_of::<T>())?;
    store.room(size.saturating_mul(2 * size_of::<T>()))?;
    let mut data = vec![T::ZERO; size];
    let mut counter = vec![0; outer.len()];
    for product in data.chunks_exact_mut((rows * columns).max(1)) {
        let x = part(a, place(&counter, a_outer), rows * inner);
        let y = part(b, place(&counter, b_outer), inner * columns);
        multiply_part(x, y, (rows, inner, columns), b_shape.len() == 1, product);
        shape::advance(&mut counter, &outer);
    }
    Ok((shape, data))
}

/// Where the matrix lies that a box of this outer shape has at these indices, among its matrices.
fn place(counter: &[usize], outer: &[usize]) -> usize {
    let own = &counter[counter.len() - outer.len()..];
    own.iter()
        .zip(outer)
        .fold(0, |place, (index, length)| place * length + if *length == 1 { 0 } else { *index })
}

/// The numbers of the matrix with this number.
fn part<T>(data: &[T], number: usize, size: usize) -> &[T] {
    &data[number * size..(number + 1) * size]
}

/// Writes the product of `rows` times `inner` and `inner` times `columns` numbers.
fn multiply_part<T: Scalar>(
    x: &[T],
    y: &[T],
    (rows, inner, columns): (usize, usize, usize),
    by_vector: bool,
    out: &mut [T],
) {
    let fits = "as many numbers as the shape says";
    if by_vector {
        matrix_times_vector_into(Block::new(rows, inner, x).expect(fits), y, out);
    } else if rows == 1 {
        vector_times_matrix_into(x, Block::new(inner, columns, y).expect(fits), out);
    } else {
        let (x, y) = (Block::new(rows, inner, x), Block::new(inner, columns, y));
        multiply_into(x.expect(fits), y.expect(fits), out).expect("the sizes agree");
    }
}

pub(super) fn power<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let matrix = operand::matrix(store, call, 0)?;
    let exponent = call.number(store, 1)?;
    if !is_integer(exponent) || exponent.abs() > 9_007_199_254_740_992.0 {
        return Err(call.value_error(format!("n must be an integer, got {exponent}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is an integer below 2^53")]
    let exponent = exponent as i64;
    each_kind!(matrix, a => {
        let result = matrix_power(&a, exponent).map_err(|error| call.fault(error))?;
        operand::tensor(store, &result)
    })
}
