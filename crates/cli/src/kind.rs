//! Which guest a file is for: its name says.

use std::path::Path;

use crate::error::CliError;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Assembly of the tape machine.
    PvmSource,
    /// A program of the tape machine.
    PvmImage,
    /// A unit of the tape machine, to be linked.
    PvmObject,
    /// A recording of any guest.
    Recording,
}

/// Endings of names; the first that fits counts.
const KINDS: [(&str, Kind); 4] = [
    (".pvm.bin", Kind::PvmImage),
    (".pvm.obj", Kind::PvmObject),
    (".pvm", Kind::PvmSource),
    (".rec", Kind::Recording),
];

/// Guests that a later release will have.
const LATER: [(&str, &str); 3] =
    [(".pal", "Palindrome"), (".soc", "Achronyme"), (".tacit", "Tacit")];

impl Kind {
    pub(crate) fn of(path: &Path) -> Result<Self, CliError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if let Some((_, kind)) = KINDS.iter().find(|(ending, _)| name.ends_with(ending)) {
            return Ok(*kind);
        }
        let shown = path.display();
        if let Some((ending, guest)) = LATER.iter().find(|(ending, _)| name.ends_with(ending)) {
            let message = format!("{shown}: {guest} programs ({ending}) cannot be run yet");
            return Err(CliError::Usage(message));
        }
        let known: Vec<&str> = KINDS.iter().map(|(ending, _)| *ending).collect();
        let message = format!("{shown}: what is this? Known are {}", known.join(", "));
        Err(CliError::Usage(message))
    }
}
