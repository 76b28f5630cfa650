//! Compiled programs with changed instructions: what the verifier still lets pass runs without a
//! panic, and the same fast and step by step.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;

use achronyme::{NoFiles, Options, compile};
use achronyme_vm::{Program, Vm, disassemble_function, verify};
use common::{cases, programs};
use machine::{Machine, Probes, StateHash, Stop, Tick};
use source::SourceMap;
use testkit::ScriptedWorld;

/// Changed programs that are run.
const MUTANTS: usize = 1500;
const TICKS: [u64; 3] = [400, 1_700, 6_000];
const MEMORY: usize = 1 << 20;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % bound as u64).unwrap()
    }

    /// Changes a few bytes of code, mostly to small numbers or those of words nearby.
    fn change(&mut self, program: &mut Program) {
        for _ in 0..=self.below(2) {
            let functions = program.prototypes.len();
            let first =
                if self.below(3) == 0 { program.main as usize } else { self.below(functions) };
            let code = &mut program.prototypes[first].code;
            let at = self.below(code.len());
            let mut bytes = code[at].to_le_bytes();
            let place = self.below(4);
            bytes[place] = match self.below(3) {
                0 => u8::try_from(self.below(12)).unwrap(),
                1 => code[self.below(code.len())].to_le_bytes()[place],
                _ => u8::try_from(self.below(256)).unwrap(),
            };
            code[at] = u32::from_le_bytes(bytes);
        }
    }
}

/// A machine with what is around it.
struct Run {
    vm: Vm,
    world: ScriptedWorld,
    end: Option<String>,
}

impl Run {
    fn new(program: &Arc<Program>) -> Self {
        let vm = Vm::new(Arc::clone(program), MEMORY).unwrap();
        Self { vm, world: ScriptedWorld::default(), end: None }
    }

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

    /// What can be seen of it. Where memory has run out, objects may have been made in vain.
    fn seen(&self) -> (Tick, Option<StateHash>, Option<&str>) {
        let is_full = self.end.as_ref().is_some_and(|end| end.starts_with("MemoryError"));
        let hash = (!is_full).then(|| self.vm.state_hash());
        (self.vm.tick(), hash, self.end.as_deref())
    }
}

#[test]
fn changed_programs_are_refused_or_run_alike_fast_and_step_by_step() {
    let texts = cases().into_iter().map(|case| case.texts().collect::<String>());
    let texts = texts.chain(programs().into_iter().map(|(_, text)| text));
    let compiled = texts.filter_map(|text| {
        let sources = &mut SourceMap::default();
        compile("main.soc", &text, sources, Options::default(), &mut NoFiles).ok()
    });
    let compiled: Vec<Program> = compiled.map(|(program, _)| program).collect();
    let random = &mut Random(1);
    let mut ran = 0;
    while ran < MUTANTS {
        let mut program = compiled[random.below(compiled.len())].clone();
        random.change(&mut program);
        if verify(&program).is_err() {
            continue;
        }
        ran += 1;
        let program = Arc::new(program);
        let (mut fast, mut slow) = (Run::new(&program), Run::new(&program));
        for until in TICKS {
            fast.go(until, &Probes::none());
            slow.go(until, &Probes::every_step());
            assert_eq!(
                fast.seen(),
                slow.seen(),
                "at {until}, number {ran}:\n{}",
                disassemble_function(&program, program.main as usize)
            );
        }
    }
}
