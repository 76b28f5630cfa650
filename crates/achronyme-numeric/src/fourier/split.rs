//! Transforms of long sequences, as many short ones.
//!
//! A sequence of n₁·n₂ numbers is a matrix of n₁ rows. Its columns are transformed, multiplied by
//! roots, and then its rows; the result is read column by column. A few columns or rows at a time
//! fit into the processor's nearest memory. (D. H. Bailey, FFTs in external or hierarchical memory,
//! 1990.)

use super::lane::{LANES, Pair};
use super::roots::Roots;
use super::stockham::Stockham;
use crate::Complex;

/// So many pairs of numbers are worked on at a time, at most.
const PAIRS: usize = 4096;
/// Up to this length the roots are kept in a table.
const TABLE_MAX: usize = 1 << 14;
/// At least so many sequences at a time, to use whole lines of the processor's memory.
const PAIRS_MIN: usize = 4;

/// How to transform one length, which is the product of two that have only small prime factors.
#[derive(Clone, Debug)]
pub(super) struct Split {
    columns: Stockham,
    rows: Stockham,
    roots: Roots,
    /// The roots that the columns are multiplied by, unless they are many.
    table: Vec<Pair>,
}

/// Room to work in.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    pairs: Vec<Pair>,
    spare: Vec<Pair>,
}

impl Room {
    /// Two buffers of this size.
    pub(super) fn of(&mut self, size: usize) -> (&mut [Pair], &mut [Pair]) {
        if self.pairs.len() < size {
            self.pairs.resize(size, Pair::default());
            self.spare.resize(size, Pair::default());
        }
        (&mut self.pairs[..size], &mut self.spare[..size])
    }
}

impl Split {
    /// Nothing, if the length has a prime factor that is too large.
    pub(super) fn new(length: usize) -> Option<Self> {
        let first = (1..=length.isqrt()).rev().find(|n| length.is_multiple_of(*n))?;
        let (columns, rows) = (Stockham::new(first)?, Stockham::new(length / first)?);
        let mut split = Self { columns, rows, roots: Roots::new(length), table: Vec::new() };
        if length <= TABLE_MAX {
            let width = split.rows.length();
            let starts = (0..first).flat_map(|k| (0..width).step_by(LANES).map(move |c| (k, c)));
            split.table = starts.map(|(k, column)| split.factor(k, k * column)).collect();
        }
        Some(split)
    }

    /// The transform of `source`, which is overwritten, in `target`.
    pub(super) fn run(&self, source: &mut [Complex], target: &mut [Complex], room: &mut Room) {
        let (height, width) = (self.columns.length(), self.rows.length());
        let step = step(height, width);
        for start in (0..width).step_by(LANES * step) {
            let count = (width - start).min(LANES * step);
            self.transform_columns(source, start, count, room);
        }
        let step = self::step(width, height);
        for start in (0..height).step_by(LANES * step) {
            let count = (height - start).min(LANES * step);
            self.transform_rows(source, target, start, count, room);
        }
    }

    fn transform_columns(
        &self,
        matrix: &mut [Complex],
        start: usize,
        count: usize,
        room: &mut Room,
    ) {
        let (height, width) = (self.columns.length(), self.rows.length());
        let stride = count.div_ceil(LANES);
        let (pairs, spare) = room.of(height * stride);
        for (row, pairs) in matrix.chunks_exact(width).zip(pairs.chunks_exact_mut(stride)) {
            load(&row[start..start + count], pairs);
        }
        let result = if self.columns.run(pairs, spare) { spare } else { pairs };
        let table_width = width.div_ceil(LANES);
        for (k, (row, pairs)) in
            matrix.chunks_exact_mut(width).zip(result.chunks_exact_mut(stride)).enumerate()
        {
            if self.table.is_empty() {
                for (q, pair) in pairs.iter_mut().enumerate() {
                    *pair = pair.times_each(self.factor(k, k * (start + LANES * q)));
                }
            } else {
                let factors = &self.table[k * table_width + start / LANES..];
                for (pair, factor) in pairs.iter_mut().zip(factors) {
                    *pair = pair.times_each(*factor);
                }
            }
            store(pairs, &mut row[start..start + count]);
        }
    }

    /// What a pair of row `k` is multiplied by: the roots number `at` and `at + k`.
    #[inline]
    fn factor(&self, k: usize, at: usize) -> Pair {
        // The last pair may have only one number, whose neighbour is 0.
        let second = if at + k < self.roots.count() { at + k } else { at };
        Pair::new(self.roots.at(at), self.roots.at(second))
    }

    fn transform_rows(
        &self,
        matrix: &[Complex],
        target: &mut [Complex],
        start: usize,
        count: usize,
        room: &mut Room,
    ) {
        let (height, width) = (self.columns.length(), self.rows.length());
        let stride = count.div_ceil(LANES);
        let (pairs, spare) = room.of(width * stride);
        let rows = &matrix[start * width..(start + count) * width];
        for (q, rows) in rows.chunks(LANES * width).enumerate() {
            let (first, second) = rows.split_at(width);
            // A row without a neighbour is its own.
            let second = if second.is_empty() { first } else { second };
            let places = pairs[q..].iter_mut().step_by(stride);
            for ((pair, first), second) in places.zip(first).zip(second) {
                *pair = Pair::new(*first, *second);
            }
        }
        let result = if self.rows.run(pairs, spare) { spare } else { pairs };
        for (target, pairs) in target.chunks_exact_mut(height).zip(result.chunks_exact(stride)) {
            store(pairs, &mut target[start..start + count]);
        }
    }
}

/// How many pairs of sequences of some length to transform at a time, of so many sequences.
fn step(length: usize, count: usize) -> usize {
    (PAIRS / length).max(PAIRS_MIN).min(count.div_ceil(LANES))
}

/// Numbers as pairs; 0 where one is missing.
fn load(numbers: &[Complex], pairs: &mut [Pair]) {
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for (pair, [first, second]) in pairs.iter_mut().zip(whole) {
        *pair = Pair::new(*first, *second);
    }
    if let (Some(pair), [last]) = (pairs.last_mut(), rest) {
        *pair = Pair::new(*last, Complex::ZERO);
    }
}

/// Pairs as numbers.
fn store(pairs: &[Pair], numbers: &mut [Complex]) {
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    for (pair, [first, second]) in pairs.iter().zip(whole) {
        *first = pair.first();
        *second = pair.second();
    }
    if let (Some(pair), [last]) = (pairs.last(), rest) {
        *last = pair.first();
    }
}
