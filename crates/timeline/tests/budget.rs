//! What the past may cost, and what is given up when that is not enough.

use std::cell::Cell;

use machine::{Answer, Hit, Location, Machine, Probes, Question, Space, StateHash, Stop, Tick};
use testkit::toy::{Op, Toy, ToySnapshot, ToyTrap};
use timeline::{Arrival, History, Options, Timeline, Verification};

/// Counts cell 1 up for ever, three instructions a round.
const COUNT: [Op; 4] = [Op::Set(0, 1), Op::Add(1, 0), Op::Add(2, 0), Op::Jump(1)];

const BLOCK_BYTES: usize = 1024 * 8;

fn counting(options: Options) -> Timeline<Toy> {
    Timeline::new(Toy::new(&COUNT, BLOCK_BYTES / 8), options)
}

#[test]
fn a_long_run_stays_within_its_memory_and_every_tick_in_reach() {
    let memory = 20 * BLOCK_BYTES;
    let mut timeline = counting(Options { memory, spacing: 100, ..Options::default() });
    let mut checkpoints_max = 0;
    for round in 1..=2_000 {
        timeline.forward(Tick::at(round * 500), &Probes::none());
        let info = timeline.info();
        assert!(info.bytes <= memory + BLOCK_BYTES, "{info:?}");
        checkpoints_max = checkpoints_max.max(info.checkpoints);
    }
    assert!(checkpoints_max >= 15, "the budget is used: {checkpoints_max}");
    let info = timeline.info();
    assert!(info.checkpoints >= 8, "{info:?}");
    assert!(info.jump_max <= 1_000_000 / 4, "{info:?}");
    for tick in (0..1_000_000).step_by(99_991) {
        assert_eq!(timeline.goto(Tick::at(tick)), Arrival::Reached);
        assert_eq!(timeline.machine().cell(1), i64::try_from(tick).unwrap());
    }
}

#[test]
fn a_budget_too_small_for_a_single_checkpoint_keeps_the_reach() {
    let mut timeline = counting(Options { memory: 1, spacing: 10, ..Options::default() });
    timeline.forward(Tick::at(10_000), &Probes::none());
    assert_eq!(timeline.info().checkpoints, 1);
    timeline.goto(Tick::at(77));
    assert_eq!(timeline.machine().cell(1), 77);
    assert_eq!(timeline.back(8), 8);
    assert_eq!(timeline.now().tick, Tick { safepoints: 74, steps: 1 });
}

#[test]
fn jumps_leave_checkpoints_halfway_while_there_is_room() {
    let memory = 40 * BLOCK_BYTES;
    let options = Options { memory, spacing: 1000, window: 10, ..Options::default() };
    let mut timeline = counting(options);
    timeline.forward(Tick::at(20_000), &Probes::none());
    let before = timeline.info();
    for jump in 0..200 {
        let tick = jump * 7919 % 20_000;
        timeline.goto(Tick::at(tick));
        assert_eq!(timeline.machine().cell(1), i64::try_from(tick).unwrap());
        let info = timeline.info();
        assert!(info.bytes <= memory + 2 * BLOCK_BYTES, "{info:?}");
    }
    let after = timeline.info();
    assert!(after.checkpoints > before.checkpoints + 8, "{before:?} {after:?}");
    assert!(after.jump_mean < before.jump_mean, "{before:?} {after:?}");
    timeline.goto(Tick::at(20_000));
    timeline.forward(Tick::at(2_000_000), &Probes::none());
    assert!(timeline.info().bytes <= memory + BLOCK_BYTES, "{:?}", timeline.info());
}

