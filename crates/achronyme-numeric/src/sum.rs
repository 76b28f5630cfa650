//! Sums whose order is fixed and whose error grows with the logarithm of the count only.

use std::ops::{Add, Mul};

use crate::wide::wide;

/// So many numbers are added in eight sums side by side; more of them in halves.
pub(crate) const BLOCK: usize = 128;
/// From so many numbers on, several processors work.
const MANY: usize = 100_000;
/// Sums side by side.
const LANES: usize = 8;
/// So many columns are added at once: one row of sums, and the rows added to it, stay close to the
/// processor.
const STRIP: usize = 2048;

/// The sum of numbers, pairwise as in Higham, *Accuracy and Stability of Numerical Algorithms*,
/// §4.2. The sum of nothing is 0, and never -0.
#[must_use]
pub fn pairwise<T: Copy + Default + Add<Output = T> + Send + Sync>(data: &[T]) -> T {
    pairwise_of(data, |x| x)
}

/// The sum of `f` of each number: to the bit what [`pairwise`] gives for these, which need no memory.
#[must_use]
pub fn pairwise_of<T, U>(data: &[T], f: impl Fn(T) -> U + Sync) -> U
where
    T: Copy + Sync,
    U: Copy + Default + Add<Output = U> + Send + Sync,
{
    folded([data], U::default(), &|[x]| f(x), &|a, b| a + b)
}

/// The sum of `f` of each pair of numbers that stand in the same place, likewise.
#[must_use]
pub fn pairwise_of_pairs<T, U>(a: &[T], b: &[T], f: impl Fn(T, T) -> U + Sync) -> U
where
    T: Copy + Sync,
    U: Copy + Default + Add<Output = U> + Send + Sync,
{
    let count = a.len().min(b.len());
    folded([&a[..count], &b[..count]], U::default(), &|[x, y]| f(x, y), &|a, b| a + b)
}

/// The product of numbers, in the same order.
#[must_use]
pub fn product<T: Copy + From<f64> + Mul<Output = T> + Send + Sync>(data: &[T]) -> T {
    folded([data], T::from(1.0), &|[x]| x, &|a, b| a * b)
}

/// The sum of `count` numbers of which `sum` gives the [sum of each block](sum_of_block), given the place of
/// its first and how many they are: to the bit what [`pairwise`] gives for all of them. `sum` may use what
/// `aside` makes for each piece of work.
pub(crate) fn pairwise_of_blocks<S>(
    count: usize,
    aside: impl Fn() -> S + Copy + Sync,
    sum: impl Fn(&mut S, usize, usize) -> f64 + Copy + Sync,
) -> f64 {
    halved((0, count), 0.0, aside, sum, &|a, b| a + b)
}

/// The sum of `term` of each place of at most a block, as [`pairwise_of_blocks`] wants it.
#[inline(always)]
pub(crate) fn sum_of_block<const PARTS: usize>(
    parts: [&[f64]; PARTS],
    term: impl Fn([f64; PARTS]) -> f64 + Sync,
) -> f64 {
    folded_block(parts, 0.0, &term, &|a, b| a + b)
}

/// What `join` makes of the `term` of each place of parts that are equally long: of eight rows of
/// them side by side, and those of more than a block in halves.
fn folded<T: Copy + Sync, U: Copy + Send + Sync, const PARTS: usize>(
    parts: [&[T]; PARTS],
    start: U,
    term: &(impl Fn([T; PARTS]) -> U + Sync),
    join: &(impl Fn(U, U) -> U + Sync),
) -> U {
    let count = parts.first().map_or(0, |part| part.len());
    halved(
        (0, count),
        start,
        || (),
        #[inline(always)]
        |(), from, count| {
            folded_block(parts.map(|part| &part[from..from + count]), start, term, join)
        },
        join,
    )
}

