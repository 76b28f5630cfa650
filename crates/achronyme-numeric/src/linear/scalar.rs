//! What a matrix can be made of: real numbers and complex ones, behind one trait, so that each
//! algorithm is written once.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use super::matrix::{View, ViewMut};
use super::{kernel, product, vector};
use crate::Complex;
use crate::wide::wide;

/// A real or complex number.
pub trait Scalar:
    Copy
    + Debug
    + PartialEq
    + Send
    + Sync
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// Nothing.
    const ZERO: Self;
    /// What leaves other numbers as they are.
    const ONE: Self;
    /// Whether the number can have an imaginary part.
    const COMPLEX: bool;

    /// This real number.
    fn from_real(x: f64) -> Self;
    /// These parts, of which real numbers keep the first.
    fn from_complex(z: Complex) -> Self;
    /// With the other sign of the imaginary part.
    #[must_use]
    fn conjugate(self) -> Self;
    /// The real part.
    fn real(self) -> f64;
    /// The imaginary part.
    fn imaginary(self) -> f64;
    /// The distance from zero, without overflow on the way.
    fn modulus(self) -> f64;
    /// The sum of the absolute values of the parts.
    fn size(self) -> f64;
    /// Times a real number.
    #[must_use]
    fn scale(self, factor: f64) -> Self;
    /// This number and a product; of real numbers, rounded once, and of complex ones, each part twice.
    /// Only within `wide` it is fast.
    #[must_use]
    fn plus(self, x: Self, y: Self) -> Self;
    /// The quotient, without overflow on the way.
    #[must_use]
    fn over(self, divisor: Self) -> Self;
    /// Whether no part is infinite or not a number.
    fn is_finite(self) -> bool;
    /// Adds the product of two matrices, or its negative, to a third.
    fn add_product(c: ViewMut<'_, Self>, negative: bool, a: View<'_, Self>, b: View<'_, Self>);

    /// Puts the product of each row of `a`, which is not transposed, with `x` into `y`: to the bit the
    /// sums of `kernel::sum_of_products`.
    fn times_vector(a: View<'_, Self>, x: &[Self], y: &mut [Self]);
    /// Adds the conjugates of four rows, times their factors, to `y`; returns the rows times `x`. All
    /// are equally long.
    fn four_rows(rows: [&[Self]; 4], factors: [Self; 4], x: &[Self], y: &mut [Self]) -> [Self; 4];

    /// The square of the modulus.
    #[inline(always)]
    fn square(self) -> f64 {
        self.real() * self.real() + self.imaginary() * self.imaginary()
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const COMPLEX: bool = false;

    #[inline(always)]
    fn from_real(x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn from_complex(z: Complex) -> Self {
        z.re
    }

    #[inline(always)]
    fn conjugate(self) -> Self {
        self
    }

    #[inline(always)]
    fn real(self) -> f64 {
        self
    }

    #[inline(always)]
    fn imaginary(self) -> f64 {
        0.0
    }

    #[inline(always)]
    fn modulus(self) -> f64 {
        self.abs()
    }

    #[inline(always)]
    fn size(self) -> f64 {
        self.abs()
    }

    #[inline(always)]
    fn square(self) -> f64 {
        self * self
    }

    #[inline(always)]
    fn scale(self, factor: f64) -> Self {
        self * factor
    }

    #[inline(always)]
    fn plus(self, x: Self, y: Self) -> Self {
        x.mul_add(y, self)
    }

    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        self / divisor
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    fn add_product(c: ViewMut<'_, Self>, negative: bool, a: View<'_, Self>, b: View<'_, Self>) {
        kernel::add_product(c, negative, a, b);
    }

    fn times_vector(a: View<'_, Self>, x: &[Self], y: &mut [Self]) {
        vector::times(a, x, y);
    }

    fn four_rows(rows: [&[Self]; 4], factors: [Self; 4], x: &[Self], y: &mut [Self]) -> [Self; 4] {
        vector::four_rows(rows, factors, x, y)
    }
}

impl Scalar for Complex {
    const ZERO: Self = Self::new(0.0, 0.0);
    const ONE: Self = Self::new(1.0, 0.0);
    const COMPLEX: bool = true;

    #[inline(always)]
    fn from_real(x: f64) -> Self {
        Self::new(x, 0.0)
    }

    #[inline(always)]
    fn from_complex(z: Complex) -> Self {
        z
    }

    #[inline(always)]
    fn conjugate(self) -> Self {
        self.conj()
    }

    #[inline(always)]
    fn real(self) -> f64 {
        self.re
    }

    #[inline(always)]
    fn imaginary(self) -> f64 {
        self.im
    }

    #[inline(always)]
    fn modulus(self) -> f64 {
        libm::hypot(self.re, self.im)
    }

    #[inline(always)]
    fn size(self) -> f64 {
        self.re.abs() + self.im.abs()
    }

    #[inline(always)]
    fn scale(self, factor: f64) -> Self {
        Self::new(self.re * factor, self.im * factor)
    }

    #[inline(always)]
    fn plus(self, x: Self, y: Self) -> Self {
        let re = x.re.mul_add(y.re, (-x.im).mul_add(y.im, self.re));
        Self::new(re, x.re.mul_add(y.im, x.im.mul_add(y.re, self.im)))
    }

    /// Smith's division (Communications of the ACM 5, 1962, algorithm 116).
    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        let Self { re: a, im: b } = self;
        let Self { re: c, im: d } = divisor;
        if d.abs() <= c.abs() {
            let ratio = d / c;
            let below = c + d * ratio;
            Self::new((a + b * ratio) / below, (b - a * ratio) / below)
        } else {
            let ratio = c / d;
            let below = d + c * ratio;
            Self::new((a * ratio + b) / below, (b * ratio - a) / below)
        }
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    fn add_product(c: ViewMut<'_, Self>, negative: bool, a: View<'_, Self>, b: View<'_, Self>) {
        product::add_complex(c, negative, a, b);
    }

    fn times_vector(a: View<'_, Self>, x: &[Self], y: &mut [Self]) {
        wide(
            #[inline(always)]
            || {
                for (i, y) in y.iter_mut().enumerate() {
                    *y = kernel::sum_of_products(a.row(i), x);
                }
            },
        );
    }

    fn four_rows(rows: [&[Self]; 4], factors: [Self; 4], x: &[Self], y: &mut [Self]) -> [Self; 4] {
        wide(
            #[inline(always)]
            || {
                for (row, factor) in rows.iter().zip(factors) {
                    for (y, a) in y.iter_mut().zip(*row) {
                        *y = y.plus(a.conjugate(), factor);
                    }
                }
                rows.map(|row| kernel::sum_of_products(row, x))
            },
        )
    }
}
