//! Programs in Achronyme, of which there is only the syntax as yet: which files are such programs.

use std::path::Path;

use crate::error::CliError;

const ENDING: &str = ".soc";

/// Whether a file is a program in Achronyme; of others it cannot be said yet what `command` asks.
pub(crate) fn expect(path: &Path, command: &str) -> Result<(), CliError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.ends_with(ENDING) {
        return Ok(());
    }
    let shown = path.display();
    let message = format!(
        "{shown}: `palindrome {command}` takes programs in Achronyme ({ENDING}), others not yet"
    );
    Err(CliError::Usage(message))
}