/// What `join` makes of blocks of `count` places from `from` on, each of which is a `leaf`: more than a
/// block in halves. A `leaf` may use what `aside` makes for each piece of work.
fn halved<S, U: Copy + Send + Sync>(
    (from, count): (usize, usize),
    start: U,
    aside: impl Fn() -> S + Copy + Sync,
    leaf: impl Fn(&mut S, usize, usize) -> U + Copy + Sync,
    join: &(impl Fn(U, U) -> U + Sync),
) -> U {
    if count > MANY {
        let left = half(count);
        let (left, right) = rayon::join(
            || halved((from, left), start, aside, leaf, join),
            || halved((from + left, count - left), start, aside, leaf, join),
        );
        return join(left, right);
    }
    wide(
        #[inline(always)]
        || {
            let mut aside = aside();
            if count > BLOCK {
                halved_piece((from, count), start, &mut aside, leaf, join)
            } else {
                leaf(&mut aside, from, count)
            }
        },
    )
}

/// The same of more than a block, but not many: a walk through the halves, so that the vectors are
/// asked for once.
#[inline(always)]
fn halved_piece<S, U: Copy>(
    (from, count): (usize, usize),
    start: U,
    aside: &mut S,
    leaf: impl Fn(&mut S, usize, usize) -> U,
    join: &impl Fn(U, U) -> U,
) -> U {
    /// How often many numbers can be halved until a block is left.
    const DEPTH: usize = 16;
    // What is left to do, the next one last, and how often it has been halved.
    let mut waiting = [(0, 0, 0); DEPTH];
    waiting[0] = (from, count, 0);
    let mut left = 1;
    // What has been folded and not been joined yet, and how often it had been halved.
    let mut done = [(start, 0); DEPTH];
    let mut ready = 0;
    while left > 0 {
        let (from, count, depth) = waiting[left - 1];
        if count > BLOCK {
            let middle = half(count);
            waiting[left - 1] = (from + middle, count - middle, depth + 1);
            waiting[left] = (from, middle, depth + 1);
            left += 1;
            continue;
        }
        left -= 1;
        let mut sum = (leaf(aside, from, count), depth);
        while ready > 0 && done[ready - 1].1 == sum.1 {
            ready -= 1;
            sum = (join(done[ready].0, sum.0), sum.1 - 1);
        }
        done[ready] = sum;
        ready += 1;
    }
    done[0].0
}

/// What `join` makes of the `term` of each place of at most a block.
#[inline(always)]
fn folded_block<T: Copy + Sync, U: Copy + Send + Sync, const PARTS: usize>(
    parts: [&[T]; PARTS],
    start: U,
    term: &(impl Fn([T; PARTS]) -> U + Sync),
    join: &(impl Fn(U, U) -> U + Sync),
) -> U {
    let count = parts.first().map_or(0, |part| part.len());
    let mut lanes = [start; LANES];
    let rows = parts.map(|part| part.as_chunks::<LANES>().0);
    for row in 0..count / LANES {
        let row = rows.map(|rows| &rows[row]);
        for (lane, so_far) in lanes.iter_mut().enumerate() {
            *so_far = join(*so_far, term(row.map(|row| row[lane])));
        }
    }
    let rest = count - count % LANES..count;
    rest.fold(joined(lanes, join), |so_far, place| {
        join(so_far, term(parts.map(|part| part[place])))
    })
}

/// Where more than a block is divided.
const fn half(count: usize) -> usize {
    (count / 2).next_multiple_of(LANES)
}

/// The sum of sums side by side.
fn joined<T: Copy>([a, b, c, d, e, f, g, h]: [T; LANES], join: &impl Fn(T, T) -> T) -> T {
    let pairs = [join(a, b), join(c, d), join(e, f), join(g, h)];
    join(join(pairs[0], pairs[1]), join(pairs[2], pairs[3]))
}

/// The sum of each column of a matrix of `width` columns: to the bit what [`pairwise`] gives for the
/// column. Empty if there are no columns.
#[must_use]
pub fn column_sums<T: Copy + Default + Add<Output = T>>(data: &[T], width: usize) -> Vec<T> {
    let mut sums = vec![T::default(); width];
    let mut lanes = vec![T::default(); LANES * width.min(STRIP)];
    if width > 0 {
        for (strip, sums) in sums.chunks_mut(STRIP).enumerate() {
            let columns = Columns { data, width, from: strip * STRIP };
            columns.add(0, data.len() / width, sums, &mut lanes[..LANES * sums.len()]);
        }
    }
    sums
}

