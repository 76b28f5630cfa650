//! Moments, and how a move through time ends.

use std::fmt;

use machine::{ExitCode, Hit, Question, Tick};

use crate::BranchId;

/// A tick of one branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The branch. Ticks before its beginning are those of the branches it comes from.
    pub branch: BranchId,
    /// How far along it.
    pub tick: Tick,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.tick, self.branch)
    }
}

/// Why a move forward stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival<T> {
    /// It came as far as it was to.
    Reached,
    /// A probe asked to stop here.
    Probed(Hit),
    /// The guest wants something from outside; perform it, call
    /// [`Timeline::answer`](crate::Timeline::answer), and move on. Never while replaying.
    Asks(Question),
    /// The guest did something illegal; its state is as before that instruction.
    Trapped(T),
    /// The program ended.
    Ended(ExitCode),
}

/// A moment that a search came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// When.
    pub tick: Tick,
    /// What was hit.
    pub hit: Hit,
}

/// How a run ended, as a recording keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program ended.
    Ended(ExitCode),
    /// The guest failed, in the words of its trap.
    Trapped(String),
    /// Somebody stopped it; it could go on.
    Interrupted,
}
