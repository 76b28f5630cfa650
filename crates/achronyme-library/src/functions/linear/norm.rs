//! Lengths.

use achronyme_numeric::Canonical;
use achronyme_numeric::linear::{NormOrder, Scalar, matrix_norm, vector_norm};

use super::operand::{Operand, each_kind};
use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

/// The order of a norm that a value stands for.
fn order_of<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    value: Option<&S::Value>,
) -> Result<NormOrder, Fault> {
    let Some(value) = value else { return Ok(NormOrder::Default) };
    match (store.view(value), store.text(value)) {
        (View::Number(p), _) => Ok(NormOrder::Number(p)),
        (View::String, "fro") => Ok(NormOrder::Frobenius),
        (View::String, "nuc") => Ok(NormOrder::Nuclear),
        (View::String, _) => Err(call.value_error("ord must be a number, \"fro\" or \"nuc\"")),
        _ => Err(call.type_error(format!(
            "ord must be a number or a string, got {}",
            store.kind(value).name()
        ))),
    }
}

pub(super) fn norm<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let order = order_of(store, call, call.get(1))?;
    let x = call.numbers(store, 0)?;
    let shape = x.shape().to_vec();
    let keeps = call.flag(store, "keepdims", false)?;
    if let Some(axis) = call.axis(store, x.rank())? {
        let norms = match &x {
            Numbers::Real(_, data) => along(data, &shape, axis, order),
            Numbers::Complex(_, data) => along(data, &shape, axis, order),
        };
        let norms = norms.map_err(|error| call.fault(error))?;
        drop(x);
        let mut reduced = shape;
        if keeps {
            reduced[axis] = 1;
        } else {
            reduced.remove(axis);
        }
        return match (&*norms, reduced.is_empty()) {
            ([norm], true) => Ok(store.number(*norm)),
            _ => store.new_tensor(&reduced, &norms),
        };
    }
    let norm = match (&*shape, order, x) {
        (&[rows, columns], _, x) => {
            let Some(matrix) = Operand::new(x, rows, columns) else {
                return Err(call.wanted(store, 0, "a matrix"));
            };
            each_kind!(matrix, a => matrix_norm(&a, order))
        }
        (_, NormOrder::Default, Numbers::Real(_, data)) => vector_norm(&data, order),
        (_, NormOrder::Default, Numbers::Complex(_, data)) => vector_norm(&data, order),
        ([] | [_], _, Numbers::Real(_, data)) => vector_norm(&data, order),
        ([] | [_], _, Numbers::Complex(_, data)) => vector_norm(&data, order),
        _ => {
            return Err(call.shape_error(format!("vector or matrix required, got {shape:?}")));
        }
    };
    let norm = norm.map_err(|error| call.fault(error))?;
    if !keeps {
        return Ok(store.number(norm));
    }
    store.new_tensor(&vec![1; shape.len()], &[norm])
}

/// The norms of all lines along an axis.
fn along<T: Scalar>(
    data: &[T],
    shape: &[usize],
    axis: usize,
    order: NormOrder,
) -> Result<Vec<f64>, achronyme_numeric::Error> {
    let (outer, inner): (usize, usize) =
        (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
    let length = shape[axis];
    let line = |place: usize| -> Vec<T> {
        let start = (place / inner) * length * inner + place % inner;
        (0..length).map(|k| data[start + k * inner]).collect()
    };
    (0..outer * inner).map(|place| Ok(vector_norm(&line(place), order)?.canonical())).collect()
}

pub(super) fn normalize<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let view = store.view(call.at(0)?);
    let order = order_of(store, call, call.option("ord"))?;
    let x = call.numbers(store, 0)?;
    if x.rank() != 1 {
        return Err(call.shape_error(format!("vector required, got {:?}", x.shape())));
    }
    let result = match &x {
        Numbers::Real(shape, data) => {
            Numbers::Real(shape.to_vec().into(), divided(call, data, order)?.into())
        }
        Numbers::Complex(shape, data) => {
            Numbers::Complex(shape.to_vec().into(), divided(call, data, order)?.into())
        }
    };
    drop(x);
    numbers::as_given(store, view, &result)
}

/// Numbers divided by their norm.
fn divided<V: Clone, T: Scalar + Canonical>(
    call: &Call<V>,
    data: &[T],
    order: NormOrder,
) -> Result<Vec<T>, Fault> {
    let norm = vector_norm(data, order).map_err(|error| call.fault(error))?;
    if norm == 0.0 {
        return Err(call.value_error("zero vector"));
    }
    Ok(data.iter().map(|x| x.over(T::from_real(norm)).canonical()).collect())
}
