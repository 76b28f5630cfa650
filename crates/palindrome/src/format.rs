//! How Palindrome is laid out.

mod block;
mod expression;
mod row;
mod writer;

use source::{Diagnostic, SourceId};

use crate::syntax::parse;

/// How far lines are indented in a block or list.
const STEP: usize = 4;

/// Formats a text.
///
/// # Errors
/// What is wrong with the syntax of the text; the spans are in the first text of a source map.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let has_comments = text.contains("//") || text.contains("/*");
    syntax_tree::format(text, has_comments, |text| {
        let parsed = parse(text, SourceId::default());
        if !parsed.diagnostics.is_empty() {
            return Err(parsed.diagnostics);
        }
        Ok(syntax_tree::layout(&writer::commands(&parsed.tree), STEP))
    })
}
