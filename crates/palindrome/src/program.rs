//! A compiled program as a file, and what is run of it.

use std::sync::Arc;

use palindrome_vm::image::{ByteReader, ByteWriter, FileKind};
use palindrome_vm::{Image, ImageError, VerifyError};
use relational::Type;

use crate::codegen::{
    Compiled, FunctionNames, GlobalName, Home, Names, RelationName, ResultName, Variable,
};
use crate::past::{Before, Past, PastError};
use crate::state::{State, UnfitName};

const PROGRAM: FileKind = FileKind {
    magic: *b"PALI",
    version: 5,
    name: "a program in Palindrome",
    sections: &["image", "functions", "globals", "state", "past"],
};

/// A verified program with its names.
#[derive(Debug)]
pub struct Program {
    pub(crate) code: Arc<palindrome_vm::Program>,
    pub(crate) names: Names,
    /// What earlier runs have left.
    pub(crate) state: Arc<State>,
    /// The moments that they have made.
    pub(crate) before: Option<Arc<Before>>,
}

impl Program {
    /// Verifies what was compiled.
    ///
    /// # Errors
    /// The machine cannot run it: it is larger than programs may be.
    pub fn new(compiled: Compiled) -> Result<Arc<Self>, VerifyError> {
        let Compiled { image, names, state, past } = compiled;
        let code = palindrome_vm::Program::new(image)?;
        let before = past.map(|past| Before::new(&code, &names, past.into()));
        Ok(Arc::new(Self { code, names, state: Arc::new(state), before }))
    }

    /// The same program, which begins with what an earlier one has left.
    ///
    /// # Errors
    /// A name of the program is of another type there, or cannot be kept.
    pub fn with_state(&self, state: State) -> Result<Arc<Self>, UnfitName> {
        state.check(&self.names)?;
        let (code, names) = (Arc::clone(&self.code), self.names.clone());
        Ok(Arc::new(Self { code, names, state: Arc::new(state), before: None }))
    }

    /// Likewise, behind the moments that earlier ones have made.
    ///
    /// # Errors
    /// As for [`with_state`](Self::with_state).
    pub fn with_past(&self, state: State, past: Arc<Past>) -> Result<Arc<Self>, UnfitName> {
        state.check(&self.names)?;
        let (code, names) = (Arc::clone(&self.code), self.names.clone());
        let before = Some(Before::new(&code, &names, past));
        Ok(Arc::new(Self { code, names, state: Arc::new(state), before }))
    }

    /// The moments that earlier programs have made.
    #[must_use]
    pub fn past(&self) -> Option<&Arc<Past>> {
        self.before.as_ref().map(|before| before.past())
    }

    /// What its parts are called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
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
        to_bytes(&self.image, &self.names, (&self.state, &[]))
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
        let globals = reader.list(25, |reader| {
            let (name, at, of) = (reader.text()?, reader.i64()?, reader.i64()?);
            let is_state = reader.u8()? != 0;
            Ok(GlobalName { name, at, of, stored: read_type(reader)?, is_state })
        })?;
        let relations = reader.list(9, |reader| {
            let (name, fields) = (reader.text()?, reader.list(4, ByteReader::text)?);
            Ok(RelationName { name, fields, is_derived: reader.u8()? != 0 })
        })?;
        let renewed = reader.list(4, ByteReader::text)?;
        let known = if reader.u8()? == 0 { None } else { Some(reader.i64()?) };
        let ends = reader.list(4, ByteReader::u32)?;
        let result = match reader.u8()? {
            0 => None,
            _ => {
                let (of, stored) = (reader.i64()?, read_type(&mut reader)?);
                Some(ResultName { of, stored, columns: reader.list(4, ByteReader::text)? })
            }
        };
        reader.finish()?;
        let state = State::from_bytes(section())?;
        let past = match section() {
            [] => None,
            bytes => Some(Past::from_bytes(bytes)?),
        };
        let names = Names { functions, globals, relations, renewed, known, ends, result };
        Ok(Self { image, names, state, past })
    }
}

impl Program {
    /// The bytes of the program as a file. Of the past there is what it takes to run it, but for what it
    /// looks at of that.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let past = self.past().and_then(|past| past.tips().to_bytes().ok());
        to_bytes(self.code.image(), &self.names, (&self.state, &past.unwrap_or_default()))
    }

    /// The bytes of the program with all of the past that it may look at.
    ///
    /// # Errors
    /// The past cannot be read.
    pub fn to_bytes_with_past(&self) -> Result<Vec<u8>, PastError> {
        let Some(past) = self.past().filter(|_| self.code.reads_moments()) else {
            return Ok(self.to_bytes());
        };
        Ok(to_bytes(self.code.image(), &self.names, (&self.state, &past.to_bytes()?)))
    }
}

fn to_bytes(image: &Image, names: &Names, (state, past): (&State, &[u8])) -> Vec<u8> {
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
        globals.u8(u8::from(global.is_state));
        write_type(&mut globals, global.stored.as_ref());
    }
    globals.count(names.relations.len());
    for relation in &names.relations {
        globals.text(&relation.name);
        globals.count(relation.fields.len());
        relation.fields.iter().for_each(|field| globals.text(field));
        globals.u8(u8::from(relation.is_derived));
    }
    globals.count(names.renewed.len());
    names.renewed.iter().for_each(|name| globals.text(name));
    globals.u8(u8::from(names.known.is_some()));
    if let Some(at) = names.known {
        globals.i64(at);
    }
    globals.count(names.ends.len());
    names.ends.iter().for_each(|end| globals.u32(*end));
    globals.u8(u8::from(names.result.is_some()));
    if let Some(result) = &names.result {
        globals.i64(result.of);
        write_type(&mut globals, result.stored.as_ref());
        globals.count(result.columns.len());
        result.columns.iter().for_each(|column| globals.text(column));
    }
    let (functions, globals) = (functions.into_bytes(), globals.into_bytes());
    let parts = [image.to_bytes(), functions, globals, state.to_bytes(), past.to_vec()];
    PROGRAM.write(&parts)
}

/// A type that may be missing.
fn write_type(writer: &mut ByteWriter, of: Option<&Type>) {
    writer.bytes(&of.map(Type::to_bytes).unwrap_or_default());
}

fn read_type(reader: &mut ByteReader<'_>) -> Result<Option<Type>, ImageError> {
    match reader.bytes()? {
        [] => Ok(None),
        bytes => Type::from_bytes(bytes).map(Some).map_err(|_| reader.wrong(0, "a type")),
    }
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
            _ => return Err(reader.wrong(0, "a place of a variable")),
        };
        let of = reader.i64()?;
        Ok(Variable { name, home, of, from: reader.u32()?, to: reader.u32()? })
    })?;
    Ok(FunctionNames { name, start, end, variables })
}
