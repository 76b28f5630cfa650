//! Whole numbers among the floats: to and fro without the conversions that mind all others.

/// 2²³: added to a number from 0 up to there, it leaves the whole part in the low bits.
pub(super) const MAGIC: f32 = 8_388_608.0;
pub(super) const MAGIC_BITS: u32 = MAGIC.to_bits();

/// A whole number from 0 up to 2²³ as such, which is quicker than a conversion that minds all others.
#[inline(always)]
pub(super) fn whole(number: f32) -> Option<u32> {
    let bits = low_bits(number);
    (bits < 1 << 23 && is_whole(number)).then_some(bits)
}

/// The number that [`whole`] gives, if it gives one.
#[inline(always)]
pub(super) fn low_bits(number: f32) -> u32 {
    (number + MAGIC).to_bits().wrapping_sub(MAGIC_BITS)
}

/// Whether a number that is not negative, and below 2²³, is whole.
#[inline(always)]
pub(super) fn is_whole(number: f32) -> bool {
    (number + MAGIC - MAGIC).to_bits() == number.to_bits()
}

/// The number that [`whole`] takes apart.
#[inline(always)]
pub(super) fn number_of(whole: u32) -> f32 {
    f32::from_bits(MAGIC_BITS + whole) - MAGIC
}

/// The remainder, rounded as `exec` does it; NaN for what `exec` should look at.
#[inline(always)]
pub(super) fn modulo(a: f32, b: f32) -> f32 {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) if b > 0 => number_of(a % b),
        _ => f32::NAN,
    }
}

/// Bit by bit; NaN for what `exec` should look at.
#[inline(always)]
pub(super) fn bit_and(a: f32, b: f32) -> f32 {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => number_of(a & b),
        _ => f32::NAN,
    }
}
