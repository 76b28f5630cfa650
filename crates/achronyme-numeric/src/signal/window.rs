//! Windows: weights that let a stretch of a signal fade in and out.

use std::f64::consts::PI;

use crate::Error;
use crate::fourier::roots::root;

/// The shape of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Window {
    /// All ones.
    Boxcar,
    /// A raised cosine.
    Hann,
    /// A raised cosine on a small step.
    Hamming,
    /// A sum of three cosines.
    Blackman,
    /// A triangle that begins and ends at 0.
    Bartlett,
    /// A sum of five cosines, whose spectrum has a flat top.
    Flattop,
    /// Kaiser's, by its shape β: from 0, all ones, to narrow.
    Kaiser(f64),
    /// Ones between two halves of a raised cosine, which are this fraction of it, from 0 to 1.
    Tukey(f64),
}

/// Coefficients of sums of cosines with alternating signs.
const HANN: &[f64] = &[0.5, 0.5];
const HAMMING: &[f64] = &[0.54, 0.46];
const BLACKMAN: &[f64] = &[0.42, 0.5, 0.08];
const FLATTOP: &[f64] = &[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368];

impl Window {
    /// The window of this name; `parameter` is for those that have one.
    ///
    /// # Errors
    /// There is none of this name, it has no parameter, or needs one.
    pub fn from_name(name: &str, parameter: Option<f64>) -> Result<Self, Error> {
        let window = match (name, parameter) {
            ("kaiser", Some(beta)) => return Ok(Self::Kaiser(beta)),
            ("kaiser", None) => {
                return Err(Error::value("a kaiser window needs a number: [\"kaiser\", beta]"));
            }
            ("tukey", alpha) => return Ok(Self::Tukey(alpha.unwrap_or(0.5))),
            ("boxcar" | "rectangular", _) => Self::Boxcar,
            ("hann" | "hanning", _) => Self::Hann,
            ("hamming", _) => Self::Hamming,
            ("blackman", _) => Self::Blackman,
            ("bartlett", _) => Self::Bartlett,
            ("flattop", _) => Self::Flattop,
            _ => {
                return Err(Error::value(format!(
                    "unknown window '{name}' (known: boxcar, rectangular, hann, hanning, hamming, \
                     blackman, bartlett, flattop, kaiser, tukey)"
                )));
            }
        };
        match parameter {
            None => Ok(window),
            Some(_) => Err(Error::value(format!("a {name} window takes no number"))),
        }
    }

    /// The weights for so many values: symmetric, or `periodic`, which leaves the last away of a
    /// symmetric window for one value more, as suits spectra. The weight of a single value is 1.
    #[must_use]
    pub fn weights(self, count: usize, periodic: bool) -> Vec<f64> {
        if count <= 1 {
            return vec![1.0; count];
        }
        let last = if periodic { count } else { count - 1 };
        // The second half mirrors the first, to the bit.
        (0..count).map(|k| self.weight(k.min(last - k), last)).collect()
    }

    /// The weight number `k` of the first half; the last has number `last`.
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
    fn weight(self, k: usize, last: usize) -> f64 {
        let place = k as f64 / last as f64;
        match self {
            Self::Boxcar => 1.0,
            Self::Hann => cosines(HANN, k, last),
            Self::Hamming => cosines(HAMMING, k, last),
            Self::Blackman => cosines(BLACKMAN, k, last),
            Self::Flattop => cosines(FLATTOP, k, last),
            Self::Bartlett => 2.0 * place,
            Self::Kaiser(beta) => {
                let beta = beta.abs();
                let x = beta * 2.0 * (place * (1.0 - place)).sqrt();
                scaled_bessel(x) / scaled_bessel(beta) * libm::exp(x - beta)
            }
            Self::Tukey(alpha) if alpha >= 1.0 => cosines(HANN, k, last),
            Self::Tukey(alpha) if 2.0 * k as f64 >= alpha * last as f64 => 1.0,
            Self::Tukey(alpha) => 0.5 * (1.0 - libm::cos(2.0 * PI * place / alpha)),
        }
    }
}

