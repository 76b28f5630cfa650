//! Functions of all numbers of an array, or of those along an axis.

use achronyme_numeric::{
    Canonical, Error, Shape, count_nonzero as nonzero_in, extreme, place_of_extreme,
    product as product_of,
};

use super::Call;
use super::axis::{Reduction, reduced};
use crate::builtin::row::rows;
use crate::elementwise::{self, Operand};
use crate::numbers::{self, Numbers, of_each_kind};
use crate::{Fault, Form, Store, View};

rows! {
    /// The sum of all numbers of an array, or of those along an axis.
    ///
    /// `sum([1, 2, 3])` → `6`
    /// `sum([])` → `0`
    /// `sum([[1, 2], [3, 4]], {axis: 1})` → `[3, 7]`
    31 sum("array, {axis = null, keepdims = false}") "arrays" call sum;
    /// The product of all numbers of an array, or of those along an axis.
    ///
    /// `product([2, 3, 4])` → `24`
    /// `product([[1, 2], [3, 4]], {axis: 0})` → `[3, 8]`
    32 product("array, {axis = null, keepdims = false}") "arrays" call product;
    /// The same as `product`.
    ///
    /// `prod([2, 3, 4])` → `24`
    677 prod("array, {axis = null, keepdims = false}") "arrays" call product;
    /// The least of several numbers, or of an array, or along an axis. NaN if one is NaN.
    ///
    /// `min(3, 1, 2)` → `1`
    /// `min([3, 1, 2])` → `1`
    /// `min([[1, 2], [3, 0]], {axis: 1})` → `[1, 0]`
    35 min("..., {axis = null, keepdims = false}") "arrays" call min;
    /// The greatest of several numbers, or of an array, or along an axis. NaN if one is NaN.
    ///
    /// `max(3, 1, 2)` → `3`
    /// `max([3, 1, 2])` → `3`
    /// `max([[1, 2], [3, 0]], {axis: 1})` → `[2, 3]`
    36 max("..., {axis = null, keepdims = false}") "arrays" call max;
    /// The greatest number less the least.
    ///
    /// `ptp([1, 9, 4])` → `8`
    676 ptp("array, {axis = null, keepdims = false}") "arrays" call ptp;
    /// Where the least number is: the first such place, or the first NaN. Without an axis, the place
    /// among all numbers in a row.
    ///
    /// `argmin([3, 1, 1])` → `1`
    664 argmin("array, {axis = null, keepdims = false}") "arrays" call argmin;
    /// Where the greatest number is: the first such place, or the first NaN. Without an axis, the place
    /// among all numbers in a row.
    ///
    /// `argmax([3, 5, 5])` → `1`
    /// `argmax([[3, 5], [6, 1]], {axis: 1})` → `[1, 0]`
    665 argmax("array, {axis = null, keepdims = false}") "arrays" call argmax;
    /// The sums of the first number, the first two, and so on: of all in a row, or along an axis.
    ///
    /// `cumsum([1, 2, 3])` → `[1, 3, 6]`
    666 cumsum("array, {axis = null}") "arrays" call cumsum;
    /// The products of the first number, the first two, and so on: of all in a row, or along an axis.
    ///
    /// `cumprod([1, 2, 3])` → `[1, 2, 6]`
    667 cumprod("array, {axis = null}") "arrays" call cumprod;
    /// How many numbers are not 0.
    ///
    /// `count_nonzero([1, 0, 2])` → `2`
    671 count_nonzero("array, {axis = null, keepdims = false}") "arrays" call count_nonzero;
    /// Whether a number is not 0.
    672 _any("array, {axis = null, keepdims = false}") "" call any;
    /// Whether all numbers are not 0.
    673 _all("array, {axis = null, keepdims = false}") "" call all;
}

/// The numbers of an argument that is an array.
fn array<'a, S: Store>(
    store: &'a S,
    value: &'a S::Value,
    wanted: impl FnOnce() -> Fault,
) -> Result<Numbers<'a>, Fault> {
    let scalar = matches!(store.view(value), View::Number(_) | View::Complex(_));
    numbers::of(store, value).filter(|_| !scalar).ok_or_else(wanted)
}

fn sum<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let wanted = || call.type_error("requires a numeric vector or tensor");
    let numbers = array(store, call.at(0)?, wanted)?;
    let reduction = Reduction::new(store, call, numbers.shape())?;
    let fault = |error| call.fault(error);
    match &numbers {
        Numbers::Real(_, data) => {
            let sums = reduction.lanes.sums(data).map_err(fault)?;
            drop(numbers);
            reduction.real(store, &sums)
        }
        Numbers::Complex(_, data) => {
            let sums = reduction.lanes.sums(data).map_err(fault)?;
            drop(numbers);
            reduction.complex(store, &sums)
        }
    }
}

