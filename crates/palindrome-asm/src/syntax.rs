//! From text to statements: tokens, expressions, lines.

pub(crate) mod ast;
pub(crate) mod directive;
pub(crate) mod expression;
pub(crate) mod line;
pub(crate) mod record;
pub(crate) mod token;
