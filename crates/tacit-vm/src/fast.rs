//! The fast engine: one loop over the slots of [`FastCode`].
//!
//! It does the frequent instructions on numbers and nothing unusual: whatever faults, asks, counts
//! references down to nothing or is rare is handed to `exec`, one instruction at a time.

mod cells;
mod numbers;
mod whole;

use std::sync::Arc;

use machine::{ExitCode, Hit, Question};

use crate::flow::Flow;
use crate::inspect::probe::Watched;
use crate::inspect::reach::CellSet;
use crate::slot::FastCode;
use crate::trap::Trap;
use crate::vm::Vm;

/// Why the loop ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The limit is near, or what is watched has to be looked at after every instruction.
    Limit,
    /// There is a breakpoint at the present position.
    Break,
    /// The instruction just done has changed a watch.
    Changed(Hit),
    /// The instruction at the present position asks.
    Asks(Question),
    /// It ends the program.
    End(ExitCode),
    /// It cannot be done.
    Trapped(Trap),
}

/// Why the inner loop ended.
enum Leave {
    Limit,
    Break,
    Slow,
}

/// Which cells the loop may not write itself: `exec` does it then, and what it has changed is looked
/// at. Counts of references are not among them.
trait Guard: Copy {
    /// Whether a cell outside of the stack of values is one of them.
    fn has(self, cell: u16) -> bool;
    /// The part of the stack of values that the loop may use while none of these is in it.
    fn free_stack(self, stack: (u16, u16), sp: u16) -> Option<(u16, u16)>;
    /// Whether the return stack may not grow or shrink from one of these to the other, as one of
    /// them is there.
    fn is_between(self, from: u16, to: u16) -> bool;
}

/// The loop may write any.
#[derive(Clone, Copy)]
struct Unguarded;

impl Guard for Unguarded {
    #[inline(always)]
    fn has(self, _cell: u16) -> bool {
        false
    }

    #[inline(always)]
    fn free_stack(self, stack: (u16, u16), _sp: u16) -> Option<(u16, u16)> {
        Some(stack)
    }

    #[inline(always)]
    fn is_between(self, _from: u16, _to: u16) -> bool {
        false
    }
}

impl Guard for &CellSet {
    #[inline(always)]
    fn has(self, cell: u16) -> bool {
        CellSet::has(self, cell)
    }

    #[inline(always)]
    fn free_stack(self, stack: (u16, u16), sp: u16) -> Option<(u16, u16)> {
        CellSet::free_stack(self, stack, sp)
    }

    #[inline(always)]
    fn is_between(self, from: u16, to: u16) -> bool {
        self.may_be_returned(from, to)
    }
}

impl Vm {
    /// Runs at least to the first taken jump after `limit - slack` instructions, and at most
    /// `limit` instructions, unless something else ends the loop.
    ///
    /// `limit` must be larger than the code's slack. `code` must be made of this memory's code. What
    /// is `watched` must depend on cells only, and they must be known, unless nothing is.
    pub(crate) fn run_fast(
        &mut self,
        code: &Arc<FastCode>,
        limit: u64,
        watched: &mut Watched<'_>,
    ) -> Exit {
        let mut left = i64::try_from(limit - code.slack).unwrap_or(i64::MAX).min(i64::MAX / 2);
        loop {
            let before = left;
            let leave = match watched.cells() {
                None => self.run_numbers(code, &mut left, Unguarded),
                Some(cells) => self.run_numbers(code, &mut left, cells),
            };
            self.tick += before.abs_diff(left);
            match leave {
                Leave::Limit => return Exit::Limit,
                Leave::Break => return Exit::Break,
                Leave::Slow => {}
            }
            match self.step() {
                Ok(Flow::Asks(question)) => return Exit::Asks(question),
                Ok(Flow::End(code)) => return Exit::End(code),
                Err(trap) => return Exit::Trapped(trap),
                Ok(Flow::Next | Flow::Jump(_) | Flow::Force { .. }) => left -= 1,
            }
            if watched.cells().is_some()
                && let Some(hit) = watched.changed(self)
            {
                return Exit::Changed(hit);
            }
            if left <= 0 || !watched.is_known() {
                return Exit::Limit;
            }
        }
    }
}
