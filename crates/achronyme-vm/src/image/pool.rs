//! The pools of strings and constants, in which each is once, however many functions have it.

use std::cell::Cell;
use std::collections::BTreeMap;

use image_file::{ByteReader, ByteWriter, ImageError};

use crate::program::Constant;

/// Bytes of all strings of a program, each counted as often as the program has it.
const STRING_BYTES_MAX: usize = 1 << 28;

const NULL: u8 = 0x00;
const BOOLEAN: u8 = 0x01;
const NUMBER: u8 = 0x02;
const STRING: u8 = 0x03;
const COMPLEX: u8 = 0x04;
/// Beyond the tags for vectors, records and edges, of which no constants are made.
const BUILTIN: u8 = 0x40;

/// Gives strings numbers.
#[derive(Debug, Default)]
pub(super) struct StringPool {
    numbers: BTreeMap<String, u32>,
    strings: Vec<String>,
}

impl StringPool {
    /// Writes the number of a string.
    pub(super) fn put(&mut self, writer: &mut ByteWriter, text: &str) {
        if let Some(number) = self.numbers.get(text) {
            return writer.u32(*number);
        }
        writer.count(self.strings.len());
        let number = u32::try_from(self.strings.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        self.strings.push(text.to_owned());
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.list(&self.strings, |writer, text| writer.text(text));
        writer.into_bytes()
    }
}

/// The strings of a file.
pub(super) struct Strings<'a> {
    strings: Vec<&'a str>,
    /// Bytes that may still be copied: a short file could ask for a long string many times.
    left: Cell<usize>,
}

impl<'a> Strings<'a> {
    pub(super) fn read(mut reader: ByteReader<'a>) -> Result<Self, ImageError> {
        let strings = reader.list(4, ByteReader::str)?;
        reader.finish()?;
        Ok(Self { strings, left: Cell::new(STRING_BYTES_MAX) })
    }

    /// The string whose number is read.
    pub(super) fn take(&self, reader: &mut ByteReader<'_>) -> Result<String, ImageError> {
        let number = reader.u32()? as usize;
        let text =
            self.strings.get(number).ok_or_else(|| reader.wrong(4, "the number of a string"))?;
        self.copy(reader, text)
    }

    fn copy(&self, reader: &ByteReader<'_>, text: &str) -> Result<String, ImageError> {
        let left = self.left.get().checked_sub(text.len());
        self.left.set(left.ok_or_else(|| reader.wrong(4, "shorter strings"))?);
        Ok(text.to_owned())
    }
}

/// Gives constants numbers.
#[derive(Debug, Default)]
pub(super) struct ConstantPool {
    numbers: BTreeMap<Key, u32>,
    constants: Vec<Constant>,
}

/// What makes constants the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bits(u8, u64, u64),
    Text(String),
}

impl ConstantPool {
    /// Writes the number of a constant.
    pub(super) fn put(&mut self, writer: &mut ByteWriter, constant: &Constant) {
        let key = match constant {
            Constant::Null => Key::Bits(NULL, 0, 0),
            Constant::Boolean(value) => Key::Bits(BOOLEAN, (*value).into(), 0),
            Constant::Number(value) => Key::Bits(NUMBER, value.to_bits(), 0),
            Constant::Complex(re, im) => Key::Bits(COMPLEX, re.to_bits(), im.to_bits()),
            Constant::String(text) => Key::Text(text.clone()),
            Constant::Builtin(index) => Key::Bits(BUILTIN, (*index).into(), 0),
        };
        let next = u32::try_from(self.constants.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.constants.push(constant.clone());
        }
        writer.u32(number);
    }

    pub(super) fn write(&self, strings: &mut StringPool) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.list(&self.constants, |writer, constant| match constant {
            Constant::Null => writer.u8(NULL),
            Constant::Boolean(value) => {
                writer.u8(BOOLEAN);
                writer.flag(*value);
            }
            Constant::Number(value) => {
                writer.u8(NUMBER);
                writer.f64(*value);
            }
            Constant::String(text) => {
                writer.u8(STRING);
                strings.put(writer, text);
            }
            Constant::Complex(re, im) => {
                writer.u8(COMPLEX);
                writer.f64(*re);
                writer.f64(*im);
            }
            Constant::Builtin(index) => {
                writer.u8(BUILTIN);
                writer.u16(*index);
            }
        });
        writer.into_bytes()
    }
}

/// The constants of a file.
pub(super) struct Constants<'a> {
    constants: Vec<Constant>,
    strings: &'a Strings<'a>,
}

impl<'a> Constants<'a> {
    pub(super) fn read(
        mut reader: ByteReader<'_>,
        strings: &'a Strings<'a>,
    ) -> Result<Self, ImageError> {
        let constants = reader.list(1, |reader| {
            Ok(match reader.u8()? {
                NULL => Constant::Null,
                BOOLEAN => Constant::Boolean(reader.flag()?),
                NUMBER => Constant::Number(reader.f64()?),
                STRING => Constant::String(strings.take(reader)?),
                COMPLEX => Constant::Complex(reader.f64()?, reader.f64()?),
                BUILTIN => Constant::Builtin(reader.u16()?),
                _ => return Err(reader.wrong(1, "the tag of a constant")),
            })
        })?;
        reader.finish()?;
        Ok(Self { constants, strings })
    }

    /// The constant whose number is read.
    pub(super) fn take(&self, reader: &mut ByteReader<'_>) -> Result<Constant, ImageError> {
        let number = reader.u32()? as usize;
        let constant = self.constants.get(number);
        let constant = constant.ok_or_else(|| reader.wrong(4, "the number of a constant"))?;
        if let Constant::String(text) = constant {
            return self.strings.copy(reader, text).map(Constant::String);
        }
        Ok(constant.clone())
    }
}
