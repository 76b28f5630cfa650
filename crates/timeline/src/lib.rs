//! Time travel over any [`Machine`](machine::Machine); knows no guest.
//!
//! A [`Timeline`] owns a machine, the answers that reached it, and checkpoints. Answers are the
//! ground state: with the program they are the whole run. Checkpoints and trails are a cache that
//! may be thrown away, and is, to stay within a budget. Any moment can be had again by going to
//! the nearest checkpoint before it and running on, with the answers that were given the first
//! time; nothing is ever performed twice.
//!
//! A guest needs nothing but the two contracts of `machine`. Here is one that runs into a division
//! by zero, and the walk back to the cause:
//!
//! ```
//! use machine::{Inspect, Probes, Tick};
//! use testkit::toy::{Op, Toy, ToyTrap};
//! use timeline::{Arrival, Options, Timeline};
//!
//! let countdown = [Op::Set(0, 9), Op::Set(1, 3), Op::Divide(2, 0), Op::Subtract(0, 1), Op::Jump(2)];
//! let mut timeline = Timeline::new(Toy::new(&countdown, 1), Options::default());
//! let arrival = timeline.forward(Tick::MAX, &Probes::none());
//! assert_eq!(arrival, Arrival::Trapped(ToyTrap::DivisionByZero));
//!
//! let divisor = timeline.machine().locate("c0")?;
//! let probes = Probes { watches: vec![divisor], ..Probes::none() };
//! let culprit = timeline.last(&probes, &|_, _| true).ok_or("it was never written")?;
//! timeline.back(1);
//! assert_eq!((timeline.machine().cell(0), timeline.machine().position().0), (3, 3));
//! assert!(timeline.now().tick < culprit.tick);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ahead;
mod branch;
mod checkpoint;
mod crew;
mod drive;
mod exchange;
mod forget;
mod info;
mod interval;
mod log;
mod mark;
mod moment;
mod options;
mod output;
mod recording;
mod room;
mod search;
mod survey;
mod timeline;
mod trail;
mod verify;

pub use branch::{BranchId, BranchInfo, UnknownBranch};
pub use exchange::Exchange;
pub use info::Info;
pub use interval::Stretch;
pub use mark::{Mark, Note};
pub use moment::{Arrival, Ending, Found, Moment};
pub use options::{History, Options};
pub use output::Outputs;
pub use recording::{
    Intent, Outside, RecordedProgram, Recorder, Recording, RecordingError, Recovered, SavedState,
    Start,
};
pub use survey::Order;
pub use timeline::Timeline;
pub use verify::Verification;
