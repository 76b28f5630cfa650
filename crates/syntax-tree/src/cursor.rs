//! A parser's place in its tokens, and the tree and the messages that there are so far.

use source::{DIAGNOSTICS_MAX, Diagnostic, SourceId, Span};

use crate::brackets::partners;
use crate::builder::{Builder, Checkpoint};
use crate::kind::Kind;
use crate::tree::Tree;

/// Expressions, patterns and types that may be inside of each other.
pub const DEPTH_MAX: usize = 256;

/// A token: what it is, and which bytes of the text it covers.
#[derive(Clone, Copy, Debug)]
pub struct RawToken<K> {
    /// What it is.
    pub kind: K,
    /// Its first byte.
    pub start: usize,
    /// Its bytes, at least one.
    pub length: usize,
}

/// A tree, and what is wrong with the text.
#[derive(Clone, Debug)]
pub struct Parsed<K> {
    /// The whole text, even if it is wrong.
    pub tree: Tree<K>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The codes of a language for what is wrong with any text.
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// Something else was expected.
    pub expected: &'static str,
    /// A keyword stands for a name.
    pub keyword: &'static str,
    /// Too many things are inside of each other.
    pub too_deep: &'static str,
    /// A bracket is not closed.
    pub unclosed: &'static str,
    /// A bracket closes nothing.
    pub unopened: &'static str,
    /// A bracket is closed by one of another kind.
    pub mismatched: &'static str,
}

/// The tokens of a text, how far a parser has come, and what it has found.
#[derive(Debug)]
pub struct Cursor<'t, K> {
    /// The text.
    pub text: &'t str,
    /// Where it stands in a map of sources.
    pub source: SourceId,
    /// All of its tokens.
    pub tokens: &'t [RawToken<K>],
    /// Of each token that opens something, the one that closes it, or [`crate::NONE`].
    pub partners: Vec<usize>,
    /// The next token from each that is no blank and no line end.
    pub solid: Vec<usize>,
    /// The next token from each that is no blank, or a line end.
    pub solid_or_line: Vec<usize>,
    /// The first token that is not in the tree yet.
    pub at: usize,
    /// Whether line ends separate statements here.
    pub has_lines: bool,
    /// The end of the innermost brackets that are closed.
    pub limit: usize,
    /// The tree so far.
    pub builder: Builder<K>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) depth: usize,
    pub(crate) is_too_deep: bool,
    pub(crate) codes: Codes,
}

impl<'t, K: Kind> Cursor<'t, K> {
    /// Before the first token; `diagnostics` is what the lexer has to say.
    #[must_use]
    pub fn new(
        text: &'t str,
        source: SourceId,
        tokens: &'t [RawToken<K>],
        codes: Codes,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let partners = partners(tokens, text, source, &codes, &mut diagnostics);
        let mut solid = vec![tokens.len(); tokens.len() + 1];
        let mut solid_or_line = solid.clone();
        for (index, token) in tokens.iter().enumerate().rev() {
            let is_trivia = token.kind.is_trivia();
            solid[index] = if is_trivia { solid[index + 1] } else { index };
            let is_blank = is_trivia && token.kind != K::NEWLINE;
            solid_or_line[index] = if is_blank { solid_or_line[index + 1] } else { index };
        }
        Self {
            text,
            source,
            tokens,
            partners,
            solid,
            solid_or_line,
            at: 0,
            has_lines: true,
            limit: tokens.len(),
            builder: Builder::default(),
            diagnostics,
            depth: 0,
            is_too_deep: false,
            codes,
        }
    }

    /// The tree and what is wrong, each place once: what the brackets and the characters are said
    /// to be wrong about is not said twice.
    #[must_use]
    pub fn into_parsed(self) -> Parsed<K> {
        let mut diagnostics = self.diagnostics;
        diagnostics.sort_by_key(|found| found.span.start);
        diagnostics.dedup_by_key(|found| found.span.start);
        Parsed { tree: self.builder.into_tree(self.text.to_owned()), diagnostics }
    }

    /// The index of the next token that counts.
    #[must_use]
    pub fn next(&self) -> usize {
        if self.has_lines { self.solid_or_line[self.at] } else { self.solid[self.at] }
    }

    /// The first token behind this one that is neither blank nor a line end.
    #[must_use]
    pub fn solid_after(&self, index: usize) -> usize {
        self.solid[(index + 1).min(self.tokens.len())]
    }

    /// What a token is; behind the last one, the end.
    #[must_use]
    pub fn kind_at(&self, index: usize) -> K {
        self.tokens.get(index).map_or(K::END, |token| token.kind)
    }

