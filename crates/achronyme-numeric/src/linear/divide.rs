//! Eigenvalues and eigenvectors of real symmetric tridiagonal matrices, by halves.

use super::kernel::wide;
use super::matrix::Matrix;
use super::{product, secular};
use crate::Error;

/// Up to which size the QL algorithm is used.
const SMALL: usize = 32;
/// Steps of the QL algorithm for each eigenvalue, on average.
const STEPS: usize = 40;

/// The eigenvalues, ascending, in place of the diagonal; the eigenvectors are the rows of the
/// result. Halves are put together as J. J. M. Cuppen (Numer. Math. 36, 1981) and M. Gu and S. C.
/// Eisenstat (SIAM J. Matrix Anal. Appl. 16, 1995) do.
pub(super) fn eigen(diagonal: &mut [f64], beside: &mut [f64]) -> Result<Matrix<f64>, Error> {
    let n = diagonal.len();
    if n <= SMALL {
        let mut vectors = Matrix::identity(n, n);
        iterate(diagonal, beside, Some(&mut vectors))?;
        return Ok(vectors);
    }
    let middle = n / 2;
    let coupling = beside[middle - 1];
    let rho = coupling.abs();
    diagonal[middle - 1] -= rho;
    diagonal[middle] -= rho;
    let (upper_diagonal, lower_diagonal) = diagonal.split_at_mut(middle);
    let (upper_beside, lower_beside) = beside.split_at_mut(middle - 1);
    let upper = eigen(upper_diagonal, upper_beside)?;
    let lower = eigen(lower_diagonal, &mut lower_beside[1..])?;
    let sign = 1.0_f64.copysign(coupling) * std::f64::consts::FRAC_1_SQRT_2;
    let last = upper.rows() - 1;
    let z = (0..middle)
        .map(|i| upper[(i, middle - 1)] * std::f64::consts::FRAC_1_SQRT_2)
        .chain((0..=n - middle - 1).map(|i| lower[(i, 0)] * sign))
        .collect();
    debug_assert_eq!(last + 1, middle);
    let mut vectors = Matrix::zeros(n, n);
    for i in 0..middle {
        vectors.row_mut(i)[..middle].copy_from_slice(upper.row(i));
    }
    for i in middle..n {
        vectors.row_mut(i)[middle..].copy_from_slice(lower.row(i - middle));
    }
    let mut merge = Merge { values: diagonal.to_vec(), vectors, z, rho: 2.0 * rho, middle };
    let (values, vectors) = merge.run();
    diagonal.copy_from_slice(&values);
    Ok(vectors)
}

/// The eigenvalues, ascending, in place of the diagonal. `rows`, if any, are multiplied with the
/// rotations from the left: from the identity, they become the eigenvectors.
pub(super) fn iterate(
    diagonal: &mut [f64],
    beside: &mut [f64],
    mut rows: Option<&mut Matrix<f64>>,
) -> Result<(), Error> {
    let n = diagonal.len();
    let mut left = STEPS * n;
    let mut first = 0;
    while first < n {
        let last = (first..n - 1)
            .find(|i| {
                let near = diagonal[*i].abs() + diagonal[i + 1].abs();
                beside[*i].abs() <= 0.5 * f64::EPSILON * near
            })
            .unwrap_or(n - 1);
        if last == first {
            first += 1;
            continue;
        }
        if left == 0 {
            return Err(Error::convergence("eigenvalues do not converge"));
        }
        left -= 1;
        wide(
            #[inline(always)]
            || {
                let rows = rows.as_deref_mut();
                chase(&mut diagonal[first..=last], &mut beside[first..last], rows, first);
            },
        );
    }
    // Selection sort: as many exchanges of rows as needed, and no more.
    for i in 0..n {
        let smallest = (i..n).min_by(|a, b| diagonal[*a].total_cmp(&diagonal[*b])).unwrap_or(i);
        if smallest != i {
            diagonal.swap(i, smallest);
            if let Some(rows) = rows.as_deref_mut() {
                rows.swap_rows(i, smallest);
            }
        }
    }
    Ok(())
}

