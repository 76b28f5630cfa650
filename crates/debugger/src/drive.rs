//! Going forward: the one place where a program runs on, in slices, and asks the outside.

use std::ops::ControlFlow;

use machine::{Edit, Hit, Inspect, Machine, Probes, Tick, pause};
use timeline::Arrival;

use crate::debugger::Debugger;
use crate::stop::Why;
use crate::world::World;

/// Safepoints between two looks at whether the user wants control back.
const SLICE: u64 = 1 << 18;

/// For searches: shows how far they have come, and breaks off where the user wants control back.
pub(crate) fn patience(world: &mut dyn World) -> impl FnMut(Tick) -> ControlFlow<()> {
    |tick| {
        world.progress(tick);
        if world.is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// How a stretch forward ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Advance {
    Reached,
    Probed(Hit),
    Stopped(Why),
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Goes forward to `until` or an earlier stop; what is new asks `world`.
    pub(crate) fn forward(
        &mut self,
        until: Tick,
        probes: &Probes,
        world: &mut dyn World,
    ) -> Advance {
        loop {
            if world.is_interrupted() {
                return Advance::Stopped(Why::Interrupted);
            }
            let held = Machine::memory(self.timeline.machine());
            if held > world.memory_max() && !self.timeline.is_replaying() {
                return Advance::Stopped(Why::TooLarge);
            }
            let now = self.timeline.now().tick;
            let slice = Tick::at(now.safepoints.saturating_add(SLICE)).min(until);
            let memory_max =
                if self.timeline.is_replaying() { usize::MAX } else { world.memory_max() };
            let (arrival, is_too_large) =
                pause::heeded(memory_max, || self.timeline.forward(slice, probes));
            if is_too_large {
                return Advance::Stopped(Why::TooLarge);
            }
            match arrival {
                Arrival::Reached if self.timeline.now().tick >= until => return Advance::Reached,
                Arrival::Reached => world.progress(self.timeline.now().tick),
                Arrival::Probed(hit) => return Advance::Probed(hit),
                Arrival::Asks(question) => {
                    let answer = world.ask(&question);
                    if let Err(trap) = self.timeline.answer(answer) {
                        return Advance::Stopped(Why::Fault(trap.to_string()));
                    }
                }
                Arrival::Trapped(trap) => return Advance::Stopped(Why::Fault(trap.to_string())),
                Arrival::Ended(code) => return Advance::Stopped(Why::Ended(code)),
            }
        }
    }

    /// Goes to a tick of this branch, on new ground if need be; says what came first, if anything.
    pub(crate) fn travel_to(&mut self, target: Tick, world: &mut dyn World) -> Option<Why> {
        if target <= self.timeline.end() {
            let arrival = self.timeline.goto(target);
            return match arrival {
                Arrival::Trapped(trap) => Some(Why::Fault(trap.to_string())),
                Arrival::Ended(code) => Some(Why::Ended(code)),
                Arrival::Reached | Arrival::Probed(_) | Arrival::Asks(_) => None,
            };
        }
        self.timeline.goto(self.timeline.end());
        let advance = self.forward(target, &Probes::none(), world);
        self.timeline.settle();
        match advance {
            Advance::Stopped(why) => Some(why),
            Advance::Reached | Advance::Probed(_) => None,
        }
    }
}
