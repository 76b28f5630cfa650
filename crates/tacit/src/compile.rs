//! The way from a text to a unit.

use source::{Diagnostic, Severity, SourceId, SourceMap};
use tacit_vm::{Memory, Unit};

use crate::codegen::generate;
use crate::syntax::parser::parse;

/// Errors of a text at most.
const ERRORS_MAX: usize = 20;

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether values are moved out of variables that are set again at once.
    pub optimise: bool,
    /// Whether the unit keeps the source texts.
    pub keep_sources: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { optimise: true, keep_sources: true }
    }
}

/// What the compiler made of a text.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The unit, unless there are errors.
    pub unit: Option<Unit>,
    /// What the diagnostics are about. The text itself is the first.
    pub sources: SourceMap,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a whole text to one unit, to be added to `memory` as it is now.
#[must_use]
pub fn compile(name: &str, text: &str, memory: &Memory, options: &Options) -> Compiled {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let parsed = parse(sources.text(source), source);
    let mut diagnostics = parsed.diagnostics;
    let unit = generate(&parsed.items, memory, source, &mut sources, &mut diagnostics, options);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    // Warnings give way to errors.
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.len() > ERRORS_MAX && diagnostics.iter().any(is_error) {
        diagnostics.retain(is_error);
    }
    diagnostics.truncate(ERRORS_MAX);
    Compiled { unit, sources, diagnostics }
}

/// Whether a text can be compiled as it is, well or badly; not so if a definition, bracket, block
/// or string is still open, so that more lines may follow.
#[must_use]
pub fn is_complete(text: &str) -> bool {
    !parse(text, SourceId::default()).is_unfinished
}
