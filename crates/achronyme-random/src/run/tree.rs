//! The engine that walks the tree.

use std::cell::RefCell;
use std::rc::Rc;

use achronyme::tree::{self, Ended, Options, Uncaught};
use source::SourceId;

use super::{Text, guarded, world, written};
use crate::seen::{End, Seen};

/// Runs a program by walking its tree. It may take so many steps.
#[must_use]
pub fn walk(program: &str, steps: u64) -> Seen {
    match Text::new(program) {
        Ok(text) => text.walk(steps),
        Err(seen) => seen,
    }
}

impl Text {
    /// Runs the program by walking its tree. It may take so many steps.
    #[must_use]
    pub fn walk(&self, steps: u64) -> Seen {
        guarded(|| self.walked(steps))
    }

    fn walked(&self, steps: u64) -> Seen {
        let world = Rc::new(RefCell::new(world()));
        let asked = Rc::clone(&world);
        let answers = Box::new(move |question| asked.borrow_mut().answer(&question));
        let options = Options { steps_max: steps, memory_max: 1 << 28, depth_max: 20_000 };
        let end = match tree::run(&self.modules, &mut self.sources.clone(), &options, answers) {
            Ended::Value(value) => End::Value(value),
            Ended::Uncaught(Uncaught { kind, message, span }) => {
                let text = self.sources.text(SourceId::default());
                let is_here = span.source == SourceId::default();
                let line = is_here.then(|| line_of(text, span.start));
                End::Uncaught { kind: kind.unwrap_or_default(), message, line }
            }
            Ended::Exit(_) => End::Value(None),
            Ended::Stopped => End::Stopped,
        };
        let output = written(&world.borrow());
        Seen { output, end }
    }
}

/// The line with a byte of a text, from 1.
fn line_of(text: &str, byte: u32) -> u32 {
    let before = text.bytes().take(byte as usize).filter(|byte| *byte == b'\n').count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}
