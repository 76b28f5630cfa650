//! One step of a chain, done to a block of numbers.

use super::Operation;
use crate::elementwise::Canonical;
use crate::stream::{self, Past};
use crate::sum::{BLOCK, sum_of_block};

/// A block of numbers, or the same number everywhere.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    Many(&'a [f64]),
    One(f64),
}

/// Where the result goes.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// To where it waits for a later step, to which all that are no number are alike.
    Waiting,
    /// Out of the chain.
    Out,
    /// Out of the chain, past the caches.
    Past(&'a Past),
}

/// Does one step. Whether what it writes is real.
#[inline(always)]
pub(super) fn perform(
    operation: Operation,
    inputs: [Input<'_>; 3],
    way: Way<'_>,
    out: &mut [f64],
) -> bool {
    let [x, y, _] = inputs;
    let pair = [x, y];
    match operation {
        Operation::Add => each(pair, way, out, |x, y| x + y),
        Operation::Subtract => each(pair, way, out, |x, y| x - y),
        Operation::Multiply => each(pair, way, out, |x, y| x * y),
        Operation::Divide => each_costly(pair, way, out, |x, y| x / y),
        Operation::Less => each(pair, way, out, |x, y| f64::from(x < y)),
        Operation::LessOrEqual => each(pair, way, out, |x, y| f64::from(x <= y)),
        Operation::Greater => each(pair, way, out, |x, y| f64::from(x > y)),
        Operation::GreaterOrEqual => each(pair, way, out, |x, y| f64::from(x >= y)),
        Operation::Negate => each(pair, way, out, |x, _| -x),
        Operation::Choose => choose(inputs, way, out),
        Operation::Root => {
            // What the compiler knows about roots, it uses to leave out a look at whether one is a number.
            each_costly(pair, way, out, |x, _| if x >= 0.0 { x.sqrt() } else { f64::NAN });
            return match x {
                Input::Many(numbers) => !has_negative(numbers),
                Input::One(number) => out.is_empty() || number >= 0.0 || number.is_nan(),
            };
        }
        Operation::Function(f) => all(x, way, out, f),
        Operation::Power(exponent) => {
            all(x, way, out, |numbers, out| crate::power_into(numbers, exponent, out));
        }
    }
    true
}

/// The sum of what an arithmetic step comes to for at most [`BLOCK`] numbers, which are written nowhere.
/// `None` for the other steps.
#[inline(always)]
pub(super) fn sum_of(operation: Operation, [x, y, _]: [Input<'_>; 3]) -> Option<f64> {
    Some(match operation {
        Operation::Add => sum_of_each([x, y], |x, y| x + y)?,
        Operation::Subtract => sum_of_each([x, y], |x, y| x - y)?,
        Operation::Multiply => sum_of_each([x, y], |x, y| x * y)?,
        Operation::Divide => sum_of_each([x, y], |x, y| x / y)?,
        Operation::Negate => sum_of_each([x, x], |x, _| -x)?,
        Operation::Less
        | Operation::LessOrEqual
        | Operation::Greater
        | Operation::GreaterOrEqual
        | Operation::Choose
        | Operation::Root
        | Operation::Function(_)
        | Operation::Power(_) => return None,
    })
}

#[inline(always)]
fn sum_of_each(inputs: [Input<'_>; 2], f: impl Fn(f64, f64) -> f64 + Sync) -> Option<f64> {
    Some(match inputs {
        [Input::Many(x), Input::Many(y)] => sum_of_block([x, y], |[x, y]| f(x, y)),
        [Input::Many(x), Input::One(y)] => sum_of_block([x], |[x]| f(x, y)),
        [Input::One(x), Input::Many(y)] => sum_of_block([y], |[y]| f(x, y)),
        [Input::One(_), Input::One(_)] => return None,
    })
}

/// Whether one of the numbers is below 0.
#[inline(always)]
fn has_negative(numbers: &[f64]) -> bool {
    numbers.iter().fold(0, |found, x| found | u64::from(*x < 0.0)) != 0
}

/// `f` of each number, or of each pair of them.
#[inline(always)]
fn each(inputs: [Input<'_>; 2], way: Way<'_>, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match inputs {
        [Input::Many(x), Input::Many(y)] => write(way, [x, y], out, |[x, y]| f(x, y)),
        [Input::Many(x), Input::One(y)] => write(way, [x], out, |[x]| f(x, y)),
        [Input::One(x), Input::Many(y)] => write(way, [y], out, |[y]| f(x, y)),
        [Input::One(x), Input::One(y)] => out.fill(f(x, y).canonical()),
    }
}

/// The same, where `f` takes longer than the way to memory.
#[inline(always)]
fn each_costly(inputs: [Input<'_>; 2], way: Way<'_>, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    let Way::Past(past) = way else { return each(inputs, way, out, f) };
    let g = |x, y| f(x, y).canonical();
    match inputs {
        [Input::Many(x), Input::Many(y)] => past.each_costly([x, y], out, |[x, y]| g(x, y)),
        [Input::Many(x), Input::One(y)] => past.each_costly([x], out, |[x]| g(x, y)),
        [Input::One(x), Input::Many(y)] => past.each_costly([y], out, |[y]| g(x, y)),
        [Input::One(x), Input::One(y)] => out.fill(g(x, y)),
    }
}

/// The second where the first is not 0, else the third.
#[inline(always)]
fn choose([truth, x, y]: [Input<'_>; 3], way: Way<'_>, out: &mut [f64]) {
    let pick = |truth: f64, x: f64, y: f64| if truth == 0.0 { y } else { x };
    match (truth, x, y) {
        (Input::Many(truth), Input::Many(x), Input::Many(y)) => {
            write(way, [truth, x, y], out, |[truth, x, y]| pick(truth, x, y));
        }
        (Input::Many(truth), Input::Many(x), Input::One(y)) => {
            write(way, [truth, x], out, |[truth, x]| pick(truth, x, y));
        }
        (Input::Many(truth), Input::One(x), Input::Many(y)) => {
            write(way, [truth, y], out, |[truth, y]| pick(truth, x, y));
        }
        (Input::Many(truth), Input::One(x), Input::One(y)) => {
            write(way, [truth], out, |[truth]| pick(truth, x, y));
        }
        (Input::One(truth), x, y) => match if truth == 0.0 { y } else { x } {
            Input::Many(numbers) => write(way, [numbers], out, |[x]| x),
            Input::One(number) => out.fill(number.canonical()),
        },
    }
}

#[inline(always)]
fn write<const N: usize>(
    way: Way<'_>,
    sources: [&[f64]; N],
    out: &mut [f64],
    f: impl Fn([f64; N]) -> f64,
) {
    match way {
        Way::Waiting => stream::each(sources, out, f),
        Way::Out => stream::each(sources, out, |numbers| f(numbers).canonical()),
        Way::Past(past) => past.each(sources, out, |numbers| f(numbers).canonical()),
    }
}

/// What `f` writes for the numbers of an input.
#[inline(always)]
fn all(input: Input<'_>, way: Way<'_>, out: &mut [f64], f: impl Fn(&[f64], &mut [f64])) {
    let mut aside = [0.0; BLOCK];
    let numbers = match input {
        Input::Many(numbers) => numbers,
        Input::One(number) => return out.fill(one(f, number)),
    };
    match (way, aside.get_mut(..out.len())) {
        (Way::Past(past), Some(aside)) => {
            f(numbers, aside);
            past.copy(aside, out);
        }
        _ => f(numbers, out),
    }
}

/// What `f` writes for one number.
fn one(f: impl Fn(&[f64], &mut [f64]), number: f64) -> f64 {
    let mut out = [0.0];
    f(&[number], &mut out);
    out[0]
}
