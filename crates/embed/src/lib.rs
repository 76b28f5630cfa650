//! Machines as futures: a guest program runs inside of an asynchronous Rust program, on Tokio or any
//! other executor, side by side with whatever else that does.
//!
//! An [`Execution`] runs a machine a slice at a time and gives the executor its thread back in
//! between. What the guest wants from outside it asks an [`Outside`], whose answers are futures:
//! while one is waited for, the guest costs nothing. The machine stays an ordinary one: its answers
//! decide its whole run, so whoever keeps them can have the run again.

mod execution;
mod outside;

pub use execution::{Execution, SLICE};
pub use outside::{Answering, Outside};
