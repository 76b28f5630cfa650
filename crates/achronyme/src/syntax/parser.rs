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

use source::{Diagnostic, SourceId, Span};

use super::brackets::{NONE, partners};
use super::kind::SyntaxKind;
use super::lexer::{RawToken, tokens};
use super::tree::{Builder, Checkpoint, Tree};
use crate::codes;

/// Expressions, patterns and types that may be inside of each other.
pub const DEPTH_MAX: usize = 256;

/// A tree, and what is wrong with the text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The whole text, even if it is wrong.
    pub tree: Tree,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a text that is `source` in a map of sources. Texts of 4 GiB and more are cut off there, as
/// in the map.
#[must_use]
pub fn parse(text: &str, source: SourceId) -> Parsed {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize - 1)];
    let (tokens, mut diagnostics) = tokens(text, source);
    let partners = partners(&tokens, text, source, &mut diagnostics);
    let mut parser = Parser::new(text, source, &tokens, partners, diagnostics);
    parser.root();
    let mut diagnostics = parser.diagnostics;
    // What the brackets and the characters are said to be wrong about is not said twice.
    diagnostics.sort_by_key(|found| found.span.start);
    diagnostics.dedup_by_key(|found| found.span.start);
    Parsed { tree: parser.builder.into_tree(text.to_owned()), diagnostics }
}

