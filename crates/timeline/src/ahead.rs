//! Stepping back without pauses: while time goes back through one window, a second machine makes the
//! trail of the window before it, a little with each of the steps. When the first trail is used up, the
//! machines change places.
//!
//! What is done, and when, depends on nothing but the steps: there is no other thread.

use std::collections::VecDeque;
use std::fmt;

use machine::{Machine, Probes, Stop, Tick};

use crate::checkpoint::gap;
use crate::trail::Stones;
use crate::{BranchId, History, Timeline};

/// Safepoints that time goes back between two pieces of work.
const PACE: u64 = 256;

/// Safepoints to be run again for each that time goes back, beyond what the next window needs.
const EXTRA: u64 = 32;

/// How much longer an instruction takes that leaves a trail.
const TRAIL_WEIGHT: u64 = 4;

/// The window before the one that is stepped back through, in the making.
pub(crate) struct Ahead<M: Machine> {
    machine: M,
    branch: BranchId,
    /// Where the window begins, and where it ends: where the present trail begins.
    from: Tick,
    end: Tick,
    work: VecDeque<Work<M::Snapshot>>,
    /// All of the work, and what is done of it, in safepoints.
    weight: u64,
    done: u64,
    /// Where time was when this was begun.
    begun: Tick,
}

/// A part of the work.
enum Work<S> {
    Restore(S),
    Run(Tick),
    /// Lays a stepping stone.
    Stone,
    /// Notes where the window begins in truth, and keeps a trail from there on.
    Begin,
}

/// How stepping back goes on.
pub(crate) struct Pace<M: Machine> {
    /// At which tick there is something to do ahead.
    pub(crate) due: Option<Tick>,
    /// Where the present trail begins.
    end: Tick,
    ahead: Option<Ahead<M>>,
    /// A machine for the next window.
    spare: Option<M>,
    /// Whether there can be one, once that was asked.
    is_possible: Option<bool>,
}

impl<M: Machine> Default for Pace<M> {
    fn default() -> Self {
        Self { due: None, end: Tick::ZERO, ahead: None, spare: None, is_possible: None }
    }
}

impl<M: Machine> fmt::Debug for Pace<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { due, end, .. } = self;
        f.debug_struct("Pace").field("due", due).field("end", end).finish_non_exhaustive()
    }
}

impl<M: Machine> Pace<M> {
    /// Forgets what was begun: time is about to be elsewhere.
    pub(crate) fn stop(&mut self) {
        (self.due, self.ahead, self.spare) = (None, None, None);
    }
}

impl<M: Machine> Timeline<M> {
    /// Whether windows can be made ahead: there is a second machine for it.
    pub(crate) fn can_pace(&mut self) -> bool {
        if let Some(is_possible) = self.pace.is_possible {
            return is_possible;
        }
        if self.options.history == History::Checkpoints {
            self.pace.spare = self.machine.twin();
        }
        *self.pace.is_possible.insert(self.pace.spare.is_some())
    }

    /// A window begins at `end`, of which the trail is there: soon it is time for the one before.
    pub(crate) fn begin_pace(&mut self, end: Tick) {
        if self.can_pace() && end > self.start() {
            let now = self.machine.tick();
            self.pace.end = end;
            self.pace.due = Some(back_from(now, PACE.min(gap(end, now) / 4)));
        }
    }

    /// Does a part of the work that lies ahead, in proportion to the way that time has come back.
    pub(crate) fn keep_pace(&mut self) {
        let now = self.machine.tick();
        self.pace.due = None;
        let Some(mut ahead) = self.pace.ahead.take().or_else(|| self.plan_ahead()) else { return };
        // It is done a little before it is needed.
        let way = gap(ahead.end, ahead.begun) / 8 * 7;
        let share = u128::from(ahead.weight) * u128::from(gap(now, ahead.begun) + PACE);
        let share = share / u128::from(way.max(1));
        let is_good = self.work_ahead(&mut ahead, u64::try_from(share).unwrap_or(u64::MAX));
        if is_good {
            if !ahead.work.is_empty() {
                self.pace.due = Some(back_from(now, PACE));
            }
            self.pace.ahead = Some(ahead);
        }
    }

