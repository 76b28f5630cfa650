//! What goes wrong in a computation.

use std::fmt;

/// Declares [`ErrorKind`] from rows of documentation, variant and name.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $make:ident;)*) => {
        /// What kind of mistake it is: the `kind` of the error that a program catches.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorKind {
            $($(#[$meta])* $name,)*
        }

        impl ErrorKind {
            /// As programs see it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl Error {
            $(
                $(#[$meta])*
                pub fn $make(message: impl Into<String>) -> Self {
                    Self { kind: ErrorKind::$name, message: message.into() }
                }
            )*
        }
    };
}

/// Why there is no result. The message does not name the function; whoever calls it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of mistake it is.
    pub kind: ErrorKind,
    /// What is wrong, in words for the user.
    pub message: String,
}

kinds! {
    /// An argument of a kind that the function does not take.
    Type = "TypeError", kind;
    /// A number, size or option that the function does not take.
    Value = "ValueError", value;
    /// A place that is not there.
    Index = "IndexError", index;
    /// Shapes that do not agree.
    Shape = "ShapeError", shape;
    /// A matrix without inverse.
    Singular = "SingularError", singular;
    /// An iteration that came to no end.
    Convergence = "ConvergenceError", convergence;
    /// A point at which there is no value.
    Domain = "DomainError", domain;
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
