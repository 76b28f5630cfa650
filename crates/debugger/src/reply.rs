//! What a command has to say, and what its caller must do then.

use std::path::PathBuf;

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// To be shown; empty, or ending in a newline.
    pub text: String,
    /// What is left to the caller.
    pub then: Then,
    /// Whether the command could not be carried out.
    pub is_error: bool,
}

/// What a caller must do after a command, since a debugger touches no file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// Nothing: read the next command.
    #[default]
    Continue,
    /// Save a recording of the timeline there.
    Save(PathBuf),
    /// Write a page there that shows the run.
    Export(PathBuf),
    /// Take the program in that file, and go on with what it does with the same input; without a
    /// file, take the one before again.
    Edit(Option<PathBuf>),
    /// End the session.
    Quit,
}

impl Reply {
    /// Only a text; a missing line end is added.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self { text, then: Then::Continue, is_error: false }
    }

    /// The same, and something is left to do.
    #[must_use]
    pub fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}