fn product<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let wanted = || call.type_error("requires a numeric vector or tensor");
    let numbers = array(store, call.at(0)?, wanted)?;
    let reduction = Reduction::new(store, call, numbers.shape())?;
    let fault = |error| call.fault(error);
    match &numbers {
        Numbers::Real(_, data) => {
            let results = reduction.lanes.reduce(data, |lane| Ok(product_of(lane)));
            let results = results.map_err(fault)?;
            drop(numbers);
            reduction.real(store, &results)
        }
        Numbers::Complex(_, data) => {
            let results = reduction.lanes.reduce(data, |lane| Ok(product_of(lane)));
            let results = results.map_err(fault)?;
            drop(numbers);
            reduction.complex(store, &results)
        }
    }
}

fn min<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    extreme_of(store, call, "min", false)
}

fn max<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    extreme_of(store, call, "max", true)
}

/// The least or greatest number of several arguments, of an array, or along an axis.
fn extreme_of<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    name: &str,
    greatest: bool,
) -> Result<S::Value, Fault> {
    let no_numbers = || Fault::type_error(format!("{name}() requires numbers"));
    if call.len() == 0 {
        return Err(Fault::type_error(format!("{name}() requires at least one argument")));
    }
    let value = call.at(0)?;
    if call.len() > 1 || matches!(store.view(value), View::Number(_)) {
        if call.option("axis").is_some() {
            return Err(call.value_error("axis is for one array"));
        }
        let mut best: Option<f64> = None;
        for place in 0..call.len() {
            let View::Number(x) = store.view(call.at(place)?) else { return Err(no_numbers()) };
            best = Some(best.map_or(x, |best| pick(greatest, best, x)));
        }
        return best.map(|best| store.number(best)).ok_or_else(no_numbers);
    }
    let Some(Numbers::Real(shape, data)) = numbers::of(store, value) else {
        return Err(no_numbers());
    };
    let reduction = Reduction::new(store, call, &shape)?;
    let results = extremes(&reduction, &data, greatest).map_err(|error| call.fault(error))?;
    drop((shape, data));
    reduction.real(store, &results)
}

/// The less or greater of two numbers; NaN if one is.
fn pick(greatest: bool, best: f64, x: f64) -> f64 {
    let better = if greatest { x > best } else { x < best };
    if best.is_nan() || !(better || x.is_nan()) { best } else { x }
}

/// The least or greatest number of each lane.
fn extremes(reduction: &Reduction, data: &[f64], greatest: bool) -> Result<Vec<f64>, Error> {
    match reduction.lanes.run() {
        Some([_, _, after]) if after > 1 => {
            if greatest {
                reduction.lanes.fold(data, |best, x| pick(true, best, x))
            } else {
                reduction.lanes.fold(data, |best, x| pick(false, best, x))
            }
        }
        _ => reduction.lanes.reduce(data, |lane| extreme(lane, greatest).ok_or_else(empty)),
    }
}

/// The error that there is no number.
pub(super) fn empty() -> Error {
    Error::value("empty input")
}

fn ptp<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    reduced(store, call, |lane| {
        let greatest = extreme(lane, true).ok_or_else(empty)?;
        let least = extreme(lane, false).ok_or_else(empty)?;
        Ok(greatest - least)
    })
}

fn argmin<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    reduced(store, call, |lane| place_of_extreme(lane, false).map(counted).ok_or_else(empty))
}

fn argmax<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    reduced(store, call, |lane| place_of_extreme(lane, true).map(counted).ok_or_else(empty))
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
pub(crate) const fn counted(count: usize) -> f64 {
    count as f64
}

fn cumsum<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let numbers = call.numbers(store, 0)?;
    let reduction = along_axis(store, call, &numbers)?;
    drop(numbers);
    if let Some(made) = accumulated_in_place(store, call, &reduction, |sum, x| sum + x) {
        return made;
    }
    let numbers = call.numbers(store, 0)?;
    let result = of_each_kind!(numbers, (shape, data) => {
        accumulated(&reduction, shape, data, |sum, x| sum + x).map_err(|e| call.fault(e))?
    });
    drop(numbers);
    let view = store.view(call.at(0)?);
    numbers::as_given(store, view, &result)
}

