//! Functions of each real number, or of each pair of them, of numbers and arrays: the numbers of the
//! result are written where they will lie, which may be where those of an operand lay: whoever calls a
//! function here looks at no operand after it has made something.

use achronyme_numeric::{
    Effort, Error, Shape, broadcast_into, broadcast_shape, choose_into, map_into, power_into,
    zip_into,
};

use crate::{Fault, Form, Store, View, operator};

/// What a value is to such a function.
pub(crate) enum Operand {
    /// A number.
    Number(f64),
    /// A real tensor, or a vector of numbers.
    Array {
        /// The length of each axis.
        shape: Shape,
        /// Whether it is a vector.
        is_vector: bool,
    },
}

impl Operand {
    /// How many axes it has.
    pub(crate) fn rank(&self) -> usize {
        match self {
            Self::Number(_) => 0,
            Self::Array { shape, .. } => shape.len(),
        }
    }
}

/// A number, a real tensor, or a vector of numbers; `None` for anything else.
pub(crate) fn operand<S: Store>(store: &S, value: &S::Value) -> Option<Operand> {
    match store.view(value) {
        View::Number(number) => Some(Operand::Number(number)),
        View::Tensor => {
            let view = store.tensor(value)?;
            Some(match (view.shape, view.data) {
                ([], [number]) => Operand::Number(*number),
                (shape, _) => Operand::Array { shape: Shape::from_slice(shape), is_vector: false },
            })
        }
        View::Vector => {
            let length = store.numbers(value)?.len();
            Some(Operand::Array { shape: Shape::from_slice(&[length]), is_vector: true })
        }
        _ => None,
    }
}

/// What the numbers of a result stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Themselves.
    Numbers,
    /// Truth values.
    Truth,
}

impl Meaning {
    fn scalar<S: Store>(self, store: &S, number: f64) -> S::Value {
        match self {
            Self::Numbers => store.number(number),
            Self::Truth => store.boolean(number != 0.0),
        }
    }

    const fn form(self, is_vector: bool) -> Form {
        match self {
            Self::Truth => Form::Mask,
            Self::Numbers if is_vector => Form::Vector,
            Self::Numbers => Form::Tensor,
        }
    }
}

/// `f` of a number, or of each number of an array; a vector for a vector. `None` if the value has
/// other than real numbers.
pub(crate) fn map<S: Store>(
    store: &mut S,
    value: &S::Value,
    result: Meaning,
    f: impl Fn(f64) -> f64 + Sync,
) -> Option<Result<S::Value, Fault>> {
    map_all(store, value, result, Effort::Quick, &f, |numbers, out| map_into(numbers, out, &f))
}

/// As [`map`], where `all` writes `f` of many numbers.
pub(crate) fn map_all<S: Store>(
    store: &mut S,
    value: &S::Value,
    result: Meaning,
    effort: Effort,
    f: impl Fn(f64) -> f64,
    all: impl Fn(&[f64], &mut [f64]) + Sync,
) -> Option<Result<S::Value, Fault>> {
    Some(match operand(store, value)? {
        Operand::Number(number) => Ok(result.scalar(store, f(number))),
        Operand::Array { shape, is_vector } => {
            let form = result.form(is_vector);
            store.filled_each(form, &shape, &[value], effort, &|numbers, out| {
                if let [numbers] = numbers {
                    all(numbers, out);
                }
            })
        }
    })
}

/// A number, or each number of an array, to the power of `exponent`, likewise.
pub(crate) fn to_power<S: Store>(
    store: &mut S,
    value: &S::Value,
    exponent: f64,
) -> Option<Result<S::Value, Fault>> {
    let f = |x| operator::power(x, exponent);
    map_all(store, value, Meaning::Numbers, Effort::Slow, f, |numbers, out| {
        power_into(numbers, exponent, out);
    })
}

