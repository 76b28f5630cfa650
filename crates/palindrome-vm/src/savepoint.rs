//! Savepoints: states to go back to when the work since then fails, and what is carried back.
//! `SAVEPOINT`, `RELEASE`, `ROLLBACK`, `RECALL`, `CARRY`; decision 0020.

use std::sync::{Arc, OnceLock};

use machine::{Answer, Piece, Question, Stream};
use xxhash_rust::xxh3::Xxh3;

use crate::checkpoint::Checkpoint;
use crate::exec::Flow;
use crate::layout::{OUTPUT, WORD};
use crate::operand::CodeIndex;
use crate::runtime::{carried, carried_text};
use crate::trap::Trap;
use crate::vm::{Cold, Core, Snapshot, Vm};
use crate::world::Worlds;

/// Savepoints that are open at the same time at most.
pub const SAVEPOINTS_MAX: usize = 1 << 16;

/// The savepoints that are open, innermost first. Those further out are shared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Savepoints(Option<Arc<Savepoint>>);

/// A state to go back to.
#[derive(Debug)]
pub(crate) struct Savepoint {
    /// Where it goes on after a `ROLLBACK`, if not with the next instruction.
    pub(crate) handler: Option<CodeIndex>,
    /// Whether it goes on there after a fault, too. Otherwise faults pass by.
    pub(crate) catches: bool,
    /// The state, but for the savepoints around, which are `outer`.
    pub(crate) state: Snapshot,
    pub(crate) outer: Savepoints,
    depth: usize,
    digest: OnceLock<u64>,
}

impl Savepoints {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many are open.
    pub(crate) fn depth(&self) -> usize {
        self.0.as_ref().map_or(0, |innermost| innermost.depth)
    }

    /// From the innermost to the outermost.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Savepoint>> {
        std::iter::successors(self.0.as_ref(), |savepoint| savepoint.outer.0.as_ref())
    }

    /// These, and one more inside of them.
    pub(crate) fn with(
        &self,
        (handler, catches): (Option<CodeIndex>, bool),
        state: Snapshot,
    ) -> Self {
        let (outer, depth, digest) = (self.clone(), self.depth() + 1, OnceLock::new());
        Self(Some(Arc::new(Savepoint { handler, catches, state, outer, depth, digest })))
    }

    /// A digest of all of them, each of which is computed once.
    pub(crate) fn digest(&self) -> u64 {
        let is_unknown = |savepoint: &&Arc<Savepoint>| savepoint.digest.get().is_none();
        // From the outermost, so that nothing recurses.
        let unknown: Vec<_> = self.iter().take_while(is_unknown).collect();
        for savepoint in unknown.into_iter().rev() {
            savepoint.digest.get_or_init(|| savepoint.digest_over(savepoint.outer.known()));
        }
        self.known()
    }

    /// The digest, which was computed before.
    fn known(&self) -> u64 {
        self.0.as_ref().and_then(|innermost| innermost.digest.get().copied()).unwrap_or(0)
    }
}

impl Savepoint {
    /// Whether it was opened after a checkpoint was made.
    pub(crate) fn knows(&self, checkpoint: &Checkpoint) -> bool {
        self.state.core.cold.checkpoints.iter().any(|known| known.is(checkpoint))
    }

    fn digest_over(&self, outer: u64) -> u64 {
        let mut hasher = Xxh3::new();
        hasher.update(&outer.to_le_bytes());
        hasher.update(&self.state.digest().0.to_le_bytes());
        let handler = self.handler.map_or(u64::MAX, |handler| u64::from(handler.0));
        hasher.update(&handler.to_le_bytes());
        hasher.update(&[u8::from(self.catches)]);
        hasher.digest()
    }
}

/// A chain may be long, so it is not taken apart by recursion.
impl Drop for Savepoint {
    fn drop(&mut self) {
        let mut next = self.outer.0.take();
        while let Some(mut savepoint) = next.and_then(Arc::into_inner) {
            next = savepoint.outer.0.take();
        }
    }
}

impl Vm {
    /// Opens a savepoint.
    pub(crate) fn savepoint(
        &mut self,
        handler: Option<CodeIndex>,
        catches: bool,
    ) -> Result<Flow, Trap> {
        if self.core.cold.savepoints.depth() >= SAVEPOINTS_MAX {
            return Err(Trap::TooManySavepoints);
        }
        self.save_state();
        let around = &self.core.cold;
        let cold = Cold { savepoints: Savepoints::default(), ..Cold::clone(around) };
        let core = Core { cold: Arc::new(cold), ..self.core.clone() };
        let (registers, tape) = (self.registers, self.tape.snapshot());
        let state = Snapshot { registers, core, tape, trail: None };
        let cold = self.cold_mut();
        cold.savepoints = cold.savepoints.with((handler, catches), state);
        Ok(Flow::Next)
    }

