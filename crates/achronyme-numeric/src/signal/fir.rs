//! Filters with a finite response, from the ideal one and a window.

use std::f64::consts::PI;

use crate::Error;

/// The coefficients of a filter whose ideal response is cut off by a window with one weight for each
/// coefficient. It lets pass what lies between every second pair of `cutoffs`, which are in units of
/// half the sample rate and rise; `pass_zero` says whether the first of these stretches, from 0,
/// passes. With `scale`, the response in the middle of the first pass band (or at 0, or at half the
/// sample rate) is exactly 1.
///
/// # Errors
/// There are no cutoffs, they do not rise between 0 and 1, or the number of coefficients is even
/// although half the sample rate passes.
pub fn windowed_filter(
    weights: &[f64],
    cutoffs: &[f64],
    pass_zero: bool,
    scale: bool,
) -> Result<Vec<f64>, Error> {
    if weights.is_empty() {
        return Err(Error::value("numtaps must be at least 1"));
    }
    if cutoffs.is_empty() || !cutoffs.iter().all(|cutoff| *cutoff > 0.0 && *cutoff < 1.0) {
        return Err(Error::value("cutoffs must lie between 0 and half the sample rate"));
    }
    if !cutoffs.is_sorted_by(|a, b| a < b) {
        return Err(Error::value("cutoffs must rise"));
    }
    let pass_last = cutoffs.len().is_multiple_of(2) == pass_zero;
    if pass_last && weights.len().is_multiple_of(2) {
        return Err(Error::value(
            "numtaps must be odd where half the sample rate is in a pass band",
        ));
    }
    let mut edges = cutoffs.to_vec();
    if pass_zero {
        edges.insert(0, 0.0);
    }
    if pass_last {
        edges.push(1.0);
    }
    let (bands, _) = edges.as_chunks::<2>();
    let coefficients: Vec<f64> = weights
        .iter()
        .zip(places(weights.len()))
        .map(|(weight, place)| {
            let ideal = bands.iter().fold(0.0, |sum, [low, high]| {
                sum + high * sinc(high * place) - low * sinc(low * place)
            });
            ideal * weight
        })
        .collect();
    let Some([low, high]) = bands.first().filter(|_| scale) else { return Ok(coefficients) };
    let at = if low.to_bits() == 0 {
        0.0
    } else if *high >= 1.0 {
        1.0
    } else {
        0.5 * (low + high)
    };
    let response: f64 = coefficients
        .iter()
        .zip(places(weights.len()))
        .map(|(coefficient, place)| coefficient * libm::cos(PI * place * at))
        .sum();
    Ok(coefficients.iter().map(|coefficient| coefficient / response).collect())
}

/// The places of coefficients around their middle.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
fn places(count: usize) -> impl Iterator<Item = f64> {
    let middle = 0.5 * (count as f64 - 1.0);
    (0..count).map(move |k| k as f64 - middle)
}

/// sin(πx)/πx.
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { libm::sin(PI * x) / (PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Window;

    fn check(got: &[f64], expected: &[f64]) {
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-14, "{got} for {expected}");
        }
    }

    #[test]
    fn filters_are_scipys() {
        let weights = Window::Hann.weights(11, false);
        let high = windowed_filter(&weights, &[0.4], false, true).unwrap();
        check(
            &high,
            &[
                0.0,
                0.007_252_085_499_649_372,
                0.021_621_541_541_142_052,
                -0.061_440_654_310_310_57,
                -0.274_770_959_239_839_63,
                0.602_078_302_223_927_2,
            ],
        );
        let weights = Window::Hamming.weights(15, false);
        let band = windowed_filter(&weights, &[0.2, 0.5], false, true).unwrap();
        check(
            &band,
            &[
                -0.000_205_514_723_169_181_67,
                0.004_519_133_934_974_269,
                0.018_605_472_600_119_848,
                -0.023_628_284_200_624_242,
            ],
        );
    }

    #[test]
    fn a_scaled_lowpass_keeps_constants() {
        let weights = Window::Hamming.weights(10, false);
        let low = windowed_filter(&weights, &[0.3], true, true).unwrap();
        assert!((low.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn impossible_filters_are_refused() {
        let weights = [1.0; 4];
        assert!(windowed_filter(&weights, &[0.5], false, true).is_err());
        assert!(windowed_filter(&weights, &[0.5, 0.2], true, true).is_err());
        assert!(windowed_filter(&weights, &[1.0], true, true).is_err());
        assert!(windowed_filter(&weights, &[], true, true).is_err());
        assert!(windowed_filter(&[], &[0.5], true, true).is_err());
    }
}
