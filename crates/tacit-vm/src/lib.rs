//! Tacit's machine: a stack machine whose whole state is one memory of 64 KB.
//!
//! `op` is its table of instructions, which is also the list of built-in words. `memory`, `layout`
//! and `value` say where everything lies and what a cell means; nothing of a program's state is
//! anywhere else. No source text is read here: the crate `tacit` makes [`Unit`]s of that.

mod console;
mod control;
mod data;
mod digest;
mod exec;
mod fast;
mod flow;
mod hash;
mod heap;
mod image;
mod inspect;
#[cfg(test)]
mod laws;
mod layout;
mod machine;
mod memory;
mod op;
mod operand;
mod portable;
mod program;
mod sequence;
mod slot;
mod snapshot;
mod task;
#[cfg(test)]
mod tests;
mod trail;
mod trap;
mod unit;
mod value;
mod vm;
mod words;

pub use control::system::routine_name;
pub use data::show::number_text;
pub use digest::STRING_MAX;
pub use heap::integrity::Damage;
pub use image::Image;
pub use image::load::LoadError;
pub use image::region::{Region, RegionKind};
pub use image::verify::CodeProblem;
pub use image_file::ImageError;
pub use inspect::probe::{
    MEMORY, REGISTER_BP, REGISTER_IP, REGISTER_RP, REGISTER_SP, REGISTERS, VALUES,
};
pub use layout::{
    BLOCK_BYTES, BadSize, CODE_START, EVENTS, Layout, MEMORY_MAX, MEMORY_MIN, Register,
    STRING_HEADS, STRING_INDEX, STRING_START, SYSTEM, Segment, TASKS,
};
pub use memory::{AccessError, Memory};
pub use op::{Instruction, Undo};
pub use operand::OperandKind;
pub use program::{Placed, Program};
pub use snapshot::Snapshot;
pub use trap::Trap;
pub use unit::{CodeSpan, LocalNames, Unit, UnitDebug, WordKind};
pub use value::{Cell, Control, Tag};
pub use vm::Vm;
pub use words::{HEADER_BYTES, Word};
