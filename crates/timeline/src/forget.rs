//! Forgetting the beginning of a run that is told so much that it cannot all be kept.

use machine::{Machine, Tick};

use crate::Timeline;
use crate::branch::Lineage;
use crate::checkpoint::Checkpoint;

impl<M: Machine> Timeline<M> {
    /// Forgets the beginning of a run whose answers take more than the options allow, so that about
    /// half of them stay; says from which tick on the past is still there.
    ///
    /// Time begins there from then on, and the run can no longer be saved: a recording needs all
    /// answers. Only a run without branches forgets, at its end.
    pub fn forget_excess(&mut self) -> Option<Tick> {
        let is_at_end = self.machine.tick() >= self.end();
        if self.branches.len() > 1
            || !is_at_end
            || self.branches[0].log.bytes() <= self.options.answers
        {
            return None;
        }
        let middle = self.branches[0].log.middle()?;
        let before = self.branches[0].checkpoints.at_or_before(middle);
        let begin = before.map(|kept| kept.tick).filter(|tick| *tick > self.start());
        let begin = begin.unwrap_or_else(|| self.begin_here());
        let branch = &mut self.branches[0];
        branch.begin = begin;
        branch.checkpoints.drop_before(begin);
        branch.log.forget_before(begin);
        self.stones.retain(|(_, tick)| *tick >= begin);
        self.hashes.retain(|(tick, _)| *tick >= begin);
        self.lineage = Lineage::of(&self.branches, self.current);
        Some(begin)
    }

    /// Makes now a moment that the past can begin with.
    fn begin_here(&mut self) -> Tick {
        let tick = self.machine.tick();
        let snapshot = self.machine.snapshot();
        self.branches[0].checkpoints.insert(Checkpoint::new(tick, snapshot));
        tick
    }
}
