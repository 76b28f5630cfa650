//! How descriptions are written as bytes: numbers, texts, lists and values one after another.

use rust_decimal::Decimal;

use crate::node::{get_length, put_length};
use crate::value::Value;

/// Bytes being written.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    pub(crate) bytes: Vec<u8>,
}

impl Packer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(crate) fn number(&mut self, number: usize) {
        put_length(&mut self.bytes, number);
    }

    pub(crate) fn link(&mut self, link: u32) {
        self.bytes.extend_from_slice(&link.to_le_bytes());
    }

    pub(crate) fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn numbers(&mut self, numbers: &[usize]) {
        self.number(numbers.len());
        for number in numbers {
            self.number(*number);
        }
    }
}

/// Bytes being read. Nothing is allocated because a count says so.
#[derive(Debug)]
pub(crate) struct Unpacker<'b> {
    pub(crate) rest: &'b [u8],
}

impl<'b> Unpacker<'b> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    pub(crate) fn number(&mut self) -> Option<usize> {
        let (number, rest) = get_length(self.rest)?;
        self.rest = rest;
        Some(number)
    }

    pub(crate) fn link(&mut self) -> Option<u32> {
        let (link, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*link))
    }

    pub(crate) fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*word))
    }

    pub(crate) fn block(&mut self) -> Option<&'b [u8]> {
        let len = self.number()?;
        let (block, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(block)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.block()?.to_vec()).ok()
    }

    pub(crate) fn numbers(&mut self) -> Option<Vec<usize>> {
        (0..self.count()?).map(|_| self.number()).collect()
    }

    /// How many elements follow, each of at least one byte.
    pub(crate) fn count(&mut self) -> Option<usize> {
        self.number().filter(|count| *count <= self.rest.len())
    }
}

/// How deep values nest at most.
const VALUE_DEPTH_MAX: usize = 64;

/// A value with its kind. Depth is that of the value, which its type bounds.
pub(crate) fn pack_value(value: &Value, packer: &mut Packer) {
    let mut word = |kind: u8, word: u64| {
        packer.byte(kind);
        packer.bytes.extend_from_slice(&word.to_le_bytes());
    };
    match value {
        Value::None => packer.byte(0),
        Value::Bool(value) => {
            packer.byte(1);
            packer.byte(u8::from(*value));
        }
        Value::Int(value) => word(2, value.cast_unsigned()),
        Value::Float(value) => word(3, value.to_bits()),
        Value::Timestamp(value) => word(4, value.cast_unsigned()),
        Value::Duration(value) => word(5, value.cast_unsigned()),
        Value::Moment(value) => word(6, *value),
        Value::Decimal(value) => {
            packer.byte(7);
            packer.bytes.extend_from_slice(&value.mantissa().to_le_bytes());
            packer.link(value.scale());
        }
        Value::String(text) => {
            packer.byte(8);
            packer.block(text.as_bytes());
        }
        Value::Bytes(bytes) => {
            packer.byte(9);
            packer.block(bytes);
        }
        Value::List(values) => pack_values(10, values, packer),
        Value::Record(values) => pack_values(11, values, packer),
        Value::Tagged(tag, values) => {
            packer.byte(12);
            packer.link(*tag);
            packer.number(values.len());
            values.iter().for_each(|value| pack_value(value, packer));
        }
    }
}

fn pack_values(kind: u8, values: &[Value], packer: &mut Packer) {
    packer.byte(kind);
    packer.number(values.len());
    values.iter().for_each(|value| pack_value(value, packer));
}

/// What [`pack_value`] wrote.
pub(crate) fn unpack_value(unpacker: &mut Unpacker<'_>, depth: usize) -> Option<Value> {
    if depth >= VALUE_DEPTH_MAX {
        return None;
    }
    let values = |unpacker: &mut Unpacker<'_>| {
        (0..unpacker.count()?).map(|_| unpack_value(unpacker, depth + 1)).collect::<Option<_>>()
    };
    Some(match unpacker.byte()? {
        0 => Value::None,
        1 => Value::Bool(unpacker.byte()? != 0),
        2 => Value::Int(unpacker.word()?.cast_signed()),
        3 => Value::Float(f64::from_bits(unpacker.word()?)),
        4 => Value::Timestamp(unpacker.word()?.cast_signed()),
        5 => Value::Duration(unpacker.word()?.cast_signed()),
        6 => Value::Moment(unpacker.word()?),
        7 => {
            let mantissa = i128::from(unpacker.word()?) | i128::from(unpacker.word()?) << 64;
            Value::Decimal(Decimal::try_from_i128_with_scale(mantissa, unpacker.link()?).ok()?)
        }
        8 => Value::String(unpacker.text()?),
        9 => Value::Bytes(unpacker.block()?.to_vec()),
        10 => Value::List(values(unpacker)?),
        11 => Value::Record(values(unpacker)?),
        12 => Value::Tagged(unpacker.link()?, values(unpacker)?),
        _ => return None,
    })
}
