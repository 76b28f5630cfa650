//! Text to tokens. Nothing is left out, so the tokens' texts together are the text.

mod number;
mod string;

use std::collections::BTreeSet;

use source::{DIAGNOSTICS_MAX, Diagnostic, SourceId, Span};

use super::kind::{MARKS, SyntaxKind};
use crate::codes;

pub(super) type RawToken = syntax_tree::RawToken<SyntaxKind>;

/// All tokens of a text, and what is wrong with them.
pub(super) fn tokens(text: &str, source: SourceId) -> (Vec<RawToken>, Vec<Diagnostic>) {
    let mut lexer = Lexer {
        text,
        source,
        at: 0,
        modes: Vec::new(),
        has_open_remark: false,
        last: SyntaxKind::Newline,
        foreign: BTreeSet::new(),
        tokens: Vec::new(),
        diagnostics: Vec::new(),
    };
    while lexer.at < text.len() {
        let start = lexer.at;
        let kind = lexer.token();
        lexer.push(kind, start);
    }
    lexer.close_strings();
    (lexer.tokens, lexer.diagnostics)
}

/// Where the lexer is inside of a string with values in it.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// In the string whose quote is this token.
    Quote(usize),
    /// In an expression of it, with so many braces open.
    Hole(usize),
}

struct Lexer<'a> {
    text: &'a str,
    source: SourceId,
    at: usize,
    modes: Vec<Mode>,
    /// Whether a remark was found to have no end: then none after it has one.
    has_open_remark: bool,
    /// The last token that is no blank.
    last: SyntaxKind,
    /// Names with letters of other alphabets that were told.
    foreign: BTreeSet<&'a str>,
    tokens: Vec<RawToken>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: SyntaxKind, start: usize) {
        self.tokens.push(RawToken { kind, start, length: self.at - start });
        if !kind.is_trivia() {
            self.last = kind;
        }
    }

    fn error(
        &mut self,
        code: &'static str,
        start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let span = Span { source: self.source, start: place(start), end: place(end) };
        self.diagnostics.truncate(DIAGNOSTICS_MAX - 1);
        self.diagnostics.push(Diagnostic::error(code, span, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn token(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or('\0');
        if first == '\n' {
            self.close_strings();
            return self.take(1, SyntaxKind::Newline);
        }
        if let Some(Mode::Quote(_)) = self.modes.last() {
            return self.in_quotes();
        }
        match first {
            _ if is_blank(first) => {
                let length = rest.find(|c: char| !is_blank(c)).unwrap_or(rest.len());
                self.take(length, SyntaxKind::Whitespace)
            }
            '/' if rest.starts_with("//") => self.take(line(rest), SyntaxKind::Comment),
            '/' if rest.starts_with("/*") => self.remark(),
            '"' => self.string(),
            'b' if rest[1..].starts_with('"') => self.bytes(),
            _ if first.is_ascii_digit() => self.number(),
            '_' | 'a'..='z' | 'A'..='Z' => {
                let length = word(rest);
                if rest[length..].starts_with(is_letter) {
                    return self.foreign_name();
                }
                let kind = SyntaxKind::keyword(&rest[..length]).unwrap_or(SyntaxKind::Name);
                self.take(length, kind)
            }
            _ if is_letter(first) => self.foreign_name(),
            _ => self.mark(),
        }
    }

    /// A name with letters of other alphabets: one mistake, which is told once.
    fn foreign_name(&mut self) -> SyntaxKind {
        let (rest, start) = (self.rest(), self.at);
        let length = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
        self.at += length;
        let name = &self.text[start..start + length];
        if self.foreign.insert(name) {
            let shown = source::visible(name);
            let message =
                format!("`{shown}` is no name: names are made of A to Z, a to z, digits and `_`");
            let other = name.chars().find(|c| !c.is_ascii()).unwrap_or('\0');
            let at = start + name.find(other).unwrap_or(0);
            self.error(codes::CHARACTER, at, at + other.len_utf8(), message).hint = Some(
                "write it with other letters; in strings and remarks all letters are fine"
                    .to_owned(),
            );
        }
        SyntaxKind::Name
    }

    fn take(&mut self, length: usize, kind: SyntaxKind) -> SyntaxKind {
        self.at += length;
        kind
    }

    /// `/* … */`, with others inside.
    fn remark(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let end = if self.has_open_remark { None } else { remark_end(rest) };
        if let Some(end) = end {
            return self.take(end, SyntaxKind::Comment);
        }
        self.has_open_remark = true;
        let start = self.at;
        let message = "the remark is not closed";
        self.error(codes::REMARK_OPEN, start, start + 2, message).hint =
            Some("each `/*` inside of it needs a `*/`, too".to_owned());
        self.take(line(rest), SyntaxKind::Comment)
    }

    fn mark(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let first = rest.as_bytes().first();
        // `:-` is one mark behind the head of a rule only, so that `{a:-1}` is a record.
        let is_next = |text: &str, kind: SyntaxKind| {
            text.as_bytes().first() == first
                && rest.starts_with(text)
                && (kind != SyntaxKind::Entails || self.last == SyntaxKind::RoundClose)
        };
        let Some((text, kind)) = MARKS.iter().find(|(text, kind)| is_next(text, *kind)) else {
            return self.unknown();
        };
        self.at += text.len();
        if let Some(Mode::Hole(braces)) = self.modes.last_mut() {
            match kind {
                SyntaxKind::CurlyOpen => *braces += 1,
                SyntaxKind::CurlyClose if *braces == 0 => {
                    self.modes.pop();
                    return SyntaxKind::HoleClose;
                }
                SyntaxKind::CurlyClose => *braces -= 1,
                _ => {}
            }
        }
        *kind
    }

    /// A character that means nothing.
    fn unknown(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or('\0');
        let start = self.at;
        let length = if ["&&", "||"].iter().any(|mark| rest.starts_with(mark)) {
            2
        } else {
            first.len_utf8()
        };
        self.at += length;
        let shown = source::visible(&rest[..length]);
        let message = format!("`{shown}` means nothing here");
        let hint = match first {
            '&' => Some("write `and`"),
            '^' => Some("the bits of numbers are combined by `xor`"),
            '#' => Some("remarks begin with `//`"),
            '\'' => Some("strings are written \"so\""),
            '`' => Some("a string with values in it is \"x = ${x}\""),
            '@' => Some("a value at another moment is `x at T`"),
            '≤' => Some("write `<=`"),
            '≥' => Some("write `>=`"),
            '≠' => Some("write `!=`"),
            '×' | '·' => Some("write `*`"),
            '÷' => Some("write `/`"),
            '−' | '–' => Some("write `-`"),
            '→' => Some("write `->`"),
            '←' => Some("write `<-`"),
            '↔' => Some("write `<->`"),
            '\u{201c}' | '\u{201d}' => Some("strings are written \"so\""),
            _ => None,
        };
        self.error(codes::CHARACTER, start, start + length, message).hint = hint.map(str::to_owned);
        // What stands between such quotes is the text of a string.
        let close = match first {
            '\'' | '`' => first,
            '\u{201c}' => '\u{201d}',
            _ => return SyntaxKind::Unknown,
        };
        if let Some(end) = rest[length..line(rest)].find(close) {
            self.at += end + close.len_utf8();
        }
        SyntaxKind::Unknown
    }
}

/// How long the line is that a text begins with.
fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Behind the remark that a text begins with.
fn remark_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (2, 1_usize);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => {
                depth += 1;
                at += 2;
            }
            (b'*', b'/') if depth == 1 => return Some(at + 2),
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    None
}

/// Whether a name could have it in some language.
fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_blank(character: char) -> bool {
    character != '\n' && (character.is_whitespace() || character == '\u{feff}')
}

/// The length of the letters, digits and underscores that `text` begins with.
fn word(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}
