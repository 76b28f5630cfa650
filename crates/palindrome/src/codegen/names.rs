//! What the parts of a compiled program are called, for debuggers and for tapes in files.

use relational::Type;

/// The names of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// By where they begin.
    pub functions: Vec<FunctionNames>,
    /// In the order in which they are defined.
    pub globals: Vec<GlobalName>,
    /// The relations that it has, whether they are made already or not.
    pub relations: Vec<RelationName>,
    /// Names of the top level that get another value than they had, perhaps of another type.
    pub renewed: Vec<String>,
    /// Where it is said that what follows from rules is known, if there are rules.
    pub known: Option<i64>,
    /// The instructions before which a statement of the top level has come to its end, ascending.
    pub ends: Vec<u32>,
    /// What the last statement gives, if it is an expression. The value is in R0 at the end.
    pub result: Option<ResultName>,
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
    /// Its type, if values of it can be kept in a store.
    pub stored: Option<Type>,
    /// Whether something assigns to it, so that it is a part of the program's state.
    pub is_state: bool,
}

/// A relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationName {
    /// Its name, with the spaces around it.
    pub name: String,
    /// Its fields in the order in which they are declared.
    pub fields: Vec<String>,
    /// Whether its rows follow from others.
    pub is_derived: bool,
}

/// The value of the last statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultName {
    /// Where its type is described on the tape.
    pub of: i64,
    /// Its type, if values of it can be kept in a store.
    pub stored: Option<Type>,
    /// If it is rows, the names of their columns in the order in which they were asked for.
    pub columns: Vec<String>,
}