    /// Goes on with the trail that was made ahead, if there is one that ends here.
    pub(crate) fn change_places(&mut self) -> bool {
        let Some(mut ahead) = self.pace.ahead.take() else { return false };
        let now = self.machine.tick();
        let is_it = ahead.branch == self.current && ahead.end == now;
        if !is_it || !self.work_ahead(&mut ahead, u64::MAX) || ahead.machine.tick() != now {
            return false;
        }
        std::mem::swap(&mut self.machine, &mut ahead.machine);
        ahead.machine.keep_trail(0);
        self.pace.spare = Some(ahead.machine);
        self.is_trailing = true;
        self.begin_window(now, ahead.from);
        true
    }

    /// What there is to do for the window before the present one. Nothing where a change from outside
    /// lies in it.
    fn plan_ahead(&mut self) -> Option<Ahead<M>> {
        let (now, end) = (self.machine.tick(), self.pace.end);
        let from = back_from(end, self.window).max(self.start());
        let (branch, nearest) = self.nearest(from, true)?;
        let mut work = VecDeque::new();
        let mut plan = |stones: Stones, snapshot| {
            work.push_back(Work::Restore(snapshot));
            for stone in stones.ticks() {
                work.extend([Work::Run(stone), Work::Stone]);
            }
            stones.reach()
        };
        let mut weight = 0;
        let extra = self.window.saturating_mul(EXTRA);
        if let Some((branch, stones)) = self.stones_before(from)
            && let Some(stones) = stones.within(extra)
            && self.lineage.next_edit(stones.from).is_none_or(|edit| edit > end)
        {
            weight += plan(stones, self.snapshot_at(branch, stones.from)?);
        }
        if from >= end || self.lineage.next_edit(nearest).is_some_and(|edit| edit <= end) {
            return None;
        }
        let stones = self.stones_between(nearest, from);
        plan(stones, self.snapshot_at(branch, nearest)?);
        work.extend([Work::Run(from), Work::Begin, Work::Run(end)]);
        weight += gap(nearest, from) + gap(from, end) * TRAIL_WEIGHT;
        let machine = self.pace.spare.take().or_else(|| self.machine.twin())?;
        let branch = self.current;
        Some(Ahead { machine, branch, from, end, work, weight, done: 0, begun: now })
    }

    /// Works until so much is done; says whether it can be done at all.
    fn work_ahead(&mut self, ahead: &mut Ahead<M>, until: u64) -> bool {
        while ahead.done < until
            && let Some(work) = ahead.work.front()
        {
            match work {
                Work::Restore(snapshot) => ahead.machine.restore(snapshot),
                Work::Run(to) => {
                    let to = *to;
                    let is_there = self.run_ahead(ahead, to, until);
                    match is_there {
                        None => return false,
                        Some(false) => return true,
                        Some(true) => {}
                    }
                }
                Work::Stone => {
                    let (tick, snapshot) = (ahead.machine.tick(), ahead.machine.snapshot());
                    self.keep_stone(tick, snapshot, ahead.end);
                }
                Work::Begin => {
                    ahead.from = ahead.machine.tick();
                    ahead.machine.keep_trail(self.trail_max());
                }
            }
            ahead.work.pop_front();
        }
        true
    }

    /// Runs to a tick, or as far as is to be done now: whether it came there. Nothing where the past
    /// says no more.
    fn run_ahead(&self, ahead: &mut Ahead<M>, to: Tick, until: u64) -> Option<bool> {
        let weight = if ahead.machine.tick() >= ahead.from { TRAIL_WEIGHT } else { 1 };
        while ahead.machine.tick() < to {
            if ahead.done >= until {
                return Some(false);
            }
            let before = ahead.machine.tick();
            let part = ((until - ahead.done) / weight).max(1);
            let part = Tick::at(before.safepoints.saturating_add(part)).min(to);
            match ahead.machine.run(part, &Probes::none()) {
                Stop::Reached => {}
                Stop::Asks(question) => {
                    let answer = self.said(ahead.machine.tick(), &question)?;
                    ahead.machine.answer(&answer).ok()?;
                }
                Stop::Probed(_) | Stop::Trapped(_) | Stop::Ended(_) => return None,
            }
            let moved = gap(before, ahead.machine.tick());
            ahead.done = ahead.done.saturating_add(moved.saturating_mul(weight).max(1));
        }
        Some(true)
    }
}

/// So many safepoints earlier.
pub(crate) fn back_from(tick: Tick, safepoints: u64) -> Tick {
    Tick::at(tick.safepoints.saturating_sub(safepoints))
}
