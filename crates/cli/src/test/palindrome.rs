//! Tests of programs in Palindrome: what `test "name" { … }` does behind the top level, each in a run of
//! its own, so that no test sees what another one did.

use ::palindrome::{Checked, Options, check_with, compile_test};
use source::{Diagnostic, Severity};
use timeline::Timeline;

use super::outcome::{Outcome, Wrong, output};
use crate::drive::{self, drive};
use crate::error::{BadSource, CliError};
use crate::fault::Fault;
use crate::guest::Guest as _;
use crate::libraries::{Places, Tools};
use crate::palindrome::{Palindrome, verify};
use crate::record::keep_last;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// A text with its tests.
pub(super) struct Tests {
    checked: Checked,
    path: String,
    tools: Tools,
    memory_max: usize,
}

impl Tests {
    pub(super) fn of(path: &str, text: &str, places: Places, memory_max: usize) -> Self {
        let checked = check_with(path, text, &places);
        Self { checked, path: path.to_owned(), tools: Tools::new(places, memory_max), memory_max }
    }

    /// What is wrong with the text, if that keeps it from being run.
    pub(super) fn wrong(&self) -> Option<BadSource> {
        let is_error = |found: &Diagnostic| found.severity == Severity::Error;
        self.checked.diagnostics.iter().any(is_error).then(|| self.bad(&self.checked.diagnostics))
    }

    fn bad(&self, found: &[Diagnostic]) -> BadSource {
        BadSource { sources: self.checked.sources.clone(), diagnostics: found.to_vec() }
    }

    /// The names of the tests and the lines where they begin.
    pub(super) fn names(&self) -> Vec<(String, u32)> {
        let tests = self.checked.program.tests.iter();
        let line = |at: source::Span| self.checked.sources.line_column(at.source, at.start).line;
        tests.map(|test| (test.name.to_string(), line(test.span))).collect()
    }

    /// Runs a test; `None` if Ctrl-C came. The run is kept for `--last` if it fails and `may_keep`.
    pub(super) fn run(&self, number: usize, may_keep: bool) -> Result<Option<Outcome>, CliError> {
        let compiled = match compile_test(&self.checked, number, Options::default()) {
            Some(Ok(compiled)) => compiled,
            Some(Err(found)) => return Ok(Some(Outcome::of(Wrong::Text(self.bad(&found))))),
            None => return Ok(None),
        };
        let program = verify(self.path.as_ref(), compiled)?;
        let mut timeline = Timeline::new(program.machine()?, timeline::Options::default());
        let mut world = LiveWorld::unseen(self.memory_max);
        world.give(Some(self.tools.clone()));
        let wrong = match drive(&mut timeline, &mut world, |_| {}) {
            drive::Outcome::Ended(_) => None,
            drive::Outcome::Trapped(trap) => {
                Some(Wrong::Fault(Box::new(Fault::new::<Palindrome>(&timeline, &trap))))
            }
            drive::Outcome::TooLarge => Some(Wrong::TooLarge),
            drive::Outcome::Interrupted | drive::Outcome::Closed => return Ok(None),
        };
        let is_kept = wrong.is_some()
            && may_keep
            && keep_last(&mut timeline, &program.recorded(Vec::new()), Terminal::new(true));
        Ok(Some(Outcome { wrong, output: output(&mut world)?, is_kept }))
    }
}
