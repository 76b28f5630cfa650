//! The tape machine with a program of the language: it runs as any of its programs does, and is looked
//! at by the program's own names.

mod frames;
mod inspect;
mod path;

use std::sync::Arc;

use machine::{
    Answer, Hit, Location, Machine, Portable, Probes, StateError, StateHash, Stop, Tick,
};
use palindrome_vm::{Snapshot, Trap};

use crate::program::Program;

/// A machine with a program.
#[derive(Debug)]
pub struct Vm {
    tape: palindrome_vm::Vm,
    program: Arc<Program>,
}

impl Vm {
    /// A machine before its first instruction.
    #[must_use]
    pub fn load(program: Arc<Program>) -> Self {
        Self { tape: palindrome_vm::Vm::load(Arc::clone(&program.code)), program }
    }

    /// The tape machine beneath.
    #[must_use]
    pub fn tape(&self) -> &palindrome_vm::Vm {
        &self.tape
    }
}

impl Machine for Vm {
    type Snapshot = Snapshot;
    type Trap = Trap;

    fn tick(&self) -> Tick {
        self.tape.tick()
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<Trap> {
        self.tape.run(until, probes)
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Trap> {
        self.tape.answer(answer)
    }

    fn answer_probed(&mut self, answer: &Answer, probes: &Probes) -> Result<Option<Hit>, Trap> {
        self.tape.answer_probed(answer, probes)
    }

    fn snapshot(&mut self) -> Snapshot {
        self.tape.snapshot()
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.tape.restore(snapshot);
    }

    fn state_hash(&self) -> StateHash {
        self.tape.state_hash()
    }

    fn may_have_changed(earlier: &Snapshot, later: &Snapshot, location: Location) -> bool {
        palindrome_vm::Vm::may_have_changed(earlier, later, location)
    }

    fn twin(&self) -> Option<Self> {
        Some(Self { tape: self.tape.twin()?, program: Arc::clone(&self.program) })
    }

    fn memory(&self) -> usize {
        // Of all snapshots, not the bytes at an address.
        Machine::memory(&self.tape)
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.tape.keep_trail(bytes);
    }

    fn back(&mut self, steps: u64) -> u64 {
        self.tape.back(steps)
    }

    fn trail_bytes(&self) -> usize {
        self.tape.trail_bytes()
    }
}

impl Portable for Vm {
    fn write_state(&mut self) -> Option<Vec<u8>> {
        self.tape.write_state()
    }

    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        self.tape.read_state(bytes)
    }
}
