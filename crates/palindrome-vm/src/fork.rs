//! Parallel timelines: `FORK` and `MERGE`.
//!
//! A fork is part of the state of the timeline that started it. It does its work when a merge
//! waits for it, in slices of a fixed number of instructions, all forks of a slice at the same time
//! on as many threads as there are. A slice is one tick of the merge, so that it can be
//! interrupted, kept and taken back; questions of forks are asked between slices, in the order of
//! the forks. Nothing depends on which thread is first.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::ScopedJoinHandle;

use machine::{Answer, Machine as _, Probes, Question, Stop, Tick};
use tape::{MergeConflicts, MergeStrategy, TapeSnapshot};

use crate::exec::Flow;
use crate::image::Program;
use crate::layout::STACK;
use crate::operand::{CodeIndex, Strategy};
use crate::trap::Trap;
use crate::vm::{Core, Origin, Snapshot, Vm};

/// Forks that wait for a merge at most.
pub const FORKS_MAX: usize = 1024;
/// Forks of forks of forks at most: each takes room on the host's stack while it is merged.
pub const FORK_DEPTH_MAX: u8 = 16;
/// Instructions of a fork's first slice, for which no thread is started.
const FIRST_SLICE: u64 = 1 << 12;
/// Instructions of a slice.
const SLICE: u64 = 1 << 20;

/// A parallel timeline.
#[derive(Clone, Debug)]
pub(crate) struct Fork(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The tape when it was started.
    base: TapeSnapshot,
    origin: Origin,
    state: Snapshot,
    status: Status,
    digest: OnceLock<u64>,
}

#[derive(Clone, Debug)]
enum Status {
    Running,
    Asks(Question),
    Ended,
}

impl Fork {
    fn new(base: TapeSnapshot, origin: Origin, state: Snapshot, status: Status) -> Self {
        Self(Arc::new(Inner { base, origin, state, status, digest: OnceLock::new() }))
    }

    /// A digest of the state, computed once.
    pub(crate) fn digest(&self) -> u64 {
        *self.0.digest.get_or_init(|| self.0.state.digest().0)
    }

    fn is_running(&self) -> bool {
        matches!(self.0.status, Status::Running)
    }

    /// How it is after another slice.
    fn advanced(&self, program: &Arc<Program>, slice: u64) -> Result<Self, (u32, Trap)> {
        let mut vm = Vm::resume(program, &self.0.state, self.0.origin);
        let until = Tick::at(vm.core.tick.saturating_add(slice));
        let status = match vm.run(until, &Probes::none()) {
            Stop::Reached | Stop::Probed(_) => Status::Running,
            Stop::Asks(question) => Status::Asks(question),
            Stop::Ended(_) => Status::Ended,
            Stop::Trapped(trap) => return Err((vm.core.ip, trap)),
        };
        Ok(Self::new(self.0.base.clone(), self.0.origin, vm.take_snapshot(), status))
    }

    /// How it is after its question was answered.
    fn answered(&self, program: &Arc<Program>, answer: &Answer) -> Result<Self, (u32, Trap)> {
        let mut vm = Vm::resume(program, &self.0.state, self.0.origin);
        vm.answer(answer).map_err(|trap| (vm.core.ip, trap))?;
        let state = vm.take_snapshot();
        Ok(Self::new(self.0.base.clone(), self.0.origin, state, Status::Running))
    }
}

impl Vm {
    /// Starts a parallel timeline at `label`.
    pub(crate) fn fork(&mut self, label: CodeIndex) -> Result<Flow, Trap> {
        if self.core.cold.forks.len() >= FORKS_MAX {
            return Err(Trap::TooManyForks);
        }
        if self.origin.depth >= FORK_DEPTH_MAX {
            return Err(Trap::ForksTooDeep);
        }
        self.save_state();
        let origin = Origin { sp: self.core.sp, depth: self.origin.depth + 1 };
        let cold = Arc::default();
        let core = Core { ip: label.0, fp: self.core.sp, tick: 0, cold, ..self.core.clone() };
        let tape = self.tape.snapshot();
        let state = Snapshot { registers: self.registers, core, tape, trail: None };
        let fork = Fork::new(state.tape.clone(), origin, state, Status::Running);
        self.cold_mut().forks.push(fork);
        Ok(Flow::Next)
    }

