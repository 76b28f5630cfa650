//! The error that nothing catches.

use std::fmt;

use achronyme_library::Fault;

/// An error that ended the run: the machine stands before the instruction that raised it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The error's kind, such as `RuntimeError`; empty if it has none.
    pub kind: String,
    /// Its message.
    pub message: String,
}

impl From<Fault> for Trap {
    fn from(fault: Fault) -> Self {
        Self { kind: fault.kind.to_owned(), message: fault.message }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind.is_empty() || self.kind == Fault::RUNTIME {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.kind, self.message)
        }
    }
}

impl std::error::Error for Trap {}
