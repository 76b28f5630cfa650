//! Kinds of items: `<f8` and its like.

use num_complex::Complex64;

use crate::Error;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dtype {
    /// `f`, `i`, `u`, `b` or `c`.
    pub(super) kind: char,
    /// Its bytes.
    pub(super) size: usize,
    /// Whether the greatest byte comes first.
    is_big: bool,
}

impl Dtype {
    /// The kind that a header names.
    pub(super) fn read(descr: &str) -> Result<Self, Error> {
        let mut letters = descr.chars();
        let first = letters.next();
        let (order, kind) = match first {
            Some('<' | '>' | '|' | '=') => (first, letters.next()),
            _ => (Some('='), first),
        };
        let (Some(kind), Ok(size)) = (kind, letters.as_str().parse::<usize>()) else {
            return Err(unknown(descr));
        };
        let is_known = match kind {
            'f' => matches!(size, 2 | 4 | 8),
            'i' | 'u' => matches!(size, 1 | 2 | 4 | 8),
            'b' => size == 1,
            'c' => matches!(size, 8 | 16),
            _ => false,
        };
        if !is_known {
            return Err(unknown(descr));
        }
        Ok(Self { kind, size, is_big: order == Some('>') })
    }

    pub(super) const fn is_complex(self) -> bool {
        self.kind == 'c'
    }

    /// The number in an item of `size` bytes.
    pub(super) fn real(self, item: &[u8]) -> f64 {
        let bits = self.bits(item);
        match (self.kind, self.size) {
            ('f', 2) => half(bits),
            #[expect(clippy::cast_possible_truncation, reason = "an item of four bytes")]
            ('f', 4) => f64::from(f32::from_bits(bits as u32)),
            ('f', _) => f64::from_bits(bits),
            ('i', size) => {
                let unused = 64 - 8 * size;
                #[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
                let number = ((bits << unused).cast_signed() >> unused) as f64;
                number
            }
            #[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
            _ => bits as f64,
        }
    }

    /// The number in an item of `size` bytes, which are two.
    pub(super) fn complex(self, item: &[u8]) -> Complex64 {
        let part = Self { kind: 'f', size: self.size / 2, ..self };
        let (re, im) = item.split_at(part.size);
        Complex64::new(part.real(re), part.real(im))
    }

    fn bits(self, item: &[u8]) -> u64 {
        let add = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
        if self.is_big { item.iter().fold(0, add) } else { item.iter().rev().fold(0, add) }
    }
}

/// A number of half precision (IEEE 754 binary16).
fn half(bits: u64) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    #[expect(clippy::cast_precision_loss, reason = "ten bits")]
    let fraction = (bits & 0x3ff) as f64 / 1024.0;
    let magnitude = match bits >> 10 & 0x1f {
        0 => fraction / 16384.0,
        31 if fraction == 0.0 => f64::INFINITY,
        31 => return f64::NAN,
        exponent => {
            // 2^(exponent − 15), exactly.
            (1.0 + fraction) * f64::from_bits((exponent + 1023 - 15) << 52)
        }
    };
    sign * magnitude
}

fn unknown(descr: &str) -> Error {
    let shown: String = descr.chars().take(40).collect();
    Error::new(format!(
        "items of type '{shown}' cannot be read: only numbers (f2, f4, f8, i1 to i8, u1 to u8, c8, \
         c16) and truth values (b1)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_in_both_orders() {
        let read = |descr, item: &[u8]| Dtype::read(descr).unwrap().real(item);
        assert_eq!(read("<i2", &[0xfe, 0xff]).to_bits(), (-2.0_f64).to_bits());
        assert_eq!(read(">u2", &[1, 0]).to_bits(), 256.0_f64.to_bits());
        assert_eq!(read(">f8", &1.5_f64.to_be_bytes()).to_bits(), 1.5_f64.to_bits());
        assert_eq!(read("i1", &[0x80]).to_bits(), (-128.0_f64).to_bits());
        assert_eq!(read("<u8", &[0xff; 8]).to_bits(), 18_446_744_073_709_551_615.0_f64.to_bits());
        for (bits, expected) in
            [(0x3c00_u16, 1.0), (0xc500, -5.0), (1, 2.0_f64.powi(-24)), (0x7c00, f64::INFINITY)]
        {
            assert_eq!(read("<f2", &bits.to_le_bytes()).to_bits(), expected.to_bits());
        }
        assert!(read("<f2", &[0, 0x7e]).is_nan());
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for descr in ["", "<", "<f", "f16", "|S5", "<U3", "|O", "<M8[ns]", "é", "<f8x", "i3"] {
            assert!(Dtype::read(descr).is_err(), "{descr}");
        }
    }
}
