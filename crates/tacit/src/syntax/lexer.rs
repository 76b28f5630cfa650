//! Text to tokens, one at a time.
//!
//! A word goes on until white space or one of `( ) : " ' ` and the backtick, so `dup;` and `x]` are
//! words, too. A number ends where it can, so `3abc` is a number and a word, unless it is a
//! built-in word, as `2dup` is.

use source::{Diagnostic, SourceId, Span};

use super::ast::Bracket;
use crate::alias::built_in;
use crate::codes;

/// Bytes of a string at most.
pub(crate) const TEXT_MAX: usize = tacit_vm::STRING_MAX;

/// Characters of a comment on an effect at most.
const EFFECT_MAX: usize = 400;

/// A token and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// A kind of token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Number(f32),
    Text(String),
    Word(String),
    /// The name after a backtick or tick; it may be empty.
    Quote(String),
    Open(Bracket),
    Close(Bracket),
    Colon,
    Semicolon,
    End,
}

/// A place in a text, and what was wrong before it.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    source: SourceId,
    at: usize,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether a string was still open at the end.
    pub(crate) is_open: bool,
}

/// Brackets as they are written, those of two characters first.
const BRACKETS: [(&str, TokenKind); 10] = [
    ("#[", TokenKind::Open(Bracket::Group)),
    ("]#", TokenKind::Close(Bracket::Group)),
    (":[", TokenKind::Open(Bracket::Dictionary)),
    ("]:", TokenKind::Close(Bracket::Dictionary)),
    ("[", TokenKind::Open(Bracket::Square)),
    ("]", TokenKind::Close(Bracket::Square)),
    ("{", TokenKind::Open(Bracket::Curly)),
    ("}", TokenKind::Close(Bracket::Curly)),
    ("(", TokenKind::Open(Bracket::Round)),
    (")", TokenKind::Close(Bracket::Round)),
];

impl<'a> Lexer<'a> {
    /// The beginning of a text that is `source` in the map of the sources.
    pub(crate) fn new(text: &'a str, source: SourceId) -> Self {
        Self { text, source, at: 0, diagnostics: Vec::new(), is_open: false }
    }

    /// The next token.
    pub(crate) fn token(&mut self) -> Token {
        self.skip_blanks();
        let start = self.at;
        let kind = self.kind();
        let is_literal =
            matches!(kind, TokenKind::Number(_) | TokenKind::Text(_) | TokenKind::Close(_));
        let span = self.span(start);
        if is_literal && self.rest().starts_with(',') {
            self.at += 1;
        }
        Token { kind, span }
    }

    /// Goes to the end of the text.
    pub(crate) fn skip_all(&mut self) {
        self.at = self.text.len();
    }

