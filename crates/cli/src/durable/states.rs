//! The states of a durable run on disk: two, of which the newer replaces the older, and one from
//! which a shortened recording begins. All may be thrown away but the last.
//!
//! The two are written on a thread of their own, one at a time, so that the program waits for no disk.
#![expect(clippy::disallowed_methods, reason = "threads and clocks belong to the command line")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use timeline::{RecordingError, SavedState};

/// The names of the two, and of the one where a shortened recording begins.
const SLOTS: [&str; 2] = ["state.a", "state.b"];
const ORIGIN: &str = "origin-";

/// The states in the folder of a run.
pub(super) struct States {
    folder: PathBuf,
    /// The one that is replaced next.
    next: usize,
    writing: Option<JoinHandle<Result<Written, RecordingError>>>,
}

/// A state that is on the disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) bytes: u64,
    /// How long that took, waiting for the disk included.
    pub(super) took: Duration,
}

impl States {
    /// Those of the run with this number, newest first. What is torn or of another run is passed
    /// over.
    pub(super) fn read(folder: &Path, run: u64) -> (Self, Vec<SavedState>) {
        let read = |name: &str| {
            let state = SavedState::from_bytes(&fs::read(folder.join(name)).ok()?)?;
            (state.start.run == run).then_some(state)
        };
        let slots = SLOTS.map(read);
        let tick = |slot: usize| slots[slot].as_ref().map(|state| state.tick);
        let next = usize::from(tick(0) > tick(1));
        let mut states: Vec<SavedState> =
            slots.into_iter().flatten().chain(origin(folder, run)).collect();
        states.sort_by_key(|state| std::cmp::Reverse(state.tick));
        (Self { folder: folder.to_owned(), next, writing: None }, states)
    }

    /// Begins to keep a state in place of the older one. The files that it depends on are on the disk
    /// before it is. Waits for the one before.
    pub(super) fn keep(
        &mut self,
        state: SavedState,
        files: Vec<File>,
    ) -> Result<(), RecordingError> {
        self.finish()?;
        let path = self.folder.join(SLOTS[self.next]);
        self.next = 1 - self.next;
        let write = move || {
            let began = Instant::now();
            files.iter().try_for_each(File::sync_data).map_err(failed)?;
            let bytes = state.to_bytes()?;
            write_whole(&path, &bytes)?;
            Ok(Written { bytes: bytes.len() as u64, took: began.elapsed() })
        };
        self.writing = Some(thread::Builder::new().spawn(write).map_err(failed)?);
        Ok(())
    }

    /// Whether one is not yet on the disk.
    pub(super) fn is_writing(&self) -> bool {
        self.writing.as_ref().is_some_and(|writing| !writing.is_finished())
    }

    /// Waits until the last one is on the disk, if that is not known yet.
    pub(super) fn finish(&mut self) -> Result<Option<Written>, RecordingError> {
        let Some(writing) = self.writing.take() else { return Ok(None) };
        match writing.join() {
            Ok(written) => written.map(Some),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Keeps the state from which the recording of that run will begin.
    pub(super) fn keep_origin(&self, state: &SavedState) -> Result<(), RecordingError> {
        write_whole(&self.folder.join(origin_name(state.start.run)), &state.to_bytes()?)
    }

    /// Removes what an earlier recording began from.
    pub(super) fn drop_origin(&self, run: u64) {
        // That it stays does no harm but for its size.
        let _removed = fs::remove_file(self.folder.join(origin_name(run)));
    }
}

fn origin_name(run: u64) -> String {
    format!("{ORIGIN}{run:016x}")
}

/// The state from which the recording of that run begins, if it does not begin with the run.
pub(super) fn origin(folder: &Path, run: u64) -> Option<SavedState> {
    let state = SavedState::from_bytes(&fs::read(folder.join(origin_name(run))).ok()?)?;
    (state.start.run == run).then_some(state)
}

/// Writes a file so that it is whole or as it was before, and stays so without power.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RecordingError> {
    let part = path.with_extension("part");
    let write = || {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&part, path)
    };
    write().map_err(failed)
}

/// An error of the file system as one of the recording.
pub(super) fn failed(source: io::Error) -> RecordingError {
    let kind = source.kind();
    if kind == io::ErrorKind::StorageFull || kind == io::ErrorKind::QuotaExceeded {
        RecordingError::Full(source)
    } else {
        RecordingError::Io { action: "write", source }
    }
}
