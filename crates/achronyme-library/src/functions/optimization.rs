//! What searches for roots and least values compute between two calls of the user's function. The
//! searches are written in Achronyme.
//!
//! What checks an argument or a value of the user begins with the name of the function that errors are
//! to name.

use achronyme_numeric::linear::Matrix;
use achronyme_numeric::optimization::{self, History, LineSearch};

use super::program::bounds;
use super::series::{real_tensor, record};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// The numbers of a number or vector, of which there must be so many, or any number if that is
    /// null. `what` begins the sentence that says what it should be.
    930 _flat("function, value, what, count") "" library flat;
    /// The numbers of a matrix with so many rows and columns; a vector will do where one of both is 1.
    931 _matrix("function, value, what, rows, columns") "" library matrix_of;
    /// The bounds of so many variables: a row of least and one of greatest values.
    932 _bounds("function, options, count") "" library bounds_of;
    /// The dogleg step for equations with this Jacobian.
    933 _dogleg("jacobian, residuals, scale, radius") "" call dogleg;
    /// The Jacobian after a step.
    934 _broyden("jacobian, step, scale, change") "" call broyden;
    /// The step of Levenberg and Marquardt.
    935 _least_step("jacobian, residuals, scale, radius, low, high") "" call least_step;
    /// (JᵀJ)⁻¹, or null if there is none.
    936 _covariance("jacobian") "" call covariance;
    /// The beginning of a search along a direction.
    937 _line_start("value, slope, step, longest, sufficient, curvature") "" call line_start;
    /// The search after an answer.
    938 _line_next("search, value, slope") "" call line_next;
    /// The inverse Hessian after a step.
    939 _bfgs("inverse, step, change") "" call bfgs;
    /// The direction that the last steps tell of.
    940 _limited("steps, changes, gradient") "" call limited;
    /// The same between bounds, and which variables are free.
    941 _projected("steps, changes, gradient, low, high, near") "" call projected;
}

fn flat<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "value, what, count", arguments)?;
    let what = call.text(store, 1)?;
    let value = call.get(0).and_then(|value| numbers::of(store, value));
    let Some(Numbers::Real(shape, data)) = value else {
        let found = call.get(0).map_or("null", |value| store.kind(value).name());
        return Err(call.type_error(format!("{what} a vector of real numbers, got {found}")));
    };
    let fits = match call.get(2) {
        None => shape.len() <= 1,
        Some(_) => shape.len() <= 1 && data.len() == call.count(store, 2)?,
    };
    if !fits {
        let wanted = match call.get(2) {
            None => "a vector".to_owned(),
            Some(_) => match call.count(store, 2)? {
                1 => "1 number".to_owned(),
                count => format!("{count} numbers"),
            },
        };
        return Err(call.shape_error(format!("{what} {wanted}, got shape {shape:?}")));
    }
    let data = data.into_owned();
    real_tensor(store, &data)
}

fn matrix_of<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "value, what, rows, columns", arguments)?;
    let what = call.text(store, 1)?;
    let (rows, columns) = (call.count(store, 2)?, call.count(store, 3)?);
    let value = call.get(0).and_then(|value| numbers::of(store, value));
    let Some(Numbers::Real(shape, data)) = value else {
        let found = call.get(0).map_or("null", |value| store.kind(value).name());
        return Err(call.type_error(format!("{what} a matrix of real numbers, got {found}")));
    };
    let is_line = shape.len() < 2 && (rows == 1 || columns == 1) && data.len() == rows * columns;
    if *shape != [rows, columns] && !is_line {
        let message = format!("{what} a matrix of shape [{rows}, {columns}], got shape {shape:?}");
        return Err(call.shape_error(message));
    }
    let data = data.into_owned();
    store.new_tensor(&[rows, columns], &data)
}

fn bounds_of<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let call = Call::named(store, "{bounds}", &arguments[..2])?;
    let View::Number(count) = store.view(&arguments[2]) else {
        return Err(call.type_error("the number of variables must be a number"));
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = count as usize;
    let (low, high) = bounds(store, &call, count, (f64::NEG_INFINITY, f64::INFINITY))?;
    let is_empty = |(low, high): (&f64, &f64)| {
        low > high
            || low.is_nan()
            || high.is_nan()
            || *low == f64::INFINITY
            || *high == f64::NEG_INFINITY
    };
    if let Some(at) = low.iter().zip(&high).position(is_empty) {
        return Err(call.value_error(format!(
            "bounds: there is no number between those of variable {at}, [{}, {}]",
            low[at], high[at]
        )));
    }
    store.new_tensor(&[2, count], &[low, high].concat())
}

/// The numbers at a place, whatever their shape.
fn list<S: Store>(store: &S, call: &Call<S::Value>, place: usize) -> Result<Vec<f64>, Fault> {
    match call.numbers(store, place)? {
        Numbers::Real(_, data) => Ok(data.into_owned()),
        Numbers::Complex(..) => Err(call.wanted(store, place, "real numbers")),
    }
}

