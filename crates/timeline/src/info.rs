//! What a timeline says about itself.

/// What is kept, and what a jump will cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Snapshots kept, on all branches.
    pub checkpoints: usize,
    /// Bytes held by the machine, its snapshots and its trail.
    pub bytes: usize,
    /// The most they should hold.
    pub bytes_max: usize,
    /// Answers kept, on all branches.
    pub answers: usize,
    /// Branches, the first one included.
    pub branches: usize,
    /// Safepoints that far checkpoints are apart, at most.
    pub spacing: u64,
    /// Safepoints to replay for a jump to a moment of this branch: on average.
    pub jump_mean: u64,
    /// The same, at worst.
    pub jump_max: u64,
}
