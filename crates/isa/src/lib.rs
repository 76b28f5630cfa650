//! How an instruction table is declared, and what is derived from it. Knows no instruction.
//!
//! A guest writes its table once, as a macro with one row per instruction, and operand codecs
//! that implement [`Operand`]. [`define_instructions!`] turns the table into the instruction enum,
//! its packing, unpacking and text, and the [`OpInfo`] rows that assemblers, checkers, debuggers
//! and the reference page read.

mod info;
mod operand;
mod table;

pub use info::{OpInfo, reference};
pub use operand::{DecodeError, Feed, Operand, Sink};
