//! From text to a tree: tokens, items, and the parser between them.

pub(crate) mod ast;
pub(crate) mod lexer;
pub(crate) mod parser;
