//! Ctrl-C as a flag: a running guest is asked about it between two slices.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::exit;

static IS_WANTED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C raises the flag; one while the flag is still up ends the process.
pub(crate) fn listen() {
    let handler = || {
        if IS_WANTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
    };
    // Without a handler Ctrl-C ends the process at once, which is no worse than before.
    let _is_heard = ctrlc::set_handler(handler);
}

/// Raises the flag, as Ctrl-C does.
pub(crate) fn raise() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

/// Whether the flag is up.
pub(crate) fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed)
}

/// The same, and takes the flag down.
pub(crate) fn take() -> bool {
    is_wanted() && IS_WANTED.swap(false, Ordering::Relaxed)
}
