//! Whether a text is all there, or goes on in the next line: for dialogues.

use source::SourceId;

use crate::codes;
use crate::syntax::{SyntaxKind, parse};

/// Whether nothing is open at the end of a text: no bracket, no remark, and nothing that something
/// has to follow, such as an operator. What is wrong before the end does not count.
#[must_use]
pub fn is_complete(text: &str) -> bool {
    let parsed = parse(text, SourceId(0));
    let is_solid = |kind: SyntaxKind| {
        !kind.is_trivia() && kind != SyntaxKind::End && kind != SyntaxKind::Newline
    };
    let last = parsed.tree.tokens().rev().find(|token| is_solid(token.kind()));
    let end = last.map_or(0, |token| token.range().end);
    !parsed.diagnostics.iter().any(|found| {
        let is_open = found.code == codes::UNCLOSED || found.code == codes::REMARK_OPEN;
        let is_wanted = found.code == codes::EXPECTED && found.span.start >= end && end > 0;
        is_open || is_wanted
    })
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
            "transform f(x: Int) -> Int {\n    x",
            "x =>",
            "Person where",
            "/* why",
            "Person += {id: 1,",
        ] {
            assert!(!is_complete(open), "{open}");
        }
        for whole in [
            "",
            " \n",
            "// why",
            "1",
            "let x = 1 // one",
            "relation R(id: Int key)",
            "transform f(x: Int) -> Int {\n    x\n}",
            "\"open",
            ")",
            "let match = 5",
        ] {
            assert!(is_complete(whole), "{whole}");
        }
    }
}
