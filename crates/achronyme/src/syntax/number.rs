//! How numbers are written.

/// The length of the number that `text` begins with, and whether it is one that means something.
///
/// Letters, digits and underscores that touch a number belong to it, so that `0b1` and `1_000` are
/// one mistake and not two tokens.
pub(super) fn number(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if text.starts_with("0x") || text.starts_with("0X") {
        let length = word(text);
        let is_good = length > 2 && bytes[2..length].iter().all(u8::is_ascii_hexdigit);
        return (length, is_good);
    }
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') && is_digit(at + 1) {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if is_digit(at + 1 + sign) {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    let rest = word(&text[at..]);
    (at + rest, rest == 0 || &text[at..at + rest] == "i")
}

/// The length of the letters, digits and underscores that `text` begins with.
pub(super) fn word(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// What a number's token means, without the `i` of an imaginary one.
pub(crate) fn number_value(text: &str) -> f64 {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let digit = |digit: char| f64::from(digit.to_digit(16).unwrap_or(0));
        // Exact up to 2^53, as literals in decimal are.
        return match u64::from_str_radix(digits, 16) {
            #[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
            Ok(value) => value as f64,
            Err(_) => digits.chars().fold(0.0, |value, next| value * 16.0 + digit(next)),
        };
    }
    text.strip_suffix('i').unwrap_or(text).parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_should() {
        for (text, length, is_good) in [
            ("1..5", 1, true),
            ("1.5.2", 3, true),
            ("1.e5", 1, true),
            ("2.5E+3-1", 6, true),
            (".5..1", 2, true),
            ("3i.re", 2, true),
            ("1e", 2, false),
            ("1e+", 2, false),
            ("0x1F", 4, true),
            ("0x", 2, false),
            ("2x ", 2, false),
            ("1_000", 5, false),
            ("3in", 3, false),
        ] {
            assert_eq!(number(text), (length, is_good), "{text}");
        }
    }

    #[test]
    fn numbers_mean_what_they_say() {
        for (text, value) in [("0x1F", 31.0), (".5", 0.5), ("007", 7.0), ("1.5e3i", 1500.0)] {
            assert!((number_value(text) - value).abs() < 1e-12, "{text}");
        }
        assert!((number_value("0xffffffffffffffffff") / 16_f64.powi(18) - 1.0).abs() < 1e-12);
    }
}
