//! The Tacit language: from source text to units of its machine.
//!
//! ```
//! use tacit::{Options, compile};
//! use tacit_vm::{Layout, Memory};
//!
//! let memory = Memory::new(Layout::DEFAULT);
//! let compiled = compile("square.tacit", ": square dup * ; 5 square", &memory, &Options::default());
//! assert!(compiled.unit.is_some());
//! ```

mod alias;
mod codegen;
mod codes;
mod compile;
mod effect;
mod help;
mod keyword;
mod library;
mod syntax;

pub use codes::{CODES, error_reference};
pub use compile::{Compiled, Options, compile, is_complete};
pub use help::{Example, WordHelp, word_help, word_helps, word_reference, words};
