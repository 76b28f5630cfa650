//! Opening recordings: which guest they are of, and the run in them as a timeline.

use std::path::Path;

use timeline::{Options, Recording, Timeline};

use crate::error::CliError;
use crate::files::{self, IMAGE_BYTES_MAX};
use crate::guest::{Guest, GuestName};
use crate::terminal::Terminal;

/// Reads a recording.
pub(crate) fn read(path: &Path) -> Result<(Recording, GuestName), CliError> {
    let bytes = files::read(path, IMAGE_BYTES_MAX)?;
    let bad = |source| CliError::BadRecording { path: path.to_owned(), source };
    let recording = Recording::from_bytes(&bytes).map_err(bad)?;
    let kind = &recording.program.kind;
    match GuestName::find(kind) {
        Some(guest) => Ok((recording, guest)),
        None => Err(CliError::UnknownGuest { path: path.to_owned(), kind: kind.clone() }),
    }
}

/// The run in a recording of this guest. Says so if part of it is lost.
pub(crate) fn open<G: Guest>(
    path: &Path,
    recording: &Recording,
    options: Options,
    terminal: Terminal,
) -> Result<Timeline<G::Machine>, CliError> {
    if let Some((tick, _)) = recording.origin {
        let reason = format!(
            "what it was told before tick {tick} is forgotten, and the state from then is beside the \
             recording: palindrome debug --durable NAME opens it"
        );
        return Err(CliError::Stuck { name: path.display().to_string(), reason });
    }
    let program = G::from_image(path, &recording.program.image)?;
    if let Some(recovered) = &recording.recovered {
        let (shown, lost) = (path.display(), recovered.bytes_lost);
        terminal
            .complain(&format!("warning: {shown} is damaged: its last {lost} bytes are lost\n"));
    }
    Ok(Timeline::from_recording(program.machine()?, recording, options))
}
