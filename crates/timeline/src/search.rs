//! Searching the past: the last hit before now, and every hit of a stretch.

use std::ops::ControlFlow;

use machine::{Hit, Machine, Probes, Tick};

use crate::{Arrival, Found, Timeline};

impl<M: Machine> Timeline<M> {
    /// Goes to the last moment before now at which `probes` hit and `accept` agrees; stays where
    /// it is if there is none.
    ///
    /// The past is run again one interval at a time, newest first, at the full speed of a probed
    /// run, but for intervals in which no watch can have changed, which are passed over; `accept` sees the machine at each hit. A [`change`](Self::change) from outside is no
    /// instruction and so no hit, even of a watch.
    pub fn last(
        &mut self,
        probes: &Probes,
        accept: &mut dyn FnMut(&M, &Hit) -> bool,
    ) -> Option<Found> {
        self.leave();
        let now = self.machine.tick();
        let here = self.machine.snapshot();
        let (mut end, mut later) = (now, here.clone());
        while let Some((branch, begin)) = self.nearest(end, false) {
            let Some(earlier) = self.snapshot_at(branch, begin) else { break };
            let may_hit = !probes.is_only_watches() || {
                let may_change = |watch| M::may_have_changed(&earlier, &later, watch);
                probes.watches.iter().copied().any(may_change)
            };
            later = earlier;
            if !may_hit {
                end = begin;
                continue;
            }
            self.restore(&later);
            let mut found = None;
            while let Arrival::Probed(hit) = self.drive(end, probes, true) {
                let tick = self.machine.tick();
                if tick < now && tick <= end && accept(&self.machine, &hit) {
                    found = Some(Found { tick, hit });
                }
                if tick >= end {
                    break;
                }
            }
            if let Some(found) = found {
                self.travel(found.tick, true, false);
                return Some(found);
            }
            end = begin;
        }
        self.restore(&here);
        None
    }

    /// Visits every hit after `from` and up to `to`, in order, until `visit` breaks off; then
    /// returns to where it was. Nothing is performed, and nothing after the end is looked at.
    pub fn each(
        &mut self,
        from: Tick,
        to: Tick,
        probes: &Probes,
        visit: &mut dyn FnMut(&M, &Hit) -> ControlFlow<()>,
    ) {
        self.leave();
        let here = self.machine.snapshot();
        let to = to.min(self.end());
        self.travel(from.clamp(self.start(), self.end()), true, true);
        while let Arrival::Probed(hit) = self.drive(to, probes, true) {
            if self.machine.tick() > to || visit(&self.machine, &hit).is_break() {
                break;
            }
        }
        self.restore(&here);
    }
}
