//! Staying within the memory: which checkpoints and stepping stones go when it gets short.

use machine::{Machine, Tick};

use crate::Timeline;
use crate::branch::Branch;
use crate::checkpoint::gap;

/// More checkpoints that could go than this on all branches make the spacing double.
const CHECKPOINTS_MAX: usize = 4096;

/// Checkpoints that are packed for one stepping stone at most: to pack all takes as long as a jump.
const PACKED_AT_ONCE: usize = 8;

/// Stepping stones that checkpoints make room for.
const STONES_MIN: usize = 8;

impl<M: Machine> Timeline<M> {
    pub(crate) fn bytes(&self) -> usize {
        self.machine.memory() + self.machine.trail_bytes()
    }

    /// Whether the memory would be exceeded once the machine has written as much again as it did in
    /// the latest interval: what it writes to next is copied.
    fn is_short(&self) -> bool {
        self.bytes().saturating_add(self.interval_bytes) > self.options.memory
    }

    /// Whether another checkpoint fits, packed or not, without any other having to go.
    pub(crate) fn has_room(&mut self) -> bool {
        let is_short = |timeline: &Self| {
            let more = timeline.interval_bytes.saturating_mul(2);
            timeline.bytes().saturating_add(more) > timeline.options.memory
        };
        self.droppable() < CHECKPOINTS_MAX && self.pack_while(is_short, usize::MAX)
    }

    /// Doubles the spacing of checkpoints until they fit.
    pub(crate) fn keep_budget(&mut self) {
        let is_full =
            |timeline: &Self| timeline.droppable() > CHECKPOINTS_MAX || timeline.is_short();
        if is_full(self) {
            self.remove_stones();
        }
        self.pack_while(Self::is_short, usize::MAX);
        let longest = self.branches.iter().map(|branch| gap(branch.begin, branch.explored)).max();
        while is_full(self) {
            for branch in &mut self.branches {
                let keeps_first = branch.keeps_first();
                let (begin, end) = (branch.begin, branch.explored);
                branch.checkpoints.thin(begin, end, keeps_first, self.spacing);
            }
            self.pack_while(Self::is_short, usize::MAX);
            if self.spacing > longest.unwrap_or(0) || !is_full(self) {
                break;
            }
            self.spacing = self.spacing.saturating_mul(2);
        }
    }

    /// Makes room for the newest stepping stone, or for a trail: other stones go, or the checkpoints
    /// without which the gaps grow the least. Time steps back from `now`.
    pub(crate) fn make_room(&mut self, now: Tick) {
        self.pack_while(Self::is_short, PACKED_AT_ONCE);
        while self.is_short() {
            let stones = self.stones.len();
            let checkpoints = self.droppable().saturating_sub(stones);
            let has_room = if stones > STONES_MIN.min(checkpoints).max(1) {
                self.remove_least_stone(now)
            } else {
                self.remove_least_checkpoint()
            };
            if !has_room {
                return;
            }
        }
    }

    /// Has checkpoints packed while memory is short, one after the other and at most so many; says whether
    /// it is not in the end.
    fn pack_while(&mut self, is_short: impl Fn(&Self) -> bool, count_max: usize) -> bool {
        let mut count = 0;
        while is_short(self) {
            if count == count_max || !self.pack_one() {
                return false;
            }
            count += 1;
        }
        true
    }

    /// Has one checkpoint packed that is not; says whether there was one.
    fn pack_one(&mut self) -> bool {
        self.branches.iter_mut().any(|branch| branch.checkpoints.pack_oldest(M::pack))
    }

    /// Checkpoints and stepping stones of all branches that could go.
    fn droppable(&self) -> usize {
        self.branches.iter().map(Branch::droppable_count).sum()
    }

    /// Drops the checkpoint whose neighbours are nearest to each other; says whether there was one.
    fn remove_least_checkpoint(&mut self) -> bool {
        let least = |branch: &Branch<M::Snapshot>| {
            let ends = (branch.begin, branch.explored);
            branch.checkpoints.least(ends, branch.keeps_first())
        };
        let gaps = self.branches.iter().enumerate();
        let found = gaps.filter_map(|(index, branch)| Some((least(branch)?, index))).min();
        let Some(((_, tick), branch)) = found else { return false };
        self.branches[branch].checkpoints.remove(tick);
        true
    }

    fn remove_stones(&mut self) {
        for (branch, tick) in std::mem::take(&mut self.stones) {
            self.branches[branch.index()].checkpoints.remove_stone(tick);
        }
    }
}
