//! Hessenberg matrices made triangular by the QR algorithm: complex ones, and real ones up to
//! blocks of two that have complex eigenvalues.

use super::kernel::wide;
use super::matrix::Matrix;
use super::scalar::Scalar;
use super::sweep::{Sweep, Turn, reflect_rows};
use crate::{Complex, Error};

/// Steps for each eigenvalue, on average.
const STEPS: usize = 60;

/// A QR iteration: the matrix, the vectors so far as rows, and how far it is.
struct Iteration<'a, T> {
    h: &'a mut Matrix<T>,
    /// The adjoint of the accumulated rotations; without it, only the eigenvalues are right.
    rows: Option<&'a mut Matrix<T>>,
}

/// The first row of the block that ends with row `last` and has no zero below its diagonal.
fn first_row<T: Scalar>(h: &mut Matrix<T>, last: usize) -> usize {
    for i in (1..=last).rev() {
        let near = h[(i - 1, i - 1)].size() + h[(i, i)].size();
        let below = h[(i, i - 1)].size();
        if below <= f64::EPSILON * near || below < f64::MIN_POSITIVE {
            h[(i, i - 1)] = T::ZERO;
            return i;
        }
    }
    0
}

fn no_convergence() -> Error {
    Error::convergence("eigenvalues do not converge")
}

/// Makes a complex Hessenberg matrix triangular. `rows`, if any, are multiplied with the rotations
/// from the left.
pub(super) fn complex(
    h: &mut Matrix<Complex>,
    rows: Option<&mut Matrix<Complex>>,
) -> Result<(), Error> {
    let mut last = h.rows().saturating_sub(1);
    let mut left = STEPS * h.rows();
    let mut tries = 0_usize;
    let mut iteration = Iteration { h, rows };
    while last > 0 {
        let first = first_row(iteration.h, last);
        if first == last {
            last -= 1;
            tries = 0;
            continue;
        }
        left = left.checked_sub(1).ok_or_else(no_convergence)?;
        tries += 1;
        let shift = if tries.is_multiple_of(10) {
            iteration.h[(last, last)] + Complex::from(iteration.h[(last, last - 1)].size())
        } else {
            near_eigenvalue(iteration.h, last)
        };
        wide(
            #[inline(always)]
            || iteration.complex_step(first, last, shift),
        );
    }
    Ok(())
}

/// The eigenvalue of the last two rows that is nearer to the last number.
fn near_eigenvalue(h: &Matrix<Complex>, last: usize) -> Complex {
    let (a, d) = (h[(last - 1, last - 1)], h[(last, last)]);
    let product = h[(last - 1, last)] * h[(last, last - 1)];
    let half = (a - d).scale(0.5);
    let root = square_root(half * half + product);
    let larger = if (half.conj() * root).re < 0.0 { half - root } else { half + root };
    if larger.size() == 0.0 { d } else { d - product.over(larger) }
}

/// The square root with a real part that is not negative.
pub(super) fn square_root(z: Complex) -> Complex {
    let modulus = libm::hypot(z.re, z.im);
    if modulus == 0.0 {
        return Complex::new(0.0, 0.0);
    }
    let real = (0.5 * (modulus + z.re.abs())).sqrt();
    let other = 0.5 * z.im / real;
    if z.re >= 0.0 {
        Complex::new(real, other)
    } else {
        Complex::new(other.abs(), real.copysign(z.im))
    }
}

impl Iteration<'_, Complex> {
    /// H − σ = Q·R, then R·Q + σ.
    #[inline(always)]
    fn complex_step(&mut self, first: usize, last: usize, shift: Complex) {
        let n = self.h.rows();
        let (top, right) = if self.rows.is_some() { (0, n) } else { (first, last + 1) };
        for i in first..=last {
            self.h[(i, i)] -= shift;
        }
        let mut turns = Vec::with_capacity(last - first);
        for k in first..last {
            let (f, g) = (self.h[(k, k)], self.h[(k + 1, k)]);
            let length = libm::hypot(f.modulus(), g.modulus());
            let (cosine, sine) = if length == 0.0 {
                (Complex::new(1.0, 0.0), Complex::new(0.0, 0.0))
            } else {
                (f.conj().scale(1.0 / length), g.conj().scale(1.0 / length))
            };
            let (x, y) = self.h.two_rows(k, k + 1);
            turn(&mut x[k..right], &mut y[k..right], cosine, sine);
            self.h[(k + 1, k)] = Complex::new(0.0, 0.0);
            if let Some(rows) = &mut self.rows {
                let (x, y) = rows.two_rows(k, k + 1);
                turn(x, y, cosine, sine);
            }
            turns.push((cosine.conj(), sine.conj()));
        }
        for (k, (cosine, sine)) in (first..).zip(turns) {
            for i in top..=(k + 1) {
                let row = self.h.row_mut(i);
                let (x, y) = (row[k], row[k + 1]);
                row[k] = x * cosine + y * sine;
                row[k + 1] = y * cosine.conj() - x * sine.conj();
            }
        }
        for i in first..=last {
            self.h[(i, i)] += shift;
        }
    }
}

/// x ← c·x + s·y and y ← c̄·y − s̄·x.
#[inline(always)]
fn turn(x: &mut [Complex], y: &mut [Complex], cosine: Complex, sine: Complex) {
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (cosine * *x + sine * *y, cosine.conj() * *y - sine.conj() * *x);
    }
}

