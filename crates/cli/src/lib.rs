//! The command-line programs: `palindrome`, and `pvmr`, `pvmc` and `pvmd` as shorter ways into it.
//!
//! This crate alone has a clock, an environment, threads, files and standard streams. It knows the
//! guests and hands each program to the machine that runs it.

mod achronyme;
mod arguments;
mod bisect;
mod build;
mod check;
mod dap;
mod debug;
mod desk;
mod difference;
mod disasm;
mod drive;
mod durable;
mod editor;
mod entry;
mod error;
mod export;
mod fault;
mod files;
mod fmt;
mod guest;
mod history;
mod home;
mod import;
mod info;
mod input;
mod inputs;
mod interrupt;
mod kind;
mod language;
mod libraries;
mod page;
mod palindrome;
mod past;
mod progress;
mod publish;
mod pvm;
mod query;
mod record;
mod recording;
mod repl;
mod replay;
mod rows;
mod run;
mod store;
mod tacit;
mod terminal;
mod test;
mod whatif;
mod words;
mod world;

pub use entry::{palindrome, pvmc, pvmd, pvmr};
pub use page::reference;
