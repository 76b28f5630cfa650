//! Systems with triangular matrices, solved in place: halves by recursion, so that most of the work
//! is products.

use super::kernel::{sum_of_products, wide};
use super::matrix::{Matrix, View, ViewMut};
use super::scalar::Scalar;

/// Up to which size systems are solved row by row.
const SMALL: usize = 24;

/// Solves L·X = B, `l` lower triangular; what is above its diagonal is not read. With `unit`, the
/// diagonal is taken as ones.
pub(super) fn solve_lower<T: Scalar>(l: View<'_, T>, unit: bool, mut b: ViewMut<'_, T>) {
    let n = l.rows;
    if n <= SMALL {
        return wide(
            #[inline(always)]
            || {
                for i in 0..n {
                    for k in 0..i {
                        subtract_row(&mut b, i, l.at(i, k), k);
                    }
                    if !unit {
                        divide_row(&mut b, i, l.at(i, i));
                    }
                }
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
                for i in (0..n).rev() {
                    for k in i + 1..n {
                        subtract_row(&mut b, i, u.at(i, k), k);
                    }
                    divide_row(&mut b, i, u.at(i, i));
                }
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

#[inline(always)]
fn subtract_row<T: Scalar>(b: &mut ViewMut<'_, T>, target: usize, factor: T, source: usize) {
    if factor == T::ZERO {
        return;
    }
    let (source, target) = b.row_and_row(source, target);
    for (x, y) in target.iter_mut().zip(source) {
        *x = x.plus(-factor, *y);
    }
}

#[inline(always)]
fn divide_row<T: Scalar>(b: &mut ViewMut<'_, T>, row: usize, divisor: T) {
    for x in b.row(row) {
        *x = x.over(divisor);
    }
}
