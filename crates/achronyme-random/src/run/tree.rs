//! The engine that walks the tree.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme::tree::{self, Ended, Options, Uncaught};
use source::{Severity, SourceId, SourceMap};

use super::{guarded, world, written};
use crate::seen::{End, Seen};

/// Runs a program by walking its tree. It may take so many steps.
#[must_use]
pub fn walk(program: &str, steps: u64) -> Seen {
    guarded(|| walked(program, steps))
}

fn walked(program: &str, steps: u64) -> Seen {
    let mut sources = SourceMap::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let loaded = match achronyme::load("main.soc", program, &mut files, &mut sources) {
        Ok((loaded, _)) => loaded,
        Err(found) => {
            let wrong = found.iter().find(|one| one.severity == Severity::Error);
            let message = wrong.map(|one| one.message.clone()).unwrap_or_default();
            return Seen { output: String::new(), end: End::Refused(message) };
        }
    };
    let world = Rc::new(RefCell::new(world()));
    let asked = Rc::clone(&world);
    let answers = Box::new(move |question| asked.borrow_mut().answer(&question));
    let options = Options { steps_max: steps, memory_max: 1 << 28, depth_max: 20_000 };
    let end = match tree::run(&loaded, &mut sources, &options, answers) {
        Ended::Value(value) => End::Value(value),
        Ended::Uncaught(Uncaught { kind, message, span }) => {
            let line = (span.source == SourceId::default()).then(|| line_of(program, span.start));
            End::Uncaught { kind: kind.unwrap_or_default(), message, line }
        }
        Ended::Stopped => End::Stopped,
    };
    let output = written(&world.borrow());
    Seen { output, end }
}

/// The line with a byte of a text, from 1.
fn line_of(text: &str, byte: u32) -> u32 {
    let before = text.bytes().take(byte as usize).filter(|byte| *byte == b'\n').count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}
