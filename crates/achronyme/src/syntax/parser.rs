//! Tokens to a tree, by recursive descent. A tree comes of every text; what is wrong is noted, and
//! stands in the tree as an [`SyntaxKind::Error`].

mod collection;
mod control;
mod expression;
mod foreign;
mod function;
mod mistake;
mod module;
mod pattern;
mod primary;
mod statement;
mod types;

use std::ops::{Deref, DerefMut};

use source::SourceId;
use syntax_tree::{Codes, Cursor, NONE, Parsing};

use super::Parsed;
use super::kind::SyntaxKind;
use super::lexer::tokens;
use crate::codes;

const CODES: Codes = Codes {
    expected: codes::EXPECTED,
    keyword: codes::KEYWORD,
    too_deep: codes::TOO_DEEP,
    unclosed: codes::UNCLOSED,
    unopened: codes::UNOPENED,
    mismatched: codes::MISMATCHED,
};

/// Parses a text that is `source` in a map of sources. Texts of 4 GiB and more are cut off there, as
/// in the map.
#[must_use]
pub fn parse(text: &str, source: SourceId) -> Parsed {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize - 1)];
    let (tokens, diagnostics) = tokens(text, source);
    let mut parser = Parser {
        arrows: vec![None; tokens.len() + 1],
        has_end_words: true,
        cursor: Cursor::new(text, source, &tokens, CODES, diagnostics),
    };
    parser.root();
    parser.cursor.into_parsed()
}

struct Parser<'t> {
    cursor: Cursor<'t, SyntaxKind>,
    /// Whether an arrow follows the type that begins at a token, where that is known.
    arrows: Vec<Option<bool>>,
    /// Whether a word `end` may close a block that has no braces.
    has_end_words: bool,
}

impl<'t> Deref for Parser<'t> {
    type Target = Cursor<'t, SyntaxKind>;

    fn deref(&self) -> &Self::Target {
        &self.cursor
    }
}

impl DerefMut for Parser<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.cursor
    }
}

impl<'t> Parsing<'t, SyntaxKind> for Parser<'t> {
    fn is_item(&self) -> bool {
        let kind = self.peek();
        kind.is_word() || matches!(kind, SyntaxKind::Number | SyntaxKind::Text)
    }

    fn foreign_item(&self, end: usize) -> Option<&'static str> {
        self.foreign_rest(end)
    }
}

impl Parser<'_> {
    fn root(&mut self) {
        let root = self.builder.checkpoint();
        self.builder.start_at(root, SyntaxKind::Root);
        self.statements(self.tokens.len());
        self.skip_blanks();
        self.builder.finish();
    }
}
