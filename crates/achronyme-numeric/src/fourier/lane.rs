//! Two complex numbers side by side: what the passes of a transform compute with.

use std::ops::{Add, Sub};

use crate::Complex;

/// How many complex numbers lie in a pair.
pub(super) const LANES: usize = 2;

/// Two complex numbers from two transforms that run together. Processors without anything newer than
/// vectors of 128 bits have a register for each half of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair {
    re: [f64; LANES],
    im: [f64; LANES],
}

impl Pair {
    #[inline(always)]
    pub(super) fn new(first: Complex, second: Complex) -> Self {
        Self { re: [first.re, second.re], im: [first.im, second.im] }
    }

    #[inline(always)]
    pub(super) fn first(self) -> Complex {
        Complex::new(self.re[0], self.im[0])
    }

    #[inline(always)]
    pub(super) fn second(self) -> Complex {
        Complex::new(self.re[1], self.im[1])
    }

    /// Times a real number.
    #[inline(always)]
    pub(super) fn scaled(self, by: f64) -> Self {
        Self { re: self.re.map(|x| x * by), im: self.im.map(|x| x * by) }
    }

    /// Times −i.
    #[inline(always)]
    pub(super) fn turned(self) -> Self {
        Self { re: self.im, im: self.re.map(|x| -x) }
    }

    /// Both times the same number.
    #[inline(always)]
    pub(super) fn times(self, by: Complex) -> Self {
        self.times_each(Self::new(by, by))
    }

    /// Each times its own number.
    #[inline(always)]
    pub(super) fn times_each(self, by: Self) -> Self {
        let [a, b] = [self.re, self.im];
        let [c, d] = [by.re, by.im];
        Self {
            re: [a[0] * c[0] - b[0] * d[0], a[1] * c[1] - b[1] * d[1]],
            im: [a[0] * d[0] + b[0] * c[0], a[1] * d[1] + b[1] * c[1]],
        }
    }
}

impl Add for Pair {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            re: [self.re[0] + other.re[0], self.re[1] + other.re[1]],
            im: [self.im[0] + other.im[0], self.im[1] + other.im[1]],
        }
    }
}

impl Sub for Pair {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            re: [self.re[0] - other.re[0], self.re[1] - other.re[1]],
            im: [self.im[0] - other.im[0], self.im[1] - other.im[1]],
        }
    }
}
