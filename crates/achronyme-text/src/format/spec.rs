//! How a value is shown in a field: `[fill]align sign # 0 width , .precision type`.
//!
//! The types and their rules are those of Python's format specifications (The Python Language
//! Reference, "Format Specification Mini-Language").

use super::digits;
use crate::Error;

/// How a value is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    fill: Option<char>,
    align: Option<Align>,
    sign: Option<char>,
    is_alternate: bool,
    is_zero_filled: bool,
    width: usize,
    is_grouped: bool,
    precision: Option<usize>,
    /// One of [`TYPES`].
    kind: Option<char>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Center,
    Right,
}

const TYPES: &str = "dfeg%sxbo";

/// More decimal places than any double has: what comes after them is zeros.
pub(super) const PLACES_MAX: usize = 1100;

fn align(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '^' => Some(Align::Center),
        '>' => Some(Align::Right),
        _ => None,
    }
}

impl Spec {
    /// What is written after the colon of a field.
    ///
    /// # Errors
    /// It is no specification.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::new(format!("'{text}' is no format"));
        let mut spec = Self::default();
        let mut rest = text;
        let mut chars = text.chars();
        if let (Some(fill), Some(found)) = (chars.next(), chars.next().and_then(align)) {
            (spec.fill, spec.align) = (Some(fill), Some(found));
            rest = chars.as_str();
        } else if let Some(found) = rest.chars().next().and_then(align) {
            spec.align = Some(found);
            rest = &rest[1..];
        }
        let mut take = |set: &[char]| {
            let found = rest.chars().next().filter(|c| set.contains(c))?;
            rest = &rest[1..];
            Some(found)
        };
        spec.sign = take(&['+', '-', ' ']);
        spec.is_alternate = take(&['#']).is_some();
        spec.is_zero_filled = take(&['0']).is_some();
        spec.width = take_count(&mut rest).unwrap_or(0);
        if let Some(after) = rest.strip_prefix(',') {
            spec.is_grouped = true;
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            spec.precision = Some(take_count(&mut rest).ok_or_else(wrong)?);
        }
        let mut last = rest.chars();
        spec.kind = last.next();
        if !last.as_str().is_empty() || spec.kind.is_some_and(|kind| !TYPES.contains(kind)) {
            return Err(wrong());
        }
        Ok(spec)
    }

    /// How many bytes the text of a value has at most beyond those of its plain text.
    #[must_use]
    pub fn size(&self) -> usize {
        let precision = if self.is_text() { 0 } else { self.precision.unwrap_or(0) };
        let width = self.width.saturating_mul(self.fill.map_or(1, char::len_utf8));
        width.saturating_add(precision).saturating_add(PLACES_MAX)
    }

    fn is_text(&self) -> bool {
        self.kind == Some('s')
    }

    /// A number; `plain` is its text where no type is given.
    ///
    /// # Errors
    /// The type is one of integers, and it is none.
    pub fn number(&self, number: f64, plain: &str) -> Result<String, Error> {
        if self.is_text() {
            return self.text(plain);
        }
        let (sign, prefix, body) = self.parts(number, plain)?;
        let body = if self.is_zero_filled && self.align.is_none() && number.is_finite() {
            let room = self.width.saturating_sub(sign.len() + prefix.len());
            self.zero_filled(&body, room)
        } else if self.is_grouped {
            grouped(&body)
        } else {
            body
        };
        Ok(self.filled(Align::Right, &format!("{sign}{prefix}{body}")))
    }

    /// A complex number: both parts in the same way, and the whole filled up.
    ///
    /// # Errors
    /// The type is one of integers.
    pub fn complex(&self, re: f64, im: f64, plain: &str) -> Result<String, Error> {
        if self.is_text() || self.kind.is_none() && self.precision.is_none() {
            return self.text(plain);
        }
        if self.kind.is_some_and(|kind| "dxbo%".contains(kind)) {
            return Err(self.not_for("a complex number"));
        }
        let part = Self { width: 0, ..self.clone() };
        let signed = Self { sign: Some('+'), ..part.clone() };
        let text = format!("{}{}i", part.number(re, "")?, signed.number(im, "")?);
        Ok(self.filled(Align::Right, &text))
    }

    /// A text, cut to the precision.
    ///
    /// # Errors
    /// The type or something else is for numbers.
    pub fn text(&self, text: &str) -> Result<String, Error> {
        let is_for_numbers = self.kind.is_some_and(|kind| kind != 's')
            || self.sign.is_some()
            || self.is_grouped
            || self.is_alternate;
        if is_for_numbers {
            return Err(self.not_for("a text"));
        }
        let cut = self.precision.and_then(|count| text.char_indices().nth(count));
        Ok(self.filled(Align::Left, cut.map_or(text, |(end, _)| &text[..end])))
    }

    /// That this is no format for a value.
    #[must_use]
    pub fn not_for(&self, what: &str) -> Error {
        let kind = self.kind.map(String::from).unwrap_or_default();
        let marks =
            [(self.sign.is_some(), "a sign"), (self.is_grouped, "','"), (self.is_alternate, "'#'")];
        match marks.iter().find(|mark| mark.0) {
            Some((_, mark)) if kind.is_empty() || kind == "s" => {
                Error::new(format!("{what} has no format with {mark}"))
            }
            _ => Error::new(format!("{what} has no format '{kind}'")),
        }
    }

    /// Sign, prefix and digits of a number.
    fn parts(&self, number: f64, plain: &str) -> Result<(String, &'static str, String), Error> {
        let size = number.abs();
        let is_integer = self.kind.is_some_and(|kind| "dxbo".contains(kind));
        if is_integer && !(size.is_finite() && size.fract() == 0.0) {
            return Err(Error::new(format!("{plain} is no integer, as '{}' wants", self.kind())));
        }
        if self.is_grouped && self.kind.is_some_and(|kind| "xbo".contains(kind)) {
            return Err(Error::new(format!("',' does not go with '{}'", self.kind())));
        }
        if self.precision.is_some() && is_integer {
            return Err(Error::new(format!("a precision does not go with '{}'", self.kind())));
        }
        let is_plain = self.kind.is_none() && self.precision.is_none();
        let is_negative = if is_integer {
            number < 0.0
        } else if is_plain {
            plain.starts_with('-')
        } else {
            number.is_sign_negative() && !number.is_nan()
        };
        let sign = match self.sign {
            _ if is_negative => "-".to_owned(),
            Some('-') | None => String::new(),
            Some(_) if number.is_nan() => String::new(),
            Some(sign) => sign.to_string(),
        };
        let prefix = match self.kind {
            Some('x') if self.is_alternate => "0x",
            Some('b') if self.is_alternate => "0b",
            Some('o') if self.is_alternate => "0o",
            _ => "",
        };
        let percent = if self.kind == Some('%') { "%" } else { "" };
        let body = if is_plain {
            plain.strip_prefix('-').unwrap_or(plain).to_owned()
        } else if size.is_finite() {
            self.body(size)
        } else {
            let name = if size.is_nan() { "NaN" } else { "Infinity" };
            format!("{name}{percent}")
        };
        Ok((sign, prefix, body))
    }

    fn kind(&self) -> char {
        self.kind.unwrap_or(' ')
    }

    /// The digits of a finite number from 0 on.
    fn body(&self, size: f64) -> String {
        let precision = self.precision.unwrap_or(6);
        match self.kind {
            Some('d') => format!("{size:.0}"),
            Some('x') => digits::in_base(size, 4),
            Some('o') => digits::in_base(size, 3),
            Some('b') => digits::in_base(size, 1),
            Some('f') => self.pointed(digits::fixed(size, precision)),
            Some('%') => {
                let hundredfold = size * 100.0;
                if hundredfold.is_finite() {
                    self.pointed(digits::fixed(hundredfold, precision)) + "%"
                } else {
                    "Infinity%".to_owned()
                }
            }
            Some('e') => digits::scientific(size, precision),
            _ => digits::general(size, precision.max(1), self.is_alternate),
        }
    }

    /// With a point at its end, where `#` asks for one.
    fn pointed(&self, digits: String) -> String {
        if self.is_alternate && !digits.contains('.') { digits + "." } else { digits }
    }

    /// Zeros before the digits until there are so many characters, with commas also among the zeros.
    fn zero_filled(&self, body: &str, width: usize) -> String {
        if !self.is_grouped {
            return "0".repeat(width.saturating_sub(body.len())) + body;
        }
        let whole = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
        let room = width.saturating_sub(body.len() - whole);
        let mut digits = room / 4 * 3;
        while digits + digits.saturating_sub(1) / 3 < room {
            digits += 1;
        }
        grouped(&("0".repeat(digits.saturating_sub(whole)) + body))
    }

    /// Filled up to the width.
    fn filled(&self, default: Align, text: &str) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let default_fill = if self.is_zero_filled && self.align.is_some() { '0' } else { ' ' };
        let fill = self.fill.unwrap_or(default_fill).to_string();
        let before = match self.align.unwrap_or(default) {
            Align::Left => 0,
            Align::Center => missing / 2,
            Align::Right => missing,
        };
        fill.repeat(before) + text + &fill.repeat(missing - before)
    }
}

