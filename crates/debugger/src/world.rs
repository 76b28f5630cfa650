//! What a debugger needs of the outside while a program runs on new ground.

use machine::{Answer, Question, Tick};

/// The outside of a program that is being debugged.
pub trait World {
    /// Performs what the program asks for, and answers. Never called for what is replayed.
    fn ask(&mut self, question: &Question) -> Answer;

    /// Whether the user wants control back. Asked often; saying yes once takes the wish back.
    fn is_interrupted(&mut self) -> bool {
        false
    }

    /// Bytes that the program and its past may take before it is stopped.
    fn memory_max(&self) -> usize {
        usize::MAX
    }

    /// Told now and then how far a long move has come.
    fn progress(&mut self, now: Tick) {
        let _ = now;
    }
}
