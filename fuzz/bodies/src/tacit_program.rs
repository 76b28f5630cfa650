//! Tacit's programs: any text is compiled or refused, and what runs is the same however it is run.

use machine::{Machine as _, Probes, StateHash, Stop, Tick};
use source::Style;
use tacit::{Compiled, Options, compile, is_complete};
use tacit_vm::{Image, Layout, Unit, Vm};
use testkit::ScriptedWorld;

use crate::program::world;
use crate::tacit_words::program;

/// Instructions that a text may run.
const TEXT_TICKS: u64 = 20_000;
/// Instructions of a text between two looks at the heap.
const LOOK_TICKS: u64 = 2_000;
/// Instructions that a program made of words may run.
const TWIN_TICKS: u64 = 3_000;
/// Instructions between two comparisons of twins, so that they end inside of all kinds of code.
const SLICES: [u64; 5] = [1, 97, 13, 500, 7];
/// Any text is compiled or refused with a reason. What is compiled runs without a panic, leaves
/// the heap sound, and survives the file format.
pub fn compile_tacit(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let is_complete = is_complete(&text);
    let Compiled { unit, sources, diagnostics } = compiled(&text, true);
    for diagnostic in &diagnostics {
        assert!(!diagnostic.render(&sources, Style::Plain).is_empty(), "a diagnostic is empty");
    }
    let Some(unit) = unit else {
        assert!(!diagnostics.is_empty(), "refused without a reason");
        return;
    };
    assert!(is_complete, "compiled, and more is waited for");
    let image = Image { memory: Layout::DEFAULT.bytes(), unit };
    assert!(Image::from_bytes(&image.to_bytes()).as_ref() == Ok(&image), "an image changes");
    let vm = Vm::from_image(&image).expect("a unit that was just compiled fits");
    let mut run = Run { vm, world: world(), end: None };
    for tick in (0..=TEXT_TICKS).step_by(usize::try_from(LOOK_TICKS).unwrap_or(1)) {
        run.go(tick, &Probes::none());
        assert_eq!(run.vm.check(), Ok(()), "the heap is not sound at {}", run.vm.tick());
    }
}

/// A program made of the bytes comes to the same states in long runs, step by step, and after it
/// was taken back.
pub fn tacit_twins(input: &[u8]) {
    let text = program(input);
    for optimise in [false, true] {
        // The words fit, but a literal may stand where it can only fail.
        if let Some(unit) = compiled(&text, optimise).unit {
            compare(&unit, &text);
        }
    }
}

fn compiled(text: &str, optimise: bool) -> Compiled {
    let memory = Vm::new(Layout::DEFAULT).memory().clone();
    compile("input.tacit", text, &memory, &Options { optimise, ..Options::default() })
}

fn compare(unit: &Unit, text: &str) {
    let new = || {
        let mut vm = Vm::new(Layout::DEFAULT);
        vm.load(unit.clone()).expect("a unit that was just compiled fits");
        Run { vm, world: world(), end: None }
    };
    let (mut fast, mut slow) = (new(), new());
    let mut tick = 0;
    for slice in SLICES.iter().cycle() {
        tick += slice;
        fast.go(tick, &Probes::none());
        slow.go(tick, &Probes::every_step());
        assert_eq!(fast.seen(), slow.seen(), "at {tick} of\n{text}");
        if fast.end.is_some() || tick > TWIN_TICKS {
            break;
        }
    }
    assert_eq!(fast.vm.check(), Ok(()), "at {tick} of\n{text}");
    there_and_back(new(), &fast, tick, text);
}

/// Runs as far as `fast` with a trail, back to the start, and there again.
fn there_and_back(mut run: Run, fast: &Run, until: u64, text: &str) {
    let start = run.vm.state_hash();
    run.vm.keep_trail(1 << 24);
    run.go(until, &Probes::none());
    assert_eq!(run.seen(), fast.seen(), "with a trail, at {until} of\n{text}");
    let steps = run.vm.tick().safepoints;
    let half = steps / 2;
    assert_eq!(run.vm.back(half), half, "steps back of\n{text}");
    assert_eq!(run.vm.check(), Ok(()), "{half} steps back of\n{text}");
    assert_eq!(run.vm.back(steps), steps - half, "steps back to the start of\n{text}");
    assert_eq!(run.vm.state_hash(), start, "the start of\n{text}");
    let mut again = Run { vm: run.vm, world: world(), end: None };
    again.vm.keep_trail(0);
    again.go(until, &Probes::none());
    assert_eq!(again.seen(), fast.seen(), "once more, at {until} of\n{text}");
}

/// A machine with what is around it.
struct Run {
    vm: Vm,
    world: ScriptedWorld,
    /// How it has ended, if it has.
    end: Option<String>,
}

impl Run {
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
}
