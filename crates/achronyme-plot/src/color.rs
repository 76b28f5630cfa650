//! Colours: by name or number, and the ones that series get by turns.

use crate::Error;

/// An opaque colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// Colours that people with any kind of colour vision tell apart, in order of use: those of
/// M. Okabe and K. Ito, "Color Universal Design", 2008, without the yellow, which is too light for
/// lines, and with a brown and a grey.
const TURNS: [Color; 8] = [
    Color::new(0x00, 0x72, 0xb2),
    Color::new(0xe6, 0x8a, 0x00),
    Color::new(0x00, 0x9e, 0x73),
    Color::new(0xd5, 0x4a, 0x1a),
    Color::new(0xb8, 0x6b, 0xb8),
    Color::new(0x56, 0xb4, 0xe9),
    Color::new(0x8c, 0x5a, 0x2b),
    Color::new(0x7a, 0x7a, 0x7a),
];

const NAMES: &[(&str, Color)] = &[
    ("black", Color::new(0, 0, 0)),
    ("blue", Color::new(0x1f, 0x4e, 0xd8)),
    ("brown", Color::new(0x8c, 0x5a, 0x2b)),
    ("cyan", Color::new(0x17, 0xbe, 0xcf)),
    ("gray", Color::new(0x7f, 0x7f, 0x7f)),
    ("green", Color::new(0x2c, 0x8c, 0x2c)),
    ("grey", Color::new(0x7f, 0x7f, 0x7f)),
    ("magenta", Color::new(0xc2, 0x18, 0xc2)),
    ("navy", Color::new(0x10, 0x2a, 0x6b)),
    ("olive", Color::new(0x9a, 0x9a, 0x1e)),
    ("orange", Color::new(0xff, 0x7f, 0x0e)),
    ("pink", Color::new(0xe3, 0x77, 0xc2)),
    ("purple", Color::new(0x80, 0x3f, 0xb0)),
    ("red", Color::new(0xd6, 0x27, 0x28)),
    ("teal", Color::new(0x00, 0x80, 0x80)),
    ("white", Color::new(0xff, 0xff, 0xff)),
    ("yellow", Color::new(0xf0, 0xc8, 0x00)),
];

impl Color {
    pub(crate) const BLACK: Self = Self::new(0, 0, 0);
    pub(crate) const WHITE: Self = Self::new(255, 255, 255);
    /// Of axes, ticks and letters.
    pub(crate) const INK: Self = Self::new(0x26, 0x26, 0x26);
    /// Of the lines behind the data.
    pub(crate) const GRID: Self = Self::new(0xdd, 0xdd, 0xdd);

    /// From its parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The colour of the series with this index that was given none.
    #[must_use]
    pub fn turn(index: usize) -> Self {
        TURNS[index % TURNS.len()]
    }

    /// How many series have colours of their own before they come again.
    pub(crate) const TURNS: usize = TURNS.len();

    /// A colour by its name, or as `#rgb` or `#rrggbb`.
    ///
    /// # Errors
    ///
    /// For other texts.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let lower = text.to_ascii_lowercase();
        if let Some((_, color)) = NAMES.iter().find(|(name, _)| *name == lower) {
            return Ok(*color);
        }
        lower.strip_prefix('#').and_then(Self::from_digits).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            Error::new(format!(
                "unknown color '{text}' (known: #rgb, #rrggbb, {})",
                names.join(", ")
            ))
        })
    }

    fn from_digits(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize, width: usize| {
            u8::from_str_radix(&digits[from * width..(from + 1) * width], 16).ok()
        };
        match digits.len() {
            3 => Some(Self::new(part(0, 1)? * 17, part(1, 1)? * 17, part(2, 1)? * 17)),
            6 => Some(Self::new(part(0, 2)?, part(1, 2)?, part(2, 2)?)),
            _ => None,
        }
    }

    /// This colour on the way to another: 0 is this one, 1 the other.
    pub(crate) fn toward(self, other: Self, share: f64) -> Self {
        let mix = |from: u8, to: u8| {
            crate::number::byte(
                (f64::from(from) + (f64::from(to) - f64::from(from)) * share) / 255.0,
            )
        };
        Self::new(
            mix(self.red, other.red),
            mix(self.green, other.green),
            mix(self.blue, other.blue),
        )
    }

    /// How light it looks: 0 to 1 (the weights of Rec. 709, without the curve of sRGB).
    pub(crate) fn lightness(self) -> f64 {
        (0.2126 * f64::from(self.red)
            + 0.7152 * f64::from(self.green)
            + 0.0722 * f64::from(self.blue))
            / 255.0
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_read_by_name_and_by_number() {
        assert_eq!(Color::parse("#f80"), Ok(Color::new(255, 136, 0)));
        assert_eq!(Color::parse("#0072B2"), Ok(Color::turn(0)));
        assert_eq!(Color::parse("Black"), Ok(Color::BLACK));
        for wrong in ["", "#", "#ff", "#ggg", "#äää", "blu"] {
            assert!(Color::parse(wrong).is_err(), "{wrong}");
        }
    }
}
