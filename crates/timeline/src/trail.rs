//! Going back by single steps: the trail of the window before now, regenerated when it runs out.

use std::collections::VecDeque;

use machine::{Machine, Probes, Tick};

use crate::ahead::back_from;
use crate::checkpoint::{Checkpoint, gap};
use crate::{Arrival, BranchId, History, Timeline};

/// Stepping stones kept at the same time: those of two intervals between checkpoints.
const STONES_MAX: usize = 14;

/// Stretches into which stepping stones divide an interval between checkpoints.
const STRETCHES: u64 = 6;

/// The first window after a jump is this much smaller than the largest, and each further one is
/// twice as large as the one before: the first step back is quick, and many are cheap.
const WINDOW_GROWTH: u64 = 32;

/// A jump over more than so many of the largest windows leaves a second stepping stone.
const LONG_JUMP: u64 = 16;

/// Where stepping stones are to be laid: at equal distances after `from`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stones {
    pub(crate) from: Tick,
    distance: u64,
    count: u64,
}

impl Stones {
    pub(crate) fn ticks(self) -> impl Iterator<Item = Tick> {
        (1..=self.count).map(move |number| {
            Tick::at(self.from.safepoints.saturating_add(self.distance * number))
        })
    }

    /// How far the last of them is.
    pub(crate) fn reach(self) -> u64 {
        self.distance * self.count
    }

    /// Those that are not further than that, if there are any.
    pub(crate) fn within(self, reach: u64) -> Option<Self> {
        let count = self.count.min(reach / self.distance.max(1));
        (count > 0).then_some(Self { count, ..self })
    }
}

impl<M: Machine> Timeline<M> {
    /// Goes back by up to `steps` instructions; says how many it were. Fewer only at the start.
    ///
    /// Contiguous steps are cheap: the machine undoes them from a trail that is regenerated one
    /// window at a time, ahead of time where there can be a second machine.
    pub fn back(&mut self, steps: u64) -> u64 {
        self.asked = None;
        self.arrived = None;
        let mut left = steps;
        left -= self.machine.back(left);
        while left > 0 && self.machine.tick() > self.start() {
            if !self.change_places() {
                self.refill();
            }
            let mut undone = self.machine.back(left);
            if undone == 0 {
                undone = self.back_by_replay(left);
            }
            if undone == 0 {
                break;
            }
            left -= undone;
        }
        if self.pace.due.is_some_and(|due| self.machine.tick() <= due) {
            self.keep_pace();
        }
        steps - left
    }

    /// Makes ready for a step back from here, where time came to by running on and is about to stand
    /// for a while: it leaves stepping stones for the first windows, unless there is a checkpoint not far
    /// away. This takes up to as long as a jump; the first step back does not then.
    pub fn settle(&mut self) {
        let now = self.machine.tick();
        let from = back_from(now, self.window).max(self.start());
        let is_kept = self.is_trailing || self.options.history != History::Checkpoints;
        if is_kept || self.asked.is_some() {
            return;
        }
        let far = back_from(from, self.window_max);
        if self.nearest(from, true).is_none_or(|(_, tick)| tick >= far) {
            return;
        }
        // It may have trapped or ended here, or be before a change from outside.
        let here = self.machine.snapshot();
        self.travel(far, true, false);
        self.lay_stone(now);
        self.drive(from, &Probes::none(), true);
        self.lay_stone(now);
        self.restore(&here);
    }

    pub(crate) fn start_trail(&mut self) {
        self.is_trailing = true;
        self.machine.keep_trail(self.trail_max());
    }

    /// Stops and forgets the trail, unless it is to be kept all the time.
    pub(crate) fn pause_trail(&mut self) {
        if self.is_trailing && self.options.history != History::Full {
            self.is_trailing = false;
            self.machine.keep_trail(0);
        }
    }

    pub(crate) fn trail_max(&self) -> usize {
        match self.options.history {
            History::Full => self.options.memory / 2,
            History::Off | History::Checkpoints => self.options.trail,
        }
    }

