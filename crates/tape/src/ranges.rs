//! A sorted set of byte ranges, shared in O(1).

use std::ops::Range;
use std::sync::Arc;

use crate::position::page_number;

/// Ranges in ascending order which neither overlap nor touch.
#[derive(Clone, Default)]
pub(crate) struct Ranges(Arc<[Range<i64>]>);

impl Ranges {
    /// The set of all positions in `ranges`; empty ranges count for nothing.
    pub(crate) fn new(ranges: &[Range<i64>]) -> Self {
        let mut sorted: Vec<_> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
        sorted.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<i64>> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        Self(joined.into())
    }

    /// This set with the positions of `range` added.
    pub(crate) fn with(&self, range: Range<i64>) -> Self {
        let mut ranges = self.0.to_vec();
        ranges.push(range);
        Self::new(&ranges)
    }

    /// Whether any position from `first` to `last`, both included, is in the set.
    pub(crate) fn touch(&self, first: i64, last: i64) -> bool {
        let next = self.0.partition_point(|range| range.end <= first);
        self.0.get(next).is_some_and(|range| range.start <= last)
    }

    /// Whether any position of the page is in the set.
    pub(crate) fn touch_page(&self, number: i64) -> bool {
        let next = self.0.partition_point(|range| page_number(range.end - 1) < number);
        self.0.get(next).is_some_and(|range| page_number(range.start) <= number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_touch_exactly_what_they_hold() {
        let ranges = Ranges::new(&[8192..8193, 3..5, 4..9, 7..7, 9..10, -3..-1]);
        let held: Vec<i64> = (-5..20).filter(|at| ranges.touch(*at, *at)).collect();
        assert_eq!(held, [-3, -2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(ranges.touch(-1, 3) && !ranges.touch(-1, 2));
        let pages: Vec<i64> = (-3..4).filter(|page| ranges.touch_page(*page)).collect();
        assert_eq!(pages, [-1, 0, 2]);
        assert!(Ranges::new(&[i64::MAX - 1..i64::MAX, 0..1]).touch(i64::MAX - 1, i64::MAX));
    }
}
