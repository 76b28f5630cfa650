//! Stepping: by line, over calls, to the caller, by instruction; and each of them backwards.

use machine::{Edit, Inspect, Machine, Probes};

use crate::debugger::Debugger;
use crate::drive::Advance;
use crate::error::CommandError;
use crate::glance::Glance;
use crate::stop::{Stopped, Why};
use crate::world::World;

/// Moments within a call between two looks at whether the user wants control back.
const PASSED_AT_ONCE: u32 = 1 << 8;

/// How far a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stride {
    /// To where a line begins, at any depth.
    Line,
    /// To where a line begins, not deeper than here.
    Over(usize),
    /// To the first moment that is less deep.
    Out(usize),
    /// To the next moment.
    Instruction,
}

impl Stride {
    /// Whether a moment is passed over.
    fn skips(self, here: &Glance) -> bool {
        match self {
            Self::Instruction => false,
            Self::Line | Self::Out(_) => here.is_hidden,
            Self::Over(depth_max) => here.is_hidden || here.depth > depth_max,
        }
    }

    /// Whether nothing has to be known of a moment but that it is passed over: within a call, where
    /// nothing else could stop.
    fn is_within<M: Machine + Inspect>(self, machine: &M, has_stops: bool) -> bool {
        match self {
            Self::Over(depth_max) => !has_stops && machine.depth() > depth_max,
            Self::Line | Self::Out(_) | Self::Instruction => false,
        }
    }

    /// Whether `here` is a stop, coming from `before`, both not passed over.
    fn stops(self, before: &Glance, here: &Glance) -> bool {
        match self {
            Self::Line | Self::Over(_) => here.begins_line_after(before),
            Self::Out(depth) => here.depth < depth,
            Self::Instruction => true,
        }
    }
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Goes to where the next line begins.
    pub fn step(&mut self, world: &mut dyn World) -> Stopped {
        self.stride(Stride::Line, world)
    }

    /// Goes back to where the line before begins.
    pub fn back(&mut self, world: &mut dyn World) -> Stopped {
        self.stride_back(Stride::Line, world)
    }

    /// Goes to where the next line begins, not deeper than here.
    pub fn next(&mut self, world: &mut dyn World) -> Stopped {
        self.stride(Stride::Over(self.machine().depth()), world)
    }

    /// Goes back to where the line before begins, not deeper than here.
    pub fn rnext(&mut self, world: &mut dyn World) -> Stopped {
        self.stride_back(Stride::Over(self.machine().depth()), world)
    }

    /// Goes on until the function has returned.
    ///
    /// # Errors
    /// Nothing called it.
    pub fn finish(&mut self, world: &mut dyn World) -> Result<Stopped, CommandError> {
        match self.machine().depth() {
            0 => Err(CommandError::Outermost { instead: "continue" }),
            depth => Ok(self.stride(Stride::Out(depth), world)),
        }
    }

    /// Goes back to where the function was called.
    ///
    /// # Errors
    /// Nothing called it.
    pub fn rfinish(&mut self, world: &mut dyn World) -> Result<Stopped, CommandError> {
        match self.machine().depth() {
            0 => Err(CommandError::Outermost { instead: "rcontinue" }),
            depth => Ok(self.stride_back(Stride::Out(depth), world)),
        }
    }

    /// Goes `count` instructions forward, or to a breakpoint, watch, fault or end before that.
    pub fn step_instructions(&mut self, count: u64, world: &mut dyn World) -> Stopped {
        let mut stopped = self.stopped(Vec::new());
        for _ in 0..count {
            stopped = self.stride(Stride::Instruction, world);
            if !stopped.why.is_empty() {
                break;
            }
        }
        stopped
    }

    /// Goes `count` instructions back, or to a breakpoint, watch or the start before that.
    pub fn back_instructions(&mut self, count: u64, world: &mut dyn World) -> Stopped {
        if self.breakpoints.list().is_empty() {
            let done = self.timeline.back(count);
            return self.stopped(if done < count { vec![Why::Start] } else { Vec::new() });
        }
        let mut stopped = self.stopped(Vec::new());
        for _ in 0..count {
            stopped = self.stride_back(Stride::Instruction, world);
            if !stopped.why.is_empty() {
                break;
            }
        }
        stopped
    }

    /// The state now, as steps compare it.
    fn glance(&self) -> Glance {
        Glance::at(self.timeline.machine(), &self.breakpoints)
    }

    fn stride(&mut self, stride: Stride, world: &mut dyn World) -> Stopped {
        let probes = Probes::every_step();
        // The moment before, and the last moment that was not passed over.
        let mut before = self.glance();
        let mut near = before.clone();
        loop {
            match self.forward(machine::Tick::MAX, &probes, world) {
                Advance::Probed(_) => {}
                Advance::Stopped(why) => return self.stopped(vec![why]),
                Advance::Reached => return self.stopped(Vec::new()),
            }
            let here = self.glance();
            let reasons = here.reasons_after(&before, &self.breakpoints);
            let is_near = !stride.skips(&here);
            if !reasons.is_empty() || (is_near && stride.stops(&near, &here)) {
                return self.stopped(reasons);
            }
            if is_near {
                near = here.clone();
            }
            before = here;
        }
    }

    /// Goes back moment by moment; whether one is a stop is known when the one before it is seen.
    fn stride_back(&mut self, stride: Stride, world: &mut dyn World) -> Stopped {
        let start = self.glance();
        let mut after = start.clone();
        let mut near = start.clone();
        let has_stops = !self.breakpoints.list().is_empty();
        let mut passed = 0_u32;
        loop {
            if self.timeline.back(1) == 0 {
                return self.stopped(vec![Why::Start]);
            }
            if stride.is_within(self.timeline.machine(), has_stops) {
                passed += 1;
                if passed.is_multiple_of(PASSED_AT_ONCE) && world.is_interrupted() {
                    return self.stopped(vec![Why::Interrupted]);
                }
                continue;
            }
            let here = self.glance();
            if after.tick < start.tick {
                let reasons = after.reasons_after(&here, &self.breakpoints);
                if !reasons.is_empty() {
                    self.timeline.goto(after.tick);
                    return self.stopped(reasons);
                }
            }
            if !stride.skips(&here) {
                let is_stop = match stride {
                    // These ask nothing of the moment before.
                    Stride::Out(_) | Stride::Instruction => stride.stops(&here, &here),
                    Stride::Line | Stride::Over(_) => {
                        near.tick < start.tick && stride.stops(&here, &near)
                    }
                };
                if is_stop {
                    let tick = match stride {
                        Stride::Out(_) | Stride::Instruction => here.tick,
                        Stride::Line | Stride::Over(_) => near.tick,
                    };
                    return self.arrive_back(tick);
                }
                near = here.clone();
            }
            after = here;
            if world.is_interrupted() {
                return self.stopped(vec![Why::Interrupted]);
            }
        }
    }

    /// Comes to rest at a tick just passed on the way back, and says which breakpoints and watches
    /// stop there too.
    fn arrive_back(&mut self, tick: machine::Tick) -> Stopped {
        let reasons = self.reasons_at(tick);
        self.stopped(reasons)
    }

    /// Goes to `tick` of the past and says which breakpoints and watches stop there.
    pub(crate) fn reasons_at(&mut self, tick: machine::Tick) -> Vec<Why> {
        self.timeline.goto(tick);
        if self.timeline.back(1) == 0 {
            return Vec::new();
        }
        let before = self.glance();
        self.timeline.goto(tick);
        self.glance().reasons_after(&before, &self.breakpoints)
    }
}