/// The matrix at a place.
fn matrix<S: Store>(store: &S, call: &Call<S::Value>, place: usize) -> Result<Matrix<f64>, Fault> {
    let numbers = call.numbers(store, place)?;
    let (Numbers::Real(_, data), [rows, columns]) = (&numbers, numbers.shape()) else {
        return Err(call.wanted(store, place, "a matrix of real numbers"));
    };
    Matrix::new(*rows, *columns, data.to_vec()).map_err(|error| call.fault(error))
}

/// A matrix as a tensor.
fn new_matrix<S: Store>(store: &mut S, matrix: &Matrix<f64>) -> Result<S::Value, Fault> {
    store.new_tensor(&[matrix.rows(), matrix.columns()], matrix.data())
}

fn dogleg<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (jacobian, residuals) = (matrix(store, call, 0)?, list(store, call, 1)?);
    let (scale, radius) = (list(store, call, 2)?, call.number(store, 3)?);
    let found = optimization::dogleg(&jacobian, &residuals, &scale, radius)
        .map_err(|error| call.fault(error))?;
    let step = real_tensor(store, &found.step)?;
    let (rest, length) = (store.number(found.rest), store.number(found.length));
    record(store, &[("step", step), ("rest", rest), ("length", length)])
}

fn broyden<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (jacobian, step) = (matrix(store, call, 0)?, list(store, call, 1)?);
    let (scale, change) = (list(store, call, 2)?, list(store, call, 3)?);
    let found = optimization::broyden(jacobian, &step, &scale, &change)
        .map_err(|error| call.fault(error))?;
    new_matrix(store, &found)
}

fn least_step<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (jacobian, residuals) = (matrix(store, call, 0)?, list(store, call, 1)?);
    let (scale, radius) = (list(store, call, 2)?, call.number(store, 3)?);
    let (low, high) = (list(store, call, 4)?, list(store, call, 5)?);
    let found = optimization::least_step(&jacobian, &residuals, &scale, radius, (&low, &high))
        .map_err(|error| call.fault(error))?;
    let step = real_tensor(store, &found.step)?;
    let [length, fall, slope] =
        [found.length, found.fall, found.slope].map(|number| store.number(number));
    record(store, &[("step", step), ("length", length), ("fall", fall), ("slope", slope)])
}

fn covariance<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    match optimization::covariance(&matrix(store, call, 0)?) {
        Some(found) => new_matrix(store, &found),
        None => Ok(store.null()),
    }
}

fn line_start<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let start = (call.number(store, 0)?, call.number(store, 1)?);
    let (step, longest) = (call.number(store, 2)?, call.number(store, 3)?);
    let conditions = (call.number(store, 4)?, call.number(store, 5)?);
    let search = LineSearch::new(start, step, longest, conditions);
    real_tensor(store, &search.to_numbers())
}

fn line_next<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (value, slope) = (call.number(store, 1)?, call.number(store, 2)?);
    let Some(mut search) = LineSearch::from_numbers(&list(store, call, 0)?) else {
        return Err(call.wanted(store, 0, "a search"));
    };
    search.answer(value, slope);
    real_tensor(store, &search.to_numbers())
}

fn bfgs<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let inverse = matrix(store, call, 0)?;
    let (step, change) = (list(store, call, 1)?, list(store, call, 2)?);
    let found = optimization::bfgs(inverse, &step, &change).map_err(|error| call.fault(error))?;
    new_matrix(store, &found)
}

/// The steps and changes in the first two arguments, for so many variables.
fn history<S: Store>(store: &S, call: &Call<S::Value>, count: usize) -> Result<History, Fault> {
    let rows = |place| -> Result<Vec<Vec<f64>>, Fault> {
        Ok(list(store, call, place)?.chunks_exact(count.max(1)).map(<[f64]>::to_vec).collect())
    };
    Ok(History { steps: rows(0)?, changes: rows(1)? })
}

fn limited<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let gradient = list(store, call, 2)?;
    let history = history(store, call, gradient.len())?;
    real_tensor(store, &optimization::limited_direction(&history, &gradient))
}

fn projected<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let gradient = list(store, call, 2)?;
    let (low, high) = (list(store, call, 3)?, list(store, call, 4)?);
    let near = call.number(store, 5)?;
    let history = history(store, call, gradient.len())?;
    let (direction, is_free) =
        optimization::projected_direction(&history, &gradient, (&low, &high), near);
    let free: Vec<f64> = is_free.into_iter().map(f64::from).collect();
    let (direction, free) = (real_tensor(store, &direction)?, real_tensor(store, &free)?);
    record(store, &[("direction", direction), ("free", free)])
}
