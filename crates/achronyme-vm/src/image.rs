//! Programs as files. `docs/formats/achronyme-image.md` draws them.

mod bytes;
mod debug;
mod function;
mod pool;
mod table;
mod types;

use crate::program::Program;
use crate::verify::{VerifyError, verify};
use bytes::{Reader, Writer};
use pool::{ConstantPool, Constants, StringPool, Strings};

/// Why bytes are not a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It is some other file.
    #[error("this is not an Achronyme image: it does not begin with `ACHR`")]
    OtherFile,
    /// It was written by another version.
    #[error(
        "its format is version {found:#06x}, and this program reads version {known:#06x}; \
         compile it again"
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
    /// It is a program that may not run.
    #[error(transparent)]
    Program(#[from] VerifyError),
}

const MAGIC: [u8; 4] = *b"ACHR";
const VERSION: u16 = 0x0065;
/// There is a debug section.
const HAS_DEBUG: u16 = 1;
/// There is a section that says how much memory the program is meant to have.
const HAS_MEMORY: u16 = 2;
/// Bytes before the first section: magic, version, flags.
const HEAD_BYTES: usize = 8;

impl Program {
    /// The bytes of an image file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut strings = StringPool::default();
        let mut constants = ConstantPool::default();
        let types = types::write(self, &mut strings);
        let tables = table::write(self, &mut strings);
        let functions = function::write(&self.prototypes, &mut strings, &mut constants);
        let constants = constants.write(&mut strings);
        let has_debug = debug::is_there(self);
        let mut head = Writer(MAGIC.to_vec());
        head.u16(VERSION);
        let has_memory = self.memory > 0;
        head.u16(u16::from(has_debug) * HAS_DEBUG + u16::from(has_memory) * HAS_MEMORY);
        let head = head.0;
        let mut file = head.clone();
        // The pool of the strings is complete when all else is written.
        for section in [constants, strings.write(), types, tables, functions] {
            write_section(&mut file, &head, &section);
        }
        if has_debug {
            write_section(&mut file, &head, &debug::write(self));
        }
        if has_memory {
            write_section(&mut file, &head, &self.memory.to_le_bytes());
        }
        file
    }

    /// Reads an image file. The program has been verified.
    ///
    /// # Errors
    /// It is something else, of another version, damaged, or no program that may run.
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
        let flags = fields.u16()?;
        let head = head?;
        let mut section = |name| read_section(name, &mut reader, head);
        let constants = section("constants")?;
        let strings = Strings::read(section("strings")?)?;
        let constants = Constants::read(constants, &strings)?;
        let mut program = Self::default();
        types::read(section("types")?, &strings, &mut program)?;
        table::read(section("tables")?, &strings, &mut program)?;
        function::read(section("functions")?, &strings, &constants, &mut program)?;
        if flags & !(HAS_DEBUG | HAS_MEMORY) != 0 {
            let expected = "flags that this version knows";
            return Err(ImageError::Value { section: "head", at: 6, expected });
        }
        if flags & HAS_DEBUG != 0 {
            debug::read(section("debug")?, &mut program)?;
        }
        if flags & HAS_MEMORY != 0 {
            let mut memory = section("memory")?;
            program.memory = memory.u64()?;
            memory.finish()?;
        }
        reader.finish()?;
        verify(&program)?;
        Ok(program)
    }
}

/// A section: its length, its checksum, and the bytes. The head counts for the checksum, too.
fn write_section(file: &mut Vec<u8>, head: &[u8], section: &[u8]) {
    let mut writer = Writer(std::mem::take(file));
    writer.count(section.len());
    writer.u32(checksum(head, section));
    writer.0.extend(section);
    *file = writer.0;
}

fn read_section<'a>(
    section: &'static str,
    reader: &mut Reader<'a>,
    head: &[u8],
) -> Result<Reader<'a>, ImageError> {
    let truncated = |_| ImageError::Truncated { section, at: 0 };
    let length = reader.u32().map_err(truncated)? as usize;
    let expected = reader.u32().map_err(truncated)?;
    let bytes = reader.take(length).map_err(truncated)?;
    if checksum(head, bytes) == expected {
        Ok(Reader::new(section, bytes))
    } else {
        Err(ImageError::Checksum { section })
    }
}

fn checksum(head: &[u8], section: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(section);
    hasher.finalize()
}
