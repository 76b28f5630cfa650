//! Achronyme's machine: whatever can be read as a program runs without a panic, the same fast and
//! step by step, and can be looked at.

use std::sync::Arc;

use achronyme_vm::{Program, Vm, disassemble};
use machine::{Inspect as _, Machine as _, Probes, StateHash, Stop, Tick};
use testkit::ScriptedWorld;

use crate::program::world;

/// Words of code that a program may pass.
const TICKS_MAX: u64 = 2_000;
/// Words of code between two comparisons.
const TICKS: usize = 250;
/// Bytes of a machine's memory.
const MEMORY: usize = 1 << 20;
/// Bytes at the start of a file, before its sections.
const HEAD_BYTES: usize = 8;

/// Any bytes are a program or refused, also if their checksums are right. What can be read
/// survives the file format.
pub fn decode_achronyme_image(input: &[u8]) {
    look(input);
    let mut mended = input.to_vec();
    if mend(&mut mended).is_some() {
        look(&mended);
    }
}

fn look(input: &[u8]) {
    let Ok(program) = Program::from_bytes(input) else { return };
    let file = program.to_bytes();
    let again = Program::from_bytes(&file).map(|program| program.to_bytes());
    assert!(again.as_ref() == Ok(&file), "a program changes in a file");
    assert!(!disassemble(&program).is_empty(), "a program is listed as nothing");
    compare(&Arc::new(program));
}

/// Runs a program fast and step by step.
fn compare(program: &Arc<Program>) {
    let (Some(mut fast), Some(mut slow)) = (Run::new(program), Run::new(program)) else { return };
    for until in (0..=TICKS_MAX).step_by(TICKS) {
        fast.go(until, &Probes::none());
        slow.go(until, &Probes::every_step());
        assert_eq!(fast.seen(), slow.seen(), "at {until} of\n{}", disassemble(program));
        fast.look();
        if fast.end.is_some() {
            break;
        }
    }
}

/// Writes the checksums of the sections anew. `None` if there are none.
fn mend(file: &mut [u8]) -> Option<()> {
    let mut at = HEAD_BYTES;
    let head: [u8; HEAD_BYTES] = *file.first_chunk()?;
    while at < file.len() {
        let length = u32::from_le_bytes(*file.get(at..)?.first_chunk()?);
        let start = at + 8;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&head);
        hasher.update(file.get(start..end)?);
        file[at + 4..start].copy_from_slice(&hasher.finalize().to_le_bytes());
        at = end;
    }
    Some(())
}

/// A machine with what is around it.
struct Run {
    vm: Vm,
    world: ScriptedWorld,
    /// How it has ended, if it has.
    end: Option<String>,
}

impl Run {
    /// Before the first instruction; `None` if the constants have no room.
    fn new(program: &Arc<Program>) -> Option<Self> {
        let vm = Vm::new(Arc::clone(program), MEMORY).ok()?;
        Some(Self { vm, world: world(), end: None })
    }

    /// Goes on to a tick, or the end.
    fn go(&mut self, until: u64, probes: &Probes) {
        while self.end.is_none() {
            match self.vm.run(Tick::at(until), probes) {
                Stop::Reached => return,
                Stop::Probed(_) => {}
                Stop::Asks(question) => {
                    if let Err(trap) = self.vm.answer(&self.world.answer(&question)) {
                        self.end = Some(trap.to_string());
                    }
                }
                Stop::Trapped(trap) => self.end = Some(trap.to_string()),
                Stop::Ended(code) => self.end = Some(format!("{code:?}")),
            }
        }
    }

    /// What can be seen of it.
    fn seen(&self) -> (Tick, StateHash, Option<&str>, String) {
        let output = String::from_utf8_lossy(self.world.output()).into_owned();
        (self.vm.tick(), self.vm.state_hash(), self.end.as_deref(), output)
    }

    /// Looks at the variables, which changes nothing.
    fn look(&self) {
        let before = self.vm.state_hash();
        let _frames = self.vm.frames(20);
        for variable in self.vm.scopes().into_iter().flat_map(|scope| scope.variables) {
            let _value = self.vm.locate(&variable.expression).map(|place| self.vm.read(place));
        }
        assert_eq!(self.vm.state_hash(), before, "looking changed something");
    }
}
