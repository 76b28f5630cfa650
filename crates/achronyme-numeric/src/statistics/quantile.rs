//! Quantiles: the numbers below which given shares of all lie.
//!
//! Hyndman and Fan, "Sample quantiles in statistical packages" (1996); the names are NumPy's.

use super::{empty, float};
use crate::Error;

/// Declares the methods from rows of documentation, variant and name.
macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident $name:literal;)*) => {
        /// Which number it is where a quantile lies between two.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum QuantileMethod {
            $($(#[$doc])* $method,)*
        }

        impl QuantileMethod {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$method),*];
            /// Their names.
            pub const NAMES: &'static [&'static str] = &[$($name),*];
        }
    };
}

methods! {
    /// On the line between them (type 7).
    Linear "linear";
    /// The lower one.
    Lower "lower";
    /// The higher one.
    Higher "higher";
    /// The nearer one; in the middle the one with the even place.
    Nearest "nearest";
    /// The mean of both.
    Midpoint "midpoint";
    /// Type 6.
    Weibull "weibull";
    /// Type 5.
    Hazen "hazen";
    /// Type 8.
    MedianUnbiased "median_unbiased";
    /// Type 9.
    NormalUnbiased "normal_unbiased";
    /// The least with at least this share at most (type 1).
    InvertedCdf "inverted_cdf";
}

