//! A program as a file: the size of the memory and the first unit. `docs/formats/tacit-image.md`
//! draws it.

pub(crate) mod encoding;
pub(crate) mod load;
pub(crate) mod region;
pub(crate) mod verify;

use image_file::{ByteReader, ByteWriter, ImageError, read_section, write_section};
use machine::SourceText;

use crate::image::load::LoadError;
use crate::layout::Layout;
use crate::unit::{CodeSpan, LocalNames, Unit, UnitDebug};
use crate::vm::Vm;

/// An unverified program: a unit for a memory in which nothing is loaded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Bytes of the memory.
    pub memory: usize,
    /// What to load into it.
    pub unit: Unit,
}

const MAGIC: [u8; 4] = *b"TACI";
const VERSION: u16 = 1;
/// There is a debug section.
const HAS_DEBUG: u16 = 1;
/// Bytes before the first section: magic, version, flags, bytes of the memory.
const HEAD_BYTES: usize = 12;

impl Image {
    /// The bytes of an image file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let debug = &self.unit.debug;
        let has_debug = *debug != UnitDebug::default();
        let mut file = ByteWriter::new();
        file.raw(&MAGIC);
        file.u16(VERSION);
        file.u16(if has_debug { HAS_DEBUG } else { 0 });
        file.count(self.memory);
        let head = file.clone().into_bytes();
        write_section(&mut file, &head, &self.code_section());
        if has_debug {
            write_section(&mut file, b"debug", &debug_section(debug));
        }
        file.into_bytes()
    }

    /// Reads an image file. What it says may still be no program: loading it decides that.
    ///
    /// # Errors
    /// It is something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(ImageError::OtherFile { name: "a Tacit image", magic: MAGIC });
        }
        let mut reader = ByteReader::new("head", bytes);
        let head = reader.raw(HEAD_BYTES);
        let mut fields = ByteReader::new("head", &bytes[MAGIC.len()..]);
        let found = fields.u16()?;
        if found != VERSION {
            return Err(ImageError::Version { found, known: VERSION });
        }
        let (flags, memory) = (fields.u16()?, fields.u32()? as usize);
        let code = read_section("code", &mut reader, head?)?;
        if flags & !HAS_DEBUG != 0 {
            let expected = "flags that this version knows";
            return Err(ImageError::Value { section: "head", at: 6, expected });
        }
        if Layout::new(memory).is_err() {
            let expected = "a size that a memory can have";
            return Err(ImageError::Value { section: "head", at: 8, expected });
        }
        let mut unit = read_code(code)?;
        if flags & HAS_DEBUG != 0 {
            unit.debug = read_debug(read_section("debug", &mut reader, b"debug")?)?;
        }
        reader.finish()?;
        Ok(Self { memory, unit })
    }

    fn code_section(&self) -> Vec<u8> {
        let Unit { base, code, string_base, strings, entry, words, globals, debug: _ } = &self.unit;
        let mut writer = ByteWriter::new();
        for number in [*base, *string_base, *entry, *words, *globals] {
            writer.u16(number);
        }
        writer.bytes(code);
        writer.list(strings, |writer, text| writer.text(text));
        writer.into_bytes()
    }
}

impl Vm {
    /// A machine with the program of an image loaded, before its first instruction.
    ///
    /// # Errors
    /// It is no program that this machine could run.
    pub fn from_image(image: &Image) -> Result<Self, LoadError> {
        let mut vm = Self::new(Layout::new(image.memory)?);
        vm.load(image.unit.clone())?;
        Ok(vm)
    }
}

fn read_code(mut reader: ByteReader<'_>) -> Result<Unit, ImageError> {
    let unit = Unit {
        base: reader.u16()?,
        string_base: reader.u16()?,
        entry: reader.u16()?,
        words: reader.u16()?,
        globals: reader.u16()?,
        code: reader.bytes()?.to_vec(),
        strings: reader.list(4, ByteReader::text)?,
        debug: UnitDebug::default(),
    };
    reader.finish()?;
    Ok(unit)
}

fn debug_section(debug: &UnitDebug) -> Vec<u8> {
    let UnitDebug { sources, spans, locals, globals } = debug;
    let mut writer = ByteWriter::new();
    writer.list(sources, |writer, source| {
        writer.text(&source.name);
        writer.text(&source.text);
    });
    writer.list(spans, |writer, span| {
        writer.u16(span.code);
        writer.u16(span.source);
        writer.u32(span.start);
        writer.u32(span.end);
    });
    writer.list(locals, |writer, locals| {
        writer.u16(locals.header);
        writer.list(&locals.names, |writer, name| writer.text(name));
    });
    writer.list(globals, |writer, (index, name)| {
        writer.u16(*index);
        writer.text(name);
    });
    writer.into_bytes()
}

fn read_debug(mut reader: ByteReader<'_>) -> Result<UnitDebug, ImageError> {
    let sources =
        reader.list(8, |reader| Ok(SourceText { name: reader.text()?, text: reader.text()? }))?;
    let spans = reader.list(12, |reader| {
        let (code, source) = (reader.u16()?, reader.u16()?);
        Ok(CodeSpan { code, source, start: reader.u32()?, end: reader.u32()? })
    })?;
    let locals = reader.list(6, |reader| {
        Ok(LocalNames { header: reader.u16()?, names: reader.list(4, ByteReader::text)? })
    })?;
    let globals = reader.list(6, |reader| Ok((reader.u16()?, reader.text()?)))?;
    reader.finish()?;
    Ok(UnitDebug { sources, spans, locals, globals })
}
