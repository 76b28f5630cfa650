//! The section of the types: aliases, and what `check_type` checks.

use achronyme_library::{Element, FieldType, Kind, Type};
use image_file::{ByteReader, ByteWriter, ImageError};

use super::pool::{StringPool, Strings};
use crate::program::{Check, Program};
use crate::verify::TYPE_DEPTH_MAX;

const ANY: u8 = 0;
const KIND: u8 = 1;
const TENSOR: u8 = 2;
const RECORD: u8 = 3;
const FUNCTION: u8 = 4;
const UNION: u8 = 5;
const ALIAS: u8 = 6;

/// In the order of their numbers.
const ELEMENTS: [Element; 3] = [Element::Number, Element::Complex, Element::Any];

const OPTIONAL: u8 = 1;
const MUTABLE: u8 = 2;

pub(super) fn write(program: &Program, strings: &mut StringPool) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.list(&program.aliases, |writer, alias| write_type(writer, strings, alias));
    writer.list(&program.checks, |writer, check| {
        write_type(writer, strings, &check.annotation);
        strings.put(writer, &check.shown);
        strings.put(writer, &check.message);
    });
    writer.into_bytes()
}

fn write_type(writer: &mut ByteWriter, strings: &mut StringPool, annotation: &Type) {
    match annotation {
        Type::Any => writer.u8(ANY),
        Type::Kind(kind) => {
            writer.u8(KIND);
            writer.u8(*kind as u8);
        }
        Type::Tensor { element, shape } => {
            writer.u8(TENSOR);
            writer.u8(match element {
                Element::Number => 0,
                Element::Complex => 1,
                Element::Any => 2,
            });
            writer.flag(shape.is_some());
            if let Some(shape) = shape {
                writer.list(shape, |writer, size| {
                    writer.flag(size.is_some());
                    writer.u32(size.unwrap_or(0));
                });
            }
        }
        Type::Record(fields) => {
            writer.u8(RECORD);
            writer.list(fields, |writer, field| {
                strings.put(writer, &field.name);
                let optional = if field.optional { OPTIONAL } else { 0 };
                writer.u8(optional | if field.mutable { MUTABLE } else { 0 });
                write_type(writer, strings, &field.annotation);
            });
        }
        Type::Function { parameters, result } => {
            writer.u8(FUNCTION);
            writer.list(parameters, |writer, parameter| write_type(writer, strings, parameter));
            write_type(writer, strings, result);
        }
        Type::Union(members) => {
            writer.u8(UNION);
            writer.list(members, |writer, member| write_type(writer, strings, member));
        }
        Type::Alias(index) => {
            writer.u8(ALIAS);
            writer.u16(*index);
        }
    }
}

pub(super) fn read(
    mut reader: ByteReader<'_>,
    strings: &Strings<'_>,
    program: &mut Program,
) -> Result<(), ImageError> {
    program.aliases = reader.list(1, |reader| read_type(reader, strings, TYPE_DEPTH_MAX))?;
    program.checks = reader.list(9, |reader| {
        Ok(Check {
            annotation: read_type(reader, strings, TYPE_DEPTH_MAX)?,
            shown: strings.take(reader)?,
            message: strings.take(reader)?,
        })
    })?;
    reader.finish()
}

/// A type that is nested at most `depth` deep.
fn read_type(
    reader: &mut ByteReader<'_>,
    strings: &Strings<'_>,
    depth: usize,
) -> Result<Type, ImageError> {
    let depth = depth.checked_sub(1).ok_or_else(|| reader.wrong(0, "types less deep"))?;
    Ok(match reader.u8()? {
        ANY => Type::Any,
        KIND => {
            let kind = Kind::from_code(reader.u8()?);
            Type::Kind(kind.ok_or_else(|| reader.wrong(1, "the number of a kind"))?)
        }
        TENSOR => {
            let element = ELEMENTS.get(usize::from(reader.u8()?));
            let element = *element.ok_or_else(|| reader.wrong(1, "what the numbers are"))?;
            let size = |reader: &mut ByteReader<'_>| {
                let (is_given, size) = (reader.flag()?, reader.u32()?);
                if !is_given && size != 0 {
                    return Err(reader.wrong(4, "0"));
                }
                Ok(is_given.then_some(size))
            };
            let shape = if reader.flag()? { Some(reader.list(5, size)?) } else { None };
            Type::Tensor { element, shape }
        }
        RECORD => Type::Record(reader.list(6, |reader| read_field(reader, strings, depth))?),
        FUNCTION => Type::Function {
            parameters: reader.list(1, |reader| read_type(reader, strings, depth))?,
            result: Box::new(read_type(reader, strings, depth)?),
        },
        UNION => Type::Union(reader.list(1, |reader| read_type(reader, strings, depth))?),
        ALIAS => Type::Alias(reader.u16()?),
        _ => return Err(reader.wrong(1, "the tag of a type")),
    })
}

fn read_field(
    reader: &mut ByteReader<'_>,
    strings: &Strings<'_>,
    depth: usize,
) -> Result<FieldType, ImageError> {
    let name = strings.take(reader)?;
    let flags = reader.u8()?;
    if flags & !(OPTIONAL | MUTABLE) != 0 {
        return Err(reader.wrong(1, "flags of a field"));
    }
    Ok(FieldType {
        name,
        optional: flags & OPTIONAL != 0,
        mutable: flags & MUTABLE != 0,
        annotation: read_type(reader, strings, depth)?,
    })
}
