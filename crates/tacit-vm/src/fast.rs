//! The fast engine: one loop over the slots of [`FastCode`].
//!
//! It does the frequent instructions on numbers and nothing unusual: whatever faults, asks, counts
//! references down to nothing or is rare is handed to `exec`, one instruction at a time.

mod numbers;
mod whole;

use std::sync::Arc;

use machine::{ExitCode, Question};

use crate::flow::Flow;
use crate::slot::FastCode;
use crate::trap::Trap;
use crate::vm::Vm;

/// Why the loop ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The limit is near.
    Limit,
    /// There is a breakpoint at the present position.
    Break,
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

impl Vm {
    /// Runs at least to the first taken jump after `limit - slack` instructions, and at most
    /// `limit` instructions, unless something else ends the loop.
    ///
    /// `limit` must be larger than the code's slack. `code` must be made of this memory's code.
    pub(crate) fn run_fast(&mut self, code: &Arc<FastCode>, limit: u64) -> Exit {
        let mut left = i64::try_from(limit - code.slack).unwrap_or(i64::MAX).min(i64::MAX / 2);
        loop {
            let before = left;
            let leave = self.run_numbers(code, &mut left);
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
            if left <= 0 {
                return Exit::Limit;
            }
        }
    }
}
