//! Numbers that are written in texts.

/// The number that a text is, blanks around it aside: digits with a point or exponent, `_` between
/// digits, `0x 0b 0o`, `inf nan Infinity NaN`, each with a sign before it. The nearest double.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = match rest {
        "nan" | "NaN" => return Some(f64::NAN),
        "inf" | "Infinity" => f64::INFINITY,
        _ => match rest.get(..2) {
            Some("0x" | "0X") => integer(rest.get(2..)?, 16)?,
            Some("0o" | "0O") => integer(rest.get(2..)?, 8)?,
            Some("0b" | "0B") => integer(rest.get(2..)?, 2)?,
            _ => decimal(rest)?,
        },
    };
    Some(if is_negative { -number } else { number })
}

/// Whether every `_` stands between two digits.
fn is_spaced(text: &str, is_digit: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let is_digit_at =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| is_digit(*b));
    let between = |at: usize| is_digit_at(at.checked_sub(1)) && is_digit_at(at.checked_add(1));
    bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || between(at))
}

fn decimal(text: &str) -> Option<f64> {
    let is_number =
        |byte: u8| matches!(byte, b'0'..=b'9' | b'_' | b'.' | b'e' | b'E' | b'+' | b'-');
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !begins || !text.bytes().all(is_number) || !is_spaced(text, |byte| byte.is_ascii_digit()) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// The digits in a base that is a power of two. Those that a double has no room for are rounded.
fn integer(digits: &str, base: u32) -> Option<f64> {
    let is_digit = |byte: u8| char::from(byte).is_digit(base);
    if digits.is_empty() || !is_spaced(digits, is_digit) {
        return None;
    }
    let (mut head, mut lost, mut is_inexact) = (0_u64, 0_i32, false);
    let bits = base.trailing_zeros();
    for digit in digits.chars().filter(|c| *c != '_') {
        let digit = digit.to_digit(base)?;
        if head >> (64 - bits) == 0 {
            head = head << bits | u64::from(digit);
        } else {
            lost = lost.saturating_add(bits.cast_signed());
            is_inexact |= digit != 0;
        }
    }
    // The lowest of 64 bits lies far below the last that a double keeps: it breaks ties.
    let head = head | u64::from(is_inexact);
    #[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
    let mut number = head as f64;
    while lost > 0 && number.is_finite() && number > 0.0 {
        let step = lost.min(1000);
        number *= f64::from_bits(u64::from(1023 + step.unsigned_abs()) << 52);
        lost -= step;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_a_number_is_read() {
        let cases = [
            ("3.5", 3.5),
            (" -1e3 ", -1000.0),
            ("0x1F", 31.0),
            ("-0b101", -5.0),
            ("+0o17", 15.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1_000.000_1", 1000.0001),
            ("0xff_ff", 65535.0),
            ("1E-2", 0.01),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
            ("0x20000000000001", 9_007_199_254_740_992.0),
            ("0x20000000000003", 9_007_199_254_740_996.0),
            ("0x20000000000001000000000001", 9_007_199_254_740_994.0 * 281_474_976_710_656.0),
            ("\u{2003}7\n", 7.0),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        assert!(number("NaN").is_some_and(f64::is_nan) && number("-nan").is_some_and(f64::is_nan));
        let zeros = format!("0x1{}", "0".repeat(300));
        assert_eq!(number(&zeros), Some(f64::INFINITY));
        assert_eq!(number(&format!("0x{}1", "0".repeat(300))), Some(1.0));
    }

    #[test]
    fn what_is_no_number_is_not() {
        let cases = [
            "", " ", "abc", "1 2", "1__0", "_1", "1_", "1._5", "0x", "0x_1", "0b2", "1e", "--1",
            "+-1", ".", "e5", "infinity", "1,5", "0x1.8", "１", "0é", "1e5_", "é",
        ];
        for text in cases {
            assert_eq!(number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_is_written(value: f64) {
            prop_assume!(!value.is_nan());
            prop_assert_eq!(number(&value.to_string()), Some(value));
            prop_assert_eq!(number(&format!("{value:e}")), Some(value));
        }

        #[test]
        fn bases_agree(value: u64) {
            #[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
            let expected = Some(value as f64);
            prop_assert_eq!(number(&format!("0x{value:x}")), expected);
            prop_assert_eq!(number(&format!("0o{value:o}")), expected);
            prop_assert_eq!(number(&format!("0b{value:b}")), expected);
        }

        #[test]
        fn no_text_is_too_strange(text: String) {
            let _ = number(&text);
        }
    }
}
