//! The states of a durable run on disk: two, of which the newer replaces the older, and one from
//! which a shortened recording begins. All may be thrown away but the last.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use timeline::{RecordingError, SavedState};

/// The names of the two, and of the one where a shortened recording begins.
const SLOTS: [&str; 2] = ["state.a", "state.b"];
const ORIGIN: &str = "origin-";

/// The states in the folder of a run.
pub(super) struct States {
    folder: PathBuf,
    /// The one that is replaced next.
    next: usize,
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
        (Self { folder: folder.to_owned(), next }, states)
    }

    /// Keeps a state in place of the older one.
    pub(super) fn keep(&mut self, bytes: &[u8]) -> Result<(), RecordingError> {
        write_whole(&self.folder.join(SLOTS[self.next]), bytes)?;
        self.next = 1 - self.next;
        Ok(())
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
