//! What comes after an instruction.

use machine::{ExitCode, Question};

use crate::control::convert::Role;

/// How control goes on. Whoever gets an error instead undoes what the instruction has written, so
/// an instruction may fail halfway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// With the instruction after it.
    Next,
    /// With the instruction at this offset in the code.
    Jump(u16),
    /// After an answer. Nothing was changed.
    Asks(Question),
    /// Not at all. Nothing was changed; running again ends again.
    End(ExitCode),
    /// With the blocks and objects among the topmost `operands` values, from which others have to
    /// be made before the instruction can be done. Nothing was changed.
    Force {
        /// How many values the instruction takes.
        operands: u16,
        /// How many of them, from the lowest, it wants made.
        looked: u16,
        /// What it wants them to be.
        role: Role,
    },
}
