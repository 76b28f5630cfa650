//! The Palindrome tape machine.
//!
//! This crate knows packed code, not source text: the assembler lives above. An [`Image`] is
//! verified into a [`Program`], which a [`Vm`] runs forwards and backwards:
//!
//! ```
//! use palindrome_vm::{Instruction, Vm};
//!
//! let mut vm = Vm::new();
//! vm.registers[0] = 10;
//! vm.execute(Instruction::IAddImm { dst: 2, src: 0, value: 32 })?;
//! assert_eq!(vm.registers[2], 42);
//! vm.reverse_last().unwrap();
//! assert_eq!(vm.registers[2], 0);
//! # Ok::<(), palindrome_vm::Trap>(())
//! ```

mod alu;
mod back;
mod checkpoint;
mod cursor;
mod derived;
mod exec;
mod exit;
mod expression;
mod fast;
mod fork;
mod host;
pub mod image;
mod inspect;
pub mod layout;
mod logging;
mod machine;
mod moment;
mod op;
mod operand;
mod portable;
mod probe;
mod reach;
mod records;
mod recover;
mod registers;
pub mod runtime;
mod savepoint;
mod segments;
mod slot;
mod taken;
mod trail;
mod trap;
mod vm;
mod world;

pub use exec::{Executed, NothingToReverse};
pub use fork::{FORK_DEPTH_MAX, FORKS_MAX};
pub use host::TEXT_MAX;
pub use image::{Image, ImageError, Program, VerifyError};
pub use moment::{
    BRANCHES_MAX, Earlier, EarlierMoment, KeptMoment, LOOKS_MAX, MOMENTS_MAX, MomentTable, Seen,
    store_difference, store_patched,
};
pub use op::{Instruction, Undo};
pub use operand::{
    BaseOffset, CodeIndex, OperandKind, Order, REGISTER_COUNT, Strategy, Value, quote,
};
pub use probe::{
    REGISTERS, SPECIAL, SPECIAL_FLAGS, SPECIAL_FP, SPECIAL_HEAD, SPECIAL_HP, SPECIAL_IP,
    SPECIAL_MERGE, SPECIAL_SP, TAPE,
};
pub use registers::{Flags, RegisterFile};
pub use savepoint::SAVEPOINTS_MAX;
pub use segments::COPY_MAX;
pub use tape::{SegmentType, Tape};
pub use trap::Trap;
pub use vm::{REWIND_MAX, Snapshot, Vm};
pub use world::{KEPT_MAX, WORLDS_MAX};
