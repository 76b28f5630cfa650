//! What is said where something else was expected.

use source::nearest;
use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::{KEYWORDS, SyntaxKind};

impl Parser<'_> {
    /// Takes a name; a keyword in its place is said to be one.
    pub(super) fn expect_name(&mut self, what: &str) {
        match self.peek() {
            SyntaxKind::Name => self.bump(),
            kind if kind.is_keyword() => self.keyword_as_name(),
            // A number that begins like a name is told by the lexer.
            SyntaxKind::Number | SyntaxKind::Unknown => {
                self.expected(what);
                self.skip_token();
            }
            _ => {
                self.expected(what);
            }
        }
    }

    /// What a misspelt word at the token may have meant.
    pub(super) fn meant(&self, index: usize) -> Option<String> {
        let word = self.text_at(index);
        if self.kind_at(index) != SyntaxKind::Name {
            return None;
        }
        if let Some(advice) = self.foreign_word(index) {
            return Some(advice.to_owned());
        }
        let words = KEYWORDS.iter().copied().filter(|keyword| keyword.len() > 2 || word.len() < 4);
        nearest(word, words).map(|keyword| format!("did you mean `{keyword}`?"))
    }
}
