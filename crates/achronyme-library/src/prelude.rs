//! The functions of the library that are written in Achronyme, in the folder `library` of the
//! language's crate: what they are called, and what users are told of them.

mod calculus;
mod collection;
mod environment;
mod equation;
mod file;
mod folder;
mod graph;
mod higher;
mod http;
mod interpolation;
mod optimization;
mod outside;
mod pattern;
mod persist;
mod plot;
mod random;
mod record;
mod row;
mod table;
mod task;
mod test;

use crate::Fault;

/// A function of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct PreludeFunction {
    /// What programs call it.
    pub name: &'static str,
    /// What it is about, as the heading of a chapter.
    pub group: &'static str,
    /// Its home, the module it can be imported from.
    pub module: &'static str,
    /// What it takes, as one writes it.
    pub parameters: &'static str,
    /// What it does, for users, with examples as [`crate::Builtin::doc`].
    pub doc: &'static str,
}

impl PreludeFunction {
    /// Programs and what they echo, from the documentation.
    pub fn examples(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        crate::builtin::examples(self.doc)
    }
}

/// The error that a function of the prelude with this name is given a wrong number of values; `None`
/// if users see no such function.
#[must_use]
pub fn prelude_count(name: &str, min: usize, max: usize, count: usize) -> Option<Fault> {
    let is_seen = prelude().any(|row| row.name == name);
    is_seen.then(|| crate::wrong_count(name, min, Some(max), count))
}

/// Their rows, by what they are about.
const AREAS: &[&[PreludeFunction]] = &[
    higher::ROWS,
    test::ROWS,
    outside::ROWS,
    task::ROWS,
    file::ROWS,
    folder::ROWS,
    http::ROWS,
    environment::ROWS,
    graph::ROWS,
    persist::ROWS,
    random::ROWS,
    plot::ROWS,
    calculus::ROWS,
    interpolation::ROWS,
    optimization::ROWS,
    equation::ROWS,
    collection::ROWS,
    record::ROWS,
    pattern::ROWS,
    table::ROWS,
];

/// All functions of the prelude that programs see.
pub fn prelude() -> impl Iterator<Item = &'static PreludeFunction> {
    AREAS.iter().flat_map(|rows| rows.iter())
}
