//! Ticks: how far a machine has come.

use std::fmt;
use std::str::FromStr;

/// A point in the life of one machine; ticks are totally ordered and exact.
///
/// A machine counts *safepoints* and, where those are further apart than one instruction, the
/// steps since the last one. A machine that counts every instruction leaves `steps` at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick {
    /// Safepoints passed since the program started.
    pub safepoints: u64,
    /// Instructions retired since the last safepoint.
    pub steps: u32,
}

impl Tick {
    /// Before the first instruction.
    pub const ZERO: Self = Self::at(0);
    /// Later than any tick a machine can reach.
    pub const MAX: Self = Self { safepoints: u64::MAX, steps: u32::MAX };

    /// The tick at which `safepoints` have just been passed.
    #[must_use]
    pub const fn at(safepoints: u64) -> Self {
        Self { safepoints, steps: 0 }
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.safepoints)?;
        if self.steps > 0 { write!(f, "+{}", self.steps) } else { Ok(()) }
    }
}

/// The text is not a tick such as `1200` or `1200+3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTickError;

impl fmt::Display for ParseTickError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a tick: write a number such as 1200, or 1200+3")
    }
}

impl std::error::Error for ParseTickError {}

impl FromStr for Tick {
    type Err = ParseTickError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (safepoints, steps) = text.split_once('+').unwrap_or((text, "0"));
        let number = safepoints.replace('_', "").parse().map_err(|_| ParseTickError)?;
        Ok(Self { safepoints: number, steps: steps.parse().map_err(|_| ParseTickError)? })
    }
}
