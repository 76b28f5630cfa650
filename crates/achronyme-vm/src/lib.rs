//! Achronyme's register machine: instructions, values, heap, engine, and time.
//!
//! A [`Program`] is what the compiler makes and what files hold; nothing of it is trusted before it
//! has been verified.

mod access;
mod call;
mod chain;
mod disasm;
mod exchange;
mod exec;
mod fast;
mod frame;
mod generator;
mod heap;
mod image;
mod inspect;
mod instruction;
mod iterate;
mod layout;
mod liveness;
mod loaded;
mod machine;
mod op;
mod portable;
mod program;
mod reference;
mod since;
mod stops;
mod task;
mod temporary;
mod trail;
mod trap;
mod value;
mod verify;
mod vm;

pub use disasm::{disassemble, disassemble_function};
pub use exchange::exchange;
pub use image::ImageError;
pub use inspect::probe::{ELEMENTS, REGISTERS, WORDS};
pub use machine::Snapshot;
pub use op::{Op, OpRow, Operand};
pub use program::{
    Capture, Check, Constant, Handler, Line, Local, Pattern, Program, Prototype, Shape, ShapeField,
    Source,
};
pub use reference::instruction_reference;
pub use trap::Trap;
pub use value::Value;
pub use verify::{
    CODE_MAX, FUNCTION_CODE_MAX, GLOBALS_MAX, PROTOTYPES_MAX, TYPE_DEPTH_MAX, VerifyError, verify,
};
pub use vm::{LoadError, Vm};
