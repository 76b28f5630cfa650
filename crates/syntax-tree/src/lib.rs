//! Lossless trees of texts: built, looked at, and laid out anew. What a language adds are its kinds
//! of tokens and nodes, its lexer, its grammar, and which node is laid out how.
//!
//! Every text has a tree, and the tree's text is the text. Tokens and nodes lie in vectors and know
//! each other by number. Time is linear, and depth is bounded.

mod brackets;
mod builder;
mod cursor;
mod kind;
mod layout;
mod parsing;
mod token;
mod tree;
mod view;

pub use brackets::NONE;
pub use builder::{Builder, Checkpoint};
pub use cursor::{Codes, Cursor, DEPTH_MAX, Parsed, RawToken};
pub use kind::Kind;
pub use layout::{
    Command, Pen, Style, WIDTH_MAX, Writing, bracket, first_token, format, has_comments,
    has_newlines, layout,
};
pub use parsing::Parsing;
pub use token::{Element, Node, Token};
pub use tree::Tree;
pub use view::{View, child, children};
