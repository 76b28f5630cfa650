//! What goes wrong while a program runs, before it becomes an error value.

use std::fmt;

/// An error that a program can catch. Its `source` is always null: only `throw` gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The `kind` field of the caught error.
    pub kind: &'static str,
    /// The `message` field of the caught error: what is wrong, and where it helps, what to do.
    pub message: String,
}

impl Fault {
    /// The kind of nearly all errors that a program does not throw itself.
    pub const RUNTIME: &'static str = "RuntimeError";
    /// The kind of the error that memory has run out. It can be caught.
    pub const MEMORY: &'static str = "MemoryError";

    /// An error of kind [`Self::RUNTIME`].
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: Self::RUNTIME, message: message.into() }
    }

    /// The error that `bytes` more do not fit in the memory the program may take.
    #[must_use]
    pub fn out_of_memory(bytes: usize) -> Self {
        let message = format!("Out of memory: {bytes} more bytes exceed the limit (--memory)");
        Self { kind: Self::MEMORY, message }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
