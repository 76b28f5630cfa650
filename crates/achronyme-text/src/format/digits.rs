//! The digits of numbers from 0 on, rounded to the nearest, and to even where two are as near.

use super::spec::PLACES_MAX;

/// With so many decimal places.
pub(super) fn fixed(size: f64, places: usize) -> String {
    let shown = places.min(PLACES_MAX);
    format!("{size:.shown$}") + &"0".repeat(places - shown)
}

/// A digit before the point, so many after it, and an exponent of at least two digits.
pub(super) fn scientific(size: f64, places: usize) -> String {
    let (digits, exponent) = split(size, places);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// So many digits, with an exponent if it is below -4 or not below their number; without zeros at
/// the end, unless they are asked for.
pub(super) fn general(size: f64, count: usize, has_zeros: bool) -> String {
    let (digits, exponent) = split(size, count - 1);
    let is_scientific =
        exponent < -4 || usize::try_from(exponent).is_ok_and(|exponent| exponent >= count);
    let text = if is_scientific {
        digits
    } else {
        let places = match usize::try_from(exponent) {
            Ok(before) => count - 1 - before,
            Err(_) => count - 1 + exponent.unsigned_abs() as usize,
        };
        fixed(size, places)
    };
    let text = if has_zeros || !text.contains('.') {
        text
    } else {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if !is_scientific {
        return text;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}e{sign}{:02}", exponent.unsigned_abs())
}

/// One digit, a point and so many digits; and the power of ten they are to be taken by.
fn split(size: f64, places: usize) -> (String, i32) {
    let shown = places.min(PLACES_MAX);
    let text = format!("{size:.shown$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.to_owned() + &"0".repeat(places - shown), exponent.parse().unwrap_or(0))
}

/// An integer in the base that has so many bits for a digit. All its digits.
pub(super) fn in_base(size: f64, bits: usize) -> String {
    let raw = size.to_bits();
    let exponent = usize::try_from(raw >> 52).unwrap_or(0);
    if size < 1.0 {
        return "0".to_owned();
    }
    // The number is `mantissa * 2^(exponent - 1075)`, an integer.
    let mantissa = raw & ((1 << 52) - 1) | 1 << 52;
    let (mantissa, zeros) = match exponent.checked_sub(1075) {
        Some(zeros) => (mantissa, zeros),
        None => (mantissa >> (1075 - exponent), 0),
    };
    let is_one =
        |bit: usize| bit.checked_sub(zeros).is_some_and(|bit| bit < 64 && mantissa >> bit & 1 == 1);
    let length = zeros + 64 - mantissa.leading_zeros() as usize;
    let digit = |place: usize| {
        let value = (0..bits)
            .rev()
            .fold(0, |value, bit| value << 1 | u32::from(is_one(place * bits + bit)));
        char::from_digit(value, 16).unwrap_or('?')
    };
    (0..length.div_ceil(bits)).rev().map(digit).collect()
}
