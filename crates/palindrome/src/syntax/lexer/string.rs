//! Strings and bytes. Each ends on the line on which it begins: so one that is not closed spoils its
//! line and no more.

use super::{Lexer, Mode, line};
use crate::codes;
use crate::syntax::kind::SyntaxKind;
use crate::syntax::literal::escape;

impl Lexer<'_> {
    /// Says of the strings that are open that they are not closed: the outermost becomes one token
    /// up to here.
    pub(super) fn close_strings(&mut self) {
        let Some(Mode::Quote(first)) = self.modes.first().copied() else { return };
        self.modes.clear();
        let Some(quote) = self.tokens.get(first).copied() else { return };
        self.tokens.truncate(first);
        // What was wrong inside of it is so no longer.
        while self.diagnostics.last().is_some_and(|last| last.span.start as usize >= quote.start) {
            self.diagnostics.pop();
        }
        self.unclosed(quote.start);
        self.push(SyntaxKind::Text, quote.start);
    }

    fn unclosed(&mut self, start: usize) {
        let error = self.error(codes::STRING_OPEN, start, start + 1, "the string is not closed");
        error.label = "it begins here".to_owned();
        error.hint = Some(
            "a string ends on the line on which it begins; a line end in it is `\\n`".to_owned(),
        );
    }

    /// A string, or the quote that begins one with values in it.
    pub(super) fn string(&mut self) -> SyntaxKind {
        let (start, rest) = (self.at, self.rest());
        let length = 1 + part(&rest[1..]);
        match rest.as_bytes().get(length) {
            Some(b'$') => {
                self.modes.push(Mode::Quote(self.tokens.len()));
                self.take(1, SyntaxKind::QuoteOpen)
            }
            Some(b'"') => {
                self.at += length + 1;
                self.escapes(start + 1, &rest[1..length], false);
                SyntaxKind::Text
            }
            _ => {
                self.at += length;
                self.unclosed(start);
                SyntaxKind::Text
            }
        }
    }

    /// What comes next in a string with values in it.
    pub(super) fn in_quotes(&mut self) -> SyntaxKind {
        let (start, rest) = (self.at, self.rest());
        if rest.starts_with('"') {
            self.modes.pop();
            return self.take(1, SyntaxKind::QuoteClose);
        }
        if rest.starts_with("${") {
            self.modes.push(Mode::Hole(0));
            return self.take(2, SyntaxKind::HoleOpen);
        }
        let length = part(rest);
        self.at += length;
        self.escapes(start, &rest[..length], false);
        SyntaxKind::QuoteText
    }

    /// `b"…"`
    pub(super) fn bytes(&mut self) -> SyntaxKind {
        let (start, rest) = (self.at, self.rest());
        let mut length = 2;
        let end = line(rest);
        while length < end && rest.as_bytes()[length] != b'"' {
            length += if rest.as_bytes()[length] == b'\\' { 2 } else { 1 };
        }
        if length >= end {
            self.at += end;
            self.unclosed(start);
            return SyntaxKind::Bytes;
        }
        self.at += length + 1;
        self.escapes(start + 2, &rest[2..length], true);
        SyntaxKind::Bytes
    }

    /// Says which escapes in a text are none.
    fn escapes(&mut self, start: usize, text: &str, is_bytes: bool) {
        let mut at = 0;
        while let Some(found) = text[at..].find('\\') {
            at += found;
            let (length, value) = escape(&text[at..], is_bytes);
            if value.is_none() {
                let shown = source::visible(&text[at..at + length]);
                let known = if is_bytes {
                    "there are \\n \\t \\r \\0 \\\\ \\\" and \\xff"
                } else {
                    "there are \\n \\t \\r \\0 \\\\ \\\" \\$ and \\u{…}"
                };
                let (from, message) = (start + at, format!("`{shown}` is no escape"));
                self.error(codes::ESCAPE, from, from + length, message).hint =
                    Some(known.to_owned());
            }
            at += length;
        }
    }
}

/// The length of the text of a string up to its end, to a value in it, or to the end of the line.
fn part(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\n' => break,
            b'$' if bytes.get(at + 1) == Some(&b'{') => break,
            b'\\' if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    text.floor_char_boundary(at)
}
