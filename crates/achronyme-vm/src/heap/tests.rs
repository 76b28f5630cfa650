//! The heap against a naive model, and the laws of its snapshots.

#![expect(clippy::wildcard_enum_match_arm, reason = "most actions are about one kind of object")]

mod exhaustion;
mod laws;
mod model;
mod objects;
mod past;
mod speed;
mod worker;
