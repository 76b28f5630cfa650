//! How a signal's power is spread over frequencies.
//!
//! (P. D. Welch, The use of fast Fourier transform for the estimation of power spectra, 1967.)

use super::segments::{Segments, Signal};
use crate::Error;

/// In what unit power is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// Per unit of frequency.
    Density,
    /// As it is.
    Spectrum,
}

/// How the powers of several stretches become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// By their mean.
    Mean,
    /// By their median, divided by what it is of noise of power 1.
    Median,
}

/// The power of each stretch of a signal at each frequency: one row for each stretch. What is at
/// negative frequencies of a real signal is added to the positive ones.
///
/// # Errors
/// The lengths of the stretches do not fit.
pub fn powers(
    signal: Signal<'_>,
    segments: &Segments<'_>,
    rate: f64,
    scaling: Scaling,
) -> Result<Vec<Vec<f64>>, Error> {
    segments.check()?;
    let sum: f64 = segments.weights.iter().sum();
    let squares: f64 = segments.weights.iter().map(|weight| weight * weight).sum();
    let scale = match scaling {
        Scaling::Density => 1.0 / (rate * squares),
        Scaling::Spectrum => 1.0 / (sum * sum),
    };
    let is_real = matches!(signal, Signal::Real(_));
    // Frequency 0 and the highest one are their own mirror images.
    let alone = |k: usize| k == 0 || 2 * k == segments.transform;
    let mut rows = Vec::with_capacity(segments.count(signal.len()));
    segments.each(signal, |spectrum| {
        let power = spectrum.iter().enumerate().map(|(k, value)| {
            let power = value.norm_sqr() * scale;
            if is_real && !alone(k) { 2.0 * power } else { power }
        });
        rows.push(power.collect());
    });
    Ok(rows)
}

/// One row of powers for several.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
pub fn average(rows: &[Vec<f64>], average: Average) -> Vec<f64> {
    let Some(first) = rows.first() else { return Vec::new() };
    let count = rows.len() as f64;
    let column = |k: usize| rows.iter().map(move |row| row[k]);
    match average {
        Average::Mean => (0..first.len()).map(|k| column(k).sum::<f64>() / count).collect(),
        Average::Median => {
            let bias = median_bias(rows.len());
            (0..first.len()).map(|k| median(column(k).collect()) / bias).collect()
        }
    }
}

/// The middle of some values, of which there is at least one. NaN if one is NaN.
fn median(mut values: Vec<f64>) -> f64 {
    if values.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len().is_multiple_of(2) {
        (values[half - 1] + values[half]) / 2.0
    } else {
        values[half]
    }
}

/// The median of the power of noise over its mean, from so many stretches: 1 − 1/2 + 1/3 − …
/// (B. Allen et al., FINDCHIRP, Physical Review D 85, 2012, appendix B.)
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
fn median_bias(count: usize) -> f64 {
    (1..=(count.max(1) - 1) / 2)
        .map(|k| 2.0 * k as f64)
        .fold(1.0, |bias, even| bias + (1.0 / (even + 1.0) - 1.0 / even))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Complex;
    use crate::signal::{Trend, Window};

    const SIGNAL: [f64; 8] = [1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, 4.0];

    /// Compares with values from SciPy 1.17.1.
    fn check(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-14, "{got} for {expected}");
        }
    }

    #[test]
    fn periodograms_are_scipys() {
        let segments =
            Segments { weights: &[1.0; 8], overlap: 0, transform: 8, trend: Trend::Constant };
        let signal = Signal::Real(&SIGNAL);
        assert_eq!(segments.frequencies(signal, 8.0), [0.0, 1.0, 2.0, 3.0, 4.0]);
        let rows = powers(signal, &segments, 8.0, Scaling::Density).unwrap();
        check(
            &average(&rows, Average::Mean),
            &[0.0, 0.354_052_805_725_532_1, 1.414_062_5, 1.724_072_194_274_468, 0.035_156_25],
        );
        let weights = Window::Hann.weights(8, true);
        let segments =
            Segments { weights: &weights, overlap: 0, transform: 12, trend: Trend::Linear };
        check(
            &powers(signal, &segments, 1.0, Scaling::Spectrum).unwrap()[0],
            &[
                0.226_017_147_239_104_57,
                0.298_410_013_105_559_1,
                0.468_559_443_251_649_05,
                2.331_571_292_944_955_2,
                3.547_935_374_616_036_3,
                2.022_640_826_235_471,
                0.526_223_450_920_297_8,
            ],
        );
        let complex = SIGNAL.map(|x| Complex::new(x, 0.5 * x));
        let segments =
            Segments { weights: &[1.0; 5], overlap: 0, transform: 5, trend: Trend::Constant };
        let rows = powers(Signal::Complex(&complex[..5]), &segments, 1.0, Scaling::Density);
        check(
            &rows.unwrap()[0],
            &[
                0.0,
                3.014_754_248_593_736_6,
                2.735_245_751_406_262,
                2.735_245_751_406_262_5,
                3.014_754_248_593_736_6,
            ],
        );
    }

    #[test]
    fn medians_are_scipys() {
        let wave: Vec<f64> =
            (0..64).map(f64::from).map(|k| libm::sin(0.3 * k) + 0.5 * libm::cos(1.1 * k)).collect();
        let weights = Window::Hann.weights(16, true);
        let segments =
            Segments { weights: &weights, overlap: 8, transform: 16, trend: Trend::Constant };
        let rows = powers(Signal::Real(&wave), &segments, 1.0, Scaling::Density).unwrap();
        check(
            &average(&rows, Average::Median)[..4],
            &[
                1.372_827_031_038_560_4,
                4.480_776_122_342_928,
                0.834_232_938_106_439_1,
                1.750_547_481_226_023,
            ],
        );
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let segments =
            Segments { weights: &[1.0; 4], overlap: 4, transform: 4, trend: Trend::None };
        assert!(powers(Signal::Real(&SIGNAL), &segments, 1.0, Scaling::Density).is_err());
        let segments = Segments { overlap: 0, transform: 3, ..segments };
        assert!(powers(Signal::Real(&SIGNAL), &segments, 1.0, Scaling::Density).is_err());
        let segments = Segments { weights: &[], transform: 3, ..segments };
        assert!(powers(Signal::Real(&SIGNAL), &segments, 1.0, Scaling::Density).is_err());
    }
}
