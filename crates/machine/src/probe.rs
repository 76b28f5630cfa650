//! Probes: where a run should stop early, as plain data that a machine turns into its own terms.

use std::collections::BTreeSet;

/// A place in a guest's code, in the guest's own numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePosition(pub u64);

/// A kind of place where a guest keeps values (its tape, its registers, …); numbered by the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub u8);

/// A place that can be watched, read and set: `size` bytes or cells from `address` in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The guest's space.
    pub space: Space,
    /// The first byte, or the register's number, as the space numbers them.
    pub address: i64,
    /// How far it reaches.
    pub size: u32,
}

/// What to stop for. With nothing asked for, a machine runs at full speed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probes {
    /// Stop when control arrives at one of these, before the instruction there is run. The
    /// instruction a run starts with does not count as arrived at.
    pub breakpoints: BTreeSet<CodePosition>,
    /// Stop after an instruction that changed the value of one of these.
    pub watches: Vec<Location>,
    /// Stop after every instruction.
    pub every_step: bool,
}

impl Probes {
    /// Asks for nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Asks to stop after every instruction.
    #[must_use]
    pub fn every_step() -> Self {
        Self { every_step: true, ..Self::default() }
    }

    /// Whether only changes of watches are asked for.
    #[must_use]
    pub fn is_only_watches(&self) -> bool {
        self.breakpoints.is_empty() && !self.every_step
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.breakpoints.is_empty() && self.watches.is_empty() && !self.every_step
    }
}

/// Why a probe stopped the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Control arrived at this breakpoint.
    Breakpoint(CodePosition),
    /// The instruction just run changed the watch with this index.
    Watch(usize),
    /// An instruction was run, and every step was asked for.
    Step,
}
