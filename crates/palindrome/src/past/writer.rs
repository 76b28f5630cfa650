//! What a machine has done, written down step by step.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use palindrome_vm::layout::STATE;
use palindrome_vm::{KeptMoment, Trap, store_difference};
use relational::typed_to_bytes;
use tape::TapePart;

use super::step::{Change, StoredNames, names_between};
use super::{Known, Past, PastError, Place, Stamp, Step};
use crate::program::Program;
use crate::state::{KeptName, State};
use crate::vm::Vm;

/// A step says all when those since the last such one have this many bytes more, and twice as many as it.
const WHOLE_EVERY: u64 = 64 << 10;
/// Bytes of the store in one step of several that say all.
const PART: usize = 16 << 20;
/// Bytes before those of a run of the store: its position and its length.
const RUN_HEAD: usize = 10;

/// Writes down what a machine does.
#[derive(Debug)]
pub struct PastWriter {
    last: Option<TapePart>,
    names: Arc<StoredNames>,
    /// The words of names as they were last: equal ones are equal values.
    words: BTreeMap<i64, [i64; 2]>,
    /// The program whose words they are.
    program: Option<Arc<Program>>,
    /// Bytes of the last steps that say all, and of those since then.
    whole: u64,
    since: u64,
    /// The number of the first moment that is not written.
    next: u64,
}

