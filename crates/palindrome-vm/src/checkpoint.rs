//! Checkpoints that a program makes: `CHECKPOINT`, `REWIND`, `REWINDN`, `COMMIT`.

use std::sync::{Arc, OnceLock};

use crate::exec::Flow;
use crate::trap::Trap;
use crate::vm::{Cold, Core, REWIND_MAX, Snapshot, Vm};

/// A named state to go back to.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    state: Snapshot,
    digest: OnceLock<u64>,
}

impl Checkpoint {
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether both are the same one, made at the same time.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A digest of the state, computed once.
    pub(crate) fn digest(&self) -> u64 {
        *self.0.digest.get_or_init(|| self.0.state.digest().0)
    }
}

impl Vm {
    /// Remembers the state under `name`, in place of an older checkpoint of that name.
    pub(crate) fn checkpoint(&mut self, name: &str) -> Flow {
        self.save_state();
        let tape = self.tape.snapshot();
        // Which checkpoints there were does not matter to a rewind, and a chain of them would grow.
        let Cold { forks, moments, .. } = &*self.core.cold;
        let (forks, moments) = (forks.clone(), Arc::clone(moments));
        let cold = Cold { forks, moments, ..Cold::default() };
        let core = Core { cold: Arc::new(cold), ..self.core.clone() };
        let registers = self.registers;
        let state = Snapshot { registers, core, tape, trail: None };
        let digest = OnceLock::new();
        let checkpoint = Checkpoint(Arc::new(Inner { name: name.to_owned(), state, digest }));
        let checkpoints = &mut self.cold_mut().checkpoints;
        checkpoints.retain(|older| older.name() != name);
        checkpoints.push(checkpoint);
        Flow::Next
    }

    /// Takes back everything since the checkpoint, but for the registers in `keep`.
    pub(crate) fn rewind(&mut self, name: &str, keep: u16) -> Result<Flow, Trap> {
        let index = self.find_checkpoint(name)?;
        let checkpoints = self.core.cold.checkpoints[..=index].to_vec();
        let state = Arc::clone(&checkpoints[index].0);
        // The savepoint would stay open where it was never made.
        let savepoints = self.core.cold.savepoints.clone();
        if savepoints.iter().next().is_some_and(|innermost| innermost.knows(&checkpoints[index])) {
            return Err(Trap::SavepointBetween { name: name.to_owned() });
        }
        self.save_tape();
        self.take_back(&state.state, keep);
        let cold = self.cold_mut();
        (cold.checkpoints, cold.savepoints) = (checkpoints, savepoints);
        Ok(Flow::Next)
    }

    /// Takes back the effects of `steps` instructions.
    pub(crate) fn rewind_steps(&mut self, steps: i64) -> Result<Flow, Trap> {
        let possible = REWIND_MAX.min(self.core.tick - self.trail.start_tick());
        let wanted = u64::try_from(steps).ok().filter(|wanted| *wanted <= possible);
        let Some(wanted) = wanted else { return Err(Trap::RewindTooFar { steps, possible }) };
        let now = self.take_snapshot();
        self.undo(wanted);
        let then = self.take_snapshot();
        self.go_to(&now);
        self.save_tape();
        self.take_back(&then, 0);
        self.core.cold = then.core.cold;
        Ok(Flow::Next)
    }

    /// Forgets a checkpoint and those made after it.
    pub(crate) fn commit(&mut self, name: &str) -> Result<Flow, Trap> {
        let index = self.find_checkpoint(name)?;
        self.save_state();
        self.cold_mut().checkpoints.truncate(index);
        Ok(Flow::Next)
    }

    fn find_checkpoint(&self, name: &str) -> Result<usize, Trap> {
        let found = self.core.cold.checkpoints.iter().position(|point| point.name() == name);
        found.ok_or_else(|| Trap::NoCheckpoint { name: name.to_owned() })
    }

    /// Makes the state that of `then`, but for the position and time.
    pub(crate) fn take_back(&mut self, then: &Snapshot, keep: u16) {
        let kept = self.registers.general;
        self.registers = then.registers;
        for (number, value) in kept.into_iter().enumerate().filter(|(n, _)| keep >> n & 1 == 1) {
            self.registers.general[number] = value;
        }
        self.tape.restore(&then.tape);
        let (sp, fp, hp) = (then.core.sp, then.core.fp, then.core.hp);
        let cold = Arc::clone(&then.core.cold);
        let core = &mut self.core;
        (core.sp, core.fp, core.hp, core.cold) = (sp, fp, hp, cold);
        core.rewinds += 1;
        core.stale = then.core.stale & !keep | core.stale & keep;
        if let Some(saved) = self.trail.open.saved.last_mut()
            && self.trail.on
        {
            saved.flags_after = self.registers.flags;
        }
    }
}
