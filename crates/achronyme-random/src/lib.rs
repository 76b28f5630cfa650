//! Random programs of Achronyme, and what is left of them when they are cut down.
//!
//! A program is written from a seed: the same one on every machine. It can be read, it always
//! ends, mostly without an error, and it prints what it comes to on the way.
//!
//! Many of them are run on both engines, in several manners, by
//! `cargo run --release -p achronyme-random --example differ -- --programs 1000000 --seed 1`.
//! With `--calls 20` they call the library's functions with arguments of any kind instead ([`calls()`]).
//! With `--stock corpus/achronyme` they are grown from written ones instead ([`Stock`]), with
//! `--laws 2000` the laws of time are checked on so many instructions of each.
//!
//! ```
//! let text = achronyme_random::program(7, 12);
//! assert_eq!(text, achronyme_random::program(7, 12));
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "a place asks for one or two types of many")]

mod author;
mod calls;
mod dice;
mod differ;
mod graft;
mod misuse;
mod run;
mod scope;
mod seen;
mod shrink;
mod types;
mod write;

pub use calls::calls;
pub use dice::Dice;
pub use differ::{Difference, Fared, TICKS, compare, minimal};
pub use graft::Stock;
pub use misuse::{Misuse, Takes, draft, outcome};
pub use run::{Compiled, Manner, Runs, Text, Went, walk};
pub use seen::{End, Seen};
pub use shrink::shrink;

use author::Author;

/// The program with this seed, of about `size` statements.
#[must_use]
pub fn program(seed: u64, size: usize) -> String {
    Author::new(seed, size).program()
}
