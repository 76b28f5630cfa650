//! A unit: what the compiler makes of one source text, ready to be added to a memory.
//!
//! A unit is made for one state of a memory: its code goes where the code ends, its strings where
//! the strings end. The first unit of a program together with the size of its memory is an image.

use machine::SourceText;

/// Code, strings and names, to be added to a memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Offset in the code at which it begins: the end of the code so far.
    pub base: u16,
    /// Its instructions.
    pub code: Vec<u8>,
    /// Offset in the string segment at which its strings begin: the end of the strings so far.
    pub string_base: u16,
    /// Strings that the memory does not have yet, in the order in which they are to be interned.
    pub strings: Vec<String>,
    /// Offset in the code of the first instruction to be run.
    pub entry: u16,
    /// Offset of the newest word's header when the unit is there.
    pub words: u16,
    /// How many global variables there are then.
    pub globals: u16,
    /// What a debugger wants to know.
    pub debug: UnitDebug,
}

/// Where a unit's code comes from. Not needed to run it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitDebug {
    /// The source text, and others that were compiled with it (the library's).
    pub sources: Vec<SourceText>,
    /// What the instructions come from, in the order of their offsets. An instruction belongs to
    /// the last span that begins at or before it.
    pub spans: Vec<CodeSpan>,
    /// The names of local variables, in the order of the definitions' headers.
    pub locals: Vec<LocalNames>,
    /// The names of global variables that the unit defines, with their numbers.
    pub globals: Vec<(u16, String)>,
}

/// From `code` on, instructions come from a stretch of a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeSpan {
    /// Offset in the code.
    pub code: u16,
    /// Index into [`UnitDebug::sources`].
    pub source: u16,
    /// First byte of the text.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

/// The local variables of a definition, in the order of their slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalNames {
    /// Offset of the definition's header.
    pub header: u16,
    /// Their names.
    pub names: Vec<String>,
}

/// What a header's `kind` says of its word. Stored in images; never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum WordKind {
    /// A definition: its code follows the header.
    Definition = 0,
    /// A global variable; the header's value is its number.
    Global = 1,
    /// A name that stands for itself, made by `symbol NAME`.
    Symbol = 2,
    /// A place to `forget` back to, made by `mark NAME`.
    Mark = 3,
    /// A definition of the library: may be defined again.
    Library = 4,
}

impl WordKind {
    /// The kind with that number.
    #[must_use]
    pub const fn from_number(number: i8) -> Option<Self> {
        Some(match number {
            0 => Self::Definition,
            1 => Self::Global,
            2 => Self::Symbol,
            3 => Self::Mark,
            4 => Self::Library,
            _ => return None,
        })
    }
}
