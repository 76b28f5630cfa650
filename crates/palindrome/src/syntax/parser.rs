//! Tokens to a tree, by recursive descent. A tree comes of every text; what is wrong is noted, and
//! stands in the tree as an [`SyntaxKind::Error`].

mod block;
mod collection;
mod control;
mod expression;
mod item;
mod mistake;
mod pattern;
mod primary;
mod query;
mod relation;
mod search;
mod statement;
mod time;
mod transform;
mod types;

use std::ops::{Deref, DerefMut};

use source::SourceId;
use syntax_tree::{Codes, Cursor, Parsing};

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
        cursor: Cursor::new(text, source, &tokens, CODES, diagnostics),
        context: Context::STATEMENT,
        statement: 0,
        is_search: false,
    };
    parser.root();
    parser.cursor.into_parsed()
}

/// What an expression may take where it stands. Brackets around it change that.
#[derive(Clone, Copy, Debug)]
struct Context {
    /// Whether `=` compares.
    has_equals: bool,
    /// Whether the clauses of a query may follow.
    has_clauses: bool,
    /// Whether a comma leads to a further source of a query.
    has_commas: bool,
    /// Whether `at` may follow.
    has_at: bool,
    /// Whether functions may be written.
    has_lambdas: bool,
}

impl Context {
    /// What a statement begins with.
    const STATEMENT: Self = Self {
        has_equals: false,
        has_clauses: true,
        has_commas: true,
        has_at: true,
        has_lambdas: true,
    };
}

struct Parser<'t> {
    cursor: Cursor<'t, SyntaxKind>,
    context: Context,
    /// The first token of the innermost statement.
    statement: usize,
    /// Whether this is the body of a search.
    is_search: bool,
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
        self.is_value_start(self.next())
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

    /// Parses something in another context.
    fn within(&mut self, context: Context, parse: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.context, context);
        parse(self);
        self.context = before;
    }

    /// Parses something between brackets, where all is allowed again; several sources if
    /// `has_commas`.
    fn inside(&mut self, has_commas: bool, parse: impl FnOnce(&mut Self)) {
        let has_equals = self.context.has_equals;
        self.within(Context { has_equals, has_commas, ..Context::STATEMENT }, parse);
    }

    /// Whether a token is this word, which means something in some places only.
    fn is_word_at(&self, index: usize, word: &str) -> bool {
        self.kind_at(index) == SyntaxKind::Name && self.text_at(index) == word
    }

    /// Whether this word comes next.
    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(self.next(), word)
    }

    /// Takes this word if it comes next.
    fn eat_word(&mut self, word: &str) -> bool {
        let is_there = self.is_word(word);
        if is_there {
            self.bump();
        }
        is_there
    }

    /// Takes this word, or says that it is not there.
    fn expect_word(&mut self, word: &str) -> bool {
        let is_there = self.eat_word(word);
        if !is_there {
            self.expected(&format!("`{word}`"));
        }
        is_there
    }

    /// Whether this word begins the next line, or comes next.
    fn is_word_past_lines(&self, word: &str) -> bool {
        self.is_word_at(self.solid[self.at], word)
    }
}
