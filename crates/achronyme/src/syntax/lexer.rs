//! Text to tokens. Nothing is left out, so the tokens' texts together are the text.

use source::{DIAGNOSTICS_MAX, Diagnostic, SourceId, Span};

use super::kind::{MARKS, SyntaxKind};
use super::number::{number, word};
use crate::codes;

type RawToken = syntax_tree::RawToken<SyntaxKind>;

/// All tokens of a text, and what is wrong with them.
pub(super) fn tokens(text: &str, source: SourceId) -> (Vec<RawToken>, Vec<Diagnostic>) {
    let mut lexer = Lexer {
        text,
        source,
        at: 0,
        modes: Vec::new(),
        has_open_string: false,
        has_open_remark: false,
        tokens: Vec::new(),
        diagnostics: Vec::new(),
    };
    while lexer.at < text.len() {
        let start = lexer.at;
        let kind = lexer.token();
        lexer.tokens.push(RawToken { kind, start, length: lexer.at - start });
    }
    let open: Vec<usize> = lexer.modes.iter().filter_map(Mode::quote).collect();
    for quote in open {
        let is_after_value =
            text[..quote].ends_with(|c: char| c.is_ascii_alphanumeric() || ")]_".contains(c));
        let message = "the string is not closed";
        let error = lexer.error(codes::STRING_OPEN, quote, quote + 1, message);
        error.label = "it begins here".to_owned();
        if is_after_value {
            error.hint = Some("the transpose of `A` is `transpose(A)`".to_owned());
        }
    }
    (lexer.tokens, lexer.diagnostics)
}

/// Where the lexer is inside of an interpolated string.
#[derive(Debug)]
enum Mode {
    /// In the string that begins at this byte.
    Quote(usize),
    /// In an expression of it, with so many braces open.
    Hole(usize),
}

impl Mode {
    fn quote(&self) -> Option<usize> {
        if let Self::Quote(start) = self { Some(*start) } else { None }
    }
}

