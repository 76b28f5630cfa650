//! Values as bytes that say what they are and are ordered as values are, within one type: the keys
//! of groups, whose columns have no schema. Equal values have equal bytes.

use crate::key::{
    Zeros, get_bytes, get_decimal, get_float, get_natural, get_whole, put_bytes, put_decimal,
    put_float, put_natural, put_whole, take,
};
use crate::value::Value;

/// How deep values nest that are read.
const DEPTH_MAX: usize = 2 * crate::TYPE_DEPTH_MAX;

/// Adds the encoding of a value.
pub(crate) fn encode_any(value: &Value, out: &mut Vec<u8>) {
    out.push(value.rank());
    match value {
        Value::None => {}
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => {
            put_whole(*value, out);
        }
        Value::Moment(value) => put_natural(*value, 0, out),
        Value::Float(value) => put_float(*value, Zeros::Equal, out),
        Value::Decimal(value) => put_decimal(value, out),
        Value::String(text) => put_bytes(text.as_bytes(), out),
        Value::Bytes(bytes) => put_bytes(bytes, out),
        Value::List(values) | Value::Record(values) => encode_list(values, out),
        Value::Tagged(tag, values) => {
            put_natural(u64::from(*tag), 0, out);
            encode_list(values, out);
        }
    }
}

fn encode_list(values: &[Value], out: &mut Vec<u8>) {
    for value in values {
        out.push(1);
        encode_any(value, out);
    }
    out.push(0);
}

/// The value at the start of bytes, which are moved on; nothing if there is none.
pub(crate) fn decode_any(bytes: &mut &[u8]) -> Option<Value> {
    decode_at(bytes, 0)
}

fn decode_at(bytes: &mut &[u8], depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let [rank] = take(bytes, 1)? else { return None };
    Some(match rank {
        0 => Value::None,
        1 => Value::Bool(take(bytes, 1)? != [0]),
        2 => Value::Int(get_whole(bytes)?),
        3 => Value::Float(get_float(bytes)?),
        4 => Value::Decimal(get_decimal(bytes)?),
        5 => Value::String(String::from_utf8(get_bytes(bytes)?).ok()?),
        6 => Value::Bytes(get_bytes(bytes)?),
        7 => Value::Timestamp(get_whole(bytes)?),
        8 => Value::Duration(get_whole(bytes)?),
        9 => Value::Moment(get_natural(bytes)?),
        10 => Value::List(decode_list(bytes, depth)?),
        11 => Value::Record(decode_list(bytes, depth)?),
        12 => {
            let tag = u32::try_from(get_natural(bytes)?).ok()?;
            Value::Tagged(tag, decode_list(bytes, depth)?)
        }
        _ => return None,
    })
}

fn decode_list(bytes: &mut &[u8], depth: usize) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    while take(bytes, 1)? != [0] {
        values.push(decode_at(bytes, depth + 1)?);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{typed_pair, typed_value};
    use proptest::prelude::*;

    fn encoded(value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        encode_any(value, &mut out);
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn encodings_that_say_their_type_are_ordered_as_values_are((_, one, two) in typed_pair()) {
            let (a, b) = (encoded(&one), encoded(&two));
            prop_assert_eq!(a.cmp(&b), one.cmp(&two));
        }

        #[test]
        fn an_encoding_that_says_its_type_gives_its_value_back((_, value) in typed_value()) {
            let mut bytes = encoded(&value);
            bytes.extend_from_slice(b"rest");
            let mut rest = bytes.as_slice();
            prop_assert_eq!(decode_any(&mut rest), Some(value));
            prop_assert_eq!(rest, b"rest");
        }

        #[test]
        fn any_bytes_are_a_value_or_refused(bytes in prop::collection::vec(0u8..16, 0..60)) {
            decode_any(&mut bytes.as_slice());
        }
    }
}
