//! Whole numbers among the floating-point ones, without conversion.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::eq_op,
    clippy::float_cmp,
    reason = "bounds are checked before; equal means that nothing was rounded"
)]

use crate::value::{NUMBERS_END, Value};

/// 2^52: adding it moves a small whole number to the lowest bits.
pub(super) const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Whether it is a whole number below 2^51. Others may be whole, too.
#[inline(always)]
fn is_whole(number: f64) -> bool {
    // Numbers from 2^52 to 2^53 are the whole ones; from the middle there is as much room on both sides.
    const MIDDLE: f64 = 1.5 * WHOLE;
    number.abs() < 0.5 * WHOLE && number + MIDDLE - MIDDLE == number
}

/// The index that a value is, if it is a whole number; beyond all others if it is negative or too
/// large.
#[inline(always)]
pub(super) fn index_of(value: u64) -> Option<u64> {
    let moved = f64::from_bits(value) + WHOLE;
    let is_whole = (moved - WHOLE).to_bits() == value;
    if is_whole { Some(moved.to_bits().wrapping_sub(WHOLE.to_bits())) } else { None }
}

/// A number, if it is one.
#[inline(always)]
pub(super) fn number(value: f64) -> Option<u64> {
    if value == value { Some(value.to_bits()) } else { None }
}

/// The other truth value.
#[inline(always)]
pub(super) fn opposite(value: u64) -> Option<u64> {
    if value & !1 == Value::FALSE.0 { Some(value ^ 1) } else { None }
}

/// The square root of a number that has one.
#[inline(always)]
pub(super) fn root(value: u64) -> Option<u64> {
    let value = f64::from_bits(value);
    if value >= 0.0 { Some(value.sqrt().to_bits()) } else { None }
}

/// A number without its sign.
#[inline(always)]
pub(super) fn magnitude(value: u64) -> Option<u64> {
    if value < NUMBERS_END { Some(value & (u64::MAX >> 1)) } else { None }
}

/// The first and the last number of a loop from one whole number to another.
#[inline(always)]
pub(super) fn range((first, last): (u64, u64), inclusive: bool) -> Option<(f64, f64)> {
    let (first, last) = (f64::from_bits(first), f64::from_bits(last));
    if !(is_whole(first) && is_whole(last)) {
        return None;
    }
    // -0 is 0.
    Some((first + 0.0, if inclusive { last } else { last - 1.0 }))
}

/// The remainder of whole numbers below 2^53, the first not negative; anything else is left alone.
#[inline(always)]
pub(super) fn remainder(left: f64, right: f64) -> Option<f64> {
    let (l, r) = (left + WHOLE, right + WHOLE);
    let whole = l - WHOLE == left && r - WHOLE == right;
    let l = l.to_bits().wrapping_sub(WHOLE.to_bits());
    let r = r.to_bits().wrapping_sub(WHOLE.to_bits());
    if !whole || (l | r) >> 52 != 0 || r == 0 || left.to_bits() >> 63 != 0 {
        return None;
    }
    if (l | r) >> 32 == 0 {
        return Some(f64::from((l as u32) % (r as u32)));
    }
    Some((l % r) as f64)
}
