//! A timeline against a naive twin: the list of all states of a straight run, per branch.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use machine::{
    Answer, CodePosition, Failure, Hit, Inspect, Machine, Probes, Question, StateHash, Stop, Tick,
};
use proptest::prelude::*;
use testkit::toy::{Cell, Op, Toy};
use timeline::{
    Arrival, BranchId, History, Options, RecordedProgram, Recording, Timeline, Verification,
};

/// No straight run of the twin is longer.
const STEPS_MAX: usize = 600;

/// An outside without a state of its own: what it says depends on when it is asked.
fn outside(question: &Question, tick: Tick, salt: u64) -> Answer {
    let mut dice = tick.safepoints.wrapping_mul(31).wrapping_add(u64::from(tick.steps));
    dice = dice.wrapping_add(salt.wrapping_mul(977)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    match question {
        Question::Write(_) if dice.is_multiple_of(97) => Answer::Failed(Failure::Full),
        Question::Write(_) => Answer::Done,
        Question::ReadLine if dice.is_multiple_of(61) => Answer::Bytes(b"ten".to_vec()),
        Question::ReadLine if dice.is_multiple_of(5) => Answer::Nothing,
        Question::ReadLine => Answer::Bytes((dice % 100).to_string().into_bytes()),
        Question::ReadBytes(_)
        | Question::InputEnded
        | Question::Clock
        | Question::Entropy
        | Question::ArgumentCount
        | Question::Argument(_)
        | Question::Sleep(_)
        | Question::Variable(_)
        | Question::Variables
        | Question::SetVariable { .. }
        | Question::ReadFile(_)
        | Question::WriteFile { .. }
        | Question::AppendFile { .. }
        | Question::DeleteFile(_)
        | Question::FileExists(_)
        | Question::Elapsed
        | Question::DescribeFile(_)
        | Question::CopyFile { .. }
        | Question::MoveFile { .. }
        | Question::ListFolder(_)
        | Question::MakeFolder { .. }
        | Question::RemoveFolder(_)
        | Question::WorkingFolder
        | Question::Tool(_)
        | Question::Fetch(_)
        | Question::Compact(..) => Answer::Integer(i64::try_from(dice % 1000).unwrap()),
    }
}

/// A branch as the twin knows it.
#[derive(Clone, Debug)]
struct Branch {
    /// From each tick on, the outside has another salt.
    salts: Vec<(Tick, u64)>,
    edits: Vec<(Tick, Cell, i64)>,
    /// Index of the furthest state that the timeline has seen.
    end: usize,
    left_at: usize,
    run: Vec<State>,
    /// Whether the run ends for good with the last state.
    is_whole: bool,
}

#[derive(Clone, Debug)]
struct State {
    tick: Tick,
    hash: StateHash,
    position: CodePosition,
    /// Whether the instruction before changed cell 2.
    changed: bool,
    output: Vec<u8>,
}

impl Branch {
    fn new(ops: &[Op], salts: Vec<(Tick, u64)>, edits: Vec<(Tick, Cell, i64)>) -> Self {
        let mut toy = Toy::new(ops, 1);
        let mut output = Vec::new();
        let mut run = Vec::new();
        let mut before = 0;
        let mut is_whole = false;
        while run.len() <= STEPS_MAX {
            let changed = toy.cell(2) != before;
            let tick = toy.tick();
            for (_, cell, value) in edits.iter().filter(|edit| edit.0 == tick) {
                toy.set_cell(*cell, *value);
            }
            let (hash, position) = (toy.state_hash(), toy.position());
            run.push(State { tick, hash, position, changed, output: output.clone() });
            before = toy.cell(2);
            match toy.run(Tick::MAX, &Probes::every_step()) {
                Stop::Probed(_) => {}
                Stop::Asks(Question::Compact(..)) => toy.answer(&Answer::Done).unwrap(),
                Stop::Asks(question) => {
                    let salt = salts.iter().rev().find(|salt| salt.0 <= tick).unwrap().1;
                    let answer = outside(&question, tick, salt);
                    if toy.answer(&answer).is_err() {
                        is_whole = true;
                        break;
                    }
                    if let Question::Write(pieces) = question {
                        output.extend(pieces.into_iter().flat_map(|piece| piece.bytes));
                    }
                }
                Stop::Reached | Stop::Trapped(_) | Stop::Ended(_) => {
                    is_whole = true;
                    break;
                }
            }
        }
        Self { salts, edits, end: 0, left_at: 0, run, is_whole }
    }
}

#[derive(Clone, Debug)]
enum Walk {
    Forward(usize),
    /// Forward to the first stop within some instructions.
    Probe(usize, Breaks),
    Goto(usize),
    Back(usize),
    Last(Breaks),
    Each(usize, usize, Breaks),
    Branch,
    Change(Cell, i64),
    Switch(usize),
    SaveAndOpen,
    Verify,
}

/// What to stop for: some positions, and perhaps changes of cell 2.
#[derive(Clone, Debug)]
struct Breaks {
    positions: BTreeSet<u64>,
    is_watching: bool,
}

impl Breaks {
    fn probes(&self, toy: &Toy) -> Probes {
        Probes {
            breakpoints: self.positions.iter().copied().map(CodePosition).collect(),
            watches: if self.is_watching { vec![toy.locate("c2").unwrap()] } else { Vec::new() },
            every_step: false,
        }
    }

    fn stop_at(&self, state: &State) -> bool {
        self.positions.contains(&state.position.0) || (self.is_watching && state.changed)
    }
}

struct Twins {
    ops: Vec<Op>,
    options: Options,
    has_trail: bool,
    timeline: Timeline<Toy>,
    branches: Vec<Branch>,
    current: usize,
    now: usize,
    salt: u64,
}

impl Twins {
    fn new(ops: &[Op], options: Options, has_trail: bool) -> Self {
        let timeline = Timeline::new(toy(ops, has_trail), options);
        let branches = vec![Branch::new(ops, vec![(Tick::ZERO, 0)], Vec::new())];
        let ops = ops.to_vec();
        Self { ops, options, has_trail, timeline, branches, current: 0, now: 0, salt: 0 }
    }

    fn branch(&mut self) -> &mut Branch {
        &mut self.branches[self.current]
    }

    fn ids(&self) -> Vec<BranchId> {
        self.timeline.branches().map(|branch| branch.id).collect()
    }

    /// Moves forward the way a driver does, performing what is asked.
    fn forward(&mut self, until: Tick, probes: &Probes) -> Arrival<testkit::toy::ToyTrap> {
        loop {
            match self.timeline.forward(until, probes) {
                Arrival::Asks(question) => {
                    assert!(!self.timeline.is_replaying(), "asked while replaying");
                    let tick = self.timeline.now().tick;
                    let salts = &self.branches[self.current].salts;
                    let salt = salts.iter().rev().find(|salt| salt.0 <= tick).unwrap().1;
                    let answer = outside(&question, tick, salt);
                    if let Err(trap) = self.timeline.answer(answer) {
                        return Arrival::Trapped(trap);
                    }
                }
                arrival @ (Arrival::Reached
                | Arrival::Probed(_)
                | Arrival::Trapped(_)
                | Arrival::Ended(_)) => return arrival,
            }
        }
    }

    fn walk(&mut self, walk: &Walk) {
        let now = self.now;
        let last = self.branch().run.len() - 1;
        let end = self.branch().end;
        let run = self.branch().run.clone();
        match walk {
            Walk::Forward(count) => {
                let to = now + count;
                let is_over = to > last && self.branch().is_whole;
                self.now = to.min(last);
                let until = if is_over { Tick::MAX } else { run[self.now].tick };
                let arrival = self.forward(until, &Probes::none());
                let is_stopped = matches!(arrival, Arrival::Trapped(_) | Arrival::Ended(_));
                assert_eq!(is_stopped, is_over, "{arrival:?}");
            }
            Walk::Probe(count, breaks) => {
                let to = (now + count).min(last);
                let stop = (now + 1..=to).find(|index| breaks.stop_at(&run[*index]));
                let arrival = self.forward(run[to].tick, &breaks.probes(self.timeline.machine()));
                assert_eq!(matches!(arrival, Arrival::Probed(_)), stop.is_some(), "{arrival:?}");
                self.now = stop.unwrap_or(to);
            }
            Walk::Goto(index) => {
                self.now = index % (end + 1);
                assert_eq!(self.timeline.goto(run[self.now].tick), Arrival::Reached);
            }
            Walk::Back(count) => {
                let undone = self.timeline.back(*count as u64);
                assert_eq!(undone, (*count).min(now) as u64, "instructions undone");
                self.now -= (*count).min(now);
            }
            Walk::Last(breaks) => {
                let probes = breaks.probes(self.timeline.machine());
                let found = self.timeline.last(&probes, &|_, _| true);
                let expected = (1..now).rev().find(|index| breaks.stop_at(&run[*index]));
                assert_eq!(found.map(|found| found.tick), expected.map(|index| run[index].tick));
                self.now = expected.unwrap_or(now);
            }
            Walk::Each(from, to, breaks) => {
                let (from, to) = (from % (end + 1), to % (end + 1));
                let probes = breaks.probes(self.timeline.machine());
                let mut found = Vec::new();
                let mut visit = |toy: &Toy, _: &Hit| {
                    found.push((toy.tick(), toy.state_hash()));
                    ControlFlow::Continue(())
                };
                self.timeline.each(run[from].tick, run[to].tick, &probes, &mut visit);
                let expected = (from + 1..to + 1).filter(|index| breaks.stop_at(&run[*index]));
                let expected: Vec<_> =
                    expected.map(|index| (run[index].tick, run[index].hash)).collect();
                assert_eq!(found, expected);
            }
            Walk::Branch | Walk::Change(..) => self.fork(walk),
            Walk::Switch(number) => {
                self.branch().left_at = now;
                let ids = self.ids();
                let number = number % ids.len();
                let is_same = number == self.current;
                assert_eq!(self.timeline.switch(ids[number]), Ok(Arrival::Reached));
                self.current = number;
                self.now = if is_same { now } else { self.branch().left_at };
            }
            Walk::SaveAndOpen => self.save_and_open(),
            Walk::Verify => {
                let verification = self.timeline.verify();
                assert!(matches!(verification, Verification::Same { .. }), "{verification:?}");
            }
        }
        let now = self.now;
        let branch = self.branch();
        branch.end = branch.end.max(now);
        self.check(walk);
    }

    fn fork(&mut self, walk: &Walk) {
        let now = self.now;
        self.salt += 1;
        let salt = self.salt;
        let branch = self.branch();
        branch.left_at = now;
        let tick = branch.run[now].tick;
        let mut salts: Vec<_> =
            branch.salts.iter().filter(|salt| salt.0 <= tick).copied().collect();
        let mut edits: Vec<_> =
            branch.edits.iter().filter(|edit| edit.0 <= tick).copied().collect();
        salts.push((tick, salt));
        if let Walk::Change(cell, value) = walk {
            edits.push((tick, *cell, *value));
            let edit = |toy: &mut Toy| -> Result<(), ()> {
                toy.set_cell(*cell, *value);
                Ok(())
            };
            self.timeline.change("edit", edit).unwrap();
            let failed = self.timeline.change("no", |toy| {
                toy.set_cell(0, 77);
                Err(())
            });
            assert_eq!(failed, Err(()));
        } else {
            self.timeline.branch("what if");
        }
        let mut branch = Branch::new(&self.ops, salts, edits);
        branch.end = now;
        branch.left_at = now;
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
    }

    fn save_and_open(&mut self) {
        let mut bytes = Vec::new();
        let program = RecordedProgram::default();
        let saved = self.timeline.save(&mut bytes, &program);
        assert_eq!(saved.is_ok(), self.branch().edits.is_empty());
        self.check(&Walk::SaveAndOpen);
        if saved.is_err() {
            return;
        }
        let recording = Recording::from_bytes(&bytes).unwrap();
        assert_eq!(recording.recovered, None);
        let toy = toy(&self.ops, self.has_trail);
        self.timeline = Timeline::from_recording(toy, &recording, self.options);
        self.branches = vec![self.branch().clone()];
        self.current = 0;
        self.now = 0;
    }

    fn check(&self, walk: &Walk) {
        let branch = &self.branches[self.current];
        let state = &branch.run[self.now];
        let now = self.timeline.now();
        assert_eq!(now.tick, state.tick, "after {walk:?}");
        assert_eq!(self.timeline.machine().state_hash(), state.hash, "after {walk:?} at {now}");
        assert_eq!(self.timeline.end(), branch.run[branch.end].tick, "the end after {walk:?}");
        assert_eq!(now.branch, self.ids()[self.current]);
        if self.options.output == Options::default().output {
            let outputs = self.timeline.outputs();
            let text = String::from_utf8(outputs.output).unwrap();
            assert_eq!(text.as_bytes(), state.output, "output after {walk:?}");
        }
    }
}

fn toy(ops: &[Op], has_trail: bool) -> Toy {
    let toy = Toy::new(ops, 1);
    if has_trail { toy } else { toy.without_trail() }
}

/// Loops within loops, with all kinds of questions.
const BUSY: [Op; 17] = [
    Op::Set(1, 1),
    Op::ReadLine(0),
    Op::Set(3, 4),
    Op::JumpIfZero(3, 9),
    Op::Subtract(3, 1),
    Op::Add(2, 0),
    Op::Store(2, 3),
    Op::Clock(4),
    Op::Jump(3),
    Op::Write(2),
    Op::Entropy(5),
    Op::Add(6, 5),
    Op::Compact(9),
    Op::Divide(2, 1),
    Op::Set(7, 3),
    Op::Divide(2, 7),
    Op::Jump(1),
];

fn op() -> impl Strategy<Value = Op> {
    let cell = || 0_u8..6;
    let target = || 0_usize..14;
    prop_oneof![
        (cell(), -3_i64..9).prop_map(|(cell, value)| Op::Set(cell, value)),
        (cell(), cell()).prop_map(|(a, b)| Op::Add(a, b)),
        (cell(), cell()).prop_map(|(a, b)| Op::Subtract(a, b)),
        (cell(), cell()).prop_map(|(a, b)| Op::Divide(a, b)),
        (cell(), cell()).prop_map(|(a, b)| Op::Store(a, b)),
        target().prop_map(Op::Jump),
        (cell(), target()).prop_map(|(cell, target)| Op::JumpIfZero(cell, target)),
        cell().prop_map(Op::ReadLine),
        cell().prop_map(Op::Clock),
        cell().prop_map(Op::Entropy),
        cell().prop_map(Op::Write),
        (0_u64..9).prop_map(Op::Compact),
        cell().prop_map(Op::Halt),
    ]
}

fn program() -> impl Strategy<Value = Vec<Op>> {
    prop_oneof![Just(BUSY.to_vec()), prop::collection::vec(op(), 4..14)]
}

fn breaks() -> impl Strategy<Value = Breaks> {
    (prop::collection::btree_set(0_u64..17, 0..4), any::<bool>())
        .prop_map(|(positions, is_watching)| Breaks { positions, is_watching })
}

fn walk() -> impl Strategy<Value = Walk> {
    prop_oneof![
        3 => (0_usize..80).prop_map(Walk::Forward),
        1 => (0_usize..400).prop_map(Walk::Forward),
        3 => (0_usize..200, breaks()).prop_map(|(count, breaks)| Walk::Probe(count, breaks)),
        3 => (0_usize..STEPS_MAX).prop_map(Walk::Goto),
        3 => (0_usize..5).prop_map(Walk::Back),
        2 => (0_usize..300).prop_map(Walk::Back),
        3 => breaks().prop_map(Walk::Last),
        2 => (0_usize..STEPS_MAX, 0_usize..STEPS_MAX, breaks())
            .prop_map(|(from, to, breaks)| Walk::Each(from, to, breaks)),
        1 => Just(Walk::Branch),
        1 => (0_u8..6, -3_i64..9).prop_map(|(cell, value)| Walk::Change(cell, value)),
        2 => (0_usize..8).prop_map(Walk::Switch),
        1 => Just(Walk::SaveAndOpen),
        1 => Just(Walk::Verify),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    let history = prop_oneof![Just(History::Off), Just(History::Checkpoints), Just(History::Full)];
    let memory = prop_oneof![Just(1_usize), Just(12 << 10), Just(256 << 20)];
    let spacing = prop_oneof![Just(1_u64), Just(4), Just(64)];
    let trail = prop_oneof![Just(0_usize), Just(500), Just(1 << 20)];
    let window = prop_oneof![Just(1_u64), Just(5), Just(1 << 10)];
    let threads = prop_oneof![Just(1), Just(2), Just(4)];
    (history, memory, spacing, trail, window, threads).prop_map(
        |(history, memory, spacing, trail, window, threads)| Options {
            history,
            memory,
            spacing,
            trail,
            window,
            threads: NonZeroUsize::new(threads),
            ..Options::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_shows_what_a_straight_run_showed(
        ops in program(),
        options in options(),
        has_trail in any::<bool>(),
        walks in prop::collection::vec(walk(), 1..40),
    ) {
        let mut twins = Twins::new(&ops, options, has_trail);
        for walk in &walks {
            twins.walk(walk);
        }
    }

    #[test]
    fn the_same_stops_are_found_forward_and_backward(
        ops in program(),
        options in options(),
        breaks in breaks(),
    ) {
        let mut twins = Twins::new(&ops, options, true);
        twins.walk(&Walk::Forward(STEPS_MAX));
        let end = twins.timeline.end();
        let probes = breaks.probes(twins.timeline.machine());
        let mut backward = Vec::new();
        while let Some(found) = twins.timeline.last(&probes, &|_, _| true) {
            backward.push(found);
        }
        backward.reverse();
        twins.timeline.goto(Tick::ZERO);
        let mut forward = Vec::new();
        while let Arrival::Probed(hit) = twins.timeline.forward(end, &probes) {
            let tick = twins.timeline.now().tick;
            if tick < end {
                forward.push(timeline::Found { tick, hit });
            }
        }
        prop_assert_eq!(backward, forward);
    }
}
