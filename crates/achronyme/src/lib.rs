//! The Achronyme language, as far as its syntax goes: texts to trees and back, formatted.
//!
//! ```
//! use achronyme::{check, format};
//!
//! let checked = check("square.soc", "let square = x => x^2\nsquare(5)\n");
//! assert!(checked.diagnostics.is_empty());
//! assert_eq!(format("let  a=1;a").as_deref(), Ok("let a = 1\na\n"));
//! ```

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "there are more than a hundred kinds of token and node, of which a place knows a few"
)]

pub mod ast;
mod check;
mod codegen;
mod codes;
mod compile;
mod complete;
mod fold;
mod format;
mod help;
pub mod hir;
mod library;
mod lower;
mod modules;
mod prelude;
mod resolve;
mod syntax;
pub mod tree;
mod unit;
mod warnings;

pub use check::{Checked, check, structure};
pub use codes::{CODES, error_reference};
pub use compile::{NoFiles, Options, Session, compile};
pub use complete::is_complete;
pub use format::{WIDTH_MAX, format};
pub use help::{FunctionExample, FunctionHelp, function_help, function_helps, library_reference};
pub use lower::{PARAMETERS_MAX, lower, read};
pub use modules::{File, Files, Imported, LoadedModule, Program, load};
pub use syntax::{DEPTH_MAX, Element, KEYWORDS, Node, Parsed, SyntaxKind, Token, Tree, parse};