/// `f` of each pair of numbers that meet when both values are broadcast; a vector for a vector and a
/// number, otherwise a tensor or a number. `None` if a value has other than real numbers.
///
/// If the shapes do not fit, `refuse` says what the error is.
pub(crate) fn zip<S: Store>(
    store: &mut S,
    [a, b]: [&S::Value; 2],
    result: Meaning,
    refuse: impl FnOnce(Error) -> Fault,
    f: impl Fn(f64, f64) -> f64 + Sync,
) -> Option<Result<S::Value, Fault>> {
    let operands = (operand(store, a)?, operand(store, b)?);
    Some(zip_operands(store, [a, b], operands, result, refuse, f))
}

/// As [`zip`], for values of which [`operand`] said what they are.
pub(crate) fn zip_operands<S: Store>(
    store: &mut S,
    [a, b]: [&S::Value; 2],
    operands: (Operand, Operand),
    result: Meaning,
    refuse: impl FnOnce(Error) -> Fault,
    f: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<S::Value, Fault> {
    match operands {
        (Operand::Number(x), Operand::Number(y)) => Ok(result.scalar(store, f(x, y))),
        (Operand::Array { shape, is_vector }, Operand::Number(y)) => {
            let form = result.form(is_vector);
            store.filled_each(form, &shape, &[a], Effort::Quick, &|numbers, out| {
                if let [numbers] = numbers {
                    map_into(numbers, out, |x| f(x, y));
                }
            })
        }
        (Operand::Number(x), Operand::Array { shape, is_vector }) => {
            let form = result.form(is_vector);
            store.filled_each(form, &shape, &[b], Effort::Quick, &|numbers, out| {
                if let [numbers] = numbers {
                    map_into(numbers, out, |y| f(x, y));
                }
            })
        }
        (Operand::Array { shape: a_shape, .. }, Operand::Array { shape: b_shape, .. })
            if a_shape == b_shape =>
        {
            let form = result.form(false);
            store.filled_each(form, &a_shape, &[a, b], Effort::Quick, &|numbers, out| {
                if let [x, y] = numbers {
                    zip_into(x, y, out, &f);
                }
            })
        }
        (Operand::Array { shape: a_shape, .. }, Operand::Array { shape: b_shape, .. }) => {
            let shape = match broadcast_shape(&a_shape, &b_shape) {
                Ok(shape) => shape,
                Err(error) => return Err(refuse(error)),
            };
            store.filled(result.form(false), &shape, &[a, b], &mut |numbers, out| {
                if let [x, y] = numbers {
                    broadcast_into((&a_shape, *x), (&b_shape, *y), (&shape, out), &f);
                }
            })
        }
    }
}

/// Each number of `a` where that of `condition` is not 0, and of `b` where it is. `None` if the
/// condition is no real array, or another value neither a number nor a real array of the same shape.
pub(crate) fn choose<S: Store>(
    store: &mut S,
    [condition, a, b]: [&S::Value; 3],
    form: Form,
) -> Option<Result<S::Value, Fault>> {
    let Operand::Array { shape, .. } = operand(store, condition)? else { return None };
    let mut arrays = vec![condition];
    let mut scalars = [None; 2];
    for (value, scalar) in [a, b].into_iter().zip(&mut scalars) {
        match operand(store, value)? {
            Operand::Number(number) => *scalar = Some(number),
            Operand::Array { shape: own, .. } if own == shape => arrays.push(value),
            Operand::Array { .. } => return None,
        }
    }
    Some(store.filled_each(form, &shape, &arrays, Effort::Quick, &|numbers, out| {
        let Some((condition, rest)) = numbers.split_first() else { return };
        match (scalars, rest) {
            ([Some(x), Some(y)], []) => {
                map_into(condition, out, |truth| if truth == 0.0 { y } else { x });
            }
            ([Some(x), None], [b]) => {
                zip_into(condition, b, out, |truth, y| if truth == 0.0 { y } else { x });
            }
            ([None, Some(y)], [a]) => {
                zip_into(condition, a, out, |truth, x| if truth == 0.0 { y } else { x });
            }
            ([None, None], [a, b]) => choose_into(condition, a, b, out),
            _ => {}
        }
    }))
}
