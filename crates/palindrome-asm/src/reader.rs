//! Reading a unit: its text and what it includes, line by line, into statements.

use source::{Diagnostic, SourceId, SourceMap, Span};

use crate::codes;
use crate::problem::{Problem, problem};
use crate::syntax::ast::{Name, Statement};
use crate::syntax::line::{self, After};
use crate::syntax::record;
use crate::syntax::token::lex;

/// Bytes of source text in a unit, with what it includes.
const SOURCE_BYTES_MAX: usize = 64 << 20;
/// Includes in each other.
const INCLUDE_DEPTH_MAX: usize = 16;
/// Files that a unit includes.
const INCLUDES_MAX: usize = 1000;
/// Errors shown of one unit.
pub(crate) const ERRORS_MAX: usize = 200;

/// Gives the text of an included file, by the name in the directive.
pub type Loader<'a> = dyn FnMut(&str) -> std::io::Result<String> + 'a;

/// A source text to assemble.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What messages call it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Unit {
    /// A unit.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// What was read.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) sources: SourceMap,
    pub(crate) statements: Vec<Statement>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    bytes: usize,
    /// Files that are being read, outermost first.
    open: Vec<String>,
    included: usize,
}

/// Reads `unit` and its includes.
pub(crate) fn read(unit: &Unit, loader: &mut Loader<'_>) -> Reading {
    let mut reading = Reading::default();
    reading.file(&unit.name, &unit.text, loader, None);
    reading.statements = record::settle(std::mem::take(&mut reading.statements));
    reading
}

impl Reading {
    #[expect(clippy::boxed_local, reason = "problems come boxed")]
    fn report(&mut self, problem: Problem) {
        if self.diagnostics.len() < ERRORS_MAX {
            self.diagnostics.push(*problem);
        }
    }

    fn file(&mut self, name: &str, text: &str, loader: &mut Loader<'_>, from: Option<Span>) {
        self.bytes = self.bytes.saturating_add(text.len());
        let is_too_much = self.bytes > SOURCE_BYTES_MAX;
        let source = self.sources.add(name, if is_too_much { "" } else { text });
        if is_too_much {
            let span = from.unwrap_or(Span { source, start: 0, end: 0 });
            let message = format!("more than {} MiB of source text", SOURCE_BYTES_MAX >> 20);
            self.report(problem(codes::LIMIT, span, message));
            return;
        }
        self.open.push(name.to_owned());
        self.lines(text, source, loader);
        self.open.pop();
    }

    fn lines(&mut self, text: &str, source: SourceId, loader: &mut Loader<'_>) {
        let mut start = 0_u32;
        let mut is_skipping = false;
        let mut block = None;
        for text in text.split_inclusive('\n') {
            let base = start;
            start += u32::try_from(text.len()).unwrap_or(0);
            let text = text.trim_end();
            if is_skipping {
                is_skipping = !text.trim_start().starts_with('}');
                continue;
            }
            let end = base + u32::try_from(text.len()).unwrap_or(0);
            let span = Span { source, start: base, end };
            let parsed = lex(text, source, base)
                .and_then(|lexemes| line::parse(&lexemes, span, &mut block, &mut self.statements));
            match parsed {
                Ok(After::Next) => {}
                Ok(After::Include(file)) => self.include(&file, loader),
                Err(problem) => {
                    // The block of something unknown is not looked at.
                    is_skipping = problem.code == codes::NOT_YET && text.ends_with('{');
                    self.report(problem);
                }
            }
        }
        if let Some(open) = block {
            let message = "a block that is never closed";
            self.report(problem(codes::SYNTAX, open.span(), message));
        }
    }

    fn include(&mut self, file: &Name, loader: &mut Loader<'_>) {
        if self.open.contains(&file.text) {
            let message = format!("`{}` includes itself", file.text);
            return self.report(problem(codes::INCLUDE_CYCLE, file.span, message));
        }
        self.included += 1;
        if self.open.len() > INCLUDE_DEPTH_MAX || self.included > INCLUDES_MAX {
            let message = format!(
                "more than {INCLUDE_DEPTH_MAX} includes in each other, or {INCLUDES_MAX} in all"
            );
            return self.report(problem(codes::INCLUDE_CYCLE, file.span, message));
        }
        match loader(&file.text) {
            Ok(text) => self.file(&file.text, &text, loader, Some(file.span)),
            Err(error) => {
                let message = format!("cannot include `{}`: {error}", file.text);
                self.report(problem(codes::INCLUDE, file.span, message));
            }
        }
    }
}
