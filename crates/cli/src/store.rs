//! Tapes in files: what a program in Palindrome leaves for the next run, in one file that loses no
//! committed transaction. `docs/decisions/0023-tapes.md` says what a further run does with it, and
//! `docs/formats/tape.md` what is in it.

mod begin;
mod content;
mod error;
mod file;
mod frame;
mod keep;
mod run;

pub(crate) use begin::{begin, is_tape, last_program};
pub(crate) use content::{Content, read};
pub(crate) use error::TapeError;
pub(crate) use file::TapeFile;
pub(crate) use frame::Text;
pub(crate) use keep::{KEEP, Keep, forget};
pub(crate) use run::{Keeper, pages_since, run};
