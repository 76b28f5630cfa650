//! Determinants, inverses and systems of equations.

use achronyme_numeric::linear::{self, Lu, Matrix, Scalar};

use super::operand::{self, Entry, both_kinds, each_kind};
use crate::functions::Call;
use crate::numbers::is_integer;
use crate::{Complex, Fault, Store};

pub(super) fn det<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        factors(call, a)?.determinant().value(store)
    })
}

pub(super) fn slogdet<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let (sign, logarithm) = factors(call, a)?.sign_and_logarithm();
        let fields = vec![("sign", sign.value(store)?), ("logdet", store.number(logarithm))];
        operand::record(store, fields)
    })
}

/// The factors of a square matrix.
fn factors<V: Clone, T: Entry>(call: &Call<V>, a: Matrix<T>) -> Result<Lu<T>, Fault> {
    a.require_square().and_then(|()| a.require_finite()).map_err(|error| call.fault(error))?;
    Ok(Lu::new(a))
}

pub(super) fn inv<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let inverse = linear::inverse(&a).map_err(|error| call.fault(error))?;
        operand::tensor(store, &inverse)
    })
}

pub(super) fn solve<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let a = operand::matrix(store, call, 0)?;
    let (b, is_vector) = operand::columns(store, call, 1)?;
    both_kinds!(a, b, (a, b) => {
        let x = linear::solve(&a, &b).map_err(|error| call.fault(error))?;
        solution(store, &x, is_vector)
    })
}

/// A tensor shaped as the right side.
fn solution<S: Store, T: Entry>(
    store: &mut S,
    x: &Matrix<T>,
    is_vector: bool,
) -> Result<S::Value, Fault> {
    if is_vector { T::tensor(store, &[x.rows()], x.data()) } else { operand::tensor(store, x) }
}

pub(super) fn lstsq<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let a = operand::matrix(store, call, 0)?;
    let (b, is_vector) = operand::columns(store, call, 1)?;
    let limit = operand::number_option(store, call, "rcond")?;
    both_kinds!(a, b, (a, b) => {
        let found = linear::least_squares(&a, &b, limit).map_err(|error| call.fault(error))?;
        let residuals = match (&*found.residuals, is_vector) {
            ([residual], true) => store.number(*residual),
            (residuals, _) => operand::row(store, residuals)?,
        };
        let fields = vec![
            ("x", solution(store, &found.x, is_vector)?),
            ("residuals", residuals),
            ("rank", count(store, found.rank)),
            ("s", operand::row(store, &found.s)?),
        ];
        operand::record(store, fields)
    })
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
pub(super) fn count<S: Store>(store: &S, count: usize) -> S::Value {
    store.number(count as f64)
}

pub(super) fn pinv<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let cut = operand::number_option(store, call, "rcond")?.unwrap_or(1e-15);
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let result = linear::pseudo_inverse(&a, cut).map_err(|error| call.fault(error))?;
        operand::tensor(store, &result)
    })
}

pub(super) fn expm<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let result = linear::exponential(&a).map_err(|error| call.fault(error))?;
        operand::tensor(store, &result)
    })
}

pub(super) fn trace<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let offset = call.number_option(store, "offset", 0.0)?;
    if !is_integer(offset) {
        return Err(call.value_error(format!("offset must be an integer, got {offset}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let offset = offset as isize;
    let down = offset.min(0).unsigned_abs();
    let right = offset.max(0).unsigned_abs();
    each_kind!(operand::matrix(store, call, 0)?, a => {
        diagonal_sum(&a, down, right).value(store)
    })
}

/// The sum of what stands on a diagonal that starts so far down and right.
fn diagonal_sum<T: Entry>(a: &Matrix<T>, down: usize, right: usize) -> T {
    let count = a.rows().saturating_sub(down).min(a.columns().saturating_sub(right));
    (0..count).fold(T::ZERO, |sum, i| sum + a[(i + down, i + right)])
}

pub(super) fn is_symmetric<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let tolerance = call.number_or(store, 1, 1e-12)?;
    let result = each_kind!(operand::matrix(store, call, 0)?, a => symmetric(&a, tolerance));
    Ok(store.boolean(result))
}

/// Whether a matrix is its adjoint, up to a tolerance.
fn symmetric<T: Entry>(a: &Matrix<T>, tolerance: f64) -> bool {
    let near = |i, j| (a[(i, j)] - a[(j, i)].conjugate()).modulus() <= tolerance;
    a.is_square() && (0..a.rows()).all(|i| (0..=i).all(|j| near(i, j)))
}

pub(super) fn is_positive_definite<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let result = each_kind!(operand::matrix(store, call, 0)?, a => {
        let size = a.data().iter().map(|x| x.modulus()).fold(0.0, f64::max);
        symmetric(&a, 1e-12 * size) && linear::is_positive_definite(&a)
    });
    Ok(store.boolean(result))
}

pub(super) fn power_iteration<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let steps = call.count_or(store, 1, 1000)?;
    let tolerance = call.number_or(store, 2, 1e-10)?;
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let found =
            linear::power_iteration(&a, steps, tolerance).map_err(|error| call.fault(error))?;
        let fields = vec![
            ("value", found.value.value(store)?),
            ("vector", Entry::tensor(store, &[found.vector.len()], &found.vector)?),
            ("iterations", count(store, found.iterations)),
        ];
        operand::record(store, fields)
    })
}

/// Complex numbers, as real ones if all of them are.
pub(super) fn real_if_real<S: Store>(store: &mut S, values: &[Complex]) -> Result<S::Value, Fault> {
    if values.iter().all(|value| value.im == 0.0) {
        let values: Vec<f64> = values.iter().map(|value| value.re).collect();
        return operand::row(store, &values);
    }
    store.new_complex_tensor(&[values.len()], values)
}
