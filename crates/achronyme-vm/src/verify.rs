//! What a program must be before a machine that checks little may run it: instructions one after the
//! other, registers inside of their function, jumps that stay in it, numbers that name something.
//!
//! What values are is only known at run time, and is the machine's to check. All checks together
//! take time in proportion to the program.

mod code;
mod function;
mod pools;
mod types;

pub(crate) use code::window_of;

use crate::program::Program;

pub use types::TYPE_DEPTH_MAX;

/// Functions of a program, at most: instructions have 16 bits for one.
pub const PROTOTYPES_MAX: usize = 1 << 16;
/// The most globals of a program: one object has them.
pub const GLOBALS_MAX: usize = (1 << 16) - 1;
/// Words of code of a program, at most; likewise constants of all its functions together.
pub const CODE_MAX: usize = 1 << 28;
/// Words of code of one function, at most: some jumps have 24 bits.
pub const FUNCTION_CODE_MAX: usize = 1 << 24;

/// Why a program may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*.prototype, *.at))]
pub struct VerifyError {
    /// The function, if it is in one.
    pub prototype: Option<u32>,
    /// The word of its code, if it is in the code.
    pub at: Option<u32>,
    /// What is wrong.
    pub message: String,
}

fn place(prototype: Option<u32>, at: Option<u32>) -> String {
    match (prototype, at) {
        (Some(prototype), Some(at)) => format!("function {prototype}, word {at}: "),
        (Some(prototype), None) => format!("function {prototype}: "),
        (None, _) => String::new(),
    }
}

/// Tests a program.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(program: &Program) -> Result<(), VerifyError> {
    verify_from(program, 0)
}

/// Tests a program whose first functions were tested before, as another whole program.
pub(crate) fn verify_from(program: &Program, first: usize) -> Result<(), VerifyError> {
    let whole = |message| VerifyError { prototype: None, at: None, message };
    pools::check(program).map_err(whole)?;
    let needs: Vec<_> = program.prototypes.iter().map(function::Needs::of).collect();
    for index in first..program.prototypes.len() {
        function::check(program, &needs, index).map_err(|problem| VerifyError {
            prototype: u32::try_from(index).ok(),
            at: problem.at.and_then(|at| u32::try_from(at).ok()),
            message: problem.message,
        })?;
    }
    Ok(())
}

/// What is wrong with a function, and at which word of its code.
struct Problem {
    at: Option<usize>,
    message: String,
}

/// `Ok` if it holds, else the message.
fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}

/// Tests that `index` counts one of `count`.
fn in_range(what: &str, index: impl Into<u64>, count: usize) -> Result<(), String> {
    let index = index.into();
    ensure(index < count as u64, || format!("there is no {what} {index}: there are {count}"))
}
