//! What every parser by recursive descent does in the same way: nodes, brackets, lists, and going on
//! after mistakes.

use std::ops::DerefMut;

use source::nearest;

use crate::NONE;
use crate::cursor::{Cursor, DEPTH_MAX};
use crate::kind::Kind;

/// A parser that stands at a [`Cursor`].
pub trait Parsing<'t, K: Kind + 't>: DerefMut<Target = Cursor<'t, K>> + Sized {
    /// Whether what comes next could be a further thing of a list whose comma is missing.
    fn is_item(&self) -> bool;

    /// What to do about something of another language that stands in a list which ends at `end`; all
    /// of the list from here on is left out then.
    fn foreign_item(&self, end: usize) -> Option<&'static str> {
        let _ = end;
        None
    }

    /// Makes a node of what `parse` takes.
    fn node(&mut self, kind: K, parse: impl FnOnce(&mut Self)) {
        let checkpoint = self.checkpoint();
        self.builder.start_at(checkpoint, kind);
        parse(self);
        self.builder.finish();
    }

    /// Makes a node of the next token.
    fn leaf(&mut self, kind: K) {
        self.node(kind, |p| p.bump());
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
                let code = self.codes.too_deep;
                self.error(code, message).hint = Some("give the inner ones names".to_owned());
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
            if self.peek() == K::COMMA {
                self.expected("a value before the comma");
                self.bump();
                continue;
            }
            item(self);
            if !self.is_before(end) {
                return;
            }
            if self.peek() == K::COMMA {
                self.bump();
                if self.has_lines {
                    self.skip_blanks();
                }
                continue;
            }
            if self.peek() == K::NEWLINE {
                return;
            }
            if let Some(hint) = self.foreign_item(end) {
                self.expected("`,` or the closing bracket").hint = Some(hint.to_owned());
                self.node(K::ERROR, |p| p.take_until(end));
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

    /// Takes a token of a kind, or says that it is not there.
    fn expect(&mut self, kind: K) -> bool {
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

    /// The next token is a keyword in the place of a name: it is told and taken.
    fn keyword_as_name(&mut self) {
        let word = self.text_at(self.next());
        let message = format!("`{word}` is a keyword, and cannot be a name");
        let code = self.codes.keyword;
        self.error(code, message).hint = Some(format!("`{word}_` could be one"));
        self.skip_token();
    }

    /// Takes a token as something that is not understood.
    fn skip_token(&mut self) {
        self.leaf(K::ERROR);
    }

    /// Takes everything up to where a statement or a thing of a list may end, groups in brackets
    /// whole.
    fn skip_to_stop(&mut self) {
        if self.is_stop() {
            return;
        }
        self.node(K::ERROR, |p| {
            while !p.is_stop() {
                p.take_part();
            }
        });
    }

    /// Takes what stands before the token at `end` as something that is not understood.
    fn unexpected_until(&mut self, end: usize) {
        self.with_lines(false, |p| {
            p.expected("the closing bracket");
            p.node(K::ERROR, |p| p.take_until(end));
        });
    }
}
