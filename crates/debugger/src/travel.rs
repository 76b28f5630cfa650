//! Long moves: on to the next stop, back to the one before, to any moment, and back again.

use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Probes, Tick};
use timeline::{Ending, Order, Stretch};

use crate::debugger::Debugger;
use crate::drive::{Advance, patience};
use crate::error::CommandError;
use crate::moment::Target;
use crate::reply::Reply;
use crate::scan::Scan;
use crate::stop::{Stopped, Why};
use crate::world::World;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Goes on to the next breakpoint, watch, fault or end.
    pub fn go(&mut self, world: &mut dyn World) -> Stopped {
        let stopped = self.go_on(world);
        self.timeline.settle();
        stopped
    }

    fn go_on(&mut self, world: &mut dyn World) -> Stopped {
        self.notice_shifts();
        let mut probes = self.breakpoints.probes();
        let mut scan = Scan::from(self.timeline.machine(), &self.breakpoints);
        loop {
            match self.forward(Tick::MAX, &probes, world) {
                Advance::Probed(hit) => {
                    if scan.is_idle(self.timeline.machine(), hit, &self.breakpoints) {
                        continue;
                    }
                }
                Advance::Stopped(why) => return self.stopped(vec![why]),
                Advance::Reached => return self.stopped(Vec::new()),
            }
            if self.notice_shifts() {
                probes = self.breakpoints.probes();
            }
            let reasons = scan.reasons(self.timeline.machine(), &self.breakpoints);
            if !reasons.is_empty() {
                return self.stopped(reasons);
            }
        }
    }

    /// Goes back to the breakpoint or watch before, or to the start.
    pub fn go_back(&mut self, world: &mut dyn World) -> Stopped {
        let start = self.timeline.now().tick;
        loop {
            if world.is_interrupted() {
                self.timeline.goto(start);
                return self.stopped(vec![Why::Interrupted]);
            }
            self.notice_shifts();
            if self.breakpoints.probes().is_empty() {
                break;
            }
            let ControlFlow::Continue((found, shifted)) = self.candidate(world) else {
                self.timeline.goto(start);
                return self.stopped(vec![Why::Interrupted]);
            };
            if !shifted.is_empty() {
                // What a condition depends on has moved: search again and look at every step.
                self.breakpoints.set_shifting(&shifted);
                continue;
            }
            let Some(found) = found else { break };
            let reasons = self.reasons_at(found);
            if !reasons.is_empty() {
                return self.stopped(reasons);
            }
        }
        self.timeline.goto(self.timeline.start());
        self.stopped(vec![Why::Start])
    }

    /// The last hit before now that may be a stop, unless conditions were found to shift: then
    /// those. Time stays where it is. Breaks off if the user wants control back.
    fn candidate(&mut self, world: &mut dyn World) -> ControlFlow<(), (Option<Tick>, Vec<u32>)> {
        let now = self.timeline.now().tick;
        let breakpoints = &self.breakpoints;
        let fixed = Some(breakpoints.probes()).filter(|_| !breakpoints.has_moving());
        let look = |stretch: &mut Stretch<'_, M>| {
            if fixed.as_ref().is_some_and(|probes| !stretch.may_hit(probes)) {
                return ControlFlow::Continue((None, Vec::new()));
            }
            let mut scan = Scan::unknown();
            let (mut moving, mut found) = (breakpoints.clone(), None);
            let mut probes = |machine: &M| {
                moving.follow(machine);
                moving.probes()
            };
            stretch.follow(&mut probes, &mut |machine, hit| {
                if machine.tick() < now && scan.is_candidate(machine, *hit, breakpoints) {
                    found = Some(machine.tick());
                }
                ControlFlow::Continue(())
            })?;
            ControlFlow::Continue((found, scan.shifted().to_vec()))
        };
        let mut last = (None, Vec::new());
        let mut take = |result: (Option<Tick>, Vec<u32>)| {
            last = result;
            let is_done = last.0.is_some() || !last.1.is_empty();
            if is_done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let past = (self.timeline.start(), now);
        let passes_over = breakpoints.probes().is_only_watches();
        let order = if passes_over { Order::NewestFirst } else { Order::NewestInStrides };
        self.timeline.survey(past, order, &look, &mut take, &mut patience(world))?;
        ControlFlow::Continue(last)
    }

    /// Goes to the moment that `text` names.
    ///
    /// # Errors
    /// It names none.
    pub fn go_to(&mut self, text: &str, world: &mut dyn World) -> Result<Stopped, CommandError> {
        match self.target(text, world)? {
            Target::Tick(tick) => {
                let why = self.travel_to(tick, world);
                let is_short = self.timeline.now().tick != tick;
                let why = why.filter(|why| is_short || *why != Why::Interrupted);
                Ok(self.stopped(why.into_iter().chain(self.start_reason()).collect()))
            }
            Target::Moment(moment) => {
                self.timeline.goto_moment(moment)?;
                Ok(self.stopped(self.start_reason().into_iter().collect()))
            }
            Target::Start => {
                self.timeline.goto(self.timeline.start());
                Ok(self.stopped(vec![Why::Start]))
            }
            Target::End => Ok(self.go_to_end(world)),
            Target::Percent(percent) => {
                let stopped = self.go_to_end(world);
                if stopped.why.contains(&Why::Interrupted) {
                    return Ok(stopped);
                }
                let tick = self.share_of_past(percent);
                self.timeline.goto(tick);
                Ok(self.stopped(self.start_reason().into_iter().collect()))
            }
        }
    }

    /// Goes back to where the last move began.
    pub(crate) fn undo(&mut self) -> Result<Reply, CommandError> {
        let moment = self.trail.pop().ok_or(CommandError::NothingToUndo)?;
        self.timeline.goto_moment(moment)?;
        self.listed = None;
        Ok(Reply::text(self.here()))
    }

    /// Goes on until the program ends or faults, past all breakpoints; in a recording that breaks
    /// off before that, to its end.
    fn go_to_end(&mut self, world: &mut dyn World) -> Stopped {
        let before = self.timeline.now().tick;
        self.timeline.goto(self.timeline.end());
        let is_over = matches!(self.timeline.ending(), Some(Ending::Ended(_) | Ending::Trapped(_)));
        if !is_over && before < self.known_end && self.timeline.end() == self.known_end {
            return self.stopped(vec![Why::RecordingEnd]);
        }
        let advance = self.forward(Tick::MAX, &Probes::none(), world);
        self.timeline.settle();
        match advance {
            Advance::Stopped(why) => self.stopped(vec![why]),
            Advance::Reached | Advance::Probed(_) => self.stopped(Vec::new()),
        }
    }

    /// Looks whether what is followed has moved, and whether what another condition depends on is elsewhere
    /// now, so that from now on every step counts for it; says whether there is any of this.
    fn notice_shifts(&mut self) -> bool {
        let has_moved = self.breakpoints.follow(self.timeline.machine());
        let shifted = self.breakpoints.shifted(self.timeline.machine());
        self.breakpoints.set_shifting(&shifted);
        has_moved || !shifted.is_empty()
    }

    fn start_reason(&self) -> Option<Why> {
        (self.timeline.now().tick == self.timeline.start()).then_some(Why::Start)
    }
}
