//! The debugger of every guest: moving, stopping, looking and searching in both directions of time.
//!
//! A [`Debugger`] stands on a [`Timeline`](timeline::Timeline) of any machine that can be looked
//! at and edited. It reads commands as text and answers with text; it touches no terminal, file or
//! clock. What a live program asks of the outside goes to the [`World`] that its caller gives.

mod bisect;
mod branching;
mod breakpoint;
mod command;
mod compare;
mod debugger;
mod details;
mod drive;
mod error;
mod film;
mod glance;
mod help;
mod history;
mod look;
mod mark;
mod moment;
mod origin;
mod paint;
mod pass;
mod place;
mod plot;
mod reply;
mod scan;
mod step;
mod stop;
mod stops;
mod target;
mod trace;
mod travel;
mod world;

pub use bisect::{Cause, PROBES, Shape, Turn};
pub use breakpoint::{Breakpoint, StopKind};
pub use command::{COMMANDS, Command, Group, Verb, reference};
pub use debugger::Debugger;
pub use error::CommandError;
pub use film::{Film, STILLS_MAX, Sampling, Still};
pub use paint::{Paint, Syntax};
pub use pass::Passes;
pub use reply::{Reply, Then};
pub use stop::{Stopped, Why};
pub use trace::{Comparison, Divergence, LINES_MAX, LineMoment, Side, compare_runs};
pub use world::World;
