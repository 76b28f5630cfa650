//! Running a program on the engines.

mod tree;
mod vm;

use std::panic::{AssertUnwindSafe, catch_unwind};

use testkit::ScriptedWorld;

pub use tree::walk;
pub use vm::{Compiled, Manner, Went};

use crate::seen::{End, Seen};

/// What `run` gives, or how it breaks.
fn guarded(run: impl FnOnce() -> Seen) -> Seen {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default();
        Seen { output: String::new(), end: End::Broken(message) }
    })
}

/// The outside of every run.
fn world() -> ScriptedWorld {
    ScriptedWorld::with_lines(&["first", "", "3"]).with_arguments(&["one", "2"])
}

/// What was written.
fn written(world: &ScriptedWorld) -> String {
    let mut text = String::from_utf8_lossy(world.output()).into_owned();
    if !world.error().is_empty() {
        text.push_str("--- errors\n");
        text.push_str(&String::from_utf8_lossy(world.error()));
    }
    text
}
