//! Ctrl-C as a flag: a running guest is asked about it between two slices, and looks at it itself within a
//! long instruction.

use machine::pause;

use crate::error::exit;

/// From now on the first Ctrl-C raises the flag; one while the flag is still up ends the process.
pub(crate) fn listen() {
    let handler = || {
        if pause::is_wanted() {
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
        pause::want();
    };
    // Without a handler Ctrl-C ends the process at once, which is no worse than before.
    let _is_heard = ctrlc::set_handler(handler);
}

/// Raises the flag, as Ctrl-C does.
pub(crate) fn raise() {
    pause::want();
}

/// Whether the flag is up.
pub(crate) fn is_wanted() -> bool {
    pause::is_wanted()
}

/// The same, and takes the flag down.
pub(crate) fn take() -> bool {
    pause::take()
}
