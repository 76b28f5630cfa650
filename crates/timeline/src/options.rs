//! What a user may choose about the past.

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
        }
    }
}
