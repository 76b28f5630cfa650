//! Programs as files. `docs/formats/achronyme-image.md` draws them.

mod debug;
mod function;
mod pool;
mod table;
mod types;

use image_file::{ByteReader, ByteWriter, read_section, write_section};

use crate::program::Program;
use crate::verify::{VerifyError, verify};
use pool::{ConstantPool, Constants, StringPool, Strings};

/// Why bytes are not a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// They are no image.
    #[error(transparent)]
    File(#[from] image_file::ImageError),
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
        let mut file = ByteWriter::new();
        file.raw(&MAGIC);
        file.u16(VERSION);
        let has_memory = self.memory > 0;
        file.u16(u16::from(has_debug) * HAS_DEBUG + u16::from(has_memory) * HAS_MEMORY);
        let head = file.clone().into_bytes();
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
        file.into_bytes()
    }

    /// Reads an image file. The program has been verified.
    ///
    /// # Errors
    /// It is something else, of another version, damaged, or no program that may run.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(image_file::ImageError::OtherFile {
                name: "an Achronyme image",
                magic: MAGIC,
            }
            .into());
        }
        let mut reader = ByteReader::new("head", bytes);
        let head = reader.raw(HEAD_BYTES);
        let mut fields = ByteReader::new("head", &bytes[MAGIC.len()..]);
        let found = fields.u16()?;
        if found != VERSION {
            return Err(image_file::ImageError::Version { found, known: VERSION }.into());
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
            return Err(image_file::ImageError::Value { section: "head", at: 6, expected }.into());
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
