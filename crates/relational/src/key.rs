//! Values as bytes whose order is the order of the values.
//!
//! A key is the encodings of its fields one after another. Each says by itself where it ends, so
//! the order of composite keys is the order of their first different field. The same encoding, with
//! the sign of zeros kept, holds nested values within rows.

use rust_decimal::Decimal;

use crate::schema::Type;
use crate::value::Value;

/// Whether −0.0 is told apart from 0.0, which it equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zeros {
    /// As in keys.
    Equal,
    /// As in rows.
    Told,
}

/// The largest exponent of ten that the digits of a decimal are scaled by, so that they begin
/// with the most significant one.
const DIGITS: u32 = 29;

/// Adds the encoding of a value. One that is not of the type adds nothing.
pub(crate) fn encode(ty: &Type, value: &Value, zeros: Zeros, out: &mut Vec<u8>) {
    match (ty, value) {
        (Type::Option(_), Value::None) => out.push(0),
        (Type::Option(inner), value) => {
            out.push(1);
            encode(inner, value, zeros, out);
        }
        (_, Value::Bool(value)) => out.push(u8::from(*value)),
        (_, Value::Int(value) | Value::Timestamp(value) | Value::Duration(value)) => {
            put_whole(*value, out);
        }
        (_, Value::Moment(value)) => put_natural(*value, 0, out),
        (_, Value::Float(value)) => put_float(*value, zeros, out),
        (_, Value::Decimal(value)) => put_decimal(value, out),
        (_, Value::String(text)) => put_bytes(text.as_bytes(), out),
        (_, Value::Bytes(bytes)) => put_bytes(bytes, out),
        (Type::List(inner), Value::List(values)) => {
            for value in values {
                out.push(1);
                encode(inner, value, zeros, out);
            }
            out.push(0);
        }
        (Type::Record(fields), Value::Record(values)) => {
            for ((_, inner), value) in fields.iter().zip(values) {
                encode(inner, value, zeros, out);
            }
        }
        (Type::Union(cases), Value::Tagged(tag, values)) => {
            put_natural(u64::from(*tag), 0, out);
            let held = cases.get(*tag as usize).map_or(&[][..], |(_, held)| held);
            for (inner, value) in held.iter().zip(values) {
                encode(inner, value, zeros, out);
            }
        }
        (_, Value::None | Value::List(_) | Value::Record(_) | Value::Tagged(..)) => {}
    }
}

/// Takes a value off the front. Nothing when the bytes are no encoding of the type.
pub(crate) fn decode(ty: &Type, bytes: &mut &[u8]) -> Option<Value> {
    Some(match ty {
        Type::Option(inner) => match take(bytes, 1)? {
            [0] => Value::None,
            _ => decode(inner, bytes)?,
        },
        Type::Bool => Value::Bool(take(bytes, 1)? != [0]),
        Type::Int => Value::Int(get_whole(bytes)?),
        Type::Timestamp => Value::Timestamp(get_whole(bytes)?),
        Type::Duration => Value::Duration(get_whole(bytes)?),
        Type::Moment => Value::Moment(get_natural(bytes)?),
        Type::Float => Value::Float(get_float(bytes)?),
        Type::Decimal => Value::Decimal(get_decimal(bytes)?),
        Type::String => Value::String(String::from_utf8(get_bytes(bytes)?).ok()?),
        Type::Bytes => Value::Bytes(get_bytes(bytes)?),
        Type::List(inner) => {
            let mut values = Vec::new();
            while take(bytes, 1)? != [0] {
                values.push(decode(inner, bytes)?);
            }
            Value::List(values)
        }
        Type::Record(fields) => {
            let values = fields.iter().map(|(_, inner)| decode(inner, bytes));
            Value::Record(values.collect::<Option<_>>()?)
        }
        Type::Union(cases) => {
            let tag = u32::try_from(get_natural(bytes)?).ok()?;
            let (_, held) = cases.get(tag as usize)?;
            let values = held.iter().map(|inner| decode(inner, bytes));
            Value::Tagged(tag, values.collect::<Option<_>>()?)
        }
    })
}

pub(crate) fn take<'b>(bytes: &mut &'b [u8], len: usize) -> Option<&'b [u8]> {
    let (front, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(front)
}

/// A number without sign: how many bytes, counted up from `first`, then those.
#[inline]
pub(crate) fn put_natural(value: u64, first: u8, out: &mut Vec<u8>) {
    let len = 8 - value.leading_zeros() / 8;
    // All of it is written, and what is too much cut off: that takes no loop.
    let mut bytes = [0; 9];
    bytes[0] = first + len.to_le_bytes()[0];
    let moved = value.checked_shl(64 - 8 * len).unwrap_or(0);
    bytes[1..].copy_from_slice(&moved.to_be_bytes());
    let from = out.len();
    out.extend_from_slice(&bytes);
    out.truncate(from + 1 + len as usize);
}

pub(crate) fn get_natural(bytes: &mut &[u8]) -> Option<u64> {
    let [len] = take(bytes, 1)? else { return None };
    natural(take(bytes, usize::from(*len).min(9))?)
}