    /// Goes to a tick of the current branch, at most its end, and leaves a stepping stone shortly
    /// before it for whoever steps back from there.
    pub(crate) fn jump(&mut self, target: Tick, is_here: bool) -> Arrival<M::Trap> {
        let target = target.clamp(self.start(), self.end());
        let before = back_from(target, self.window).max(self.start());
        let now = self.machine.tick();
        let from = self.nearest(before, true).map_or(self.start(), |(_, tick)| tick);
        let from = if is_here && now <= before { from.max(now) } else { from };
        let is_long = gap(from, before) > self.window.saturating_mul(4);
        let is_short_walk = is_here && now <= target && gap(now, target) < self.window;
        if is_long && !is_short_walk {
            let is_here = is_here | self.halve(from, before, is_here);
            let far = back_from(before, self.window_max);
            if far > from && gap(from, far) > self.window_max.saturating_mul(LONG_JUMP) {
                self.travel(far, true, is_here);
                self.lay_stone(target);
                self.drive(before, &Probes::none(), true);
            } else {
                self.travel(before, true, is_here);
            }
            self.lay_stone(target);
            return self.drive(target, &Probes::none(), true);
        }
        self.travel(target, true, is_here)
    }

    /// Leaves a checkpoint in the middle of a long interval that a jump from `from` to `to` runs through,
    /// while there is memory for more than there are: where somebody jumps to, they often jump again.
    /// Says whether it did, and time is there.
    fn halve(&mut self, from: Tick, to: Tick, is_here: bool) -> bool {
        let owner = self.lineage.branch_at(from);
        let branch = &self.branches[owner.index()];
        let end = branch.checkpoints.after(from).unwrap_or(branch.explored);
        let length = gap(from, end);
        let middle = Tick::at(from.safepoints.saturating_add(length / 2));
        let is_long = length > self.window_max.saturating_mul(LONG_JUMP);
        let is_plain = self.options.history == History::Checkpoints
            && self.lineage.branch_at(middle) == owner
            && self.lineage.next_edit(from).is_none_or(|edit| edit > to);
        if !is_long || !is_plain || middle >= to || !self.has_room() {
            return false;
        }
        self.travel(middle, true, is_here);
        let (tick, snapshot) = (self.machine.tick(), self.machine.snapshot());
        self.branches[owner.index()].checkpoints.insert(Checkpoint::new(tick, snapshot));
        true
    }

    /// Time is about to be elsewhere, where perhaps nobody will step back far.
    pub(crate) fn shrink_window(&mut self) {
        self.pace.stop();
        self.window = (self.window_max / WINDOW_GROWTH).max(1);
    }

    /// Replays the window before now with a trail. Where an edit takes effect now, it ends just
    /// before the edit.
    ///
    /// The checkpoint that it starts from may be far away, so it lays stepping stones for the
    /// windows to come: where these are made ahead, one, or else some in the interval before that one
    /// as well.
    fn refill(&mut self) {
        let now = self.machine.tick();
        let from = back_from(now, self.window).max(self.start());
        let is_paced = self.can_pace();
        if !is_paced && let Some((branch, stones)) = self.stones_before(from) {
            self.restore_checkpoint(branch, stones.from);
            self.lay_stones(stones, now);
        }
        let Some((branch, nearest)) = self.nearest(from, true) else { return };
        self.restore_checkpoint(branch, nearest);
        let stones = if is_paced {
            self.stone_before(nearest, from)
        } else {
            Some(self.stones_between(nearest, from))
        };
        if let Some(stones) = stones {
            self.lay_stones(stones, now);
        }
        self.drive(from, &Probes::none(), true);
        let begin = self.machine.tick();
        self.start_trail();
        self.drive(now, &Probes::none(), false);
        self.begin_window(now, begin);
    }

    /// The trail is there that begins at `begin`, and time is about to go back along it from `now`.
    pub(crate) fn begin_window(&mut self, now: Tick, begin: Tick) {
        self.make_room(now);
        if self.machine.trail_bytes() >= self.trail_max() / 10 * 9 {
            self.window_max = (self.window / 2).max(1);
        }
        self.window = self.window.saturating_mul(2).min(self.window_max);
        self.begin_pace(begin);
    }

    /// Stepping stones on the way from a checkpoint to a window that begins at `from`.
    pub(crate) fn stones_between(&self, checkpoint: Tick, from: Tick) -> Stones {
        let distance = gap(checkpoint, from);
        let count =
            (distance / self.window_max).min(STRETCHES) - u64::from(distance >= self.window_max);
        Stones { from: checkpoint, distance: distance / (count + 1), count }
    }