/// Σ (−1)^j·c_j·cos(2π·j·k/n), from the smallest coefficient to the largest.
fn cosines(coefficients: &[f64], k: usize, n: usize) -> f64 {
    coefficients.iter().enumerate().rev().fold(0.0, |sum, (j, coefficient)| {
        let term = coefficient * root(j * k % n, n).re;
        if j % 2 == 0 { sum + term } else { sum - term }
    })
}

/// e^(−x)·I₀(x) for x ≥ 0, with the modified Bessel function of order 0: by its series, or far out by
/// its asymptotic expansion. (Abramowitz and Stegun, 9.6.12 and 9.7.1.)
fn scaled_bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut k = 1.0;
    if x <= 30.0 {
        while term > sum * f64::EPSILON / 8.0 {
            term *= (x / (2.0 * k)) * (x / (2.0 * k));
            sum += term;
            k += 1.0;
        }
        return sum * libm::exp(-x);
    }
    while term > f64::EPSILON / 8.0 && k < 60.0 {
        term *= (2.0 * k - 1.0) * (2.0 * k - 1.0) / (8.0 * k * x);
        sum += term;
        k += 1.0;
    }
    sum / (2.0 * PI * x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with values from SciPy 1.17.1.
    fn check(window: Window, count: usize, periodic: bool, expected: &[f64]) {
        let weights = window.weights(count, periodic);
        assert_eq!(weights.len(), expected.len());
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-14, "{window:?}: {weight} for {expected}");
        }
    }

    #[test]
    fn windows_are_scipys() {
        check(Window::Hann, 5, false, &[0.0, 0.5, 1.0, 0.5, 0.0]);
        check(Window::Hamming, 5, false, &[0.08, 0.54, 1.0, 0.54, 0.08]);
        check(Window::Blackman, 5, false, &[0.0, 0.34, 1.0, 0.34, 0.0]);
        check(Window::Bartlett, 4, true, &[0.0, 0.5, 1.0, 0.5]);
        check(Window::Boxcar, 3, true, &[1.0; 3]);
        let flattop = [-0.000_421_051, -0.054_736_84, 1.000_000_003];
        let [a, b, c] = flattop;
        check(Window::Flattop, 5, false, &[a, b, c, b, a]);
        let kaiser =
            [0.001_332_513_997_902_419_8, 0.091_136_512_928_265_36, 0.459_643_774_593_380_85];
        let [a, b, c] = kaiser;
        let d = 0.920_461_583_258_157_4;
        check(Window::Kaiser(8.6), 8, false, &[a, b, c, d, d, c, b, a]);
        let edge = 0.586_824_088_833_465_3;
        check(Window::Tukey(0.4), 10, false, &[0.0, edge, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, edge, 0.0]);
        check(Window::Tukey(0.0), 3, false, &[1.0; 3]);
    }

    #[test]
    fn the_two_ways_to_the_bessel_function_meet() {
        assert!((scaled_bessel(30.0) / scaled_bessel(30.0 + 1e-14) - 1.0).abs() < 1e-14);
        // I₀(1), mpmath.
        let one = scaled_bessel(1.0) * std::f64::consts::E;
        assert!((one - 1.266_065_877_752_008_4).abs() < 1e-15);
    }

    #[test]
    fn extreme_shapes_are_numbers() {
        assert!(Window::Kaiser(1e6).weights(9, false).iter().all(|w| w.is_finite()));
        assert!(Window::Kaiser(f64::NAN).weights(3, false)[0].is_nan());
        assert!(Window::Tukey(-1.0).weights(9, true).iter().all(|w| (*w - 1.0).abs() < 1e-15));
        assert_eq!(Window::Flattop.weights(1, true), [1.0]);
        assert!(Window::Hann.weights(0, false).is_empty());
    }
}
