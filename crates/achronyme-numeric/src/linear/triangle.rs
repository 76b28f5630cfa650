//! Systems with triangular matrices, solved in place: halves by recursion, so that most of the work
//! is products.

use super::kernel::{sum_of_products, wide};
use super::matrix::{Matrix, View, ViewMut};
use super::scalar::Scalar;

/// Up to which size systems are solved row by row.
const SMALL: usize = 24;
/// So many columns at a time are.
const STRIP: usize = 32;

/// Solves L·X = B, `l` lower triangular; what is above its diagonal is not read. With `unit`, the
/// diagonal is taken as ones.
pub(super) fn solve_lower<T: Scalar>(l: View<'_, T>, unit: bool, mut b: ViewMut<'_, T>) {
    let n = l.rows;
    if n <= SMALL {
        return wide(
            #[inline(always)]
            || {
                by_strips(
                    &mut b,
                    #[inline(always)]
                    |rows: &mut [[T; STRIP]]| {
                        for i in 0..n {
                            let (above, below) = rows.split_at_mut(i);
                            let mut sums = below[0];
                            for (k, row) in above.iter().enumerate() {
                                subtract(&mut sums, l.at(i, k), row);
                            }
                            if !unit {
                                sums.iter_mut().for_each(|x| *x = x.over(l.at(i, i)));
                            }
                            below[0] = sums;
                        }
                    },
                );
            },
        );
    }
    let half = n / 2;
    let (mut above, mut below) = b.split_rows(half);
    solve_lower(l.block(0, 0, half, half), unit, above.reborrow());
    T::add_product(below.reborrow(), true, l.block(half, 0, n - half, half), above.view());
    solve_lower(l.block(half, half, n - half, n - half), unit, below);
}

/// Solves U·X = B, `u` upper triangular; what is below its diagonal is not read.
pub(super) fn solve_upper<T: Scalar>(u: View<'_, T>, mut b: ViewMut<'_, T>) {
    let n = u.rows;
    if n <= SMALL {
        return wide(
            #[inline(always)]
            || {
                by_strips(
                    &mut b,
                    #[inline(always)]
                    |rows: &mut [[T; STRIP]]| {
                        for i in (0..n).rev() {
                            let (above, below) = rows.split_at_mut(i + 1);
                            let mut sums = above[i];
                            for (k, row) in below.iter().enumerate() {
                                subtract(&mut sums, u.at(i, i + 1 + k), row);
                            }
                            sums.iter_mut().for_each(|x| *x = x.over(u.at(i, i)));
                            above[i] = sums;
                        }
                    },
                );
            },
        );
    }
    let half = n / 2;
    let (mut above, mut below) = b.split_rows(half);
    solve_upper(u.block(half, half, n - half, n - half), below.reborrow());
    T::add_product(above.reborrow(), true, u.block(0, half, half, n - half), below.view());
    solve_upper(u.block(0, 0, half, half), above);
}

/// Solves L·x = b for one right side; rows of `l` are read as they stand.
pub(super) fn solve_lower_vector<T: Scalar>(l: &Matrix<T>, unit: bool, x: &mut [T]) {
    wide(
        #[inline(always)]
        || {
            for i in 0..x.len() {
                let rest = x[i] - sum_of_products(&l.row(i)[..i], &x[..i]);
                x[i] = if unit { rest } else { rest.over(l[(i, i)]) };
            }
        },
    );
}

/// Solves U·x = b for one right side.
pub(super) fn solve_upper_vector<T: Scalar>(u: &Matrix<T>, x: &mut [T]) {
    let n = x.len();
    wide(
        #[inline(always)]
        || {
            for i in (0..n).rev() {
                let rest = x[i] - sum_of_products(&u.row(i)[i + 1..n], &x[i + 1..]);
                x[i] = rest.over(u[(i, i)]);
            }
        },
    );
}

/// Shows `solve` some columns at a time, row by row.
#[inline(always)]
fn by_strips<T: Scalar>(b: &mut ViewMut<'_, T>, solve: impl Fn(&mut [[T; STRIP]])) {
    let mut strip = [[T::ZERO; STRIP]; SMALL];
    let rows = &mut strip[..b.rows];
    for left in (0..b.columns).step_by(STRIP) {
        let right = (left + STRIP).min(b.columns);
        for (i, row) in rows.iter_mut().enumerate() {
            row[..right - left].copy_from_slice(&b.row(i)[left..right]);
        }
        solve(rows);
        for (i, row) in rows.iter().enumerate() {
            b.row(i)[left..right].copy_from_slice(&row[..right - left]);
        }
    }
}

#[inline(always)]
fn subtract<T: Scalar>(sums: &mut [T; STRIP], factor: T, row: &[T; STRIP]) {
    for (sum, x) in sums.iter_mut().zip(row) {
        *sum = sum.plus(-factor, *x);
    }
}
