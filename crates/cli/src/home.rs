//! Where the last failed run, durable runs and what was typed are kept.
#![expect(clippy::disallowed_methods, reason = "the command line reads the environment")]

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

/// `$PALINDROME_HOME`, or `palindrome` in the user's folder for state.
pub(crate) fn folder() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("PALINDROME_HOME")
        .or_else(|| set("XDG_STATE_HOME").map(|state| state.join("palindrome")))
        .or_else(|| set("HOME").map(|home| home.join(".local/state/palindrome")))
        .unwrap_or_else(|| env::temp_dir().join("palindrome"))
}

/// The recording of the last run that failed or was interrupted.
pub(crate) fn last_recording() -> PathBuf {
    folder().join("last.rec")
}

/// The folders of durable runs.
pub(crate) fn durable_runs() -> PathBuf {
    folder().join("durable")
}

/// What was forgotten, and when.
pub(crate) fn receipts() -> PathBuf {
    folder().join("receipts.log")
}

/// The commands typed in the debugger.
pub(crate) fn command_history() -> PathBuf {
    folder().join("debugger.history")
}

/// The lines typed in an interactive session of that guest.
pub(crate) fn line_history(guest: &str) -> PathBuf {
    folder().join(format!("{guest}.history"))
}

/// Makes the folder if it is not there.
pub(crate) fn make() -> io::Result<()> {
    fs::create_dir_all(folder())
}
