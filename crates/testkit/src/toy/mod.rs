//! A fourth guest in two hundred lines: cells of integers, a handful of instructions, and the two
//! contracts. It counts safepoints at backward jumps only, so that nobody may take ticks for a
//! plain count of instructions.

mod cells;
mod exec;
mod inspect;
mod op;

pub use exec::{Toy, ToySnapshot};
pub use op::{Cell, Op, ToyTrap};
