//! Programs: what the compiler makes, what files hold, and what a machine loads.

use achronyme_library::Type;

/// A whole program: prototypes of functions and the pools they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// All functions; the first run is [`Self::main`].
    pub prototypes: Vec<Prototype>,
    /// The prototype of the outermost code.
    pub main: u32,
    /// Names of fields and methods; the numbers in the code count these.
    pub names: Vec<String>,
    /// The shapes of the record literals.
    pub shapes: Vec<Shape>,
    /// Type aliases, as [`Type::Alias`] counts them.
    pub aliases: Vec<Type>,
    /// What `check_type` checks.
    pub checks: Vec<Check>,
    /// What `destructure_*` ask for.
    pub patterns: Vec<Pattern>,
    /// The names of the globals, for messages and the debugger.
    pub globals: Vec<String>,
    /// Prelude functions that are called as methods: kind code, name, global that has the function.
    pub methods: Vec<(u8, u32, u16)>,
    /// The texts it comes from; empty if they were left out.
    pub sources: Vec<Source>,
    /// Bytes of memory that it is meant to have; 0 if nothing was said.
    pub memory: u64,
}

/// A source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name as it was given.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Whether it belongs to the library: frames of it are not shown.
    pub library: bool,
}

impl Source {
    /// Whether it has more than lines.
    #[must_use]
    pub fn has_text(&self) -> bool {
        !self.text.trim_ascii().is_empty()
    }
}

impl Program {
    /// Leaves the texts of the sources out. Code still knows which line it comes from, though not
    /// which part of it: of each text only the line ends are left.
    pub fn strip_sources(&mut self) {
        let line_of = |text: &str, byte: u32| {
            let before = text.as_bytes().iter().take(byte as usize);
            u32::try_from(before.filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
        };
        for line in self.prototypes.iter_mut().flat_map(|prototype| &mut prototype.lines) {
            if let Some(source) = self.sources.get(line.source as usize) {
                line.start = line_of(&source.text, line.start);
                line.end = line.start;
            }
        }
        for source in &mut self.sources {
            source.text.retain(|character| character == '\n');
        }
    }
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prototype {
    /// For messages.
    pub name: String,
    /// How many arguments it needs.
    pub parameters_min: u8,
    /// How many it takes.
    pub parameters: u8,
    /// How many registers it has, at most 256. Parameters are the first.
    pub registers: u16,
    /// The register for `self`, if it uses it.
    pub self_register: Option<u8>,
    /// Whether a call gives a generator.
    pub is_generator: bool,
    /// Whether a call gives a future.
    pub is_async: bool,
    /// Instructions and the words after them.
    pub code: Vec<u32>,
    /// Its constants; instructions with 8 bits reach the first 256.
    pub constants: Vec<Constant>,
    /// Where its upvalues come from when a closure is made.
    pub captures: Vec<Capture>,
    /// Where errors go, innermost first.
    pub handlers: Vec<Handler>,
    /// Names of registers and upvalues for the debugger.
    pub locals: Vec<Local>,
    /// The names of the upvalues, and whether each is a cell.
    pub upvalues: Vec<(String, bool)>,
    /// Where in the source the code comes from, by ascending position.
    pub lines: Vec<Line>,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `null`
    Null,
    /// A truth value.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A string.
    String(String),
    /// A function of the library.
    Builtin(u16),
}

/// Where an upvalue comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// A register of the function that makes the closure: its value, which is marked as shared, or
    /// the cell in it.
    Register(u8),
    /// An upvalue of the function that makes the closure.
    Upvalue(u8),
    /// The function that makes the closure.
    Rec,
}

/// Where errors of a range of code go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The first word.
    pub start: u32,
    /// The word after the last.
    pub end: u32,
    /// Where it goes on.
    pub target: u32,
    /// The register that gets the error.
    pub register: u8,
}

/// A variable in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// The register.
    pub register: u8,
    /// Whether the register has a cell with the value.
    pub cell: bool,
    /// The first word of code where it is visible.
    pub start: u32,
    /// The word after the last.
    pub end: u32,
}

/// Where code comes from. The first word of a statement may have two: the statement's, then that of the
/// part the word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The first word of code that comes from there.
    pub at: u32,
    /// Index into [`Program::sources`].
    pub source: u32,
    /// First byte of the text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Whether a statement begins here, where a line's breakpoint stops.
    pub statement: bool,
}

/// The fields of a record literal, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The fields.
    pub fields: Vec<ShapeField>,
}

/// A field of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapeField {
    /// Index into [`Program::names`].
    pub name: u32,
    /// Whether it can be assigned to.
    pub mutable: bool,
}

/// A type that is checked, and how the message begins if it does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The type.
    pub annotation: Type,
    /// How it is written in the message.
    pub shown: String,
    /// The message with `{expected}` and `{got}`.
    pub message: String,
}

/// What destructuring asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Elements go to `before` registers, then the rest to one if `rest`, then to `after`.
    Vector {
        /// Elements from the front.
        before: u8,
        /// Whether there is a rest, which gets a register.
        rest: bool,
        /// Elements from the back.
        after: u8,
        /// How many elements may be missing from the end of those asked for; they are absent then.
        missing: u8,
        /// Whether more elements do no harm.
        open: bool,
    },
    /// Fields go to one register each.
    Record {
        /// Index into [`Program::names`], and whether the field may be missing and is absent then.
        fields: Vec<(u32, bool)>,
    },
}
