//! The languages whose texts can be looked at without being run.

use std::path::Path;

use source::Diagnostic;

use crate::achronyme;
use crate::error::CliError;

/// How the names of programs in Palindrome end.
const PALINDROME: &str = ".pal";

/// A language with a formatter and a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Achronyme,
    Palindrome,
}

impl Language {
    /// The language of a file, by its name. Of others it cannot be said what `command` asks.
    pub(crate) fn of(path: &Path, command: &str) -> Result<Self, CliError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.ends_with(PALINDROME) {
            return Ok(Self::Palindrome);
        }
        if achronyme::is_source(path) {
            return Ok(Self::Achronyme);
        }
        let message = format!(
            "{}: `palindrome {command}` takes programs in Achronyme (.soc) and Palindrome (.pal), \
             others not yet",
            path.display()
        );
        Err(CliError::Usage(message))
    }

    /// The language that a user calls so: by its name, or by how its texts end.
    pub(crate) fn spoken(name: &str) -> Result<Self, CliError> {
        match name.to_lowercase().as_str() {
            "achronyme" | "soc" => Ok(Self::Achronyme),
            "palindrome" | "pal" => Ok(Self::Palindrome),
            _ => {
                let message = format!("`{name}` cannot be laid out: achronyme and palindrome can");
                Err(CliError::Usage(message))
            }
        }
    }

    /// A text as it should be laid out, or what is wrong with its syntax.
    pub(crate) fn format(self, text: &str) -> Result<String, Vec<Diagnostic>> {
        match self {
            Self::Achronyme => ::achronyme::format(text),
            Self::Palindrome => palindrome::format(text),
        }
    }
}