/// One implicit QL step (Martin and Wilkinson, Numer. Math. 12, 1968) on a block without zeros
/// beside the diagonal.
#[inline(always)]
fn chase(d: &mut [f64], e: &mut [f64], mut rows: Option<&mut Matrix<f64>>, offset: usize) {
    let last = d.len() - 1;
    let ratio = (d[1] - d[0]) / (2.0 * e[0]);
    let shift = e[0] / (ratio + libm::hypot(ratio, 1.0).copysign(ratio));
    let mut bulge = d[last] - d[0] + shift;
    let (mut sine, mut cosine, mut moved) = (1.0, 1.0, 0.0);
    for i in (0..last).rev() {
        let (f, b) = (sine * e[i], cosine * e[i]);
        let r = length(f, bulge);
        if i + 1 < last {
            e[i + 1] = r;
        }
        if r == 0.0 {
            d[i + 1] -= moved;
            return;
        }
        (sine, cosine) = (f / r, bulge / r);
        let base = d[i + 1] - moved;
        let r = (d[i] - base) * sine + 2.0 * cosine * b;
        moved = sine * r;
        d[i + 1] = base + moved;
        bulge = cosine * r - b;
        if let Some(rows) = rows.as_deref_mut() {
            let (lower, upper) = rows.two_rows(offset + i, offset + i + 1);
            rotate(upper, lower, cosine, sine);
        }
    }
    d[0] -= moved;
    e[0] = bulge;
}

/// The length of the vector (x, y).
#[inline(always)]
pub(super) fn length(x: f64, y: f64) -> f64 {
    let squares = x * x + y * y;
    if squares > 1e-290 && squares < 1e290 { squares.sqrt() } else { libm::hypot(x, y) }
}

/// x ← c·x + s·y and y ← c·y − s·x.
#[inline(always)]
pub(super) fn rotate(x: &mut [f64], y: &mut [f64], cosine: f64, sine: f64) {
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (cosine * *x + sine * *y, cosine * *y - sine * *x);
    }
}

/// Two solved halves and what couples them: D + ρ·z·zᵀ.
struct Merge {
    values: Vec<f64>,
    vectors: Matrix<f64>,
    z: Vec<f64>,
    rho: f64,
    /// How many numbers the upper half has.
    middle: usize,
}

