//! The Debug Adapter Protocol: a debugging session for editors, over any guest.
//!
//! Editors speak to a [`Connection`]; [`serve`] answers. What they ask is carried out by the
//! [`Debugger`](debugger::Debugger) that the command line uses, too: nothing is debugged here. Programs
//! are loaded by the caller's [`Launcher`], and what touches files is left to its [`Host`].

mod connection;
mod frame;
mod from_dap;
mod message;
mod outside;
mod server;
mod session;
mod text;
mod to_dap;

pub use connection::{Client, Connection, Feed};
pub use frame::{FrameError, HEADER_BYTES_MAX, MESSAGE_BYTES_MAX, read_message, write_message};
pub use from_dap::Launch;
pub use message::{BadMessage, Request};
pub use server::{Launcher, serve};
pub use session::{Host, Session, session};
