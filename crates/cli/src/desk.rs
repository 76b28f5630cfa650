//! What a debugging session does with files: saving, exporting, and taking a changed program.

use std::fmt::Write as _;
use std::path::Path;

use debugger::{Debugger, Paint, Then};
use machine::{Edit, Inspect, Machine, SourceText};
use timeline::{RecordedProgram, RecordingError, Timeline};

use crate::error::{CliError, render};
use crate::export;
use crate::files;
use crate::guest::{Guest, GuestName};
use crate::past;
use crate::terminal::Terminal;
use crate::whatif;
use crate::world::LiveWorld;

/// How a changed program is loaded: as a machine, and as recordings keep it.
type Reload<M> = fn(&Path, Vec<Vec<u8>>, usize, Terminal) -> Result<(M, RecordedProgram), CliError>;

/// The programs of a session, and what can be done with them.
#[derive(Debug)]
pub(crate) struct Desk<M: Machine> {
    program: RecordedProgram,
    terminal: Terminal,
    /// How `edit` loads a program; nothing where the program is not a file.
    reload: Option<Reload<M>>,
    /// The programs before `edit`, with their debuggers.
    before: Vec<(Debugger<M>, RecordedProgram)>,
}

impl<M: Machine + Inspect + Edit> Desk<M> {
    /// For a program of which there is a file.
    pub(crate) fn of<G: Guest<Machine = M>>(program: RecordedProgram, terminal: Terminal) -> Self {
        let reload: Reload<M> = past::reload::<G>;
        Self { reload: Some(reload), ..Self::new(program, terminal) }
    }

    pub(crate) fn new(program: RecordedProgram, terminal: Terminal) -> Self {
        Self { program, terminal, reload: None, before: Vec::new() }
    }

    /// Colours as the program's language has them.
    pub(crate) fn paint(&self) -> Paint {
        let guest = GuestName::find(&self.program.kind);
        let syntax = guest.map(GuestName::syntax).unwrap_or_default();
        Paint { syntax, ..self.terminal.paint() }
    }

    /// Does what a command has left to its caller; says what came of it.
    pub(crate) fn follow_up(
        &mut self,
        debugger: &mut Debugger<M>,
        world: &mut LiveWorld,
        then: Then,
    ) -> Result<String, CliError> {
        match then {
            Then::Continue | Then::Quit => Ok(String::new()),
            Then::Save(path) => self.save(debugger, &path),
            Then::Export(path) => {
                export::write(debugger, &self.program, &path).map(|said| said + "\n")
            }
            Then::Edit(path) => self.edit(debugger, world, path.as_deref()),
        }
    }

    /// Goes on with another program, which has read what this one has; or with the one before.
    fn edit(
        &mut self,
        debugger: &mut Debugger<M>,
        world: &mut LiveWorld,
        path: Option<&Path>,
    ) -> Result<String, CliError> {
        let Some(path) = path else {
            let message = "there is no program before this one".to_owned();
            (*debugger, self.program) = self.before.pop().ok_or(CliError::Usage(message))?;
            return Ok(debugger.here());
        };
        let message = "the program cannot be changed here".to_owned();
        let reload = self.reload.ok_or(CliError::Usage(message))?;
        let arguments = self.program.arguments.clone();
        let memory_max = debugger::World::memory_max(world);
        let (machine, program) = reload(path, arguments.clone(), memory_max, self.terminal)?;
        let mut changed = Timeline::new(machine, debugger.timeline().options());
        let first = debugger.timeline_mut();
        let here = first.now();
        let told = whatif::replayed(first, &mut changed, &arguments, memory_max, path);
        first.goto(here.tick);
        let told = told?;
        changed.goto(told.difference.tick().unwrap_or(changed.end()));
        let paint = self.paint();
        let before = std::mem::replace(debugger, Debugger::new(changed).with_paint(paint));
        let renamed = renamed(&before.machine().sources(), &debugger.machine().sources());
        let again = before.breakpoints().iter().map(|stop| match &renamed {
            Some((old, new)) => stop.command_after_renaming(old, new),
            None => stop.command(),
        });
        let mut lost = String::new();
        for command in again {
            if debugger.execute(&command, world).is_error {
                let _ = writeln!(lost, "not set again: {command}");
            }
        }
        let program_before = std::mem::replace(&mut self.program, program);
        self.before.push((before, program_before));
        Ok(format!(
            "{}{lost}`edit back` takes the program before\n{}",
            told.render(),
            debugger.here()
        ))
    }

    /// Saves a recording.
    fn save(&mut self, debugger: &mut Debugger<M>, path: &Path) -> Result<String, CliError> {
        let program = &self.program;
        let io_error = |source| RecordingError::Io { action: "write", source };
        let saved = files::replace(path, |file| debugger.save(file, program), io_error);
        let shown = path.display();
        match saved {
            Ok(()) => Ok(format!("saved to {shown}\n")),
            Err(error) => {
                let why = std::error::Error::source(&error);
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                Err(CliError::Usage(format!("{shown}: {error}{why}")))
            }
        }
    }
}

/// What the text of the program was called, and what that of the changed one is called, if it is kept in
/// another file: the only name that is gone, and the only one that has come.
fn renamed(before: &[SourceText], after: &[SourceText]) -> Option<(String, String)> {
    let only = |these: &[SourceText], those: &[SourceText]| {
        let is_in_those = |text: &&SourceText| those.iter().any(|other| other.name == text.name);
        let mut missing = these.iter().filter(|text| !is_in_those(text));
        let first = missing.next()?;
        missing.next().is_none().then(|| first.name.clone())
    };
    Some((only(before, after)?, only(after, before)?))
}

/// What is said of something that has failed where the session goes on.
pub(crate) fn told(error: &CliError) -> String {
    if let CliError::BadSource(bad) = error {
        render(bad, Terminal::new(true))
    } else {
        format!("error: {error}\n")
    }
}
