//! Tokens: one line of assembly at a time, so that an error costs a line.

use source::{SourceId, Span};

use crate::codes;
use crate::problem::{Problem, labelled, problem};

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name, a mnemonic, a register, a directive with its dot.
    Word(String),
    /// An integer or a character.
    Integer(i128),
    /// A number with a point or an exponent.
    Float(f64),
    /// A quoted text.
    Text(String),
    /// `->`.
    Arrow,
    /// Any other character.
    Mark(char),
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// The tokens of one line, which begins at byte `base` of its source.
pub(crate) fn lex(line: &str, source: SourceId, base: u32) -> Result<Vec<Lexeme>, Problem> {
    let mut lexer = Lexer { line, at: 0, source, base };
    let mut lexemes = Vec::new();
    loop {
        let rest = lexer.rest();
        lexer.at += rest.len() - rest.trim_start().len();
        let start = lexer.at;
        let Some(first) = lexer.peek() else { return Ok(lexemes) };
        if first == ';' {
            return Ok(lexemes);
        }
        let token = lexer.token(first)?;
        lexemes.push(Lexeme { token, span: lexer.span(start) });
    }
}

/// Whether `name` can be written as a word.
pub(crate) fn is_word(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| begins_word(first) && first != '.')
        && characters.all(continues_word)
}

struct Lexer<'a> {
    line: &'a str,
    at: usize,
    source: SourceId,
    base: u32,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// From byte `start` of the line to here.
    fn span(&self, start: usize) -> Span {
        let place = |byte: usize| self.base.saturating_add(u32::try_from(byte).unwrap_or(u32::MAX));
        Span { source: self.source, start: place(start), end: place(self.at) }
    }

    fn token(&mut self, first: char) -> Result<Token, Problem> {
        if first.is_ascii_digit() {
            return self.number();
        }
        if begins_word(first) {
            let len = self.rest().find(|c| !continues_word(c)).unwrap_or(self.rest().len());
            let word = self.rest()[..len].to_owned();
            self.at += len;
            return Ok(Token::Word(word));
        }
        let start = self.at;
        self.bump();
        match first {
            '"' => self.quoted(start, '"').map(Token::Text),
            '\'' => {
                let text = self.quoted(start, '\'')?;
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(only), None) => Ok(Token::Integer(i128::from(u32::from(only)))),
                    _ => Err(labelled(
                        codes::BAD_TEXT,
                        self.span(start),
                        "a character in single quotes is one character",
                        "write more than one as a text in double quotes",
                    )),
                }
            }
            '-' if self.peek() == Some('>') => {
                self.bump();
                Ok(Token::Arrow)
            }
            ',' | ':' | '[' | ']' | '(' | ')' | '+' | '-' | '*' | '/' | '#' | '=' | '{' | '}'
            | '&' | '<' | '>' => Ok(Token::Mark(first)),
            other => Err(labelled(
                codes::SYNTAX,
                self.span(start),
                format!("`{}` has no meaning here", other.escape_default()),
                "comments begin with `;`",
            )),
        }
    }

    fn number(&mut self) -> Result<Token, Problem> {
        let start = self.at;
        let is_decimal = !matches!(self.rest().as_bytes(), [b'0', b'x' | b'X' | b'b' | b'B', ..]);
        let mut before = ' ';
        while let Some(next) = self.peek() {
            let is_exponent_sign =
                is_decimal && matches!(before, 'e' | 'E') && matches!(next, '+' | '-');
            if !(next.is_alphanumeric() || next == '_' || next == '.' || is_exponent_sign) {
                break;
            }
            before = next;
            self.bump();
        }
        let written = &self.line[start..self.at];
        let digits: String = written.chars().filter(|c| *c != '_').collect();
        parse_number(&digits).ok_or_else(|| {
            labelled(
                codes::BAD_NUMBER,
                self.span(start),
                format!("`{written}` is no number"),
                "numbers are `42`, `64K`, `0x2a`, `0b101010`, `1.5`, `2e3`, `'c'`",
            )
        })
    }

    /// What follows an opening quote, up to the closing one.
    fn quoted(&mut self, start: usize, quote: char) -> Result<String, Problem> {
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.bump() {
                None => {
                    let message = format!("the {quote} that opens here is not closed");
                    return Err(problem(codes::BAD_TEXT, self.span(start), message));
                }
                Some(end) if end == quote => return Ok(text),
                Some('\\') => match self.escape() {
                    Some(character) => text.push(character),
                    None => {
                        return Err(labelled(
                            codes::BAD_TEXT,
                            self.span(at),
                            "this escape does not exist",
                            r#"escapes are \n \t \r \0 \\ \" \' \x7f \u{1f600}"#,
                        ));
                    }
                },
                Some(other) => text.push(other),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        match self.bump()? {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            '0' => Some('\0'),
            quoted @ ('\\' | '"' | '\'') => Some(quoted),
            'x' => {
                let digits: String = [self.bump()?, self.bump()?].iter().collect();
                u8::from_str_radix(&digits, 16).ok().filter(u8::is_ascii).map(char::from)
            }
            'u' => {
                let digits = self.rest().strip_prefix('{')?.split_once('}')?.0.to_owned();
                self.at += digits.len() + 2;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
            }
            _ => None,
        }
    }
}

fn begins_word(character: char) -> bool {
    character.is_alphabetic() || character == '_' || character == '.'
}

fn continues_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '.'
}

/// A number without underscores.
fn parse_number(digits: &str) -> Option<Token> {
    let lower = digits.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(|n| Token::Integer(n.into()));
    }
    if let Some(binary) = lower.strip_prefix("0b") {
        return u64::from_str_radix(binary, 2).ok().map(|n| Token::Integer(n.into()));
    }
    if lower.contains(['.', 'e']) {
        return lower.parse().ok().map(Token::Float);
    }
    let (number, shift) = match lower.as_bytes().last()? {
        b'k' => (&lower[..lower.len() - 1], 10),
        b'm' => (&lower[..lower.len() - 1], 20),
        b'g' => (&lower[..lower.len() - 1], 30),
        _ => (lower.as_str(), 0),
    };
    let value = i128::from(number.parse::<u64>().ok()?) << shift;
    Some(Token::Integer(value))
}
