//! A compiled program as a file, and what is run of it.

use std::sync::Arc;

use palindrome_vm::image::{ByteReader, ByteWriter, FileKind};
use palindrome_vm::{Image, ImageError, VerifyError};

use crate::codegen::{Compiled, FunctionNames, GlobalName, Home, Names, Variable};

const PROGRAM: FileKind = FileKind {
    magic: *b"PALI",
    version: 1,
    name: "a program in Palindrome",
    sections: &["image", "functions", "globals"],
};

/// A verified program with its names.
#[derive(Debug)]
pub struct Program {
    pub(crate) code: Arc<palindrome_vm::Program>,
    pub(crate) names: Names,
}

impl Program {
    /// Verifies what was compiled.
    ///
    /// # Errors
    /// The machine cannot run it: it is larger than programs may be.
    pub fn new(compiled: Compiled) -> Result<Arc<Self>, VerifyError> {
        let code = palindrome_vm::Program::new(compiled.image)?;
        Ok(Arc::new(Self { code, names: compiled.names }))
    }

    /// The program for the machine.
    #[must_use]
    pub fn code(&self) -> &Arc<palindrome_vm::Program> {
        &self.code
    }
}

impl Compiled {
    /// The bytes of a program as a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(&self.image, &self.names)
    }

    /// Reads a program that was written.
    ///
    /// # Errors
    /// It is something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let sections = PROGRAM.read(bytes)?;
        let mut sections = sections.iter();
        let mut section = || sections.next().map_or(&[][..], |bytes| bytes);
        let image = Image::from_bytes(section())?;
        let mut reader = ByteReader::new("functions", section());
        let functions = reader.list(16, read_function)?;
        reader.finish()?;
        let mut reader = ByteReader::new("globals", section());
        let globals = reader.list(20, |reader| {
            Ok(GlobalName { name: reader.text()?, at: reader.i64()?, of: reader.i64()? })
        })?;
        reader.finish()?;
        Ok(Self { image, names: Names { functions, globals } })
    }
}

impl Program {
    /// The bytes of the program as a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self.code.image(), &self.names)
    }
}

fn to_bytes(image: &Image, names: &Names) -> Vec<u8> {
    let (mut functions, mut globals) = (ByteWriter::new(), ByteWriter::new());
    functions.count(names.functions.len());
    for function in &names.functions {
        functions.text(&function.name);
        functions.u32(function.start);
        functions.u32(function.end);
        functions.count(function.variables.len());
        for variable in &function.variables {
            functions.text(&variable.name);
            let (kind, first, second) = match variable.home {
                Home::Frame(offset) => (0, offset, 0),
                Home::Captured(own, place) => (1, own, place),
                Home::Boxed(offset) => (2, offset, 0),
                Home::CapturedBox(own, place) => (3, own, place),
            };
            functions.u8(kind);
            functions.i64(first);
            functions.i64(second);
            functions.i64(variable.of);
            functions.u32(variable.from);
            functions.u32(variable.to);
        }
    }
    globals.count(names.globals.len());
    for global in &names.globals {
        globals.text(&global.name);
        globals.i64(global.at);
        globals.i64(global.of);
    }
    PROGRAM.write(&[image.to_bytes(), functions.into_bytes(), globals.into_bytes()])
}

fn read_function(reader: &mut ByteReader<'_>) -> Result<FunctionNames, ImageError> {
    let (name, start, end) = (reader.text()?, reader.u32()?, reader.u32()?);
    let variables = reader.list(37, |reader| {
        let name = reader.text()?;
        let kind = reader.u8()?;
        let (first, second) = (reader.i64()?, reader.i64()?);
        let home = match kind {
            0 => Home::Frame(first),
            1 => Home::Captured(first, second),
            2 => Home::Boxed(first),
            3 => Home::CapturedBox(first, second),
            _ => return Err(reader.bad("a place of a variable")),
        };
        let of = reader.i64()?;
        Ok(Variable { name, home, of, from: reader.u32()?, to: reader.u32()? })
    })?;
    Ok(FunctionNames { name, start, end, variables })
}
