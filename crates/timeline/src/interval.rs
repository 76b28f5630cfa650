//! Stretches of the past that can be run again each by itself, on machines of their own.

use std::fmt;
use std::ops::ControlFlow;

use machine::{Answer, Hit, Machine, Probes, Question, Stop, Tick};

use crate::Found;
use crate::branch::{Branch, Lineage};
use crate::crew::GoOn;

/// Safepoints, and hits, between two looks at whether a stretch is still wanted.
const SLICE: u64 = 1 << 15;
const HITS: u32 = 1 << 10;

/// A stretch from one checkpoint to the next, with all that a machine needs to repeat it.
#[derive(Debug)]
pub(crate) struct Interval<'a, S> {
    /// What comes up to here is not looked at; not before the checkpoint.
    after: Tick,
    /// Where it ends: the next checkpoint, or the end of what is looked at.
    to: Tick,
    snapshot: &'a S,
    /// The state at the end, if it is known. Where a change from outside takes effect there, the one
    /// after it.
    later: Option<&'a S>,
    is_changed_at_end: bool,
    /// The answers of each branch that it goes through, none of which is empty.
    answers: Vec<&'a [(Tick, Answer)]>,
}

impl<'a, S: Clone> Interval<'a, S> {
    /// From the checkpoint `snapshot`, which is at `from`, to `to`, where the state is `later`.
    pub(crate) fn new(
        (from, after, to): (Tick, Tick, Tick),
        (snapshot, later): (&'a S, Option<&'a S>),
        branches: &'a [Branch<S>],
        lineage: &Lineage,
    ) -> Self {
        let segments = lineage.segments();
        let answers = segments.iter().enumerate().filter_map(|(index, segment)| {
            let end = segments.get(index + 1).map_or(to, |next| next.begin.min(to));
            let entries = branches[segment.branch.index()].log.entries();
            let first = entries.partition_point(|(tick, _)| *tick < from.max(segment.begin));
            let last = entries.partition_point(|(tick, _)| *tick < end);
            entries.get(first..last).filter(|entries| !entries.is_empty())
        });
        let is_changed_at_end = lineage.edit_at(to).is_some();
        Self { after, to, snapshot, later, is_changed_at_end, answers: answers.collect() }
    }

    /// What was said the first time. Writes that were done are not kept.
    fn answer(&self, tick: Tick, question: &Question) -> Option<Answer> {
        let kept = self.answers.iter().find_map(|entries| {
            let index = entries.binary_search_by_key(&tick, |entry| entry.0).ok()?;
            Some(&entries[index].1)
        });
        match (kept, question) {
            (_, Question::Compact(..)) => Some(Answer::Done),
            (Some(answer), _) => Some(answer.clone()),
            (None, Question::Write(_)) => Some(Answer::Done),
            (None, _) => None,
        }
    }
}

/// A stretch of the past, and a machine to go through it with.
///
/// What takes long breaks off where nobody wants the result any more; whoever looks through the
/// stretch passes that on.
pub struct Stretch<'a, M: Machine> {
    machine: &'a mut M,
    interval: &'a Interval<'a, M::Snapshot>,
    go_on: GoOn<'a>,
}

impl<M: Machine> fmt::Debug for Stretch<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interval { after, to, .. } = self.interval;
        f.debug_struct("Stretch").field("after", after).field("to", to).finish_non_exhaustive()
    }
}

impl<'a, M: Machine> Stretch<'a, M> {
    pub(crate) fn new(
        machine: &'a mut M,
        interval: &'a Interval<'a, M::Snapshot>,
        go_on: GoOn<'a>,
    ) -> Self {
        Self { machine, interval, go_on }
    }

    /// The machine, wherever it is.
    #[must_use]
    pub fn machine(&self) -> &M {
        self.machine
    }

    /// The moment before the first that belongs to the stretch.
    #[must_use]
    pub fn begin(&self) -> Tick {
        self.interval.after
    }

