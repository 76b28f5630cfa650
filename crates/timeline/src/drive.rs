//! Driving the machine: the one place that runs it, answers from the past, crosses from one branch
//! to the next, and takes checkpoints on new ground.

use machine::{Answer, Hit, Machine, Probes, Question, Stop, Tick};

use crate::checkpoint::{Checkpoint, gap};
use crate::{Arrival, BranchId, Ending, Exchange, History, Timeline};

/// Safepoints that must lie between checkpoints for every byte that an interval dirties: copying
/// a byte on its first write costs about 0.25 ns, a safepoint at least 0.75 ns, and recording
/// must stay within 8 % even where everything is dirtied all the time.
const SAFEPOINTS_PER_BYTE: u64 = 4;

/// By how many times the usual distance much that is dirtied may put off the next checkpoint.
const STRETCH_MAX: u64 = 512;

/// A move of more safepoints than this is not worth keeping a trail for.
pub(crate) const TRAIL_MOVE_MAX: u64 = 1 << 14;

impl<M: Machine> Timeline<M> {
    /// Runs along the current branch to `until` or an earlier stop.
    ///
    /// Where an edit takes effect at `until` itself, `crosses` says on which side of it to stop.
    pub(crate) fn drive(
        &mut self,
        until: Tick,
        probes: &Probes,
        crosses: bool,
    ) -> Arrival<M::Trap> {
        let mut edit = self.lineage.next_edit(self.machine.tick());
        loop {
            let mut limit = until.min(self.branch_now().due);
            if let Some(edit) = edit {
                limit = limit.min(edit);
            }
            let stop = self.machine.run(limit, probes);
            let is_paused = stop == Stop::Reached && self.machine.tick() < limit;
            let has_crossed = self.cross(&mut edit, until, crosses);
            self.progress();
            match stop {
                Stop::Reached if is_paused || self.machine.tick() >= until => {
                    return Arrival::Reached;
                }
                Stop::Reached => {}
                Stop::Probed(hit) => return Arrival::Probed(hit),
                // What the other side of an edit would have done here no longer counts.
                _ if has_crossed => {}
                Stop::Asks(question) => match self.reply(&question, probes) {
                    Reply::Unknown => return Arrival::Asks(question),
                    Reply::Trapped(trap) => return Arrival::Trapped(trap),
                    Reply::Retired(hit) => {
                        self.cross(&mut edit, until, crosses);
                        self.progress();
                        if let Some(hit) = hit {
                            return Arrival::Probed(hit);
                        }
                    }
                },
                Stop::Trapped(trap) => {
                    self.finish(|| Ending::Trapped(trap.to_string()));
                    return Arrival::Trapped(trap);
                }
                Stop::Ended(code) => {
                    self.finish(|| Ending::Ended(code));
                    return Arrival::Ended(code);
                }
            }
        }
    }

    /// Goes to `target` on the current branch from the nearest checkpoint, or from here where that
    /// is nearer and `is_here` says that the machine's state belongs to the branch.
    pub(crate) fn travel(
        &mut self,
        target: Tick,
        crosses: bool,
        is_here: bool,
    ) -> Arrival<M::Trap> {
        let now = self.machine.tick();
        let nearest = self.nearest(target, crosses);
        let is_ahead = if crosses { now <= target } else { now < target };
        if gap(now, target) > TRAIL_MOVE_MAX {
            self.pause_trail();
        }
        if !(is_here && is_ahead && nearest.is_none_or(|(_, tick)| tick <= now))
            && let Some((branch, tick)) = nearest
        {
            self.restore_checkpoint(branch, tick);
        }
        self.drive(target, &Probes::none(), crosses)
    }

