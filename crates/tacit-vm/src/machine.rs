//! Tacit's machine as a [`Machine`]: running exactly as far as asked, keeping states, going back.

use std::sync::Arc;

use machine::{Answer, CodePosition, Hit, Location, Machine, Probes, StateHash, Stop, Tick};

use crate::fast::Exit;
use crate::flow::Flow;
use crate::inspect::probe::Watched;
use crate::slot::FastCode;
use crate::snapshot::Snapshot;
use crate::trap::Trap;
use crate::vm::Vm;

impl Machine for Vm {
    type Snapshot = Snapshot;
    type Trap = Trap;

    fn tick(&self) -> Tick {
        Tick::at(self.tick)
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<Trap> {
        let mut watched = Watched::new(self, probes);
        let is_fast = !probes.every_step && !self.trail.is_on();
        if is_fast && !probes.watches.is_empty() {
            watched.reach(self);
        }
        let code = is_fast.then(|| self.fast_code(probes));
        while Machine::tick(self) < until {
            // An instruction that a run starts with is no breakpoint.
            let is_break = probes.breakpoints.contains(&CodePosition(self.registers.ip.into()));
            if let Some(code) = &code
                && !is_break
                && watched.is_known()
                && until.safepoints - self.tick > code.slack
            {
                match self.run_fast(code, until.safepoints - self.tick, &mut watched) {
                    Exit::Limit => {}
                    Exit::Changed(hit) => return Stop::Probed(hit),
                    Exit::Break => {
                        return Stop::Probed(Hit::Breakpoint(CodePosition(
                            self.registers.ip.into(),
                        )));
                    }
                    Exit::Asks(question) => return Stop::Asks(question),
                    Exit::End(code) => return Stop::Ended(code),
                    Exit::Trapped(trap) => return Stop::Trapped(trap),
                }
                if let Some(hit) = watched.hit(self) {
                    return Stop::Probed(hit);
                }
                continue;
            }
            match self.trailed(Self::step) {
                Ok(Flow::Asks(question)) => return Stop::Asks(question),
                Ok(Flow::End(code)) => return Stop::Ended(code),
                Err(trap) => return Stop::Trapped(trap),
                Ok(Flow::Next | Flow::Jump(_) | Flow::Force { .. }) => {}
            }
            if let Some(hit) = watched.hit(self) {
                return Stop::Probed(hit);
            }
        }
        Stop::Reached
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Trap> {
        self.trailed(|vm| vm.step_with(answer))?;
        Ok(())
    }

    fn answer_probed(&mut self, answer: &Answer, probes: &Probes) -> Result<Option<Hit>, Trap> {
        let mut watched = Watched::new(self, probes);
        self.answer(answer)?;
        Ok(watched.hit(self))
    }

    fn snapshot(&mut self) -> Snapshot {
        self.take_snapshot()
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.go_to(snapshot);
        self.trail.clear();
    }

    fn state_hash(&self) -> StateHash {
        self.digest()
    }

    fn may_have_changed(earlier: &Snapshot, later: &Snapshot, location: Location) -> bool {
        // The marks know nothing of stacks.
        let cells = earlier.memory().reach(&[location]).filter(|cells| !cells.is_on_stacks());
        cells.is_none_or(|cells| !earlier.has_kept(later, &cells))
    }

    fn twin(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn memory(&self) -> usize {
        self.memory.layout().bytes() + self.pages.bytes()
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.trail.set(bytes);
    }

    fn back(&mut self, steps: u64) -> u64 {
        for done in 0..steps {
            let Some(registers) = self.trail.pop(&mut self.memory) else { return done };
            self.registers = registers;
            self.tick -= 1;
        }
        steps
    }

    fn trail_bytes(&self) -> usize {
        self.trail.bytes()
    }
}

impl Vm {
    /// The program as the fast engine runs it, stopping at breakpoints.
    fn fast_code(&mut self, probes: &Probes) -> Arc<FastCode> {
        let breaks = probes.breakpoints.iter().filter_map(|at| u16::try_from(at.0).ok()).collect();
        match &self.fast {
            Some(code) if code.is_for(&self.program, &breaks) => Arc::clone(code),
            _ => {
                let code = Arc::new(FastCode::new(&self.program, breaks));
                self.fast = Some(Arc::clone(&code));
                code
            }
        }
    }

    /// Does one instruction, and leaves what it has changed on the trail.
    fn trailed(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<Flow, Trap>,
    ) -> Result<Flow, Trap> {
        let before = self.registers;
        let flow = step(self);
        if self.trail.is_on() && matches!(flow, Ok(Flow::Next | Flow::Jump(_))) {
            self.trail.push(before, self.memory.log());
        }
        flow
    }
}
