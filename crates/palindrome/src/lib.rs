//! The Palindrome language: texts to trees and back, formatted; trees to what they mean.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "there are more than a hundred kinds of token and node, of which a place knows a few"
)]

pub mod ast;
mod check;
mod codegen;
mod codes;
mod complete;
mod form;
mod format;
pub mod hir;
mod law;
mod library;
mod lower;
mod past;
mod program;
mod redefine;
mod session;
mod state;
mod syntax;
pub mod types;
mod vm;

pub use check::{Checked, check, check_with, diagnose, used_libraries};
pub use codegen::{
    Compiled, FunctionNames, GlobalName, Home, Names, Options, RelationName, ResultName, Variable,
    compile, compile_test,
};
pub use codes::{CODES, error_reference};
pub use complete::is_complete;
pub use format::format;
pub use library::{
    Binding, Content, Libraries, Library, NoLibraries, NoLibrary, NotPublished, Pins, Publication,
    Shelf,
};
pub use palindrome_vm::MomentTable;
pub use past::{
    Known, Past, PastError, PastWriter, Place, Source, Stamp, Step, Steps, StoredNames, WriteError,
};
pub use program::Program;
pub use session::{Added, Reads, Said, compile_after};
pub use state::{KeptName, STATE_PAGE, STATE_START, State, StatePage, UnfitName};
pub use syntax::{
    DEPTH_MAX, Decimal, Element, KEYWORDS, Node, Parsed, SyntaxKind, Token, Tree, parse,
};
pub use syntax_tree::WIDTH_MAX;
pub use types::{library_examples, library_help, library_reference};
pub use vm::{Snapshot, Vm};

/// The nanoseconds of a duration as the language writes it, such as `5.minutes`.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    syntax::duration_value(text)
}