/// Some columns of a matrix.
struct Columns<'a, T> {
    data: &'a [T],
    width: usize,
    from: usize,
}

impl<T: Copy + Default + Add<Output = T>> Columns<'_, T> {
    /// Puts the sums of these rows into `sums`. In `lanes` there is room for eight times as many.
    fn add(&self, first: usize, count: usize, sums: &mut [T], lanes: &mut [T]) {
        if count > BLOCK {
            let left = half(count);
            let mut right = [T::default(); STRIP];
            let right = &mut right[..sums.len()];
            self.add(first, left, sums, lanes);
            self.add(first + left, count - left, right, lanes);
            for (sum, x) in sums.iter_mut().zip(right) {
                *sum = *sum + *x;
            }
            return;
        }
        let width = sums.len();
        let whole = count - count % LANES;
        lanes.fill(T::default());
        wide(
            #[inline(always)]
            || {
                for (lane, lane_sums) in lanes.chunks_exact_mut(width).enumerate() {
                    self.add_lane(first + lane, first + whole, lane_sums);
                }
            },
        );
        let lanes: &[T] = lanes;
        for (column, sum) in sums.iter_mut().enumerate() {
            let of_column = std::array::from_fn(|lane| lanes[lane * width + column]);
            *sum = joined(of_column, &|a, b| a + b);
        }
        for row in whole..count {
            for (sum, x) in sums.iter_mut().zip(self.row(first + row, width)) {
                *sum = *sum + *x;
            }
        }
    }

    /// Adds every eighth row, in their order, and four at once: so the sums are fetched less often.
    #[inline(always)]
    fn add_lane(&self, mut row: usize, end: usize, sums: &mut [T]) {
        let width = sums.len();
        while row + 3 * LANES < end {
            let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.row(row + i * LANES, width));
            for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum = *sum + *a + *b + *c + *d;
            }
            row += 4 * LANES;
        }
        while row < end {
            for (sum, x) in sums.iter_mut().zip(self.row(row, width)) {
                *sum = *sum + *x;
            }
            row += LANES;
        }
    }

    #[inline(always)]
    fn row(&self, row: usize, count: usize) -> &[T] {
        let at = row * self.width + self.from;
        &self.data[at..at + count]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_sums_to_zero_and_multiplies_to_one() {
        assert_eq!(product::<f64>(&[]).to_bits(), 1.0_f64.to_bits());
        assert_eq!(product(&[2.0, 3.0, 4.0_f64]).to_bits(), 24.0_f64.to_bits());
        assert_eq!(pairwise::<f64>(&[]).to_bits(), 0);
        assert_eq!(pairwise(&[-0.0_f64]).to_bits(), 0);
        assert_eq!(column_sums::<f64>(&[], 2), [0.0, 0.0]);
    }

    #[test]
    fn the_error_of_many_small_sums_stays_small() {
        // 0.1 added one by one ten million times is off by 1.6e-4.
        let sum = pairwise(&vec![0.1_f64; 10_000_000]);
        assert!((sum - 1e6).abs() < 1e-8, "{sum}");
    }

    proptest! {
        #[test]
        fn columns_sum_to_what_each_sums_to_alone(
            width in prop_oneof![1_usize..300, 1000_usize..1100],
            height in 0_usize..400,
            seed in 1_u64..1000,
        ) {
            #[expect(clippy::cast_precision_loss, reason = "any numbers do")]
            let data: Vec<f64> = (0..width as u64 * height as u64)
                .map(|i| (i.wrapping_mul(seed * 2_654_435_761) % 1_000_003) as f64 * 0.1)
                .collect();
            let sums = column_sums(&data, width);
            for (column, sum) in sums.iter().enumerate() {
                let alone: Vec<f64> = data.iter().skip(column).step_by(width).copied().collect();
                prop_assert_eq!(pairwise(&alone).to_bits(), sum.to_bits());
            }
        }
    }
}