    /// Lets the forks work for a slice, or folds them into this timeline if all have ended.
    pub(crate) fn merge(&mut self, strategy: Strategy) -> Result<Flow, Trap> {
        let forks = &self.core.cold.forks;
        if let Some(question) = forks.iter().find_map(|fork| match &fork.0.status {
            Status::Asks(question) => Some(question.clone()),
            Status::Running | Status::Ended => None,
        }) {
            return Ok(Flow::Asks(question));
        }
        if forks.iter().any(Fork::is_running) {
            let advanced = self.advance_forks()?;
            self.save_state();
            self.cold_mut().forks = advanced;
            return Ok(Flow::Again);
        }
        self.fold(strategy)
    }

    /// The first fork that asks gets the answer.
    pub(crate) fn answer_fork(&mut self, answer: &Answer) -> Result<Flow, Trap> {
        let forks = &self.core.cold.forks;
        let asking = |fork: &Fork| matches!(fork.0.status, Status::Asks(_));
        let fork = forks.iter().position(asking).ok_or(Trap::BadAnswer)?;
        let answered = forks[fork].answered(&self.program, answer);
        let answered = answered.map_err(|stopped| in_fork(fork, stopped))?;
        self.save_state();
        self.cold_mut().forks[fork] = answered;
        Ok(Flow::Again)
    }

    fn advance_forks(&self) -> Result<Vec<Fork>, Trap> {
        let forks = &self.core.cold.forks;
        let is_first = |fork: &Fork| fork.0.state.core.tick == 0;
        let program = &self.program;
        let advance = |fork: &Fork| match fork.is_running() {
            true if is_first(fork) => fork.advanced(program, FIRST_SLICE),
            true => fork.advanced(program, SLICE),
            false => Ok(fork.clone()),
        };
        let long = forks.iter().filter(|fork| fork.is_running() && !is_first(fork)).count();
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(long);
        let results: Vec<_> = if threads < 2 {
            forks.iter().map(advance).collect()
        } else {
            let share = forks.len().div_ceil(threads);
            std::thread::scope(|scope| {
                let work = |part| move || part_of(part, advance);
                let workers: Vec<_> =
                    forks.chunks(share).map(|part| scope.spawn(work(part))).collect();
                let joined = workers.into_iter().map(ScopedJoinHandle::join);
                joined.flat_map(|part| part.expect("a fork does not panic")).collect()
            })
        };
        let numbered = results.into_iter().enumerate();
        numbered.map(|(fork, result)| result.map_err(|stopped| in_fork(fork, stopped))).collect()
    }

    fn fold(&mut self, strategy: Strategy) -> Result<Flow, Trap> {
        let chosen = self.core.cold.choice.filter(|_| strategy == Strategy::Manual);
        let rule = rule(chosen.unwrap_or(strategy));
        self.save_tape();
        let before = self.tape.snapshot();
        let forks = Arc::clone(&self.core.cold);
        for (index, fork) in forks.forks.iter().enumerate() {
            let (base, theirs) = (&fork.0.base, &fork.0.state.tape);
            if let Err(conflicts) = self.tape.merge(base, theirs, rule, &[STACK]) {
                self.tape.restore(&before);
                return Err(self.unsave(conflict(index, &conflicts)));
            }
        }
        let theirs = forks.forks.iter().map(|fork| fork.0.state.core.hp);
        self.core.hp = theirs.fold(self.core.hp, i64::max);
        let cold = self.cold_mut();
        cold.forks.clear();
        cold.choice = None;
        Ok(Flow::Next)
    }
}

/// What a strategy means for the cells of the tape.
pub(crate) fn rule(strategy: Strategy) -> MergeStrategy {
    match strategy {
        Strategy::Latest => MergeStrategy::Latest,
        Strategy::Earliest => MergeStrategy::Earliest,
        Strategy::Combine => MergeStrategy::Combine,
        Strategy::Manual => MergeStrategy::Manual,
    }
}

fn part_of<T>(part: &[Fork], advance: impl Fn(&Fork) -> T) -> Vec<T> {
    part.iter().map(advance).collect()
}

fn in_fork(fork: usize, (at, trap): (u32, Trap)) -> Trap {
    Trap::InFork { fork, at, trap: Box::new(trap) }
}

fn conflict(fork: usize, conflicts: &MergeConflicts) -> Trap {
    if let Some((ours, theirs)) = conflicts.overlaps.first() {
        return Trap::MergeNames { reason: format!("segments `{ours}` and `{theirs}` overlap") };
    }
    if conflicts.cells.is_empty() {
        let names = conflicts.names.join("`, `");
        return Trap::MergeNames { reason: format!("`{names}` differ between them") };
    }
    let positions = conflicts.cells.iter().take(16).map(|cell| cell.position).collect();
    Trap::MergeConflict {
        fork,
        positions,
        count: usize::try_from(conflicts.cells_total).unwrap_or(usize::MAX),
    }
}
