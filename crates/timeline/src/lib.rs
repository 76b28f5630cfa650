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
mod search;
mod timeline;
mod trail;

pub use branch::{BranchId, BranchInfo, UnknownBranch};
pub use info::Info;
pub use mark::{Mark, Note};
pub use moment::{Arrival, Ending, Found, Moment};
pub use options::{History, Options};
pub use output::Outputs;
pub use timeline::Timeline;
