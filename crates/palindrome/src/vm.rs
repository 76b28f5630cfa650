//! The tape machine with a program of the language: it runs as any of its programs does, and is looked
//! at by the program's own names.

mod expression;
mod frames;
mod inspect;
mod operator;
mod parts;
mod path;
mod relations;
mod row;
mod written;

use std::sync::Arc;

use machine::{
    Answer, Hit, Location, Machine, Portable, Probes, StateError, StateHash, Stop, Tick,
};
use palindrome_vm::layout::STATE;
use palindrome_vm::runtime::describe::{Values, WRITTEN_MAX};
use palindrome_vm::{Earlier, Trap};
use relational::{Type, Value};
use tape::TapePart;

use crate::past::{Past, PastWriter, Steps, WriteError};
use crate::program::Program;
use crate::state::{KeptName, State, StatePage};

/// A machine with a program.
#[derive(Debug)]
pub struct Vm {
    tape: palindrome_vm::Vm,
    program: Arc<Program>,
}

/// A state of the machine with the program that it is of. Shares what is the same.
#[derive(Clone, Debug)]
pub struct Snapshot {
    tape: palindrome_vm::Snapshot,
    program: Arc<Program>,
}

impl Snapshot {
    /// The bytes on the tape.
    #[must_use]
    pub fn tape(&self) -> &tape::TapeSnapshot {
        self.tape.tape()
    }
}

impl Vm {
    /// A machine before its first instruction, with what earlier runs have left.
    #[must_use]
    pub fn load(program: Arc<Program>) -> Self {
        Self::load_at(program, Tick::at(0))
    }

    fn load_at(program: Arc<Program>, tick: Tick) -> Self {
        let mut tape = palindrome_vm::Vm::load_at(Arc::clone(&program.code), tick);
        let placed = program.state.place(&program.names, &mut tape);
        debug_assert!(placed.is_ok(), "what was on one heap fits onto another");
        if let Some(before) = &program.before {
            tape.begin_after(Arc::clone(before) as Arc<dyn Earlier>);
        }
        Self { tape, program }
    }

    /// A machine in the state of a snapshot.
    #[must_use]
    pub fn at(snapshot: &Snapshot) -> Self {
        let mut vm = Self::load(Arc::clone(&snapshot.program));
        vm.restore(snapshot);
        vm
    }

    /// The names of the top level that have a value which can be kept, by name.
    ///
    /// # Errors
    /// One is too large to be taken out at once.
    pub fn kept_names(&mut self) -> Result<Vec<KeptName>, Trap> {
        let mut names = Vec::new();
        for global in &self.program.names.globals {
            let Some(of) = &global.stored else { continue };
            let mut words = [0; 16];
            self.tape.tape.peek(global.at, &mut words);
            let [value, has_value] = *words.as_chunks::<8>().0 else { continue };
            if i64::from_le_bytes(has_value) == 1 {
                let value = self.tape.value_of(i64::from_le_bytes(value), of)?;
                names.push(KeptName { name: global.name.clone(), of: of.clone(), value });
            }
        }
        names.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(names)
    }

    /// What a program that ends here leaves for the next.
    ///
    /// # Errors
    /// As for [`kept_names`](Self::kept_names).
    pub fn state(&mut self) -> Result<State, Trap> {
        let names = self.kept_names()?;
        Ok(State::from_tape(&mut self.tape.tape, names))
    }

    /// The pages of its relations.
    #[must_use]
    pub fn pages(&mut self) -> Vec<StatePage> {
        State::from_tape(&mut self.tape.tape, Vec::new()).pages
    }

    /// The data as they are.
    pub(crate) fn part(&mut self) -> TapePart {
        self.tape.tape.part(STATE)
    }

    /// The value that a word of one of its types stands for.
    pub(crate) fn taken_out(&mut self, word: i64, of: &Type) -> Result<Value, Trap> {
        self.tape.value_of(word, of)
    }

    /// The value of the last statement, with its type, if that can be kept; for a program that has
    /// ended.
    ///
    /// # Errors
    /// As for [`kept_names`](Self::kept_names).
    pub fn result(&mut self) -> Result<Option<(Type, Value)>, Trap> {
        let result = self.program.names.result.as_ref();
        let Some(of) = result.and_then(|result| result.stored.clone()) else { return Ok(None) };
        let value = self.tape.value_of(self.tape.registers[0], &of)?;
        Ok(Some((of, value)))
    }

    /// The columns of that value, in the order in which they were asked for.
    #[must_use]
    pub fn result_columns(&self) -> &[String] {
        self.program.names.result.as_ref().map_or(&[], |result| &result.columns)
    }

    /// The text of the value of the last statement, for a program that has ended.
    #[must_use]
    pub fn result_text(&self) -> Option<String> {
        let result = self.program.names.result.as_ref()?;
        let values = Values::new(&self.tape);
        values.quoted(self.tape.registers[0], result.of, WRITTEN_MAX).ok()
    }

    /// Makes another program the machine's, which begins with what this one has left, at the tick
    /// that it has come to. For a timeline that branches.
    ///
    /// # Errors
    /// A name of the program is of another type, or a value is too large.
    pub fn go_on(&mut self, program: &Program) -> Result<(), String> {
        let mut state = self.state().map_err(|trap| trap.to_string())?;
        state.names.retain(|kept| !program.names.renewed.contains(&kept.name));
        let past = self.past().map_err(|error| error.to_string())?;
        let program = program.with_past(state, past).map_err(|unfit| unfit.to_string())?;
        *self = Self::load_at(program, self.tick());
        Ok(())
    }

    /// The past with what this machine has added to it.
    ///
    /// # Errors
    /// A name has a value that is too large, or what was before cannot be read.
    pub fn past(&mut self) -> Result<Arc<Past>, WriteError> {
        let mut past = self.program.past().map_or_else(Past::default, |past| Past::clone(past));
        let mut writer = PastWriter::after(&past).map_err(WriteError::Past)?;
        let (steps, table) = (writer.steps(self)?, self.tape.moment_table());
        let keeps = past.steps().len() as u64;
        let table = Some((table, past.forgotten()));
        past.add(Steps { keeps, table, steps }).map_err(WriteError::Past)?;
        Ok(past.into())
    }

    /// Takes all back that its program has done, at the tick that it has come to. For a timeline that
    /// branches.
    pub fn begin_again(&mut self) {
        *self = Self::load_at(Arc::clone(&self.program), self.tick());
    }

    /// Its program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
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
        Snapshot { tape: self.tape.snapshot(), program: Arc::clone(&self.program) }
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        if !Arc::ptr_eq(&self.program, &snapshot.program) {
            self.program = Arc::clone(&snapshot.program);
            self.tape = palindrome_vm::Vm::load(Arc::clone(&self.program.code));
        }
        self.tape.restore(&snapshot.tape);
    }

    fn state_hash(&self) -> StateHash {
        self.tape.state_hash()
    }

    fn may_have_changed(earlier: &Snapshot, later: &Snapshot, location: Location) -> bool {
        !Arc::ptr_eq(&earlier.program, &later.program)
            || palindrome_vm::Vm::may_have_changed(&earlier.tape, &later.tape, location)
    }

    fn pack(snapshot: &mut Snapshot) {
        palindrome_vm::Vm::pack(&mut snapshot.tape);
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
