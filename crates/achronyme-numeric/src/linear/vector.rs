//! Sums of real numbers side by side, with the processor's vectors written out: compilers that are left
//! to find them mix sums that belong to several results.

use pulp::{Simd, WithSimd};

use super::kernel::{LANES, add_lanes};
use super::matrix::View;
use crate::wide::dispatch;

/// Rows that are read together: more of the processor is busy, and several places of memory are.
const TALL: usize = 4;

/// Puts the product of each row of `a` with `x` into `y`: to the bit what `sum_of_products` gives. Rows
/// are not transposed.
pub(super) fn times(a: View<'_, f64>, x: &[f64], y: &mut [f64]) {
    dispatch(Times { a, x, y });
}

struct Times<'a> {
    a: View<'a, f64>,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl WithSimd for Times<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F64_LANES {
            1 => self.run::<S, LANES>(simd),
            2 => self.run::<S, { LANES / 2 }>(simd),
            4 => self.run::<S, { LANES / 4 }>(simd),
            _ => self.run::<S, { LANES / 8 }>(simd),
        }
    }
}

impl Times<'_> {
    #[inline(always)]
    fn run<S: Simd, const REGISTERS: usize>(self, simd: S) {
        let Times { a, x, y } = self;
        let (groups, rest) = y.as_chunks_mut::<TALL>();
        let done = groups.len() * TALL;
        for (group, y) in groups.iter_mut().enumerate() {
            let rows = std::array::from_fn(|i| a.row(group * TALL + i));
            *y = sums::<S, REGISTERS, TALL>(simd, rows, x);
        }
        for (i, y) in rest.iter_mut().enumerate() {
            [*y] = sums::<S, REGISTERS, 1>(simd, [a.row(done + i)], x);
        }
    }
}

#[inline(always)]
fn sums<S: Simd, const REGISTERS: usize, const ROWS: usize>(
    simd: S,
    rows: [&[f64]; ROWS],
    x: &[f64],
) -> [f64; ROWS] {
    let whole = x.len() - x.len() % LANES;
    let x_blocks = blocks::<S, REGISTERS>(&x[..whole]);
    let row_blocks = rows.map(|row| blocks::<S, REGISTERS>(&row[..whole]));
    let mut sums = [[simd.splat_f64s(0.0); REGISTERS]; ROWS];
    for (place, x) in x_blocks.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(row_blocks) {
            for ((sum, a), x) in sums.iter_mut().zip(&row[place]).zip(x) {
                *sum = simd.mul_add_f64s(*a, *x, *sum);
            }
        }
    }
    let mut totals = [0.0; ROWS];
    for ((total, sums), row) in totals.iter_mut().zip(&sums).zip(rows) {
        *total = total_of::<S, REGISTERS>(sums, &row[whole..], &x[whole..]);
    }
    totals
}

/// Numbers as vectors, [`LANES`] numbers at a time.
#[inline(always)]
fn blocks<S: Simd, const REGISTERS: usize>(numbers: &[f64]) -> &[[S::f64s; REGISTERS]] {
    S::as_simd_f64s(numbers).0.as_chunks::<REGISTERS>().0
}

/// The sum of the lanes, after the products of what is left have gone into them.
#[inline(always)]
fn total_of<S: Simd, const REGISTERS: usize>(
    sums: &[S::f64s; REGISTERS],
    row: &[f64],
    x: &[f64],
) -> f64 {
    let mut lanes = [0.0; LANES];
    S::as_mut_simd_f64s(&mut lanes).0.copy_from_slice(sums);
    for ((lane, a), x) in lanes.iter_mut().zip(row).zip(x) {
        *lane = a.mul_add(*x, *lane);
    }
    add_lanes(lanes)
}

/// Adds four rows, times their factors, to `y`; returns the rows times `x`, all of the same length.
pub(super) fn four_rows(
    rows: [&[f64]; TALL],
    factors: [f64; TALL],
    x: &[f64],
    y: &mut [f64],
) -> [f64; TALL] {
    dispatch(FourRows { rows, factors, x, y })
}

struct FourRows<'a> {
    rows: [&'a [f64]; TALL],
    factors: [f64; TALL],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl WithSimd for FourRows<'_> {
    type Output = [f64; TALL];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f64; TALL] {
        match S::F64_LANES {
            1 => self.run::<S, LANES>(simd),
            2 => self.run::<S, { LANES / 2 }>(simd),
            4 => self.run::<S, { LANES / 4 }>(simd),
            _ => self.run::<S, { LANES / 8 }>(simd),
        }
    }
}

