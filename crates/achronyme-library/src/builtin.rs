//! The table of the functions: one row each, from which names, arities, modules, documentation
//! and calls are derived.

pub(crate) mod row;
mod table;

pub use table::{BUILTINS, area, ask, builtin, call, check_arity, find, finish, wrong_count};

/// How many values a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    /// At least so many.
    pub min: u8,
    /// At most so many; `None` for any number.
    pub max: Option<u8>,
}

/// What a row of the table says of a function.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its number, which lies in compiled programs.
    pub index: u16,
    /// What programs call it.
    pub name: &'static str,
    /// Its home, the module it can be imported from; empty for what programs do not see.
    pub module: &'static str,
    /// What it takes, as one writes it: `start, end, step?`; `...` for any number more; `{axis}` for
    /// a record of options.
    pub parameters: &'static str,
    /// How many values it takes.
    pub arity: Arity,
    /// What it does, for users, with examples `program` → `echo of its value`, which tests run.
    pub doc: &'static str,
    /// Who runs it.
    pub engine: Engine,
    /// Whether it may write its result over its first argument if nothing else has that: it goes
    /// through the numbers one by one, and does not look at them again.
    pub in_place: bool,
}

/// Who runs a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// This crate: [`crate::call`].
    Library,
    /// This crate, with the outside: [`crate::ask`], then [`crate::finish`].
    World,
    /// Each engine itself, because it calls functions, or suspends: `spawn`, `channel`, `signal`.
    Task,
}

impl Builtin {
    /// Programs and what they echo, from the documentation.
    pub fn examples(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        examples(self.doc)
    }
}

/// What stands in `program` → `echo` lines of a documentation.
pub(crate) fn examples(doc: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    doc.lines().filter_map(|line| {
        let (program, echo) = line.trim().strip_prefix('`')?.split_once("` → `")?;
        Some((program, echo.strip_suffix('`')?))
    })
}
