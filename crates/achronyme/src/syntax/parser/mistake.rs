//! What is said where something else was expected, and how the parser goes on from there.

use source::{Diagnostic, nearest};

use super::{NONE, Parser};
use crate::codes;
use crate::syntax::kind::{KEYWORDS, SyntaxKind};

impl Parser<'_> {
    /// How the next token is called in a message.
    fn found(&self) -> String {
        match self.peek() {
            SyntaxKind::End => "the end of the text".to_owned(),
            SyntaxKind::Newline => "the end of the line".to_owned(),
            SyntaxKind::QuoteOpen => "a string".to_owned(),
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
    pub(super) fn expected(&mut self, what: &str) -> &mut Diagnostic {
        let message = format!("expected {what}, found {}", self.found());
        self.error(codes::EXPECTED, message)
    }

    /// Gives the last message a hint.
    pub(super) fn hint(&mut self, hint: Option<String>) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.hint = hint;
        }
    }

    /// Takes a token of a kind, or says that it is not there.
    pub(super) fn expect(&mut self, kind: SyntaxKind) -> bool {
        let is_there = self.eat(kind);
        if !is_there {
            let text = kind.text().unwrap_or_default();
            let found = self.text_at(self.next());
            let is_near = kind.is_keyword() && nearest(found, [text]).is_some();
            let diagnostic = self.expected(&format!("`{text}`"));
            if is_near {
                diagnostic.hint = Some(format!("did you mean `{text}`?"));
            }
        }
        is_there
    }

    /// Takes a name; a keyword in its place is said to be one.
    pub(super) fn expect_name(&mut self, what: &str) {
        match self.peek() {
            SyntaxKind::Name => self.bump(),
            kind if kind.is_keyword() => {
                let word = self.text_at(self.next());
                let message = format!("`{word}` is a keyword, and cannot be a name");
                self.error(codes::KEYWORD, message).hint = Some(format!("`{word}_` could be one"));
                self.skip_token();
            }
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

    /// Takes a token as something that is not understood.
    pub(super) fn skip_token(&mut self) {
        self.node(SyntaxKind::Error, Self::bump);
    }

    /// Takes what stands before the token at `end` as something that is not understood.
    pub(super) fn unexpected_until(&mut self, end: usize) {
        self.with_lines(false, |p| {
            p.expected("the closing bracket");
            p.node(SyntaxKind::Error, |p| p.take_until(end));
        });
    }

    /// Whether a statement or a thing of a list may end here.
    pub(super) fn is_stop(&self) -> bool {
        let kind = self.peek();
        kind.is_close()
            || matches!(
                kind,
                SyntaxKind::Comma
                    | SyntaxKind::Semicolon
                    | SyntaxKind::Newline
                    | SyntaxKind::QuoteClose
                    | SyntaxKind::End
            )
    }

    /// Takes everything up to where a statement or a thing of a list may end, groups in brackets
    /// whole.
    pub(super) fn skip_to_stop(&mut self) {
        if self.is_stop() {
            return;
        }
        self.node(SyntaxKind::Error, |p| {
            while !p.is_stop() {
                p.take_part();
            }
        });
    }

    /// Behind the string in single quotes that begins at a token.
    fn quote_end(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.limit.min(self.tokens.len()) {
            match self.kind_at(index) {
                SyntaxKind::QuoteOpen => depth += 1,
                SyntaxKind::QuoteClose if depth == 1 => return index + 1,
                SyntaxKind::QuoteClose => depth -= 1,
                _ => {}
            }
        }
        self.limit.min(self.tokens.len()).max(open + 1)
    }

    /// Takes a token, a group in brackets, or a string.
    pub(super) fn take_part(&mut self) {
        let next = self.next();
        match self.partners[next.min(self.tokens.len())] {
            NONE if self.kind_at(next) == SyntaxKind::QuoteOpen => {
                self.take_until(self.quote_end(next));
            }
            NONE => self.bump(),
            close => self.take_until(close + 1),
        }
    }
}
