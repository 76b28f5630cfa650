//! Text of numbers.

use std::fmt::Write as _;

use crate::Complex;
use crate::numbers::is_integer;

/// Whole numbers below this are exact.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
const MINUS_ZERO: u64 = 1 << 63;

/// Writes the shortest decimal that stands for exactly this number, without exponent.
pub fn write_number(text: &mut String, number: f64) {
    let written = if number.is_nan() {
        text.write_str("NaN")
    } else if number.is_infinite() {
        text.write_str(if number > 0.0 { "Infinity" } else { "-Infinity" })
    } else if is_integer(number) && number.abs() < WHOLE_MAX && number.to_bits() != MINUS_ZERO {
        // The same digits, sooner.
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        let whole = number as i64;
        text.write_str(itoa::Buffer::new().format(whole))
    } else {
        write!(text, "{number}")
    };
    debug_assert!(written.is_ok(), "a String takes everything");
}

/// The number with at most so many digits after the point, as `round` has it; the number itself
/// where no digits are given.
#[inline]
pub(crate) fn rounded(number: f64, digits: Option<usize>) -> f64 {
    match digits {
        None => number,
        // Adding 0 takes the sign from a zero.
        Some(digits) => {
            achronyme_numeric::rounded(number, i32::try_from(digits).unwrap_or(i32::MAX)) + 0.0
        }
    }
}

/// Writes the truth value that a number of a mask stands for.
pub(crate) fn write_truth(text: &mut String, number: f64) {
    text.push_str(if number == 0.0 { "false" } else { "true" });
}

/// Writes `RE+IMi` or `RE-IMi`.
pub(crate) fn write_complex(text: &mut String, number: Complex) {
    write_number(text, number.re);
    if number.im.is_nan() || number.im.is_sign_positive() {
        text.push('+');
    }
    write_number(text, number.im);
    text.push('i');
}