#[test]
fn checkpoints_are_dense_near_now_and_even_before_that() {
    let memory = 40 * BLOCK_BYTES;
    let spacing = 10_000;
    let mut timeline = counting(Options { memory, spacing, ..Options::default() });
    timeline.forward(Tick::at(30_000_000), &Probes::none());
    let info = timeline.info();
    assert!(info.spacing > 16 * spacing, "{info:?}");
    assert!(info.jump_max <= 2 * info.spacing, "{info:?}");
    timeline.back(1);
    let near = timeline.info().checkpoints;
    timeline.back(1_000_000);
    assert!(timeline.info().checkpoints <= near + 8, "stepping stones are few");
}

#[test]
fn going_back_and_jumping_keep_within_the_memory_too() {
    let memory = 20 * BLOCK_BYTES;
    let options = Options { memory, spacing: 100, window: 10, ..Options::default() };
    let mut timeline = counting(options);
    timeline.forward(Tick::at(400_000), &Probes::none());
    for round in 0..16 {
        timeline.goto(Tick::at(round * 234_577 % 400_000));
        assert!(timeline.info().bytes <= memory, "after a jump: {:?}", timeline.info());
        timeline.back(1 + round * 20);
        let info = timeline.info();
        assert!(info.bytes <= memory, "after going back: {info:?}");
        assert!(info.checkpoints >= 8, "{info:?}");
        let tick = i64::try_from(timeline.now().tick.safepoints).unwrap();
        assert!((tick..=tick + 1).contains(&timeline.machine().cell(1)));
    }
}

#[test]
fn without_history_only_the_start_is_kept() {
    let options = Options { history: History::Off, spacing: 1, ..Options::default() };
    let mut timeline = counting(options);
    timeline.forward(Tick::at(5_000), &Probes::none());
    timeline.back(9);
    assert_eq!(timeline.info().checkpoints, 1);
    assert_eq!(timeline.info().jump_max, 5_000);
    assert_eq!(timeline.now().tick, Tick::at(4_997));
}

#[test]
fn ten_thousand_idle_branches_cost_little() {
    let mut timeline = counting(Options::default());
    timeline.forward(Tick::at(1_000), &Probes::none());
    let main = timeline.now().branch;
    let before = timeline.info();
    let mut last = main;
    for number in 0..10_000 {
        last = timeline.branch(format!("branch {number}"));
        timeline.switch(main).unwrap();
    }
    assert_eq!(timeline.info().branches, 10_001);
    assert_eq!(timeline.info().checkpoints, before.checkpoints);
    assert!(timeline.info().bytes <= before.bytes + BLOCK_BYTES);
    timeline.switch(last).unwrap();
    timeline.forward(Tick::at(1_100), &Probes::none());
    assert_eq!(timeline.machine().cell(1), 1_100);
}

#[test]
fn old_output_goes_first_and_its_absence_is_said() {
    let ops = [Op::Set(0, 1), Op::Add(1, 0), Op::Write(1), Op::Jump(1)];
    let options = Options { output: 1_000, ..Options::default() };
    let mut timeline = Timeline::new(Toy::new(&ops, 1), options);
    for _ in 0..100 {
        while let Arrival::Asks(question) = timeline.forward(Tick::at(50), &Probes::none()) {
            assert!(matches!(question, Question::Write(_)));
            timeline.answer(Answer::Done).unwrap();
        }
    }
    let outputs = timeline.outputs();
    assert!(outputs.is_elided);
    assert!(outputs.output.ends_with(b"\n49\n50\n"));
    assert!(outputs.output.len() < 1_000);
}

#[test]
fn compacting_drops_the_checkpoints_in_between() {
    let ops = [
        Op::Set(0, 1),
        Op::Set(3, 5_000),
        Op::Add(1, 0),
        Op::Subtract(3, 0),
        Op::JumpIfZero(3, 6),
        Op::Jump(2),
        Op::Compact(4_900),
        Op::Jump(6),
    ];
    let toy = Toy::new(&ops[..6], 1);
    let options = Options { spacing: 1, ..Options::default() };
    let mut plain = Timeline::new(toy, options);
    plain.forward(Tick::MAX, &Probes::none());
    let mut compact = Timeline::new(Toy::new(&ops, 1), options);
    compact.forward(plain.end(), &Probes::none());
    compact.forward(Tick::at(plain.end().safepoints + 1), &Probes::none());
    assert!(compact.info().checkpoints < plain.info().checkpoints / 4);
    compact.goto(Tick::at(2_500));
    assert_eq!(compact.machine().cell(1), 2_500);
}

