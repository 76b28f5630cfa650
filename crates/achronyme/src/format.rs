//! How Achronyme is laid out.

mod expression;
mod statement;
mod writer;

use source::{Diagnostic, SourceId};

use crate::syntax::parse;

/// How far lines are indented in a block or list.
const STEP: usize = 2;

/// Formats a text.
///
/// # Errors
/// What is wrong with the syntax of the text; the spans are in the first text of a source map.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    syntax_tree::format(text, text.contains("//"), |text| {
        let parsed = parse(text, SourceId::default());
        if !parsed.diagnostics.is_empty() {
            return Err(parsed.diagnostics);
        }
        Ok(syntax_tree::layout(&writer::commands(&parsed.tree), STEP))
    })
}
