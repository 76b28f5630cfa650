//! Time travel over any [`Machine`](machine::Machine); knows no guest.

mod branch;
mod checkpoint;
mod drive;
mod info;
mod log;
mod mark;
mod moment;
mod options;
mod output;
mod recording;
mod search;
mod timeline;
mod trail;
mod verify;

pub use branch::{BranchId, BranchInfo, UnknownBranch};
pub use info::Info;
pub use mark::{Mark, Note};
pub use moment::{Arrival, Ending, Found, Moment};
pub use options::{History, Options};
pub use output::Outputs;
pub use recording::{RecordedProgram, Recorder, Recording, RecordingError, Recovered};
pub use timeline::Timeline;
pub use verify::Verification;