#[test]
fn a_search_sees_only_what_is_accepted_and_stays_where_nothing_is() {
    let mut timeline = counting(Options { spacing: 64, ..Options::default() });
    timeline.forward(Tick::at(2_000), &Probes::none());
    let watch = Location { space: Space(0), address: 1, size: 1 };
    let probes = Probes { watches: vec![watch], ..Probes::none() };
    let here = timeline.now();
    assert_eq!(timeline.last(&probes, &|_, _| false), None);
    assert_eq!(timeline.now(), here);
    let found = timeline.last(&probes, &|toy, _| toy.cell(1) == 123).unwrap();
    assert_eq!(found.hit, Hit::Watch(0));
    assert_eq!(found.tick, Tick { safepoints: 122, steps: 1 });
    assert_eq!(timeline.machine().cell(1), 123);
}

#[test]
fn a_machine_that_is_not_deterministic_is_found_out() {
    let flaky = Odd { toy: Toy::new(&COUNT, 1), bytes: None, runs: Some(Cell::new(0)) };
    let mut timeline = Timeline::new(flaky, Options { spacing: 100, ..Options::default() });
    timeline.forward(Tick::at(20_000), &Probes::none());
    let verification = timeline.verify();
    let Verification::Differs { from, to, expected, found } = verification else {
        unreachable!("{verification:?}");
    };
    assert!(from < to && to <= Tick::at(20_000));
    assert_ne!(expected, found);
    assert_eq!(timeline.now().tick, Tick::at(20_000));
}

#[test]
fn a_machine_that_dirties_much_has_its_checkpoints_put_off_but_not_for_ever() {
    let options = Options { spacing: 10, memory: usize::MAX, ..Options::default() };
    let count = |bytes| {
        let greedy = Odd { toy: Toy::new(&COUNT, 1), bytes: Some(bytes), runs: None };
        let mut timeline = Timeline::new(greedy, options);
        timeline.forward(Tick::at(20_000), &Probes::none());
        timeline.info().checkpoints
    };
    assert_eq!([count(0), count(1_000)], [2_001, 4]);
}

/// A toy with something odd about it.
struct Odd {
    toy: Toy,
    /// So many bytes are taken up for each tick, if that is not the toy's own affair.
    bytes: Option<usize>,
    /// How often it was run, which its cells remember: no deterministic machine.
    runs: Option<Cell<i64>>,
}

impl Machine for Odd {
    type Snapshot = ToySnapshot;
    type Trap = ToyTrap;

    fn tick(&self) -> Tick {
        self.toy.tick()
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<ToyTrap> {
        if let Some(runs) = self.runs.as_ref().filter(|_| self.toy.tick() < until) {
            runs.set(runs.get() + 1);
            self.toy.set_cell(9, runs.get());
        }
        self.toy.run(until, probes)
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), ToyTrap> {
        self.toy.answer(answer)
    }

    fn snapshot(&mut self) -> ToySnapshot {
        self.toy.snapshot()
    }

    fn restore(&mut self, snapshot: &ToySnapshot) {
        self.toy.restore(snapshot);
    }

    fn state_hash(&self) -> StateHash {
        self.toy.state_hash()
    }

    fn memory(&self) -> usize {
        let ticks = usize::try_from(self.toy.tick().safepoints).unwrap_or(usize::MAX);
        self.bytes.map_or_else(|| self.toy.memory(), |bytes| ticks.saturating_mul(bytes))
    }
}