/// Makes a real Hessenberg matrix triangular up to blocks of two (J. G. F. Francis, The Computer
/// Journal 4, 1962). `rows`, if any, are multiplied with the reflections from the left.
pub(super) fn real(h: &mut Matrix<f64>, rows: Option<&mut Matrix<f64>>) -> Result<(), Error> {
    let mut end = h.rows();
    let mut left = STEPS * h.rows();
    let mut tries = 0_usize;
    let mut iteration = Iteration { h, rows };
    let mut sweep = Sweep::default();
    while end > 1 {
        let last = end - 1;
        let first = first_row(iteration.h, last);
        if first + 1 >= last {
            if first + 1 == last {
                iteration.split(first);
            }
            end = first;
            tries = 0;
            continue;
        }
        left = left.checked_sub(1).ok_or_else(no_convergence)?;
        tries += 1;
        let shifts = iteration.shifts(last, tries);
        wide(
            #[inline(always)]
            || iteration.francis_step(first, last, shifts, &mut sweep),
        );
    }
    Ok(())
}

/// Half the difference of the diagonal of a block of two, and the square of half the distance of
/// its eigenvalues.
pub(super) fn discriminant(h: &Matrix<f64>, k: usize) -> (f64, f64) {
    let half = 0.5 * (h[(k, k)] - h[(k + 1, k + 1)]);
    (half, half * half + h[(k, k + 1)] * h[(k + 1, k)])
}

impl Iteration<'_, f64> {
    /// Sum and product of the two shifts.
    fn shifts(&self, last: usize, tries: usize) -> (f64, f64) {
        let h = &*self.h;
        if tries.is_multiple_of(10) {
            let size = h[(last, last - 1)].abs() + h[(last - 1, last - 2)].abs();
            let x = 0.75 * size + h[(last, last)];
            return (2.0 * x, x * x + 0.4375 * size * size);
        }
        let (a, d) = (h[(last - 1, last - 1)], h[(last, last)]);
        (a + d, a * d - h[(last - 1, last)] * h[(last, last - 1)])
    }

    /// Two steps at once, so that complex shifts stay real.
    #[inline(always)]
    fn francis_step(
        &mut self,
        first: usize,
        last: usize,
        (sum, product): (f64, f64),
        sweep: &mut Sweep,
    ) {
        let h = &*self.h;
        let (a, b, c) = (h[(first, first)], h[(first, first + 1)], h[(first + 1, first)]);
        let mut x = a * a + b * c - sum * a + product;
        let mut y = c * (a + h[(first + 1, first + 1)] - sum);
        let mut z = c * h[(first + 2, first + 1)];
        sweep.turns.clear();
        for k in first..last {
            let count = 3.min(last - k + 1);
            let scale = x.abs() + y.abs() + z.abs();
            if scale > 0.0 {
                let turn = Turn::new(k, count, [x / scale, y / scale, z / scale]);
                self.reflect(turn, first, last);
                sweep.turns.push(turn);
            }
            if k + 1 < last {
                x = self.h[(k + 1, k)];
                y = self.h[(k + 2, k)];
                z = if k + 3 <= last { self.h[(k + 3, k)] } else { 0.0 };
            }
        }
        for k in first + 2..=last {
            self.h[(k, k - 2)] = 0.0;
            if k > first + 2 {
                self.h[(k, k - 3)] = 0.0;
            }
        }
        let top = if self.rows.is_some() { 0 } else { first };
        sweep.finish_rows(self.h, top, first, last);
    }

    /// Reflects rows and, of those that a later reflection changes again, columns.
    #[inline(always)]
    fn reflect(&mut self, turn: Turn, first: usize, last: usize) {
        let n = self.h.rows();
        let Turn { k, count, .. } = turn;
        let right = if self.rows.is_some() { n } else { last + 1 };
        let left = k.max(first + 1) - 1;
        reflect_rows(self.h, left, right, turn);
        for i in k + 1..=(k + 3).min(last) {
            turn.apply(&mut self.h.row_mut(i)[k..k + count]);
        }
        if let Some(rows) = &mut self.rows {
            reflect_rows(rows, 0, n, turn);
        }
    }

    /// Makes a block of two with real eigenvalues triangular.
    fn split(&mut self, k: usize) {
        let below = self.h[(k + 1, k)];
        let (half, square) = discriminant(self.h, k);
        if square < 0.0 || below == 0.0 {
            return;
        }
        let z = half + square.sqrt().copysign(half);
        let length = libm::hypot(z, below);
        let (cosine, sine) = (z / length, below / length);
        let n = self.h.rows();
        let (x, y) = self.h.two_rows(k, k + 1);
        super::divide::rotate(&mut x[k..n], &mut y[k..n], cosine, sine);
        for i in 0..=(k + 1) {
            let row = self.h.row_mut(i);
            let (x, y) = (row[k], row[k + 1]);
            row[k] = cosine * x + sine * y;
            row[k + 1] = cosine * y - sine * x;
        }
        self.h[(k + 1, k)] = 0.0;
        if let Some(rows) = &mut self.rows {
            let (x, y) = rows.two_rows(k, k + 1);
            super::divide::rotate(x, y, cosine, sine);
        }
    }
}
