//! The words of expressions.

use machine::EvaluateError;

use super::at;

/// Longer ones first.
const SIGNS: [&str; 20] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "^", "!", ".", ",", "(",
    ")", "[",
];

/// A word, and the byte at which it begins.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) word: Word,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    Number(f64),
    Text(String),
    Name(String),
    Sign(&'static str),
    End,
}

#[derive(Debug)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Result<Self, EvaluateError> {
        let mut tokens = Vec::new();
        let mut start = 0;
        loop {
            let rest = &text[start..];
            start += rest.len() - rest.trim_start().len();
            let Some((word, length)) = word(&text[start..], start)? else { break };
            tokens.push(Token { at: start, word });
            start += length;
        }
        Ok(Self { tokens, next: 0, end: text.len() })
    }

    /// The next word, which is taken.
    pub(super) fn next(&mut self) -> Token {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token.unwrap_or(Token { at: self.end, word: Word::End })
    }

    /// Where the next word begins.
    pub(super) fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    /// Takes the next word if it is one of these signs.
    pub(super) fn take_any(&mut self, signs: &[&'static str]) -> Option<(usize, &'static str)> {
        let Token { at, word: Word::Sign(sign) } = self.tokens.get(self.next)? else {
            return None;
        };
        signs.contains(sign).then(|| {
            self.next += 1;
            (*at, *sign)
        })
    }

    pub(super) fn take(&mut self, sign: &'static str) -> bool {
        self.take_any(&[sign]).is_some()
    }
}

/// The word at the start of a text without blanks before it, and its length.
fn word(text: &str, start: usize) -> Result<Option<(Word, usize)>, EvaluateError> {
    let Some(first) = text.chars().next() else { return Ok(None) };
    if first == '"' || first == '\'' {
        let (content, length) =
            string(text, first).ok_or_else(|| at(start, "this string has no end"))?;
        return Ok(Some((Word::Text(content), length)));
    }
    if first.is_ascii_digit() {
        let length = number_length(text);
        let number = text[..length].replace('_', "").parse();
        let number = number.map_err(|_| at(start, "this is no number"))?;
        return Ok(Some((Word::Number(number), length)));
    }
    if first.is_alphabetic() || first == '_' {
        let is_end = |c: char| !(c.is_alphanumeric() || c == '_');
        let length = text.find(is_end).unwrap_or(text.len());
        return Ok(Some((Word::Name(text[..length].to_owned()), length)));
    }
    let sign = SIGNS.iter().chain(&["]"]).find(|sign| text.starts_with(**sign));
    let sign = sign.ok_or_else(|| at(start, format!("`{first}` means nothing here")))?;
    Ok(Some((Word::Sign(sign), sign.len())))
}

/// Bytes of the number at the start of a text.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'_').count()
    };
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        if digits(length + 1 + sign) > 0 {
            length += 1 + sign + digits(length + 1 + sign);
        }
    }
    length
}

/// What the string at the start of a text says, and its length with quotes.
fn string(text: &str, quote: char) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((content, index + 1)),
            '\\' => content.push(match characters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            _ => content.push(character),
        }
    }
    None
}
