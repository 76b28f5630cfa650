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

    /// What convolves with one sequence of such numbers.
    type Circle: Circle<Self>;
}

/// Convolutions with one sequence on a circle.
pub trait Circle<T> {
    /// With this sequence, on a circle of this length, which is no shorter.
    fn new(sequence: &[T], length: usize) -> Self;

    /// Puts the convolution with a sequence that is no longer than the circle into `result`, which is
    /// as long as the circle.
    fn convolve(&mut self, with: &[T], result: &mut [T]);
}

impl Sample for f64 {
    fn conjugate(self) -> Self {
        self
    }

    fn to_complex(self) -> Complex {
        self.into()
    }

    type Circle = RealCircle;
}

/// The circle of real numbers.
#[derive(Debug)]
pub struct RealCircle {
    transform: RealTransform,
    /// The transform of the sequence, over the length.
    factors: Vec<Complex>,
    product: Vec<Complex>,
    work: Work,
}

impl Circle<f64> for RealCircle {
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn new(sequence: &[f64], length: usize) -> Self {
        let transform = RealTransform::new(length);
        let mut work = Work::default();
        let mut factors = vec![Complex::ZERO; transform.half_length()];
        transform.run(sequence, &mut factors, &mut work);
        let scale = 1.0 / length as f64;
        factors.iter_mut().for_each(|factor| *factor *= scale);
        Self { transform, product: factors.clone(), factors, work }
    }

    fn convolve(&mut self, with: &[f64], result: &mut [f64]) {
        self.transform.run(with, &mut self.product, &mut self.work);
        for (value, factor) in self.product.iter_mut().zip(&self.factors) {
            *value *= factor;
        }
        self.transform.run_back(&self.product, result, &mut self.work);
    }
}

impl Sample for Complex {
    fn conjugate(self) -> Self {
        self.conj()
    }

    fn to_complex(self) -> Complex {
        self
    }

    type Circle = ComplexCircle;
}

/// The circle of complex numbers.
#[derive(Debug)]
pub struct ComplexCircle {
    transform: Transform,
    /// The transform of the sequence, over the length.
    factors: Vec<Complex>,
    source: Vec<Complex>,
    product: Vec<Complex>,
    work: Work,
}

impl ComplexCircle {
    /// Puts the transform of a sequence into `product`.
    fn transform(&mut self, sequence: &[Complex]) {
        let (start, rest) = self.source.split_at_mut(sequence.len());
        start.copy_from_slice(sequence);
        rest.fill(Complex::ZERO);
        self.transform.run(&mut self.source, &mut self.product, &mut self.work);
    }
}

impl Circle<Complex> for ComplexCircle {
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn new(sequence: &[Complex], length: usize) -> Self {
        let zeros = vec![Complex::ZERO; length];
        let mut circle = Self {
            transform: Transform::new(length),
            factors: Vec::new(),
            source: zeros.clone(),
            product: zeros,
            work: Work::default(),
        };
        circle.transform(sequence);
        let scale = 1.0 / length as f64;
        circle.factors = circle.product.iter().map(|factor| factor * scale).collect();
        circle
    }

    fn convolve(&mut self, with: &[Complex], result: &mut [Complex]) {
        self.transform(with);
        for (value, factor) in self.product.iter_mut().zip(&self.factors) {
            *value *= factor;
        }
        self.transform.run_back(&mut self.product, result, &mut self.work);
    }
}
