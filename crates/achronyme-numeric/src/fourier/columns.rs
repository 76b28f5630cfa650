//! Transforms of the columns of a matrix, where they stand.

use super::Direction;
use super::lane::{LANES, Quad};
use super::split::{Room, load, step, store};
use super::stockham::Stockham;
use crate::Complex;
use crate::wide::wide;

/// Longer columns would not fit into the processor's nearer memory a few at a time.
const LENGTH_MAX: usize = 2048;

/// How to transform columns of one length.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    stockham: Stockham,
    direction: Direction,
    factor: f64,
}

impl Columns {
    /// With what each number is multiplied by in the end. Nothing, if the length is too large or has a
    /// prime factor that is.
    pub(super) fn new(length: usize, direction: Direction, factor: f64) -> Option<Self> {
        if !(2..=LENGTH_MAX).contains(&length) {
            return None;
        }
        Some(Self { stockham: Stockham::new(length)?, direction, factor })
    }

    /// Transforms the columns of a matrix with rows of this width.
    pub(super) fn run(&self, matrix: &mut [Complex], width: usize, room: &mut Room) {
        let step = step(self.stockham.length(), width);
        for start in (0..width).step_by(LANES * step) {
            let count = (width - start).min(LANES * step);
            wide(
                #[inline(always)]
                || self.run_strip(matrix, width, start..start + count, room),
            );
        }
    }

    #[inline(always)]
    fn run_strip(
        &self,
        matrix: &mut [Complex],
        width: usize,
        strip: std::ops::Range<usize>,
        room: &mut Room,
    ) {
        let stride = strip.len().div_ceil(LANES);
        let (quads, spare) = room.of(self.stockham.length() * stride);
        let is_back = self.direction == Direction::Back;
        for (row, quads) in matrix.chunks_exact(width).zip(quads.chunks_exact_mut(stride)) {
            load(&row[strip.clone()], quads);
        }
        if is_back {
            conjugate(quads);
        }
        let result = if self.stockham.run(quads, spare) { spare } else { quads };
        if is_back {
            conjugate(result);
        }
        let is_scaled = self.factor.to_bits() != 1.0_f64.to_bits();
        for (row, quads) in matrix.chunks_exact_mut(width).zip(result.chunks_exact_mut(stride)) {
            if is_scaled {
                for quad in &mut *quads {
                    *quad = quad.scaled(self.factor);
                }
            }
            store(quads, &mut row[strip.clone()]);
        }
    }
}

#[inline(always)]
fn conjugate(quads: &mut [Quad]) {
    for quad in quads {
        *quad = quad.conjugated();
    }
}
