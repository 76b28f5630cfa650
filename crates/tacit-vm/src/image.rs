//! A program as a file: the size of the memory and the first unit. `docs/formats/tacit-image.md`
//! draws it.

pub(crate) mod encoding;
pub(crate) mod load;
pub(crate) mod region;
pub(crate) mod verify;

mod bytes;

use machine::SourceText;

use crate::image::load::LoadError;
use crate::layout::Layout;
use crate::unit::{CodeSpan, LocalNames, Unit, UnitDebug};
use crate::vm::Vm;
use bytes::{Reader, Writer};

/// An unverified program: a unit for a memory in which nothing is loaded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Bytes of the memory.
    pub memory: usize,
    /// What to load into it.
    pub unit: Unit,
}

/// Why bytes are not an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It is some other file.
    #[error("this is not a Tacit image: it does not begin with `TACI`")]
    OtherFile,
    /// It was written by another version.
    #[error(
        "its format is version {found}, and this program reads version {known}; compile it again"
    )]
    Version {
        /// The file's version.
        found: u16,
        /// Ours.
        known: u16,
    },
    /// It ends too early; it was probably not copied to the end.
    #[error("the {section} section is cut off at byte {at}")]
    Truncated {
        /// Where.
        section: &'static str,
        /// The byte, counted in the section.
        at: usize,
    },
    /// Something follows the end.
    #[error("there is something after the {section} section, from byte {at} on")]
    Trailing {
        /// Which.
        section: &'static str,
        /// The byte, counted in the section.
        at: usize,
    },
    /// The bytes are not those that were written.
    #[error("the {section} section is damaged: its checksum does not match")]
    Checksum {
        /// Which.
        section: &'static str,
    },
    /// The bytes are those that were written, and mean nothing.
    #[error("the {section} section is wrong at byte {at}: {expected} was expected")]
    Value {
        /// Which.
        section: &'static str,
        /// The byte, counted in the section.
        at: usize,
        /// What should be there.
        expected: &'static str,
    },
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
        let mut head = Writer(MAGIC.to_vec());
        head.u16(VERSION);
        head.u16(if has_debug { HAS_DEBUG } else { 0 });
        head.count(self.memory);
        let mut file = head.0.clone();
        write_section(&mut file, &head.0, &self.code_section());
        if has_debug {
            write_section(&mut file, b"debug", &debug_section(debug));
        }
        file
    }

    /// Reads an image file. What it says may still be no program: loading it decides that.
    ///
    /// # Errors
    /// It is something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(ImageError::OtherFile);
        }
        let mut reader = Reader::new("head", bytes);
        let head = reader.take(HEAD_BYTES);
        let mut fields = Reader::new("head", &bytes[MAGIC.len()..]);
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
        let mut writer = Writer::default();
        for number in [*base, *string_base, *entry, *words, *globals] {
            writer.u16(number);
        }
        writer.bytes(code);
        writer.list(strings, |writer, text| writer.bytes(text.as_bytes()));
        writer.0
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

/// A section: its length, its checksum, and the bytes. `before` counts for the checksum, too.
fn write_section(file: &mut Vec<u8>, before: &[u8], section: &[u8]) {
    let mut writer = Writer(std::mem::take(file));
    writer.count(section.len());
    writer.u32(checksum(before, section));
    writer.0.extend(section);
    *file = writer.0;
}

fn read_section<'a>(
    section: &'static str,
    reader: &mut Reader<'a>,
    before: &[u8],
) -> Result<&'a [u8], ImageError> {
    let truncated = |_| ImageError::Truncated { section, at: 0 };
    let length = reader.u32().map_err(truncated)? as usize;
    let expected = reader.u32().map_err(truncated)?;
    let bytes = reader.take(length).map_err(truncated)?;
    if checksum(before, bytes) == expected {
        Ok(bytes)
    } else {
        Err(ImageError::Checksum { section })
    }
}

fn checksum(before: &[u8], section: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(before);
    hasher.update(section);
    hasher.finalize()
}

fn read_code(section: &[u8]) -> Result<Unit, ImageError> {
    let mut reader = Reader::new("code", section);
    let unit = Unit {
        base: reader.u16()?,
        string_base: reader.u16()?,
        entry: reader.u16()?,
        words: reader.u16()?,
        globals: reader.u16()?,
        code: reader.bytes()?.to_vec(),
        strings: reader.list(4, Reader::text)?,
        debug: UnitDebug::default(),
    };
    reader.finish()?;
    Ok(unit)
}

fn debug_section(debug: &UnitDebug) -> Vec<u8> {
    let UnitDebug { sources, spans, locals, globals } = debug;
    let mut writer = Writer::default();
    writer.list(sources, |writer, source| {
        writer.bytes(source.name.as_bytes());
        writer.bytes(source.text.as_bytes());
    });
    writer.list(spans, |writer, span| {
        writer.u16(span.code);
        writer.u16(span.source);
        writer.u32(span.start);
        writer.u32(span.end);
    });
    writer.list(locals, |writer, locals| {
        writer.u16(locals.header);
        writer.list(&locals.names, |writer, name| writer.bytes(name.as_bytes()));
    });
    writer.list(globals, |writer, (index, name)| {
        writer.u16(*index);
        writer.bytes(name.as_bytes());
    });
    writer.0
}

fn read_debug(section: &[u8]) -> Result<UnitDebug, ImageError> {
    let mut reader = Reader::new("debug", section);
    let sources =
        reader.list(8, |reader| Ok(SourceText { name: reader.text()?, text: reader.text()? }))?;
    let spans = reader.list(12, |reader| {
        let (code, source) = (reader.u16()?, reader.u16()?);
        Ok(CodeSpan { code, source, start: reader.u32()?, end: reader.u32()? })
    })?;
    let locals = reader.list(6, |reader| {
        Ok(LocalNames { header: reader.u16()?, names: reader.list(4, Reader::text)? })
    })?;
    let globals = reader.list(6, |reader| Ok((reader.u16()?, reader.text()?)))?;
    reader.finish()?;
    Ok(UnitDebug { sources, spans, locals, globals })
}