    /// A token's text.
    #[must_use]
    pub fn text_at(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..][..token.length])
    }

    /// What comes next.
    #[must_use]
    pub fn peek(&self) -> K {
        self.kind_at(self.next())
    }

    /// The token that counts after one, which is a line end if lines count and there is one.
    #[must_use]
    pub fn after(&self, index: usize) -> usize {
        let after = (index + 1).min(self.tokens.len());
        if self.has_lines { self.solid_or_line[after] } else { self.solid[after] }
    }

    /// The token after the next one.
    #[must_use]
    pub fn second(&self) -> usize {
        self.after(self.next())
    }

    /// What comes after the next token, on the same line if lines count.
    #[must_use]
    pub fn peek_second(&self) -> K {
        self.kind_at(self.second())
    }

    /// What comes next if line ends do not count.
    #[must_use]
    pub fn peek_past_lines(&self) -> K {
        self.kind_at(self.solid[self.at])
    }

    /// Puts the blanks that come next into the tree.
    pub fn flush(&mut self) {
        self.take_until(self.next());
    }

    /// Puts the blanks that come next into the tree, line ends too.
    pub fn skip_blanks(&mut self) {
        self.take_until(self.solid[self.at]);
    }

    /// Puts the tokens before the one at `end` into the tree.
    pub fn take_until(&mut self, end: usize) {
        for token in &self.tokens[self.at..end.max(self.at)] {
            self.builder.token(token.kind, token.length);
        }
        self.at = end.max(self.at);
    }

    /// Takes the next token.
    pub fn bump(&mut self) {
        self.take_until((self.next() + 1).min(self.tokens.len()));
    }

    /// Takes the next token if it is of a kind.
    pub fn eat(&mut self, kind: K) -> bool {
        let is_there = self.peek() == kind;
        if is_there {
            self.bump();
        }
        is_there
    }

    /// Begins here, and is to be given to [`Self::wrap`].
    pub fn checkpoint(&mut self) -> Checkpoint {
        self.flush();
        self.builder.checkpoint()
    }

    /// Makes a node of what there is since a checkpoint.
    pub fn wrap(&mut self, checkpoint: Checkpoint, kind: K) {
        self.builder.start_at(checkpoint, kind);
        self.builder.finish();
    }

    /// Whether there is something before the token at `end`.
    #[must_use]
    pub fn is_before(&self, end: usize) -> bool {
        self.next() < end.min(self.tokens.len())
    }

    /// The bytes of a token; of a line end, the place before it.
    #[must_use]
    pub fn span_at(&self, index: usize) -> Span {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let (start, length) = match self.tokens.get(index) {
            Some(token) if token.kind == K::NEWLINE => (token.start, 0),
            Some(token) => (token.start, token.length),
            None => (self.text.trim_end().len(), 0),
        };
        Span { source: self.source, start: place(start), end: place(start + length) }
    }

    /// An error at the next token.
    pub fn error(&mut self, code: &'static str, message: impl Into<String>) -> &mut Diagnostic {
        self.error_at(self.next(), code, message)
    }

    /// An error at a token.
    pub fn error_at(
        &mut self,
        index: usize,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        // Behind the bound each message takes the place of the last one.
        self.diagnostics.truncate(DIAGNOSTICS_MAX - 1);
        let diagnostic = Diagnostic::error(code, self.span_at(index), message);
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// How the next token is called in a message.
    fn found(&self) -> String {
        match self.peek() {
            kind if kind == K::END => "the end of the text".to_owned(),
            kind if kind == K::NEWLINE => "the end of the line".to_owned(),
            kind if kind == K::QUOTE_OPEN => "a string".to_owned(),
            _ => {
                let text = self.text_at(self.next());
                let first = text.lines().next().unwrap_or_default();
                let cut: String = first.chars().take(20).collect();
                let dots = if cut.len() < text.len() { "…" } else { "" };
                format!("`{}{dots}`", source::visible(&cut))
            }
        }
    }

    /// Something was expected and is not there.
    pub fn expected(&mut self, what: &str) -> &mut Diagnostic {
        let message = format!("expected {what}, found {}", self.found());
        self.error(self.codes.expected, message)
    }

    /// Gives the last message a hint.
    pub fn hint(&mut self, hint: Option<String>) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.hint = hint;
        }
    }

    /// Whether the last thing that was said is about the token.
    #[must_use]
    pub fn is_told_at(&self, index: usize) -> bool {
        let start = self.span_at(index).start;
        self.diagnostics.last().is_some_and(|last| last.span.start == start)
    }

    /// Whether a statement or a thing of a list may end here.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        let kind = self.peek();
        let stops = [K::COMMA, K::SEMICOLON, K::NEWLINE, K::QUOTE_CLOSE, K::END];
        kind.is_close() || stops.contains(&kind)
    }

    /// Takes a token, a group in brackets, or a string.
    pub fn take_part(&mut self) {
        let next = self.next();
        match self.partners[next.min(self.tokens.len())] {
            crate::NONE if self.kind_at(next) == K::QUOTE_OPEN => {
                self.take_until(self.quote_end(next));
            }
            crate::NONE => self.bump(),
            close => self.take_until(close + 1),
        }
    }

    /// Behind the string in parts that begins at a token.
    fn quote_end(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.limit.min(self.tokens.len()) {
            match self.kind_at(index) {
                kind if kind == K::QUOTE_OPEN => depth += 1,
                kind if kind == K::QUOTE_CLOSE && depth == 1 => return index + 1,
                kind if kind == K::QUOTE_CLOSE => depth -= 1,
                _ => {}
            }
        }
        self.limit.min(self.tokens.len()).max(open + 1)
    }
}
