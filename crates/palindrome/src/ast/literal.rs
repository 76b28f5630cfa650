//! What literals mean.

use syntax_tree::View as _;

use super::expression::Literal;
use crate::syntax::{
    Decimal, SyntaxKind, Token, bytes_value, duration_value, integer_value, string_value,
};

/// What a literal means.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number up to 2^63, which is an `Int` only with a minus before it.
    Int(u64),
    /// A number.
    Float(f64),
    /// An exact number.
    Decimal(Decimal),
    /// A duration, in nanoseconds.
    Duration(i64),
    /// A string.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// `true` or `false`.
    Bool(bool),
    /// `none`
    None,
}

impl Literal<'_> {
    /// What it means.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        self.node().tokens().find_map(value)
    }
}

/// What the token of a literal means; nothing if it means nothing, which the parser has told.
pub(super) fn value(token: Token<'_>) -> Option<Value> {
    let text = token.text();
    Some(match token.kind() {
        SyntaxKind::Int => Value::Int(integer_value(text)?),
        SyntaxKind::Float => Value::Float(text.replace('_', "").parse().ok()?),
        SyntaxKind::Decimal => Value::Decimal(Decimal::read(text)?),
        SyntaxKind::Duration => Value::Duration(duration_value(text)?),
        SyntaxKind::Text => Value::Text(text_value(text)),
        SyntaxKind::Bytes => Value::Bytes(bytes_value(quoted(&text[1..]))),
        SyntaxKind::TrueWord => Value::Bool(true),
        SyntaxKind::FalseWord => Value::Bool(false),
        SyntaxKind::NoneWord => Value::None,
        _ => return None,
    })
}

/// What a string in quotes means.
pub(super) fn text_value(token: &str) -> String {
    string_value(quoted(token))
}

fn quoted(token: &str) -> &str {
    let inside = token.strip_prefix('"').unwrap_or(token);
    inside.strip_suffix('"').unwrap_or(inside)
}
