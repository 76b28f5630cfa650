//! Names and notes for moments.

use crate::Moment;

/// A named moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What a user calls it.
    pub name: String,
    /// When it is.
    pub moment: Moment,
}

/// A remark about a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What a user wrote.
    pub text: String,
    /// What it is about.
    pub moment: Moment,
}
