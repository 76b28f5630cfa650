//! Whether a text is all there, or goes on in the next line: for dialogues.

use source::SourceId;

use crate::codes;
use crate::syntax::{SyntaxKind, Tree, parse};

/// Whether nothing is open at the end of a text: no bracket, no string, and nothing that something
/// has to follow, such as an operator. What is wrong before the end does not count.
#[must_use]
pub fn is_complete(text: &str) -> bool {
    let parsed = parse(text, SourceId(0));
    let end = end(&parsed.tree);
    !parsed.diagnostics.iter().any(|found| {
        let is_open = found.code == codes::UNCLOSED || found.code == codes::STRING_OPEN;
        is_open || found.span.start >= end && end > 0
    })
}

/// The end of the last word that is no blank and no remark.
fn end(tree: &Tree) -> u32 {
    let is_solid = |kind: SyntaxKind| !kind.is_trivia() && kind != SyntaxKind::End;
    let last = tree.tokens().rev().find(|token| is_solid(token.kind()));
    last.map_or(0, |token| token.range().end)
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn what_is_open_goes_on() {
        for open in [
            "let x =",
            "1 +",
            "f(1,",
            "[1,\n2",
            "let f = x => do {\n  x",
            "x =>",
            "if (true)",
            "if (true) { 1 } else",
            "match 1 {",
            "\"abc",
            "'a ${1 +",
            "try { 1 }",
            "{ a: 1,",
            "throw",
        ] {
            assert!(!is_complete(open), "{open}");
        }
    }

    #[test]
    fn what_is_all_there_or_wrong_before_its_end_does_not() {
        for whole in [
            "",
            "  \n",
            "// remark",
            "1",
            "let x = 1 // one",
            "f(1)\ng(2)\n",
            "if (true) { 1 }",
            "let = 5",
            "1 2",
            "let f = x => do {\n  x\n}",
            ")",
            "f(1]",
            "let match = 5",
            "1 < 2 < 3",
        ] {
            assert!(is_complete(whole), "{whole}");
        }
    }
}
