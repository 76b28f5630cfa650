//! What is fuzzed: functions that take any bytes, and panic where a promise is broken.
//!
//! The targets beside this crate are shells around them. An ordinary test (`xtask/tests/fuzz.rs`)
//! gives them a few hundred inputs and all of `fuzz/regressions`, so they run without a fuzzer, too.

mod program;
mod replay;
mod tape_model;

pub use program::{assemble, decode_image};
pub use replay::{open_recording, run_equals_replay};
pub use tape_model::tape_model;

/// A function that takes any bytes.
pub type Body = fn(&[u8]);

/// The bodies by name, as the folders in `fuzz/regressions` are called.
pub const BODIES: [(&str, Body); 5] = [
    ("assemble", assemble),
    ("decode_image", decode_image),
    ("open_recording", open_recording),
    ("run_equals_replay", run_equals_replay),
    ("tape_model", tape_model),
];
