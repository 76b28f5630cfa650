//! Functions of several numbers, applied to the numbers of arrays that meet when their shapes are
//! aligned at the last axis.

use std::borrow::Cow;

use achronyme_numeric::{Effort, Error, broadcast_shape, meeting};

use super::Call;
use crate::elementwise::{self, Operand};
use crate::numbers::{self, Numbers};
use crate::{Complex, Fault, Form, Store, shape};

/// What `f` makes of the arguments of a call, of which those that are not given are `defaults`: a
/// number of numbers, otherwise a tensor. O(size of the result).
///
/// # Errors
/// An argument is no real number or array of them, the shapes do not agree, or `f` fails.
pub(super) fn apply<S: Store, const COUNT: usize>(
    store: &mut S,
    call: &Call<S::Value>,
    defaults: [Option<f64>; COUNT],
    f: impl Fn([f64; COUNT]) -> Result<f64, Error> + Sync,
) -> Result<S::Value, Fault> {
    let (shape, data) = {
        let mut parts = Vec::with_capacity(COUNT);
        let mut shape = Vec::new();
        for (place, default) in defaults.into_iter().enumerate() {
            let part = match (call.get(place), default) {
                (None, Some(default)) => scalar(default),
                _ => real(store, call, place)?,
            };
            if part.0 != shape {
                let both = broadcast_shape(&shape, &part.0).map_err(|error| call.fault(error))?;
                shape = both.to_vec();
            }
            parts.push(part);
        }
        let size = shape::size(&shape, size_of::<f64>())?;
        store.room(size.saturating_mul(size_of::<f64>()))?;
        let parts: [(&[usize], &[f64]); COUNT] =
            std::array::from_fn(|place| (&*parts[place].0, &*parts[place].1));
        let data = meeting(parts, &shape, f).map_err(|error| call.fault(error))?;
        (shape, data)
    };
    match (&shape[..], &data[..]) {
        ([], [number]) => Ok(store.number(*number)),
        _ => store.new_tensor(&shape, &data),
    }
}

/// What `all` writes for the numbers of the first argument, in a tensor of its shape: [`apply`] where
/// the others are numbers and `all` is the faster for it knows them. `None` if the first is no array of
/// real numbers.
pub(super) fn apply_to_first<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    all: impl Fn(&[f64], &mut [f64]) + Sync,
) -> Option<Result<S::Value, Fault>> {
    let value = call.get(0)?;
    let Operand::Array { shape, .. } = elementwise::operand(store, value)? else { return None };
    Some(store.filled_each(Form::Tensor, &shape, &[value], Effort::Slow, &|numbers, out| {
        if let [numbers] = numbers {
            all(numbers, out);
        }
    }))
}

/// What `real` makes of the numbers of the only argument of a call, or `complex` of complex ones.
///
/// # Errors
/// It is no number or array of them.
pub(super) fn apply_complex<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    real: impl Fn(f64) -> f64,
    complex: impl Fn(Complex) -> Complex,
) -> Result<S::Value, Fault> {
    let real_into = |data: &[f64], out: &mut [f64]| {
        for (x, out) in data.iter().zip(out) {
            *out = real(*x);
        }
    };
    apply_complex_to_all(store, call, real_into, complex)
}

/// The same with a function that writes what it makes of many real numbers.
///
/// # Errors
/// As for [`apply_complex`].
pub(super) fn apply_complex_to_all<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    real_into: impl Fn(&[f64], &mut [f64]),
    complex: impl Fn(Complex) -> Complex,
) -> Result<S::Value, Fault> {
    let result = match call.numbers(store, 0)? {
        Numbers::Real(shape, data) => {
            let mut out = vec![0.0; data.len()];
            real_into(&data, &mut out);
            Numbers::Real(Cow::Owned(shape.into_owned()), out.into())
        }
        Numbers::Complex(shape, data) => Numbers::Complex(
            Cow::Owned(shape.into_owned()),
            data.iter().map(|z| complex(*z)).collect(),
        ),
    };
    numbers::new_tensor(store, &result)
}

/// Shape and numbers of a box.
type Box<'a> = (Cow<'a, [usize]>, Cow<'a, [f64]>);

/// The real numbers of an argument.
///
/// # Errors
/// It has none, or others.
fn real<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Box<'a>, Fault> {
    match call.numbers(store, place)? {
        Numbers::Real(shape, data) => Ok((shape, data)),
        Numbers::Complex(..) => {
            Err(call.wanted(store, place, "a number, or a vector or tensor of real numbers"))
        }
    }
}

fn scalar(x: f64) -> Box<'static> {
    (Cow::Borrowed(&[]), Cow::Owned(vec![x]))
}
