//! Dialogues in Achronyme: whatever is said, there is an answer, the same fast and step by step.

use std::sync::Arc;

use achronyme::{NoFiles, Options, Session};
use achronyme_vm::Vm;
use machine::{Machine as _, Probes, StateHash, Stop, Tick};
use source::SourceMap;
use testkit::ScriptedWorld;

use crate::program::world;

/// Words of code that one input may pass.
const TICKS_MAX: u64 = 5_000;
/// Bytes of a machine's memory.
const MEMORY: usize = 1 << 20;

/// The lines of a text are said one after the other.
pub fn achronyme_session(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut fast = Dialogue::new(Probes::none());
    let mut slow = Dialogue::new(Probes::every_step());
    for line in text.lines() {
        let said = fast.say(line);
        assert_eq!(said, slow.say(line), "to {line:?} in\n{text}");
        if said.is_none() {
            // It goes on for long, and nobody can say anything meanwhile.
            break;
        }
    }
}

/// What there is to see after an input: the answer and the state.
type Seen = (String, Option<(Tick, StateHash)>);

struct Dialogue {
    session: Session,
    sources: SourceMap,
    world: ScriptedWorld,
    vm: Option<Vm>,
    probes: Probes,
}

impl Dialogue {
    fn new(probes: Probes) -> Self {
        let session = Session::new(Options::default());
        Self { session, sources: SourceMap::default(), world: world(), vm: None, probes }
    }

    /// What comes of an input; `None` if it takes too long.
    fn say(&mut self, text: &str) -> Option<Seen> {
        let before = self.session.program().prototypes.len();
        if let Err(found) = self.session.compile("input", text, &mut self.sources, &mut NoFiles) {
            assert_eq!(self.session.program().prototypes.len(), before, "refused, and compiled");
            return Some((found.iter().map(|one| &*one.message).collect(), None));
        }
        let program = Arc::new(self.session.program().clone());
        let loaded = match self.vm.take() {
            None => Vm::new(program, MEMORY),
            Some(mut vm) => vm.extend(program).map(|()| vm),
        };
        let mut vm = match loaded {
            Ok(vm) => vm,
            Err(error) => return Some((error.to_string(), None)),
        };
        let answer = self.run(&mut vm)?;
        let state = (vm.tick(), vm.state_hash());
        self.vm = Some(vm);
        let output = String::from_utf8_lossy(self.world.output()).into_owned();
        Some((answer + &output, Some(state)))
    }

    fn run(&mut self, vm: &mut Vm) -> Option<String> {
        let until = Tick::at(vm.tick().safepoints + TICKS_MAX);
        loop {
            match vm.run(until, &self.probes) {
                Stop::Reached => return None,
                Stop::Probed(_) => {}
                Stop::Asks(question) => {
                    if let Err(trap) = vm.answer(&self.world.answer(&question)) {
                        return Some(trap.to_string());
                    }
                }
                Stop::Trapped(trap) => return Some(trap.to_string()),
                Stop::Ended(_) => return Some(vm.echo().unwrap_or_default()),
            }
        }
    }
}
