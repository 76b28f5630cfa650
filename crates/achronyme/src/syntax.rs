//! From text to a tree that holds all of it.

mod brackets;
mod kind;
mod lexer;
mod number;
mod parser;
mod token;
mod tree;

pub use kind::{KEYWORDS, SyntaxKind};
pub(crate) use number::number_value;
pub use parser::{DEPTH_MAX, Parsed, parse};
pub use token::Element;
pub use token::{Node, Token};
pub use tree::Tree;