    /// The last checkpoint of the current branch before `target`, or at it if `is_inclusive`.
    pub(crate) fn nearest(&self, target: Tick, is_inclusive: bool) -> Option<(BranchId, Tick)> {
        let segments = self.lineage.segments();
        let last = self.lineage.index_at(target);
        (0..=last).rev().find_map(|index| {
            let branch = segments[index].branch;
            let checkpoints = &self.branches[branch.index()].checkpoints;
            // An edited branch has a checkpoint at its beginning, so the way down ends there; what
            // other branches begin with is still the state of the branch below.
            let end = match segments.get(index + 1) {
                Some(next) if index < last => next.begin,
                _ => target,
            };
            let found = if is_inclusive || end < target {
                checkpoints.at_or_before(end)
            } else {
                checkpoints.before(end)
            };
            found.map(|checkpoint| (branch, checkpoint.tick))
        })
    }

    /// The ticks of the current branch's checkpoints before `end`.
    pub(crate) fn checkpoint_ticks(&self, end: Tick) -> Vec<Tick> {
        let segments = self.lineage.segments();
        let mut ticks = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            let end = segments.get(index + 1).map_or(end, |next| next.begin.min(end));
            ticks.extend(
                self.branches[segment.branch.index()].checkpoints.ticks(segment.begin, end),
            );
        }
        ticks
    }

    /// The last checkpoint of `branch` at or before `tick`.
    pub(crate) fn snapshot_at(&self, branch: BranchId, tick: Tick) -> Option<M::Snapshot> {
        let checkpoint = self.branches[branch.index()].checkpoints.at_or_before(tick);
        checkpoint.map(|checkpoint| checkpoint.snapshot.clone())
    }

    pub(crate) fn restore_checkpoint(&mut self, branch: BranchId, tick: Tick) {
        if let Some(snapshot) = self.snapshot_at(branch, tick) {
            self.restore(&snapshot);
            self.branches[branch.index()].checkpoints.disturb(tick);
        }
    }

    /// Takes a state back; the trail is forgotten, and goes on from there if it was kept.
    pub(crate) fn restore(&mut self, snapshot: &M::Snapshot) {
        self.pause_trail();
        self.machine.restore(snapshot);
        if self.is_trailing {
            self.start_trail();
        }
    }

    /// Keeps what an answer at `tick` means for the past of the current branch.
    pub(crate) fn keep_answer(
        &mut self,
        tick: Tick,
        question: &Question,
        answer: Answer,
        trap: Option<&M::Trap>,
    ) {
        let output_max = self.options.output;
        let branch = self.branch_now_mut();
        if let Some(trap) = trap {
            branch.ending = Some(Ending::Trapped(trap.to_string()));
        }
        match (question, &answer) {
            (Question::Write(pieces), Answer::Done) if trap.is_none() => {
                branch.outputs.push(tick, pieces, output_max);
            }
            _ => branch.log.insert(tick, answer),
        }
    }

    /// Notes how far the current branch has come, and takes a checkpoint when one is due.
    pub(crate) fn progress(&mut self) {
        let tick = self.machine.tick();
        let branch = self.branch_now_mut();
        if tick <= branch.explored {
            return;
        }
        branch.explored = tick;
        if tick > branch.end {
            branch.end = tick;
            branch.ending = None;
        }
        if tick < branch.due {
            return;
        }
        let due = self.next_due(self.interval_begin(tick), self.dirtied());
        if due > tick {
            self.branch_now_mut().due = due;
        } else {
            self.take_checkpoint();
        }
    }

    /// Where the interval that ends at `tick`, on new ground, began.
    fn interval_begin(&self, tick: Tick) -> Tick {
        let branch = self.branch_now();
        branch.checkpoints.before(tick).map_or(branch.begin, |checkpoint| checkpoint.tick)
    }

    /// Bytes that the machine has written to, or asked for, since the last checkpoint.
    fn dirtied(&self) -> usize {
        self.machine.memory().saturating_sub(self.bytes_before)
    }

    /// When the checkpoint after one at `tick` is due, when `bytes` were dirtied since.
    pub(crate) fn next_due(&self, tick: Tick, bytes: usize) -> Tick {
        if self.options.history == History::Off {
            return Tick::MAX;
        }
        let spacing = self.options.spacing.max(1);
        let needed = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(SAFEPOINTS_PER_BYTE);
        let distance = needed.clamp(spacing, spacing.saturating_mul(STRETCH_MAX));
        Tick::at(tick.safepoints.saturating_add(distance))
    }

    fn take_checkpoint(&mut self) {
        let tick = self.machine.tick();
        self.interval_bytes = self.dirtied();
        let snapshot = self.machine.snapshot();
        let due = self.next_due(tick, 0);
        let (near, far) = (self.options.spacing.max(1), self.spacing);
        let branch = self.branch_now_mut();
        branch.due = due;
        branch.checkpoints.insert(Checkpoint::new(tick, snapshot));
        branch.checkpoints.age(tick, near, far);
        self.keep_budget();
        self.bytes_before = self.machine.memory();
    }

    /// Applies the edit that takes effect here, if the machine has come to one; says whether.
    fn cross(&mut self, edit: &mut Option<Tick>, until: Tick, crosses: bool) -> bool {
        let now = self.machine.tick();
        let Some(at) = *edit else { return false };
        if now < at || (at == until && !crosses) {
            return false;
        }
        if let Some(branch) = self.lineage.edit_at(at) {
            self.restore_checkpoint(branch, at);
        }
        *edit = self.lineage.next_edit(now);
        true
    }

    /// Answers a question from the past, if it was asked before.
    fn reply(&mut self, question: &Question, probes: &Probes) -> Reply<M::Trap> {
        let tick = self.machine.tick();
        let is_new = tick >= self.branch_now().explored;
        if is_new && let Question::Compact(from, to) = question {
            self.compact(*from, *to);
        }
        let Some(answer) = self.said(tick, question) else { return Reply::Unknown };
        if let Some(heard) = &mut self.heard {
            heard.push(Exchange { tick, question: question.clone(), answer: answer.clone() });
        }
        let result = self.machine.answer_probed(&answer, probes);
        if is_new
            && result.is_ok()
            && answer == Answer::Done
            && let Question::Write(pieces) = question
        {
            let output_max = self.options.output;
            self.branch_now_mut().outputs.push(tick, pieces, output_max);
        }
        match result {
            Ok(hit) => Reply::Retired(hit),
            Err(trap) => {
                self.finish(|| Ending::Trapped(trap.to_string()));
                Reply::Trapped(trap)
            }
        }
    }

    /// What was said to a question the first time, if it was asked before.
    pub(crate) fn said(&self, tick: Tick, question: &Question) -> Option<Answer> {
        if matches!(question, Question::Compact(..)) {
            return Some(Answer::Done);
        }
        let is_past = tick < self.branch_now().end;
        let owner = self.lineage.branch_at(tick);
        match self.branches[owner.index()].log.at(tick) {
            Some(answer) => Some(answer.clone()),
            None => (is_past && matches!(question, Question::Write(_))).then_some(Answer::Done),
        }
    }

    fn compact(&mut self, from: Tick, to: Tick) {
        let branch = self.branch_now_mut();
        let keeps_first = branch.keeps_first();
        branch.checkpoints.compact(from, to, keeps_first);
    }

    /// Notes how the current branch ended, if this is its end.
    fn finish(&mut self, ending: impl FnOnce() -> Ending) {
        let tick = self.machine.tick();
        let branch = self.branch_now_mut();
        if tick >= branch.end && branch.ending.is_none() {
            branch.ending = Some(ending());
        }
    }
}

/// What the past has to say to a question.
enum Reply<T> {
    /// It was not asked before.
    Unknown,
    /// It was answered again, and the instruction hit a probe or none.
    Retired(Option<Hit>),
    /// The answer made the guest trap, as it did before.
    Trapped(T),
}
