//! Arguments as matrices, and matrices as values.

use achronyme_numeric::Canonical;
use achronyme_numeric::linear::{Matrix, Scalar};

use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Complex, Fault, Store};

/// A matrix of an argument.
#[derive(Debug)]
pub(super) enum Operand {
    /// Of real numbers.
    Real(Matrix<f64>),
    /// Of complex numbers.
    Complex(Matrix<Complex>),
}

/// What an expression makes of a matrix, whichever numbers it has.
macro_rules! each_kind {
    ($operand:expr, $matrix:ident => $result:expr) => {
        match $operand {
            $crate::functions::linear::operand::Operand::Real($matrix) => $result,
            $crate::functions::linear::operand::Operand::Complex($matrix) => $result,
        }
    };
}

/// What an expression makes of two matrices, both complex if one is.
macro_rules! both_kinds {
    ($a:expr, $b:expr, ($x:ident, $y:ident) => $result:expr) => {
        match ($a, $b) {
            (
                $crate::functions::linear::operand::Operand::Real($x),
                $crate::functions::linear::operand::Operand::Real($y),
            ) => $result,
            (a, b) => {
                let ($x, $y) = (a.into_complex(), b.into_complex());
                $result
            }
        }
    };
}

pub(super) use {both_kinds, each_kind};

impl Operand {
    /// The matrix of complex numbers.
    pub(super) fn into_complex(self) -> Matrix<Complex> {
        match self {
            Self::Real(matrix) => matrix.map(Complex::from),
            Self::Complex(matrix) => matrix,
        }
    }

    /// Numbers as a matrix of this many rows and columns, which are as many.
    pub(super) fn new(numbers: Numbers<'_>, rows: usize, columns: usize) -> Option<Self> {
        Some(match numbers {
            Numbers::Real(_, data) => {
                Self::Real(Matrix::new(rows, columns, data.into_owned()).ok()?)
            }
            Numbers::Complex(_, data) => {
                Self::Complex(Matrix::new(rows, columns, data.into_owned()).ok()?)
            }
        })
    }
}

/// The matrix at a place of a call.
///
/// # Errors
/// There is none; or memory has run out.
pub(super) fn matrix<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<Operand, Fault> {
    let numbers = call.numbers(store, place)?;
    // The factors of a matrix are a few times as large as itself.
    store.room(numbers.len().saturating_mul(4 * size_of::<Complex>()))?;
    let &[rows, columns] = numbers.shape() else {
        let shape = numbers.shape().to_vec();
        return Err(call.shape_error(format!("matrix required, got {shape:?}")));
    };
    Operand::new(numbers, rows, columns).ok_or_else(|| call.wanted(store, place, "a matrix"))
}

/// The matrix at a place of a call; what has one axis is one column. The second result says whether
/// it was.
///
/// # Errors
/// There is none; or memory has run out.
pub(super) fn columns<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<(Operand, bool), Fault> {
    let numbers = call.numbers(store, place)?;
    if let &[rows] = numbers.shape() {
        let operand = Operand::new(numbers, rows, 1);
        return Ok((operand.ok_or_else(|| call.wanted(store, place, "a vector"))?, true));
    }
    drop(numbers);
    Ok((matrix(store, call, place)?, false))
}

/// A kind of number as values of the language.
pub(super) trait Entry: Scalar + Canonical {
    /// One number.
    fn value<S: Store>(self, store: &mut S) -> Result<S::Value, Fault>;
    /// A tensor.
    fn tensor<S: Store>(store: &mut S, shape: &[usize], data: &[Self]) -> Result<S::Value, Fault>;
}

impl Entry for f64 {
    fn value<S: Store>(self, store: &mut S) -> Result<S::Value, Fault> {
        Ok(store.number(self))
    }

    fn tensor<S: Store>(store: &mut S, shape: &[usize], data: &[Self]) -> Result<S::Value, Fault> {
        store.new_tensor(shape, data)
    }
}

impl Entry for Complex {
    fn value<S: Store>(self, store: &mut S) -> Result<S::Value, Fault> {
        store.new_complex(self.canonical())
    }

    fn tensor<S: Store>(store: &mut S, shape: &[usize], data: &[Self]) -> Result<S::Value, Fault> {
        store.new_complex_tensor(shape, data)
    }
}

/// A matrix as a tensor.
pub(super) fn tensor<S: Store, T: Entry>(
    store: &mut S,
    matrix: &Matrix<T>,
) -> Result<S::Value, Fault> {
    T::tensor(store, &[matrix.rows(), matrix.columns()], matrix.data())
}

/// Real numbers in a row.
pub(super) fn row<S: Store>(store: &mut S, data: &[f64]) -> Result<S::Value, Fault> {
    store.new_tensor(&[data.len()], data)
}

/// A record of these fields.
pub(super) fn record<S: Store>(
    store: &mut S,
    fields: Vec<(&str, S::Value)>,
) -> Result<S::Value, Fault> {
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, value, false)).collect();
    store.new_record(&fields)
}

/// The option that is a number or null.
pub(super) fn number_option<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    name: &str,
) -> Result<Option<f64>, Fault> {
    match call.option(name) {
        None => Ok(None),
        Some(_) => {
            let number = call.number_option(store, name, 0.0)?;
            if number >= 0.0 {
                return Ok(Some(number));
            }
            Err(call.value_error(format!("{name} must be from 0 on, got {number}")))
        }
    }
}
