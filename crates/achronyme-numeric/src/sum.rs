//! Sums whose order is fixed and whose error grows with the logarithm of the count only.

use std::ops::{Add, Mul};

/// So many numbers are added in eight sums side by side; more of them in halves.
const BLOCK: usize = 128;
/// From so many numbers on, several processors work.
const MANY: usize = 100_000;
/// Sums side by side.
const LANES: usize = 8;
/// So many columns are added at once: their eight rows of sums stay close to the processor.
const STRIP: usize = 64;

/// The sum of numbers, pairwise as in Higham, *Accuracy and Stability of Numerical Algorithms*,
/// §4.2. The sum of nothing is 0, and never -0.
#[must_use]
pub fn pairwise<T: Copy + Default + Add<Output = T> + Send + Sync>(data: &[T]) -> T {
    folded(data, T::default(), &|a, b| a + b)
}

/// The product of numbers, in the same order.
#[must_use]
pub fn product<T: Copy + From<f64> + Mul<Output = T> + Send + Sync>(data: &[T]) -> T {
    folded(data, T::from(1.0), &|a, b| a * b)
}

/// What `f` makes of all numbers: of eight rows of them side by side, and those of more than a block
/// in halves.
fn folded<T: Copy + Send + Sync>(data: &[T], start: T, f: &(impl Fn(T, T) -> T + Sync)) -> T {
    if data.len() > BLOCK {
        let (left, right) = data.split_at(half(data.len()));
        let (left, right) = if data.len() > MANY {
            rayon::join(|| folded(left, start, f), || folded(right, start, f))
        } else {
            (folded(left, start, f), folded(right, start, f))
        };
        return f(left, right);
    }
    let (rows, rest) = data.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for row in rows {
        for (so_far, x) in lanes.iter_mut().zip(row) {
            *so_far = f(*so_far, *x);
        }
    }
    rest.iter().fold(joined(lanes, f), |so_far, x| f(so_far, *x))
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
    if width > 0 {
        for (strip, sums) in sums.chunks_mut(STRIP).enumerate() {
            let columns = Columns { data, width, from: strip * STRIP };
            columns.add(0, data.len() / width, sums);
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
    /// Puts the sums of these rows into `sums`.
    fn add(&self, first: usize, count: usize, sums: &mut [T]) {
        if count > BLOCK {
            let left = half(count);
            let mut right = [T::default(); STRIP];
            let right = &mut right[..sums.len()];
            self.add(first, left, sums);
            self.add(first + left, count - left, right);
            for (sum, x) in sums.iter_mut().zip(right) {
                *sum = *sum + *x;
            }
            return;
        }
        let width = sums.len();
        let mut lanes = [[T::default(); STRIP]; LANES];
        let whole = count - count % LANES;
        for row in 0..whole {
            let lane = &mut lanes[row % LANES];
            for (sum, x) in lane.iter_mut().zip(self.row(first + row, width)) {
                *sum = *sum + *x;
            }
        }
        for (column, sum) in sums.iter_mut().enumerate() {
            *sum = joined(lanes.map(|lane| lane[column]), &|a, b| a + b);
        }
        for row in whole..count {
            for (sum, x) in sums.iter_mut().zip(self.row(first + row, width)) {
                *sum = *sum + *x;
            }
        }
    }

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
            width in 1_usize..140,
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
