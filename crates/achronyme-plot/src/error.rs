//! What is wrong with a figure.

/// Why a figure cannot be drawn, in words for the user. All are mistakes in values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong; it does not name the function that was called.
    pub message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
