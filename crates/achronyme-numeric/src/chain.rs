//! Chains of functions of each number: all of them are done to a block of numbers while that is in the
//! nearest cache, so what comes about in between takes no memory.
//!
//! Each step computes what it computes for whole arrays, so the bits are those of one array after the
//! other.

use rayon::prelude::*;

use crate::elementwise::Canonical;
use crate::rewrite::Effort;
use crate::wide::wide;

/// So many numbers go through a chain together.
const BLOCK: usize = 512;
/// So many numbers at most are few, for which less is set up.
const FEW: usize = 16;

/// So many results can wait for a later step at a time.
pub const WAITING_MAX: usize = 4;

/// What a step computes with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// The numbers of an array.
    Array(usize),
    /// The same number everywhere.
    Number(f64),
    /// What an earlier step has put into this place, which is below [`WAITING_MAX`].
    Waiting(usize),
}

/// What a step does.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    /// `x + y`
    Add,
    /// `x - y`
    Subtract,
    /// `x * y`
    Multiply,
    /// `x / y`
    Divide,
    /// 1 where `x < y`, else 0.
    Less,
    /// 1 where `x <= y`, else 0.
    LessOrEqual,
    /// 1 where `x > y`, else 0.
    Greater,
    /// 1 where `x >= y`, else 0.
    GreaterOrEqual,
    /// `-x`
    Negate,
    /// A function that writes its result for each of many numbers, however many they are.
    Function(fn(&[f64], &mut [f64])),
    /// The square root, which is not real of what is below 0.
    Root,
    /// Powers with one exponent.
    Power(f64),
}

/// A step of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it does.
    pub operation: Operation,
    /// What it does that to; the second is for operations with two.
    pub sources: [Source; 2],
    /// Where its result waits; that of the last step is the chain's. None of its sources waits there.
    pub place: usize,
}

/// Writes what the steps come to. All arrays are as long as `out`. Whether all of it is real: no root
/// was taken of what is below 0.
pub fn chain_into(steps: &[Step], arrays: &[&[f64]], effort: Effort, out: &mut [f64]) -> bool {
    let (many, piece) = effort.many();
    if out.len() <= FEW {
        run::<FEW>(steps, arrays, 0, out)
    } else if out.len() < many {
        run::<BLOCK>(steps, arrays, 0, out)
    } else {
        let pieces = out.par_chunks_mut(piece).enumerate();
        let all = pieces.map(|(index, out)| run::<BLOCK>(steps, arrays, index * piece, out));
        // All pieces are written, whatever one of them says.
        all.reduce(|| true, |one, other| one & other)
    }
}

/// The steps for the numbers from `first` on. Whether all of it is real.
fn run<const AT_ONCE: usize>(
    steps: &[Step],
    arrays: &[&[f64]],
    first: usize,
    out: &mut [f64],
) -> bool {
    let mut waiting = [[0.0; AT_ONCE]; WAITING_MAX];
    let Some((last, steps)) = steps.split_last() else { return true };
    // One dispatch for all blocks, whose length is known but for the last.
    wide(
        #[inline(always)]
        || {
            let (mut from, mut is_real) = (first, true);
            let (blocks, rest) = out.as_chunks_mut::<AT_ONCE>();
            for out in blocks {
                is_real &= block(steps, last, (arrays, from), &mut waiting, out);
                from += AT_ONCE;
            }
            is_real & block(steps, last, (arrays, from), &mut waiting, rest)
        },
    )
}

/// The steps for a block.
#[inline(always)]
fn block<const AT_ONCE: usize>(
    steps: &[Step],
    last: &Step,
    (arrays, from): (&[&[f64]], usize),
    waiting: &mut [[f64; AT_ONCE]; WAITING_MAX],
    out: &mut [f64],
) -> bool {
    let count = out.len();
    let mut is_real = true;
    for step in steps {
        let (before, rest) = waiting.split_at_mut(step.place);
        let Some((place, after)) = rest.split_first_mut() else { return true };
        let inputs = step.sources.map(|source| match source {
            Source::Array(index) => Input::Many(&arrays[index][from..][..count]),
            Source::Number(number) => Input::One(number),
            Source::Waiting(at) if at < step.place => Input::Many(&before[at][..count]),
            Source::Waiting(at) => Input::Many(&after[at - step.place - 1][..count]),
        });
        is_real &= perform(step.operation, inputs, &mut place[..count]);
    }
    let inputs = last.sources.map(|source| match source {
        Source::Array(index) => Input::Many(&arrays[index][from..][..count]),
        Source::Number(number) => Input::One(number),
        Source::Waiting(at) => Input::Many(&waiting[at][..count]),
    });
    is_real & perform(last.operation, inputs, out)
}

/// A block of numbers, or the same number everywhere.
#[derive(Clone, Copy)]
enum Input<'a> {
    Many(&'a [f64]),
    One(f64),
}

