//! What is wrong with a text or a file.

use std::fmt;

/// What is wrong, in words for the user, with where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The words.
    pub message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
