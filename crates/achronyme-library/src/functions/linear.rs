//! Vectors and matrices.

use crate::builtin::row::rows;
use crate::functions::statistics::pairwise;
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Store, View};

rows! {
    /// The sum of the products of numbers that stand in the same place; of complex ones, the first
    /// conjugated.
    ///
    /// `dot([1, 2, 3], [4, 5, 6])` → `32`
    93 dot("a, b") "linalg" library dot;
    /// The vector that stands upright on two vectors of three numbers.
    ///
    /// `cross([1, 0, 0], [0, 1, 0])` → `[0, 0, 1]`
    94 cross("a, b") "linalg" library cross;
    /// The length of a vector.
    ///
    /// `norm([3, 4])` → `5`
    95 norm("vector") "linalg" library norm;
    /// The vector of length 1 in the same direction.
    ///
    /// `normalize([0, 2])` → `[0, 1]`
    96 normalize("vector") "linalg" library normalize;
    /// The matrix with rows and columns exchanged.
    ///
    /// `transpose([[1, 2]])[1, 0]` → `2`
    97 transpose("matrix") "linalg" library transpose;
    /// The length of each axis of a vector or tensor, the outermost first.
    ///
    /// `shape([[1, 2, 3], [4, 5, 6]])` → `[2, 3]`
    128 shape("array") "linalg" library shape;
    /// How many axes a vector or tensor has.
    ///
    /// `ndim([[1, 2], [3, 4]])` → `2`
    129 ndim("array") "linalg" library ndim;
    /// The determinant of a square matrix.
    ///
    /// `det([[2, 0], [0, 3]])` → `6`
    98 det("matrix") "linalg" library det;
    /// The sum of the numbers from the upper left to the lower right.
    ///
    /// `trace([[1, 2], [3, 4]])` → `5`
    99 trace("matrix") "linalg" library trace;
}

/// An argument of one axis.
fn vector<'a, S: Store>(
    store: &'a S,
    name: &str,
    value: &'a S::Value,
) -> Result<Numbers<'a>, Fault> {
    numbers::of(store, value)
        .filter(|numbers| numbers.rank() == 1)
        .ok_or_else(|| Fault::new(format!("{name}() requires a numeric vector")))
}

/// An argument of two axes, with its rows and columns.
fn matrix<'a, S: Store>(
    store: &'a S,
    name: &str,
    value: &'a S::Value,
) -> Result<(Numbers<'a>, usize, usize), Fault> {
    let numbers = numbers::of(store, value);
    let shape = numbers.as_ref().map(|numbers| numbers.shape().to_vec());
    match (numbers, shape.as_deref()) {
        (Some(numbers), Some([rows, columns])) => Ok((numbers, *rows, *columns)),
        _ => Err(Fault::new(format!("{name}() requires a matrix"))),
    }
}

fn mismatch(expected: usize, got: usize) -> Fault {
    Fault::new(format!("Dimension mismatch: expected [{expected}], got [{got}]"))
}

fn dot<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let a = vector(store, "dot", &arguments[0])?;
    let b = vector(store, "dot", &arguments[1])?;
    if a.len() != b.len() {
        return Err(mismatch(a.len(), b.len()));
    }
    if let (Numbers::Real(_, x), Numbers::Real(_, y)) = (&a, &b) {
        let products: Vec<f64> = x.iter().zip(&**y).map(|(x, y)| x * y).collect();
        let sum = pairwise(&products);
        return Ok(store.number(sum));
    }
    let (x, y) = (a.complex_data(), b.complex_data());
    let products: Vec<Complex> = x.iter().zip(&*y).map(|(x, y)| x.conj() * y).collect();
    drop((x, y));
    let sum = pairwise(&products);
    store.new_complex(sum)
}

fn cross<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    let (Numbers::Real(_, a), Numbers::Real(_, b)) =
        (vector(store, "cross", &arguments[0])?, vector(store, "cross", &arguments[1])?)
    else {
        return Err(Fault::new("cross() requires vectors of real numbers"));
    };
    let ([a0, a1, a2], [b0, b1, b2]) = (&*a, &*b) else {
        let wrong = if a.len() == 3 { b.len() } else { a.len() };
        return Err(mismatch(3, wrong));
    };
    let product = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0];
    drop((a, b));
    if view == View::Vector {
        numbers::real_vector(store, &product)
    } else {
        store.new_tensor(&[3], &product)
    }
}

/// The length of a vector, without overflow on the way.
fn length(numbers: &Numbers<'_>) -> f64 {
    let sizes: Vec<f64> = match numbers {
        Numbers::Real(_, data) => data.iter().map(|x| x.abs()).collect(),
        Numbers::Complex(_, data) => data.iter().map(|z| libm::hypot(z.re, z.im)).collect(),
    };
    let largest = sizes.iter().fold(0.0, |largest: f64, size| largest.max(*size));
    if sizes.iter().any(|size| size.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || largest.is_infinite() {
        return largest;
    }
    if (1e-100..1e100).contains(&largest) {
        let squares: Vec<f64> = sizes.iter().map(|size| size * size).collect();
        return pairwise(&squares).sqrt();
    }
    let squares: Vec<f64> = sizes.iter().map(|size| (size / largest) * (size / largest)).collect();
    largest * pairwise(&squares).sqrt()
}

fn norm<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let norm = length(&vector(store, "norm", &arguments[0])?);
    Ok(store.number(norm))
}

