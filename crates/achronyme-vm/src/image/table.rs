//! The section of what functions share beside constants, strings and types.

use image_file::{ByteReader, ByteWriter, ImageError};

use super::pool::{StringPool, Strings};
use crate::program::{Pattern, Program, Shape, ShapeField};

const VECTOR: u8 = 0;
const RECORD: u8 = 1;

pub(super) fn write(program: &Program, strings: &mut StringPool) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.u32(program.main);
    writer.list(&program.names, |writer, name| strings.put(writer, name));
    writer.list(&program.shapes, |writer, shape| {
        writer.list(&shape.fields, |writer, field| {
            writer.u32(field.name);
            writer.flag(field.mutable);
        });
    });
    writer.list(&program.patterns, |writer, pattern| match pattern {
        Pattern::Vector { before, rest, after, missing, open } => {
            writer.u8(VECTOR);
            writer.u8(*before);
            writer.flag(*rest);
            writer.u8(*after);
            writer.u8(*missing);
            writer.flag(*open);
        }
        Pattern::Record { fields } => {
            writer.u8(RECORD);
            writer.list(fields, |writer, (name, optional)| {
                writer.u32(*name);
                writer.flag(*optional);
            });
        }
    });
    writer.list(&program.globals, |writer, name| strings.put(writer, name));
    writer.list(&program.methods, |writer, (kind, name, global)| {
        writer.u8(*kind);
        writer.u32(*name);
        writer.u16(*global);
    });
    writer.into_bytes()
}

pub(super) fn read(
    mut reader: ByteReader<'_>,
    strings: &Strings<'_>,
    program: &mut Program,
) -> Result<(), ImageError> {
    program.main = reader.u32()?;
    program.names = reader.list(4, |reader| strings.take(reader))?;
    program.shapes = reader.list(4, |reader| {
        let field = |reader: &mut ByteReader<'_>| {
            Ok(ShapeField { name: reader.u32()?, mutable: reader.flag()? })
        };
        Ok(Shape { fields: reader.list(5, field)? })
    })?;
    program.patterns = reader.list(5, read_pattern)?;
    program.globals = reader.list(4, |reader| strings.take(reader))?;
    program.methods = reader.list(7, |reader| Ok((reader.u8()?, reader.u32()?, reader.u16()?)))?;
    reader.finish()
}

fn read_pattern(reader: &mut ByteReader<'_>) -> Result<Pattern, ImageError> {
    match reader.u8()? {
        VECTOR => Ok(Pattern::Vector {
            before: reader.u8()?,
            rest: reader.flag()?,
            after: reader.u8()?,
            missing: reader.u8()?,
            open: reader.flag()?,
        }),
        RECORD => {
            let fields = reader.list(5, |reader| Ok((reader.u32()?, reader.flag()?)))?;
            Ok(Pattern::Record { fields })
        }
        _ => Err(reader.wrong(1, "the tag of a pattern")),
    }
}
