//! What is fuzzed: functions that take any bytes, and panic where a promise is broken.
//!
//! The targets beside this crate are shells around them. An ordinary test (`xtask/tests/fuzz.rs`)
//! gives them a few hundred inputs and all of `fuzz/regressions`, so they run without a fuzzer, too.

mod achronyme;
mod achronyme_image;
mod achronyme_program;
mod achronyme_session;
mod dap;
mod data;
mod palindrome;
mod palindrome_program;
mod program;
mod replay;
mod sections;
mod tacit;
mod tacit_program;
mod tacit_words;
mod tape_model;

pub use achronyme::parse_achronyme;
pub use achronyme_image::decode_achronyme_image;
pub use achronyme_program::{achronyme_twins, run_achronyme};
pub use achronyme_session::achronyme_session;
pub use dap::dap_bytes;
pub use data::{read_csv, read_json, read_npy, read_npz};
pub use palindrome::parse_palindrome;
pub use palindrome_program::{LOOKS, decode_palindrome, open_past, run_palindrome};
pub use program::{assemble, decode_image};
pub use replay::{open_recording, run_equals_replay};
pub use sections::unpacked;
pub use tacit::{decode_tacit_image, run_tacit_words};
pub use tacit_program::{compile_tacit, tacit_twins};
pub use tape_model::tape_model;

/// A function that takes any bytes.
pub type Body = fn(&[u8]);

/// The bodies by name, as the folders in `fuzz/regressions` are called.
pub const BODIES: [(&str, Body); 23] = [
    ("achronyme_session", achronyme_session),
    ("achronyme_twins", achronyme_twins),
    ("assemble", assemble),
    ("compile_tacit", compile_tacit),
    ("dap_bytes", dap_bytes),
    ("decode_achronyme_image", decode_achronyme_image),
    ("decode_image", decode_image),
    ("decode_palindrome", decode_palindrome),
    ("decode_tacit_image", decode_tacit_image),
    ("open_past", open_past),
    ("open_recording", open_recording),
    ("parse_achronyme", parse_achronyme),
    ("parse_palindrome", parse_palindrome),
    ("read_csv", read_csv),
    ("read_json", read_json),
    ("read_npy", read_npy),
    ("read_npz", read_npz),
    ("run_achronyme", run_achronyme),
    ("run_equals_replay", run_equals_replay),
    ("run_palindrome", run_palindrome),
    ("run_tacit_words", run_tacit_words),
    ("tacit_twins", tacit_twins),
    ("tape_model", tape_model),
];
