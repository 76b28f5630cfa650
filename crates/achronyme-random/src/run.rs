//! Running a program on the engines.

mod tree;
mod vm;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use achronyme::{Program, load};
use source::{Diagnostic, Severity, SourceMap};
use testkit::ScriptedWorld;

pub use tree::walk;
pub use vm::{Compiled, Manner, Runs, Went};

use crate::seen::{End, Seen};

/// A program that was read.
#[derive(Debug)]
pub struct Text {
    modules: Program,
    sources: SourceMap,
}

impl Text {
    /// Reads a program.
    ///
    /// # Errors
    /// What a run of it would show: that it is refused, or that the parser is broken.
    pub fn new(program: &str) -> Result<Self, Seen> {
        let mut read = None;
        let seen = guarded(|| {
            let mut sources = SourceMap::default();
            let end = match load("main.soc", program, &mut modules(), &mut sources) {
                Ok((modules, _)) => {
                    read = Some(Self { modules, sources });
                    End::Value(None)
                }
                Err(found) => End::Refused(first_error(&found)),
            };
            Seen { output: String::new(), end }
        });
        read.ok_or(seen)
    }
}

/// The message of the first that is an error.
fn first_error(found: &[Diagnostic]) -> String {
    let wrong = found.iter().find(|one| one.severity == Severity::Error);
    wrong.map(|one| one.message.clone()).unwrap_or_default()
}

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

/// What every program can import.
const MODULES: &[(&str, &str)] = &[
    ("state.soc", include_str!("../modules/state.soc")),
    ("tools.soc", include_str!("../modules/tools.soc")),
    ("ring.soc", include_str!("../modules/ring.soc")),
    ("gnir.soc", include_str!("../modules/gnir.soc")),
];

fn modules() -> BTreeMap<String, String> {
    MODULES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
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
