//! The answers that reached one branch: all that is needed to have its past again.

use machine::{Answer, Tick};

/// Answers in the order of the ticks at which they were asked for, at most one per tick.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Vec<(Tick, Answer)>,
    /// Bytes that the entries take.
    bytes: usize,
    /// How many entries there were before the first.
    forgotten: usize,
}

impl Log {
    pub(crate) fn new(entries: Vec<(Tick, Answer)>) -> Self {
        let bytes = entries.iter().map(|(_, answer)| entry_bytes(answer)).sum();
        Self { entries, bytes, forgotten: 0 }
    }

    /// Keeps an answer; nearly always at the end. An answer already kept at this tick stays.
    pub(crate) fn insert(&mut self, tick: Tick, answer: Answer) {
        let bytes = entry_bytes(&answer);
        if self.entries.last().is_none_or(|last| last.0 < tick) {
            self.bytes += bytes;
            self.entries.push((tick, answer));
        } else if let Err(index) = self.entries.binary_search_by_key(&tick, |entry| entry.0) {
            self.bytes += bytes;
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

    /// The entries from the one with this number on; `None` if it is forgotten.
    pub(crate) fn entries_from(&self, number: usize) -> Option<&[(Tick, Answer)]> {
        self.entries.get(number.checked_sub(self.forgotten)?..)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether entries were forgotten.
    pub(crate) fn is_shortened(&self) -> bool {
        self.forgotten > 0
    }

    /// The tick before which half of the bytes are.
    pub(crate) fn middle(&self) -> Option<Tick> {
        let mut bytes = 0;
        let is_past = |(_, answer): &&(Tick, Answer)| {
            bytes += entry_bytes(answer);
            bytes > self.bytes / 2
        };
        self.entries.iter().find(is_past).map(|(tick, _)| *tick)
    }

    /// Forgets the entries before a tick.
    pub(crate) fn forget_before(&mut self, begin: Tick) {
        let count = self.entries.partition_point(|(tick, _)| *tick < begin);
        let gone = self.entries.drain(..count);
        self.bytes -= gone.map(|(_, answer)| entry_bytes(&answer)).sum::<usize>();
        self.forgotten += count;
        self.entries.shrink_to_fit();
    }
}

/// What an entry takes.
fn entry_bytes(answer: &Answer) -> usize {
    size_of::<(Tick, Answer)>() + payload_bytes(answer)
}

/// Bytes that an answer has apart from its entry.
pub(crate) fn payload_bytes(answer: &Answer) -> usize {
    match answer {
        Answer::Done | Answer::Integer(_) | Answer::Nothing | Answer::Failed(_) => 0,
        Answer::Bytes(bytes) => bytes.len(),
        Answer::Pairs(pairs) => pairs.iter().map(|(name, value)| name.len() + value.len()).sum(),
        Answer::Response(response) => {
            let headers = response.headers.iter();
            let headers = headers.map(|(name, value)| name.len() + value.len());
            headers.sum::<usize>() + response.body.len()
        }
        Answer::Refused(_, text) => text.len(),
    }
}
