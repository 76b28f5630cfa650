//! The contract between this machine and time.

use std::sync::Arc;

use machine::{Answer, CodePosition, Hit, Location, Machine, Probes, StateHash, Stop, Tick};
use xxhash_rust::xxh3::Xxh3;

use crate::heap::HeapSnapshot;
use crate::loaded::Loaded;
use crate::trap::Trap;
use crate::vm::{Exit, State, Vm};

/// A state of a machine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) heap: HeapSnapshot,
    pub(crate) state: Arc<State>,
    pub(crate) loaded: Arc<Loaded>,
}

impl Machine for Vm {
    type Snapshot = Snapshot;
    type Trap = Trap;

    fn tick(&self) -> Tick {
        self.now()
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<Trap> {
        // Ticks have no steps here: the first after `until` may be the next.
        let until = until.safepoints.saturating_add(u64::from(until.steps > 0));
        loop {
            if let Some(question) = &self.state.asked {
                return Stop::Asks(question.clone());
            }
            if self.state.ended.is_some() {
                return Stop::Ended(self.exit_code());
            }
            if self.state.tick >= until {
                return Stop::Reached;
            }
            let exit = if self.trail.is_some() && probes.is_empty() {
                self.perform_kept()
            } else if probes.is_empty() {
                // The fast engine looks at the limit at safepoints only.
                match self.run_fast(until.saturating_sub(self.stretch)) {
                    Some(exit) => Some(exit),
                    None if self.state.tick < until => self.perform(),
                    None => None,
                }
            } else if let Some(stop) = self.run_to_stop(until, probes) {
                return stop;
            } else {
                if self.state.tick >= until {
                    return Stop::Reached;
                }
                let before = self.watched(probes);
                let exit = self.perform_kept();
                if matches!(exit, None | Some(Exit::Breakpoint))
                    && let Some(hit) = self.hit(probes, &before, exit.is_some())
                {
                    return Stop::Probed(hit);
                }
                exit
            };
            match exit {
                None | Some(Exit::Breakpoint) => {}
                Some(exit) => return self.stop_of(exit),
            }
        }
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Trap> {
        if self.state.asked.take().is_none() {
            return Ok(());
        }
        self.state.answered = Some(answer.clone());
        let exit = self.perform_kept();
        self.state.answered = None;
        match exit {
            Some(Exit::Trapped(trap)) => Err(trap),
            _ => Ok(()),
        }
    }

    fn answer_probed(&mut self, answer: &Answer, probes: &Probes) -> Result<Option<Hit>, Trap> {
        let before = self.watched(probes);
        let tick = self.state.tick;
        self.answer(answer)?;
        if self.state.tick == tick {
            return Ok(None);
        }
        Ok(self.hit(probes, &before, false))
    }

    fn snapshot(&mut self) -> Snapshot {
        let top = self.stack_extent();
        Snapshot {
            heap: self.heap.snapshot(top),
            state: Arc::new(self.state.clone()),
            loaded: Arc::clone(&self.loaded),
        }
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.heap.restore(&snapshot.heap);
        self.state = State::clone(&snapshot.state);
        self.heap.set_precision(self.state.precision);
        // Shapes may mean something else now, and in a dialogue the program may be another.
        self.return_to(&snapshot.loaded);
        self.restart_trail();
    }

    fn state_hash(&self) -> StateHash {
        let mut hasher = Xxh3::new();
        hasher.update(&self.heap.hash(self.stack_top()).to_le_bytes());
        self.state.feed(&mut hasher);
        StateHash(hasher.digest())
    }

    fn may_have_changed(earlier: &Snapshot, later: &Snapshot, location: Location) -> bool {
        earlier.may_differ(later, location)
    }

    fn pack(snapshot: &mut Snapshot) {
        snapshot.heap.pack();
    }

    fn twin(&self) -> Option<Self> {
        self.fresh_twin().ok()
    }

    fn memory(&self) -> usize {
        // What the next snapshot would copy counts: it tells how far apart they should be.
        self.heap.bytes() + self.heap.dirty_bytes() + self.code.len() * 4 + self.constants.len() * 8
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.set_trail(bytes);
    }

    fn back(&mut self, steps: u64) -> u64 {
        self.step_back(steps)
    }

    fn trail_bytes(&self) -> usize {
        self.trail_size()
    }
}

impl Vm {
    /// The values of the watched places.
    pub(crate) fn watched(&self, probes: &Probes) -> Vec<u64> {
        probes.watches.iter().map(|&location| self.stored(location)).collect()
    }

    /// Which probe the instruction just performed has hit.
    pub(crate) fn hit(&self, probes: &Probes, before: &[u64], breakpoint: bool) -> Option<Hit> {
        let changed = probes
            .watches
            .iter()
            .zip(before)
            .position(|(&location, &old)| self.stored(location) != old);
        if let Some(index) = changed {
            return Some(Hit::Watch(index));
        }
        let position = CodePosition(u64::from(self.state.pc));
        if breakpoint || probes.breakpoints.contains(&position) {
            return Some(Hit::Breakpoint(position));
        }
        probes.every_step.then_some(Hit::Step)
    }

    /// Forgets where instructions found fields.
    pub(crate) fn forget_caches(&mut self) {
        for at in std::mem::take(&mut self.caches) {
            self.code[at as usize] = 0;
        }
    }
}

impl State {
    /// Everything that tells two states apart, apart from the tick.
    fn feed(&self, hasher: &mut Xxh3) {
        let mut number = |value: u64| hasher.update(&value.to_le_bytes());
        number(u64::from(self.pc));
        number(self.base as u64);
        number(self.globals as u64);
        number(self.ended.map_or(0, |value| value.0));
        if self.exit_code > 0 {
            number(u64::from(self.exit_code));
        }
        if let Some(precision) = self.precision {
            number(u64::MAX - u64::from(precision));
        }
        for effect in self.effects.iter() {
            number(effect.0);
        }
        self.tasks.feed(&mut number);
    }
}
