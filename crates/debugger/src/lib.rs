//! The debugger of every guest: moving, stopping, looking and searching in both directions of time.
//!
//! A [`Debugger`] stands on a [`Timeline`](timeline::Timeline) of any machine that can be looked
//! at and edited. It reads commands as text and answers with text; it touches no terminal, file or
//! clock. What a live program asks of the outside goes to the [`World`] that its caller gives.

mod branching;
mod breakpoint;
mod command;
mod compare;
mod debugger;
mod drive;
mod error;
mod glance;
mod help;
mod history;
mod look;
mod mark;
mod moment;
mod origin;
mod paint;
mod place;
mod plot;
mod reply;
mod scan;
mod step;
mod stop;
mod stops;
mod travel;
mod world;

pub use breakpoint::{Breakpoint, StopKind};
pub use command::{COMMANDS, Command, Group, Verb, reference};
pub use debugger::Debugger;
pub use error::CommandError;
pub use paint::Paint;
pub use reply::{Reply, Then};
pub use stop::{Stopped, Why};
pub use world::World;