/// Does one step. Whether what it writes is real.
#[inline(always)]
fn perform(operation: Operation, inputs: [Input<'_>; 2], out: &mut [f64]) -> bool {
    match operation {
        Operation::Add => each(inputs, out, |x, y| x + y),
        Operation::Subtract => each(inputs, out, |x, y| x - y),
        Operation::Multiply => each(inputs, out, |x, y| x * y),
        Operation::Divide => each(inputs, out, |x, y| x / y),
        Operation::Less => each(inputs, out, |x, y| f64::from(x < y)),
        Operation::LessOrEqual => each(inputs, out, |x, y| f64::from(x <= y)),
        Operation::Greater => each(inputs, out, |x, y| f64::from(x > y)),
        Operation::GreaterOrEqual => each(inputs, out, |x, y| f64::from(x >= y)),
        Operation::Negate => each(inputs, out, |x, _| -x),
        Operation::Root => {
            each(inputs, out, |x, _| x.sqrt());
            return match inputs[0] {
                Input::Many(numbers) => !numbers.iter().fold(false, |any, x| any | (*x < 0.0)),
                Input::One(number) => number >= 0.0 || number.is_nan(),
            };
        }
        Operation::Function(f) => all(inputs, out, f),
        Operation::Power(exponent) => {
            all(inputs, out, |numbers, out| crate::power_into(numbers, exponent, out));
        }
    }
    true
}

/// `f` of each number, or of each pair of them.
#[inline(always)]
fn each(inputs: [Input<'_>; 2], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match inputs {
        [Input::Many(x), Input::Many(y)] => {
            for ((x, y), out) in x.iter().zip(y).zip(out) {
                *out = f(*x, *y).canonical();
            }
        }
        [Input::Many(x), Input::One(y)] => {
            for (x, out) in x.iter().zip(out) {
                *out = f(*x, y).canonical();
            }
        }
        [Input::One(x), Input::Many(y)] => {
            for (y, out) in y.iter().zip(out) {
                *out = f(x, *y).canonical();
            }
        }
        [Input::One(x), Input::One(y)] => out.fill(f(x, y).canonical()),
    }
}

/// What `f` writes for the numbers of the first input.
#[inline(always)]
fn all(inputs: [Input<'_>; 2], out: &mut [f64], f: impl Fn(&[f64], &mut [f64])) {
    match inputs[0] {
        Input::Many(numbers) => f(numbers, out),
        Input::One(number) => f(&vec![number; out.len()], out),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::elementary::sin_into;
    use crate::elementwise::{map_into, zip_into};

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            6 => -10.0..10.0,
            1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, 1e308, 5e-324]),
        ]
    }

    /// What one step comes to, as arrays are computed with.
    fn alone(operation: Operation, x: &[f64], y: &[f64], out: &mut [f64]) {
        match operation {
            Operation::Add => zip_into(x, y, out, |x, y| x + y),
            Operation::Subtract => zip_into(x, y, out, |x, y| x - y),
            Operation::Multiply => zip_into(x, y, out, |x, y| x * y),
            Operation::Divide => zip_into(x, y, out, |x, y| x / y),
            Operation::Less => zip_into(x, y, out, |x, y| f64::from(x < y)),
            Operation::LessOrEqual => zip_into(x, y, out, |x, y| f64::from(x <= y)),
            Operation::Greater => zip_into(x, y, out, |x, y| f64::from(x > y)),
            Operation::GreaterOrEqual => zip_into(x, y, out, |x, y| f64::from(x >= y)),
            Operation::Negate => map_into(x, out, |x| -x),
            Operation::Function(f) => f(x, out),
            Operation::Root => map_into(x, out, f64::sqrt),
            Operation::Power(exponent) => crate::power_into(x, exponent, out),
        }
    }

    fn operations() -> Vec<Operation> {
        vec![
            Operation::Add,
            Operation::Subtract,
            Operation::Multiply,
            Operation::Divide,
            Operation::Less,
            Operation::LessOrEqual,
            Operation::Greater,
            Operation::GreaterOrEqual,
            Operation::Negate,
            Operation::Function(sin_into),
            Operation::Root,
            Operation::Power(2.0),
            Operation::Power(-1.5),
        ]
    }

    fn bits(numbers: &[f64]) -> Vec<u64> {
        numbers.iter().map(|number| number.to_bits()).collect()
    }

    proptest! {
        /// In a chain, each step waits in the next place; a step reads arrays, numbers, and the two
        /// steps before it.
        #[test]
        fn a_chain_comes_to_what_its_steps_come_to_one_by_one(
            data in prop::collection::vec(number(), 1..40),
            steps in prop::collection::vec((0_usize..13, [0_usize..6, 0_usize..6]), 1..8),
            constant in number(),
            count in prop::sample::select(vec![1, 7, 63, 64, 65, 511, 512, 513, 3000, 120_000]),
        ) {
            let array = |by: usize| -> Vec<f64> {
                (0..count).map(|i| data[(i * by + i / 7) % data.len()]).collect()
            };
            let arrays = [array(1), array(3)];
            let mut roots_of_negatives = false;
            let (mut chain, mut results): (Vec<Step>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
            for (index, (operation, from)) in steps.into_iter().enumerate() {
                let operation = operations()[operation];
                let sources = from.map(|from| match from {
                    0 | 1 => Source::Array(from),
                    2 => Source::Number(constant),
                    back => match index.checked_sub(1 + back % 2) {
                        Some(step) => Source::Waiting(step % WAITING_MAX),
                        None => Source::Array(0),
                    },
                });
                let numbers = sources.map(|source| match source {
                    Source::Array(array) => arrays[array].clone(),
                    Source::Number(number) => vec![number; count],
                    Source::Waiting(place) => {
                        let back = (index + WAITING_MAX - place) % WAITING_MAX;
                        results[index - back].clone()
                    }
                });
                let mut result = vec![0.0; count];
                alone(operation, &numbers[0], &numbers[1], &mut result);
                roots_of_negatives |= matches!(operation, Operation::Root)
                    && numbers[0].iter().any(|number| *number < 0.0);
                results.push(result);
                chain.push(Step { operation, sources, place: index % WAITING_MAX });
            }
            let is_real = !roots_of_negatives;
            let wanted = results.last().map(|numbers| bits(numbers));
            for effort in [Effort::Quick, Effort::Slow] {
                let mut out = vec![1.0; count];
                let found = chain_into(&chain, &[&arrays[0], &arrays[1]], effort, &mut out);
                prop_assert_eq!(found, is_real);
                prop_assert_eq!(Some(bits(&out)), wanted.clone());
            }
        }
    }
}
