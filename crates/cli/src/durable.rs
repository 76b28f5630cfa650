//! `palindrome run --durable`: a run that goes on after its process was killed, at the very next
//! instruction, and does nothing outside a second time. `docs/decisions/0011-durable.md` says how.

mod effect;
pub(crate) mod folder;
mod live;
mod log;
mod output;
mod states;

use machine::{Answer, ExitCode, Machine, Piece, Portable, Question, Stream};
use timeline::{
    Ending, History, Options, RecordedProgram, Recording, RecordingError, SavedState, Start,
    Timeline,
};

use crate::arguments::RunArguments;
use crate::drive::Outcome;
use crate::error::{CliError, exit};
use crate::fault::Fault;
use crate::guest::Guest;
use crate::history;
use crate::input::Input;
use crate::interrupt;
use crate::terminal::Terminal;
use crate::world::LiveWorld;
use folder::Folder;
use live::{Broken, Live, Past};
use log::Log;
use output::OutputFile;
use states::States;

/// Runs a program under a name, or goes on with it.
pub(crate) fn run<G: Guest>(
    loaded: &G,
    name: &str,
    texts: Vec<Vec<u8>>,
    arguments: &RunArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    history::retain();
    let folder = Folder::open(name)?;
    let program = loaded.recorded(texts.clone());
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::resumable(),
    };
    interrupt::listen();
    let mut world = LiveWorld::new(input, texts, arguments.history.memory_max);
    world.give(loaded.tools());
    let begun = Begun::<G>::new(loaded, name, &folder, &program, terminal)?;
    let Begun { machine, recording, state, log, states, output, start } = begun;
    let failed = |source| CliError::Unwritten { what: "to standard output".to_owned(), source };
    let ending = recording.ending.clone();
    world.go_on(state.as_ref(), &recording.outside).map_err(failed)?;
    let (past, log_max) = (Past::from(recording), arguments.durable_max);
    let mut live = Live::new(machine, world, log, states, output, &program, start, past, log_max);
    live.output.go_to_end().map_err(failed)?;
    if let Some(ending) = ending {
        told_before(name, &ending, terminal);
    }
    let outcome = live.drive();
    finish::<G>(live, outcome, name, arguments, terminal)
}

/// A run, found or made, with its machine where the newest good state is.
struct Begun<G: Guest> {
    machine: G::Machine,
    /// What follows the state.
    recording: Recording,
    state: Option<SavedState>,
    log: Log,
    states: States,
    output: OutputFile,
    start: Start,
}

impl<G: Guest> Begun<G> {
    fn new(
        loaded: &G,
        name: &str,
        folder: &Folder,
        program: &RecordedProgram,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        let path = folder.log();
        let unwritten = |source| CliError::Unrecorded { path: path.clone(), source };
        let output = OutputFile::of_process();
        let head = match log::head(&path) {
            Ok(head) if head.start.is_some() => head,
            // It was killed before anything happened, or never ran.
            Ok(_) | Err(RecordingError::NoProgram) => return Self::first(loaded, folder, program),
            Err(RecordingError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                return Self::first(loaded, folder, program);
            }
            Err(source) => return Err(CliError::BadRecording { path, source }),
        };
        let changed = |what| CliError::Changed { name: name.to_owned(), what };
        if head.program.kind != program.kind || head.program.image != program.image {
            return Err(changed("program"));
        }
        if head.program.arguments != program.arguments {
            return Err(changed("list of arguments"));
        }
        let first = head.start.unwrap_or_default();
        if first.folder != working_folder() {
            return Err(changed("folder to work in"));
        }
        let (states, mut kept) = States::read(&folder.path, first.run);
        let bytes = std::fs::metadata(&path).map_err(CliError::unreadable(&path))?.len();
        let count = kept.len();
        kept.retain(|state| state.log_bytes <= bytes);
        if kept.len() < count {
            terminal.complain(&format!(
                "warning: the recording of {name} is damaged: its end is lost, and what was done \
                 outside after that may be done again\n"
            ));
        }
        let bad = |source| CliError::BadRecording { path: path.clone(), source };
        let candidates = kept.into_iter().map(Some).chain([None]);
        for state in candidates {
            if state.is_none() && head.origin.is_some() {
                break;
            }
            let Some((mut recording, base)) =
                follow(&path, state.as_ref(), program, &output).map_err(bad)?
            else {
                continue;
            };
            let Some(machine) = at::<G>(loaded, state.as_ref())? else { continue };
            let start = Start {
                run: first.run,
                folder: working_folder(),
                output_file: output.identity(),
                output_base: base,
            };
            let mut log = Log::resume(&path, &recording).map_err(unwritten)?;
            if recording.start.as_ref() != Some(&start) {
                log.start(&start).map_err(unwritten)?;
            }
            recording.start = None;
            return Ok(Self { machine, recording, state, log, states, output, start });
        }
        let reason = "none of its states is good, and its beginning was forgotten".to_owned();
        Err(CliError::Stuck { name: name.to_owned(), reason })
    }

