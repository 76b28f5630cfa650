//! The spectrum of a signal as it changes, from which the signal can be had back.

use super::segments::{Segments, Signal};
use crate::fourier::{RealTransform, Transform, Work};
use crate::{Array, Complex, Error};

/// Weights at the squares of windows below this are taken for none.
const WEIGHT_MIN: f64 = 1e-10;

/// The spectra of the stretches of a signal, divided by the sum of the weights: a row for each
/// frequency, a column for each stretch.
///
/// # Errors
/// The lengths of the stretches do not fit.
pub fn short_time_transform(
    signal: Signal<'_>,
    segments: &Segments<'_>,
) -> Result<Array<Complex>, Error> {
    segments.check()?;
    let scale = 1.0 / segments.weights.iter().sum::<f64>();
    let columns = segments.count(signal.len());
    let rows = match signal {
        Signal::Real(_) => segments.transform / 2 + 1,
        Signal::Complex(_) => segments.transform,
    };
    let mut data = vec![Complex::ZERO; rows * columns];
    let mut column = 0;
    segments.each(signal, |spectrum| {
        for (row, value) in spectrum.iter().enumerate() {
            data[row * columns + column] = value * scale;
        }
        column += 1;
    });
    Array::new(vec![rows, columns], data)
}

/// A signal of stretches that overlap, and how much each sample weighs.
struct Overlapping<T> {
    sums: Vec<T>,
    weights: Vec<f64>,
}

/// How spectra become a signal again.
#[derive(Clone, Copy, Debug)]
pub struct Synthesis<'a> {
    /// The weights that the stretches had.
    pub weights: &'a [f64],
    /// How many samples a stretch has in common with the next.
    pub overlap: usize,
    /// The length of the transforms.
    pub transform: usize,
    /// Whether half a stretch was added at both ends, which is to be cut off.
    pub is_extended: bool,
}

