//! Stretches of the past that can be run again each by itself, on machines of their own.

use std::ops::ControlFlow;

use machine::{Answer, Hit, Machine, Probes, Question, Stop, Tick};

use crate::Timeline;

/// A stretch from one checkpoint to the next, with all that a machine needs to repeat it.
#[derive(Clone, Debug)]
pub struct Interval<S> {
    /// Where it begins: the moment of the checkpoint.
    pub from: Tick,
    /// Where it ends: the next checkpoint, or the end of the branch.
    pub to: Tick,
    snapshot: S,
    answers: Vec<(Tick, Answer)>,
}

impl<M: Machine> Timeline<M> {
    /// This branch from the start to its end, cut at the checkpoints, in the order of time.
    #[must_use]
    pub fn intervals(&self) -> Vec<Interval<M::Snapshot>> {
        let mut ticks = self.checkpoint_ticks(self.end());
        ticks.push(self.end());
        let interval = |pair: &[Tick]| {
            let (from, to) = (pair[0], pair[1]);
            let (branch, tick) = self.nearest(from, true)?;
            let snapshot = self.snapshot_at(branch, tick).filter(|_| tick == from)?;
            let segments = self.lineage.segments().iter();
            let entries = segments.flat_map(|segment| {
                let entries = self.branches[segment.branch.index()].log.entries().iter();
                let is_own = |tick| self.lineage.branch_at(tick) == segment.branch;
                entries.filter(move |(tick, _)| (from..to).contains(tick) && is_own(*tick))
            });
            Some(Interval { from, to, snapshot, answers: entries.cloned().collect() })
        };
        ticks.windows(2).filter_map(interval).collect()
    }
}

impl<S: Clone> Interval<S> {
    /// Puts `machine`, which must be one for the same program, at the beginning.
    pub fn begin<M: Machine<Snapshot = S>>(&self, machine: &mut M) {
        machine.restore(&self.snapshot);
    }

    /// Runs a machine from where it is in this stretch to its end, with a look at every hit.
    pub fn run<M: Machine<Snapshot = S>>(
        &self,
        machine: &mut M,
        probes: &Probes,
        visit: &mut dyn FnMut(&M, &Hit) -> ControlFlow<()>,
    ) {
        loop {
            let hit = match machine.run(self.to, probes) {
                Stop::Probed(hit) => Some(hit),
                Stop::Asks(question) => {
                    let Some(answer) = self.answer(machine.tick(), &question) else { return };
                    match machine.answer_probed(&answer, probes) {
                        Ok(hit) => hit,
                        Err(_) => return,
                    }
                }
                Stop::Reached | Stop::Trapped(_) | Stop::Ended(_) => return,
            };
            if machine.tick() > self.to {
                return;
            }
            if let Some(hit) = hit
                && visit(machine, &hit).is_break()
            {
                return;
            }
        }
    }

    /// What was said the first time. Writes that were done are not kept.
    fn answer(&self, tick: Tick, question: &Question) -> Option<Answer> {
        let kept = self.answers.binary_search_by_key(&tick, |entry| entry.0);
        match (kept, question) {
            (_, Question::Compact(..)) => Some(Answer::Done),
            (Ok(index), _) => Some(self.answers[index].1.clone()),
            (Err(_), Question::Write(_)) if tick < self.to => Some(Answer::Done),
            (Err(_), _) => None,
        }
    }
}
