//! Chains of functions of each number: all of them are done to a block of numbers while that is in the
//! nearest cache, so what comes about in between takes no memory.
//!
//! Each step computes what it computes for whole arrays, so the bits are those of one array after the
//! other.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use self::step::{Input, Way, perform, sum_of};
use crate::elementwise::Canonical;
use crate::rewrite::Effort;
use crate::stream::{self, LARGE, past};
use crate::sum::{BLOCK, pairwise_of_blocks};
use crate::wide::wide;

mod step;

// Numbers go through a chain in the blocks that sums have. What waits for later steps stays in the nearest
// cache, and no two places of it are a page apart, which stores and loads in turns would suffer from.

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
    /// `y` where `x` is not 0, and `z` where it is.
    Choose,
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
    /// What it does that to, as many as the operation takes.
    pub sources: [Source; 3],
    /// Where its result waits; that of the last step is the chain's. None of its sources waits there.
    pub place: usize,
}

/// Writes what the steps come to. All arrays are as long as `out`. Whether all of it is real: no root
/// was taken of what is below 0.
pub fn chain_into(steps: &[Step], arrays: &[&[f64]], effort: Effort, out: &mut [f64]) -> bool {
    let chain = Chain { steps, arrays };
    let (many, piece) = effort.many();
    if out.len() <= FEW {
        chain.run::<FEW>(0, out)
    } else if out.len() < many {
        chain.run::<BLOCK>(0, out)
    } else {
        let is_large = out.len() >= LARGE;
        let pieces = out.par_chunks_mut(piece).enumerate();
        let all = pieces.map(|(index, out)| match is_large {
            true => chain.run_past(index * piece, out),
            false => chain.run::<BLOCK>(index * piece, out),
        });
        // All pieces are written, whatever one of them says.
        all.reduce(|| true, |one, other| one & other)
    }
}

/// The sum of what the steps come to for so many numbers, which all arrays have: what
/// [`pairwise`](crate::pairwise) gives for these, which need no memory. `None` if it is not real.
#[must_use]
pub fn chain_sum(steps: &[Step], arrays: &[&[f64]], count: usize) -> Option<f64> {
    let is_real = AtomicBool::new(true);
    let chain = Chain { steps, arrays };
    let sum = pairwise_of_blocks(
        count,
        Waiting::<BLOCK>::new,
        #[inline(always)]
        |waiting, from, count| {
            let Some((last, steps)) = steps.split_last() else { return 0.0 };
            let mut is_block_real = chain.steps(steps, from, count, waiting);
            let inputs = chain.inputs(last.sources, from, count, [&waiting.0, &[]]);
            let sum = sum_of(last.operation, inputs).unwrap_or_else(
                #[inline(always)]
                || {
                    is_block_real &= chain.steps(&[*last], from, count, waiting);
                    crate::sum::sum_of_block([&waiting.0[last.place][..count]], |[x]| x)
                },
            );
            if !is_block_real {
                is_real.store(false, Ordering::Relaxed);
            }
            sum
        },
    );
    is_real.into_inner().then(|| sum.canonical())
}

/// What `fold` makes of blocks of what the steps come to for so many numbers, which all arrays have.
/// `fold` and `join`, which is for what comes of many blocks each, must be such that it does not matter
/// where blocks begin, nor which NaN there is. `None` if it is not real.
pub fn chain_fold<T: Clone + Send + Sync>(
    steps: &[Step],
    arrays: &[&[f64]],
    count: usize,
    start: T,
    fold: impl Fn(T, &[f64]) -> T + Sync,
    join: impl Fn(T, T) -> T + Sync,
) -> Option<T> {
    let chain = Chain { steps, arrays };
    let last = steps.last()?.place;
    let (many, piece) = Effort::Quick.many();
    let part = |from: usize, end: usize| {
        let mut so_far = start.clone();
        let mut waiting = Waiting::<BLOCK>::new();
        let mut is_real = true;
        wide(
            #[inline(always)]
            || {
                for from in (from..end).step_by(BLOCK) {
                    let count = BLOCK.min(end - from);
                    is_real &= chain.steps(steps, from, count, &mut waiting);
                    so_far = fold(so_far.clone(), &waiting.0[last][..count]);
                }
            },
        );
        is_real.then_some(so_far)
    };
    if count < many {
        return part(0, count);
    }
    let pieces = (0..count.div_ceil(piece)).into_par_iter();
    let parts = pieces.map(|index| part(index * piece, count.min((index + 1) * piece)));
    parts.reduce(|| Some(start.clone()), |one, other| Some(join(one?, other?)))
}