/// Takes the number that a text begins with; one that is too large to count becomes the largest.
fn take_count(rest: &mut &str) -> Option<usize> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    *rest = after;
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
}

/// With commas between each three digits of the whole part.
fn grouped(body: &str) -> String {
    let whole = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let mut text = String::with_capacity(body.len() + whole / 3);
    for (at, digit) in body[..whole].char_indices() {
        if at > 0 && (whole - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + &body[whole..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(spec: &str, number: f64) -> Result<String, Error> {
        Spec::parse(spec)?.number(number, &number.to_string())
    }

    /// Values of Python 3.12's `format`.
    #[test]
    fn numbers_are_shown_as_python_shows_them() {
        let cases = [
            ("8.3f", std::f64::consts::PI, "   3.142"),
            ("d", 42.0, "42"),
            ("05d", -42.0, "-0042"),
            ("+d", 0.0, "+0"),
            (" d", 7.0, " 7"),
            (",d", 1_234_567.0, "1,234,567"),
            ("010,d", 1234.0, "00,001,234"),
            ("09,d", 1234.0, "0,001,234"),
            ("012,.2f", 1234.5, "0,001,234.50"),
            (",.2f", 1_234_567.891, "1,234,567.89"),
            ("x", 255.0, "ff"),
            ("#x", 255.0, "0xff"),
            ("#010x", 255.0, "0x000000ff"),
            ("b", 10.0, "1010"),
            ("#b", -10.0, "-0b1010"),
            ("o", 8.0, "10"),
            ("x", 1e21, "3635c9adc5dea00000"),
            ("e", 12345.678, "1.234568e+04"),
            (".2e", 0.000_123, "1.23e-04"),
            (".0e", 15000.0, "2e+04"),
            ("e", 0.0, "0.000000e+00"),
            ("g", 0.000_1, "0.0001"),
            ("g", 0.000_01, "1e-05"),
            ("g", 1_234_567.0, "1.23457e+06"),
            ("g", 100_000.0, "100000"),
            ("#g", 1.0, "1.00000"),
            (".3g", 999.9, "1e+03"),
            (".0f", 0.5, "0"),
            (".0f", 1.5, "2"),
            ("#.0f", 2.0, "2."),
            (".1%", 0.256, "25.6%"),
            ("%", 1.0, "100.000000%"),
            (".2f", -0.001, "-0.00"),
            ("*^9.1f", 3.25, "***3.2***"),
            ("<6d", 5.0, "5     "),
            (">6d", 5.0, "     5"),
            ("é>3d", 5.0, "éé5"),
            ("", 1.5, "1.5"),
            ("6", 1.5, "   1.5"),
            (".3", 12.3456, "12.3"),
            ("f", 1e22, "10000000000000000000000.000000"),
            ("e", 5e-324, "4.940656e-324"),
            ("s", 3.0, "3"),
        ];
        for (spec, number, expected) in cases {
            assert_eq!(shown(spec, number).as_deref(), Ok(expected), "{spec} {number}");
        }
        assert_eq!(shown("08.2f", f64::NAN).as_deref(), Ok("     NaN"));
        assert_eq!(shown("+f", f64::INFINITY).as_deref(), Ok("+Infinity"));
        assert_eq!(shown(".1%", f64::NEG_INFINITY).as_deref(), Ok("-Infinity%"));
        assert_eq!(shown("%", 1e308).as_deref(), Ok("Infinity%"));
        assert!(shown(".2000f", 1.0).is_ok_and(|text| text.len() == 2002));
        for (spec, number) in
            [("d", 1.5), ("x", f64::NAN), ("d", f64::INFINITY), (".2d", 1.0), (",x", 1.0)]
        {
            assert!(shown(spec, number).is_err(), "{spec} {number}");
        }
    }

    #[test]
    fn texts_are_cut_and_filled_by_characters() {
        let text = |spec: &str, text: &str| Spec::parse(spec)?.text(text);
        assert_eq!(text("5", "né").as_deref(), Ok("né   "));
        assert_eq!(text(">5s", "né").as_deref(), Ok("   né"));
        assert_eq!(text("^5", "🎈").as_deref(), Ok("  🎈  "));
        assert_eq!(text(".2", "äöü").as_deref(), Ok("äö"));
        assert_eq!(text(".0", "").as_deref(), Ok(""));
        for wrong in ["d", "+", ",", "#s", "f"] {
            assert!(text(wrong, "a").is_err(), "{wrong}");
        }
    }

    #[test]
    fn complex_numbers_have_two_parts() {
        let shown = |spec: &str| Spec::parse(spec)?.complex(1.0, -2.5, "1-2.5i");
        assert_eq!(shown(".1f").as_deref(), Ok("1.0-2.5i"));
        assert_eq!(shown("10.1f").as_deref(), Ok("  1.0-2.5i"));
        assert_eq!(shown("").as_deref(), Ok("1-2.5i"));
        assert!(shown("d").is_err());
    }

    proptest! {
        #[test]
        fn a_text_has_at_least_its_width_and_at_most_its_size(
            text in "[<>^]?[-+ ]?#?0?[0-9]{0,2},?(\\.[0-9]{1,2})?[dfeg%sxbo]?",
            number in prop_oneof![any::<f64>(), (-1000_i32..1000).prop_map(f64::from)],
        ) {
            let spec = Spec::parse(&text).map_err(|error| TestCaseError::fail(error.0))?;
            let plain = number.to_string();
            if let Ok(shown) = spec.number(number, &plain) {
                prop_assert!(shown.chars().count() >= spec.width);
                prop_assert!(shown.len() <= spec.size() + 2 * plain.len());
            }
        }

        #[test]
        fn digits_of_bases_are_those_of_integers(value: u64) {
            #[expect(clippy::cast_precision_loss, reason = "the nearest double is as good")]
            let number = value as f64;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it fits")]
            let value = number as u128;
            prop_assert_eq!(shown("x", number), Ok(format!("{value:x}")));
            prop_assert_eq!(shown("o", number), Ok(format!("{value:o}")));
            prop_assert_eq!(shown("b", number), Ok(format!("{value:b}")));
            prop_assert_eq!(shown("d", number), Ok(format!("{value}")));
        }
    }
}
