//! The register machine, run in several manners.

use std::sync::Arc;

use achronyme::{Options, compile_read};
use achronyme_vm::{Program, Snapshot, Trap, Vm};
use machine::{Inspect as _, Machine as _, Probes, StateHash, Stop, Tick};
use testkit::{ScriptedWorld, laws};

use super::{Text, first_error, guarded, world, written};
use crate::dice::Dice;
use crate::seen::{End, Seen};

/// Bytes that a machine has for objects whose every state is looked at.
const LITTLE_MEMORY: usize = 1 << 20;
/// Bytes that a machine has for objects.
const MEMORY: usize = 1 << 26;

/// A program that was compiled.
#[derive(Clone, Debug)]
pub struct Compiled {
    program: Arc<Program>,
}

/// How a program is run. However it is, it must come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In one go, by the fast engine.
    Fast,
    /// One instruction after the other, by the plain engine.
    Steps,
    /// In short pieces, which this seed decides over.
    Pieces(u64),
    /// With jumps back to earlier states, which this seed decides over.
    Returns(u64),
    /// In one go, with collections wherever there may be one.
    Collecting,
    /// One instruction after the other, with a collection after each.
    CollectingSteps,
}

/// How a run went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Went {
    /// What could be seen.
    pub seen: Seen,
    /// Where and in what state it ended. Collections leave their traces in a state.
    pub state: Option<(Tick, StateHash)>,
}

impl Compiled {
    /// Compiles a program.
    ///
    /// # Errors
    /// What a run of it would show: that it is refused, or that the compiler is broken.
    pub fn new(text: &Text, optimise: bool) -> Result<Self, Seen> {
        let mut made = None;
        let seen = guarded(|| {
            let options = Options { optimise, repl: false };
            let end = match compile_read(&text.modules, &mut text.sources.clone(), options) {
                Ok((program, _)) => {
                    made = Some(Self { program: Arc::new(program) });
                    End::Value(None)
                }
                Err(found) => End::Refused(first_error(&found)),
            };
            Seen { output: String::new(), end }
        });
        made.ok_or(seen)
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Prepares runs of it.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub fn runs(&self) -> Result<Runs, Seen> {
        match Vm::new(Arc::clone(&self.program), MEMORY) {
            Ok(mut vm) => Ok(Runs { start: vm.snapshot(), vm: Some(vm) }),
            Err(wrong) => Err(broken(wrong.to_string())),
        }
    }

    /// Checks the laws of time on the first `steps` instructions.
    ///
    /// # Errors
    /// One does not hold: which, and where.
    pub fn obeys(&self, steps: usize) -> Result<(), String> {
        let seen = guarded(|| {
            let mut world = world();
            let machine = || {
                let vm = Vm::new(Arc::clone(&self.program), LITTLE_MEMORY);
                vm.unwrap_or_else(|wrong| panic!("{wrong}"))
            };
            // A program whose first instruction fails has no life to look at.
            if !matches!(machine().run(Tick::MAX, &Probes::every_step()), Stop::Trapped(_)) {
                laws::check(machine, |question| world.answer(question), steps);
            }
            Seen { output: String::new(), end: End::Value(None) }
        });
        match seen.end {
            End::Broken(message) => Err(message),
            _ => Ok(()),
        }
    }
}

/// A machine for several runs of a program, one after the other.
#[derive(Debug)]
pub struct Runs {
    start: Snapshot,
    /// None when it is broken.
    vm: Option<Vm>,
}

impl Runs {
    /// Runs the program up to so many ticks.
    pub fn run(&mut self, manner: Manner, ticks: u64) -> Went {
        let mut state = None;
        let seen = guarded(|| {
            let Some(mut vm) = self.vm.take() else {
                return broken("by an earlier run".to_owned());
            };
            vm.restore(&self.start);
            let mut run = Run { vm, world: world(), end: None, until: ticks };
            run.go(manner);
            state = Some((run.vm.tick(), run.vm.state_hash()));
            let end = run.end.take().unwrap_or(End::Stopped);
            self.vm = Some(run.vm);
            Seen { output: written(&run.world), end }
        });
        if matches!(manner, Manner::Collecting | Manner::CollectingSteps) {
            state = None;
        }
        Went { seen, state }
    }
}

fn broken(message: String) -> Seen {
    Seen { output: String::new(), end: End::Broken(message) }
}

/// A machine with what is around it.
struct Run {
    vm: Vm,
    world: ScriptedWorld,
    end: Option<End>,
    until: u64,
}

impl Run {
    fn go(&mut self, manner: Manner) {
        match manner {
            Manner::Fast => self.on(self.until, &Probes::none()),
            Manner::Collecting => {
                self.vm.collect_often(true);
                self.on(self.until, &Probes::none());
                self.vm.collect_often(false);
            }
            Manner::CollectingSteps => {
                self.vm.collect_often(true);
                self.on(self.until, &Probes::every_step());
                self.vm.collect_often(false);
            }
            Manner::Steps => self.on(self.until, &Probes::every_step()),
            Manner::Pieces(seed) => {
                let mut dice = Dice::new(seed);
                while self.end.is_none() && self.vm.tick() < Tick::at(self.until) {
                    let next = self.after(&mut dice);
                    self.on(next, &Probes::none());
                }
            }
            Manner::Returns(seed) => self.there_and_back(seed),
        }
    }

