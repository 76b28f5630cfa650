//! Texts as they should be laid out. What a text means does not change, comments stay, and a text
//! that is formatted already stays as it is.
//!
//! The tree becomes a row of commands, in which groups may be laid out on one line or on several;
//! the layout decides for each group. A list or block that is written over several lines stays so,
//! and that is all that the old layout has a say in, besides blank lines between statements. How
//! long a group would be on one line depends on its words alone: so a second time decides the same,
//! but where comments have gone to the ends of lines, which is why it is done until nothing changes.

mod command;
mod expression;
mod layout;
mod list;
mod statement;
mod writer;

use source::{Diagnostic, SourceId};

use crate::syntax::parse;

/// Characters of a line, unless words alone are longer.
pub const WIDTH_MAX: usize = 100;

/// How often a text is laid out at most, the time included that finds that nothing changes.
const ROUNDS_MAX: usize = 5;

/// Formats a text.
///
/// # Errors
/// What is wrong with the syntax of the text; the spans are in the first text of a source map.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut formatted = once(text)?;
    let has_comments = text.contains("//");
    for _ in 1..if has_comments { ROUNDS_MAX } else { 1 } {
        let again = once(&formatted)?;
        if again == formatted {
            break;
        }
        formatted = again;
    }
    Ok(formatted)
}

fn once(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = parse(text, SourceId::default());
    if !parsed.diagnostics.is_empty() {
        return Err(parsed.diagnostics);
    }
    Ok(layout::layout(&writer::commands(&parsed.tree)))
}
