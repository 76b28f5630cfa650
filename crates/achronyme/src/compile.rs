//! Compiling: a text with its modules into a program, or input after input into one that grows.

use achronyme_vm::{GLOBALS_MAX, Program, Source};
use source::{Diagnostic, Severity, SourceMap, Span};

use crate::codegen::Codegen;
use crate::codes;
use crate::modules::{self, File, Files, load};
use crate::unit::Unit;

/// How to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Compute beforehand what is known, and use instructions in place of calls where they do the
    /// same.
    pub optimise: bool,
    /// Further inputs follow: the variables of the outermost block stay for them, and functions may
    /// use what is declared later.
    pub repl: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { optimise: true, repl: false }
    }
}

/// Compiles a text that messages call `name`, with all that it imports. What is to be said of it is
/// in the order of its modules and texts.
///
/// # Errors
/// There is no program: at least one of the diagnostics is an error.
pub fn compile(
    name: &str,
    text: &str,
    sources: &mut SourceMap,
    options: Options,
    files: &mut dyn Files,
) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut unit = Unit::new(options);
    let found = input(&mut unit, name, text, sources, files)?;
    Ok((unit.program, found))
}

/// Compiles a program that was read before, whose texts are in `sources`.
///
/// # Errors
/// There is no program: at least one of the diagnostics is an error.
pub fn compile_read(
    modules: &modules::Program,
    sources: &mut SourceMap,
    options: Options,
) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut unit = Unit::new(options);
    let found = compiled(&mut unit, modules, sources)?;
    Ok((unit.program, found))
}

/// No files: nothing can be imported.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&mut self, path: &str) -> Result<File, String> {
        Err(format!("there are no files here, so `{path}` cannot be read"))
    }
}

/// A program that grows with each input. Numbers in what was compiled before stay valid.
#[derive(Clone, Debug)]
pub struct Session {
    unit: Unit,
}

impl Session {
    /// A program without any input. [`Options::repl`] is taken as true.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let options = Options { repl: true, ..options };
        Self { unit: Unit::new(options) }
    }

    /// Compiles a further input; [`Program::main`] is its code then. `sources` are those of the
    /// inputs before, and no others.
    ///
    /// # Errors
    /// The program stays as it was.
    pub fn compile(
        &mut self,
        name: &str,
        text: &str,
        sources: &mut SourceMap,
        files: &mut dyn Files,
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let (after, found) = self.with(name, text, sources, files)?;
        *self = after;
        Ok(found)
    }

    /// The program with a further input, and what is said of it.
    ///
    /// # Errors
    /// There is no such program.
    pub fn with(
        &self,
        name: &str,
        text: &str,
        sources: &mut SourceMap,
        files: &mut dyn Files,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut unit = self.unit.clone();
        let found = input(&mut unit, name, text, sources, files)?;
        Ok((Self { unit }, found))
    }

    /// The variables of all inputs so far, sorted, and whether each can be assigned to.
    pub fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.unit.variables()
    }

    /// What there is so far.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.unit.program
    }
}

fn input(
    unit: &mut Unit,
    name: &str,
    text: &str,
    sources: &mut SourceMap,
    files: &mut dyn Files,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let (modules, found) = load(name, text, files, sources)?;
    unit.diagnostics = found;
    compiled(unit, &modules, sources)
}

fn compiled(
    unit: &mut Unit,
    modules: &modules::Program,
    sources: &mut SourceMap,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    unit.program.main = Codegen::input(unit, sources, modules);
    if unit.program.globals.len() > GLOBALS_MAX {
        let source = modules.modules.first().map(|main| main.source).unwrap_or_default();
        let at = Span { source, start: 0, end: 0 };
        let message = "there are too many variables at the top of texts";
        unit.diagnostics.push(Diagnostic::error(codes::TOO_LARGE, at, message));
    }
    let mut found = std::mem::take(&mut unit.diagnostics);
    found.sort_by_key(|one| (one.span.source, one.span.start));
    if found.iter().any(|one| one.severity == Severity::Error) {
        return Err(found);
    }
    let prelude = &unit.prelude;
    let texts = sources.iter().skip(unit.program.sources.len());
    unit.program.sources.extend(texts.map(|(id, name, text)| Source {
        name: name.to_owned(),
        text: text.to_owned(),
        library: prelude.is_library(id),
    }));
    Ok(found)
}
