//! What a user may choose about the past.

use std::num::NonZeroUsize;
use std::thread;

/// Threads that a search uses at most, whatever the number of processors: each has a machine.
const THREADS_MAX: usize = 64;

/// How much of the past is kept at hand. Any of it can always be had again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum History {
    /// Answers only: going back replays from the start.
    Off,
    /// Answers and checkpoints; a trail only around the present, once a user steps back.
    #[default]
    Checkpoints,
    /// Answers, checkpoints, and a trail all the time.
    Full,
}

/// How a timeline keeps the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How much is kept.
    pub history: History,
    /// Bytes that the machine, its snapshots and its trail may hold together. Under pressure
    /// checkpoints grow sparse; the reach stays.
    pub memory: usize,
    /// Safepoints between the first checkpoints. The distance doubles whenever memory is full.
    pub spacing: u64,
    /// Bytes of trail that are regenerated when a user steps back.
    pub trail: usize,
    /// Safepoints that such a trail is meant to cover.
    pub window: u64,
    /// Bytes of answers that [`Timeline::forget_excess`](crate::Timeline::forget_excess) leaves.
    pub answers: usize,
    /// Bytes of past output kept to be shown again, per branch; the oldest go first.
    pub output: usize,
    /// Threads that search the past at the same time, each with a machine of its own; as many as there
    /// are processors, up to 64, if nothing is said. What is found does not depend on it.
    pub threads: Option<NonZeroUsize>,
}

impl Options {
    /// How many threads search the past.
    pub(crate) fn thread_count(&self) -> usize {
        let processors = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(processors, NonZeroUsize::get).min(THREADS_MAX)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            history: History::Checkpoints,
            memory: 256 << 20,
            spacing: 1 << 20,
            trail: 16 << 20,
            window: 1 << 18,
            answers: 256 << 20,
            output: 16 << 20,
            threads: None,
        }
    }
}