struct Parser<'t> {
    text: &'t str,
    source: SourceId,
    tokens: &'t [RawToken],
    /// Of each token that opens something, the one that closes it.
    partners: Vec<usize>,
    /// The next token from here that is no blank, with line ends counting as blanks or not.
    solid: Vec<usize>,
    solid_or_line: Vec<usize>,
    /// Whether an arrow follows the type that begins at a token, where that is known.
    arrows: Vec<Option<bool>>,
    /// The first token that is not in the tree yet.
    at: usize,
    /// Whether line ends separate statements here.
    has_lines: bool,
    /// The end of the innermost brackets that are closed.
    limit: usize,
    depth: usize,
    is_too_deep: bool,
    /// Whether a word `end` may close a block that has no braces.
    has_end_words: bool,
    builder: Builder,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Parser<'t> {
    fn new(
        text: &'t str,
        source: SourceId,
        tokens: &'t [RawToken],
        partners: Vec<usize>,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let mut solid = vec![tokens.len(); tokens.len() + 1];
        let mut solid_or_line = solid.clone();
        for (index, token) in tokens.iter().enumerate().rev() {
            let is_trivia = token.kind.is_trivia();
            solid[index] = if is_trivia { solid[index + 1] } else { index };
            let is_blank = is_trivia && token.kind != SyntaxKind::Newline;
            solid_or_line[index] = if is_blank { solid_or_line[index + 1] } else { index };
        }
        Self {
            text,
            source,
            tokens,
            partners,
            solid,
            solid_or_line,
            arrows: vec![None; tokens.len() + 1],
            at: 0,
            has_lines: true,
            limit: tokens.len(),
            depth: 0,
            is_too_deep: false,
            has_end_words: true,
            builder: Builder::new(),
            diagnostics,
        }
    }

    fn root(&mut self) {
        let root = self.builder.checkpoint();
        self.builder.start_at(root, SyntaxKind::Root);
        self.statements(self.tokens.len());
        self.skip_blanks();
        self.builder.finish();
    }

    /// The index of the next token that counts.
    fn next(&self) -> usize {
        if self.has_lines { self.solid_or_line[self.at] } else { self.solid[self.at] }
    }

    /// The first token behind this one that is neither blank nor a line end.
    fn solid_after(&self, index: usize) -> usize {
        self.solid[(index + 1).min(self.tokens.len())]
    }

    fn kind_at(&self, index: usize) -> SyntaxKind {
        self.tokens.get(index).map_or(SyntaxKind::End, |token| token.kind)
    }

    fn text_at(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..][..token.length])
    }

    /// What comes next.
    fn peek(&self) -> SyntaxKind {
        self.kind_at(self.next())
    }

    /// What comes after the next token, on the same line if lines count.
    fn peek_second(&self) -> SyntaxKind {
        let after = (self.next() + 1).min(self.tokens.len());
        self.kind_at(if self.has_lines { self.solid_or_line[after] } else { self.solid[after] })
    }

    /// What comes next if line ends do not count.
    fn peek_past_lines(&self) -> SyntaxKind {
        self.kind_at(self.solid[self.at])
    }

    /// Puts the blanks that come next into the tree.
    fn flush(&mut self) {
        self.take_until(self.next());
    }

    /// Puts the blanks that come next into the tree, line ends too.
    fn skip_blanks(&mut self) {
        self.take_until(self.solid[self.at]);
    }

    fn take_until(&mut self, end: usize) {
        for token in &self.tokens[self.at..end.max(self.at)] {
            self.builder.token(token.kind, token.length);
        }
        self.at = end.max(self.at);
    }

    /// Takes the next token.
    fn bump(&mut self) {
        self.take_until((self.next() + 1).min(self.tokens.len()));
    }

    /// Takes the next token if it is of a kind.
    fn eat(&mut self, kind: SyntaxKind) -> bool {
        let is_there = self.peek() == kind;
        if is_there {
            self.bump();
        }
        is_there
    }

    /// Begins here, and is to be given to [`Self::wrap`].
    fn checkpoint(&mut self) -> Checkpoint {
        self.flush();
        self.builder.checkpoint()
    }

    /// Makes a node of what there is since a checkpoint.
    fn wrap(&mut self, checkpoint: Checkpoint, kind: SyntaxKind) {
        self.builder.start_at(checkpoint, kind);
        self.builder.finish();
    }

    /// Makes a node of what `parse` takes.
    fn node(&mut self, kind: SyntaxKind, parse: impl FnOnce(&mut Self)) {
        let checkpoint = self.checkpoint();
        self.builder.start_at(checkpoint, kind);
        parse(self);
        self.builder.finish();
    }

    /// Parses something with line ends counting or not.
    fn with_lines(&mut self, has_lines: bool, parse: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.has_lines, has_lines);
        parse(self);
        self.has_lines = before;
    }

    /// Parses something that may have others of its kind inside. Too deep down it is skipped.
    fn nested(&mut self, parse: impl FnOnce(&mut Self)) {
        if self.depth >= DEPTH_MAX {
            if !std::mem::replace(&mut self.is_too_deep, true) {
                let message = format!("more than {DEPTH_MAX} things are inside of each other");
                self.error(codes::TOO_DEEP, message).hint =
                    Some("give the inner ones names".to_owned());
            }
            self.skip_to_stop();
            return;
        }
        self.depth += 1;
        parse(self);
        self.depth -= 1;
    }

    /// Parses what stands between the next token, which opens something, and the one that closes
    /// it. `inside` gets the index of that. What it leaves there is an error.
    fn bracketed(&mut self, has_lines: bool, inside: impl FnOnce(&mut Self, usize)) {
        let open = self.next();
        let close = self.partners[open.min(self.tokens.len())];
        self.bump();
        // In a list that is not closed, a line end is as good an end as any.
        let is_open = close == NONE;
        let end = if is_open { self.limit } else { close };
        let limit = std::mem::replace(&mut self.limit, end);
        self.with_lines(has_lines || is_open, |p| {
            if is_open && !has_lines {
                p.skip_blanks();
            }
            inside(p, end);
            if !is_open && p.solid[p.at] < close {
                p.unexpected_until(close);
            }
            if !is_open {
                p.take_until(close + 1);
            }
        });
        self.limit = limit;
    }

    /// Things between commas, up to the token at `end`. `item` takes at least a token, or nothing.
    fn list(&mut self, end: usize, mut item: impl FnMut(&mut Self)) {
        let mut is_comma_missed = false;
        while self.is_before(end) {
            let before = self.at;
            if self.peek() == SyntaxKind::Comma {
                self.expected("a value before the comma");
                self.bump();
                continue;
            }
            item(self);
            if !self.is_before(end) {
                return;
            }
            if self.peek() == SyntaxKind::Comma {
                self.bump();
                if self.has_lines {
                    self.skip_blanks();
                }
                continue;
            }
            if self.peek() == SyntaxKind::Newline {
                return;
            }
            if let Some(hint) = self.foreign_item(end) {
                self.expected("`,` or the closing bracket").hint = Some(hint.to_owned());
                self.node(SyntaxKind::Error, |p| p.take_until(end));
                return;
            }
            if self.at == before || !self.is_item() {
                self.expected("`,` or the closing bracket");
                self.skip_to_stop();
            } else if !std::mem::replace(&mut is_comma_missed, true) {
                self.expected("`,`");
            }
            if self.at == before {
                self.skip_token();
            }
        }
    }

    /// Whether what comes next could be a further thing of a list whose comma is missing.
    fn is_item(&self) -> bool {
        let kind = self.peek();
        kind.is_word() || matches!(kind, SyntaxKind::Number | SyntaxKind::Text)
    }

    /// Whether there is something before the token at `end`.
    fn is_before(&self, end: usize) -> bool {
        self.next() < end.min(self.tokens.len())
    }

    fn span_at(&self, index: usize) -> Span {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let (start, length) = match self.tokens.get(index) {
            // A line end is shown at the end of its line.
            Some(token) if token.kind == SyntaxKind::Newline => (token.start, 0),
            Some(token) => (token.start, token.length),
            None => (self.text.trim_end().len(), 0),
        };
        Span { source: self.source, start: place(start), end: place(start + length) }
    }

    /// An error at the next token.
    fn error(&mut self, code: &'static str, message: impl Into<String>) -> &mut Diagnostic {
        self.error_at(self.next(), code, message)
    }

    fn error_at(
        &mut self,
        index: usize,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let diagnostic = Diagnostic::error(code, self.span_at(index), message);
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }
}