    /// The one that the next windows need most.
    fn stone_before(&self, checkpoint: Tick, from: Tick) -> Option<Stones> {
        let distance = gap(checkpoint, from).checked_sub(self.window_max)?;
        let is_far = distance > self.window_max;
        is_far.then_some(Stones { from: checkpoint, distance, count: 1 })
    }

    /// Stepping stones for a part of the interval before the one that `from` is in, and the branch of
    /// the checkpoint that they follow, so that coming to its end does not take a replay of all of it:
    /// as many for each window as it takes to be done in time.
    pub(crate) fn stones_before(&self, from: Tick) -> Option<(BranchId, Stones)> {
        let (branch, tick) = self.nearest(from, true)?;
        let (begin, last, end) = self.branches[branch.index()].checkpoints.interval_before(tick)?;
        let stretch = (gap(begin, end) / STRETCHES).max(self.window_max);
        let missing = (gap(last, end) / stretch).saturating_sub(1);
        let windows = gap(end, from) / self.window_max + 1;
        let count = missing.div_ceil(windows);
        (missing > 0 && windows <= STRETCHES.saturating_mul(2))
            .then_some((branch, Stones { from: last, distance: stretch, count }))
    }

    /// Moves on from where stepping stones begin, and lays them.
    fn lay_stones(&mut self, stones: Stones, now: Tick) {
        for stone in stones.ticks() {
            self.drive(stone, &Probes::none(), true);
            self.lay_stone(now);
        }
    }

    /// Goes back without a trail: finds the last ticks before now step by step.
    fn back_by_replay(&mut self, steps: u64) -> u64 {
        let now = self.machine.tick();
        let count_max = usize::try_from(steps).unwrap_or(usize::MAX);
        let mut reach = 64;
        loop {
            let from = Tick::at(now.safepoints.saturating_sub(reach)).max(self.start());
            self.travel(from, true, false);
            if self.machine.tick() >= now {
                reach = reach.saturating_mul(8);
                continue;
            }
            self.lay_stone(now);
            let mut ticks = VecDeque::from([self.machine.tick()]);
            while let Arrival::Probed(_) = self.drive(now, &Probes::every_step(), false) {
                let tick = self.machine.tick();
                if tick >= now {
                    break;
                }
                ticks.push_back(tick);
                if ticks.len() > count_max {
                    ticks.pop_front();
                }
            }
            if ticks.len() == count_max || from == self.start() {
                let target = ticks.front().copied().unwrap_or(from);
                self.travel(target, true, false);
                return ticks.len() as u64;
            }
            reach = reach.saturating_mul(8);
        }
    }

    /// Keeps a checkpoint here for a while, for going back further from `now`.
    fn lay_stone(&mut self, now: Tick) {
        if self.options.history != History::Off {
            let (tick, snapshot) = (self.machine.tick(), self.machine.snapshot());
            self.keep_stone(tick, snapshot, now);
        }
    }

    /// The same with a state of the current branch that was made elsewhere.
    pub(crate) fn keep_stone(&mut self, tick: Tick, snapshot: M::Snapshot, now: Tick) {
        let owner: BranchId = self.lineage.branch_at(tick);
        let checkpoints = &mut self.branches[owner.index()].checkpoints;
        if !checkpoints.insert(Checkpoint::stone(tick, snapshot)) {
            return;
        }
        self.stones.push((owner, tick));
        if self.stones.len() > STONES_MAX {
            self.remove_least_stone(now);
        }
        self.make_room(now);
    }

    /// Drops the stepping stone least likely to be needed for going back further from `now`, but not
    /// the newest; says whether there was one.
    pub(crate) fn remove_least_stone(&mut self, now: Tick) -> bool {
        let owner = self.lineage.branch_at(now);
        let others = 0..self.stones.len().saturating_sub(1);
        let least = others.max_by_key(|index| {
            let (branch, tick) = self.stones[*index];
            (branch != owner, tick > now, gap(tick, now))
        });
        let Some(least) = least else { return false };
        let (branch, tick) = self.stones.remove(least);
        self.branches[branch.index()].checkpoints.remove_stone(tick);
        true
    }
}
