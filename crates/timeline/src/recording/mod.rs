//! Recordings: files from which a run can be had again, exactly, by somebody else.
//!
//! A recording is appended to while the program runs and opens up to its last whole frame, however
//! it was cut off. `docs/formats/recording.md` has the byte map.

mod contents;
mod error;
mod frame;
mod playback;
mod recorder;
mod state;
mod wire;

pub use contents::{RecordedProgram, Recording, Recovered};
pub use error::RecordingError;
pub use recorder::Recorder;
pub use state::{Intent, Outside, SavedState, Start};