struct Lexer<'a> {
    text: &'a str,
    source: SourceId,
    at: usize,
    modes: Vec<Mode>,
    /// Whether a string was found to have no end: from then on strings end with their line, so that
    /// the text is not searched again and again.
    has_open_string: bool,
    /// Whether remarks as in C were found to have no end.
    has_open_remark: bool,
    tokens: Vec<RawToken>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
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
        // Behind the bound each message takes the place of the last one.
        self.diagnostics.truncate(DIAGNOSTICS_MAX - 1);
        self.diagnostics.push(Diagnostic::error(code, span, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn token(&mut self) -> SyntaxKind {
        if let Some(Mode::Quote(_)) = self.modes.last() {
            return self.in_quotes();
        }
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or('\0');
        match first {
            '\n' => self.take(1, SyntaxKind::Newline),
            _ if is_blank(first) => {
                let length = rest.find(|c: char| !is_blank(c)).unwrap_or(rest.len());
                self.take(length, SyntaxKind::Whitespace)
            }
            '/' if rest.starts_with("//") => self.take(line(rest), SyntaxKind::Comment),
            '#' => self.foreign_remark(line(rest)),
            '/' if rest.starts_with("/*") => {
                let end = if self.has_open_remark { None } else { rest.find("*/") };
                self.has_open_remark = end.is_none();
                self.foreign_remark(end.map_or_else(|| line(rest), |end| end + 2))
            }
            '"' => self.string(),
            '\'' => {
                self.modes.push(Mode::Quote(self.at));
                self.take(1, SyntaxKind::QuoteOpen)
            }
            _ if first.is_ascii_digit() => self.number(),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '_' | 'a'..='z' | 'A'..='Z' => {
                let length = word(rest);
                let kind = SyntaxKind::keyword(&rest[..length]).unwrap_or(SyntaxKind::Name);
                self.take(length, kind)
            }
            _ => self.mark(),
        }
    }

    fn take(&mut self, length: usize, kind: SyntaxKind) -> SyntaxKind {
        self.at += length;
        kind
    }

    fn mark(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let first = rest.as_bytes().first();
        let is_next = |text: &str| text.as_bytes().first() == first && rest.starts_with(text);
        let Some((text, kind)) = MARKS.iter().find(|(text, _)| is_next(text)) else {
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

    /// A remark as other languages have it.
    fn foreign_remark(&mut self, length: usize) -> SyntaxKind {
        let start = self.at;
        let mark = if self.rest().starts_with('#') { "#" } else { "/*" };
        let message = format!("`{mark}` means nothing here");
        self.error(codes::CHARACTER, start, start + mark.len(), message).hint =
            Some("remarks begin with `//`, and end with the line".to_owned());
        self.take(length, SyntaxKind::Comment)
    }

    /// Characters of a kind that means nothing; letters of other alphabets are taken together.
    fn unknown(&mut self) -> SyntaxKind {
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or('\0');
        let start = self.at;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("~=") {
            2
        } else {
            first.len_utf8()
        };
        self.at += length;
        // With the letters before it, which are a name of their own.
        let before = self.text[..start].chars().rev().take_while(|c| is_word(first) && is_word(*c));
        let begin = start - before.map(char::len_utf8).sum::<usize>();
        let shown = source::visible(&self.text[begin..start + length]);
        let message = if is_word(first) {
            format!("`{shown}` is no name: names are made of A to Z, a to z, digits and `_`")
        } else {
            format!("`{shown}` means nothing here")
        };
        let hint = match first {
            '&' => Some("`&&` is and"),
            '~' if length == 2 => Some("unequal is `!=`"),
            '~' => Some("`!` is not"),
            '`' => Some("a string with values in it is 'x = ${x}'"),
            '@' if rest[1..].starts_with(|c: char| c == '(' || c.is_alphabetic()) => {
                Some("a function is `x => …`")
            }
            '@' => Some("a product of matrices is `matmul(a, b)`"),
            '\\' => Some("a system of equations is solved by `solve(A, b)`"),
            '≤' => Some("write `<=`"),
            '≥' => Some("write `>=`"),
            '≠' => Some("write `!=`"),
            '×' | '·' => Some("write `*`"),
            '÷' => Some("write `/`"),
            '−' | '–' => Some("write `-`"),
            '\u{201c}' | '\u{201d}' => Some("strings are written \"so\""),
            '\u{2018}' | '\u{2019}' => Some("strings are written 'so'"),
            _ => None,
        };
        self.error(codes::CHARACTER, begin, start + length, message).hint = hint.map(str::to_owned);
        // What it holds belongs to a string of another kind.
        let close = match first {
            '`' => '`',
            '\u{201c}' => '\u{201d}',
            '\u{2018}' => '\u{2019}',
            _ => return SyntaxKind::Unknown,
        };
        if let Some(end) = rest[length..line(rest)].find(close) {
            self.at += end + close.len_utf8();
        }
        SyntaxKind::Unknown
    }

    fn number(&mut self) -> SyntaxKind {
        let start = self.at;
        let (length, is_good) = number(self.rest());
        let text = &self.rest()[..length];
        self.at += length;
        // `5.` before anything but a name is meant to be a number.
        let after = self.rest().strip_prefix('.');
        let is_cut = after.is_some_and(|after| {
            !after.starts_with(|c: char| c == '.' || c == '_' || c.is_ascii_alphabetic())
                && !after
                    .trim_start_matches(is_blank)
                    .starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        });
        if is_cut && is_good && !text.contains(['.', 'e', 'E', 'i', 'x', 'X']) {
            self.at += 1;
            let message = format!("`{text}.` is no number");
            self.error(codes::NUMBER, start, start + length + 1, message).hint =
                Some(format!("write `{text}` or `{text}.0`"));
            return SyntaxKind::Number;
        }
        if !is_good {
            let message = format!("`{text}` is no number");
            let hint = if text.contains('_') {
                Some("digits stand together, without `_`".to_owned())
            } else if text.starts_with("0b") || text.starts_with("0o") {
                Some("numbers are decimal, or hexadecimal: 0xff".to_owned())
            } else if text.ends_with('j') {
                Some(format!("an imaginary number is `{}i`", text.trim_end_matches('j')))
            } else if text.ends_with(['e', 'E']) {
                Some("an exponent has digits: 1e3".to_owned())
            } else {
                Some("names begin with a letter or `_`".to_owned())
            };
            self.error(codes::NUMBER, start, start + length, message).hint = hint;
        }
        // The `e` of a hexadecimal number is a digit, and there is no hexadecimal `i`.
        if text.ends_with('i') { SyntaxKind::Imaginary } else { SyntaxKind::Number }
    }

    fn string(&mut self) -> SyntaxKind {
        let start = self.at;
        let mut characters = self.rest().char_indices().skip(1);
        let mut escapes = Vec::new();
        while let Some((index, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += index + 1;
                    self.escapes(start, &escapes, "\\n \\t \\r \\\\ \\\"");
                    return SyntaxKind::Text;
                }
                // After a string that is not closed, the others are taken to end in their lines.
                '\n' if self.has_open_string => break,
                '\\' => match characters.next() {
                    Some((_, '\n')) if self.has_open_string => break,
                    Some((_, 'n' | 't' | 'r' | '\\' | '"')) | None => {}
                    Some((at, other)) => escapes.push((index, at + other.len_utf8())),
                },
                _ => {}
            }
        }
        self.has_open_string = true;
        let line = self.rest().find('\n').unwrap_or(self.rest().len());
        self.at += line.max(1);
        self.error(codes::STRING_OPEN, start, start + 1, "the string is not closed").label =
            "it begins here".to_owned();
        SyntaxKind::Text
    }

    fn escapes(&mut self, start: usize, wrong: &[(usize, usize)], known: &str) {
        for (from, to) in wrong {
            let shown = source::visible(&self.text[start + from..start + to]);
            let message = format!("`{shown}` is no escape");
            self.error(codes::ESCAPE, start + from, start + to, message).hint =
                Some(format!("there are {known}"));
        }
    }

    fn in_quotes(&mut self) -> SyntaxKind {
        let (start, rest) = (self.at, self.rest());
        if rest.starts_with('\'') {
            self.modes.pop();
            return self.take(1, SyntaxKind::QuoteClose);
        }
        if rest.starts_with("${") {
            self.modes.push(Mode::Hole(0));
            return self.take(2, SyntaxKind::HoleOpen);
        }
        let mut characters = rest.char_indices();
        let mut escapes = Vec::new();
        let mut length = rest.len();
        while let Some((index, character)) = characters.next() {
            match character {
                '\'' => {
                    length = index;
                    break;
                }
                '$' if rest[index + 1..].starts_with('{') => {
                    length = index;
                    break;
                }
                '\\' => match characters.next() {
                    Some((_, 'n' | 't' | 'r' | '\\' | '\'' | '$')) | None => {}
                    Some((at, other)) => escapes.push((index, at + other.len_utf8())),
                },
                _ => {}
            }
        }
        self.at += length;
        self.escapes(start, &escapes, "\\n \\t \\r \\\\ \\' \\$");
        SyntaxKind::QuoteText
    }
}

/// How long the line is that a text begins with.
fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn is_blank(character: char) -> bool {
    character != '\n' && (character.is_whitespace() || character == '\u{feff}')
}
