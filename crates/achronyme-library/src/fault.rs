//! What goes wrong while a program runs, before it becomes an error value.

use std::fmt;

use achronyme_numeric::ErrorKind;

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

    /// A value of a kind that a function does not take, or too few or many of them.
    #[must_use]
    pub fn type_error(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Type.name(), message: message.into() }
    }

    /// A number, size, text or option that a function does not take.
    #[must_use]
    pub fn value_error(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Value.name(), message: message.into() }
    }

    /// Shapes that do not agree.
    #[must_use]
    pub fn shape_error(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Shape.name(), message: message.into() }
    }

    /// A place that is not there.
    #[must_use]
    pub fn index_error(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Index.name(), message: message.into() }
    }

    /// The error of the function with this name, which its message begins with; memory runs out in
    /// the name of nobody, and functions whose names begin with `_` speak for others.
    #[cold]
    pub(crate) fn of_function(self, name: &str) -> Self {
        let message = spelled(&self.message);
        let rest = message.strip_prefix(name);
        let begins = rest.is_some_and(|rest| rest.starts_with([':', '(']));
        if begins || name.starts_with('_') || self.kind == Self::MEMORY {
            return Self { message, ..self };
        }
        Self { kind: self.kind, message: format!("{name}: {message}") }
    }

    /// The error that `bytes` more do not fit in the memory the program may take.
    #[must_use]
    pub fn out_of_memory(bytes: usize) -> Self {
        let message = format!("Out of memory: {bytes} more bytes exceed the limit (--memory)");
        Self { kind: Self::MEMORY, message }
    }
}

/// A message in which infinite numbers are written as programs write them.
fn spelled(message: &str) -> String {
    let mut spelled = String::with_capacity(message.len());
    for word in message.split_inclusive([' ', ',', ')', ']', '=', '(', '[']) {
        let bare = word.trim_end_matches([' ', ',', ')', ']', '=', '(', '[']);
        match bare {
            "inf" => spelled.push_str("Infinity"),
            "-inf" => spelled.push_str("-Infinity"),
            _ => spelled.push_str(bare),
        }
        spelled.push_str(&word[bare.len()..]);
    }
    spelled
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
