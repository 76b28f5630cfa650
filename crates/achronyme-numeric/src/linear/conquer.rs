//! Singular values and vectors of real bidiagonal matrices, by halves.

use super::divide::{fitting, rotate};
use super::kernel::wide;
use super::matrix::Matrix;
use super::{golub, product, secular};
use crate::Error;

/// Up to which size the QR algorithm is used.
const SMALL: usize = 24;
/// What stands for zero where a number must be positive and its square too; matrices are scaled so
/// that it is far below their rounding.
pub(super) const NOTHING: f64 = 1e-140;

/// A bidiagonal matrix taken apart: rows of `left` and `right` are the vectors. If the matrix has a
/// column more than rows, the last row of `right` is what it maps to zero.
#[derive(Debug)]
pub(super) struct Parts {
    /// In no particular order.
    pub(super) values: Vec<f64>,
    pub(super) left: Matrix<f64>,
    pub(super) right: Matrix<f64>,
}

/// Takes the upper bidiagonal matrix with this diagonal and these numbers above it apart; if there
/// are as many above as on the diagonal, it has a column more than rows. Halves are put together as
/// M. Gu and S. C. Eisenstat (SIAM J. Matrix Anal. Appl. 16, 1995) do.
pub(super) fn singular(diagonal: &[f64], above: &[f64]) -> Result<Parts, Error> {
    let n = diagonal.len();
    let wider = n > 0 && above.len() == n;
    if n <= SMALL {
        return small(diagonal, above, wider);
    }
    let middle = n / 2;
    let upper = singular(&diagonal[..middle], &above[..middle])?;
    let lower = singular(&diagonal[middle + 1..], &above[middle + 1..])?;
    Ok(Merge::new(&upper, &lower, diagonal[middle], above[middle], wider).run(wider))
}

/// A small matrix, made square with a zero row.
fn small(diagonal: &[f64], above: &[f64], wider: bool) -> Result<Parts, Error> {
    let n = diagonal.len();
    let size = n + usize::from(wider);
    let mut values = diagonal.to_vec();
    values.resize(size, 0.0);
    let mut left = Matrix::identity(size, size);
    let mut right = Matrix::identity(size, size);
    golub::iterate(&mut values, &mut above.to_vec(), Some((&mut left, &mut right)))?;
    if wider {
        values.truncate(n);
        left = left.block(0, 0, n, n);
    }
    Ok(Parts { values, left, right })
}

/// Two solved halves and the row between them: in the vectors of the halves, a diagonal matrix with
/// one full row, z.
struct Merge {
    /// The first is zero: it belongs to the full row.
    values: Vec<f64>,
    z: Vec<f64>,
    left: Matrix<f64>,
    right: Matrix<f64>,
    /// What the whole maps to zero, if it has a column more than rows.
    null: Option<Vec<f64>>,
    middle: usize,
    tolerance: f64,
    /// Which rows are not zero in the upper half, and which in the lower one.
    upper: Vec<bool>,
    lower: Vec<bool>,
}

impl Merge {
    fn new(upper: &Parts, lower: &Parts, alpha: f64, beta: f64, wider: bool) -> Self {
        let (middle, rest) = (upper.values.len(), lower.values.len());
        let n = middle + 1 + rest;
        let columns = n + usize::from(wider);
        let mut left = Matrix::zeros(n, n);
        let mut right = Matrix::zeros(n, columns);
        let mut values = vec![0.0; n];
        let mut z = vec![0.0; n];
        left[(0, middle)] = 1.0;
        for i in 0..middle {
            left.row_mut(i + 1)[..middle].copy_from_slice(upper.left.row(i));
            right.row_mut(i + 1)[..=middle].copy_from_slice(upper.right.row(i));
            values[i + 1] = upper.values[i];
            z[i + 1] = alpha * upper.right[(i, middle)];
        }
        for i in 0..rest {
            left.row_mut(i + 1 + middle)[middle + 1..].copy_from_slice(lower.left.row(i));
            right.row_mut(i + 1 + middle)[middle + 1..].copy_from_slice(lower.right.row(i));
            values[i + 1 + middle] = lower.values[i];
            z[i + 1 + middle] = beta * lower.right[(i, 0)];
        }
        let largest = values.iter().fold(alpha.abs().max(beta.abs()), |m, x| m.max(x.abs()));
        let tolerance = (8.0 * f64::EPSILON * largest).max(NOTHING);
        let upper_null = upper.right.row(middle);
        right.row_mut(0)[..=middle].copy_from_slice(upper_null);
        z[0] = alpha * upper_null[middle];
        let null = wider.then(|| {
            let lower_null = lower.right.row(rest);
            let other = beta * lower_null[0];
            let length = libm::hypot(z[0], other);
            let (cosine, sine) =
                if length <= tolerance { (1.0, 0.0) } else { (z[0] / length, other / length) };
            z[0] = length;
            let mut null = vec![0.0; columns];
            null[middle + 1..].copy_from_slice(lower_null);
            rotate(right.row_mut(0), &mut null, cosine, sine);
            null
        });
        if z[0].abs() <= tolerance {
            z[0] = tolerance;
        }
        let upper = (0..n).map(|i| i <= middle).collect();
        let lower = (0..n).map(|i| i > middle || (i == 0 && wider)).collect();
        Self { values, z, left, right, null, middle, tolerance, upper, lower }
    }