/// The numbers below which these shares of all lie; NaN, all of them, if a number is. O(n) for a few
/// shares.
///
/// # Errors
/// A share is outside 0…1, or there is no number.
pub fn quantiles(data: &[f64], shares: &[f64], method: QuantileMethod) -> Result<Vec<f64>, Error> {
    let Some(last) = data.len().checked_sub(1) else { return Err(empty()) };
    if let Some(q) = shares.iter().find(|q| !(0.0..=1.0).contains(*q)) {
        return Err(Error::value(format!("q must be from 0 to 1, got {q}")));
    }
    if data.iter().any(|x| x.is_nan()) {
        return Ok(vec![f64::NAN; shares.len()]);
    }
    let places: Vec<f64> = shares.iter().map(|q| place(data.len(), *q, method)).collect();
    let mut wanted: Vec<usize> =
        places.iter().flat_map(|place| [below(*place), (below(*place) + 1).min(last)]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut data = data.to_vec();
    order_places(&mut data, &wanted, 0);
    Ok(places.into_iter().map(|place| between(&data, place)).collect())
}

/// Where, among `count` numbers in order, the share `q` of all ends: from 0 to the last place.
fn place(count: usize, q: f64, method: QuantileMethod) -> f64 {
    let (count, last) = (float(count), float(count - 1));
    let linear = last * q;
    // Places of Hyndman and Fan with α = β, from 0 on.
    let place = |alpha: f64| count * q + (alpha + q * (1.0 - 2.0 * alpha)) - 1.0;
    let place = match method {
        QuantileMethod::Linear => linear,
        QuantileMethod::Lower => linear.floor(),
        QuantileMethod::Higher => linear.ceil(),
        QuantileMethod::Nearest => libm::rint(linear),
        QuantileMethod::Midpoint => 0.5 * (linear.floor() + linear.ceil()),
        QuantileMethod::Weibull => place(0.0),
        QuantileMethod::Hazen => place(0.5),
        QuantileMethod::MedianUnbiased => place(1.0 / 3.0),
        QuantileMethod::NormalUnbiased => place(3.0 / 8.0),
        QuantileMethod::InvertedCdf => (count * q).ceil() - 1.0,
    };
    place.clamp(0.0, last)
}

/// The last whole place up to this one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a place")]
fn below(place: f64) -> usize {
    place as usize
}

/// Puts the numbers that belong to some places, given in ascending order, there, as if all were
/// sorted: none that is smaller comes after. The numbers are those from place `first` on.
fn order_places(data: &mut [f64], places: &[usize], first: usize) {
    let Some(middle) = places.get(places.len() / 2) else { return };
    let (before, after) = (&places[..places.len() / 2], &places[places.len() / 2 + 1..]);
    let (left, _, right) = data.select_nth_unstable_by(middle - first, f64::total_cmp);
    order_places(left, before, first);
    order_places(right, after, middle + 1);
}

/// The number at a place, or on the line between its neighbours.
fn between(sorted: &[f64], place: f64) -> f64 {
    let index = below(place);
    let part = place.fract();
    let low = sorted[index];
    let Some(high) = sorted.get(index + 1) else { return low };
    let step = high - low;
    if part == 0.0 || step == 0.0 {
        low
    } else if part < 0.5 {
        low + step * part
    } else {
        high - step * (1.0 - part)
    }
}

/// The number in the middle, or the mean of the two; NaN if one is NaN. O(n).
///
/// # Errors
/// There is no number.
pub fn median(data: &[f64]) -> Result<f64, Error> {
    if data.is_empty() {
        return Err(empty());
    }
    if data.iter().any(|x| x.is_nan()) {
        return Ok(f64::NAN);
    }
    let mut data = data.to_vec();
    let middle = data.len() / 2;
    let is_odd = data.len() % 2 == 1;
    let (below, high, _) = data.select_nth_unstable_by(middle, f64::total_cmp);
    if is_odd {
        return Ok(*high);
    }
    let low = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum = low + *high;
    Ok(if sum.is_finite() { 0.5 * sum } else { 0.5 * low + 0.5 * *high })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::special::assert_near;

    const DATA: [f64; 8] = [2.5, -1.0, 4.0, 4.0, 10.0, 3.5, 0.0, 7.25];

    #[test]
    fn every_method_gives_what_numpy_does() {
        // The rows of numeric.tsv, and numpy 2.4 for the rest.
        for (method, expected) in [
            (QuantileMethod::Linear, [-0.3, 2.81, 3.75, 8.075]),
            (QuantileMethod::Lower, [-1.0, 2.5, 3.5, 7.25]),
            (QuantileMethod::Higher, [0.0, 3.5, 4.0, 10.0]),
            (QuantileMethod::Nearest, [0.0, 2.5, 4.0, 7.25]),
            (QuantileMethod::Midpoint, [-0.5, 3.0, 3.75, 8.625]),
            (QuantileMethod::Weibull, [-1.0, 2.425, 3.75, 10.0]),
            (QuantileMethod::Hazen, [-0.7, 2.64, 3.75, 9.175]),
            (
                QuantileMethod::MedianUnbiased,
                [-0.833_333_333_333_333_3, 2.583_333_333_333_333_5, 3.75, 9.541_666_666_666_668],
            ),
            (QuantileMethod::NormalUnbiased, [-0.8, 2.5975, 3.75, 9.45]),
            (QuantileMethod::InvertedCdf, [-1.0, 2.5, 3.5, 10.0]),
        ] {
            let found = quantiles(&DATA, &[0.1, 0.33, 0.5, 0.9], method).unwrap();
            for (found, expected) in found.into_iter().zip(expected) {
                assert_near(found, expected, 1e-14);
            }
        }
    }

    #[test]
    fn what_has_no_quantile_says_so() {
        let linear = |data: &[f64], q: f64| quantiles(data, &[q], QuantileMethod::Linear);
        assert!(linear(&[], 0.5).is_err());
        assert!(linear(&[1.0], 1.1).is_err());
        assert!(linear(&[1.0], f64::NAN).is_err());
        assert!(linear(&[1.0, f64::NAN], 0.5).unwrap()[0].is_nan());
        assert!(quantiles(&[1.0], &[], QuantileMethod::Linear).unwrap().is_empty());
        assert!(median(&[]).is_err());
        assert!(median(&[1.0, f64::NAN, 2.0]).unwrap().is_nan());
    }

    proptest! {
        #[test]
        fn quantiles_lie_within_and_rise(
            data in prop::collection::vec(-1e3..1e3_f64, 1..40), a in 0.0..=1.0_f64, b in 0.0..=1.0_f64,
        ) {
            let least = data.iter().copied().fold(f64::INFINITY, f64::min);
            let most = data.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for method in QuantileMethod::ALL {
                let found = quantiles(&data, &[a.max(b), a.min(b)], *method).unwrap();
                prop_assert!(least <= found[1] && found[1] <= found[0] && found[0] <= most);
            }
        }

        #[test]
        fn quantiles_at_the_places_of_numbers_are_these_numbers(
            data in prop::collection::vec(-1e3..1e3_f64, 2..60),
        ) {
            let shares: Vec<f64> =
                (0..data.len()).map(|k| float(k) / float(data.len() - 1)).collect();
            let mut sorted = data.clone();
            sorted.sort_by(f64::total_cmp);
            let found = quantiles(&data, &shares, QuantileMethod::Nearest).unwrap();
            prop_assert_eq!(found, sorted);
        }

        #[test]
        fn the_median_is_the_middle_quantile(data in prop::collection::vec(-1e3..1e3_f64, 1..40)) {
            let half = quantiles(&data, &[0.5], QuantileMethod::Linear).unwrap()[0];
            prop_assert!((median(&data).unwrap() - half).abs() <= 1e-12);
        }
    }
}
