//! How many numbers lie between the edges of bins.

use libm::{cbrt, log2};

use super::float;
use super::quantile::{QuantileMethod, quantiles};
use crate::{Error, extreme};

/// How the bins are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// So many, of equal width.
    Count(usize),
    /// Those between neighbours among these.
    Edges(Vec<f64>),
    /// As many as Sturges or Freedman and Diaconis say, whichever is more.
    Auto,
    /// log₂ n + 1: Sturges.
    Sturges,
    /// Of the width 2 IQR / ∛n: Freedman and Diaconis.
    FreedmanDiaconis,
}

/// What lies in each bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// How many numbers, or the sum of their weights.
    pub counts: Vec<f64>,
    /// The edges of the bins, one more than bins. The last bin has both of its edges, the others
    /// only the lower one.
    pub edges: Vec<f64>,
}

/// Counts numbers by bins, within `range` if it is given: what lies outside is left out.
/// O(n) for bins of equal width, otherwise O(n log bins).
///
/// # Errors
/// A number is NaN, an edge or the range is not finite or not ascending, or weights are not as many
/// as numbers.
pub fn histogram(
    data: &[f64],
    bins: &Bins,
    range: Option<(f64, f64)>,
    weights: Option<&[f64]>,
) -> Result<Histogram, Error> {
    if data.iter().any(|x| x.is_nan()) {
        return Err(Error::value("NaN lies in no bin"));
    }
    if let Some(weights) = weights.filter(|weights| weights.len() != data.len()) {
        let message = format!("{} weights for {} numbers", weights.len(), data.len());
        return Err(Error::shape(message));
    }
    let is_uniform = !matches!(bins, Bins::Edges(_));
    let edges = match bins {
        Bins::Edges(edges) => checked(edges.clone())?,
        Bins::Count(count) => {
            let (low, high) = limits(data, range)?;
            uniform_edges(low, high, *count)?
        }
        Bins::Auto | Bins::Sturges | Bins::FreedmanDiaconis => {
            let (low, high) = limits(data, range)?;
            let within: Vec<f64> =
                data.iter().copied().filter(|x| (low..=high).contains(x)).collect();
            uniform_edges(low, high, estimated(&within, bins)?)?
        }
    };
    let (low, high) = (edges[0], edges[edges.len() - 1]);
    let mut counts = vec![0.0; edges.len() - 1];
    let by_width = float(counts.len()) / (high - low);
    for (place, x) in data.iter().enumerate() {
        if (low..=high).contains(x) {
            let bin = if is_uniform {
                near(&edges, *x, (x - low) * by_width)
            } else {
                let last = counts.len() - 1;
                edges.partition_point(|edge| edge <= x).saturating_sub(1).min(last)
            };
            counts[bin] += weights.map_or(1.0, |weights| weights[place]);
        }
    }
    Ok(Histogram { counts, edges })
}

/// The last bin whose lower edge is at most `x`, looked for from a guess on.
fn near(edges: &[f64], x: f64, guess: f64) -> usize {
    let last = edges.len() - 2;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let mut bin = (guess as usize).min(last);
    while bin > 0 && edges[bin] > x {
        bin -= 1;
    }
    while bin < last && edges[bin + 1] <= x {
        bin += 1;
    }
    bin
}

impl Histogram {
    /// The counts as a density: its integral over the bins is 1.
    #[must_use]
    pub fn density(&self) -> Vec<f64> {
        let sum: f64 = self.counts.iter().sum();
        let widths = self.edges.windows(2).map(|pair| pair[1] - pair[0]);
        self.counts.iter().zip(widths).map(|(count, width)| count / sum / width).collect()
    }
}

/// From where to where bins go: half around numbers that are all the same, and from 0 to 1 around
/// none.
fn limits(data: &[f64], range: Option<(f64, f64)>) -> Result<(f64, f64), Error> {
    let (low, high) = range
        .unwrap_or_else(|| extreme(data, false).zip(extreme(data, true)).unwrap_or((0.0, 1.0)));
    if !(low.is_finite() && high.is_finite()) {
        return Err(Error::value(format!("the range from {low} to {high} is not finite")));
    }
    if low > high {
        return Err(Error::value(format!("the range from {low} to {high} is not ascending")));
    }
    Ok(if low < high { (low, high) } else { (low - 0.5, high + 0.5) })
}

/// The edges of so many bins of equal width; the last is `high` exactly.
///
/// # Errors
/// There is no bin, or the width is beyond doubles.
pub fn uniform_edges(low: f64, high: f64, count: usize) -> Result<Vec<f64>, Error> {
    if count == 0 {
        return Err(Error::value("bins must be at least 1"));
    }
    let step = (high - low) / float(count);
    if !step.is_finite() {
        return Err(Error::value(format!("the range from {low} to {high} is too wide")));
    }
    let mut edges: Vec<f64> = (0..count).map(|i| low + float(i) * step).collect();
    edges.push(high + 0.0);
    Ok(edges)
}

