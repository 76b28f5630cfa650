//! The section of the functions.

use image_file::{ByteReader, ByteWriter, ImageError};

use super::pool::{ConstantPool, Constants, StringPool, Strings};
use crate::program::{Capture, Handler, Program, Prototype};

const GENERATOR: u8 = 1;
const ASYNC: u8 = 2;
const SELF: u8 = 4;

const REGISTER: u8 = 0;
const UPVALUE: u8 = 1;
const REC: u8 = 2;

/// Bytes of a function that has nothing.
const FUNCTION_BYTES: usize = 26;

pub(super) fn write(
    prototypes: &[Prototype],
    strings: &mut StringPool,
    constants: &mut ConstantPool,
) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.list(prototypes, |writer, prototype| {
        strings.put(writer, &prototype.name);
        writer.u8(prototype.parameters_min);
        writer.u8(prototype.parameters);
        writer.u16(prototype.registers);
        let flags = [
            (prototype.is_generator, GENERATOR),
            (prototype.is_async, ASYNC),
            (prototype.self_register.is_some(), SELF),
        ];
        writer.u8(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum());
        writer.u8(prototype.self_register.unwrap_or(0));
        writer.list(&prototype.code, |writer, word| writer.u32(*word));
        writer.count(prototype.captures.len());
        for (capture, (_, is_cell)) in prototype.captures.iter().zip(&prototype.upvalues) {
            let (tag, number) = match capture {
                Capture::Register(register) => (REGISTER, *register),
                Capture::Upvalue(upvalue) => (UPVALUE, *upvalue),
                Capture::Rec => (REC, 0),
            };
            writer.u8(tag);
            writer.u8(number);
            writer.flag(*is_cell);
        }
        writer.list(&prototype.constants, |writer, constant| constants.put(writer, constant));
        writer.list(&prototype.handlers, |writer, handler| {
            writer.u32(handler.start);
            writer.u32(handler.end);
            writer.u32(handler.target);
            writer.u8(handler.register);
        });
    });
    writer.into_bytes()
}

pub(super) fn read(
    mut reader: ByteReader<'_>,
    strings: &Strings<'_>,
    constants: &Constants<'_>,
    program: &mut Program,
) -> Result<(), ImageError> {
    program.prototypes =
        reader.list(FUNCTION_BYTES, |reader| read_function(reader, strings, constants))?;
    reader.finish()
}

fn read_function(
    reader: &mut ByteReader<'_>,
    strings: &Strings<'_>,
    constants: &Constants<'_>,
) -> Result<Prototype, ImageError> {
    let name = strings.take(reader)?;
    let (parameters_min, parameters) = (reader.u8()?, reader.u8()?);
    let registers = reader.u16()?;
    let (flags, self_register) = (reader.u8()?, reader.u8()?);
    if flags & !(GENERATOR | ASYNC | SELF) != 0 {
        return Err(reader.wrong(2, "flags of a function"));
    }
    let has_self = flags & SELF != 0;
    if !has_self && self_register != 0 {
        return Err(reader.wrong(1, "0"));
    }
    let code = reader.list(4, ByteReader::u32)?;
    let upvalues = reader.list(3, read_upvalue)?;
    Ok(Prototype {
        name,
        parameters_min,
        parameters,
        registers,
        self_register: has_self.then_some(self_register),
        is_generator: flags & GENERATOR != 0,
        is_async: flags & ASYNC != 0,
        code,
        captures: upvalues.iter().map(|(capture, _)| *capture).collect(),
        upvalues: upvalues.iter().map(|(_, is_cell)| (String::new(), *is_cell)).collect(),
        constants: reader.list(4, |reader| constants.take(reader))?,
        handlers: reader.list(13, |reader| {
            let (start, end, target) = (reader.u32()?, reader.u32()?, reader.u32()?);
            Ok(Handler { start, end, target, register: reader.u8()? })
        })?,
        locals: Vec::new(),
        lines: Vec::new(),
    })
}

fn read_upvalue(reader: &mut ByteReader<'_>) -> Result<(Capture, bool), ImageError> {
    let capture = match (reader.u8()?, reader.u8()?) {
        (REGISTER, register) => Capture::Register(register),
        (UPVALUE, upvalue) => Capture::Upvalue(upvalue),
        (REC, 0) => Capture::Rec,
        _ => return Err(reader.wrong(2, "where an upvalue comes from")),
    };
    Ok((capture, reader.flag()?))
}
