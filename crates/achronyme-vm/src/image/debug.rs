//! The section without which a program runs as well: source texts, places in them, names.

use image_file::{ByteReader, ByteWriter, ImageError};

use crate::program::{Line, Local, Program, Prototype, Source};

/// Whether a program has anything for the section.
pub(super) fn is_there(program: &Program) -> bool {
    let has_any = |prototype: &Prototype| {
        let Prototype { locals, lines, upvalues, .. } = prototype;
        let has_name = upvalues.iter().any(|(name, _)| !name.is_empty());
        has_name || !locals.is_empty() || !lines.is_empty()
    };
    !program.sources.is_empty() || program.prototypes.iter().any(has_any)
}

pub(super) fn write(program: &Program) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.list(&program.sources, |writer, source| {
        writer.text(&source.name);
        writer.text(&source.text);
        writer.flag(source.library);
    });
    // As many as there are functions.
    for prototype in &program.prototypes {
        writer.list(&prototype.locals, |writer, local| {
            writer.text(&local.name);
            writer.u8(local.register);
            writer.flag(local.cell);
            writer.u32(local.start);
            writer.u32(local.end);
        });
        for (name, _) in &prototype.upvalues {
            writer.text(name);
        }
        writer.list(&prototype.lines, |writer, line| {
            writer.u32(line.at);
            writer.u32(line.source);
            writer.u32(line.start);
            writer.u32(line.end);
            writer.flag(line.statement);
        });
    }
    writer.into_bytes()
}

/// Adds what the section says to the functions that were read.
pub(super) fn read(mut reader: ByteReader<'_>, program: &mut Program) -> Result<(), ImageError> {
    program.sources = reader.list(9, |reader| {
        let (name, text) = (reader.text()?, reader.text()?);
        Ok(Source { name, text, library: reader.flag()? })
    })?;
    for prototype in &mut program.prototypes {
        prototype.locals = reader.list(14, |reader| {
            Ok(Local {
                name: reader.text()?,
                register: reader.u8()?,
                cell: reader.flag()?,
                start: reader.u32()?,
                end: reader.u32()?,
            })
        })?;
        for (name, _) in &mut prototype.upvalues {
            *name = reader.text()?;
        }
        prototype.lines = reader.list(17, |reader| {
            Ok(Line {
                at: reader.u32()?,
                source: reader.u32()?,
                start: reader.u32()?,
                end: reader.u32()?,
                statement: reader.flag()?,
            })
        })?;
    }
    reader.finish()
}
