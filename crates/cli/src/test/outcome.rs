//! Running a test, and what came of it.

use std::cell::RefCell;
use std::rc::Rc;

use ::achronyme::{File, load, tree};
use machine::Answer;
use source::SourceMap;
use timeline::Timeline;

use super::case::Case;
use crate::achronyme::{Disk, compiled, memory_of, tree::message};
use crate::arguments::{Engine, TestArguments};
use crate::drive::{self, drive};
use crate::error::{BadSource, CliError};
use crate::fault::Fault;
use crate::guest::{Guest as _, LoadOptions};
use crate::record::keep_last;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// What came of a test.
pub(super) struct Outcome {
    pub(super) wrong: Option<Wrong>,
    /// What it has printed.
    pub(super) output: String,
    /// Whether its run is where `--last` finds it.
    pub(super) is_kept: bool,
}

/// Why a test fails.
pub(super) enum Wrong {
    /// The text is no program.
    Text(BadSource),
    /// An error that nothing caught.
    Fault(Box<Fault>),
    /// An example comes to another value.
    Value { expected: String, found: String },
    /// It took too much memory.
    TooLarge,
}

impl Outcome {
    pub(super) fn of(wrong: Wrong) -> Self {
        Self { wrong: Some(wrong), output: String::new(), is_kept: false }
    }
}

/// Runs a test; `None` if Ctrl-C came. The run is kept for `--last` if it fails and `may_keep`.
pub(super) fn run(
    file: &File,
    case: &Case,
    arguments: &TestArguments,
    may_keep: bool,
) -> Option<Result<Outcome, CliError>> {
    let options = LoadOptions { memory_max: arguments.memory_max, ..LoadOptions::default() };
    let file = case.file(file);
    match arguments.engine {
        Engine::Vm => on_machine(&file, case, &options, may_keep).transpose(),
        Engine::Tree => Some(on_tree(&file, case, &options)),
    }
}

fn on_machine(
    file: &File,
    case: &Case,
    options: &LoadOptions,
    may_keep: bool,
) -> Result<Option<Outcome>, CliError> {
    let program = match compiled(file, options) {
        (Some(program), _) => program,
        (None, said) => return Ok(Some(Outcome::of(Wrong::Text(said)))),
    };
    let mut timeline = Timeline::new(program.machine()?, timeline::Options::default());
    let mut world = LiveWorld::unseen(options.memory_max);
    let wrong = match drive(&mut timeline, &mut world, |_| {}) {
        drive::Outcome::Ended(_) => differs(case, timeline.machine().echo()),
        drive::Outcome::Trapped(trap) => Some(Wrong::Fault(Box::new(Fault::new::<
            crate::achronyme::Achronyme,
        >(&timeline, &trap)))),
        drive::Outcome::TooLarge => Some(Wrong::TooLarge),
        drive::Outcome::Interrupted | drive::Outcome::Closed => return Ok(None),
    };
    let is_kept = wrong.is_some() && may_keep && {
        let program = program.recorded(Vec::new());
        keep_last(&mut timeline, &program, Terminal::new(true))
    };
    Ok(Some(Outcome { wrong, output: output(&mut world)?, is_kept }))
}

fn on_tree(file: &File, case: &Case, options: &LoadOptions) -> Result<Outcome, CliError> {
    let mut sources = SourceMap::default();
    let program = match load(&file.name, &file.text, &mut Disk::new(), &mut sources) {
        Ok((program, _)) => program,
        Err(diagnostics) => {
            return Ok(Outcome::of(Wrong::Text(BadSource { sources, diagnostics })));
        }
    };
    let world = Rc::new(RefCell::new(LiveWorld::unseen(options.memory_max)));
    let asked = Rc::clone(&world);
    let perform =
        Box::new(move |question| asked.borrow_mut().perform(&question).unwrap_or(Answer::Nothing));
    let limits = tree::Options { memory_max: memory_of(options), ..tree::Options::default() };
    let wrong = match tree::run(&program, &mut sources, &limits, perform) {
        tree::Ended::Value(echo) => differs(case, echo),
        tree::Ended::Uncaught(uncaught) => {
            Some(Wrong::Fault(Box::new(Fault::at(&message(&uncaught), uncaught.span, &sources))))
        }
        tree::Ended::Exit(_) => differs(case, None),
        // There is no end of its steps.
        tree::Ended::Stopped => Some(Wrong::TooLarge),
    };
    let output = output(&mut world.borrow_mut())?;
    Ok(Outcome { wrong, output, is_kept: false })
}

pub(super) fn output(world: &mut LiveWorld) -> Result<String, CliError> {
    let bytes = world.take_output().map_err(CliError::output)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How the value of an example differs from what it has to be.
fn differs(case: &Case, echo: Option<String>) -> Option<Wrong> {
    let expected = case.echo.clone()?;
    let found = echo.unwrap_or_else(|| "null".to_owned());
    (found != expected).then_some(Wrong::Value { expected, found })
}
