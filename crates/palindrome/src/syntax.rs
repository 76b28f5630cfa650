//! From text to a tree that holds all of it.

mod kind;
mod lexer;
mod literal;
mod parser;

pub use kind::{KEYWORDS, SyntaxKind};
pub use literal::Decimal;
pub(crate) use literal::{bytes_value, duration_value, integer_value, is_unit, string_value};
pub use parser::parse;
pub use syntax_tree::DEPTH_MAX;

/// A text as a tree.
pub type Tree = syntax_tree::Tree<SyntaxKind>;
/// A node of a tree.
pub type Node<'t> = syntax_tree::Node<'t, SyntaxKind>;
/// A token of a tree.
pub type Token<'t> = syntax_tree::Token<'t, SyntaxKind>;
/// What a node is made of.
pub type Element<'t> = syntax_tree::Element<'t, SyntaxKind>;
/// A tree, and what is wrong with the text.
pub type Parsed = syntax_tree::Parsed<SyntaxKind>;
