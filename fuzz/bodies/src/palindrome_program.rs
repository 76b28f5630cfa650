//! Palindrome's programs: any text is refused with a reason, or runs to the same states in all manners; so
//! does any file, with any past.

use std::sync::Arc;

use machine::{Machine as _, Probes, StateHash, Stop, Tick};
use palindrome::{Compiled, Options, Past, Program, Vm, check, compile};
use source::Style;
use testkit::ScriptedWorld;

use crate::program::world;
use crate::sections::mend;

/// Instructions that a program may run.
const TICKS_MAX: u64 = 20_000;
/// Questions that it may ask.
const QUESTIONS_MAX: usize = 200;

/// What is asked of a past.
pub const LOOKS: &str = r#"
relation R(id: Int key, name: String, n: Int)
index R by n using btree
let count = 0
print count, R.count()
print R where n > 3 order by id
print R where id == 1
let seen = history(count) select {moment, value}
for one in seen {
    print one.moment, one.value, (R where n >= 2) at one.moment
}
R += {id: 1000 + count, name: "new", n: 4}
count <- count + 1
print R where n == 4 select id
rewind to when count == 1
print R.count()
"#;

/// Any text is refused or runs without a panic: in long runs, step by step, with a trail that leads back
/// to the start, and optimised. What it prints and how it ends is the same each time.
pub fn run_palindrome(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some(vm) = loaded(&text, false) else { return };
    let mut fast = Run::new(vm);
    fast.go(&Probes::none());
    if let Some(vm) = loaded(&text, false) {
        let mut slow = Run::new(vm);
        slow.go(&Probes::every_step());
        assert_eq!(fast.seen(), slow.seen(), "step by step:\n{text}");
    }
    if let Some(vm) = loaded(&text, false) {
        there_and_back(Run::new(vm), &fast, &text);
    }
    if let Some(vm) = loaded(&text, true) {
        let mut optimised = Run::new(vm);
        optimised.go(&Probes::none());
        if fast.has_ended() && optimised.has_ended() {
            let [one, other] = [&fast, &optimised].map(|run| (run.end.as_deref(), run.said()));
            assert_eq!(one, other, "optimised:\n{text}");
        }
    }
}

/// Any bytes are a program or refused, also if their checksums are right. What can be read survives the file
/// format, and runs without a panic, the same fast and step by step.
pub fn decode_palindrome(input: &[u8]) {
    let mut mended = input.to_vec();
    let is_file = mend(&mut mended).is_some();
    for file in [input, &mended].into_iter().take(if is_file { 2 } else { 1 }) {
        let Ok(compiled) = Compiled::from_bytes(file) else { continue };
        let Ok(program) = Program::new(compiled) else { continue };
        let written = program.to_bytes();
        let again = Compiled::from_bytes(&written).expect("a program that was just written");
        let again = Program::new(again).expect("a program that was verified");
        assert!(again.to_bytes() == written, "a program changes in a file");
        compare(&program, "a file");
    }
}

/// Any bytes are a past or refused. Each of its states can be put together or says why not, and a program
/// that looks at all of them ends in the same way fast and step by step.
pub fn open_past(input: &[u8]) {
    let Ok(past) = Past::from_bytes(input) else { return };
    let states: Vec<_> = (0..past.steps().len()).map(|at| past.state_at(Some(at)).ok()).collect();
    let written = past.to_bytes().expect("all of it is at hand");
    let again = Past::from_bytes(&written).expect("a past that was just written");
    for (at, state) in states.iter().enumerate() {
        assert!(again.state_at(Some(at)).ok() == *state, "step {at} changes in a file");
    }
    let Ok(state) = past.state() else { return };
    let checked = check("input.pal", LOOKS);
    let compiled = compile(&checked, Options::default()).expect("the looks are a program");
    let program = Program::new(compiled).expect("compiled code is verified");
    if let Ok(program) = program.with_past(state, Arc::new(past)) {
        compare(&program, "a past");
    }
}

/// Runs a program fast and step by step.
fn compare(program: &Arc<Program>, what: &str) {
    let run = |probes| {
        let mut run = Run::new(Vm::load(Arc::clone(program)));
        run.go(probes);
        run.seen()
    };
    assert_eq!(run(&Probes::none()), run(&Probes::every_step()), "{what}, step by step");
}

/// The machine of a text; nothing if the text is refused.
fn loaded(text: &str, optimise: bool) -> Option<Vm> {
    let checked = check("input.pal", text);
    match compile(&checked, Options { optimise, ..Options::default() }) {
        Ok(compiled) => Some(Vm::load(Program::new(compiled).expect("compiled code is verified"))),
        Err(found) => {
            assert!(!found.is_empty(), "refused without a reason:\n{text}");
            for one in &found {
                assert!(!one.render(&checked.sources, Style::Plain).is_empty(), "an empty reason");
            }
            None
        }
    }
}

/// Runs with a trail, back to the start, and there again.
fn there_and_back(mut run: Run, fast: &Run, text: &str) {
    let start = run.vm.state_hash();
    run.vm.keep_trail(1 << 30);
    run.go(&Probes::none());
    assert_eq!(run.seen(), fast.seen(), "with a trail:\n{text}");
    let steps = run.vm.tick().safepoints;
    let half = steps / 2;
    assert_eq!(run.vm.back(half), half, "steps back of\n{text}");
    assert_eq!(run.vm.back(steps), steps - half, "steps back to the start of\n{text}");
    assert_eq!(run.vm.state_hash(), start, "the start of\n{text}");
    let mut again = Run::new(run.vm);
    again.vm.keep_trail(0);
    again.go(&Probes::none());
    assert_eq!(again.seen(), fast.seen(), "once more:\n{text}");
}

/// A machine with what is around it.
struct Run {
    vm: Vm,
    world: ScriptedWorld,
    /// How it has ended, if it has.
    end: Option<String>,
}

impl Run {
    fn new(vm: Vm) -> Self {
        Self { vm, world: world(), end: None }
    }

    /// Goes on to the end, or as far as a program may run.
    fn go(&mut self, probes: &Probes) {
        let mut questions = 0;
        while self.end.is_none() && questions < QUESTIONS_MAX {
            match self.vm.run(Tick::at(TICKS_MAX), probes) {
                Stop::Reached => return,
                Stop::Probed(_) => {}
                Stop::Asks(question) => {
                    questions += 1;
                    if let Err(trap) = self.vm.answer(&self.world.answer(&question)) {
                        self.end = Some(trap.to_string());
                    }
                }
                Stop::Trapped(trap) => self.end = Some(trap.to_string()),
                Stop::Ended(code) => self.end = Some(format!("{code:?}")),
            }
        }
    }

    fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(self.world.output()).into_owned()
    }

    /// What can be seen of it.
    fn seen(&self) -> (Tick, StateHash, Option<String>, String) {
        (self.vm.tick(), self.vm.state_hash(), self.end.clone(), self.said())
    }
}
