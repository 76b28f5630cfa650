//! The loops that take the time: products of real matrices, sums of products, and rows added to
//! rows.
//!
//! Each entry of a product is a sum over blocks of [`DEPTH`] terms, each added up one after the
//! other by fused multiplications and additions. Vectors run over columns, so their width changes no
//! bit; neither do threads, which have rows of their own.

use std::cell::Cell;

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::{View, ViewMut};
use super::scalar::Scalar;
use crate::wide::dispatch;
pub(super) use crate::wide::wide;

/// How many sums of products run side by side.
pub(super) const LANES: usize = 8;
/// How many terms of a product are added up before they are added to the result.
const DEPTH: usize = 256;
/// Rows of a tile.
const TALL: usize = 6;
/// Vectors in a row of a tile.
const WIDE: usize = 2;
/// Rows whose packed form stays in the third cache.
const ROWS: usize = 1536;
/// Columns whose packed form stays in the second cache: tiles go along the rows of the result, which
/// are read ahead.
const COLUMNS: usize = 128;
/// Most numbers in a row of a tile, for the widest vectors there are.
const WIDEST: usize = 16;
/// From how many multiplications on threads are worth their while.
const PARALLEL_MIN: usize = 1 << 23;
/// Below how many multiplications packing is not worth its while.
const PACKED_MIN: usize = 1 << 10;

/// Adds `a`·`b`, or its negative, to `c`.
pub(super) fn add_product(
    mut c: ViewMut<'_, f64>,
    negative: bool,
    a: View<'_, f64>,
    b: View<'_, f64>,
) {
    debug_assert!(c.rows == a.rows && c.columns == b.columns && a.columns == b.rows);
    let (rows, columns, depth) = (c.rows, c.columns, a.columns);
    if rows == 0 || columns == 0 || depth == 0 {
        return;
    }
    let work = rows.saturating_mul(columns).saturating_mul(depth);
    if work < PACKED_MIN || rows == 1 {
        return wide(
            #[inline(always)]
            || add_small_product(&mut c, negative, a, b),
        );
    }
    let threads = if work < PARALLEL_MIN { 1 } else { rayon::current_num_threads() };
    if threads == 1 {
        return add_packed_product(&mut c, negative, a, b);
    }
    let tall = rows.div_ceil(threads).next_multiple_of(TALL);
    let parts = rows.div_ceil(tall);
    let stride = c.stride;
    c.data.par_chunks_mut(tall * stride).take(parts).enumerate().for_each(|(part, data)| {
        let top = part * tall;
        let rows = tall.min(rows - top);
        let mut c = ViewMut { data, rows, columns, stride };
        add_packed_product(&mut c, negative, a.block(top, 0, rows, depth), b);
    });
}

/// The loops around tiles, in the order that K. Goto and R. A. van de Geijn found (Anatomy of
/// High-Performance Matrix Multiplication, ACM Trans. Math. Softw. 34, 2008).
fn add_packed_product(
    c: &mut ViewMut<'_, f64>,
    negative: bool,
    a: View<'_, f64>,
    b: View<'_, f64>,
) {
    let (rows, columns, depth) = (c.rows, c.columns, a.columns);
    let stride = c.stride;
    let width = dispatch(Width);
    let (mut packed_rows, mut packed_columns) = (PACKED_ROWS.take(), PACKED_COLUMNS.take());
    for top in (0..rows).step_by(ROWS) {
        let tall = ROWS.min(rows - top);
        for front in (0..depth).step_by(DEPTH) {
            let deep = DEPTH.min(depth - front);
            pack_rows(a.block(top, front, tall, deep), negative, &mut packed_rows);
            for left in (0..columns).step_by(COLUMNS) {
                let wide = COLUMNS.min(columns - left);
                pack_columns(b.block(front, left, deep, wide), width, &mut packed_columns);
                let c = c.block(top, left, tall, wide).data;
                let (a, b) = (&*packed_rows, &*packed_columns);
                dispatch(Tiles { c, stride, rows: tall, columns: wide, deep, a, b });
            }
        }
    }
    PACKED_ROWS.set(packed_rows);
    PACKED_COLUMNS.set(packed_columns);
}

thread_local! {
    /// Memory for packed columns, kept from one product to the next.
    static PACKED_COLUMNS: Cell<Vec<f64>> = const { Cell::new(Vec::new()) };
    /// Memory for packed rows.
    static PACKED_ROWS: Cell<Vec<f64>> = const { Cell::new(Vec::new()) };
}

/// The same sums without packing.
#[inline(always)]
fn add_small_product(c: &mut ViewMut<'_, f64>, negative: bool, a: View<'_, f64>, b: View<'_, f64>) {
    let mut sums = vec![0.0; c.columns];
    for i in 0..c.rows {
        for front in (0..a.columns).step_by(DEPTH) {
            sums.fill(0.0);
            for k in front..(front + DEPTH).min(a.columns) {
                let factor = if negative { -a.at(i, k) } else { a.at(i, k) };
                if b.column_step == 1 {
                    add_scaled(&mut sums, factor, b.row(k));
                } else {
                    for (j, sum) in sums.iter_mut().enumerate() {
                        *sum = factor.mul_add(b.at(k, j), *sum);
                    }
                }
            }
            for (entry, sum) in c.row(i).iter_mut().zip(&sums) {
                *entry += sum;
            }
        }
    }
}

/// Rows in groups of [`TALL`], in each group column after column.
fn pack_rows(a: View<'_, f64>, negative: bool, packed: &mut Vec<f64>) {
    wide(
        #[inline(always)]
        || pack::<TALL>(a, if negative { -1.0 } else { 1.0 }, packed),
    );
}

