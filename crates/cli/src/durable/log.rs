//! The recording of a durable run: what the outside said is on disk before anything is done that
//! depends on it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use machine::{Answer, StateHash, Tick};
use timeline::{
    Ending, Intent, Outside, RecordedProgram, Recorder, Recording, RecordingError, SavedState,
    Start,
};

use super::states::failed;

/// A recording that is appended to and flushed to the disk.
pub(super) struct Log {
    recorder: Recorder<File>,
    path: PathBuf,
    /// Whether something was written that may not be on the disk.
    is_dirty: bool,
}

impl Log {
    /// Begins a recording: of a whole run, or of what follows `origin`.
    pub(super) fn create(
        path: &Path,
        program: &RecordedProgram,
        origin: Option<&SavedState>,
        start: &Start,
    ) -> Result<Self, RecordingError> {
        let part = path.with_extension("part");
        let mut recorder = Recorder::create(File::create(&part).map_err(failed)?, program)?;
        if let Some(state) = origin {
            recorder.origin(state.tick, state.hash)?;
        }
        recorder.start(start)?;
        recorder.writer().sync_all().map_err(failed)?;
        fs::rename(&part, path).map_err(failed)?;
        sync_folder(path);
        Ok(Self { recorder, path: path.to_owned(), is_dirty: false })
    }

    /// Goes on with a recording, after what is good of it.
    pub(super) fn resume(path: &Path, recording: &Recording) -> Result<Self, RecordingError> {
        let mut file = File::options().write(true).open(path).map_err(failed)?;
        file.set_len(recording.bytes_good).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let recorder = Recorder::resume(file, recording);
        Ok(Self { recorder, path: path.to_owned(), is_dirty: true })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn bytes(&self) -> u64 {
        self.recorder.bytes()
    }

    pub(super) fn start(&mut self, start: &Start) -> Result<(), RecordingError> {
        self.is_dirty = true;
        self.recorder.start(start)?;
        self.sync()
    }

    /// Adds an answer; `outside` is where the streams are after it.
    pub(super) fn push(
        &mut self,
        tick: Tick,
        answer: &Answer,
        outside: Outside,
    ) -> Result<(), RecordingError> {
        let before = self.recorder.bytes();
        self.recorder.push(tick, answer)?;
        self.recorder.outside(outside);
        self.is_dirty |= self.recorder.bytes() > before;
        Ok(())
    }

    /// Lets everything that the outside said be on disk. Costs nothing where it said nothing.
    pub(super) fn commit(&mut self, tick: Tick, outside: Outside) -> Result<(), RecordingError> {
        if self.recorder.has_pending() {
            self.note(tick, outside)?;
        }
        self.sync()
    }

    /// Writes how far the run and its streams have come. That is safe when the process is killed.
    pub(super) fn note(&mut self, tick: Tick, outside: Outside) -> Result<(), RecordingError> {
        self.is_dirty = true;
        self.recorder.reached(tick);
        self.recorder.outside(outside);
        self.recorder.flush()
    }

    /// Says on disk that something is about to be done.
    pub(super) fn intent(
        &mut self,
        intent: &Intent,
        outside: Outside,
    ) -> Result<(), RecordingError> {
        self.is_dirty = true;
        self.recorder.outside(outside);
        self.recorder.intent(intent)?;
        self.sync()
    }

    /// Writes a digest of the state, and everything before it. That is safe when the process is
    /// killed; who relies on it synchronises the [`file`](Self::file).
    pub(super) fn hash(
        &mut self,
        tick: Tick,
        hash: StateHash,
        outside: Outside,
    ) -> Result<(), RecordingError> {
        self.is_dirty = true;
        self.recorder.outside(outside);
        self.recorder.hash(tick, hash)
    }

    /// The file, for another thread.
    pub(super) fn file(&self) -> io::Result<File> {
        self.recorder.writer().try_clone()
    }

    pub(super) fn end(&mut self, tick: Tick, ending: &Ending) -> Result<(), RecordingError> {
        self.is_dirty = true;
        self.recorder.end(tick, ending)?;
        self.sync()
    }

    fn sync(&mut self) -> Result<(), RecordingError> {
        if std::mem::take(&mut self.is_dirty) {
            self.recorder.writer().sync_data().map_err(failed)?;
        }
        Ok(())
    }
}

/// The beginning of a recording, up to where it was started first: enough to know which run it is.
pub(super) fn head(path: &Path) -> Result<Recording, RecordingError> {
    let read = || {
        let mut file = File::open(path)?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(HEAD_BYTES).read_to_end(&mut bytes)?;
        // The length of the first frame, the program, follows the header.
        let program = bytes.get(12..).and_then(|rest| rest.first_chunk());
        let program = program.map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
        file.take(program).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|source| RecordingError::Io { action: "read", source })?;
    Recording::from_bytes(&bytes)
}

/// What comes before the program, and what comes after it and is to be known: a start with a path.
const HEAD_BYTES: u64 = 16 << 10;

/// The bytes of a file from there on.
pub(super) fn tail(path: &Path, from: u64) -> Result<Vec<u8>, RecordingError> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| RecordingError::Io { action: "read", source })
}

/// Lets a new name outlast a loss of power, where folders can be synchronised.
fn sync_folder(path: &Path) {
    let folder = path.parent().and_then(|folder| File::open(folder).ok());
    let _synced = folder.map(|folder| folder.sync_all());
}
