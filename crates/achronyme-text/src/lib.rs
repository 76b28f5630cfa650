//! What Achronyme does with texts and times, for callers that know what its values are: numbers in
//! texts, formats, regular expressions, and the calendar.
//!
//! Nothing here looks at the machine: no locale, no clock, no files of time zones.

mod error;
mod format;
mod moment;
mod number;
mod pattern;

pub use error::Error;
pub use format::{Argument, Piece, Spec, pieces};
pub use moment::{Amount, Fields, Moment, Unit};
pub use number::number;
pub use pattern::{Match, Pattern, Replacement, pattern};
