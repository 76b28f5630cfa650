//! Machines as futures: a guest program runs inside of an asynchronous Rust program, on Tokio or any
//! other executor, side by side with whatever else that does.
//!
//! An [`Execution`] runs a machine a slice at a time and gives the executor its thread back in
//! between. What the guest wants from outside it asks an [`Outside`], whose answers are futures:
//! while one is waited for, the guest costs nothing. The machine stays an ordinary one: its answers
//! decide its whole run, so whoever keeps them can have the run again.
//!
//! ```
//! use std::sync::Arc;
//!
//! use achronyme::{NoFiles, Options};
//! use embed::Execution;
//! use machine::{Answer, Question};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = "[1, 2, 3] * 2";
//! let mut sources = source::SourceMap::default();
//! let made = achronyme::compile("a.soc", text, &mut sources, Options::default(), &mut NoFiles);
//! let program = made.map_err(|found| format!("{found:?}"))?.0;
//! let vm = achronyme_vm::Vm::new(Arc::new(program), 1 << 20)?;
//! let mut run = Execution::new(vm, |_: Question| Answer::Nothing);
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! (&mut run).await.map_err(|trap| trap.to_string())?;
//! # Ok::<_, String>(()) })?;
//! assert_eq!(run.machine().echo().as_deref(), Some("[2, 4, 6]"));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/achronyme.rs` runs two programs at once, with functions of the Rust program that they
//! call; `docs/embedding.md` explains it.

mod execution;
mod outside;

pub use execution::{Execution, SLICE};
pub use outside::{Answering, Outside};
