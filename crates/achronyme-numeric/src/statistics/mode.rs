//! The most frequent number.

use super::empty;
use crate::Error;

/// The smallest of the most frequent numbers, and how often it is there. All NaN are one, which is
/// greater than all others.
///
/// # Errors
/// There is no number.
pub fn mode(data: &[f64]) -> Result<(f64, usize), Error> {
    let key = |x: f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
    let mut data: Vec<f64> = data.iter().map(|x| key(*x)).collect();
    data.sort_unstable_by(f64::total_cmp);
    let mut best: Option<(f64, usize)> = None;
    for run in data.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        if best.is_none_or(|(_, count)| run.len() > count) {
            best = Some((run[0], run.len()));
        }
    }
    best.ok_or_else(empty)
}

#[cfg(test)]
mod tests {
    use super::mode;

    #[test]
    fn the_smallest_of_the_most_frequent_wins() {
        assert_eq!(mode(&[1.0, 2.0, 2.0, 3.0, 3.0]), Ok((2.0, 2)));
        assert_eq!(mode(&[4.0, -1.0, 4.0, -1.0]), Ok((-1.0, 2)));
        assert_eq!(mode(&[0.0, -0.0, 1.0]).map(|mode| mode.1), Ok(2));
        assert!(mode(&[f64::NAN, -f64::NAN, 1.0]).is_ok_and(|(x, count)| x.is_nan() && count == 2));
        assert!(mode(&[]).is_err());
    }
}
