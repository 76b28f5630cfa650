//! Writing the recording of a run while it goes on.

use std::fs::File;
use std::path::{Path, PathBuf};

use machine::Machine;
use timeline::{Ending, RecordedProgram, Recorder, RecordingError, Timeline};

use crate::error::CliError;
use crate::files;
use crate::history;
use crate::home;
use crate::terminal::Terminal;

/// The recording of a run, if one was asked for. When it cannot be written, it is given up and the
/// run goes on.
pub(crate) struct Record {
    recording: Option<FileRecording>,
    terminal: Terminal,
    /// Whether the recording that was asked for could not be written to its end.
    pub(crate) is_unfinished: bool,
}

impl Record {
    pub(crate) fn create(
        path: Option<&Path>,
        program: &RecordedProgram,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        let recording = match path {
            Some(path) => Some(FileRecording::create(path, program)?),
            None => None,
        };
        Ok(Self { recording, terminal, is_unfinished: false })
    }

    /// Writes what is new.
    pub(crate) fn follow<M: Machine>(&mut self, timeline: &Timeline<M>) {
        self.attempt(|recording| recording.follow(timeline));
    }

    /// Writes the end.
    pub(crate) fn end<M: Machine>(&mut self, timeline: &Timeline<M>, ending: &Ending) {
        self.attempt(|recording| recording.end(timeline, ending));
    }

    fn attempt(&mut self, act: impl FnOnce(&mut FileRecording) -> Result<(), RecordingError>) {
        let Some(recording) = &mut self.recording else { return };
        if let Err(error) = act(recording) {
            let path = recording.path.display();
            let text = format!(
                "{} cannot write the recording {path}: {}\n  \
                 what was written before is good, and the run goes on\n",
                self.terminal.red("error:"),
                describe(&error),
            );
            self.terminal.complain(&text);
            self.recording = None;
            self.is_unfinished = true;
        }
    }
}

/// Keeps a run where `--last` finds it; says whether that went well.
pub(crate) fn keep_last<M: Machine>(
    timeline: &mut Timeline<M>,
    program: &RecordedProgram,
    terminal: Terminal,
) -> bool {
    history::retain();
    let path = home::last_recording();
    let io_error = |source| RecordingError::Io { action: "write", source };
    let kept = home::make()
        .map_err(io_error)
        .and_then(|()| files::replace(&path, |file| timeline.save(file, program), io_error));
    if let Err(error) = &kept {
        let mut text = format!("the run could not be kept: {}\n", describe(error));
        if matches!(error, RecordingError::Forgotten(_)) {
            text +=
                "  --history-memory lets more be kept; --record and --durable keep it on disk\n";
        }
        terminal.complain(&text);
    }
    kept.is_ok()
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
pub(crate) fn describe(error: &RecordingError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