fn checked(edges: Vec<f64>) -> Result<Vec<f64>, Error> {
    if edges.len() < 2 {
        return Err(Error::value("bins must have at least two edges"));
    }
    let is_ascending = edges.windows(2).all(|pair| pair[0] <= pair[1]);
    if !is_ascending || edges.iter().any(|edge| !edge.is_finite()) {
        return Err(Error::value("the edges of bins must be finite and ascending"));
    }
    Ok(edges)
}

/// How many bins numbers should have.
fn estimated(data: &[f64], bins: &Bins) -> Result<usize, Error> {
    /// More would be of no use to anybody.
    const MOST: f64 = 1e6;
    let Some((low, high)) = extreme(data, false).zip(extreme(data, true)) else { return Ok(1) };
    let (width, count) = (high - low, float(data.len()));
    let quarters = quantiles(data, &[0.25, 0.75], QuantileMethod::Linear)?;
    let by_sturges = width / (log2(count) + 1.0);
    let by_spread = 2.0 * (quarters[1] - quarters[0]) / cbrt(count);
    let bin = match bins {
        Bins::FreedmanDiaconis => by_spread,
        Bins::Auto if by_spread > 0.0 => by_spread.min(by_sturges),
        Bins::Auto | Bins::Sturges | Bins::Count(_) | Bins::Edges(_) => by_sturges,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to MOST")]
    Ok(if bin > 0.0 { (width / bin).ceil().clamp(1.0, MOST) as usize } else { 1 })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DATA: [f64; 8] = [2.5, -1.0, 4.0, 4.0, 10.0, 3.5, 0.0, 7.25];

    #[test]
    fn known_values() {
        // NumPy, as in numeric.tsv.
        let four = histogram(&DATA, &Bins::Count(4), None, None).unwrap();
        assert_eq!(four.counts, [2.0, 4.0, 0.0, 2.0]);
        assert_eq!(four.edges, [-1.0, 1.75, 4.5, 7.25, 10.0]);
        let edges = Bins::Edges(vec![-1.0, 0.0, 4.0, 10.0]);
        assert_eq!(histogram(&DATA, &edges, None, None).unwrap().counts, [1.0, 3.0, 4.0]);
        let same = histogram(&[2.0, 2.0], &Bins::Count(2), None, None).unwrap();
        assert_eq!((same.counts, same.edges), (vec![0.0, 2.0], vec![1.5, 2.0, 2.5]));
        assert_eq!(histogram(&DATA, &Bins::Sturges, None, None).unwrap().counts.len(), 4);
        assert_eq!(histogram(&DATA, &Bins::Auto, None, None).unwrap().counts.len(), 4);
    }

    #[test]
    fn bins_of_equal_width_are_found_as_any_bins_are() {
        let data: Vec<f64> = (0..1000).map(|i| libm::sin(f64::from(i)) * 1e3).collect();
        for (low, high, count) in [(-1e3, 1e3, 70), (-0.1, 0.2, 3), (5.0, 5.0 + 2e-15, 40)] {
            let edges = uniform_edges(low, high, count).unwrap();
            let mut data = data.clone();
            data.extend(&edges);
            let range = Some((low, high));
            let uniform = histogram(&data, &Bins::Count(count), range, None).unwrap();
            let any = histogram(&data, &Bins::Edges(edges), None, None).unwrap();
            assert_eq!(uniform, any);
        }
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        let one = &Bins::Count(1);
        assert!(histogram(&[1.0, f64::NAN], one, None, None).is_err());
        assert!(histogram(&[1.0, f64::INFINITY], one, None, None).is_err());
        assert!(histogram(&[1.0], one, Some((2.0, 1.0)), None).is_err());
        assert!(histogram(&[1.0], one, None, Some(&[])).is_err());
        assert!(histogram(&[1.0], &Bins::Count(0), None, None).is_err());
        assert!(histogram(&[1.0], &Bins::Edges(vec![2.0, 1.0]), None, None).is_err());
        assert!(histogram(&[-1e308, 1e308], &Bins::Count(3), None, None).is_err());
    }

    proptest! {
        #[test]
        fn every_number_lies_in_one_bin(data in prop::collection::vec(-1e3..1e3_f64, 0..60), count in 1..20_usize) {
            let histogram = histogram(&data, &Bins::Count(count), None, None).unwrap();
            prop_assert_eq!(histogram.counts.iter().sum::<f64>(), float(data.len()));
            prop_assert!(histogram.edges.is_sorted());
        }
    }
}
