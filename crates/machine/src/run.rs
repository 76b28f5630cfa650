//! The contract between a guest and time.

use std::fmt::{self, Debug, Display};

use crate::{Answer, Hit, Location, Probes, Question, Tick};

/// A deterministic guest: its state is a function of its program and the answers it was given.
///
/// # Laws
///
/// 1. *Determinism*: equal states given equal answers stay equal, tick for tick.
/// 2. *Division*: running to `a` and then to `b` equals running to `b`, and probes change nothing.
/// 3. *Restore*: after `restore(&s)` the state is the one that `snapshot()` saw. Any snapshot of
///    this machine may be restored at any time, older or newer, on this branch or another.
/// 4. *Trap*: a trap leaves the state as it was before the instruction, which does not count as
///    retired. The same holds for a question until it is answered.
/// 5. *Back*: after `back` the state is the one that was there at the earlier tick.
/// 6. *Twin*: what [`twin`](Self::twin) makes and this machine cannot be told apart once the same
///    snapshot is restored in both.
///
/// `testkit::laws` checks them all; every implementation calls it.
///
/// Machines and their snapshots may go to another thread, so that stretches of the past can be
/// searched at the same time.
pub trait Machine: Send {
    /// The whole state, sharing with the running machine what does not change. Cheap to clone.
    type Snapshot: Clone + Send + Sync;
    /// How the guest program can fail.
    type Trap: Clone + Debug + Display + PartialEq;

    /// How far it has come.
    fn tick(&self) -> Tick;

    /// Runs until `until` or an earlier stop. Returns at once where `until` is not after now.
    ///
    /// Where no instruction ends at `until` exactly, the first tick after it is where it stops. A
    /// probe that hits there is reported rather than `Reached`, so that a run cut in pieces loses
    /// no hit.
    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<Self::Trap>;

    /// Gives the answer to the question that the last `run` stopped with, which retires the
    /// instruction that asked.
    ///
    /// # Errors
    /// The guest cannot go on with this answer; the state is as before the instruction.
    fn answer(&mut self, answer: &Answer) -> Result<(), Self::Trap>;

    /// Like [`answer`](Self::answer), and says which probe the answered instruction hit: a watch
    /// that it changed, a breakpoint that control arrived at. No later `run` will say it.
    ///
    /// The provided body knows only of `every_step`; a machine that takes breakpoints and watches
    /// has to do better.
    ///
    /// # Errors
    /// As for `answer`.
    fn answer_probed(
        &mut self,
        answer: &Answer,
        probes: &Probes,
    ) -> Result<Option<Hit>, Self::Trap> {
        self.answer(answer)?;
        Ok(probes.every_step.then_some(Hit::Step))
    }

    /// The state now. O(1) in the size of the state.
    fn snapshot(&mut self) -> Self::Snapshot;

    /// Makes `snapshot` the state. Forgets the trail.
    fn restore(&mut self, snapshot: &Self::Snapshot);

    /// Equal for equal states, on every machine of the same architecture. Excludes the tick and
    /// the trail.
    fn state_hash(&self) -> StateHash;

    /// Whether a run from the state of `earlier` to that of `later` may have changed what is stored
    /// in `location`, if only for a while. `false` must be certain; it lets a search for the last
    /// write pass over the run.
    fn may_have_changed(
        earlier: &Self::Snapshot,
        later: &Self::Snapshot,
        location: Location,
    ) -> bool {
        let _ = (earlier, later, location);
        true
    }

    /// Makes a snapshot that is kept for long smaller, if that is possible. It stays what it is, but
    /// restoring it may take longer. Asked again, it does what is left to do since others went that
    /// shared with it, or since it was restored.
    fn pack(snapshot: &mut Self::Snapshot) {
        let _ = snapshot;
    }

    /// Another machine for the same program, in any state, which runs by itself: snapshots of this
    /// one can be restored in it. `None` where there is only the one; searches of the past then take
    /// one stretch after the other.
    fn twin(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Bytes held by this machine and all its snapshots together.
    fn memory(&self) -> usize;

    /// Keeps a trail of at most about `bytes` from here on, dropping its oldest part when full, so
    /// that `back` can undo. 0 stops and forgets. A machine without a trail ignores this.
    fn keep_trail(&mut self, bytes: usize) {
        let _ = bytes;
    }

    /// Undoes up to `steps` instructions from the trail, newest first; says how many were undone.
    fn back(&mut self, steps: u64) -> u64 {
        let _ = steps;
        0
    }

    /// Bytes the trail holds now.
    fn trail_bytes(&self) -> usize {
        0
    }
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop<T> {
    /// `until` was reached, or a [pause](crate::pause) is due before.
    Reached,
    /// A probe asked to stop here.
    Probed(Hit),
    /// The guest wants something from outside; `answer` must follow before it can go on.
    Asks(Question),
    /// The guest did something illegal; it can be looked at, and stepped back from.
    Trapped(T),
    /// The program ended. Running on stops here again.
    Ended(ExitCode),
}

/// A digest of a machine's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateHash(pub u64);

impl Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a program that ended says to its caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExitCode(pub u8);