    fn first(loaded: &G, folder: &Folder, program: &RecordedProgram) -> Result<Self, CliError> {
        let path = folder.log();
        let unwritten = |source| CliError::Unrecorded { path: path.clone(), source };
        let output = OutputFile::of_process();
        let start = Start {
            run: getrandom::u64().unwrap_or_default(),
            folder: working_folder(),
            output_file: output.identity(),
            output_base: output.written(None, &timeline::Outside::default()).0,
        };
        let log = Log::create(&path, program, None, &start).map_err(unwritten)?;
        let (states, _none) = States::read(&folder.path, start.run);
        let recording = log::head(&path).map_err(unwritten)?;
        let machine = loaded.machine()?;
        Ok(Self { machine, recording, state: None, log, states, output, start })
    }
}

/// What follows a state in the recording, and where the program's output begins in its file; `None`
/// where less of the output is left than was written before the state.
fn follow(
    path: &std::path::Path,
    state: Option<&SavedState>,
    program: &RecordedProgram,
    output: &OutputFile,
) -> Result<Option<(Recording, u64)>, RecordingError> {
    let from = state.map_or(0, |state| state.log_bytes);
    let bytes = log::tail(path, from)?;
    let mut recording = match state {
        Some(state) if from > 0 => Recording::since(state, program.clone(), &bytes),
        _ => Recording::from_bytes(&bytes)?,
    };
    let (base, written) = output.written(recording.start.as_ref(), &recording.outside);
    let needed = state.map_or(0, |state| state.outside.output);
    // Where the beginning is forgotten, what was written then cannot be written again.
    let is_forgotten = recording.origin.is_some() && from == 0;
    if written < needed && !is_forgotten {
        return Ok(None);
    }
    recording.outside.output = written.max(needed);
    Ok(Some((recording, base)))
}

/// A machine in that state, or before its first instruction; `None` if the state is not what it
/// says.
fn at<G: Guest>(loaded: &G, state: Option<&SavedState>) -> Result<Option<G::Machine>, CliError> {
    let mut machine = loaded.machine()?;
    let Some(state) = state else { return Ok(Some(machine)) };
    let is_good = machine.read_state(&state.state).is_ok()
        && machine.tick() == state.tick
        && machine.state_hash() == state.hash;
    Ok(is_good.then_some(machine))
}

/// A run that has ended is run to its end again, which does nothing.
fn told_before(name: &str, ending: &Ending, terminal: Terminal) {
    let how = match ending {
        Ending::Ended(ExitCode(code)) => format!("ended with exit code {code}"),
        Ending::Trapped(_) => "failed".to_owned(),
        Ending::Interrupted => return,
    };
    let again = format!("to run it anew: palindrome history purge {name}");
    terminal.complain(&format!("the run {name} has {how} already; {again}\n"));
}

