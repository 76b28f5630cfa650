//! The command-line programs: `palindrome`, and `pvmr`, `pvmc` and `pvmd` as shorter ways into it.
//!
//! This crate alone has a clock, an environment, threads, files and standard streams. It knows the
//! guests and hands each program to the machine that runs it.

mod arguments;
mod build;
mod debug;
mod disasm;
mod editor;
mod entry;
mod error;
mod fault;
mod files;
mod home;
mod info;
mod input;
mod interrupt;
mod kind;
mod page;
mod pvm;
mod replay;
mod run;
mod terminal;
mod world;

pub use entry::{palindrome, pvmc, pvmd, pvmr};
pub use page::reference;
