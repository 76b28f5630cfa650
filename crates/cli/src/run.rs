//! `palindrome run`: a live run, recorded in memory, kept when it fails.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use debugger::World as _;
use machine::{Edit, ExitCode, Inspect, Machine, Probes, Tick};
use timeline::{Arrival, Ending, RecordedProgram, Recorder, RecordingError, Timeline};

use crate::arguments::RunArguments;
use crate::debug;
use crate::error::{CliError, exit};
use crate::fault::Fault;
use crate::files;
use crate::home;
use crate::input::Input;
use crate::interrupt;
use crate::pvm;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// Safepoints between two looks for Ctrl-C, and two writes of the recording.
const SLICE: u64 = 1 << 18;

/// Questions after which the recording is written, too, where nobody waits at a terminal.
const QUESTIONS: u32 = 256;

/// How a run came to its end.
enum Outcome<T> {
    Ended(ExitCode),
    Trapped(T),
    Interrupted,
    /// It took more memory than it may.
    TooLarge,
    /// Whoever read the output is gone.
    Closed,
}

pub(crate) fn run(arguments: &RunArguments, terminal: Terminal) -> Result<u8, CliError> {
    let loaded = pvm::load(&arguments.file, true, terminal)?;
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::standard(),
    };
    let texts: Vec<Vec<u8>> = arguments.arguments.iter().map(|text| bytes(text)).collect();
    let program = loaded.recorded(texts.clone());
    let recording = match &arguments.record {
        Some(path) => Some(FileRecording::create(path, &program)?),
        None => None,
    };
    let timeline = Timeline::new(loaded.machine(), arguments.history.options());
    interrupt::listen();
    let world = LiveWorld::new(input, texts, arguments.history.memory_max);
    let mut run = Run { timeline, world, program, recording, terminal, is_unrecorded: false };
    let outcome = run.drive();
    run.finish(outcome, arguments)
}

/// A run and all that goes with it.
struct Run<M: Machine> {
    timeline: Timeline<M>,
    world: LiveWorld,
    program: RecordedProgram,
    recording: Option<FileRecording>,
    terminal: Terminal,
    /// Whether the recording that was asked for could not be written to its end.
    is_unrecorded: bool,
}

impl<M: Machine + Inspect + Edit> Run<M> {
    /// Runs the program until it is over.
    fn drive(&mut self) -> Outcome<M::Trap> {
        let probes = Probes::none();
        let (mut until, mut unwritten) = (Tick::at(SLICE), 0);
        loop {
            if interrupt::take() {
                return Outcome::Interrupted;
            }
            if Machine::memory(self.timeline.machine()) > self.world.memory_max() {
                return Outcome::TooLarge;
            }
            match self.timeline.forward(until, &probes) {
                Arrival::Reached | Arrival::Probed(_) => {
                    self.record(FileRecording::follow);
                    let now = self.timeline.now().tick;
                    until = Tick::at(now.safepoints.saturating_add(SLICE));
                }
                Arrival::Asks(question) => {
                    unwritten += 1;
                    if unwritten >= QUESTIONS || self.world.is_watched() {
                        self.record(FileRecording::follow);
                        unwritten = 0;
                    }
                    let Some(answer) = self.world.perform(&question) else { continue };
                    if self.world.is_closed() {
                        return Outcome::Closed;
                    }
                    if let Err(trap) = self.timeline.answer(answer) {
                        return Outcome::Trapped(trap);
                    }
                }
                Arrival::Trapped(trap) => return Outcome::Trapped(trap),
                Arrival::Ended(code) => return Outcome::Ended(code),
            }
        }
    }

