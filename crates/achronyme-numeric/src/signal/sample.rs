//! The numbers that signals are made of: real or complex.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

use crate::Complex;
use crate::fourier::{RealTransform, Transform, Work};

/// A real or complex number.
pub trait Sample:
    Copy
    + Debug
    + Default
    + PartialEq
    + From<f64>
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Mul<f64, Output = Self>
    + Div<Output = Self>
{
    /// With the imaginary part negated.
    #[must_use]
    fn conjugate(self) -> Self;

    /// As a complex number.
    fn to_complex(self) -> Complex;

    /// The convolution of two sequences on a circle of `length`, which is at least as long as both.
    fn convolve_on_circle(left: &[Self], right: &[Self], length: usize) -> Vec<Self>;
}

impl Sample for f64 {
    fn conjugate(self) -> Self {
        self
    }

    fn to_complex(self) -> Complex {
        self.into()
    }

    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn convolve_on_circle(left: &[Self], right: &[Self], length: usize) -> Vec<Self> {
        let transform = RealTransform::new(length);
        let mut work = Work::default();
        let mut product = vec![Complex::ZERO; transform.half_length()];
        let mut factor = product.clone();
        transform.run(left, &mut product, &mut work);
        transform.run(right, &mut factor, &mut work);
        let scale = 1.0 / length as Self;
        for (value, factor) in product.iter_mut().zip(&factor) {
            *value = *value * factor * scale;
        }
        let mut result = vec![0.0; length];
        transform.run_back(&product, &mut result, &mut work);
        result
    }
}

impl Sample for Complex {
    fn conjugate(self) -> Self {
        self.conj()
    }

    fn to_complex(self) -> Complex {
        self
    }

    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn convolve_on_circle(left: &[Self], right: &[Self], length: usize) -> Vec<Self> {
        let transform = Transform::new(length);
        let mut work = Work::default();
        let mut spectrum = |values: &[Self]| {
            let mut source = values.to_vec();
            source.resize(length, Self::ZERO);
            let mut target = vec![Self::ZERO; length];
            transform.run(&mut source, &mut target, &mut work);
            target
        };
        let mut product = spectrum(left);
        let scale = 1.0 / length as f64;
        for (value, factor) in product.iter_mut().zip(spectrum(right)) {
            *value = *value * factor * scale;
        }
        let mut result = vec![Self::ZERO; length];
        transform.run_back(&mut product, &mut result, &mut work);
        result
    }
}
