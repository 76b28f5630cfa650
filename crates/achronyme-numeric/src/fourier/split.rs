//! Transforms of long sequences, as many short ones.
//!
//! A sequence of n₁·n₂ numbers is a matrix of n₁ rows. Its columns are transformed, multiplied by
//! roots, and then its rows; the result is read column by column. A few columns or rows at a time
//! fit into the processor's nearest memory. (D. H. Bailey, FFTs in external or hierarchical memory,
//! 1990.)

use super::lane::{LANES, Quad};
use super::roots::Roots;
use super::stockham::Stockham;
use crate::Complex;
use crate::wide::wide;

/// So many quads of numbers are worked on at a time, at most.
const QUADS: usize = 2048;
/// Up to this length the roots are kept in a table.
const TABLE_MAX: usize = 1 << 14;
/// At least so many sequences at a time, to use whole lines of the processor's memory.
const QUADS_MIN: usize = 2;

/// How to transform one length, which is the product of two that have only small prime factors.
#[derive(Clone, Debug)]
pub(super) struct Split {
    columns: Stockham,
    rows: Stockham,
    roots: Roots,
    /// The roots that the columns are multiplied by, unless they are many.
    table: Vec<Quad>,
}

/// Room to work in.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    quads: Vec<Quad>,
    spare: Vec<Quad>,
}

impl Room {
    /// Two buffers of this size.
    pub(super) fn of(&mut self, size: usize) -> (&mut [Quad], &mut [Quad]) {
        if self.quads.len() < size {
            self.quads.resize(size, Quad::default());
            self.spare.resize(size, Quad::default());
        }
        (&mut self.quads[..size], &mut self.spare[..size])
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
        wide(
            #[inline(always)]
            || self.run_wide(source, target, room),
        );
    }

    #[inline(always)]
    fn run_wide(&self, source: &mut [Complex], target: &mut [Complex], room: &mut Room) {
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

    #[inline(always)]
    fn transform_columns(
        &self,
        matrix: &mut [Complex],
        start: usize,
        count: usize,
        room: &mut Room,
    ) {
        let (height, width) = (self.columns.length(), self.rows.length());
        let stride = count.div_ceil(LANES);
        let (quads, spare) = room.of(height * stride);
        for (row, quads) in matrix.chunks_exact(width).zip(quads.chunks_exact_mut(stride)) {
            load(&row[start..start + count], quads);
        }
        let result = if self.columns.run(quads, spare) { spare } else { quads };
        let table_width = width.div_ceil(LANES);
        for (k, (row, quads)) in
            matrix.chunks_exact_mut(width).zip(result.chunks_exact_mut(stride)).enumerate()
        {
            if self.table.is_empty() {
                for (q, quad) in quads.iter_mut().enumerate() {
                    *quad = quad.times_each(self.factor(k, k * (start + LANES * q)));
                }
            } else {
                let factors = &self.table[k * table_width + start / LANES..];
                for (quad, factor) in quads.iter_mut().zip(factors) {
                    *quad = quad.times_each(*factor);
                }
            }
            store(quads, &mut row[start..start + count]);
        }
    }

    /// What a quad of row `k` is multiplied by: the roots number `at`, `at + k` and so on.
    #[inline]
    fn factor(&self, k: usize, at: usize) -> Quad {
        // The last quad may have fewer numbers than places; the others are 0.
        let root = |place: usize| {
            let at = at + place * k;
            self.roots.at(if at < self.roots.count() { at } else { 0 })
        };
        Quad::new([root(0), root(1), root(2), root(3)])
    }

    #[inline(always)]
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
        let (quads, spare) = room.of(width * stride);
        let rows = &matrix[start * width..(start + count) * width];
        for (q, rows) in rows.chunks(LANES * width).enumerate() {
            // Where there is no such row, the first stands for it.
            let row = |lane: usize| rows.get(lane * width..(lane + 1) * width);
            let row = |lane: usize| row(lane).unwrap_or(&rows[..width]);
            let places = quads[q..].iter_mut().step_by(stride);
            let numbers = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
            for (quad, (((a, b), c), d)) in places.zip(numbers) {
                *quad = Quad::new([*a, *b, *c, *d]);
            }
        }
        let result = if self.rows.run(quads, spare) { spare } else { quads };
        for (target, quads) in target.chunks_exact_mut(height).zip(result.chunks_exact(stride)) {
            store(quads, &mut target[start..start + count]);
        }
    }
}

/// How many quads of sequences of some length to transform at a time, of so many sequences.
pub(super) fn step(length: usize, count: usize) -> usize {
    (QUADS / length).max(QUADS_MIN).min(count.div_ceil(LANES))
}

/// Numbers as quads; 0 where one is missing.
#[inline(always)]
pub(super) fn load(numbers: &[Complex], quads: &mut [Quad]) {
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for (quad, numbers) in quads.iter_mut().zip(whole) {
        *quad = Quad::new(*numbers);
    }
    if let Some(quad) = quads.get_mut(whole.len()) {
        let mut numbers = [Complex::ZERO; LANES];
        numbers[..rest.len()].copy_from_slice(rest);
        *quad = Quad::new(numbers);
    }
}

/// Quads as numbers.
#[inline(always)]
pub(super) fn store(quads: &[Quad], numbers: &mut [Complex]) {
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    for (quad, numbers) in quads.iter().zip(&mut *whole) {
        *numbers = quad.numbers();
    }
    if let Some(quad) = quads.get(whole.len()) {
        rest.copy_from_slice(&quad.numbers()[..rest.len()]);
    }
}
