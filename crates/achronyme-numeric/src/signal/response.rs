//! What a filter does to waves.

use super::sample::Sample;
use crate::fourier::roots::root;
use crate::{Complex, Error};

/// `count` frequencies, in radians per sample, from 0 up to but without half the sample rate, or the
/// whole of it. Beside each is e^(−iw).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
pub fn even_frequencies(count: usize, whole: bool) -> Vec<(f64, Complex)> {
    let span = if whole { 2.0 * std::f64::consts::PI } else { std::f64::consts::PI };
    let turns = if whole { count } else { 2 * count };
    (0..count).map(|k| (span / count as f64 * k as f64, root(k, turns))).collect()
}

/// e^(−iw).
#[must_use]
pub fn wave(frequency: f64) -> Complex {
    let (sin, cos) = libm::sincos(frequency);
    Complex::new(cos, -sin)
}

/// What the filter b₀ + b₁z⁻¹ + … over a₀ + a₁z⁻¹ + … multiplies each of some waves z⁻¹ by.
///
/// # Errors
/// The numerator or the denominator has no coefficients.
pub fn response<T: Sample>(b: &[T], a: &[T], waves: &[Complex]) -> Result<Vec<Complex>, Error> {
    if b.is_empty() || a.is_empty() {
        return Err(Error::value("b and a must not be empty"));
    }
    let value = |coefficients: &[T], wave: Complex| {
        coefficients.iter().rev().fold(Complex::ZERO, |sum, c| sum * wave + c.to_complex())
    };
    Ok(waves.iter().map(|wave| value(b, *wave) / value(a, *wave)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_scipys() {
        let waves: Vec<Complex> = even_frequencies(4, false).iter().map(|(_, z)| *z).collect();
        let expected = [
            Complex::new(6.0, 0.0),
            Complex::new(1.953_717_849_152_730_7, -3.256_196_415_254_551_3),
            Complex::new(0.0, -2.0),
            Complex::new(-0.541_953_143_270_377_9, -0.903_255_238_783_963_3),
        ];
        for (got, expected) in
            response(&[1.0, 2.0], &[1.0, -0.5], &waves).unwrap().iter().zip(expected)
        {
            assert!((got - expected).norm() < 1e-14, "{got} for {expected}");
        }
        let (w, z) = even_frequencies(4, true)[3];
        assert!((w - 1.5 * std::f64::consts::PI).abs() < 1e-15);
        assert!((z - wave(w)).norm() < 1e-15);
        assert!(response::<f64>(&[], &[1.0], &waves).is_err());
    }
}
