//! Stepping back far, while a second machine makes the trail of the window before the present one.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{BUSY, live};
use machine::{Answer, Machine, Probes, StateHash, Stop, Tick};
use proptest::prelude::*;
use testkit::toy::{Op, Toy, ToySnapshot, ToyTrap};
use timeline::{Options, Timeline};

/// The states of the present branch, found by single steps from the start.
fn straight(timeline: &mut Timeline<Toy>) -> Vec<(Tick, StateHash)> {
    let (start, end) = (timeline.start(), timeline.end());
    let here = timeline.now().tick;
    timeline.goto(start);
    let mut states = vec![(start, timeline.machine().state_hash())];
    timeline.each(start, end, &Probes::every_step(), &mut |toy, _| {
        states.push((toy.tick(), toy.state_hash()));
        std::ops::ControlFlow::Continue(())
    });
    timeline.goto(here);
    states
}

#[derive(Clone, Debug)]
enum Move {
    Back(u64),
    Forward(u64),
    Goto(u64),
    Branch,
    Change(i64),
    Settle,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        12 => (1_u64..40).prop_map(Move::Back),
        2 => (100_u64..900).prop_map(Move::Back),
        2 => (1_u64..30).prop_map(Move::Forward),
        1 => (0_u64..1200).prop_map(Move::Goto),
        1 => Just(Move::Branch),
        1 => (-9_i64..9).prop_map(Move::Change),
        2 => Just(Move::Settle),
    ];
    prop::collection::vec(one, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn stepping_back_far_shows_what_a_straight_run_showed(
        (spacing, window) in (1_u64..400, 1_u64..200),
        length in 50_u64..1200,
        moves in moves(),
    ) {
        let options = Options { spacing, window, ..Options::default() };
        let toy = || Toy::new(&BUSY, 1);
        let mut timeline = Timeline::new(toy(), options);
        // Goes to every moment by itself.
        let mut other = Timeline::new(toy(), Options { spacing: 1, ..Options::default() });
        live(&mut timeline, length);
        live(&mut other, length);
        for to in moves {
            let now = timeline.now().tick;
            match to {
                Move::Back(steps) => {
                    let states = straight(&mut other);
                    let at = states.iter().position(|(tick, _)| *tick == now).expect("it was there");
                    let left = at.saturating_sub(usize::try_from(steps).expect("few"));
                    prop_assert_eq!(timeline.back(steps), (at - left) as u64);
                    let here = (timeline.now().tick, timeline.machine().state_hash());
                    prop_assert_eq!(here, states[left], "{} back from {}", steps, now);
                    other.goto(here.0);
                }
                Move::Forward(length) => {
                    live(&mut timeline, length);
                    live(&mut other, length);
                }
                Move::Goto(tick) => {
                    timeline.goto(Tick::at(tick));
                    other.goto(Tick::at(tick));
                }
                Move::Settle => {
                    let before = (timeline.now(), timeline.machine().state_hash());
                    timeline.settle();
                    let after = (timeline.now(), timeline.machine().state_hash());
                    prop_assert_eq!(after, before);
                }
                Move::Branch => {
                    timeline.branch("another");
                    other.branch("another");
                }
                Move::Change(value) => {
                    let edit = |toy: &mut Toy| -> Result<(), ()> {
                        toy.set_cell(2, value);
                        Ok(())
                    };
                    timeline.change("changed", edit).expect("any cell can be changed");
                    other.change("changed", edit).expect("any cell can be changed");
                }
            }
        }
    }
}

/// A machine that counts, with its twins, the safepoints that are run.
struct Counted {
    toy: Toy,
    runs: Arc<AtomicU64>,
}

impl Machine for Counted {
    type Snapshot = ToySnapshot;
    type Trap = ToyTrap;

    fn tick(&self) -> Tick {
        self.toy.tick()
    }

    fn run(&mut self, until: Tick, probes: &Probes) -> Stop<ToyTrap> {
        let before = self.toy.tick().safepoints;
        let stop = self.toy.run(until, probes);
        self.runs.fetch_add(self.toy.tick().safepoints - before, Ordering::Relaxed);
        stop
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

    fn twin(&self) -> Option<Self> {
        Some(Self { toy: self.toy.twin()?, runs: Arc::clone(&self.runs) })
    }

    fn memory(&self) -> usize {
        self.toy.memory()
    }

    fn keep_trail(&mut self, bytes: usize) {
        self.toy.keep_trail(bytes);
    }

    fn back(&mut self, steps: u64) -> u64 {
        self.toy.back(steps)
    }

    fn trail_bytes(&self) -> usize {
        self.toy.trail_bytes()
    }
}

/// The most safepoints that one of the steps back from the end of a run repeats, but for the first so
/// many, and what all of them do.
fn repeated_by_steps(first: u64, is_settled: bool) -> (u64, u64) {
    let runs = Arc::new(AtomicU64::new(0));
    let toy = Toy::new(&[Op::Set(0, 1), Op::Add(1, 0), Op::Add(2, 0), Op::Jump(1)], 1);
    let options = Options { spacing: 1 << 18, window: 1 << 13, ..Options::default() };
    let mut timeline = Timeline::new(Counted { toy, runs: Arc::clone(&runs) }, options);
    timeline.forward(Tick::at((1 << 20) - 1), &Probes::none());
    if is_settled {
        timeline.settle();
    }
    timeline.back(first);
    let mut most = 0;
    while timeline.now().tick > Tick::at(1 << 17) {
        let before = runs.load(Ordering::Relaxed);
        timeline.back(1);
        most = most.max(runs.load(Ordering::Relaxed) - before);
    }
    (most, runs.load(Ordering::Relaxed))
}

#[test]
fn no_step_back_but_the_first_repeats_much() {
    let (most, all) = repeated_by_steps(1, false);
    assert!(most < 1 << 15, "{most} of {}", 1 << 18);
    assert!(all < 8 << 20, "{all} in all");
}

#[test]
fn the_first_does_not_either_where_time_has_settled() {
    let (most, all) = repeated_by_steps(0, true);
    assert!(most < 1 << 15, "{most} of {}", 1 << 18);
    assert!(all < 8 << 20, "{all} in all");
}
