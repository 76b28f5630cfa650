//! Libraries: texts that a program uses under a name, and where they come from. What publishes them, and
//! what keeps them, is on the outside; what is published where is said by [`Shelf`].

mod content;
mod shelf;

pub use content::Content;
pub use shelf::{Binding, NotPublished, Pins, Publication, Shelf};

use std::fmt;

use crate::hir::LibraryMoment;

/// A library at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// What tells it from others: two that have the same are the same, whatever they are called.
    pub identity: String,
    /// What messages call its text.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// Why a library cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLibrary {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Where libraries are.
pub trait Libraries {
    /// The library of this name as of a moment, for the program or for a library that uses it.
    ///
    /// # Errors
    /// There is none, or none at that moment.
    fn find(
        &self,
        name: &str,
        at: &LibraryMoment,
        user: Option<&Library>,
    ) -> Result<Library, NoLibrary>;

    /// The names of all that there are.
    fn names(&self) -> Vec<String>;

    /// The checkpoints that were made before the program begins.
    fn checkpoints(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Nothing is published.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLibraries;

impl Libraries for NoLibraries {
    fn find(
        &self,
        name: &str,
        _at: &LibraryMoment,
        _user: Option<&Library>,
    ) -> Result<Library, NoLibrary> {
        Err(NoLibrary {
            message: format!("no library `{name}` is published here"),
            hint: format!("publish it: `palindrome publish {name}.pal --tape FILE`"),
        })
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl fmt::Display for LibraryMoment {
    /// As it is written in a program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Time(time) => write!(f, "\"{time}\""),
            Self::Number(number) => number.fmt(f),
        }
    }
}
