//! Four complex numbers side by side: what the passes of a transform compute with.

use std::ops::{Add, Sub};

use crate::Complex;

/// How many complex numbers lie in a quad.
pub(super) const LANES: usize = 4;

/// Complex numbers from as many transforms that run together. Processors with vectors of 256 bits have a
/// register for each half of it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
pub(super) struct Quad {
    re: [f64; LANES],
    im: [f64; LANES],
}

/// What `f` makes of the numbers in the same place.
#[inline(always)]
fn each(a: [f64; LANES], b: [f64; LANES], f: impl Fn(f64, f64) -> f64) -> [f64; LANES] {
    [f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])]
}

impl Quad {
    #[inline(always)]
    pub(super) fn new([a, b, c, d]: [Complex; LANES]) -> Self {
        Self { re: [a.re, b.re, c.re, d.re], im: [a.im, b.im, c.im, d.im] }
    }

    #[inline(always)]
    pub(super) fn numbers(self) -> [Complex; LANES] {
        let Self { re, im } = self;
        [
            Complex::new(re[0], im[0]),
            Complex::new(re[1], im[1]),
            Complex::new(re[2], im[2]),
            Complex::new(re[3], im[3]),
        ]
    }

    #[inline(always)]
    pub(super) fn first(self) -> Complex {
        Complex::new(self.re[0], self.im[0])
    }

    /// Times a real number.
    #[inline(always)]
    pub(super) fn scaled(self, by: f64) -> Self {
        Self {
            re: each(self.re, self.re, |x, _| x * by),
            im: each(self.im, self.im, |x, _| x * by),
        }
    }

    /// Times −i.
    #[inline(always)]
    pub(super) fn turned(self) -> Self {
        Self { re: self.im, im: each(self.re, self.re, |x, _| -x) }
    }

    /// Conjugates; an imaginary part of 0 stays as it is.
    #[inline(always)]
    pub(super) fn conjugated(self) -> Self {
        Self { re: self.re, im: each(self.im, self.im, |x, _| 0.0 - x) }
    }

    /// All times the same number.
    #[inline(always)]
    pub(super) fn times(self, by: Complex) -> Self {
        self.times_each(Self::new([by; LANES]))
    }

    /// Each times its own number.
    #[inline(always)]
    pub(super) fn times_each(self, by: Self) -> Self {
        let product = |a, b| each(a, b, |x, y| x * y);
        Self {
            re: each(product(self.re, by.re), product(self.im, by.im), |x, y| x - y),
            im: each(product(self.re, by.im), product(self.im, by.re), |x, y| x + y),
        }
    }
}

impl Add for Quad {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            re: each(self.re, other.re, |x, y| x + y),
            im: each(self.im, other.im, |x, y| x + y),
        }
    }
}

impl Sub for Quad {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            re: each(self.re, other.re, |x, y| x - y),
            im: each(self.im, other.im, |x, y| x - y),
        }
    }
}
