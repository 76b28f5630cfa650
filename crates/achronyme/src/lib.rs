//! The Achronyme language: texts to trees and back, formatted; trees to what they mean; and that
//! walked as it is, or compiled to programs of the register machine.
//!
//! ```
//! use achronyme::{NoFiles, Options, check, compile, format};
//! use source::SourceMap;
//!
//! let text = "let square = x => x^2\nsquare(5)\n";
//! assert!(check("square.soc", text).diagnostics.is_empty());
//! assert_eq!(format("let  a=1;a").as_deref(), Ok("let a = 1\na\n"));
//!
//! let mut sources = SourceMap::default();
//! let compiled = compile("square.soc", text, &mut sources, Options::default(), &mut NoFiles);
//! let (program, _) = compiled.expect("nothing is wrong with it");
//! assert_eq!(program.prototypes[0].name, "square");
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

pub use achronyme_library::{
    FunctionExample, FunctionHelp, explain_function, function_help, function_helps,
    function_overview, functions_in_lines, functions_like,
};
pub use check::{Checked, check, structure};
pub use codes::{CODES, error_reference};
pub use compile::{NoFiles, Options, Session, compile, compile_read};
pub use complete::is_complete;
pub use format::format;
pub use help::library_reference;
pub use lower::{PARAMETERS_MAX, lower, read};
pub use modules::{File, Files, Imported, LoadedModule, Program, load};
pub use syntax::{DEPTH_MAX, Element, KEYWORDS, Node, Parsed, SyntaxKind, Token, Tree, parse};
pub use syntax_tree::WIDTH_MAX;
pub use warnings::advice_on_error;