impl Merge {
    fn run(&mut self) -> (Vec<f64>, Matrix<f64>) {
        let n = self.values.len();
        let (kept, upper, lower) = self.deflate();
        let (roots, rows) = self.solve(&kept);
        let mut fresh = Matrix::zeros(kept.len(), n);
        for (uses, from, to) in [(&upper, 0, self.middle), (&lower, self.middle, n)] {
            let places: Vec<usize> = (0..kept.len()).filter(|i| uses[kept[*i]]).collect();
            let left = Matrix::from_fn(kept.len(), places.len(), |i, k| rows[(i, places[k])]);
            let mut right = Matrix::zeros(places.len(), to - from);
            for (k, place) in places.iter().enumerate() {
                right.row_mut(k).copy_from_slice(&self.vectors.row(kept[*place])[from..to]);
            }
            let part = product::multiply(left.view(), right.view());
            for i in 0..kept.len() {
                fresh.row_mut(i)[from..to].copy_from_slice(part.row(i));
            }
        }
        for (i, place) in kept.iter().enumerate() {
            self.values[*place] = roots[i];
            self.vectors.row_mut(*place).copy_from_slice(fresh.row(i));
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        let mut vectors = Vec::with_capacity(n * n);
        for place in &order {
            vectors.extend_from_slice(self.vectors.row(*place));
        }
        let values = order.iter().map(|place| self.values[*place]).collect();
        (values, Matrix::new(n, n, vectors).expect("as many rows as before"))
    }

    /// Takes out what the coupling does not change: returns the rest by ascending value, and which
    /// rows are not zero in the upper and the lower half.
    fn deflate(&mut self) -> (Vec<usize>, Vec<bool>, Vec<bool>) {
        let n = self.values.len();
        let mut upper: Vec<bool> = (0..n).map(|i| i < self.middle).collect();
        let mut lower: Vec<bool> = upper.iter().map(|upper| !upper).collect();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        let largest = |x: &[f64]| x.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let tolerance = 8.0 * f64::EPSILON * largest(&self.values).max(largest(&self.z));
        let mut kept: Vec<usize> = Vec::with_capacity(n);
        for j in order {
            if self.rho * self.z[j].abs() <= tolerance {
                continue;
            }
            let Some(&i) = kept.last() else {
                kept.push(j);
                continue;
            };
            let length = libm::hypot(self.z[i], self.z[j]);
            let (cosine, sine) = (self.z[j] / length, -self.z[i] / length);
            let gap = self.values[j] - self.values[i];
            if (gap * cosine * sine).abs() > tolerance {
                kept.push(j);
                continue;
            }
            self.z[j] = length;
            self.z[i] = 0.0;
            let (first, second) = self.vectors.two_rows(i, j);
            rotate(first, second, cosine, sine);
            let (low, high) = (self.values[i], self.values[j]);
            self.values[i] = low * cosine * cosine + high * sine * sine;
            self.values[j] = low * sine * sine + high * cosine * cosine;
            for half in [&mut upper, &mut lower] {
                let either = half[i] || half[j];
                (half[i], half[j]) = (either, either);
            }
            *kept.last_mut().expect("there is a last one") = j;
        }
        (kept, upper, lower)
    }

    /// The new eigenvalues, and the eigenvectors in terms of the rows that were kept.
    fn solve(&self, kept: &[usize]) -> (Vec<f64>, Matrix<f64>) {
        let count = kept.len();
        let poles: Vec<f64> = kept.iter().map(|i| self.values[*i]).collect();
        let z: Vec<f64> = kept.iter().map(|i| self.z[*i]).collect();
        let weights: Vec<f64> = z.iter().map(|z| self.rho * z * z).collect();
        let mut roots = vec![0.0; count];
        let mut rows = Matrix::zeros(count, count);
        wide(
            #[inline(always)]
            || {
                for (j, result) in roots.iter_mut().enumerate() {
                    let (origin, distance) =
                        secular::root(j, &weights, &poles, |x, y| x - y, rows.row_mut(j));
                    *result = poles[origin] + distance;
                }
                let exact = fitting(&rows, &z, &poles, |x, y| x - y);
                for j in 0..count {
                    let row = rows.row_mut(j);
                    let mut square = 0.0;
                    for (x, z) in row.iter_mut().zip(&exact) {
                        *x = z / *x;
                        square += *x * *x;
                    }
                    let factor = 1.0 / square.sqrt();
                    row.iter_mut().for_each(|x| *x *= factor);
                }
            },
        );
        (roots, rows)
    }
}

/// The z for which the roots that were found are exact, up to a common factor. Row `j` of
/// `differences` holds δᵢ − λⱼ; the signs are those of `signs`.
#[inline(always)]
pub(super) fn fitting(
    differences: &Matrix<f64>,
    signs: &[f64],
    places: &[f64],
    between: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let count = signs.len();
    let mut products: Vec<f64> = (0..count).map(|i| differences[(i, i)].abs()).collect();
    for j in 0..count {
        let row = differences.row(j);
        for part in [0..j, j + 1..count] {
            let others = row[part.clone()].iter().zip(&places[part.clone()]);
            for (product, (x, place)) in products[part].iter_mut().zip(others) {
                *product *= (x / between(*place, places[j])).abs();
            }
        }
    }
    products.iter().zip(signs).map(|(product, sign)| product.sqrt().copysign(*sign)).collect()
}