impl Synthesis<'_> {
    fn check(&self, spectra: &Array<Complex>, rows: usize) -> Result<(usize, usize), Error> {
        let segments = Segments {
            weights: self.weights,
            overlap: self.overlap,
            transform: self.transform,
            trend: super::trend::Trend::None,
        };
        segments.check()?;
        match spectra.shape() {
            [height, columns] if *height == rows => Ok((*columns, segments.step())),
            shape => Err(Error::shape(format!("zxx has shape {shape:?}, expected [{rows}, any]"))),
        }
    }

    /// The real signal of whose stretches these are the first halves of the spectra.
    ///
    /// # Errors
    /// The lengths do not fit the spectra.
    pub fn real(&self, spectra: &Array<Complex>) -> Result<Vec<f64>, Error> {
        let transform = RealTransform::new(self.transform);
        let (columns, step) = self.check(spectra, transform.half_length())?;
        let mut work = Work::default();
        let mut stretch = vec![0.0; self.transform];
        let signal = self.overlap_add(columns, step, |column, add| {
            transform.run_back(&self.column(spectra, column), &mut stretch, &mut work);
            stretch.iter().enumerate().for_each(|(k, value)| add(k, *value));
        });
        Ok(self.finish(signal))
    }

    /// The complex signal of whose stretches these are the spectra.
    ///
    /// # Errors
    /// The lengths do not fit the spectra.
    pub fn complex(&self, spectra: &Array<Complex>) -> Result<Vec<Complex>, Error> {
        let transform = Transform::new(self.transform);
        let (columns, step) = self.check(spectra, self.transform)?;
        let mut work = Work::default();
        let mut stretch = vec![Complex::ZERO; self.transform];
        let signal = self.overlap_add(columns, step, |column, add| {
            transform.run_back(&mut self.column(spectra, column), &mut stretch, &mut work);
            stretch.iter().enumerate().for_each(|(k, value)| add(k, *value));
        });
        Ok(self.finish(signal))
    }

    fn column(&self, spectra: &Array<Complex>, column: usize) -> Vec<Complex> {
        let columns = spectra.shape()[1];
        spectra.data()[column..].iter().step_by(columns).copied().collect()
    }

    /// Adds up what `make` says of each column, weighted.
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn overlap_add<T>(
        &self,
        columns: usize,
        step: usize,
        mut make: impl FnMut(usize, &mut dyn FnMut(usize, T)),
    ) -> Overlapping<T>
    where
        T: Copy + Default + std::ops::AddAssign + std::ops::Mul<f64, Output = T>,
    {
        let length = self.weights.len();
        let count = if columns == 0 { 0 } else { (columns - 1) * step + length };
        let scale = self.weights.iter().sum::<f64>() / self.transform as f64;
        let mut signal = Overlapping { sums: vec![T::default(); count], weights: vec![0.0; count] };
        for column in 0..columns {
            let start = column * step;
            make(column, &mut |k, value| {
                if k < length {
                    signal.sums[start + k] += value * (self.weights[k] * scale);
                    signal.weights[start + k] += self.weights[k] * self.weights[k];
                }
            });
        }
        signal
    }

    /// The signal, without what was added at its ends.
    fn finish<T>(&self, signal: Overlapping<T>) -> Vec<T>
    where
        T: Copy + std::ops::Mul<f64, Output = T>,
    {
        let skip = if self.is_extended { self.weights.len() / 2 } else { 0 };
        let end = signal.sums.len().saturating_sub(skip);
        signal
            .sums
            .iter()
            .zip(&signal.weights)
            .take(end)
            .skip(skip)
            .map(|(sum, weight)| if *weight > WEIGHT_MIN { *sum * (1.0 / weight) } else { *sum })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::signal::{Trend, Window};

    #[test]
    fn spectra_are_scipys() {
        let signal = [0.0, 0.0, 1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, 4.0, 0.0, 0.0];
        let weights = Window::Hann.weights(4, true);
        let segments = Segments { weights: &weights, overlap: 2, transform: 4, trend: Trend::None };
        let spectra = short_time_transform(Signal::Real(&signal), &segments).unwrap();
        assert_eq!(spectra.shape(), [3, 5]);
        let expected =
            [(1.0, 0.0), (0.125, 0.0), (1.125, 0.0), (0.5, 0.0), (1.0, 0.0), (-0.5, 0.5)];
        for (got, (re, im)) in spectra.data().iter().zip(expected) {
            assert!((got - Complex::new(re, im)).norm() < 1e-15);
        }
    }

    #[test]
    fn spectra_of_another_shape_are_refused() {
        let synthesis =
            Synthesis { weights: &[1.0; 4], overlap: 2, transform: 4, is_extended: false };
        let spectra = Array::new(vec![2, 1], vec![Complex::ONE; 2]).unwrap();
        assert!(synthesis.real(&spectra).is_err());
        assert!(synthesis.complex(&Array::vector(vec![Complex::ONE; 4])).is_err());
    }

    proptest! {
        #[test]
        fn signals_come_back(x in prop::collection::vec(-1.0..1.0_f64, 1..80), pad in 0..3_usize) {
            let weights = Window::Hann.weights(8, true);
            let mut signal = vec![0.0; 4];
            signal.extend_from_slice(&x);
            signal.resize(4 + x.len().next_multiple_of(4) + 4, 0.0);
            let transform = 8 + pad;
            let segments = Segments { weights: &weights, overlap: 4, transform, trend: Trend::None };
            let synthesis =
                Synthesis { weights: &weights, overlap: 4, transform, is_extended: true };
            let spectra = short_time_transform(Signal::Real(&signal), &segments).unwrap();
            let real = synthesis.real(&spectra).unwrap();
            let complex: Vec<Complex> = signal.iter().map(|x| Complex::new(0.0, *x)).collect();
            let spectra = short_time_transform(Signal::Complex(&complex), &segments).unwrap();
            let complex = synthesis.complex(&spectra).unwrap();
            for ((x, y), z) in x.iter().zip(&real).zip(&complex) {
                prop_assert!((x - y).abs() < 1e-14 && (z - Complex::new(0.0, *x)).norm() < 1e-14);
            }
        }
    }
}
