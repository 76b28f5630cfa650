//! The toy's state and its loop: the contract with time.

use std::collections::VecDeque;

use machine::{
    Answer, CodePosition, ExitCode, Hit, Location, Machine, Piece, Probes, Question, StateHash,
    Stop, Stream, Tick,
};

use super::cells::Cells;
use super::op::{Cell, Op, ToyTrap};

/// A toy program and how far it has come.
#[derive(Clone, Debug)]
pub struct Toy {
    pub(super) ops: Vec<Op>,
    pub(super) state: ToySnapshot,
    trail: VecDeque<Undo>,
    trail_max: usize,
    has_trail: bool,
}

/// The whole state of a [`Toy`].
#[derive(Clone, Debug)]
pub struct ToySnapshot {
    pub(super) pc: usize,
    pub(super) tick: Tick,
    pub(super) cells: Cells,
}

impl Toy {
    /// A program before its first instruction, with `cells` cells that are 0; at least 256.
    #[must_use]
    pub fn new(ops: &[Op], cells: usize) -> Self {
        Self {
            ops: ops.to_vec(),
            state: ToySnapshot { pc: 0, tick: Tick::ZERO, cells: Cells::new(cells.max(256)) },
            trail: VecDeque::new(),
            trail_max: 0,
            has_trail: true,
        }
    }

    /// The same program on a machine that cannot undo.
    #[must_use]
    pub fn without_trail(mut self) -> Self {
        self.has_trail = false;
        self
    }

    /// What a cell holds.
    #[must_use]
    pub fn cell(&self, cell: Cell) -> i64 {
        self.state.cells.as_slice()[usize::from(cell)]
    }

    /// Changes a cell from outside.
    pub fn set_cell(&mut self, cell: Cell, value: i64) {
        self.state.cells.as_mut_slice()[usize::from(cell)] = value;
    }

    /// Stores a value and goes on at `target`; says what changed.
    fn retire(&mut self, write: Option<(usize, i64)>, target: Option<usize>) -> Option<Change> {
        let before = Undo { pc: self.state.pc, tick: self.state.tick, write: None };
        let change = write.map(|(index, after)| {
            let slot = &mut self.state.cells.as_mut_slice()[index];
            Change { index, before: std::mem::replace(slot, after), after }
        });
        let next = target.unwrap_or(self.state.pc + 1);
        if next <= self.state.pc {
            self.state.tick = Tick::at(self.state.tick.safepoints + 1);
        } else {
            self.state.tick.steps += 1;
        }
        self.state.pc = next;
        if self.trail_max > 0 {
            if self.trail.len() >= self.trail_max {
                self.trail.pop_front();
            }
            let write = change.as_ref().map(|change| (change.index, change.before));
            self.trail.push_back(Undo { write, ..before });
        }
        change
    }

    fn hit(&self, change: Option<&Change>, probes: &Probes) -> Option<Hit> {
        if let Some(change) = change
            && change.before != change.after
            && let Some(index) = probes.watches.iter().position(|watch| covers(watch, change.index))
        {
            return Some(Hit::Watch(index));
        }
        let position = CodePosition(self.state.pc as u64);
        if probes.breakpoints.contains(&position) {
            return Some(Hit::Breakpoint(position));
        }
        probes.every_step.then_some(Hit::Step)
    }

    /// What the instruction `op` stores and where it goes, unless it stops the run.
    fn effect(&self, op: Op) -> Result<Effect, Stop<ToyTrap>> {
        let value = |cell: Cell| self.cell(cell);
        let write = |cell: Cell, value: i64| Effect {
            write: Some((usize::from(cell), value)),
            target: None,
        };
        Ok(match op {
            Op::Set(cell, value) => write(cell, value),
            Op::Add(a, b) => write(a, value(a).wrapping_add(value(b))),
            Op::Subtract(a, b) => write(a, value(a).wrapping_sub(value(b))),
            Op::Divide(_, b) if value(b) == 0 => {
                return Err(Stop::Trapped(ToyTrap::DivisionByZero));
            }
            Op::Divide(a, b) => write(a, value(a).wrapping_div(value(b))),
            Op::Store(at, from) => {
                let count = self.state.cells.as_slice().len() as u64;
                let index = usize::try_from(value(at).unsigned_abs() % count).unwrap_or(0);
                Effect { write: Some((index, value(from))), target: None }
            }
            Op::Jump(target) => Effect { write: None, target: Some(target) },
            Op::JumpIfZero(cell, target) => {
                Effect { write: None, target: (value(cell) == 0).then_some(target) }
            }
            Op::ReadLine(_) => return Err(Stop::Asks(Question::ReadLine)),
            Op::Clock(_) => return Err(Stop::Asks(Question::Clock)),
            Op::Entropy(_) => return Err(Stop::Asks(Question::Entropy)),
            Op::Write(cell) => {
                let bytes = format!("{}\n", value(cell)).into_bytes();
                let piece = Piece { stream: Stream::Output, bytes };
                return Err(Stop::Asks(Question::Write(vec![piece])));
            }
            Op::Compact(safepoints) => {
                let from = Tick::at(self.state.tick.safepoints.saturating_sub(safepoints));
                return Err(Stop::Asks(Question::Compact(from, self.state.tick)));
            }
            #[expect(clippy::cast_possible_truncation, reason = "an exit code is the low byte")]
            #[expect(clippy::cast_sign_loss, reason = "an exit code is the low byte")]
            Op::Halt(cell) => return Err(Stop::Ended(ExitCode(value(cell) as u8))),
        })
    }

