//! Statements one after the other, and blocks of them.

use syntax_tree::Parsing as _;

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// Statements up to the token at `end`.
    pub(super) fn statements(&mut self, end: usize) {
        while {
            self.skip_separators(end);
            self.is_before(end)
        } {
            let begin = self.next();
            self.statement();
            if self.next() == begin {
                self.stray(begin);
                continue;
            }
            if !self.is_separated() && self.is_before(end) {
                self.no_separator(begin);
            }
        }
    }

    fn is_separated(&self) -> bool {
        let ends = [SyntaxKind::Newline, SyntaxKind::Semicolon, SyntaxKind::End];
        // The dot of a rule separates, too.
        ends.contains(&self.peek()) || self.builder.last_kind() == Some(SyntaxKind::Rule)
    }

    pub(super) fn skip_separators(&mut self, end: usize) {
        let separators = [SyntaxKind::Newline, SyntaxKind::Semicolon];
        while self.is_before(end) && separators.contains(&self.peek()) {
            self.bump();
        }
    }

    /// A token that begins nothing.
    fn stray(&mut self, begin: usize) {
        let is_told = self.kind_at(begin).is_close() || self.kind_at(begin) == SyntaxKind::Unknown;
        if !is_told && !self.is_told_at(begin) {
            self.expected("a statement");
        }
        self.skip_token();
        self.skip_to_stop();
    }

    /// Nothing stands between the statement that begins at `begin` and what comes next.
    fn no_separator(&mut self, begin: usize) {
        let next = self.next();
        let kind = self.kind_at(next);
        if kind.is_close() || kind == SyntaxKind::Unknown || self.is_told_at(next) {
            self.skip_token();
            self.skip_to_stop();
            return;
        }
        if self.foreign_statement(begin) {
            self.skip_to_stop();
            return;
        }
        let hint = self.meant(begin).or_else(|| self.meant(next)).or_else(|| self.foreign_mark());
        let is_start = self.is_value_start(next) || self.is_statement_word();
        let diagnostic = if is_start {
            self.error(codes::SEPARATOR, "a line end or `;` is missing between two statements")
        } else {
            self.expected("a line end or `;`")
        };
        let has_hint = hint.is_some();
        diagnostic.hint = hint;
        if !is_start || has_hint {
            self.skip_to_stop();
        }
    }

    /// `{ … }` with statements, which may begin on the next line.
    pub(super) fn block(&mut self) {
        if self.peek_past_lines() != SyntaxKind::CurlyOpen {
            self.expected("`{`");
            return;
        }
        self.skip_blanks();
        self.nested(|p| p.node(SyntaxKind::Block, Self::statements_in_braces));
    }

    /// `{ … }` with statements; the braces come next.
    fn statements_in_braces(&mut self) {
        self.within(Context::STATEMENT, |p| p.bracketed(true, Self::statements));
    }

    /// `{ … }` with parts of its own kind, which need nothing between them; `part` takes at least a
    /// token, or nothing.
    pub(super) fn parts(&mut self, what: &str, mut part: impl FnMut(&mut Self)) {
        if self.peek_past_lines() != SyntaxKind::CurlyOpen {
            self.expected("`{`");
            return;
        }
        self.skip_blanks();
        self.within(Context::STATEMENT, |p| {
            p.bracketed(true, |p, end| {
                while {
                    p.skip_separators(end);
                    p.is_before(end)
                } {
                    let begin = p.next();
                    part(p);
                    if p.next() == begin {
                        if !p.is_told_at(begin) {
                            p.expected(what);
                        }
                        p.skip_token();
                        p.skip_to_stop();
                        p.eat(SyntaxKind::Comma);
                    }
                }
            });
        });
    }

    /// Whether `name:` comes next, which begins a part of a block.
    pub(super) fn is_label(&self) -> bool {
        self.peek() == SyntaxKind::Name && self.peek_second() == SyntaxKind::Colon
    }
}
