//! What the parts of a compiled program are called, for debuggers.

/// The names of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// By where they begin.
    pub functions: Vec<FunctionNames>,
    /// In the order in which they are defined.
    pub globals: Vec<GlobalName>,
}

/// A function in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionNames {
    /// Its name; of a copy for certain types, with those.
    pub name: String,
    /// Its first instruction.
    pub start: u32,
    /// One past its last instruction.
    pub end: u32,
    /// Its variables; of those that have the same name, a later one hides an earlier one.
    pub variables: Vec<Variable>,
}

/// A variable of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub home: Home,
    /// Where its type is described on the tape.
    pub of: i64,
    /// The first instruction that sees it.
    pub from: u32,
    /// One past the last.
    pub to: u32,
}

/// Where the value of a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the frame, so many bytes from its beginning.
    Frame(i64),
    /// In the function's own object, which is in the frame: so many bytes from its beginning, and a
    /// word of the object.
    Captured(i64, i64),
    /// In a box, which is so many bytes from the beginning of the frame.
    Boxed(i64),
    /// In a box that the function's own object refers to, as with [`Self::Captured`].
    CapturedBox(i64, i64),
}

/// A name of the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalName {
    /// Its name, with the spaces around it.
    pub name: String,
    /// Its position. The word after it is 1 once it has a value.
    pub at: i64,
    /// Where its type is described on the tape.
    pub of: i64,
}
