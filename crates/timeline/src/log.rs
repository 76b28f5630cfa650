//! The answers that reached one branch: all that is needed to have its past again.

use machine::{Answer, Tick};

/// Answers in the order of the ticks at which they were asked for, at most one per tick.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Vec<(Tick, Answer)>,
}

impl Log {
    pub(crate) fn new(entries: Vec<(Tick, Answer)>) -> Self {
        Self { entries }
    }

    /// Keeps an answer; nearly always at the end. An answer already kept at this tick stays.
    pub(crate) fn insert(&mut self, tick: Tick, answer: Answer) {
        if self.entries.last().is_none_or(|last| last.0 < tick) {
            self.entries.push((tick, answer));
        } else if let Err(index) = self.entries.binary_search_by_key(&tick, |entry| entry.0) {
            self.entries.insert(index, (tick, answer));
        }
    }

    pub(crate) fn at(&self, tick: Tick) -> Option<&Answer> {
        let index = self.entries.binary_search_by_key(&tick, |entry| entry.0).ok()?;
        Some(&self.entries[index].1)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[(Tick, Answer)] {
        &self.entries
    }
}
