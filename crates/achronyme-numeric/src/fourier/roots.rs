//! Roots of unity: the numbers that transforms multiply with.

use std::f64::consts::FRAC_PI_4;

use crate::Complex;

/// Tables up to this size are computed number by number.
const DIRECT_MAX: usize = 256;

/// The `count`-th roots of unity e^(−2πi·k/count), each from a product of two numbers of a table:
/// one from a coarse table, the other from a fine one. The fine one keeps its distance from 1, so
/// that the product is almost as exact as a number computed by itself.
#[derive(Clone, Debug)]
pub(super) struct Roots {
    count: usize,
    shift: u32,
    coarse: Vec<Complex>,
    fine: Vec<Complex>,
}

impl Roots {
    /// The roots for a count that is not 0.
    pub(super) fn new(count: usize) -> Self {
        let shift = if count <= DIRECT_MAX { 0 } else { (usize::BITS - count.leading_zeros()) / 2 };
        let coarse = (0..=(count - 1) >> shift).map(|k| root(k << shift, count)).collect();
        let fine = (0..1_usize << shift).map(|k| less_one(k, count)).collect();
        Self { count, shift, coarse, fine }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The root with this number, which is below their count.
    #[inline]
    pub(super) fn at(&self, k: usize) -> Complex {
        let coarse = self.coarse[k >> self.shift];
        let fine = self.fine[k & ((1 << self.shift) - 1)];
        coarse + coarse * fine
    }

    /// All of them, in order.
    pub(super) fn table(&self) -> Vec<Complex> {
        (0..self.count).map(|k| self.at(k)).collect()
    }
}

/// e^(−2πi·k/n), for `k` below `n`: by the angle to the nearest axis, so that roots which lie
/// symmetrically are symmetric to the bit, and those on an axis are exact.
pub(crate) fn root(k: usize, n: usize) -> Complex {
    let half = 2 * k > n;
    let k = if half { n - k } else { k };
    // Now 0 ≤ k ≤ n/2: an angle of 0 to π.
    let (cos, sin) = if 8 * k <= n {
        cos_sin(k, n)
    } else if 8 * k <= 3 * n {
        let (sign, distance) = if 4 * k <= n { (1.0, n - 4 * k) } else { (-1.0, 4 * k - n) };
        let (cos, sin) = cos_sin_of_quarter(distance, n);
        (sign * sin, cos)
    } else {
        let (cos, sin) = cos_sin_of_halves(n - 2 * k, n);
        (-cos, sin)
    };
    Complex::new(cos, if half { sin } else { -sin })
}

/// e^(−2πi·k/n) − 1.
fn less_one(k: usize, n: usize) -> Complex {
    let (sin, _) = libm::sincos(angle(4 * k, n));
    let (whole, _) = libm::sincos(angle(8 * k, n));
    Complex::new(-2.0 * sin * sin, -whole)
}

/// Cosine and sine of 2π·k/n.
fn cos_sin(k: usize, n: usize) -> (f64, f64) {
    let (sin, cos) = libm::sincos(angle(8 * k, n));
    (cos, sin)
}

/// Cosine and sine of 2π·k/4n.
fn cos_sin_of_quarter(k: usize, n: usize) -> (f64, f64) {
    let (sin, cos) = libm::sincos(angle(2 * k, n));
    (cos, sin)
}

/// Cosine and sine of 2π·k/2n.
fn cos_sin_of_halves(k: usize, n: usize) -> (f64, f64) {
    let (sin, cos) = libm::sincos(angle(4 * k, n));
    (cos, sin)
}

/// k/n of an eighth of a turn.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^50 numbers")]
fn angle(k: usize, n: usize) -> f64 {
    k as f64 * FRAC_PI_4 / n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_on_the_axes_and_diagonals_are_exact() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        for n in [8, 1 << 10, 1 << 20] {
            let roots = Roots::new(n);
            assert_eq!(roots.at(0), Complex::new(1.0, 0.0));
            assert_eq!(roots.at(n / 4), Complex::new(0.0, -1.0));
            assert_eq!(roots.at(n / 2), Complex::new(-1.0, 0.0));
            assert_eq!(roots.at(3 * n / 4), Complex::new(0.0, 1.0));
            assert!((roots.at(n / 8) - Complex::new(half, -half)).norm() < 2e-16);
        }
    }

    #[test]
    fn products_of_two_tables_are_as_good_as_sines() {
        for n in [257, 1000, 65_537, 1_000_003] {
            let roots = Roots::new(n);
            for k in (0..n).step_by(1 + n / 1000) {
                assert!((roots.at(k) - root(k, n)).norm() < 4e-16, "{k} of {n}");
            }
        }
    }
}