    /// Whether `probes` may hit anything here. `false` is certain.
    #[must_use]
    pub fn may_hit(&self, probes: &Probes) -> bool {
        let Interval { snapshot, later, is_changed_at_end, .. } = self.interval;
        let Some(later) = later.filter(|_| probes.is_only_watches() && !is_changed_at_end) else {
            return true;
        };
        probes.watches.iter().any(|watch| M::may_have_changed(snapshot, later, *watch))
    }

    /// Goes to the beginning.
    pub fn start(&mut self) -> ControlFlow<()> {
        self.machine.restore(self.interval.snapshot);
        self.go(self.interval.after, &Probes::none(), &mut |_, _| ControlFlow::Continue(()))
    }

    /// Goes through the stretch from its beginning, with a look at every hit after that and up to its
    /// end, until `visit` breaks off. Nothing is performed.
    pub fn run(
        &mut self,
        probes: &Probes,
        visit: &mut dyn FnMut(&M, &Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.start()?;
        self.go(self.interval.to, probes, visit)
    }

    /// The last hit that `accept` agrees to; it sees all of them in order.
    pub fn last(
        &mut self,
        probes: &Probes,
        accept: &mut dyn FnMut(&M, &Hit) -> bool,
    ) -> ControlFlow<(), Option<Found>> {
        let mut found = None;
        if self.may_hit(probes) {
            self.run(probes, &mut |machine, hit| {
                if accept(machine, hit) {
                    found = Some(Found { tick: machine.tick(), hit: *hit });
                }
                ControlFlow::Continue(())
            })?;
        }
        ControlFlow::Continue(found)
    }

    /// Goes through the stretch with probes that move: `probes` says of the beginning, and of the state
    /// at each hit, for what to stop next; where nothing of it can hit, the rest is passed over. It is
    /// for values of which it is known where they lie next only when they have moved.
    pub fn follow(
        &mut self,
        probes: &mut dyn FnMut(&M) -> Probes,
        visit: &mut dyn FnMut(&M, &Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.start()?;
        let mut now = probes(self.machine);
        if !self.may_hit(&now) {
            return ControlFlow::Continue(());
        }
        let mut is_over = false;
        while !is_over {
            let mut next = None;
            self.go(self.interval.to, &now, &mut |machine, hit| {
                is_over = visit(machine, hit).is_break();
                next = Some(probes(machine)).filter(|next| *next != now);
                if is_over || next.is_some() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            match next {
                Some(next) => now = next,
                None => is_over = true,
            }
        }
        ControlFlow::Continue(())
    }

    /// Runs on to `to`; breaks off only where the stretch is not wanted any more.
    fn go(
        &mut self,
        to: Tick,
        probes: &Probes,
        visit: &mut dyn FnMut(&M, &Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut hits = 0;
        while self.machine.tick() < to {
            let now = self.machine.tick();
            let slice = Tick::at(now.safepoints.saturating_add(SLICE)).min(to);
            let hit = match self.machine.run(slice, probes) {
                Stop::Probed(hit) => Some(hit),
                Stop::Reached => {
                    (self.go_on)(self.machine.tick())?;
                    None
                }
                Stop::Asks(question) => match self.answer(&question, probes) {
                    Some(hit) => hit,
                    None => break,
                },
                Stop::Trapped(_) | Stop::Ended(_) => break,
            };
            let tick = self.machine.tick();
            if tick > to {
                break;
            }
            let Some(hit) = hit else { continue };
            if tick == self.interval.to
                && self.interval.is_changed_at_end
                && let Some(changed) = self.interval.later
            {
                self.machine.restore(changed);
            }
            if visit(self.machine, &hit).is_break() {
                break;
            }
            hits += 1;
            if hits % HITS == 0 {
                (self.go_on)(tick)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Answers from the past: the hit of the instruction that asked. Nothing where the past ends.
    fn answer(&mut self, question: &Question, probes: &Probes) -> Option<Option<Hit>> {
        let answer = self.interval.answer(self.machine.tick(), question)?;
        self.machine.answer_probed(&answer, probes).ok()
    }
}
