//! When a cell was written last, roughly: a byte for each cell, and one for its page.

/// A stretch of a count that only grows, such as of instructions.
///
/// Each doubling of the count is an era of 256 periods, so that a cell needs one byte to say in which
/// of them it was written, however far the count comes. The first era is as long as 2^24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub(crate) era: u8,
    pub(crate) part: u8,
}

/// Bits of the last count of the first era.
const FIRST_ERA_BITS: u32 = 24;
const PART_BITS: u32 = 8;

impl Period {
    /// After all others: of what is written while nobody counts.
    pub const LAST: Self = Self { era: u8::MAX, part: u8::MAX };

    /// The one that a count falls into.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the era is small, and the part is cut off"
    )]
    pub const fn of(count: u64) -> Self {
        let (era, shift) = era_and_shift(count);
        Self { era: era as u8, part: (count >> shift) as u8 }
    }

    /// The first count after the period that `count` falls into.
    #[must_use]
    pub const fn end(count: u64) -> u64 {
        let (_, shift) = era_and_shift(count);
        (count | ((1 << shift) - 1)).saturating_add(1)
    }
}

/// The era of a count, and which of its bits number the periods there: from this one on.
const fn era_and_shift(count: u64) -> (u32, u32) {
    let bits = u64::BITS - count.leading_zeros();
    let era = bits.saturating_sub(FIRST_ERA_BITS);
    // Later eras are all of the same highest bit, which need not be said.
    let shift = FIRST_ERA_BITS - PART_BITS + era.saturating_sub(1);
    (era, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_each_other_and_end_where_the_next_one_begins() {
        let mut count = 0;
        let mut periods = 0;
        while count < 1 << 40 {
            let end = Period::end(count);
            assert_eq!(Period::of(end - 1), Period::of(count), "{count}");
            assert!(Period::of(end) > Period::of(count), "{count}");
            count = end;
            periods += 1;
        }
        assert_eq!(periods, 256 * (40 - 24 + 1));
        assert_eq!(Period::end(u64::MAX), u64::MAX);
        assert!(Period::of(u64::MAX) < Period::LAST);
    }
}
