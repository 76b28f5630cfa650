//! A program of the corpus: what it reads, and how it is run.

use std::collections::BTreeMap;
use std::fs;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use machine::{Machine, Probes, StateHash, Stop, Tick};
use testkit::ScriptedWorld;
use timeline::{Arrival, Timeline};

/// The exit code of a fault.
const FAULT: u8 = 70;

/// What the harness has to know of a guest.
pub(crate) trait Guest {
    type Machine: Machine;

    /// How the names of its programs end.
    const EXTENSION: &'static str;
    /// Where its programs are.
    const FOLDERS: &'static [&'static str];
    /// Instructions up to which a run is also taken apart one by one.
    const STEPS_MAX: u64;

    /// A machine before its first instruction, or what has to be written beside a wrong program.
    ///
    /// # Errors
    /// The text is no program.
    fn load(path: &Path, optimise: bool) -> Result<Self::Machine, String>;

    /// What is told of the state at the end: whole lines, or nothing.
    fn state(machine: &Self::Machine) -> String {
        let _ = machine;
        String::new()
    }
}

/// Runs every program of a guest and compares what `run` makes of it with what is beside it.
pub(crate) fn over_all<G: Guest>(run: impl Fn(&Case<G>) -> String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in G::FOLDERS {
        testkit::corpus::run(&root.join(folder), G::EXTENSION, |path| {
            let case = Case { path: path.to_owned(), guest: PhantomData };
            if let Err(text) = G::load(path, true) {
                return text;
            }
            // A case that panics is one that differs, so that all of them are listed.
            let result = catch_unwind(AssertUnwindSafe(|| run(&case)));
            result.unwrap_or_else(|panic| {
                panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())
            })
        });
    }
}

/// A program with what it reads.
pub(crate) struct Case<G> {
    pub(crate) path: PathBuf,
    guest: PhantomData<G>,
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) tick: Tick,
    pub(crate) hash: StateHash,
}

/// How a run ended.
pub(crate) enum End {
    Code(u8),
    Fault(String),
}

impl<G: Guest> Case<G> {
    pub(crate) fn load(&self, optimise: bool) -> G::Machine {
        G::load(&self.path, optimise).unwrap()
    }

    pub(crate) fn world(&self) -> ScriptedWorld {
        let read =
            |ending| fs::read_to_string(self.path.with_extension(ending)).unwrap_or_default();
        let (input, arguments) = (read("in"), read("args"));
        let world = ScriptedWorld::with_lines(&input.lines().collect::<Vec<_>>());
        world.with_arguments(&arguments.lines().collect::<Vec<_>>())
    }

    pub(crate) fn straight(&self) -> Outcome {
        let mut life: Life<G> = Life::new(self.load(true), self.world());
        life.run(u64::MAX);
        Outcome { text: life.text(), tick: life.vm.tick(), hash: life.vm.state_hash() }
    }

    /// The states at some moments of one run.
    pub(crate) fn hashes_at(&self, ticks: &[Tick]) -> Vec<StateHash> {
        let mut sorted = ticks.to_vec();
        sorted.sort();
        let mut life: Life<G> = Life::new(self.load(true), self.world());
        let mut hashes = BTreeMap::new();
        for tick in sorted {
            while life.vm.tick() < tick && life.advance(&Probes::none(), tick.safepoints) {}
            hashes.insert(tick, life.vm.state_hash());
        }
        ticks.iter().map(|tick| hashes[tick]).collect()
    }

    /// Lets a timeline run to the end, live.
    pub(crate) fn live(&self, timeline: &mut Timeline<G::Machine>) -> (End, ScriptedWorld) {
        let mut world = self.world();
        loop {
            match timeline.forward(Tick::MAX, &Probes::none()) {
                Arrival::Asks(question) => {
                    let answer = world.answer(&question);
                    if let Err(trap) = timeline.answer(answer) {
                        return (End::Fault(trap.to_string()), world);
                    }
                }
                Arrival::Trapped(trap) => return (End::Fault(trap.to_string()), world),
                Arrival::Ended(code) => return (End::Code(code.0), world),
                Arrival::Reached | Arrival::Probed(_) => panic!("nothing else was asked for"),
            }
        }
    }
}

/// A running machine with its world.
pub(crate) struct Life<G: Guest> {
    pub(crate) vm: G::Machine,
    world: ScriptedWorld,
    end: Option<End>,
}

impl<G: Guest> Life<G> {
    pub(crate) fn new(vm: G::Machine, world: ScriptedWorld) -> Self {
        Self { vm, world, end: None }
    }

    /// To the end, in slices of `slice` instructions.
    pub(crate) fn run(&mut self, slice: u64) {
        while self.advance(&Probes::none(), self.vm.tick().safepoints.saturating_add(slice)) {}
    }

    /// To `until`, a probe or an answered question; false at the end.
    pub(crate) fn advance(&mut self, probes: &Probes, until: u64) -> bool {
        let end = match self.vm.run(Tick::at(until), probes) {
            Stop::Reached | Stop::Probed(_) => return true,
            Stop::Asks(question) => match self.vm.answer(&self.world.answer(&question)) {
                Ok(()) => return true,
                Err(trap) => End::Fault(trap.to_string()),
            },
            Stop::Trapped(trap) => End::Fault(trap.to_string()),
            Stop::Ended(code) => End::Code(code.0),
        };
        self.end = Some(end);
        false
    }

    pub(crate) fn text(&self) -> String {
        tell::<G>(self.end.as_ref().unwrap(), &self.world, &self.vm)
    }
}

/// What was written to `stdout`; then what was written to `stderr`, after `~`; then the state; then
/// the fault, after `!`; then the exit code.
pub(crate) fn tell<G: Guest>(end: &End, world: &ScriptedWorld, machine: &G::Machine) -> String {
    let mut text = String::from_utf8_lossy(world.output()).into_owned();
    for line in String::from_utf8_lossy(world.error()).lines() {
        text += &format!("~ {line}\n");
    }
    let state = G::state(machine);
    if !state.is_empty() && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text += &state;
    match end {
        End::Fault(trap) => text += &format!("! {trap}\n= exit {FAULT}\n"),
        End::Code(code) => text += &format!("= exit {code}\n"),
    }
    text
}