    /// A comment that says what a word takes and leaves, if one comes next: `( a b -- c )`.
    /// Its numbers are there unless it does not tell them.
    pub(crate) fn opt_effect(&mut self) -> Option<(Span, Option<(usize, usize)>)> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        if !rest.starts_with('(') {
            return None;
        }
        let mut depth = 0_usize;
        let end = rest.char_indices().take(EFFECT_MAX).find_map(|(index, character)| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(index)
        })?;
        let words: Vec<_> = rest[1..end].split_whitespace().collect();
        let middle = words.iter().position(|word| *word == "--")?;
        self.at += end + 1;
        let is_open = |word: &&str| matches!(*word, "..." | "|" | "or" | "…") || word.contains('(');
        let counts = (!words.iter().any(is_open)).then(|| (middle, words.len() - middle - 1));
        Some((self.span(start), counts))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn span(&self, start: usize) -> Span {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Span { source: self.source, start: place(start), end: place(self.at) }
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(is_blank);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn kind(&mut self) -> TokenKind {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return TokenKind::End };
        if first == '"' {
            return self.string();
        }
        if let Some(length) = number_length(rest) {
            // A few built-in words begin with a digit, such as `2dup`.
            if rest[length..].starts_with(char::is_alphabetic) {
                let start = self.at;
                let word = self.run();
                if built_in(word).is_some() {
                    return TokenKind::Word(word.to_owned());
                }
                self.at = start;
            }
            return self.number(length);
        }
        for (text, kind) in BRACKETS {
            if rest.starts_with(text) {
                self.at += text.len();
                return kind;
            }
        }
        match first {
            ':' => {
                self.at += 1;
                TokenKind::Colon
            }
            ';' => {
                self.at += 1;
                TokenKind::Semicolon
            }
            '`' | '\'' => {
                self.at += 1;
                TokenKind::Quote(self.run().to_owned())
            }
            _ => TokenKind::Word(self.run().to_owned()),
        }
    }

    /// What goes on until a blank or a character that ends words.
    fn run(&mut self) -> &'a str {
        let rest = self.rest();
        let is_end = |c: char| is_blank(c) || matches!(c, '(' | ')' | ':' | '"' | '\'' | '`');
        let length = rest.find(is_end).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn number(&mut self, length: usize) -> TokenKind {
        let start = self.at;
        let value: f32 = self.rest()[..length].parse().unwrap_or(f32::NAN);
        self.at += length;
        if !value.is_finite() {
            let message = "Number too large: at most about 3.4e+38";
            self.diagnostics.push(Diagnostic::error(codes::NUMBER, self.span(start), message));
        }
        TokenKind::Number(value)
    }

    fn string(&mut self) -> TokenKind {
        let start = self.at;
        let mut value = String::new();
        let mut characters = self.text[start + 1..].char_indices();
        let mut is_closed = false;
        while let Some((index, character)) = characters.next() {
            match character {
                '"' => {
                    self.at = start + 1 + index + 1;
                    is_closed = true;
                    break;
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, 'r')) => value.push('\r'),
                    Some((_, other)) => value.push(other),
                    None => {}
                },
                other => value.push(other),
            }
        }
        if !is_closed {
            self.at = self.text.len();
            self.is_open = true;
            self.unterminated(start);
        } else if value.len() > TEXT_MAX {
            let message = format!("String too long (max {TEXT_MAX} characters)");
            let label = format!("these are {} bytes", value.len());
            let diagnostic = Diagnostic::error(codes::STRING_LENGTH, self.span(start), message);
            self.diagnostics.push(diagnostic.with_label(label));
            value.clear();
        }
        TokenKind::Text(value)
    }

    fn unterminated(&mut self, start: usize) {
        let (mut line, mut column) = (1, 1);
        for character in self.text.chars() {
            if character == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        let message = format!("Unterminated string literal at line {line}, column {column}");
        let end = start + self.text[start..].find('\n').unwrap_or(self.text.len() - start);
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let span = Span { source: self.source, start: place(start), end: place(end) };
        let diagnostic = Diagnostic::error(codes::STRING_OPEN, span, message);
        self.diagnostics.push(diagnostic.with_label("it begins here"));
    }
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// The length of the number that the text begins with, if it does: `[+-]? digits [. digits]`,
/// and an exponent if that has a sign.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let point = usize::from(bytes.get(sign) == Some(&b'.'));
    if !is_digit(sign + point) {
        return None;
    }
    let mut at = sign + digits(sign);
    if bytes.get(at) == Some(&b'.') {
        at += 1 + digits(at + 1);
    }
    let has_exponent = matches!(bytes.get(at), Some(b'e' | b'E'))
        && matches!(bytes.get(at + 1), Some(b'+' | b'-'))
        && is_digit(at + 2);
    if has_exponent {
        at += 2 + digits(at + 2);
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> String {
        let mut lexer = Lexer::new(text, SourceId(0));
        let mut shown = Vec::new();
        loop {
            match lexer.token().kind {
                TokenKind::End => return shown.join(" "),
                TokenKind::Number(value) => shown.push(format!("{value}")),
                TokenKind::Text(value) => shown.push(format!("{value:?}")),
                TokenKind::Word(name) => shown.push(format!("<{name}>")),
                TokenKind::Quote(name) => shown.push(format!("`{name}")),
                TokenKind::Open(bracket) => shown.push(bracket.text().0.to_owned()),
                TokenKind::Close(bracket) => shown.push(bracket.text().1.to_owned()),
                TokenKind::Colon => shown.push(":".to_owned()),
                TokenKind::Semicolon => shown.push(";".to_owned()),
            }
        }
    }

    #[test]
    fn numbers_end_where_they_can() {
        assert_eq!(tokens("-5 +5 .5 5. 007 3.14"), "-5 5 0.5 5 7 3.14");
        assert_eq!(tokens("1-1 5; 3[4] 1.2.3 1..2 5.."), "1 -1 5 ; 3 [ 4 ] 1.2 0.3 1 0.2 5 <.>");
        assert_eq!(
            tokens("-.5 3abc 1e3 1e+3 2.5e-7 - -a"),
            "-0.5 3 <abc> 1 <e3> 1000 0.00000025 <-> <-a>"
        );
    }

    #[test]
    fn words_end_at_few_characters() {
        assert_eq!(tokens("2dup 2dup; 3dup 2drop(1)"), "<2dup> 2 <dup;> 3 <dup> <2drop> ( 1 )");
        assert_eq!(tokens("dup; x] a{b} # 1//2\n{10}"), "<dup;> <x]> <a{b}> <#> 1 { 10 }");
        assert_eq!(tokens("1(2 +)eval a:b \u{a0}\u{feff}c"), "1 ( 2 <+> ) <eval> <a> : <b> <c>");
        assert_eq!(tokens("`sq 'sq ` #[ ]# :[ ]: [1,2]"), "`sq `sq ` #[ ]# :[ ]: [ 1 2 ]");
    }

    #[test]
    fn strings_have_escapes_and_no_comments() {
        assert_eq!(tokens(r#""a\qb\n\"" "a//b" """#), r#""aqb\n\"" "a//b" """#);
    }
}
