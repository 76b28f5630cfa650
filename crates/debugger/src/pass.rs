//! When control comes to a line: the times nearest to now.

use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Place, Probes, Tick};
use timeline::{Ending, Order, Stretch};

use crate::debugger::Debugger;
use crate::drive::patience;
use crate::error::CommandError;
use crate::world::World;

/// The times nearest to now at which control comes to a line, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passes {
    /// The line; the next that has code, if the one that was asked for has none.
    pub place: Place,
    /// The last time before now.
    pub before: Option<Tick>,
    /// The first time after now.
    pub after: Option<Tick>,
    /// Whether all of the program's run is known, so that there can be no other times.
    pub is_over: bool,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// The times nearest to now at which control comes to a line. Time stays where it is.
    ///
    /// # Errors
    /// There is no such line, or the user wants control back.
    pub fn passes_near(
        &mut self,
        place: Place,
        world: &mut dyn World,
    ) -> Result<Passes, CommandError> {
        let (_, positions) = self.positions_from(place)?;
        let found = positions.first().and_then(|position| self.machine().place(*position));
        let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let now = self.timeline.now().tick;
        let before = self.nearest_pass(&probes, (start, now), Order::NewestFirst, world)?;
        let after = self.nearest_pass(&probes, (now, end), Order::OldestFirst, world)?;
        let ending = self.timeline.ending();
        let is_over = matches!(ending, Some(Ending::Ended(_) | Ending::Trapped(_)));
        Ok(Passes { place: found.unwrap_or(place), before, after, is_over })
    }

    /// The first pass within a stretch of the past in some order, its ends left out.
    fn nearest_pass(
        &mut self,
        probes: &Probes,
        (begin, end): (Tick, Tick),
        order: Order,
        world: &mut dyn World,
    ) -> Result<Option<Tick>, CommandError> {
        if begin >= end {
            return Ok(None);
        }
        let is_newest = order == Order::NewestFirst;
        let look = |stretch: &mut Stretch<'_, M>| {
            let mut found = None;
            stretch.run(probes, &mut |machine, _| {
                let tick = machine.tick();
                if begin < tick && (tick < end || !is_newest) {
                    found = Some(tick);
                }
                let is_done = found.is_some() && !is_newest;
                if is_done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            ControlFlow::Continue(found)
        };
        let mut nearest = None;
        let mut take = |found: Option<Tick>| {
            nearest = found;
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let past = (begin, end);
        let ended = self.timeline.survey(past, order, &look, &mut take, &mut patience(world));
        ended.continue_value().ok_or(CommandError::Interrupted)?;
        Ok(nearest)
    }
}
