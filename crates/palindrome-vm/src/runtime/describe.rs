//! Values by the descriptions of their types: how they are written, and which of two comes first.
//!
//! Words of a value have no tags, so whoever writes or compares one is given where a description of
//! its type lies on the tape. A description is words, the first of which is its kind:
//!
//! | kind | words after it |
//! |---|---|
//! | [`OPTIONAL`], [`BOXED`], [`LIST`] | the description of what is in it |
//! | [`RECORD`] | the number of fields; for each its name, description and place; then the numbers of |
//! | | the fields in the order in which they are written |
//! | [`UNION`] | where its alternatives are: their number, and where each is |
//! | all others | none |
//!
//! An alternative is its name, the number of its parts, and for each its description and place.
//! Names are texts, places are words from the beginning of the content.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::object::HEAD;
use super::time::time_text;
use crate::trap::Trap;

/// No value.
pub const NOTHING: i64 = 0;
/// A number.
pub const INT: i64 = 1;
/// An f64.
pub const FLOAT: i64 = 2;
/// A record of two words, as [`decimal_packed`] makes them.
pub const DECIMAL: i64 = 3;
/// 0 or 1.
pub const BOOL: i64 = 4;
/// Text in UTF-8.
pub const TEXT: i64 = 5;
/// Bytes.
pub const BYTES: i64 = 6;
/// Nanoseconds since 1970.
pub const TIMESTAMP: i64 = 7;
/// Nanoseconds.
pub const DURATION: i64 = 8;
/// A number of a moment.
pub const MOMENT: i64 = 9;
/// A reference, or 0 for none.
pub const OPTIONAL: i64 = 10;
/// A record of one word, or 0 for none.
pub const BOXED: i64 = 11;
/// A list.
pub const LIST: i64 = 12;
/// A record with named fields.
pub const RECORD: i64 = 13;
/// A record whose tag says which alternative it is.
pub const UNION: i64 = 14;
/// A function.
pub const FUNCTION: i64 = 15;

/// Bytes of a written value at most.
pub const WRITTEN_MAX: usize = 16 << 20;
/// Fields of a record at most.
const FIELDS_MAX: i64 = 1 << 16;
/// In place of a description: numbers.
const PLAIN: i64 = -1;
/// Parts of two values that are compared at most.
const COMPARED_MAX: usize = 1 << 24;

/// Bytes of a tape.
pub trait Bytes {
    /// Fills `buffer` with what is at a position; false past the end of the tape.
    fn fill(&self, at: i64, buffer: &mut [u8]) -> bool;
}

/// Why a value cannot be looked at: it is none of its type, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The word that is wrong, or where it was read.
    pub at: i64,
}

impl From<Unreadable> for Trap {
    fn from(it: Unreadable) -> Self {
        Self::NotAnObject { value: it.at, expected: "a value of its type" }
    }
}

/// Values on a tape.
#[derive(Debug)]
pub struct Values<'b, B: Bytes> {
    tape: &'b B,
    is_total: bool,
}

impl<'b, B: Bytes> Values<'b, B> {
    /// Those of this tape.
    pub const fn new(tape: &'b B) -> Self {
        Self { tape, is_total: false }
    }

    /// The same, where each has its place in an order: a NaN comes last.
    #[must_use]
    pub const fn total(self) -> Self {
        Self { is_total: true, ..self }
    }

    /// A word.
    ///
    /// # Errors
    /// The tape has no such place.
    pub fn word(&self, at: i64) -> Result<i64, Unreadable> {
        let mut bytes = [0; 8];
        if self.tape.fill(at, &mut bytes) {
            Ok(i64::from_le_bytes(bytes))
        } else {
            Err(Unreadable { at })
        }
    }

    fn half(&self, at: i64) -> Result<u32, Unreadable> {
        let mut bytes = [0; 4];
        if self.tape.fill(at, &mut bytes) {
            Ok(u32::from_le_bytes(bytes))
        } else {
            Err(Unreadable { at })
        }
    }

    fn object(&self, reference: i64) -> Result<i64, Unreadable> {
        let is_object = reference > 0 && reference % 8 == 0 && reference < i64::MAX - (1 << 33);
        if is_object { Ok(reference) } else { Err(Unreadable { at: reference }) }
    }

    /// Bytes, words or elements of an object.
    ///
    /// # Errors
    /// It is no reference.
    pub fn length(&self, reference: i64) -> Result<u32, Unreadable> {
        self.half(self.object(reference)? + 8)
    }