    /// Closes the innermost savepoint: the work since then stands. What was held back for the output
    /// is handed over with the last one.
    pub(crate) fn release(&mut self, answer: Option<&Answer>) -> Result<Flow, Trap> {
        let outer = self.innermost()?.outer.clone();
        let held = if outer.is_empty() { self.held_output()? } else { Vec::new() };
        if held.is_empty() {
            self.save_state();
        } else {
            match answer {
                None => {
                    let piece = Piece { stream: Stream::Output, bytes: held };
                    return Ok(Flow::Asks(Question::Write(vec![piece])));
                }
                Some(Answer::Done) => {}
                Some(_) => return Err(Trap::BadAnswer),
            }
            self.save_run(OUTPUT.start, WORD);
            self.write(OUTPUT.start, 0, 8)?;
        }
        self.cold_mut().savepoints = outer;
        Ok(Flow::Next)
    }

    /// Closes the savepoint with so many inside of it, which stay open.
    pub(crate) fn release_level(
        &mut self,
        level: i64,
        answer: Option<&Answer>,
    ) -> Result<Flow, Trap> {
        if level == 0 {
            return self.release(answer);
        }
        let wanted = usize::try_from(level).map_err(|_| Trap::NoSavepoint)?;
        let open = &self.core.cold.savepoints;
        let closed = open.iter().nth(wanted).ok_or(Trap::NoSavepoint)?;
        let inside: Vec<_> = open.iter().take(wanted).cloned().collect();
        // What was printed is held back on, as some stay open.
        let left = inside.iter().rev().fold(closed.outer.clone(), |around, savepoint| {
            around.with((savepoint.handler, savepoint.catches), savepoint.state.clone())
        });
        self.save_state();
        self.cold_mut().savepoints = left;
        Ok(Flow::Next)
    }

    /// Goes back to the innermost savepoint, and on at its handler.
    pub(crate) fn rollback(&mut self) -> Result<Flow, Trap> {
        let innermost = Arc::clone(self.innermost()?);
        let carry = self.core.cold.carry.clone();
        self.save_tape();
        self.go_back_to(&innermost, carry);
        Ok(innermost.handler.map_or(Flow::Next, |handler| Flow::Jump(handler.0)))
    }

    /// The tape becomes that of a savepoint, the innermost being 0. All else stays.
    pub(crate) fn recall(&mut self, level: i64) -> Result<Flow, Trap> {
        let wanted = usize::try_from(level).ok();
        let found = wanted.and_then(|wanted| self.core.cold.savepoints.iter().nth(wanted));
        let found = Arc::clone(found.ok_or(Trap::NoSavepoint)?);
        self.save_tape();
        self.tape.restore(&found.state.tape);
        // Pages may be as they were long ago, which hides that they were written.
        self.core.rewinds += 1;
        Ok(Flow::Next)
    }

    /// Writes a value down beside the tape, by the description of its type, for `carry_in`.
    pub(crate) fn carry(&mut self, value: i64, of: i64) -> Result<Flow, Trap> {
        let bytes = carried(self, value, of)?;
        self.save_state();
        self.cold_mut().carry = Some(bytes.into());
        Ok(Flow::Next)
    }

    /// Where it goes on after a fault: at the innermost handler, with all as it was at its savepoint
    /// and the fault's message to be carried in.
    fn caught(&mut self, trap: &Trap) -> Option<Flow> {
        // A recording that does not fit is no fault of the program's.
        if *trap == Trap::BadAnswer {
            return None;
        }
        let catches = |savepoint: &&Arc<Savepoint>| savepoint.catches;
        let savepoint = Arc::clone(self.core.cold.savepoints.iter().find(catches)?);
        let handler = savepoint.handler?;
        // Whoever reverses by hand says why in words of its own.
        let message = if let Trap::Reversed { .. } = trap {
            trap.message()
        } else {
            self.in_worlds(&savepoint.state.core.cold.worlds, trap.clone()).message()
        };
        self.save_tape();
        self.go_back_to(&savepoint, Some(carried_text(&message).into()));
        Some(Flow::Caught(handler.0))
    }

    /// What becomes of a fault: it is caught, or ends the program, which is told where it was.
    pub(crate) fn caught_or(&mut self, trap: Trap) -> Result<Flow, Trap> {
        match self.caught(&trap) {
            Some(flow) => Ok(flow),
            None if trap == Trap::BadAnswer => Err(trap),
            None => Err(self.in_worlds(&Worlds::default(), trap)),
        }
    }

    fn innermost(&self) -> Result<&Arc<Savepoint>, Trap> {
        self.core.cold.savepoints.0.as_ref().ok_or(Trap::NoSavepoint)
    }

    fn go_back_to(&mut self, savepoint: &Savepoint, carry: Option<Arc<[u8]>>) {
        self.take_back(&savepoint.state, 0);
        let cold = self.cold_mut();
        cold.savepoints = savepoint.outer.clone();
        cold.carry = carry;
    }

    /// What runtime functions printed inside of savepoints.
    fn held_output(&self) -> Result<Vec<u8>, Trap> {
        if !self.program.calls_runtime() {
            return Ok(Vec::new());
        }
        let mut length = [0; 8];
        self.tape.peek(OUTPUT.start, &mut length);
        let length = i64::from_le_bytes(length);
        let room = OUTPUT.end - OUTPUT.start - WORD;
        let size = usize::try_from(length).ok().filter(|_| length <= room);
        let mut bytes = vec![0; size.ok_or(Trap::ObjectSize { size: length })?];
        self.tape.peek(OUTPUT.start + WORD, &mut bytes);
        Ok(bytes)
    }
}
