//! What the tokens of literals mean.

/// A decimal: so many units of ten to the minus `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as one number, below 10^28.
    pub digits: u128,
    /// Digits behind the point.
    pub scale: u32,
}

/// Digits that a decimal has at most.
const DECIMAL_DIGITS_MAX: usize = 28;

impl Decimal {
    /// What a token such as `1.25d` means; nothing if it has too many digits.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix('d')?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all: String = [whole, fraction].concat().replace('_', "");
        let digits = all.trim_start_matches('0');
        let scale = fraction.bytes().filter(u8::is_ascii_digit).count();
        if digits.len() > DECIMAL_DIGITS_MAX || scale > DECIMAL_DIGITS_MAX {
            return None;
        }
        let digits = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(Self { digits, scale: u32::try_from(scale).ok()? })
    }
}

/// What a token such as `12` or `0xff` means; nothing above 2^63, which is there for its negative.
pub(crate) fn integer_value(text: &str) -> Option<u64> {
    let digits = text.replace('_', "");
    let value = if let Some(digits) = digits.strip_prefix("0x") {
        u64::from_str_radix(digits, 16)
    } else if let Some(digits) = digits.strip_prefix("0b") {
        u64::from_str_radix(digits, 2)
    } else {
        digits.parse()
    };
    value.ok().filter(|value| *value <= 1 << 63)
}

/// Units of time by their names, in nanoseconds.
const UNITS: &[(&str, i128)] = &[
    ("nanosecond", 1),
    ("microsecond", 1_000),
    ("millisecond", 1_000_000),
    ("second", 1_000_000_000),
    ("minute", 60_000_000_000),
    ("hour", 3_600_000_000_000),
    ("day", 86_400_000_000_000),
    ("week", 604_800_000_000_000),
];

/// The nanoseconds of a unit of time; its name may end in `s`.
pub(super) fn unit(name: &str) -> Option<i128> {
    let is_called = |unit: &str| name == unit || name.strip_suffix('s') == Some(unit);
    UNITS.iter().find(|(unit, _)| is_called(unit)).map(|(_, nanoseconds)| *nanoseconds)
}

/// Whether a number with a dot and this name is a duration.
pub(crate) fn is_unit(name: &str) -> bool {
    unit(name).is_some()
}

/// The nanoseconds of a token such as `5.minutes`; nothing if they are no whole `i64`.
pub(crate) fn duration_value(text: &str) -> Option<i64> {
    let (count, name) = text.rsplit_once('.')?;
    let (whole, fraction) = count.split_once('.').unwrap_or((count, ""));
    let fraction = fraction.replace('_', "");
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = [&whole.replace('_', ""), fraction].concat().parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let nanoseconds = digits.checked_mul(unit(name)?)?;
    if nanoseconds % scale != 0 {
        return None;
    }
    i64::try_from(nanoseconds / scale).ok()
}

/// The length of the escape that a text begins with, and the character or byte that it means, if it
/// is one.
pub(super) fn escape(text: &str, is_bytes: bool) -> (usize, Option<char>) {
    let mut characters = text.chars();
    characters.next();
    let Some(name) = characters.next() else { return (text.len(), None) };
    let simple = match name {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '0' => Some('\0'),
        '\\' => Some('\\'),
        '"' => Some('"'),
        '$' if !is_bytes => Some('$'),
        _ => None,
    };
    let length = 1 + name.len_utf8();
    match name {
        'x' if is_bytes => {
            let value = text.get(2..4).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let is_signed = text[2..].starts_with('+');
            value.filter(|_| !is_signed).map_or((2, None), |byte| (4, Some(char::from(byte))))
        }
        'u' if !is_bytes => {
            let digits = text[2..].strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let Some((digits, _)) = digits.filter(|(digits, _)| digits.len() <= 6) else {
                return (2, None);
            };
            let is_digits = digits.chars().all(|digit| digit.is_ascii_hexdigit());
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_digits);
            (digits.len() + 4, value.and_then(char::from_u32))
        }
        _ => (length, simple),
    }
}

/// A text with its escapes replaced.
pub(crate) fn string_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (length, value) = escape(&rest[at..], false);
        out.extend(value);
        rest = &rest[at + length..];
    }
    out + rest
}

/// What stands between the quotes of `b"…"`, as bytes.
pub(crate) fn bytes_value(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend(rest[..at].bytes());
        let (length, value) = escape(&rest[at..], true);
        out.extend(value.and_then(|value| u8::try_from(u32::from(value)).ok()));
        rest = &rest[at + length..];
    }
    out.extend(rest.bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_mean_what_they_say() {
        assert_eq!(integer_value("0xff_ff"), Some(65_535));
        assert_eq!(integer_value("0b101"), Some(5));
        assert_eq!(integer_value("9223372036854775808"), Some(1 << 63));
        assert_eq!(integer_value("9223372036854775809"), None);
        assert_eq!(Decimal::read("1.250d"), Some(Decimal { digits: 1250, scale: 3 }));
        assert_eq!(Decimal::read("0.00d"), Some(Decimal { digits: 0, scale: 2 }));
        assert_eq!(Decimal::read("12345678901234567890123456789d"), None);
        assert_eq!(duration_value("1.5.hours"), Some(5_400_000_000_000));
        assert_eq!(duration_value("0.5.nanoseconds"), None);
        assert_eq!(duration_value("16000.weeks"), None);
        assert_eq!(string_value("a\\n\\u{e4}\\$"), "a\nä$");
        assert_eq!(bytes_value("a\\xff\\0ä"), [b'a', 255, 0, 0xc3, 0xa4]);
    }
}