fn finish<G: Guest>(
    mut live: Live<'_, G::Machine>,
    outcome: Result<Outcome<<G::Machine as Machine>::Trap>, Broken>,
    name: &str,
    arguments: &RunArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    let path = folder::log(&folder::path(name)?);
    let unwritten = |source| CliError::Unrecorded { path: path.clone(), source };
    let outcome = outcome.map_err(|broken| match broken {
        Broken::Log(source) => unwritten(source),
        Broken::Differs(tick) => CliError::Stuck {
            name: name.to_owned(),
            reason: format!("at tick {tick} it does something else than is recorded"),
        },
    })?;
    let on = format!("look at it:  palindrome debug --durable {name}\n");
    let tick = live.machine.tick();
    match outcome {
        Outcome::Ended(code) => {
            if let Some(echo) = G::echo(&live.machine) {
                live.show(&echo).map_err(unwritten)?;
            }
            live.end(&Ending::Ended(code)).map_err(unwritten)?;
            live.world.flush().map_err(CliError::output)?;
            Ok(code.0)
        }
        Outcome::Trapped(trap) => {
            live.end(&Ending::Trapped(trap.to_string())).map_err(unwritten)?;
            let options = Options { history: History::Off, ..Options::default() };
            let fault = Fault::new::<G>(&Timeline::new(live.machine, options), &trap);
            terminal.complain(&if arguments.json {
                format!("{}\n", fault.to_json())
            } else {
                fault.render(terminal, false) + &on
            });
            Ok(exit::FAULT)
        }
        Outcome::TooLarge => {
            live.pause().map_err(unwritten)?;
            terminal.complain(&format!(
                "{} stopped at tick {tick}: the program takes more memory than --memory-max \
                 allows\n{on}",
                terminal.red("error:"),
            ));
            Ok(exit::FAULT)
        }
        Outcome::Interrupted => {
            live.pause().map_err(unwritten)?;
            terminal
                .complain(&format!("interrupted at tick {tick}; the same command goes on\n{on}"));
            Ok(exit::INTERRUPTED)
        }
        Outcome::Closed => {
            live.pause().map_err(unwritten)?;
            Ok(exit::CLOSED)
        }
    }
}

impl<M: Portable> Live<'_, M> {
    /// Shows the value of a program that has ended, as a part of its output: once.
    fn show(&mut self, echo: &str) -> Result<(), RecordingError> {
        let open = if self.world.is_line_open() { "\n" } else { "" };
        let bytes = format!("{open}{echo}\n").into_bytes();
        let question = Question::Write(vec![Piece { stream: Stream::Output, bytes }]);
        if self.world.will_write(&question) {
            self.log.commit(self.machine.tick(), self.world.position())?;
        }
        let _answer: Option<Answer> = self.world.perform(&question);
        Ok(())
    }

    /// Keeps where it stopped, to go on from there.
    fn pause(&mut self) -> Result<(), RecordingError> {
        if self.is_live() {
            self.keep_last_state()?;
            self.end(&Ending::Interrupted)?;
        }
        Ok(())
    }
}

/// The run with that name up to where it is now, for looking at.
pub(crate) fn past<G: Guest>(
    name: &str,
    recording: &Recording,
    options: Options,
) -> Result<Timeline<G::Machine>, CliError> {
    let path = folder::path(name)?;
    let program = G::from_image(&folder::log(&path), &recording.program.image)?;
    let mut machine = program.machine()?;
    if let Some((tick, hash)) = recording.origin {
        let state = recording.start.as_ref().and_then(|start| states::origin(&path, start.run));
        let reason = "the state where its recording begins is not there or damaged".to_owned();
        let stuck = CliError::Stuck { name: name.to_owned(), reason };
        let is_it = |state: &SavedState| state.tick == tick && state.hash == hash;
        let Some(state) = state.filter(is_it) else { return Err(stuck) };
        match at::<G>(&program, Some(&state))? {
            Some(found) => machine = found,
            None => return Err(stuck),
        }
    }
    Ok(Timeline::from_recording(machine, recording, options))
}

/// The folder that paths begin from.
fn working_folder() -> Vec<u8> {
    let folder = std::env::current_dir().unwrap_or_default();
    crate::run::bytes(folder.as_os_str())
}
