//! What literals mean.

use super::expression::Literal;
use crate::syntax::{SyntaxKind, Token, number_value};
use syntax_tree::View;

/// What a literal means.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A multiple of the imaginary unit.
    Imaginary(f64),
    /// A string.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`
    Null,
}

impl Literal<'_> {
    /// What it means.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        self.node().tokens().find_map(value)
    }
}

/// What the token of a literal means.
pub(super) fn value(token: Token<'_>) -> Option<Value> {
    Some(match token.kind() {
        SyntaxKind::Number => Value::Number(number_value(token.text())),
        SyntaxKind::Imaginary => Value::Imaginary(number_value(token.text())),
        SyntaxKind::InfinityWord => Value::Number(f64::INFINITY),
        SyntaxKind::NanWord => Value::Number(f64::NAN),
        SyntaxKind::TrueWord => Value::Boolean(true),
        SyntaxKind::FalseWord => Value::Boolean(false),
        SyntaxKind::NullWord => Value::Null,
        SyntaxKind::Text => Value::Text(text_value(token.text())),
        _ => return None,
    })
}

/// What a string in double quotes means.
pub(crate) fn text_value(token: &str) -> String {
    let inside = token.strip_prefix('"').unwrap_or(token);
    unescape(inside.strip_suffix('"').unwrap_or(inside))
}

/// A text with its escapes replaced.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(character),
        }
    }
    out
}
