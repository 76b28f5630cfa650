//! The tape machine as a [`Machine`]: running with the fast engine, exactly as far as asked.

use std::sync::Arc;

use machine::{Answer, Hit, Location, Machine, Probes, StateHash, Stop, Tick};
use tape::Period;

use crate::exec::Flow;
use crate::exit::Exit;
use crate::probe::{REGISTERS, TAPE};
use crate::slot::{FastCode, position};
use crate::taken::Taken;
use crate::trail::Budget;
use crate::trap::Trap;
use crate::vm::{Snapshot, Vm};

impl Machine for Vm {
    type Snapshot = Snapshot;
    type Trap = Trap;

    fn tick(&self) -> Tick {
        Tick::at(self.core.tick)
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<Trap> {
        self.trail.known = None;
        let mut code = self.prepare(probes);
        let mut watched = Watched::new(self, probes);
        let mut is_fresh = true;
        loop {
            let is_break = probes.breakpoints.contains(&position(self.core.ip as usize));
            if is_break && !is_fresh {
                return Stop::Probed(Hit::Breakpoint(position(self.core.ip as usize)));
            }
            let left = until.safepoints.saturating_sub(self.core.tick);
            if left == 0 {
                return Stop::Reached;
            }
            let left = left.min(self.keep_period(code.slack));
            let mut called = None;
            if !probes.every_step && !is_break && left > code.slack {
                let exit = if self.trail.on {
                    self.run_fast::<true>(&code, left)
                } else {
                    self.run_fast::<false>(&code, left)
                };
                self.seal_if_full();
                match exit {
                    Exit::Watched => match watched.changed(self) {
                        Some(hit) => return Stop::Probed(hit),
                        None => {
                            is_fresh = false;
                            continue;
                        }
                    },
                    Exit::Limit => {
                        is_fresh = false;
                        continue;
                    }
                    Exit::Break => {
                        let at = position(self.core.ip as usize);
                        return Stop::Probed(Hit::Breakpoint(at));
                    }
                    Exit::Slow => {}
                    Exit::Called(flow) => called = Some(flow),
                }
            }
            let stale = self.core.stale;
            let performed = called.or_else(|| self.perform_next());
            if let Some(stop) = self.step(performed) {
                return stop;
            }
            is_fresh = false;
            if let Some(hit) = watched.changed(self) {
                return Stop::Probed(hit);
            }
            if probes.every_step {
                return Stop::Probed(Hit::Step);
            }
            if stale != self.core.stale {
                code = self.prepare(probes);
            }
        }
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Trap> {
        self.trail.known = None;
        let program = Arc::clone(&self.program);
        let instruction = program.instructions().get(self.core.ip as usize);
        let taken = self.take_answer(instruction.ok_or(Trap::BadAnswer)?, answer);
        let flow = taken.or_else(|trap| self.caught_or(trap))?;
        self.retire(flow);
        Ok(())
    }

    fn answer_probed(&mut self, answer: &Answer, probes: &Probes) -> Result<Option<Hit>, Trap> {
        let mut watched = Watched::new(self, probes);
        self.answer(answer)?;
        let arrived = position(self.core.ip as usize);
        let is_break = probes.breakpoints.contains(&arrived).then_some(Hit::Breakpoint(arrived));
        let step = probes.every_step.then_some(Hit::Step);
        Ok(watched.changed(self).or(is_break).or(step))
    }

    fn snapshot(&mut self) -> Snapshot {
        self.take_snapshot()
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.go_to(snapshot);
        self.executed.clear();
        self.back_limit = self.back_limit.map(|_| self.core.tick);
    }

    fn state_hash(&self) -> StateHash {
        self.digest()
    }

    fn may_have_changed(earlier: &Snapshot, later: &Snapshot, location: Location) -> bool {
        // A rewind can bring pages back, and hide that they were written.
        let Location { space, address, size } = location;
        let end = address.saturating_add(i64::from(size));
        let is_last = end == i64::MAX;
        space != TAPE
            || is_last
            || earlier.core.rewinds != later.core.rewinds
            || later.tape.written_in(&earlier.tape, address..end, Period::of(earlier.core.tick))
    }

    fn pack(snapshot: &mut Snapshot) {
        snapshot.tape.pack();
    }

    fn twin(&self) -> Option<Self> {
        Some(Self::load(Arc::clone(&self.program)))
    }

    fn memory(&self) -> usize {
        self.tape.memory() + self.core.cold.moments.memory()
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.back_limit = match (bytes, self.back_limit) {
            (0, _) => None,
            (_, None) => Some(self.core.tick),
            (_, kept) => kept,
        };
        if !self.program.rewinds_by_steps() {
            let start = self.start_here();
            self.trail.set(Budget::Bytes(bytes), start);
        }
    }

    fn back(&mut self, steps: u64) -> u64 {
        let reach = self.back_limit.map_or(0, |limit| self.core.tick.saturating_sub(limit));
        self.undo(steps.min(reach))
    }

    fn trail_bytes(&self) -> usize {
        if self.back_limit.is_some() { self.trail.bytes() } else { 0 }
    }
}

impl Vm {
    /// Performs the next instruction, if there is one.
    fn perform_next(&mut self) -> Option<Result<Flow, Trap>> {
        let program = Arc::clone(&self.program);
        Some(self.perform(program.instructions().get(self.core.ip as usize)?))
    }

    /// Moves on after an instruction, by what it came to; says why not, if not.
    fn step(&mut self, performed: Option<Result<Flow, Trap>>) -> Option<Stop<Trap>> {
        let Some(performed) = performed else { return Some(Stop::Ended(machine::ExitCode(0))) };
        match performed.or_else(|trap| self.caught_or(trap)) {
            Ok(Flow::Asks(question)) => return Some(Stop::Asks(question)),
            Ok(Flow::End(code)) => return Some(Stop::Ended(code)),
            Ok(Flow::Paused) => return Some(Stop::Reached),
            Err(trap) => return Some(Stop::Trapped(trap)),
            Ok(flow) => self.retire(flow),
        }
        self.seal_if_full();
        None
    }

    /// Moves on after an instruction was performed.
    pub(crate) fn retire(&mut self, flow: Flow) {
        let source = self.core.ip;
        let (target, taken) = match flow {
            Flow::Next => (source + 1, None),
            Flow::Jump(target) => (target, Some(Taken::branch(source, target))),
            Flow::Caught(target) => (target, Some(Taken::caught(source, target))),
            Flow::Again => (source, Some(Taken::branch(source, source))),
            Flow::Asks(_) | Flow::End(_) | Flow::Paused => return,
        };
        if let Some(taken) = taken
            && self.trail.on
        {
            self.trail.open.log_branch(taken);
        }
        self.core.ip = target;
        self.core.tick += 1;
    }

    fn seal_if_full(&mut self) {
        if self.trail.on && self.trail.is_full() {
            let start = self.start_here();
            self.trail.seal(start);
        }
    }

    /// The code that stops at the probes, and at whatever sets a register again that is stale.
    fn prepare(&mut self, probes: &Probes) -> Arc<FastCode> {
        // Many breakpoints take long to copy, and mostly they are those of the last run.
        let is_plain = self.core.stale == 0 && !probes.every_step && probes.watches.is_empty();
        if is_plain
            && self.watching.is_empty()
            && let Some(code) = self.probed.as_ref().filter(|code| code.probes == *probes)
        {
            return Arc::clone(code);
        }
        let mut wanted = Probes { every_step: false, ..probes.clone() };
        for number in (0..16).filter(|number| self.core.stale >> number & 1 == 1) {
            wanted.watches.push(Location { space: REGISTERS, address: number, size: 1 });
        }
        let bytes = |watch: &Location| {
            let end = watch.address.saturating_add(i64::from(watch.size));
            (watch.space == TAPE).then_some(watch.address..end)
        };
        let ranges: Vec<_> = probes.watches.iter().filter_map(bytes).collect();
        if ranges != self.watching {
            self.tape.watch(&ranges);
            self.watching = ranges;
        }
        if wanted.is_empty() {
            return Arc::clone(self.program.fast_code());
        }
        match &self.probed {
            Some(code) if code.probes == wanted => Arc::clone(code),
            _ => {
                let code = Arc::new(FastCode::new(self.program.instructions(), &wanted));
                self.probed = Some(Arc::clone(&code));
                code
            }
        }
    }
}

/// The watches of a run with their values.
struct Watched<'p> {
    probes: &'p Probes,
    values: Vec<Vec<u8>>,
}

impl<'p> Watched<'p> {
    fn new(vm: &Vm, probes: &'p Probes) -> Self {
        let values = probes.watches.iter().map(|watch| vm.bytes_of(*watch)).collect();
        Self { probes, values }
    }

    /// The first watch whose value is another than before, if any.
    fn changed(&mut self, vm: &Vm) -> Option<Hit> {
        let mut hit = None;
        for (index, watch) in self.probes.watches.iter().enumerate() {
            let now = vm.bytes_of(*watch);
            if now != self.values[index] {
                self.values[index] = now;
                hit = hit.or(Some(Hit::Watch(index)));
            }
        }
        hit
    }
}