/// Columns in groups of `width`, in each group row after row.
fn pack_columns(b: View<'_, f64>, width: usize, packed: &mut Vec<f64>) {
    let b = b.transposed();
    wide(
        #[inline(always)]
        || match width {
            2 => pack::<2>(b, 1.0, packed),
            4 => pack::<4>(b, 1.0, packed),
            8 => pack::<8>(b, 1.0, packed),
            _ => pack::<WIDEST>(b, 1.0, packed),
        },
    );
}

/// Rows in groups of `COUNT`, in each group column after column. Where there is no row, anything may
/// stand: it meets no row of the result.
#[inline(always)]
fn pack<const COUNT: usize>(rows: View<'_, f64>, sign: f64, packed: &mut Vec<f64>) {
    let deep = rows.columns;
    let size = rows.rows.div_ceil(COUNT) * COUNT * deep;
    if packed.len() < size {
        packed.resize(size, 0.0);
    }
    packed.truncate(size);
    for (group, target) in packed.chunks_exact_mut(COUNT * deep).enumerate() {
        let top = group * COUNT;
        let (target, _) = target.as_chunks_mut::<COUNT>();
        let tall = COUNT.min(rows.rows - top);
        if rows.row_step == 1 && tall == COUNT {
            for (k, target) in target.iter_mut().enumerate() {
                let start = top + k * rows.column_step;
                if let Some(from) = rows.data[start..].first_chunk::<COUNT>() {
                    *target = *from;
                }
                target.iter_mut().for_each(|x| *x *= sign);
            }
        } else if rows.column_step == 1 && tall == COUNT {
            let source: [&[f64]; COUNT] = std::array::from_fn(|i| {
                let start = (top + i) * rows.row_step;
                &rows.data[start..start + deep]
            });
            for (k, target) in target.iter_mut().enumerate() {
                for (to, from) in target.iter_mut().zip(&source) {
                    *to = sign * from[k];
                }
            }
        } else {
            for (k, target) in target.iter_mut().enumerate() {
                for (i, to) in target.iter_mut().take(tall).enumerate() {
                    *to = sign * rows.at(top + i, k);
                }
            }
        }
    }
}

/// How many numbers a row of a tile has on this processor.
struct Width;

impl WithSimd for Width {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        WIDE * S::F64_LANES
    }
}

/// Packed rows times packed columns, added to a block.
struct Tiles<'a> {
    c: &'a mut [f64],
    stride: usize,
    rows: usize,
    columns: usize,
    deep: usize,
    a: &'a [f64],
    b: &'a [f64],
}

impl WithSimd for Tiles<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Tiles { c, stride, rows, columns, deep, a, b } = self;
        let width = WIDE * S::F64_LANES;
        let mut tile = [0.0; TALL * WIDEST];
        for (down, a) in a.chunks_exact(TALL * deep).enumerate() {
            let top = down * TALL;
            for (right, b) in b.chunks_exact(width * deep).enumerate() {
                let left = right * width;
                let wide = width.min(columns - left);
                sum_tile(simd, a, b, &mut tile[..TALL * width]);
                for (row, sums) in tile.chunks_exact(width).take(rows - top).enumerate().take(TALL)
                {
                    let start = (top + row) * stride + left;
                    if wide == width {
                        add_full(simd, &mut c[start..start + width], sums);
                    } else {
                        for (entry, sum) in c[start..start + wide].iter_mut().zip(sums) {
                            *entry += sum;
                        }
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn add_full<S: Simd>(simd: S, c: &mut [f64], sums: &[f64]) {
    let (c, _) = S::as_mut_simd_f64s(c);
    let (sums, _) = S::as_simd_f64s(sums);
    for (entry, sum) in c.iter_mut().zip(sums) {
        *entry = simd.add_f64s(*entry, *sum);
    }
}

#[inline(always)]
fn sum_tile<S: Simd>(simd: S, a: &[f64], b: &[f64], tile: &mut [f64]) {
    let zero = simd.splat_f64s(0.0);
    let mut sums = [[zero; WIDE]; TALL];
    let (b, _) = S::as_simd_f64s(b);
    let (a, _) = a.as_chunks::<TALL>();
    let (b, _) = b.as_chunks::<WIDE>();
    for (a, b) in a.iter().zip(b) {
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = simd.splat_f64s(*a);
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = simd.mul_add_f64s(a, *b, *sum);
            }
        }
    }
    let (tile, _) = S::as_mut_simd_f64s(tile);
    for (target, sums) in tile.chunks_exact_mut(WIDE).zip(&sums) {
        target.copy_from_slice(sums);
    }
}

/// The sum of the products of what stands in the same place, in [`LANES`] sums side by side.
#[inline(always)]
pub(super) fn sum_of_products<T: Scalar>(x: &[T], y: &[T]) -> T {
    let mut sums = [T::ZERO; LANES];
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x.iter().zip(y) {
        add_products(&mut sums, x, y);
    }
    for ((sum, x), y) in sums.iter_mut().zip(x_rest).zip(y_rest) {
        *sum = sum.plus(*x, *y);
    }
    add_lanes(sums)
}

#[inline(always)]
fn add_products<T: Scalar>(sums: &mut [T; LANES], x: &[T; LANES], y: &[T; LANES]) {
    for lane in 0..LANES {
        sums[lane] = sums[lane].plus(x[lane], y[lane]);
    }
}

/// The sum of the lanes, the far half added to the near one until one is left.
#[inline(always)]
pub(super) fn add_lanes<T: Scalar>(sums: [T; LANES]) -> T {
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
}

/// Adds `factor` times `x` to `y`.
#[inline(always)]
fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = factor.mul_add(*x, *y);
    }
}