fn cumprod<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let numbers = call.numbers(store, 0)?;
    let reduction = along_axis(store, call, &numbers)?;
    drop(numbers);
    if let Some(made) = accumulated_in_place(store, call, &reduction, |product, x| product * x) {
        return made;
    }
    let numbers = call.numbers(store, 0)?;
    let result = of_each_kind!(numbers, (shape, data) => {
        accumulated(&reduction, shape, data, |sum, x| sum * x).map_err(|e| call.fault(e))?
    });
    drop(numbers);
    let view = store.view(call.at(0)?);
    numbers::as_given(store, view, &result)
}

fn along_axis<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    numbers: &Numbers<'_>,
) -> Result<Reduction, Fault> {
    call.axis(store, numbers.rank())?;
    Reduction::new(store, call, numbers.shape())
}

/// What `f` makes of the first number of a lane, the first two, and so on; in a row if the lane is
/// the whole box.
fn accumulated<T: Copy + Default>(
    reduction: &Reduction,
    shape: &[usize],
    data: &[T],
    f: impl Fn(T, T) -> T,
) -> Result<(Vec<usize>, Vec<T>), Error> {
    let lanes = &reduction.lanes;
    let data = lanes.map(data, lanes.length(), |lane, out| {
        accumulate(lane, out, &f);
        Ok(())
    })?;
    let is_whole = reduction.shape.is_empty();
    Ok((if is_whole { vec![data.len()] } else { shape.to_vec() }, data))
}

/// The same of the numbers of a real tensor, or of a vector of numbers, written where they will lie. `None`
/// if the array is none of these.
fn accumulated_in_place<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    reduction: &Reduction,
    f: impl Fn(f64, f64) -> f64,
) -> Option<Result<S::Value, Fault>> {
    let value = call.get(0)?;
    let Operand::Array { shape, is_vector } = elementwise::operand(store, value)? else {
        return None;
    };
    let is_whole = reduction.shape.is_empty();
    let shape = if is_whole { Shape::from_slice(&[shape.iter().product()]) } else { shape };
    let form = if is_vector { Form::Vector } else { Form::Tensor };
    let lanes = &reduction.lanes;
    let mut done = Ok(());
    let made = store.filled(form, &shape, &[value], &mut |numbers, out| {
        if let [numbers] = numbers {
            done = lanes.map_into(numbers, lanes.length(), out, |lane, out| {
                accumulate(lane, out, |so_far, x| f(so_far, x).canonical());
                Ok(())
            });
        }
    });
    Some(made.and_then(|made| done.map(|()| made).map_err(|error| call.fault(error))))
}

fn accumulate<T: Copy>(lane: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
    let Some((first, rest)) = lane.split_first() else { return };
    let Some((slot, slots)) = out.split_first_mut() else { return };
    *slot = *first;
    let mut so_far = *first;
    for (x, slot) in rest.iter().zip(slots) {
        so_far = f(so_far, *x);
        *slot = so_far;
    }
}

/// What `f` makes of each lane of the truth of the numbers; NaN is true.
fn of_truth<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    f: impl Fn(&[f64]) -> f64,
) -> Result<(Reduction, Vec<f64>), Fault> {
    let value = call.at(0)?;
    let numbers = match numbers::truths(store, value) {
        Some(truths) => truths,
        None => call.numbers(store, 0)?,
    };
    let reduction = Reduction::new(store, call, numbers.shape())?;
    let results = match &numbers {
        Numbers::Real(_, data) => reduction.lanes.reduce(data, |lane| Ok(f(lane))),
        Numbers::Complex(_, data) => {
            let truths: Vec<f64> =
                data.iter().map(|z| f64::from(z.re != 0.0 || z.im != 0.0)).collect();
            reduction.lanes.reduce(&truths, |lane| Ok(f(lane)))
        }
    };
    Ok((reduction, results.map_err(|error| call.fault(error))?))
}

fn count_nonzero<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (reduction, results) = of_truth(store, call, |lane| counted(nonzero_in(lane)))?;
    reduction.real(store, &results)
}

fn any<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (reduction, results) =
        of_truth(store, call, |lane| f64::from(lane.iter().any(|x| *x != 0.0)))?;
    let truths = Numbers::Real(reduction.shape.into(), results.into());
    numbers::new_mask(store, &truths)
}

fn all<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (reduction, results) =
        of_truth(store, call, |lane| f64::from(lane.iter().all(|x| *x != 0.0)))?;
    let truths = Numbers::Real(reduction.shape.into(), results.into());
    numbers::new_mask(store, &truths)
}
