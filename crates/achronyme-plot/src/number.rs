//! Conversions between the kinds of numbers, each saying what becomes of what does not fit.

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of what is drawn are far below 2^53")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// The whole part of a number that is not negative; 0 for NaN and negative numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, as promised"
)]
pub(crate) fn count(number: f64) -> usize {
    number as usize
}

/// The whole part of a number, saturated.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as promised")]
pub(crate) fn whole(number: f64) -> i64 {
    number as i64
}

/// A whole number as a number.
#[expect(clippy::cast_precision_loss, reason = "whole numbers here count steps, below 2^53")]
pub(crate) fn integer(whole: i64) -> f64 {
    whole as f64
}

/// A place in a picture with the precision of the rasteriser.
#[expect(clippy::cast_possible_truncation, reason = "places in pictures need no more digits")]
pub(crate) fn single(number: f64) -> f32 {
    number as f32
}

/// A share of 0 to 1 as a byte.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number was clamped"
)]
pub(crate) fn byte(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// Ten to a whole power, correctly rounded; 0 or infinity beyond what there is.
pub(crate) fn power_of_ten(exponent: i64) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// The exponent of the leading decimal digit of a positive number.
pub(crate) fn leading_exponent(number: f64) -> i64 {
    let text = format!("{number:e}");
    text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_digits_are_found_exactly() {
        for (number, exponent) in [(1.0, 0), (9.99, 0), (10.0, 1), (1e-300, -300), (999_999.9, 5)] {
            assert_eq!(leading_exponent(number), exponent);
        }
        assert_eq!(power_of_ten(-3).to_bits(), 1e-3_f64.to_bits());
    }
}