    /// What an answer to the question of `op` stores.
    fn answered(op: Option<Op>, answer: &Answer) -> Result<Option<(usize, i64)>, ToyTrap> {
        Ok(match (op, answer) {
            (Some(Op::ReadLine(cell)), Answer::Bytes(bytes)) => {
                let text = std::str::from_utf8(bytes).map_err(|_| ToyTrap::NotANumber)?;
                Some((usize::from(cell), text.trim().parse().map_err(|_| ToyTrap::NotANumber)?))
            }
            (Some(Op::ReadLine(cell)), Answer::Nothing) => Some((usize::from(cell), 0)),
            (Some(Op::Clock(cell) | Op::Entropy(cell)), Answer::Integer(value)) => {
                Some((usize::from(cell), *value))
            }
            (Some(Op::Write(_) | Op::Compact(_)), Answer::Done) => None,
            (_, Answer::Failed(failure)) => return Err(ToyTrap::NotWritten(*failure)),
            _ => return Err(ToyTrap::WrongAnswer),
        })
    }
}

impl Machine for Toy {
    type Snapshot = ToySnapshot;
    type Trap = ToyTrap;

    fn tick(&self) -> Tick {
        self.state.tick
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<ToyTrap> {
        while self.state.tick < until {
            let Some(&op) = self.ops.get(self.state.pc) else { return Stop::Ended(ExitCode(0)) };
            let effect = match self.effect(op) {
                Ok(effect) => effect,
                Err(stop) => return stop,
            };
            let change = self.retire(effect.write, effect.target);
            if let Some(hit) = self.hit(change.as_ref(), probes) {
                return Stop::Probed(hit);
            }
        }
        Stop::Reached
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), ToyTrap> {
        self.answer_probed(answer, &Probes::none()).map(|_| ())
    }

    fn answer_probed(&mut self, answer: &Answer, probes: &Probes) -> Result<Option<Hit>, ToyTrap> {
        let write = Self::answered(self.ops.get(self.state.pc).copied(), answer)?;
        let change = self.retire(write, None);
        Ok(self.hit(change.as_ref(), probes))
    }

    fn snapshot(&mut self) -> ToySnapshot {
        self.state.clone()
    }

    fn restore(&mut self, snapshot: &ToySnapshot) {
        self.state = snapshot.clone();
        self.trail.clear();
    }

    fn state_hash(&self) -> StateHash {
        let mix =
            |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        let start = mix(0xcbf2_9ce4_8422_2325, self.state.pc as u64);
        let cells = self.state.cells.as_slice().iter();
        StateHash(cells.fold(start, |hash, value| mix(hash, value.cast_unsigned())))
    }

    fn twin(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn memory(&self) -> usize {
        self.state.cells.bytes()
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.trail_max = if self.has_trail { bytes / size_of::<Undo>() } else { 0 };
        while self.trail.len() > self.trail_max {
            self.trail.pop_front();
        }
    }

    fn back(&mut self, steps: u64) -> u64 {
        for done in 0..steps {
            let Some(undo) = self.trail.pop_back() else { return done };
            if let Some((index, before)) = undo.write {
                self.state.cells.as_mut_slice()[index] = before;
            }
            self.state.pc = undo.pc;
            self.state.tick = undo.tick;
        }
        steps
    }

    fn trail_bytes(&self) -> usize {
        self.trail.len() * size_of::<Undo>()
    }
}

/// What one instruction does.
struct Effect {
    write: Option<(usize, i64)>,
    target: Option<usize>,
}

/// A cell that an instruction wrote.
struct Change {
    index: usize,
    before: i64,
    after: i64,
}

/// How to undo one instruction.
#[derive(Clone, Debug)]
struct Undo {
    pc: usize,
    tick: Tick,
    write: Option<(usize, i64)>,
}

fn covers(watch: &Location, index: usize) -> bool {
    let Ok(index) = i64::try_from(index) else { return false };
    watch.address <= index && index < watch.address.saturating_add(i64::from(watch.size))
}