/// Steps, and the arrays they take.
struct Chain<'a> {
    steps: &'a [Step],
    arrays: &'a [&'a [f64]],
}

/// What waits for later steps, in lines of the caches of its own.
#[repr(C, align(64))]
struct Waiting<const AT_ONCE: usize>([[f64; AT_ONCE]; WAITING_MAX]);

impl<const AT_ONCE: usize> Waiting<AT_ONCE> {
    #[inline(always)]
    const fn new() -> Self {
        Self([[0.0; AT_ONCE]; WAITING_MAX])
    }
}

impl Chain<'_> {
    /// The steps for the numbers from `first` on. Whether all of it is real.
    fn run<const AT_ONCE: usize>(&self, first: usize, out: &mut [f64]) -> bool {
        let mut waiting = Waiting::<AT_ONCE>::new();
        // One dispatch for all blocks, whose length is known but for the last.
        wide(
            #[inline(always)]
            || {
                let (mut from, mut is_real) = (first, true);
                let (blocks, rest) = out.as_chunks_mut::<AT_ONCE>();
                for out in blocks {
                    is_real &= self.block(Way::Out, from, &mut waiting, out);
                    from += AT_ONCE;
                }
                is_real & self.block(Way::Out, from, &mut waiting, rest)
            },
        )
    }

    /// The same, past the caches.
    fn run_past(&self, first: usize, out: &mut [f64]) -> bool {
        let mut waiting = Waiting::<BLOCK>::new();
        let aligned = stream::before_lines(out);
        let (before, out) = out.split_at_mut(aligned);
        wide(
            #[inline(always)]
            || {
                let mut is_real = self.block(Way::Out, first, &mut waiting, before);
                let mut from = first + before.len();
                past(
                    #[inline(always)]
                    |past| {
                        let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
                        for out in blocks {
                            is_real &= self.block(Way::Past(past), from, &mut waiting, out);
                            from += BLOCK;
                        }
                        is_real & self.block(Way::Out, from, &mut waiting, rest)
                    },
                )
            },
        )
    }

    /// All steps for a block.
    #[inline(always)]
    fn block<const AT_ONCE: usize>(
        &self,
        way: Way<'_>,
        from: usize,
        waiting: &mut Waiting<AT_ONCE>,
        out: &mut [f64],
    ) -> bool {
        let count = out.len();
        let Some((last, steps)) = self.steps.split_last() else { return true };
        let is_real = self.steps(steps, from, count, waiting);
        let inputs = self.inputs(last.sources, from, count, [&waiting.0, &[]]);
        is_real & perform(last.operation, inputs, way, out)
    }

    /// The first of the steps, or all of them, for a block: each result waits in its place.
    #[inline(always)]
    fn steps<const AT_ONCE: usize>(
        &self,
        steps: &[Step],
        from: usize,
        count: usize,
        waiting: &mut Waiting<AT_ONCE>,
    ) -> bool {
        let mut is_real = true;
        for step in steps {
            let (before, rest) = waiting.0.split_at_mut(step.place);
            let Some((place, after)) = rest.split_first_mut() else { return true };
            let inputs = self.inputs(step.sources, from, count, [before, after]);
            is_real &= perform(step.operation, inputs, Way::Waiting, &mut place[..count]);
        }
        is_real
    }

    /// What a step computes with, given what waits before its own place and behind that.
    #[inline(always)]
    fn inputs<'b, const AT_ONCE: usize>(
        &'b self,
        [x, y, z]: [Source; 3],
        from: usize,
        count: usize,
        [before, after]: [&'b [[f64; AT_ONCE]]; 2],
    ) -> [Input<'b>; 3] {
        let input = |source| match source {
            Source::Array(index) => Input::Many(&self.arrays[index][from..][..count]),
            Source::Number(number) => Input::One(number),
            Source::Waiting(at) if at < before.len() => Input::Many(&before[at][..count]),
            Source::Waiting(at) => Input::Many(&after[at - before.len() - 1][..count]),
        };
        // One by one: the map of an array is a call.
        [input(x), input(y), input(z)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::elementary::sin_into;
    use crate::elementwise::{choose_into, map_into, zip_into};
    use crate::sum::pairwise;

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            6 => -10.0..10.0,
            1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, 1e308, 5e-324]),
        ]
    }

    /// What one step comes to, as arrays are computed with.
    fn alone(operation: Operation, [x, y, z]: [&[f64]; 3], out: &mut [f64]) {
        match operation {
            Operation::Choose => choose_into(x, y, z, out),
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
            Operation::Root => map_into(x, out, |x| if x >= 0.0 { x.sqrt() } else { f64::NAN }),
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
            Operation::Choose,
            Operation::Function(sin_into),
            Operation::Root,
            Operation::Power(2.0),
            Operation::Power(-1.5),
        ]
    }

    fn bits(numbers: &[f64]) -> Vec<u64> {
        numbers.iter().map(|number| number.to_bits()).collect()
    }

    /// What waits within a chain may be another NaN than the one there is outside.
    #[test]
    fn whatever_comes_last_there_is_one_nan() {
        type Function = fn(&[f64], &mut [f64]);
        let functions: [Function; 7] = [
            |x, out| map_into(x, out, f64::floor),
            |x, out| map_into(x, out, f64::ceil),
            |x, out| map_into(x, out, f64::trunc),
            |x, out| map_into(x, out, f64::abs),
            |x, out| map_into(x, out, f64::to_degrees),
            |x, out| map_into(x, out, f64::to_radians),
            |x, out| crate::slow_map_into(x, out, libm::cbrt),
        ];
        let functions = functions.map(Operation::Function);
        let infinite = vec![f64::INFINITY; 200];
        let infinity = Source::Array(0);
        for operation in operations().into_iter().chain(functions) {
            let difference =
                Step { operation: Operation::Subtract, sources: [infinity; 3], place: 0 };
            let of_nan = [Source::Waiting(0), infinity, infinity];
            let last = Step { operation, sources: of_nan, place: 1 };
            for count in [1, 200] {
                let mut out = vec![1.0; count];
                let arrays: [&[f64]; 1] = [&infinite[..count]];
                assert!(chain_into(&[difference, last], &arrays, Effort::Quick, &mut out));
                let is_one = |x: &f64| !x.is_nan() || x.to_bits() == f64::NAN.to_bits();
                assert!(out.iter().all(is_one), "{operation:?}");
            }
        }
    }

    proptest! {
        /// In a chain, each step waits in the next place; a step reads arrays, numbers, and the two
        /// steps before it.
        #[test]
        fn a_chain_comes_to_what_its_steps_come_to_one_by_one(
            data in prop::collection::vec(number(), 1..40),
            steps in prop::collection::vec((0_usize..14, [0_usize..6, 0_usize..6, 0_usize..6]), 1..8),
            constant in number(),
            count in prop::sample::select(vec![0, 1, 7, 63, 64, 65, 127, 128, 129, 3000, 120_000]),
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
                alone(operation, [&numbers[0], &numbers[1], &numbers[2]], &mut result);
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
            let arrays: [&[f64]; 2] = [&arrays[0], &arrays[1]];
            let mut past_caches = vec![1.0; count];
            let steps = Chain { steps: &chain, arrays: &arrays };
            prop_assert_eq!(steps.run_past(0, &mut past_caches), is_real);
            prop_assert_eq!(Some(bits(&past_caches)), wanted);
            let sum = results.last().map(|numbers| pairwise(numbers).canonical().to_bits());
            let found = chain_sum(&chain, &arrays, count).map(f64::to_bits);
            prop_assert_eq!(found, sum.filter(|_| is_real));
            let nonzero = |count, numbers: &[f64]| {
                count + numbers.iter().filter(|number| **number != 0.0).count()
            };
            let counted = results.last().map(|numbers| nonzero(0, numbers));
            let found = chain_fold(&chain, &arrays, count, 0, nonzero, |a, b| a + b);
            prop_assert_eq!(found, counted.filter(|_| is_real));
        }
    }
}
