//! Every program of the corpus and of the examples, under every engine: the straight run decides
//! what is right, and all others must come to the same states and the same output.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use machine::{Machine, Probes, StateHash, Stop, Tick};
use palindrome_asm::{Options, Unit, assemble};
use palindrome_vm::{Program, Trap, Vm};
use testkit::ScriptedWorld;
use timeline::{Arrival, History, RecordedProgram, Recording, Timeline, Verification};

/// The exit code of a fault.
const FAULT: u8 = 70;
/// Instructions up to which a run is also taken apart one by one.
const STEPS_MAX: u64 = 20_000;

#[test]
fn programs_do_what_is_written_beside_them() {
    over_all(|case| case.straight().text);
}

#[test]
fn optimisation_changes_nothing_that_can_be_seen() {
    over_all(|case| {
        let mut plain = Life::new(case.load(false), case.world());
        plain.run(u64::MAX);
        plain.text()
    });
}

#[test]
fn a_run_in_slices_is_the_run() {
    over_all(|case| {
        let straight = case.straight();
        let mut life = Life::new(case.load(true), case.world());
        life.run((straight.tick.safepoints / 1_000).max(1) | 3);
        assert_eq!(life.vm.state_hash(), straight.hash, "{}", case.path.display());
        life.text()
    });
}

#[test]
fn a_run_is_undone_step_by_step_to_its_start() {
    over_all(|case| {
        let straight = case.straight();
        if straight.tick.safepoints > STEPS_MAX {
            return straight.text;
        }
        let mut vm = case.load(true);
        let mut hashes = vec![vm.state_hash()];
        vm.keep_trail(1 << 30);
        let mut life = Life::new(vm, case.world());
        while life.advance(&Probes::every_step(), u64::MAX) {
            hashes.push(life.vm.state_hash());
        }
        assert_eq!(hashes.last(), Some(&straight.hash), "{}", case.path.display());
        let text = life.text();
        // Values that the optimiser found unobservable are not restored, so the unoptimised
        // program is the one to be compared hash for hash.
        let mut life = Life::new(case.load(false), case.world());
        life.vm.keep_trail(1 << 30);
        let mut hashes = vec![life.vm.state_hash()];
        let mut ticks = vec![life.vm.tick()];
        while life.advance(&Probes::every_step(), u64::MAX) {
            hashes.push(life.vm.state_hash());
            ticks.push(life.vm.tick());
        }
        for (hash, tick) in hashes.iter().zip(&ticks).rev().skip(1) {
            let steps = life.vm.tick().safepoints - tick.safepoints;
            assert_eq!(life.vm.back(steps), steps, "{} at {tick}", case.path.display());
            assert_eq!(life.vm.state_hash(), *hash, "{} at {tick}", case.path.display());
        }
        text
    });
}

#[test]
fn every_history_leads_to_the_same_moments() {
    over_all(|case| {
        let straight = case.straight();
        let mut text = String::new();
        for history in [History::Off, History::Checkpoints, History::Full] {
            let spacing = (straight.tick.safepoints / 5).max(1);
            let options = timeline::Options { history, spacing, ..timeline::Options::default() };
            let mut timeline = Timeline::new(case.load(true), options);
            let (end, world) = case.live(&mut timeline);
            let place = case.path.display();
            assert_eq!(timeline.machine().state_hash(), straight.hash, "{place}, {history:?}");
            for tick in moments(straight.tick) {
                timeline.goto(tick);
                let expected = case.hash_at(tick);
                assert_eq!(timeline.machine().state_hash(), expected, "{place} at {tick}");
            }
            timeline.goto(straight.tick);
            assert_eq!(timeline.machine().state_hash(), straight.hash, "{place}, {history:?}");
            text = tell(&end, &world);
        }
        text
    });
}

#[test]
fn a_recording_replays_to_the_same_end() {
    over_all(|case| {
        let straight = case.straight();
        let options = timeline::Options { spacing: 1_000, ..timeline::Options::default() };
        let mut timeline = Timeline::new(case.load(true), options);
        let (end, world) = case.live(&mut timeline);
        let program =
            RecordedProgram { kind: "pvm".to_owned(), image: Vec::new(), arguments: Vec::new() };
        let mut file = Vec::new();
        timeline.save(&mut file, &program).unwrap();

        let recording = Recording::from_bytes(&file).unwrap();
        let mut replayed = Timeline::from_recording(case.load(true), &recording, options);
        replayed.goto(Tick::MAX);
        let place = case.path.display();
        assert_eq!(replayed.machine().state_hash(), straight.hash, "{place}");
        let verification = replayed.verify();
        assert!(!matches!(verification, Verification::Differs { .. }), "{place}: {verification:?}");
        tell(&end, &world)
    });
}

/// A program with what it reads.
struct Case {
    path: PathBuf,
}

/// What came of a run.
struct Outcome {
    text: String,
    tick: Tick,
    hash: StateHash,
}