    /// A tick not far after now.
    fn after(&self, dice: &mut Dice) -> u64 {
        let most = *dice.pick(&[1, 2, 10, 100, 1000]);
        let more = u64::try_from(dice.between(1, most)).unwrap_or(1);
        (self.vm.tick().safepoints + more).min(self.until)
    }

    /// Goes on to a tick, or the end.
    fn on(&mut self, until: u64, probes: &Probes) {
        while self.end.is_none() {
            match self.vm.run(Tick::at(until), probes) {
                Stop::Reached => return,
                Stop::Probed(_) => {}
                Stop::Asks(question) => {
                    let answer = self.world.answer(&question);
                    if let Err(trap) = self.vm.answer(&answer) {
                        self.end = Some(self.uncaught(trap));
                    }
                }
                Stop::Trapped(trap) => self.end = Some(self.uncaught(trap)),
                Stop::Ended(_) => self.end = Some(End::Value(self.vm.echo())),
            }
        }
    }

    /// Runs with jumps back, and looks whether the way there is the same again.
    fn there_and_back(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let mut kept: Vec<Kept> = vec![self.keep()];
        let mut jumps = 0;
        while self.end.is_none() && self.vm.tick() < Tick::at(self.until) {
            let next = self.after(&mut dice);
            self.on(next, &Probes::none());
            // An instruction that failed may have left garbage before it did.
            if matches!(self.end, Some(End::Uncaught { .. })) {
            } else if let Some(known) = kept.iter().find(|known| known.tick == self.vm.tick()) {
                assert_eq!(self.vm.state_hash(), known.hash, "the state at {}", known.tick);
                assert!(
                    self.world.output() == known.world.output(),
                    "the output at {}",
                    known.tick
                );
            } else if dice.chance(30) {
                let now = self.keep();
                kept.push(now);
            }
            if jumps < 20 && dice.chance(30) {
                jumps += 1;
                let known = dice.pick(&kept).clone();
                self.vm.restore(&known.snapshot);
                self.world = known.world;
                self.end = None;
                assert_eq!(self.vm.tick(), known.tick, "the tick of a snapshot");
                assert_eq!(self.vm.state_hash(), known.hash, "the state of a snapshot");
            }
        }
    }

    fn uncaught(&self, trap: Trap) -> End {
        if trap.message.starts_with("Out of memory") {
            return End::Stopped;
        }
        // What the library throws is thrown where it was called, of which a call in its place may
        // have taken the trace.
        let frames = self.vm.frames(1);
        let shown = frames.first().filter(|frame| !self.vm.is_hidden(frame.position));
        let line = shown.and_then(|frame| frame.place).map(|place| place.line);
        End::Uncaught { kind: trap.kind, message: trap.message, line }
    }

    fn keep(&mut self) -> Kept {
        Kept {
            tick: self.vm.tick(),
            hash: self.vm.state_hash(),
            world: self.world.clone(),
            snapshot: self.vm.snapshot(),
        }
    }
}

/// A state to come back to.
#[derive(Clone)]
struct Kept {
    tick: Tick,
    hash: StateHash,
    world: ScriptedWorld,
    snapshot: Snapshot,
}