/// Why something cannot be written down.
#[derive(Debug)]
pub enum WriteError {
    /// The value of a name is too large.
    Name(Trap),
    /// What was before cannot be read.
    Past(PastError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(trap) => {
                write!(f, "a name of the top level cannot be kept on the tape: {trap}")
            }
            Self::Past(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl PastWriter {
    /// Writes on behind a past.
    ///
    /// # Errors
    /// Its end cannot be read.
    pub fn after(past: &Past) -> Result<Self, PastError> {
        let Some(last) = past.steps().len().checked_sub(1) else {
            return Ok(Self::from_nothing());
        };
        let Known { part, names } = past.known(Some(last))?;
        let (whole, since) = sizes(past.steps());
        let words = BTreeMap::new();
        let (next, program) = (past.table().next, None);
        Ok(Self { last: Some(part), names, words, program, whole, since, next })
    }

    fn from_nothing() -> Self {
        let (names, words) = (Arc::default(), BTreeMap::new());
        Self { last: None, names, words, program: None, whole: 0, since: 0, next: 0 }
    }

    /// The number of the first moment that is not written.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// What a machine has done since the last time.
    ///
    /// # Errors
    /// A name has a value that is too large.
    pub fn steps(&mut self, vm: &mut Vm) -> Result<Vec<Step>, WriteError> {
        let mut steps = Vec::new();
        for moment in vm.tape().moments_from(self.next) {
            let KeptMoment { number, time, before, state } = moment;
            let names = self.names_at(vm, &state).map_err(WriteError::Name)?;
            self.write(state, names, Some(Stamp { number, time, before }), &mut steps);
        }
        // Definitions alone make no moment.
        let state = vm.part();
        let names = self.names_at(vm, &state).map_err(WriteError::Name)?;
        if names != self.names || !store_difference(&state, self.last.as_ref()).is_empty() {
            self.write(state, names, None, &mut steps);
        }
        Ok(steps)
    }

    /// The moments that a past has and that are not written. Of a machine that was gone back to these are
    /// such as its program began with.
    ///
    /// # Errors
    /// What was at one of them cannot be read.
    pub fn missing(&mut self, past: &Past) -> Result<Vec<Step>, PastError> {
        let mut steps = Vec::new();
        let from = past.before_number(self.next);
        for (place, step) in past.steps().iter().enumerate().skip(from) {
            let Some(stamp) = step.stamp else { continue };
            // Its bytes say what changed since the step before it there, which may be another one here.
            let Known { part, names } = past.known(Some(place))?;
            self.write(part, names, Some(stamp), &mut steps);
            self.words.clear();
        }
        Ok(steps)
    }

    /// What a machine is now, as a moment that it does not know of itself.
    ///
    /// # Errors
    /// A name has a value that is too large.
    pub fn moment(&mut self, vm: &mut Vm, stamp: Stamp) -> Result<Vec<Step>, WriteError> {
        let state = vm.part();
        let names = self.names_at(vm, &state).map_err(WriteError::Name)?;
        let mut steps = Vec::new();
        self.write(state, names, Some(stamp), &mut steps);
        Ok(steps)
    }

    /// A state that was put together otherwise.
    pub fn state(&mut self, state: &State, stamp: Option<Stamp>) -> Vec<Step> {
        let mut tape = state.to_tape();
        let stored =
            |kept: &KeptName| (kept.name.clone(), Arc::from(typed_to_bytes(&kept.of, &kept.value)));
        let names: StoredNames = state.names.iter().map(stored).collect();
        let mut steps = Vec::new();
        self.write(tape.part(STATE), Arc::new(names), stamp, &mut steps);
        self.words.clear();
        steps
    }

    /// Says all of what was at a step, so that those before it can go.
    #[must_use]
    pub fn whole(known: &Known, stamp: Option<Stamp>) -> Vec<Step> {
        let change = Change {
            names: names_between(&StoredNames::new(), &known.names),
            store: store_difference(&known.part, None).into(),
        };
        whole_steps(change, stamp)
    }

    /// The names as they are in a state of a machine.
    fn names_at(&mut self, vm: &mut Vm, state: &TapePart) -> Result<Arc<StoredNames>, Trap> {
        let program = Arc::clone(vm.program());
        if self.program.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &program)) {
            self.words.clear();
            self.program = Some(Arc::clone(&program));
        }
        let mut names = Arc::clone(&self.names);
        for global in &program.names().globals {
            let Some(of) = &global.stored else { continue };
            let words = [state.word(global.at), state.word(global.at + 8)];
            if self.words.get(&global.at) == Some(&words) {
                continue;
            }
            let stored = match words {
                [word, 1] => Some(typed_to_bytes(of, &vm.taken_out(word, of)?)),
                _ => None,
            };
            self.words.insert(global.at, words);
            if names.get(&global.name).map(|known| &**known) == stored.as_deref() {
                continue;
            }
            let names = Arc::make_mut(&mut names);
            match stored {
                Some(stored) => names.insert(global.name.clone(), stored.into()),
                None => names.remove(&global.name),
            };
        }
        Ok(names)
    }

    /// Adds a step to a state.
    fn write(
        &mut self,
        state: TapePart,
        names: Arc<StoredNames>,
        stamp: Option<Stamp>,
        steps: &mut Vec<Step>,
    ) {
        let is_same = Arc::ptr_eq(&self.names, &names);
        let changed = if is_same { Vec::new() } else { names_between(&self.names, &names) };
        let store = store_difference(&state, self.last.as_ref());
        let bytes = Change { names: changed, store: store.into() }.to_bytes();
        let size = bytes.len() as u64;
        let is_due = self.since + size > WHOLE_EVERY.max(2 * self.whole);
        if self.last.is_none() || is_due {
            let all = Self::whole(&Known { part: state.clone(), names: Arc::clone(&names) }, stamp);
            (self.whole, self.since) = (all.iter().map(Step::size).sum(), 0);
            steps.extend(all);
        } else {
            self.since += size;
            steps.push(Step { stamp, is_whole: false, place: Place::Held(bytes) });
        }
        (self.last, self.names) = (Some(state), names);
        if let Some(stamp) = stamp {
            self.next = stamp.number + 1;
        }
    }
}

/// Steps that say all together. Only the last makes the moment.
fn whole_steps(change: Change<'_>, stamp: Option<Stamp>) -> Vec<Step> {
    let (mut steps, mut names) = (Vec::new(), change.names);
    let mut rest: &[u8] = &change.store;
    loop {
        let (part, after) = rest.split_at(run_end(rest));
        let bytes = Change { names: std::mem::take(&mut names), store: part.into() }.to_bytes();
        let is_whole = steps.is_empty();
        rest = after;
        let stamp = stamp.filter(|_| rest.is_empty());
        steps.push(Step { stamp, is_whole, place: Place::Held(bytes) });
        if rest.is_empty() {
            return steps;
        }
    }
}

/// How many bytes the last steps have that say all, and those since then.
fn sizes(steps: &[Step]) -> (u64, u64) {
    let begin = steps.iter().rposition(|step| step.is_whole).unwrap_or(0);
    let steps = steps.get(begin..).unwrap_or_default();
    // Only the last of several has less than a part.
    let parts = 1 + steps.iter().take_while(|step| step.size() >= PART as u64).count();
    let (whole, since) = steps.split_at(parts.min(steps.len()));
    let size = |steps: &[Step]| steps.iter().map(Step::size).sum();
    (size(whole), size(since))
}

/// Where the last run ends that is within a part.
fn run_end(runs: &[u8]) -> usize {
    let mut end = 0;
    while end < runs.len().min(PART) {
        let length = runs.get(end + 8..end + RUN_HEAD).and_then(|it| it.try_into().ok());
        let length = length.map_or(0, u16::from_le_bytes);
        end = (end + RUN_HEAD + usize::from(length)).min(runs.len());
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_of_a_state_that_is_said_whole_are_counted_as_it() {
        let step = |is_whole, length| {
            let place = Place::Lies { frame: 0, from: 0, length };
            Step { stamp: None, is_whole, place }
        };
        let part = u32::try_from(PART).unwrap() + 9;
        let large = [step(true, 5), step(true, part), step(false, part), step(false, 100)];
        assert_eq!(sizes(&large), (2 * u64::from(part) + 100, 0));
        let more = [&large[..], &[step(false, 7), step(false, 8)]].concat();
        assert_eq!(sizes(&more), (2 * u64::from(part) + 100, 15));
        assert_eq!(sizes(&[step(true, 5), step(false, 6)]), (5, 6));
        assert_eq!(sizes(&[]), (0, 0));
    }
}