/// How a run ended.
enum End {
    Code(u8),
    Fault(Trap),
}

fn over_all(run: impl Fn(&Case) -> String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["corpus/pvm", "examples/pvm"] {
        testkit::corpus::run(&root.join(folder), "pvm", |path| {
            let case = Case { path: path.to_owned() };
            // A case that panics is one that differs, so that all of them are listed.
            let result = catch_unwind(AssertUnwindSafe(|| run(&case)));
            result.unwrap_or_else(|panic| {
                panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())
            })
        });
    }
}

/// Some ticks up to `end`, in no order.
fn moments(end: Tick) -> Vec<Tick> {
    let end = end.safepoints;
    let shares = [7, 3, 9, 0, 5, 1, 10, 2];
    shares
        .iter()
        .map(|share| Tick::at(u64::try_from(u128::from(end) * share / 10).unwrap()))
        .collect()
}

impl Case {
    fn load(&self, optimise: bool) -> Vm {
        let text = fs::read_to_string(&self.path).unwrap();
        let unit = Unit::new(self.path.display().to_string(), text);
        let options = Options { optimise, ..Options::default() };
        let folder = self.path.parent().unwrap().to_owned();
        let mut loader = move |name: &str| fs::read_to_string(folder.join(name));
        let assembled = assemble(&[unit], &options, &mut loader);
        let Some(image) = assembled.image else {
            let shown = assembled.diagnostics.iter();
            let shown = shown.map(|d| d.render(&assembled.sources, source::Style::Plain));
            panic!("{}", shown.collect::<String>());
        };
        let program: Arc<Program> = Program::new(image).unwrap();
        Vm::load(program)
    }

    fn world(&self) -> ScriptedWorld {
        let read =
            |ending| fs::read_to_string(self.path.with_extension(ending)).unwrap_or_default();
        let (input, arguments) = (read("in"), read("args"));
        let world = ScriptedWorld::with_lines(&input.lines().collect::<Vec<_>>());
        world.with_arguments(&arguments.lines().collect::<Vec<_>>())
    }

    fn straight(&self) -> Outcome {
        let mut life = Life::new(self.load(true), self.world());
        life.run(u64::MAX);
        Outcome { text: life.text(), tick: life.vm.tick(), hash: life.vm.state_hash() }
    }

    fn hash_at(&self, tick: Tick) -> StateHash {
        let mut life = Life::new(self.load(true), self.world());
        while life.vm.tick() < tick && life.advance(&Probes::none(), tick.safepoints) {}
        life.vm.state_hash()
    }

    /// Lets a timeline run to the end, live.
    fn live(&self, timeline: &mut Timeline<Vm>) -> (End, ScriptedWorld) {
        let mut world = self.world();
        loop {
            match timeline.forward(Tick::MAX, &Probes::none()) {
                Arrival::Asks(question) => {
                    let answer = world.answer(&question);
                    if let Err(trap) = timeline.answer(answer) {
                        return (End::Fault(trap), world);
                    }
                }
                Arrival::Trapped(trap) => return (End::Fault(trap), world),
                Arrival::Ended(code) => return (End::Code(code.0), world),
                Arrival::Reached | Arrival::Probed(_) => panic!("nothing else was asked for"),
            }
        }
    }
}

/// A running machine with its world.
struct Life {
    vm: Vm,
    world: ScriptedWorld,
    end: Option<End>,
}

impl Life {
    fn new(vm: Vm, world: ScriptedWorld) -> Self {
        Self { vm, world, end: None }
    }

    /// To the end, in slices of `slice` instructions.
    fn run(&mut self, slice: u64) {
        while self.advance(&Probes::none(), self.vm.tick().safepoints.saturating_add(slice)) {}
    }

    /// To `until`, a probe or an answered question; false at the end.
    fn advance(&mut self, probes: &Probes, until: u64) -> bool {
        let end = match self.vm.run(Tick::at(until), probes) {
            Stop::Reached | Stop::Probed(_) => return true,
            Stop::Asks(question) => match self.vm.answer(&self.world.answer(&question)) {
                Ok(()) => return true,
                Err(trap) => End::Fault(trap),
            },
            Stop::Trapped(trap) => End::Fault(trap),
            Stop::Ended(code) => End::Code(code.0),
        };
        self.end = Some(end);
        false
    }

    fn text(&self) -> String {
        tell(self.end.as_ref().unwrap(), &self.world)
    }
}

/// What was written to `stdout`; then what was written to `stderr`, after `~`; then the fault, after
/// `!`; then the exit code.
fn tell(end: &End, world: &ScriptedWorld) -> String {
    let mut text = String::from_utf8_lossy(world.output()).into_owned();
    for line in String::from_utf8_lossy(world.error()).lines() {
        text += &format!("~ {line}\n");
    }
    match end {
        End::Fault(trap) => text += &format!("! {trap}\n= exit {FAULT}\n"),
        End::Code(code) => text += &format!("= exit {code}\n"),
    }
    text
}
