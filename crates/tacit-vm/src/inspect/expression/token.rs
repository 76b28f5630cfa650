//! The words of expressions, and values that are written as such.

use machine::EvaluateError;

use super::{DEPTH_MAX, at};
use crate::inspect::shown::Shown;
use crate::value::Cell;

/// A value as a program writes it.
#[derive(Clone, Debug)]
pub(crate) enum Literal {
    /// A number, NIL, true or false.
    Cell(Cell),
    Text(String),
    Vector(Vec<Self>),
    Dictionary(Vec<(String, Self)>),
}

/// A literal: a number, a string, NIL, true or false, `[ 1 2 ]` or `:[ "a" 1 ]:` with such in it.
pub(crate) fn literal(text: &str) -> Result<Literal, EvaluateError> {
    let mut tokens = Tokens { text, at: 0 };
    let token = tokens.next()?.ok_or_else(|| at(0, WANTED))?;
    let value = literal_from(&token, &mut tokens, DEPTH_MAX)?;
    match tokens.next()? {
        None => Ok(value),
        Some(more) => Err(at(more.at, "the end was expected here: only one value can be set")),
    }
}

/// `name[ key … ]` as the name and the keys, which must be literals; nothing for another expression.
pub(crate) fn path(text: &str) -> Result<Option<(&str, Vec<Literal>)>, EvaluateError> {
    let mut tokens = Tokens { text, at: 0 };
    let (Some(name), Some(open)) = (tokens.next()?, tokens.next()?) else { return Ok(None) };
    if name.string.is_some() || open.text != "[" {
        return Ok(None);
    }
    let keys = items(&open, &mut tokens, DEPTH_MAX)?;
    let is_all = tokens.next()?.is_none() && !keys.is_empty();
    Ok(is_all.then_some((name.text, keys)))
}

const WANTED: &str = "a number, a string, NIL, true, false, `[` or `:[` was expected here";

fn literal_from(
    token: &Token<'_>,
    tokens: &mut Tokens<'_>,
    depth: usize,
) -> Result<Literal, EvaluateError> {
    let depth = depth.checked_sub(1).ok_or_else(|| at(token.at, "too many brackets"))?;
    match (constant(token), token.text) {
        (Some(Shown::Cell(cell)), _) => Ok(Literal::Cell(cell)),
        (Some(Shown::Text(text)), _) => Ok(Literal::Text(text)),
        (None, "[") => items(token, tokens, depth).map(Literal::Vector),
        (None, ":") => {
            let open = tokens.next()?.filter(|open| open.text == "[");
            let open = open.ok_or_else(|| at(token.at, WANTED))?;
            let pairs = items(&open, tokens, depth)?;
            if tokens.next()?.is_none_or(|end| end.text != ":") {
                return Err(at(token.at, "this `:[` has no `]:`"));
            }
            let pair = |pair: &[Literal]| match pair {
                [Literal::Text(key), value] => Some((key.clone(), value.clone())),
                _ => None,
            };
            let pairs = pairs.chunks(2).map(pair).collect::<Option<Vec<_>>>();
            let wrong = "a dictionary has a string and a value, again and again";
            pairs.map(Literal::Dictionary).ok_or_else(|| at(token.at, wrong))
        }
        _ => Err(at(token.at, WANTED)),
    }
}

/// Literals up to the `]` that closes `open`.
fn items(
    open: &Token<'_>,
    tokens: &mut Tokens<'_>,
    depth: usize,
) -> Result<Vec<Literal>, EvaluateError> {
    let mut items = Vec::new();
    loop {
        let token = tokens.next()?.ok_or_else(|| at(open.at, "this `[` is never closed"))?;
        if token.text == "]" && token.string.is_none() {
            return Ok(items);
        }
        items.push(literal_from(&token, tokens, depth)?);
    }
}

pub(super) struct Token<'a> {
    pub(super) at: usize,
    pub(super) text: &'a str,
    /// What a string says.
    string: Option<String>,
}

pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, EvaluateError> {
        let rest = &self.text[self.at..];
        let start = self.at + rest.len() - rest.trim_start().len();
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let (length, string) = match first {
            '"' => {
                let (length, string) =
                    string(rest).ok_or_else(|| at(start, "this string has no end"))?;
                (length, Some(string))
            }
            '[' | ']' => (1, None),
            _ => {
                let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '[' | ']');
                (rest.find(is_end).unwrap_or(rest.len()), None)
            }
        };
        self.at = start + length;
        Ok(Some(Token { at: start, text: &rest[..length], string }))
    }
}

/// The length of the string literal at the start of a text, and what it says.
fn string(text: &str) -> Option<(usize, String)> {
    let mut string = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((index, c)) = characters.next() {
        match c {
            '"' => return Some((index + 1, string)),
            '\\' => string.push(match characters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            _ => string.push(c),
        }
    }
    None
}

pub(super) fn constant(token: &Token<'_>) -> Option<Shown> {
    if let Some(string) = &token.string {
        return Some(Shown::Text(string.clone()));
    }
    let is_number = token.text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && token.text.contains(|c: char| c.is_ascii_digit());
    match token.text {
        "NIL" => Some(Shown::Cell(Cell::NIL)),
        "true" => Some(Shown::Cell(Cell::TRUE)),
        "false" => Some(Shown::Cell(Cell::FALSE)),
        "NaN" => Some(Shown::number(f32::NAN)),
        text if is_number => match integer(text) {
            #[expect(clippy::cast_precision_loss, reason = "numbers of this machine are such")]
            Some(number) => Some(Shown::number(number as f32)),
            None => text.parse().ok().map(Shown::number),
        },
        _ => None,
    }
}

/// A whole number, also one in hexadecimal digits.
pub(super) fn integer(text: &str) -> Option<usize> {
    let digits = text.replace('_', "");
    match digits.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    }
}
