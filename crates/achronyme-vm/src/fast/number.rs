//! Whole numbers among the floating-point ones, without conversion.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "bounds are checked before; equal means that nothing was rounded"
)]

/// 2^52: adding it moves a small whole number to the lowest bits.
pub(super) const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Whether it is a whole number below 2^51. Others may be whole, too.
#[inline(always)]
pub(super) fn is_whole(number: f64) -> bool {
    // Numbers from 2^52 to 2^53 are the whole ones; from the middle there is as much room on both sides.
    const MIDDLE: f64 = 1.5 * WHOLE;
    number.abs() < 0.5 * WHOLE && number + MIDDLE - MIDDLE == number
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
