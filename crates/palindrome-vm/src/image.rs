//! A program as an assembler makes it: packed code, what it refers to, and where it came from.
//!
//! An [`Image`] may be anything; a [`Program`] is one that was verified, and the only thing that
//! a machine runs.

mod argument;
mod flow;
mod format;
mod verify;
mod word;

pub use argument::{Argument, arguments, from_arguments, row};
pub use flow::{falls_through, is_plain, registers, unobserved};
pub(crate) use flow::{targets, unobserved_beside};
pub use format::{read_segment_type, write_segment_type};
pub use image_file::{ByteReader, ByteWriter, FileKind, ImageError};
pub use verify::{
    Place, Program, SEGMENT_BYTES_MAX, STANDARD_SEGMENTS, SegmentProblem, VerifyError,
};
pub use word::{pack, pack_all, unpack};

use tape::SegmentType;

/// An unverified program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// Packed instructions, one word each; see [`pack`].
    pub code: Vec<u64>,
    /// Numbers that do not fit into a word.
    pub pool: Vec<i64>,
    /// Names and texts that the code refers to.
    pub texts: Vec<String>,
    /// The index of the first instruction to run.
    pub entry: u32,
    /// Segments besides the standard ones, with what they hold at the start.
    pub segments: Vec<SegmentImage>,
    /// Names for debuggers and linkers.
    pub symbols: Vec<Symbol>,
    /// Which instruction comes from which line, ascending by instruction.
    pub lines: Vec<LineEntry>,
    /// The source texts, unless they were left out.
    pub sources: Vec<SourceFile>,
    /// Instructions whose old destination value nobody can observe, ascending: no history is kept
    /// of it.
    pub unobserved: Vec<u32>,
}

impl Image {
    /// The source and the line that an instruction comes from.
    #[must_use]
    pub fn line_of(&self, index: usize) -> Option<(&str, u32)> {
        let after = self.lines.partition_point(|line| line.index as usize <= index);
        let line = self.lines.get(after.checked_sub(1)?)?;
        let source = self.sources.get(line.source as usize)?;
        Some((&source.name, line.line))
    }
}

/// A segment to be made when the program is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentImage {
    /// Its name.
    pub name: String,
    /// Its first position.
    pub start: i64,
    /// Its bytes; those past `data` are 0.
    pub size: u64,
    /// What it is for.
    pub kind: SegmentType,
    /// What it holds at the start.
    pub data: Vec<u8>,
}

/// A name that a source text gave to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// What it names.
    pub kind: SymbolKind,
    /// The instruction's index, the tape position, the number, or the register.
    pub value: i64,
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// An instruction.
    Code,
    /// A tape position.
    Data,
    /// A number.
    Constant,
    /// A register.
    Register,
}

/// The first instruction of a source line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEntry {
    /// The instruction's index.
    pub index: u32,
    /// Index into [`Image::sources`].
    pub source: u32,
    /// From 1.
    pub line: u32,
}

/// A source text of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name as it was given to the assembler.
    pub name: String,
    /// The whole text; empty when it was left out.
    pub text: String,
}
