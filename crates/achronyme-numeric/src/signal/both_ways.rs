//! Filtering forwards and backwards, which delays nothing.

use super::filter::Filter;
use super::sample::Sample;
use crate::Error;

/// How a signal goes on beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Turned around its last value by half a turn.
    Odd,
    /// Mirrored at its last value.
    Even,
    /// With its last value.
    Constant,
    /// With zeros.
    Zeros,
}

impl Extension {
    /// The extension of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "odd" => Ok(Self::Odd),
            "even" => Ok(Self::Even),
            "constant" => Ok(Self::Constant),
            "zeros" => Ok(Self::Zeros),
            _ => Err(Error::value(format!(
                "unknown extension '{name}' (known: odd, even, constant, zeros, null)"
            ))),
        }
    }

    /// A signal with so many values more at both ends.
    ///
    /// # Errors
    /// The signal is too short: it must have more values than are added at each end.
    pub fn extend<T: Sample>(self, signal: &[T], count: usize) -> Result<Vec<T>, Error> {
        if signal.len() <= count && !(self == Self::Zeros || count == 0) {
            return Err(Error::value(format!(
                "the signal must have more than {count} values, the padding, and has {}",
                signal.len()
            )));
        }
        let last = signal.len().saturating_sub(1);
        let beyond = |end: usize, inner: usize| match self {
            Self::Odd => signal[end] + signal[end] - signal[inner],
            Self::Even => signal[inner],
            Self::Constant => signal[end],
            Self::Zeros => T::default(),
        };
        let mut extended = Vec::with_capacity(signal.len() + 2 * count);
        extended.extend((1..=count).rev().map(|k| beyond(0, k)));
        extended.extend_from_slice(signal);
        extended.extend((1..=count).map(|k| beyond(last, last.saturating_sub(k))));
        Ok(extended)
    }
}

/// A signal filtered forwards, and the result backwards, beginning as if the values at the ends had
/// been there for ever. Before it the signal is extended by `padding` values at both ends, which are
/// cut off afterwards.
///
/// # Errors
/// The signal is too short, or the filter never settles.
pub fn filter_both_ways<T: Sample>(
    filter: &Filter<T>,
    signal: &[T],
    extension: Extension,
    padding: usize,
) -> Result<Vec<T>, Error> {
    if signal.is_empty() {
        return Ok(Vec::new());
    }
    let mut extended = extension.extend(signal, padding)?;
    let settled = filter.settled()?;
    for _ in 0..2 {
        let first = extended[0];
        let mut state: Vec<T> = settled.iter().map(|value| *value * first).collect();
        filter.run(&mut extended, &mut state);
        extended.reverse();
    }
    extended.truncate(padding + signal.len());
    extended.drain(..padding);
    Ok(extended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_passes_unchanged() {
        let filter = Filter::new(&[0.25, 0.25], &[1.0, -0.5]).unwrap();
        let line: Vec<f64> = (0..20).map(f64::from).collect();
        let filtered = filter_both_ways(&filter, &line, Extension::Odd, 6).unwrap();
        assert!((filtered[10] - 10.0).abs() < 0.01);
        let constant = filter_both_ways(&filter, &[2.0; 9], Extension::Constant, 6).unwrap();
        assert!(constant.iter().all(|y| (y - 2.0).abs() < 1e-14));
    }

    #[test]
    fn extensions_are_scipys() {
        let x = [1.0, 2.0, 4.0];
        let extend = |extension: Extension| extension.extend(&x, 2).unwrap();
        assert_eq!(extend(Extension::Odd), [-2.0, 0.0, 1.0, 2.0, 4.0, 6.0, 7.0]);
        assert_eq!(extend(Extension::Even), [4.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0]);
        assert_eq!(extend(Extension::Constant), [1.0, 1.0, 1.0, 2.0, 4.0, 4.0, 4.0]);
        assert_eq!(extend(Extension::Zeros), [0.0, 0.0, 1.0, 2.0, 4.0, 0.0, 0.0]);
        assert!(Extension::Odd.extend(&x, 3).is_err());
    }
}
