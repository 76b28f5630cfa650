//! What tests of several crates share: the laws of a [`Machine`](machine::Machine) as checks, a
//! scripted outside, runners for folders and sets of cases, and a tiny guest.
//!
//! A development dependency only. [`toy`] is also the proof that a guest needs nothing but the two
//! contracts of `machine`.

pub mod conformance;
pub mod corpus;
mod folders;
pub mod laws;
pub mod toy;
mod world;

pub use folders::Folders;
pub use world::ScriptedWorld;
