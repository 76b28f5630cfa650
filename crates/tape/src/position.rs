//! Positions on the tape, and the pages that they lie in.

use crate::page::PAGE_SIZE;

pub(crate) const PAGE_BITS: u32 = PAGE_SIZE.trailing_zeros();
pub(crate) const OFFSET_MASK: i64 = (1 << PAGE_BITS) - 1;

/// The page of a position.
pub(crate) const fn page_number(at: i64) -> i64 {
    at >> PAGE_BITS
}

/// The first position of a page.
pub(crate) const fn page_start(number: i64) -> i64 {
    number << PAGE_BITS
}

/// The place of a position in its page.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "masked to the size of a page")]
pub(crate) const fn page_offset(at: i64) -> usize {
    (at & OFFSET_MASK).cast_unsigned() as usize
}

/// The last of `len` positions from `at`, or nothing past the end and for no positions.
pub(crate) fn last_position(at: i64, len: usize) -> Option<i64> {
    at.checked_add_unsigned(u64::try_from(len.checked_sub(1)?).ok()?)
}
