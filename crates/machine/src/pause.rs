//! Asking a machine to come back that is within one long instruction.
//!
//! Whoever runs a machine gets it back between two instructions. One that takes long (a runtime function
//! that joins two large tables) looks now and then whether it [`is_wanted`]. Then it undoes what it has done,
//! and the machine returns [`Stop::Reached`](crate::Stop::Reached) before it, as if it had never begun: it is
//! begun anew when the machine runs on. So a pause is nothing that the guest could notice or a recording
//! would have to know.
//!
//! Only a run that is [`heeded`] comes back: those that go over what was before rely on coming to the tick
//! that they ask for.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

static IS_WANTED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static HEEDED: Cell<Option<Heeded>> = const { Cell::new(None) };
}

/// A run that comes back.
#[derive(Clone, Copy)]
struct Heeded {
    memory_max: usize,
    is_too_large: bool,
}

/// From now on machines whose runs are [`heeded`] come back, on every thread.
pub fn want() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

/// Machines may go on; says whether a pause was wanted.
pub fn take() -> bool {
    IS_WANTED.load(Ordering::Relaxed) && IS_WANTED.swap(false, Ordering::Relaxed)
}

/// Whether somebody wants a pause, be it heeded here or not.
#[inline]
#[must_use]
pub fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed)
}

/// Whether the instruction at hand has to give up.
#[inline]
#[must_use]
pub fn is_due() -> bool {
    is_wanted() && HEEDED.get().is_some()
}

/// Whether an instruction has to give up that needs so much memory, with what its machine has.
#[must_use]
pub fn is_too_large(memory: usize) -> bool {
    let heeded = HEEDED.get().filter(|it| memory > it.memory_max);
    if let Some(heeded) = heeded {
        HEEDED.set(Some(Heeded { is_too_large: true, ..heeded }));
    }
    heeded.is_some()
}

/// Whether an instruction has given up for the memory that it needs.
#[must_use]
pub fn has_given_up() -> bool {
    HEEDED.get().is_some_and(|it| it.is_too_large)
}

/// Runs a machine so that it comes back when a [pause is wanted](want), or when an instruction needs more
/// memory than that; says whether it did.
pub fn heeded<T>(memory_max: usize, run: impl FnOnce() -> T) -> (T, bool) {
    let around = HEEDED.replace(Some(Heeded { memory_max, is_too_large: false }));
    let done = run();
    let heeded = HEEDED.replace(around);
    (done, heeded.is_some_and(|it| it.is_too_large))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_is_heeded_gives_up() {
        assert!(!is_too_large(2));
        let (inner, outer) = heeded(1, || heeded(5, || is_too_large(2)));
        assert_eq!((inner, outer), ((false, false), false));
        assert_eq!(heeded(1, || is_too_large(2)), (true, true));
        assert!(!is_too_large(2));
    }
}
