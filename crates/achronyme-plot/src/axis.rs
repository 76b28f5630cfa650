//! An axis: from numbers to places, and back to the numbers that are marked.

use crate::Scale;
use crate::number::{count, leading_exponent, power_of_ten, real};
use crate::ticks::{self, Alphabet, Ticks};

/// An axis with its two ends, which differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    /// The number at the left or lower end; may be the greater one.
    pub(crate) from: f64,
    /// The number at the right or upper end.
    pub(crate) to: f64,
    /// Texts for the places 0, 1, 2 and so on, instead of numbers.
    pub(crate) categories: Option<Vec<String>>,
    /// Whether only whole numbers are marked, as those of rows and columns.
    pub(crate) is_whole: bool,
}

/// The least and greatest of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    /// An axis does not reach beyond its data at these ends.
    pub(crate) is_tight: bool,
    /// An axis that begins at this number, as bars do, does not reach beyond it.
    pub(crate) base: Option<f64>,
}

impl Range {
    pub(crate) const EMPTY: Self =
        Self { lo: f64::INFINITY, hi: f64::NEG_INFINITY, is_tight: false, base: None };

    /// Takes in one number, if it can be shown on the scale.
    pub(crate) fn add(&mut self, number: f64, scale: Scale) {
        if scale == Scale::Linear || number > 0.0 {
            // Both ignore NaN.
            self.lo = self.lo.min(number);
            self.hi = self.hi.max(number);
        }
    }
}

impl Axis {
    /// An axis that shows a range, with some room around it.
    pub(crate) fn around(range: Range, scale: Scale) -> Self {
        let Range { lo, hi, .. } = range;
        let (lo, hi) = if lo > hi {
            match scale {
                Scale::Linear => (0.0, 1.0),
                Scale::Log => (1.0, 10.0),
            }
        } else {
            (lo, hi)
        };
        let mut axis = Self { scale, from: lo, to: hi, categories: None, is_whole: false };
        match scale {
            Scale::Linear => axis.widen_linear(range),
            Scale::Log => axis.widen_log(range),
        }
        axis
    }

    /// An axis between limits that a user chose.
    pub(crate) fn between([from, to]: [f64; 2], scale: Scale) -> Self {
        let mut axis = Self { scale, from, to, categories: None, is_whole: false };
        if axis.is_flat() {
            axis = Self::around(Range { lo: from, hi: from, ..Range::EMPTY }, scale);
        }
        axis
    }

    /// An axis with a place for each text.
    pub(crate) fn of(categories: Vec<String>) -> Self {
        let to = real(categories.len().max(1)) - 0.5;
        Self { scale: Scale::Linear, from: -0.5, to, categories: Some(categories), is_whole: true }
    }

    /// Whether the ends are too close for the precision of numbers.
    fn is_flat(&self) -> bool {
        let size = (self.to - self.from).abs();
        size < 1e-290 || size < 1e-12 * self.from.abs().max(self.to.abs())
    }

    fn widen_linear(&mut self, range: Range) {
        if self.is_flat() {
            let middle = f64::midpoint(self.from, self.to);
            let reach = if middle.abs() < 1e-280 { 1.0 } else { middle.abs() * 0.1 };
            (self.from, self.to) = (middle - reach, middle + reach);
            if let Some(base) = range.base {
                let other = if middle < base { middle - reach } else { middle + reach };
                (self.from, self.to) = (base.min(other), base.max(other));
            }
            return;
        }
        if range.is_tight {
            return;
        }
        let room = (self.to - self.from) * 0.05;
        let is_base = |end: f64| range.base.is_some_and(|base| base.total_cmp(&end).is_eq());
        let (is_from_base, is_to_base) = (is_base(self.from), is_base(self.to));
        if !is_from_base {
            self.from -= room;
        }
        if !is_to_base {
            self.to += room;
        }
    }

    fn widen_log(&mut self, range: Range) {
        let ratio = self.to / self.from;
        if ratio < 1.0 + 1e-9 || self.to < 1e-300 {
            (self.from, self.to) = (self.from / 3.0, self.to * 3.0);
        } else if !range.is_tight {
            let room = libm::pow(10.0, libm::log10(ratio.min(1e300)) * 0.05);
            (self.from, self.to) = (self.from / room, self.to * room);
        }
        // Smaller numbers have fewer digits, or are none at all as powers of ten.
        self.from = self.from.max(1e-300);
        self.to = self.to.max(self.from * 10.0);
        if range.base.is_some() {
            // Bars begin at a decade below all of them.
            self.from = power_of_ten(leading_exponent(self.from));
        }
    }

    /// Where a number is: 0 at the first end, 1 at the other, finite for those far away. NaN if it is
    /// nowhere.
    pub(crate) fn place(&self, number: f64) -> f64 {
        match self.scale {
            Scale::Linear => ((number - self.from) / (self.to - self.from)).clamp(-1e100, 1e100),
            Scale::Log if number > 0.0 => {
                let from = libm::log10(self.from);
                (libm::log10(number) - from) / (libm::log10(self.to) - from)
            }
            Scale::Log => f64::NAN,
        }
    }

    /// Where bars begin: at 0, or at the lower end of a logarithmic axis.
    pub(crate) fn base(&self) -> f64 {
        match self.scale {
            Scale::Linear => 0.0,
            Scale::Log => self.from.min(self.to),
        }
    }

    pub(crate) fn is_log(&self) -> bool {
        self.scale == Scale::Log
    }

    /// At most so many marked numbers; all the categories, if it has some.
    pub(crate) fn ticks(&self, most: usize, alphabet: Alphabet) -> Ticks {
        if let Some(categories) = &self.categories {
            let major =
                categories.iter().enumerate().map(|(index, text)| (real(index), text.clone()));
            let (lo, hi) = (self.from.min(self.to), self.from.max(self.to));
            let major = major.filter(|(place, _)| (lo..=hi).contains(place)).collect();
            return Ticks { major, ..Ticks::default() };
        }
        let (lo, hi) = (self.from.min(self.to), self.from.max(self.to));
        match self.scale {
            Scale::Linear if self.is_whole => {
                ticks::linear(lo, hi, most.min(count(hi - lo)), alphabet)
            }
            Scale::Linear => ticks::linear(lo, hi, most, alphabet),
            Scale::Log => ticks::logarithmic(lo, hi, most, alphabet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(numbers: &[f64], scale: Scale) -> Axis {
        let mut range = Range::EMPTY;
        numbers.iter().for_each(|number| range.add(*number, scale));
        Axis::around(range, scale)
    }

    #[test]
    fn an_axis_reaches_a_little_beyond_its_data() {
        let axis = around(&[0.0, f64::NAN, 100.0], Scale::Linear);
        assert_eq!((axis.from, axis.to), (-5.0, 105.0));
        let axis = around(&[-1.0, 1.0, 100.0], Scale::Log);
        assert!(axis.from > 0.7 && axis.from < 0.8 && axis.to > 125.0 && axis.to < 126.0);
    }

    #[test]
    fn an_axis_has_a_length_whatever_is_on_it() {
        for numbers in [&[][..], &[0.0], &[5.0, 5.0], &[-1e300, 1e300], &[1e-320], &[f64::NAN]] {
            for scale in [Scale::Linear, Scale::Log] {
                let axis = around(numbers, scale);
                assert!(axis.from < axis.to, "{numbers:?} {scale:?}");
                assert!(
                    !axis.ticks(6, Alphabet::Unicode).major.is_empty(),
                    "{numbers:?} {scale:?}"
                );
            }
        }
    }
}