impl FourRows<'_> {
    #[inline(always)]
    fn run<S: Simd, const REGISTERS: usize>(self, simd: S) -> [f64; TALL] {
        let FourRows { rows, factors, x, y } = self;
        let whole = x.len() - x.len() % LANES;
        let x_blocks = blocks::<S, REGISTERS>(&x[..whole]);
        let row_blocks = rows.map(|row| blocks::<S, REGISTERS>(&row[..whole]));
        let (y_whole, y_rest) = y.split_at_mut(whole);
        let y_blocks = S::as_mut_simd_f64s(y_whole).0.as_chunks_mut::<REGISTERS>().0;
        let wide_factors = factors.map(|factor| simd.splat_f64s(factor));
        let mut sums = [[simd.splat_f64s(0.0); REGISTERS]; TALL];
        for (place, (y, x)) in y_blocks.iter_mut().zip(x_blocks).enumerate() {
            for ((sums, row), factor) in sums.iter_mut().zip(row_blocks).zip(wide_factors) {
                for (((sum, y), a), x) in sums.iter_mut().zip(&mut *y).zip(&row[place]).zip(x) {
                    *sum = simd.mul_add_f64s(*a, *x, *sum);
                    *y = simd.mul_add_f64s(*a, factor, *y);
                }
            }
        }
        for (i, y) in y_rest.iter_mut().enumerate() {
            for (row, factor) in rows.iter().zip(factors) {
                *y = row[whole + i].mul_add(factor, *y);
            }
        }
        let mut totals = [0.0; TALL];
        for ((total, sums), row) in totals.iter_mut().zip(&sums).zip(rows) {
            *total = total_of::<S, REGISTERS>(sums, &row[whole..x.len()], &x[whole..]);
        }
        totals
    }
}

/// The sums of w / δ and of w / δ².
pub(super) fn poles(weights: &[f64], delta: &[f64]) -> (f64, f64) {
    dispatch(Poles { weights, delta })
}

struct Poles<'a> {
    weights: &'a [f64],
    delta: &'a [f64],
}

impl WithSimd for Poles<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f64) {
        match S::F64_LANES {
            1 => self.run::<S, LANES>(simd),
            2 => self.run::<S, { LANES / 2 }>(simd),
            4 => self.run::<S, { LANES / 4 }>(simd),
            _ => self.run::<S, { LANES / 8 }>(simd),
        }
    }
}

impl Poles<'_> {
    #[inline(always)]
    fn run<S: Simd, const REGISTERS: usize>(self, simd: S) -> (f64, f64) {
        let Poles { weights, delta } = self;
        let whole = delta.len() - delta.len() % LANES;
        let (w_whole, w_rest) = weights.split_at(whole);
        let (d_whole, d_rest) = delta.split_at(whole);
        let one = simd.splat_f64s(1.0);
        let mut sums = [simd.splat_f64s(0.0); REGISTERS];
        let mut slopes = sums;
        let d_blocks = blocks::<S, REGISTERS>(d_whole);
        for (w, d) in blocks::<S, REGISTERS>(w_whole).iter().zip(d_blocks) {
            for ((sum, slope), (w, d)) in sums.iter_mut().zip(&mut slopes).zip(w.iter().zip(d)) {
                let inverse = simd.div_f64s(one, *d);
                let term = simd.mul_f64s(*w, inverse);
                *sum = simd.add_f64s(*sum, term);
                *slope = simd.mul_add_f64s(term, inverse, *slope);
            }
        }
        let (mut sum_lanes, mut slope_lanes) = ([0.0; LANES], [0.0; LANES]);
        S::as_mut_simd_f64s(&mut sum_lanes).0.copy_from_slice(&sums);
        S::as_mut_simd_f64s(&mut slope_lanes).0.copy_from_slice(&slopes);
        let lanes = sum_lanes.iter_mut().zip(&mut slope_lanes);
        for ((sum, slope), (w, d)) in lanes.zip(w_rest.iter().zip(d_rest)) {
            let inverse = 1.0 / d;
            let term = w * inverse;
            *sum += term;
            *slope = term.mul_add(inverse, *slope);
        }
        (add_lanes(sum_lanes), add_lanes(slope_lanes))
    }
}
