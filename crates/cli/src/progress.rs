//! How far something long has come, for who waits at a terminal; and whether it is still wanted.
#![expect(clippy::disallowed_methods, reason = "the command line reads the clock")]

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use machine::Tick;

use crate::interrupt;

/// What takes longer than this shows how far it has come.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on standard error that is there while something takes long.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Whether anybody would see it.
    is_seen: bool,
    /// When what is going on began.
    began: Option<Instant>,
    is_there: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { is_seen: io::stderr().is_terminal(), ..Self::hidden() }
    }

    /// One that is never shown.
    pub(crate) const fn hidden() -> Self {
        Self { is_seen: false, began: None, is_there: false }
    }

    /// Something else begins.
    pub(crate) fn begin(&mut self) {
        self.began = None;
    }

    /// It has come so far.
    pub(crate) fn show(&mut self, now: Tick) {
        let began = *self.began.get_or_insert_with(Instant::now);
        if self.is_seen && began.elapsed() > PATIENCE {
            self.is_there = true;
            let _shown = io::stderr().write_all(format!("\r… tick {now}\x1b[K").as_bytes());
        }
    }

    /// Takes the line away.
    pub(crate) fn end(&mut self) {
        if std::mem::take(&mut self.is_there) {
            let _shown = io::stderr().write_all(b"\r\x1b[K");
        }
    }

    /// For what is told now and then how far it has come, and asks whether to go on: not after Ctrl-C.
    pub(crate) fn until_interrupted(&mut self) -> impl FnMut(Tick) -> ControlFlow<()> {
        |now| {
            self.show(now);
            if interrupt::take() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
