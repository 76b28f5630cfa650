//! How numbers are written, with what makes decimals and durations of them.

use super::{Lexer, word};
use crate::codes;
use crate::syntax::kind::SyntaxKind;
use crate::syntax::literal::{Decimal, duration_value, integer_value, unit};

impl Lexer<'_> {
    /// A number. Letters and digits that touch it belong to it, so that `1x` is one mistake.
    pub(super) fn number(&mut self) -> SyntaxKind {
        let (start, rest) = (self.at, self.rest());
        let (length, kind) = shape(rest);
        self.at += length;
        let text = &rest[..length];
        let Some(kind) = kind else {
            let message = format!("`{text}` is no number");
            self.error(codes::NUMBER, start, start + length, message).hint = Some(advice(text));
            return SyntaxKind::Int;
        };
        let too_large = match kind {
            SyntaxKind::Int if integer_value(text).is_none() => "an `Int` has 64 bits",
            SyntaxKind::Decimal if Decimal::read(text).is_none() => "a `Decimal` has 28 digits",
            SyntaxKind::Duration if duration_value(text).is_none() => {
                "a duration has whole nanoseconds, and at most 292 years of them"
            }
            SyntaxKind::Float if text.parse().is_ok_and(f64::is_infinite) => {
                "a `Float` goes up to 1.8e308"
            }
            _ => return kind,
        };
        let message = format!("`{text}` is too large, or has too many digits");
        self.error(codes::TOO_LARGE, start, start + length, message).hint =
            Some(too_large.to_owned());
        kind
    }
}

/// The length of the number that a text begins with, and what it is, if it is one.
fn shape(text: &str) -> (usize, Option<SyntaxKind>) {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let is_digit = |byte: &&u8| byte.is_ascii_digit() || **byte == b'_';
        bytes[from..].iter().take_while(is_digit).count()
    };
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if text.starts_with("0x") || text.starts_with("0b") {
        let length = word(text);
        let radix = if text.starts_with("0x") { 16 } else { 2 };
        let is_good = length > 2
            && text[2..length].chars().all(|c| c.is_digit(radix) || c == '_')
            && is_grouped(&text[2..length]);
        return (length, is_good.then_some(SyntaxKind::Int));
    }
    let mut at = digits(0);
    let mut kind = SyntaxKind::Int;
    if bytes.get(at) == Some(&b'.') && is_digit(at + 1) {
        at += 1 + digits(at + 1);
        kind = SyntaxKind::Float;
    }
    let is_plain = is_grouped(&text[..at]);
    if let Some(after) = text[at..].strip_prefix('.') {
        let name = word(after);
        if unit(&after[..name]).is_some() {
            return (at + 1 + name, is_plain.then_some(SyntaxKind::Duration));
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if is_digit(at + 1 + sign) {
            at += 1 + sign + digits(at + 1 + sign);
            let rest = word(&text[at..]);
            let is_good = rest == 0 && is_plain && !text[..at].contains('_');
            return (at + rest, is_good.then_some(SyntaxKind::Float));
        }
    }
    let rest = word(&text[at..]);
    let kind = match &text[at..at + rest] {
        "" => Some(kind),
        "d" => Some(SyntaxKind::Decimal),
        _ => None,
    };
    (at + rest, kind.filter(|_| is_plain))
}

/// Whether each `_` stands between two digits.
fn is_grouped(digits: &str) -> bool {
    digits.split('.').all(|part| part.split('_').all(|group| !group.is_empty()))
}

fn advice(text: &str) -> String {
    if text.contains('_') {
        "a `_` stands between two digits".to_owned()
    } else if text.ends_with(['e', 'E']) {
        "an exponent has digits: 1e3".to_owned()
    } else {
        "names begin with a letter or `_`".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_should() {
        for (text, length, kind) in [
            ("1..5", 1, Some(SyntaxKind::Int)),
            ("1.5.2", 3, Some(SyntaxKind::Float)),
            ("5.minutes.x", 9, Some(SyntaxKind::Duration)),
            ("1.5.hours", 9, Some(SyntaxKind::Duration)),
            ("5.minute_", 1, Some(SyntaxKind::Int)),
            ("1_000", 5, Some(SyntaxKind::Int)),
            ("1__0", 4, None),
            ("1.25d", 5, Some(SyntaxKind::Decimal)),
            ("1e-3d", 5, None),
            ("1e-3", 4, Some(SyntaxKind::Float)),
            ("1e", 2, None),
            ("0xfF_f", 6, Some(SyntaxKind::Int)),
            ("0b12", 4, None),
            ("5.", 1, Some(SyntaxKind::Int)),
            ("5.x", 1, Some(SyntaxKind::Int)),
        ] {
            assert_eq!(shape(text), (length, kind), "{text}");
        }
    }
}