fn natural(bytes: &[u8]) -> Option<u64> {
    let mut all = [0; 8];
    all.get_mut(8usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    Some(u64::from_be_bytes(all))
}

/// A number with sign: small ones take few bytes. Negative ones are complemented, length and all.
#[inline]
pub(crate) fn put_whole(value: i64, out: &mut Vec<u8>) {
    if value >= 0 {
        return put_natural(value.cast_unsigned(), 0x80, out);
    }
    let from = out.len();
    put_natural((!value).cast_unsigned(), 0x80, out);
    for byte in &mut out[from..] {
        *byte = !*byte;
    }
}

pub(crate) fn get_whole(bytes: &mut &[u8]) -> Option<i64> {
    let [first] = take(bytes, 1)? else { return None };
    if *first >= 0x80 {
        let len = usize::from(first - 0x80).min(9);
        return Some(natural(take(bytes, len)?)?.cast_signed());
    }
    let mut number = take(bytes, usize::from(0x7f - first).min(9))?.to_vec();
    for byte in &mut number {
        *byte = !*byte;
    }
    Some(!natural(&number)?.cast_signed())
}

const SIGN: u64 = 1 << 63;

/// The bits in an order that bytes have, too: negative numbers complemented, others above them.
pub(crate) fn put_float(value: f64, zeros: Zeros, out: &mut Vec<u8>) {
    let value = if value.is_nan() { f64::NAN.abs() } else { value };
    let is_zero = value.to_bits() & !SIGN == 0;
    let bits = if is_zero && zeros == Zeros::Equal { 0 } else { value.to_bits() };
    let ordered = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    out.extend_from_slice(&ordered.to_be_bytes());
}

pub(crate) fn get_float(bytes: &mut &[u8]) -> Option<f64> {
    let ordered = natural(take(bytes, 8)?)?;
    let bits = if ordered & SIGN == 0 { !ordered } else { ordered & !SIGN };
    Some(f64::from_bits(bits))
}

/// The sign, the exponent of the first digit, and all digits as one number with [`DIGITS`] digits.
pub(crate) fn put_decimal(value: &Decimal, out: &mut Vec<u8>) {
    let mantissa = value.mantissa();
    let mut digits = mantissa.unsigned_abs();
    if digits == 0 {
        return out.push(1);
    }
    let is_negative = mantissa < 0;
    out.push(if is_negative { 0 } else { 2 });
    let count = digits.ilog10() + 1;
    digits *= 10u128.pow(DIGITS.saturating_sub(count));
    let mut bytes = [0; 14];
    // Between -27 and 29, for scales up to 28.
    bytes[0] = (64 + count).saturating_sub(value.scale()).to_le_bytes()[0];
    bytes[1..].copy_from_slice(&digits.to_be_bytes()[3..]);
    if is_negative {
        for byte in &mut bytes {
            *byte = !*byte;
        }
    }
    out.extend_from_slice(&bytes);
}

pub(crate) fn get_decimal(bytes: &mut &[u8]) -> Option<Decimal> {
    let [sign] = take(bytes, 1)? else { return None };
    if *sign == 1 {
        return Some(Decimal::ZERO);
    }
    let mut held: [u8; 14] = take(bytes, 14)?.try_into().ok()?;
    if *sign == 0 {
        for byte in &mut held {
            *byte = !*byte;
        }
    }
    let mut digits = held[1..].iter().fold(0i128, |number, byte| number << 8 | i128::from(*byte));
    // The value is the digits divided by ten to the power of this.
    let mut scale = i32::try_from(DIGITS).ok()? + 64 - i32::from(held[0]);
    while digits % 10 == 0 && digits != 0 && scale > 0 {
        digits /= 10;
        scale -= 1;
    }
    let signed = if *sign == 0 { -digits } else { digits };
    Decimal::try_from_i128_with_scale(signed, u32::try_from(scale).ok()?).ok()
}

/// Bytes with each 0 as 0 255, ended by 0 1.
pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(zero) = rest.iter().position(|byte| *byte == 0) {
        out.extend_from_slice(&rest[..=zero]);
        out.push(255);
        rest = &rest[zero + 1..];
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(&[0, 1]);
}

pub(crate) fn get_bytes(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let mut held = Vec::new();
    loop {
        let zero = bytes.iter().position(|byte| *byte == 0)?;
        held.extend_from_slice(take(bytes, zero)?);
        match take(bytes, 2)? {
            [_, 1] => return Some(held),
            [_, 255] => held.push(0),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{typed_pair, typed_value};
    use proptest::prelude::*;

    fn encoded(ty: &Type, value: &Value, zeros: Zeros) -> Vec<u8> {
        let mut out = Vec::new();
        encode(ty, value, zeros, &mut out);
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn encodings_are_ordered_as_values_are((ty, one, two) in typed_pair()) {
            let (a, b) = (encoded(&ty, &one, Zeros::Equal), encoded(&ty, &two, Zeros::Equal));
            prop_assert_eq!(a.cmp(&b), one.cmp(&two));
        }

        #[test]
        fn an_encoding_gives_its_value_back_and_ends_there((ty, value) in typed_value()) {
            for zeros in [Zeros::Equal, Zeros::Told] {
                let mut bytes = encoded(&ty, &value, zeros);
                bytes.extend_from_slice(b"rest");
                let mut rest = bytes.as_slice();
                prop_assert_eq!(decode(&ty, &mut rest), Some(value.clone()));
                prop_assert_eq!(rest, b"rest");
            }
        }

        #[test]
        fn any_bytes_are_decoded_or_refused(
            (ty, _) in typed_value(),
            bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            if let Some(value) = decode(&ty, &mut bytes.as_slice()) {
                prop_assert!(ty.accepts(&value));
            }
        }
    }

    #[test]
    fn the_sign_of_zero_is_kept_where_it_is_told_apart() {
        let bytes = encoded(&Type::Float, &Value::Float(-0.0), Zeros::Told);
        assert!(matches!(decode(&Type::Float, &mut bytes.as_slice()),
            Some(Value::Float(zero)) if zero.is_sign_negative()));
    }
}
