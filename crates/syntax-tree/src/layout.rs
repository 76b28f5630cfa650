//! Texts laid out anew. What a text means does not change, comments stay, and a text that is laid out
//! already stays as it is.
//!
//! The tree becomes a row of commands, in which groups may be laid out on one line or on several;
//! the layout decides for each group. A list or block that is written over several lines stays so,
//! and that is all that the old layout has a say in, besides blank lines between statements. How
//! long a group would be on one line depends on its words alone: so a second time decides the same,
//! but where comments have gone to the ends of lines, which is why it is done until nothing changes.

mod command;
mod page;
mod pen;
mod writing;

pub use command::{Command, Style};
pub use page::{WIDTH_MAX, layout};
pub use pen::{Pen, bracket, first_token, has_comments, has_newlines};
pub use writing::Writing;

/// How often a text is laid out at most, the time included that finds that nothing changes.
const ROUNDS_MAX: usize = 5;

/// Lays a text out with `once` until nothing changes; that is at once if it has no comments.
///
/// # Errors
/// Those of `once`.
pub fn format<E>(
    text: &str,
    has_comments: bool,
    once: impl Fn(&str) -> Result<String, E>,
) -> Result<String, E> {
    let mut formatted = once(text)?;
    for _ in 1..if has_comments { ROUNDS_MAX } else { 1 } {
        let again = once(&formatted)?;
        if again == formatted {
            break;
        }
        formatted = again;
    }
    Ok(formatted)
}
