//! Runs that are over: those in recordings, and programs that are run to their end unseen.

use std::ffi::OsString;
use std::path::Path;

use timeline::{Options, RecordedProgram, Recording, Timeline};

use crate::arguments::HistoryArguments;
use crate::drive::{Outcome, drive};
use crate::error::CliError;
use crate::guest::{self, Guest, GuestName, LoadOptions};
use crate::input::Input;
use crate::interrupt;
use crate::kind::{Form, Kind};
use crate::recording;
use crate::run::bytes;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// Where a run comes from.
pub(crate) enum Material {
    Recording(Box<Recording>),
    Program(Form),
}

/// How a program is run that has not been.
#[derive(Debug)]
pub(crate) struct Unseen<'a> {
    pub(crate) input: Option<&'a Path>,
    pub(crate) arguments: Vec<Vec<u8>>,
    pub(crate) memory_max: usize,
    pub(crate) options: Options,
}

impl<'a> Unseen<'a> {
    /// As the options say, with so many bytes of output kept.
    pub(crate) fn new(
        history: &HistoryArguments,
        input: Option<&'a Path>,
        arguments: &[OsString],
        output: usize,
    ) -> Self {
        Self {
            input,
            arguments: arguments.iter().map(|text| bytes(text)).collect(),
            memory_max: history.memory_max,
            options: Options { output, ..history.options() },
        }
    }
}

/// A run that is over. Time stands at its end.
pub(crate) struct Past<G: Guest> {
    pub(crate) timeline: Timeline<G::Machine>,
    pub(crate) program: RecordedProgram,
    /// The program itself, for further machines.
    pub(crate) loaded: G,
    /// Where it comes from, if it was recorded.
    pub(crate) recording: Option<Box<Recording>>,
}

/// What a file has in it.
pub(crate) fn find(path: &Path) -> Result<(GuestName, Material), CliError> {
    if Kind::of(path).ok() == Some(Kind::Recording) {
        let (recording, guest) = recording::read(path)?;
        return Ok((guest, Material::Recording(Box::new(recording))));
    }
    let (guest, form) = guest::of_program(path)?;
    Ok((guest, Material::Program(form)))
}

/// The run in a recording, or one of a program that is made now; what it writes is not shown.
pub(crate) fn live_through<G: Guest>(
    path: &Path,
    material: Material,
    unseen: &Unseen<'_>,
    terminal: Terminal,
) -> Result<Past<G>, CliError> {
    match material {
        Material::Recording(recording) => {
            let loaded = G::from_image(path, &recording.program.image)?;
            let mut timeline = recording::open::<G>(path, &recording, unseen.options, terminal)?;
            timeline.goto(timeline.end());
            interrupt::listen();
            let program = recording.program.clone();
            Ok(Past { timeline, program, loaded, recording: Some(recording) })
        }
        Material::Program(form) => {
            let load = load_options(unseen.memory_max);
            let loaded: G = guest::load(path, form, &load, terminal)?;
            let input = match unseen.input {
                Some(path) => Input::file(path)?,
                None => Input::nothing(),
            };
            let arguments = unseen.arguments.clone();
            let mut world = LiveWorld::hidden(input, arguments.clone(), unseen.memory_max);
            world.give(loaded.tools());
            let mut timeline = Timeline::new(loaded.machine()?, unseen.options);
            interrupt::listen();
            match drive(&mut timeline, &mut world, |_| {}) {
                Outcome::Interrupted => return Err(CliError::Interrupted),
                Outcome::TooLarge => {
                    let message = "the program takes more memory than --memory-max allows; what \
                                   it did before is looked at\n";
                    terminal.complain(message);
                }
                Outcome::Ended(_) | Outcome::Trapped(_) | Outcome::Closed => {}
            }
            let program = loaded.recorded(arguments);
            Ok(Past { timeline, program, loaded, recording: None })
        }
    }
}

/// How a program is loaded that is to be looked at.
pub(crate) fn load_options(memory_max: usize) -> LoadOptions {
    LoadOptions { optimise: false, memory_max, ..LoadOptions::default() }
}

/// Loads a changed program of a guest, as a machine and as recordings keep it.
pub(crate) fn reload<G: Guest>(
    path: &Path,
    arguments: Vec<Vec<u8>>,
    memory_max: usize,
    terminal: Terminal,
) -> Result<(G::Machine, RecordedProgram), CliError> {
    let (guest, form) = guest::of_program(path)?;
    if guest.name() != G::NAME {
        let shown = path.display();
        let message = format!("{shown} is a program of {}, and not of {}", guest.name(), G::NAME);
        return Err(CliError::Usage(message));
    }
    let loaded: G = guest::load(path, form, &load_options(memory_max), terminal)?;
    Ok((loaded.machine()?, loaded.recorded(arguments)))
}

/// The command that opens a run in the debugger.
pub(crate) fn way_to(path: &Path, is_recording: bool) -> String {
    let option = if is_recording { "--replay " } else { "" };
    format!("palindrome debug {option}{}", path.display())
}