    fn finish(
        mut self,
        outcome: Outcome<M::Trap>,
        arguments: &RunArguments,
    ) -> Result<u8, CliError> {
        let ending = match &outcome {
            Outcome::Ended(code) => Ending::Ended(*code),
            Outcome::Trapped(trap) => Ending::Trapped(trap.to_string()),
            Outcome::Interrupted | Outcome::TooLarge | Outcome::Closed => Ending::Interrupted,
        };
        let flushed = self.world.flush();
        self.record(|recording, timeline| recording.end(timeline, &ending));
        let code = match outcome {
            Outcome::Closed => return Ok(exit::CLOSED),
            Outcome::Ended(ExitCode(code)) => {
                flushed.map_err(CliError::output)?;
                code
            }
            Outcome::Trapped(trap) => {
                let is_kept = self.keep();
                let fault = Fault::new(&self.timeline, &trap);
                let text = if arguments.json {
                    format!("{}\n", fault.to_json())
                } else {
                    fault.render(self.terminal, is_kept)
                };
                self.terminal.complain(&text);
                if self.terminal.can_ask && !arguments.json && self.wants_back() {
                    return debug::walk_back(
                        self.timeline,
                        self.world,
                        &self.program,
                        self.terminal,
                    );
                }
                exit::FAULT
            }
            Outcome::TooLarge => {
                let tick = self.timeline.now().tick;
                let mut text = format!(
                    "{} stopped at tick {tick}: the program takes more memory than --memory-max \
                     allows\n",
                    self.terminal.red("error:"),
                );
                if self.keep() {
                    text.push_str("look at it, or go on:  palindrome debug --last\n");
                }
                self.terminal.complain(&text);
                exit::FAULT
            }
            Outcome::Interrupted => {
                let tick = self.timeline.now().tick;
                let mut text = format!("interrupted at tick {tick}\n");
                if self.keep() {
                    text.push_str("look at it, or go on:  palindrome debug --last\n");
                }
                self.terminal.complain(&text);
                exit::INTERRUPTED
            }
        };
        Ok(if self.is_unrecorded && code == exit::OK { exit::IO } else { code })
    }

    /// The founding document's question.
    fn wants_back(&mut self) -> bool {
        self.terminal.complain("Reverse last operation? (y/n) ");
        let line = self.world.read_line().unwrap_or_default();
        matches!(line.trim_ascii(), b"y" | b"Y" | b"yes")
    }

    /// Does something to the recording, if there is one; it is given up when that fails, and the
    /// run goes on.
    fn record(
        &mut self,
        act: impl FnOnce(&mut FileRecording, &Timeline<M>) -> Result<(), RecordingError>,
    ) {
        let Some(recording) = &mut self.recording else { return };
        if let Err(error) = act(recording, &self.timeline) {
            let path = recording.path.display();
            let text = format!(
                "{} cannot write the recording {path}: {}\n  \
                 what was written before is good, and the run goes on\n",
                self.terminal.red("error:"),
                describe(&error),
            );
            self.terminal.complain(&text);
            self.recording = None;
            self.is_unrecorded = true;
        }
    }

    /// Keeps the run where `--last` finds it; says whether that went well.
    fn keep(&mut self) -> bool {
        let path = home::last_recording();
        let timeline = &mut self.timeline;
        let program = &self.program;
        let io_error = |source| RecordingError::Io { action: "write", source };
        let kept = home::make()
            .map_err(io_error)
            .and_then(|()| files::replace(&path, |file| timeline.save(file, program), io_error));
        if let Err(error) = &kept {
            let text = format!("the run could not be kept: {}\n", describe(error));
            self.terminal.complain(&text);
        }
        kept.is_ok()
    }
}

/// A recording that is written while the program runs.
struct FileRecording {
    path: PathBuf,
    recorder: Recorder<File>,
}

impl FileRecording {
    fn create(path: &Path, program: &RecordedProgram) -> Result<Self, CliError> {
        let failed = |source| CliError::Unrecorded { path: path.to_owned(), source };
        let file = File::create(path)
            .map_err(|source| failed(RecordingError::Io { action: "create", source }))?;
        let recorder = Recorder::create(file, program).map_err(failed)?;
        Ok(Self { path: path.to_owned(), recorder })
    }

    fn follow<M: Machine>(&mut self, timeline: &Timeline<M>) -> Result<(), RecordingError> {
        self.recorder.follow(timeline)?;
        self.recorder.flush()
    }

    fn end<M: Machine>(
        &mut self,
        timeline: &Timeline<M>,
        ending: &Ending,
    ) -> Result<(), RecordingError> {
        self.recorder.follow(timeline)?;
        let tick = timeline.now().tick;
        self.recorder.hash(tick, timeline.machine().state_hash())?;
        self.recorder.end(tick, ending)
    }
}

/// An error with what is behind it.
fn describe(error: &RecordingError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(unix)]
pub(crate) fn bytes(text: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec()
}

#[cfg(not(unix))]
pub(crate) fn bytes(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}