    /// The tag of an object.
    ///
    /// # Errors
    /// It is no reference.
    pub fn tag(&self, reference: i64) -> Result<u32, Unreadable> {
        self.half(self.object(reference)? + 12)
    }

    /// A word of an object's content.
    ///
    /// # Errors
    /// It is no reference, or has no such word.
    pub fn part(&self, reference: i64, place: i64) -> Result<i64, Unreadable> {
        if place < 0 || place >= i64::from(self.length(reference)?) {
            return Err(Unreadable { at: reference });
        }
        self.word(reference + HEAD + place * 8)
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// It is no reference, or longer than can be written.
    pub fn bytes(&self, reference: i64) -> Result<Vec<u8>, Unreadable> {
        let length = self.length(reference)? as usize;
        let mut bytes = vec![0; Some(length).filter(|it| *it <= WRITTEN_MAX).unwrap_or(0)];
        if bytes.len() == length && self.tape.fill(reference + HEAD, &mut bytes) {
            Ok(bytes)
        } else {
            Err(Unreadable { at: reference })
        }
    }

    /// A decimal: its digits, and how many of them are behind the point.
    ///
    /// # Errors
    /// It is no reference to one.
    pub fn decimal(&self, reference: i64) -> Result<(i128, u32), Unreadable> {
        Ok(decimal_unpacked([self.part(reference, 0)?, self.part(reference, 1)?]))
    }

    /// A value as the language writes it; a text that is the whole value as it is.
    ///
    /// # Errors
    /// It is none of its type, or longer than `bytes_max`.
    pub fn written(&self, value: i64, of: i64, bytes_max: usize) -> Result<String, Unreadable> {
        if self.word(of)? == TEXT {
            return Ok(String::from_utf8_lossy(&self.bytes(value)?).into_owned());
        }
        self.quoted(value, of, bytes_max)
    }

    /// A value as the language writes it.
    ///
    /// # Errors
    /// It is none of its type, or longer than `bytes_max`.
    pub fn quoted(&self, value: i64, of: i64, bytes_max: usize) -> Result<String, Unreadable> {
        let mut text = String::new();
        let mut waiting = vec![Next::Value(value, of)];
        while let Some(next) = waiting.pop() {
            match next {
                Next::Value(value, of) => {
                    let begin = waiting.len();
                    self.write(value, of, &mut text, &mut waiting)?;
                    waiting[begin..].reverse();
                }
                Next::Sign(sign) => text.push_str(sign),
                Next::Name(name) => {
                    text.push_str(&String::from_utf8_lossy(&self.bytes(name)?));
                }
            }
            if text.len() > bytes_max || waiting.len() > WRITTEN_MAX {
                return Err(Unreadable { at: value });
            }
        }
        Ok(text)
    }

    fn write(
        &self,
        value: i64,
        of: i64,
        text: &mut String,
        rest: &mut Vec<Next>,
    ) -> Result<(), Unreadable> {
        match self.word(of)? {
            NOTHING => {}
            INT | MOMENT => drop(write!(text, "{value}")),
            FLOAT => drop(write!(text, "{:?}", f64::from_bits(value.cast_unsigned()))),
            DECIMAL => {
                let (digits, scale) = self.decimal(value)?;
                text.push_str(&decimal_text(digits, scale));
                text.push('d');
            }
            BOOL => text.push_str(if value == 0 { "false" } else { "true" }),
            TEXT => quote(&String::from_utf8_lossy(&self.bytes(value)?), text),
            BYTES => quote_bytes(&self.bytes(value)?, text),
            TIMESTAMP => text.push_str(&time_text(value)),
            DURATION => text.push_str(&duration_text(value)),
            OPTIONAL | BOXED if value == 0 => text.push_str("none"),
            OPTIONAL => rest.push(Next::Value(value, self.word(of + 8)?)),
            BOXED => rest.push(Next::Value(self.part(value, 0)?, self.word(of + 8)?)),
            LIST => {
                let element = self.word(of + 8)?;
                rest.push(Next::Sign("["));
                for place in 0..i64::from(self.length(value)?) {
                    if place > 0 {
                        rest.push(Next::Sign(", "));
                    }
                    rest.push(Next::Value(self.part(value, place)?, element));
                }
                rest.push(Next::Sign("]"));
            }
            RECORD => {
                rest.push(Next::Sign("{"));
                let fields = self.word(of + 8)?;
                if fields > FIELDS_MAX {
                    return Err(Unreadable { at: of });
                }
                for place in 0..fields {
                    if place > 0 {
                        rest.push(Next::Sign(", "));
                    }
                    let field = self.word(of + 16 + fields * 24 + place * 8)?;
                    let field = Some(field).filter(|it| (0..fields).contains(it));
                    let at = of + 16 + field.ok_or(Unreadable { at: of })? * 24;
                    rest.extend([Next::Name(self.word(at)?), Next::Sign(": ")]);
                    let part = self.part(value, self.word(at + 16)?)?;
                    rest.push(Next::Value(part, self.word(at + 8)?));
                }
                rest.push(Next::Sign("}"));
            }
            UNION => {
                let at = self.variant(value, of)?;
                rest.push(Next::Name(self.word(at)?));
                let parts = self.word(at + 8)?;
                for part in 0..parts {
                    rest.push(Next::Sign(if part == 0 { "(" } else { ", " }));
                    let at = at + 16 + part * 16;
                    let inner = self.part(value, self.word(at + 8)?)?;
                    rest.push(Next::Value(inner, self.word(at)?));
                }
                if parts > 0 {
                    rest.push(Next::Sign(")"));
                }
            }
            FUNCTION => text.push_str("(function)"),
            _ => return Err(Unreadable { at: of }),
        }
        Ok(())
    }

    /// The description of the alternative that a value of a union is.
    pub(super) fn variant(&self, value: i64, of: i64) -> Result<i64, Unreadable> {
        let table = self.word(of + 8)?;
        let tag = i64::from(self.tag(value)?);
        if tag < self.word(table)? {
            self.word(table + 8 + tag * 8)
        } else {
            Err(Unreadable { at: value })
        }
    }

    /// Which of two values of a type comes first. What has no order differs.
    ///
    /// # Errors
    /// One is none of its type, or they are too large.
    pub fn compare(&self, left: i64, right: i64, of: i64) -> Result<Ordering, Unreadable> {
        let mut waiting = vec![(left, right, of)];
        let mut compared = 0;
        while let Some((left, right, of)) = waiting.pop() {
            let begin = waiting.len();
            let order = self.compare_parts(left, right, of, &mut waiting)?;
            if order != Ordering::Equal {
                return Ok(order);
            }
            waiting[begin..].reverse();
            compared += 1;
            if compared > COMPARED_MAX || waiting.len() > COMPARED_MAX {
                return Err(Unreadable { at: left });
            }
        }
        Ok(Ordering::Equal)
    }

    fn compare_parts(
        &self,
        left: i64,
        right: i64,
        of: i64,
        rest: &mut Vec<(i64, i64, i64)>,
    ) -> Result<Ordering, Unreadable> {
        if of == PLAIN {
            return Ok(left.cmp(&right));
        }
        Ok(match self.word(of)? {
            INT | BOOL | MOMENT | TIMESTAMP | DURATION => left.cmp(&right),
            FLOAT => {
                let [left, right] = [left, right].map(|it| f64::from_bits(it.cast_unsigned()));
                match left.partial_cmp(&right) {
                    Some(order) => order,
                    None if self.is_total => left.is_nan().cmp(&right.is_nan()),
                    None => Ordering::Less,
                }
            }
            DECIMAL => compare_decimals(self.decimal(left)?, self.decimal(right)?),
            TEXT | BYTES => self.bytes(left)?.cmp(&self.bytes(right)?),
            OPTIONAL | BOXED if left == 0 || right == 0 => (left != 0).cmp(&(right != 0)),
            OPTIONAL => {
                rest.push((left, right, self.word(of + 8)?));
                Ordering::Equal
            }
            BOXED => {
                rest.push((self.part(left, 0)?, self.part(right, 0)?, self.word(of + 8)?));
                Ordering::Equal
            }
            LIST => {
                let element = self.word(of + 8)?;
                let (one, other) = (self.length(left)?, self.length(right)?);
                let common = i64::from(one.min(other));
                for place in 0..common {
                    rest.push((self.part(left, place)?, self.part(right, place)?, element));
                }
                // Where one begins with the other, the longer one comes later.
                rest.push((i64::from(one), i64::from(other), PLAIN));
                Ordering::Equal
            }
            RECORD => {
                for field in 0..self.word(of + 8)? {
                    let at = of + 16 + field * 24;
                    let (part, place) = (self.word(at + 8)?, self.word(at + 16)?);
                    rest.push((self.part(left, place)?, self.part(right, place)?, part));
                }
                Ordering::Equal
            }
            UNION => {
                let order = self.tag(left)?.cmp(&self.tag(right)?);
                if order == Ordering::Equal {
                    let at = self.variant(left, of)?;
                    for part in 0..self.word(at + 8)? {
                        let at = at + 16 + part * 16;
                        let (part, place) = (self.word(at)?, self.word(at + 8)?);
                        rest.push((self.part(left, place)?, self.part(right, place)?, part));
                    }
                }
                order
            }
            _ => Ordering::Equal,
        })
    }
}

/// What is still to be written.
enum Next {
    Value(i64, i64),
    Sign(&'static str),
    Name(i64),
}

/// The two words of a decimal of up to 28 digits: the low 64 bits of its digits; the high 32 bits, and
/// above them how many of the digits are behind the point, in 8 bits, and whether it is below 0.
#[must_use]
pub fn decimal_packed(digits: i128, scale: u32) -> [i64; 2] {
    let size = digits.unsigned_abs().to_le_bytes();
    let word = |part: &[u8]| {
        let mut bytes = [0; 8];
        bytes[..part.len()].copy_from_slice(part);
        i64::from_le_bytes(bytes)
    };
    let signs = i64::from(scale & 0xff) << 32 | i64::from(digits < 0) << 40;
    [word(&size[..8]), word(&size[8..12]) | signs]
}

/// The digits of two words, and how many of them are behind the point.
#[must_use]
pub fn decimal_unpacked([low, high]: [i64; 2]) -> (i128, u32) {
    let size = i128::from(low.cast_unsigned()) | i128::from(high & 0xffff_ffff) << 64;
    let scale = u32::try_from(high >> 32 & 0xff).unwrap_or(0);
    (if high >> 40 & 1 == 1 { -size } else { size }, scale.min(38))
}

/// Digits with a point, without zeros that say nothing.
#[must_use]
pub fn decimal_text(digits: i128, scale: u32) -> String {
    let scale = scale as usize;
    let sign = if digits < 0 { "-" } else { "" };
    let all = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = all.split_at(all.len() - scale);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// Which of two decimals is less.
#[must_use]
pub fn compare_decimals(left: (i128, u32), right: (i128, u32)) -> Ordering {
    let split = |(digits, scale): (i128, u32)| {
        let unit = 10_i128.pow(scale.min(38));
        (digits.div_euclid(unit), digits.rem_euclid(unit), scale.min(38))
    };
    let ((whole, rest, scale), (other_whole, other_rest, other_scale)) =
        (split(left), split(right));
    // Less than one, so that it fits with 38 digits behind the point.
    let fraction = |rest: i128, scale: u32| rest * 10_i128.pow(38 - scale);
    whole
        .cmp(&other_whole)
        .then_with(|| fraction(rest, scale).cmp(&fraction(other_rest, other_scale)))
}

/// Adds a text in quotes, with escapes.
pub fn quote(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            '\0' => text.push_str("\\0"),
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '$' => text.push_str("\\$"),
            other if other.is_control() => drop(write!(text, "\\u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
    }
    text.push('"');
}

/// Adds bytes in quotes, with escapes.
pub fn quote_bytes(bytes: &[u8], text: &mut String) {
    text.push_str("b\"");
    for byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            b'\0' => text.push_str("\\0"),
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => drop(write!(text, "\\x{other:02x}")),
        }
    }
    text.push('"');
}

/// Units of durations in nanoseconds, the longest first.
const UNITS: [(&str, i64); 8] = [
    ("weeks", 604_800_000_000_000),
    ("days", 86_400_000_000_000),
    ("hours", 3_600_000_000_000),
    ("minutes", 60_000_000_000),
    ("seconds", 1_000_000_000),
    ("milliseconds", 1_000_000),
    ("microseconds", 1_000),
    ("nanoseconds", 1),
];

/// The largest unit of which it is a whole number.
#[must_use]
pub fn duration_text(nanoseconds: i64) -> String {
    if nanoseconds == 0 {
        return "0.seconds".to_owned();
    }
    let unit = UNITS.iter().find(|(_, size)| nanoseconds % size == 0);
    unit.map_or(String::new(), |(name, size)| format!("{}.{name}", nanoseconds / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_without_zeros_that_say_nothing() {
        assert_eq!(decimal_text(1250, 3), "1.25");
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(0, 4), "0");
        assert_eq!(compare_decimals((125, 2), (1250, 3)), Ordering::Equal);
        assert_eq!(compare_decimals((-125, 2), (-1249, 3)), Ordering::Less);
    }

    #[test]
    fn times_are_written_by_the_calendar() {
        assert_eq!(time_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(time_text(951_782_400_500_000_000), "2000-02-29T00:00:00.5Z");
        assert_eq!(time_text(-1), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(duration_text(90_000_000_000), "90.seconds");
        assert_eq!(duration_text(7_200_000_000_000), "2.hours");
    }
}