    fn run(mut self, wider: bool) -> Parts {
        let n = self.values.len();
        let columns = n + usize::from(wider);
        let kept = self.deflate();
        let (roots, left, right) = self.solve(&kept);
        let middle = self.middle;
        let parts = [(&self.upper, 0, middle), (&self.lower, middle + 1, n)];
        let mut fresh_left = combine(&kept, &left, &self.left, &parts);
        for i in 0..kept.len() {
            fresh_left[(i, middle)] = left[(i, 0)];
        }
        let parts = [(&self.upper, 0, middle + 1), (&self.lower, middle + 1, columns)];
        let fresh_right = combine(&kept, &right, &self.right, &parts);
        for (i, place) in kept.iter().enumerate() {
            self.values[*place] = roots[i];
            self.left.row_mut(*place).copy_from_slice(fresh_left.row(i));
            self.right.row_mut(*place).copy_from_slice(fresh_right.row(i));
        }
        let mut right = self.right.into_data();
        right.extend(self.null.into_iter().flatten());
        let right = Matrix::new(columns, columns, right).expect("a square of vectors");
        Parts { values: self.values, left: self.left, right }
    }

    /// Takes out what the full row does not change: returns the rest by ascending value, the full
    /// row first.
    fn deflate(&mut self) -> Vec<usize> {
        let n = self.values.len();
        let mut order: Vec<usize> = (1..n).collect();
        order.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        let mut kept = vec![0];
        for j in order {
            if self.z[j].abs() <= self.tolerance {
                continue;
            }
            let i = kept[kept.len() - 1];
            if i == 0 || self.values[j] - self.values[i] > self.tolerance {
                kept.push(j);
                continue;
            }
            let length = libm::hypot(self.z[i], self.z[j]);
            let (cosine, sine) = (self.z[j] / length, -self.z[i] / length);
            self.z[j] = length;
            self.z[i] = 0.0;
            for vectors in [&mut self.left, &mut self.right] {
                let (first, second) = vectors.two_rows(i, j);
                rotate(first, second, cosine, sine);
            }
            for half in [&mut self.upper, &mut self.lower] {
                let either = half[i] || half[j];
                (half[i], half[j]) = (either, either);
            }
            *kept.last_mut().expect("the full row is there") = j;
        }
        if let Some(second) = kept.get(1) {
            let value = &mut self.values[*second];
            *value = value.max(0.5 * self.tolerance);
        }
        kept
    }

    /// The new singular values, and the vectors on either side in terms of the rows that were kept.
    fn solve(&self, kept: &[usize]) -> (Vec<f64>, Matrix<f64>, Matrix<f64>) {
        let count = kept.len();
        let poles: Vec<f64> = kept.iter().map(|i| self.values[*i]).collect();
        let z: Vec<f64> = kept.iter().map(|i| self.z[*i]).collect();
        let weights: Vec<f64> = z.iter().map(|z| z * z).collect();
        let mut roots = vec![0.0; count];
        let mut right = Matrix::zeros(count, count);
        let mut left = Matrix::zeros(count, count);
        wide(
            #[inline(always)]
            || {
                let difference = |x: f64, y: f64| (x - y) * (x + y);
                for (j, result) in roots.iter_mut().enumerate() {
                    let (origin, distance) =
                        secular::root(j, &weights, &poles, difference, right.row_mut(j));
                    *result = (poles[origin] * poles[origin] + distance).max(0.0).sqrt();
                }
                let exact = fitting(&right, &z, &poles, difference);
                for j in 0..count {
                    let (row, other) = (right.row_mut(j), left.row_mut(j));
                    let (mut square, mut other_square) = (0.0, 1.0);
                    for ((x, y), (z, pole)) in
                        row.iter_mut().zip(&mut *other).zip(exact.iter().zip(&poles))
                    {
                        *x = z / *x;
                        *y = pole * *x;
                        square += *x * *x;
                        other_square += *y * *y;
                    }
                    other[0] = -1.0;
                    let factor = 1.0 / square.sqrt();
                    row.iter_mut().for_each(|x| *x *= factor);
                    let factor = 1.0 / other_square.sqrt();
                    other.iter_mut().for_each(|x| *x *= factor);
                }
            },
        );
        (roots, left, right)
    }
}

/// Rows in terms of the kept ones, multiplied out; in each range of columns, only rows that are not
/// zero there are used.
fn combine(
    kept: &[usize],
    rows: &Matrix<f64>,
    basis: &Matrix<f64>,
    parts: &[(&Vec<bool>, usize, usize)],
) -> Matrix<f64> {
    let mut result = Matrix::zeros(kept.len(), basis.columns());
    for (uses, from, to) in parts {
        let places: Vec<usize> = (0..kept.len()).filter(|i| uses[kept[*i]]).collect();
        let left = Matrix::from_fn(kept.len(), places.len(), |i, k| rows[(i, places[k])]);
        let mut right = Matrix::zeros(places.len(), to - from);
        for (k, place) in places.iter().enumerate() {
            right.row_mut(k).copy_from_slice(&basis.row(kept[*place])[*from..*to]);
        }
        let part = product::multiply(left.view(), right.view());
        for i in 0..kept.len() {
            result.row_mut(i)[*from..*to].copy_from_slice(part.row(i));
        }
    }
    result
}
