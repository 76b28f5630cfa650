//! Another number of samples for the same stretch of time.

use crate::Complex;
use crate::fourier::{RealTransform, Work};

/// A periodic signal at `count` places instead of as many as it has, through its frequencies, which
/// are first multiplied by `weights` if there are any: one for each sample, the middle one for
/// frequency 0. Neither length may be 0.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
pub fn resample(signal: &[f64], count: usize, weights: Option<&[f64]>) -> Vec<f64> {
    let (there, back) = (RealTransform::new(signal.len()), RealTransform::new(count));
    let mut work = Work::default();
    let mut spectrum = vec![Complex::ZERO; there.half_length()];
    there.run(signal, &mut spectrum, &mut work);
    if let Some(weights) = weights {
        let length = weights.len();
        let at = |k: usize| weights[(k + length / 2) % length];
        for (k, value) in spectrum.iter_mut().enumerate() {
            // A frequency and its mirror image are one number here.
            *value *= if k == 0 { at(0) } else { 0.5 * (at(k) + at(length - k)) };
        }
    }
    let common = signal.len().min(count);
    spectrum.truncate(common / 2 + 1);
    if common.is_multiple_of(2) && signal.len() != count {
        // The highest frequency stands for itself and its mirror image, which are two or one.
        spectrum[common / 2] *= if count < signal.len() { 2.0 } else { 0.5 };
    }
    spectrum.resize(back.half_length(), Complex::ZERO);
    let mut result = vec![0.0; count];
    back.run_back(&spectrum, &mut result, &mut work);
    let scale = 1.0 / signal.len() as f64;
    for value in &mut result {
        *value *= scale;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Window;

    const SIGNAL: [f64; 8] = [1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, 4.0];

    /// Compares with values from SciPy 1.17.1.
    fn check(got: &[f64], expected: &[f64]) {
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-14, "{got} for {expected}");
        }
    }

    #[test]
    fn signals_are_resampled_like_scipys() {
        check(
            &resample(&SIGNAL, 5, None),
            &[
                3.013_325_214_724_776_7,
                -0.633_537_441_142_714_2,
                1.630_610_244_854_111,
                -0.319_281_025_108_111_3,
                0.996_383_006_671_937_7,
            ],
        );
        check(
            &resample(&SIGNAL, 11, None),
            &[
                1.000_000_000_000_000_4,
                1.758_359_744_977_597_8,
                1.147_974_356_295_368_6,
                -1.446_430_061_798_542_4,
            ],
        );
        check(
            &resample(&SIGNAL, 4, None),
            &[
                3.013_325_214_724_776_7,
                -0.474_111_652_351_681_4,
                1.361_674_785_275_223_3,
                -0.150_888_347_648_318_6,
            ],
        );
        let weights = Window::Hann.weights(8, true);
        check(
            &resample(&SIGNAL, 5, Some(&weights)),
            &[2.267_385_912_065_751_4, 0.187_864_194_624_525_83, 1.014_258_678_930_178_2],
        );
        let weights = Window::Hamming.weights(8, true);
        check(&resample(&SIGNAL, 12, Some(&weights)), &[1.92, 1.377_961_236_333_612_2]);
    }

    #[test]
    fn the_same_number_of_samples_is_the_same_signal() {
        check(&resample(&SIGNAL, 8, None), &SIGNAL);
        check(&resample(&SIGNAL[..5], 5, None), &SIGNAL[..5]);
    }
}