fn normalize<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let view = store.view(&arguments[0]);
    let numbers = vector(store, "normalize", &arguments[0])?;
    let norm = length(&numbers);
    if norm == 0.0 {
        return Err(Fault::new("normalize() requires a vector that is not zero"));
    }
    let result = match numbers {
        Numbers::Real(shape, data) => {
            Numbers::Real(shape.into_owned().into(), data.iter().map(|x| x / norm).collect())
        }
        Numbers::Complex(shape, data) => {
            Numbers::Complex(shape.into_owned().into(), data.iter().map(|z| z / norm).collect())
        }
    };
    super::elementary::as_given(store, view, &result)
}

/// The lengths of the axes of what has axes.
fn axes<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Vec<usize>, Fault> {
    let tensor = store.tensor(value).map(|tensor| tensor.shape.to_vec());
    let complex = || store.complex_tensor(value).map(|tensor| tensor.shape.to_vec());
    let vector = || (store.view(value) == View::Vector).then(|| vec![store.elements(value).len()]);
    tensor
        .or_else(complex)
        .or_else(vector)
        .ok_or_else(|| Fault::new(format!("{name}() requires a vector or tensor")))
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn shape<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let axes = axes(store, "shape", &arguments[0])?;
    let lengths: Vec<_> = axes.iter().map(|&length| store.number(length as f64)).collect();
    store.new_vector(&lengths)
}

#[expect(clippy::cast_precision_loss, reason = "there are few axes")]
fn ndim<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let axes = axes(store, "ndim", &arguments[0])?;
    Ok(store.number(axes.len() as f64))
}

fn transpose<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    fn transposed<T: Copy>(data: &[T], rows: usize, columns: usize) -> Vec<T> {
        let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        places.map(|(row, column)| data[row * columns + column]).collect()
    }
    let (numbers, rows, columns) = matrix(store, "transpose", &arguments[0])?;
    let shape = vec![columns, rows].into();
    let result = match &numbers {
        Numbers::Real(_, data) => Numbers::Real(shape, transposed(data, rows, columns).into()),
        Numbers::Complex(_, data) => {
            Numbers::Complex(shape, transposed(data, rows, columns).into())
        }
    };
    drop(numbers);
    numbers::new_tensor(store, &result)
}

fn det<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (numbers, rows, columns) = matrix(store, "det", &arguments[0])?;
    if rows != columns {
        return Err(Fault::new(format!(
            "Determinant failed: Dimension mismatch: expected [0, 0], got [{rows}, {columns}]"
        )));
    }
    match numbers {
        Numbers::Real(_, data) => {
            let determinant = determinant(&mut data.into_owned(), rows, f64::abs, |x, y| x / y);
            Ok(store.number(determinant))
        }
        Numbers::Complex(_, data) => {
            let size = |z: Complex| libm::hypot(z.re, z.im);
            let divide = crate::operator::complex_divide;
            let determinant = determinant(&mut data.into_owned(), rows, size, divide);
            store.new_complex(determinant)
        }
    }
}

/// The determinant, by elimination with the largest number of a column as pivot.
fn determinant<T>(
    data: &mut [T],
    count: usize,
    size: impl Fn(T) -> f64,
    divide: impl Fn(T, T) -> T,
) -> T
where
    T: Copy
        + From<f64>
        + std::ops::Mul<Output = T>
        + std::ops::SubAssign
        + std::ops::Neg<Output = T>,
{
    let mut result = T::from(1.0);
    for k in 0..count {
        let pivot = (k..count).reduce(|best, row| {
            if size(data[row * count + k]) > size(data[best * count + k]) { row } else { best }
        });
        let Some(pivot) = pivot else { break };
        if pivot != k {
            for column in 0..count {
                data.swap(k * count + column, pivot * count + column);
            }
            result = -result;
        }
        let divisor = data[k * count + k];
        result = result * divisor;
        if size(divisor) == 0.0 {
            return T::from(0.0);
        }
        for row in k + 1..count {
            let factor = divide(data[row * count + k], divisor);
            for column in k + 1..count {
                let taken = factor * data[k * count + column];
                data[row * count + column] -= taken;
            }
        }
    }
    result
}

fn trace<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (numbers, rows, columns) = matrix(store, "trace", &arguments[0])?;
    let places = (0..rows.min(columns)).map(|i| i * columns + i);
    match &numbers {
        Numbers::Real(_, data) => {
            let sum = places.map(|at| data[at]).fold(0.0, |sum, x| sum + x);
            drop(numbers);
            Ok(store.number(sum))
        }
        Numbers::Complex(_, data) => {
            let sum = places.map(|at| data[at]).fold(Complex::new(0.0, 0.0), |sum, z| sum + z);
            drop(numbers);
            store.new_complex(sum)
        }
    }
}
