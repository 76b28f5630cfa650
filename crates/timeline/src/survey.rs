//! Going through a part of the past stretch by stretch, several at the same time where the machine
//! can have twins.

use std::cell::Cell;
use std::ops::ControlFlow;

use machine::{Machine, Tick};

use crate::crew::{GoOn, share};
use crate::interval::{Interval, Stretch};
use crate::{BranchId, Timeline};

/// In which order stretches are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they came.
    OldestFirst,
    /// The nearest first.
    NewestFirst,
    /// Likewise, and what is farther away in longer stretches: for searches that pass over none of them. To
    /// begin at a checkpoint costs a copy of every page that is written to afterwards.
    NewestInStrides,
}

/// The most intervals between checkpoints in one stretch, so that there are enough stretches for all threads.
const STRIDE_MAX: usize = 4;

/// A checkpoint, and the moment up to which a stretch goes from there.
struct Cut {
    branch: BranchId,
    begin: Tick,
    end: Tick,
}

impl<M: Machine> Timeline<M> {
    /// Has `look` go through every stretch between checkpoints of the past after `from` and up to
    /// `to`, and hands over what it says of each, in `order`, until `take` breaks off. Time stays where
    /// it is, and nothing is performed.
    ///
    /// Several threads look through stretches at the same time, each with a machine of its own, if
    /// [`Options::threads`](crate::Options::threads) and the machine allow it. The newest stretch, where
    /// it is the first, is looked through before others are begun, as what is sought is often near.
    ///
    /// `go_on` is asked every few milliseconds, with a tick that the search has come to. Breaks off if
    /// it does.
    pub fn survey<T: Send>(
        &mut self,
        (from, to): (Tick, Tick),
        order: Order,
        look: &(impl Fn(&mut Stretch<'_, M>) -> ControlFlow<(), T> + Sync),
        take: &mut dyn FnMut(T) -> ControlFlow<()>,
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.leave();
        let here = self.machine.snapshot();
        let to = to.min(self.end());
        let mut cuts = self.cuts(from.max(self.start()), to);
        if order == Order::NewestInStrides {
            cuts = self.in_strides(cuts);
        }
        self.pause_trail();
        self.machine.keep_trail(0);
        let ended = self.look_through(&here, &cuts, (from, order), look, take, go_on);
        self.restore(&here);
        ended
    }

    /// Where the past after `from` and up to `to` is cut, newest first.
    fn cuts(&self, from: Tick, to: Tick) -> Vec<Cut> {
        let (mut cuts, mut end) = (Vec::new(), to);
        while end > from
            && let Some((branch, begin)) = self.nearest(end, false)
        {
            cuts.push(Cut { branch, begin, end });
            end = begin;
        }
        cuts
    }

    /// Longer stretches of the same, each twice as many intervals as the one after it. None goes over a
    /// change from outside, which running on would not repeat.
    fn in_strides(&self, cuts: Vec<Cut>) -> Vec<Cut> {
        let (mut joined, mut count, mut stride) = (Vec::<Cut>::new(), 0, 1);
        for cut in cuts {
            let is_same = |last: &&mut Cut| {
                last.branch == cut.branch && self.lineage.edit_at(cut.end).is_none()
            };
            match joined.last_mut().filter(is_same) {
                Some(last) if count < stride => {
                    last.begin = cut.begin;
                    count += 1;
                }
                _ => {
                    stride = if joined.len() < 2 { 1 } else { (2 * stride).min(STRIDE_MAX) };
                    joined.push(cut);
                    count = 1;
                }
            }
        }
        joined
    }

    fn look_through<T: Send>(
        &mut self,
        here: &M::Snapshot,
        cuts: &[Cut],
        (from, order): (Tick, Order),
        look: &(impl Fn(&mut Stretch<'_, M>) -> ControlFlow<(), T> + Sync),
        take: &mut dyn FnMut(T) -> ControlFlow<()>,
        go_on: GoOn<'_>,
    ) -> ControlFlow<()> {
        let now = self.machine.tick();
        let Self { machine, branches, lineage, options, .. } = self;
        let snapshot = |branch: BranchId, tick: Tick| {
            let checkpoint = branches[branch.index()].checkpoints.at_or_before(tick);
            checkpoint.map(|checkpoint| &checkpoint.snapshot)
        };
        let mut intervals = Vec::with_capacity(cuts.len());
        let mut later = cuts.first().and_then(|Cut { end, .. }| match lineage.edit_at(*end) {
            Some(edit) => snapshot(edit, *end),
            None => (*end == now).then_some(here),
        });
        for Cut { branch, begin, end } in cuts {
            let Some(earlier) = snapshot(*branch, *begin) else { break };
            let ticks = (*begin, from.max(*begin), *end);
            intervals.push(Interval::new(ticks, (earlier, later), branches, lineage));
            later = Some(earlier);
        }
        let alone = match order {
            Order::OldestFirst => {
                intervals.reverse();
                0
            }
            Order::NewestFirst | Order::NewestInStrides => intervals.len().min(1),
        };
        let is_wanted = Cell::new(true);
        let mut take = |result| {
            let flow = take(result);
            is_wanted.set(flow.is_continue());
            flow
        };
        let (nearest, others) = intervals.split_at(alone);
        let work = |intervals| {
            move |machine: &mut M, index: usize, go_on: GoOn<'_>| {
                let intervals: &[Interval<'_, M::Snapshot>] = intervals;
                look(&mut Stretch::new(machine, &intervals[index], go_on))
            }
        };
        share(machine, Vec::new(), nearest.len(), &work(nearest), &mut take, go_on)?;
        if !is_wanted.get() {
            return ControlFlow::Continue(());
        }
        let twins = options.thread_count().min(others.len()).saturating_sub(1);
        let twins = (0..twins).map_while(|_| machine.twin()).collect();
        share(machine, twins, others.len(), &work(others), &mut take, go_on)
    }
}
