//! The Palindrome tape machine.
//!
//! This crate knows packed code, not source text: the assembler lives above.

pub mod image;
mod op;
mod operand;

pub use op::{Instruction, Undo};
pub use operand::{BaseOffset, CodeIndex, OperandKind, REGISTER_COUNT, Strategy, Value, quote};

pub use image::{Image, ImageError, Program, VerifyError};
