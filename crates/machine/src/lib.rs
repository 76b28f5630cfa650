//! The narrow waist: what time travel and a debugger need from a guest, and all they may know of one.
//!
//! A guest is two contracts. [`Machine`] is about running: until a tick or an earlier [`Stop`],
//! snapshots, and going back. [`Inspect`] is about looking, and looking never changes anything.
//! A machine performs nothing itself: when it needs the outside it stops with a [`Question`] and
//! goes on with the [`Answer`], so whoever holds a program and the answers holds the whole run.

mod inspect;
mod merge;
pub mod pause;
mod portable;
mod probe;
mod run;
mod tick;
mod world;

pub use inspect::{
    Edit, EditError, EvaluateError, Frame, Inspect, Listing, Parts, Place, Scope, SourceText,
    Value, Variable,
};
pub use merge::{Datum, Merge, Strategy};
pub use portable::{Portable, StateError, StateReader, StateWriter};
pub use probe::{CodePosition, Hit, Location, Probes, Space};
pub use run::{ExitCode, Machine, StateHash, Stop};
pub use tick::{ParseTickError, Tick};
pub use world::{Answer, Failure, Piece, Question, Request, Response, Stream};
