//! What a box with whiskers says of a group of numbers.

/// The five numbers of a box, and what lies beyond its whiskers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spread {
    /// The ends of the whiskers: the furthest numbers within 1.5 times the height of the box.
    pub(crate) whiskers: [f64; 2],
    /// The lower and the upper quartile.
    pub(crate) quartiles: [f64; 2],
    pub(crate) median: f64,
    /// Ascending.
    pub(crate) outliers: Vec<f64>,
}

impl Spread {
    /// Of all numbers that are shown on the axis; nothing if there are none.
    ///
    /// Quantiles lie between two numbers in proportion (type 7 of R. J. Hyndman and Y. Fan, 1996),
    /// whiskers and outliers are J. W. Tukey's.
    pub(crate) fn of(group: &[f64], is_log: bool) -> Option<Self> {
        let is_shown = |number: &f64| !number.is_nan() && (!is_log || *number > 0.0);
        let mut sorted: Vec<f64> = group.iter().copied().filter(is_shown).collect();
        sorted.sort_by(f64::total_cmp);
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        let [lower, median, upper] = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
        let reach = 1.5 * (upper - lower);
        let is_near = |number: &f64| (lower - reach..=upper + reach).contains(number);
        let near = || sorted.iter().copied().filter(|number| is_near(number));
        let whiskers = [near().next().unwrap_or(first), near().next_back().unwrap_or(last)];
        let outliers = sorted.iter().copied().filter(|number| !is_near(number)).collect();
        // Whiskers begin at the box, even if all numbers beyond it are outliers.
        let whiskers = [whiskers[0].min(lower), whiskers[1].max(upper)];
        Some(Self { whiskers, quartiles: [lower, upper], median, outliers })
    }
}

/// The number below which a share of ascending numbers lies.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * crate::number::real(sorted.len() - 1);
    let below = crate::number::count(place);
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_the_quartiles_and_whiskers_of_the_numbers_near_it() {
        let spread = Spread::of(&[1.0, 2.0, f64::NAN, 3.0, 4.0, 5.0, 100.0, 6.0], false).unwrap();
        let outliers = vec![100.0];
        let (whiskers, quartiles) = ([1.0, 6.0], [2.5, 5.5]);
        assert_eq!(spread, Spread { whiskers, quartiles, median: 4.0, outliers });
        assert_eq!(Spread::of(&[f64::NAN], false), None);
        assert_eq!(Spread::of(&[-1.0], true), None);
    }
}
