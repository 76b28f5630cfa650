//! Searching the past: the last hit before now, and every hit of a stretch.

use std::ops::ControlFlow;

use machine::{Hit, Machine, Probes, Tick};

use crate::{Arrival, Found, Order, Stretch, Timeline};

impl<M: Machine> Timeline<M> {
    /// Goes to the last moment before now at which `probes` hit and `accept` agrees; stays where
    /// it is if there is none.
    ///
    /// The past is run again one interval at a time, newest first, and several at the same time (see
    /// [`survey`](Self::survey)), at the full speed of a probed run, but for intervals in which no
    /// watch can have changed, which are passed over; `accept` sees the machine at each hit. A
    /// [`change`](Self::change) from outside is no instruction and so no hit, even of a watch.
    pub fn last(
        &mut self,
        probes: &Probes,
        accept: &(impl Fn(&M, &Hit) -> bool + Sync),
    ) -> Option<Found> {
        let found = self.last_unless(probes, accept, &mut |_| ControlFlow::Continue(()));
        found.continue_value().flatten()
    }

    /// The same, unless `go_on` breaks off, which is asked every few milliseconds, with a tick that
    /// the search has come to. Then time stays where it is.
    pub fn last_unless(
        &mut self,
        probes: &Probes,
        accept: &(impl Fn(&M, &Hit) -> bool + Sync),
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<(), Option<Found>> {
        let now = self.machine.tick();
        let look = |stretch: &mut Stretch<'_, M>| {
            let is_before = |machine: &M| machine.tick() < now;
            stretch.last(probes, &mut |machine, hit| is_before(machine) && accept(machine, hit))
        };
        let mut last = None;
        let mut take = |found: Option<Found>| {
            last = found;
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let order =
            if probes.is_only_watches() { Order::NewestFirst } else { Order::NewestInStrides };
        self.survey((self.start(), now), order, &look, &mut take, go_on)?;
        if let Some(found) = last {
            self.jump(found.tick, false);
        }
        ControlFlow::Continue(last)
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
