//! Stretches of a signal that overlap, and their transforms.

use super::sample::Sample;
use super::trend::Trend;
use crate::fourier::{RealTransform, Transform, Work, frequencies, half_frequencies};
use crate::{Complex, Error};

/// How a signal is cut into stretches and transformed.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    /// The weights of the samples of a stretch, and so its length, which is not 0.
    pub weights: &'a [f64],
    /// How many samples a stretch has in common with the next.
    pub overlap: usize,
    /// The length of the transforms; at least that of the stretches, which zeros follow.
    pub transform: usize,
    /// What is taken away from each stretch before it is weighted.
    pub trend: Trend,
}

/// A signal of real or complex numbers.
#[derive(Clone, Copy, Debug)]
pub enum Signal<'a> {
    /// Its spectra have two equal halves, one of which is left away.
    Real(&'a [f64]),
    /// Its spectra are whole.
    Complex(&'a [Complex]),
}

impl Signal<'_> {
    /// How many samples it has.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Real(signal) => signal.len(),
            Self::Complex(signal) => signal.len(),
        }
    }

    /// Whether it has no samples.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl Segments<'_> {
    /// Says what is wrong with the lengths.
    ///
    /// # Errors
    /// The stretches are empty, do not advance, or are longer than their transforms.
    pub fn check(&self) -> Result<(), Error> {
        let length = self.weights.len();
        if length == 0 {
            return Err(Error::value("nperseg must be at least 1"));
        }
        if self.overlap >= length {
            return Err(Error::value(format!(
                "noverlap must be less than nperseg, {length}, got {}",
                self.overlap
            )));
        }
        if self.transform < length {
            return Err(Error::value(format!(
                "nfft must be at least nperseg, {length}, got {}",
                self.transform
            )));
        }
        Ok(())
    }

    /// How many samples lie between the beginnings of stretches.
    #[must_use]
    pub fn step(&self) -> usize {
        self.weights.len() - self.overlap
    }

    /// How many whole stretches there are in so many samples.
    #[must_use]
    pub fn count(&self, samples: usize) -> usize {
        match samples.checked_sub(self.weights.len()) {
            Some(rest) => rest / self.step() + 1,
            None => 0,
        }
    }

    /// The frequencies of the spectra, at a rate of samples.
    #[must_use]
    pub fn frequencies(&self, signal: Signal<'_>, rate: f64) -> Vec<f64> {
        match signal {
            Signal::Real(_) => half_frequencies(self.transform, 1.0 / rate),
            Signal::Complex(_) => frequencies(self.transform, 1.0 / rate),
        }
    }

    /// Calls `see` with the spectrum of each stretch.
    pub(super) fn each(&self, signal: Signal<'_>, see: impl FnMut(&[Complex])) {
        let mut work = Work::default();
        match signal {
            Signal::Real(signal) => {
                let transform = RealTransform::new(self.transform);
                self.cut(signal, transform.half_length(), see, |stretch, spectrum| {
                    transform.run(stretch, spectrum, &mut work);
                });
            }
            Signal::Complex(signal) => {
                let transform = Transform::new(self.transform);
                let mut padded = Vec::new();
                self.cut(signal, self.transform, see, |stretch, spectrum| {
                    padded.clear();
                    padded.extend_from_slice(stretch);
                    padded.resize(self.transform, Complex::ZERO);
                    transform.run(&mut padded, spectrum, &mut work);
                });
            }
        }
    }

    fn cut<T: Sample>(
        &self,
        signal: &[T],
        size: usize,
        mut see: impl FnMut(&[Complex]),
        mut transform: impl FnMut(&[T], &mut [Complex]),
    ) {
        let length = self.weights.len();
        let mut spectrum = vec![Complex::ZERO; size];
        let mut stretch = Vec::with_capacity(length);
        for start in (0..self.count(signal.len())).map(|k| k * self.step()) {
            stretch.clear();
            stretch.extend_from_slice(&signal[start..start + length]);
            self.trend.remove(&mut stretch);
            for (value, weight) in stretch.iter_mut().zip(self.weights) {
                *value = *value * *weight;
            }
            transform(&stretch, &mut spectrum);
            see(&spectrum);
        }
    }
}
