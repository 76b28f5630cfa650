//! Searches of the past find what a run from the start finds, whatever they pass over.

mod assembly;
mod random;

use std::num::NonZeroUsize;

use machine::{Hit, Inspect, Location, Machine, Probes, Tick};
use proptest::prelude::*;
use tacit_vm::{Segment, VALUES, Vm};
use testkit::ScriptedWorld;
use timeline::{Arrival, Options, Timeline};

use crate::random::program;

/// Ticks that a program runs at most.
const TICKS: u64 = 1500;

/// A place in the past, or a step back, from which more of it is repeated.
#[derive(Clone, Copy, Debug)]
enum Move {
    Goto(u64),
    Back(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![(0..TICKS).prop_map(Move::Goto), (1..200_u64).prop_map(Move::Back)];
    prop::collection::vec(one, 0..6)
}

/// A run with its past, and all changes of `watch` in it, found by single steps.
fn lived(vm: Vm, watch: Location, threads: usize) -> (Timeline<Vm>, Vec<Tick>) {
    let options = Options {
        spacing: 24,
        window: 16,
        threads: NonZeroUsize::new(threads),
        ..Options::default()
    };
    let mut timeline = Timeline::new(vm.clone(), options);
    let mut world = ScriptedWorld::with_lines(&["5", "6"]);
    while let Arrival::Asks(question) = timeline.forward(Tick::at(TICKS), &Probes::none()) {
        if timeline.answer(world.answer(&question)).is_err() {
            break;
        }
    }
    let probes = Probes { watches: vec![watch], every_step: true, ..Probes::none() };
    let mut changes = Vec::new();
    timeline.each(Tick::ZERO, timeline.end(), &probes, &mut |machine, hit| {
        if *hit == Hit::Watch(0) {
            changes.push(Machine::tick(machine));
        }
        std::ops::ControlFlow::Continue(())
    });
    (timeline, changes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn the_last_change_is_what_single_steps_find(
        image in program(),
        moves in moves(),
        (where_, threads) in (0..36_usize, 1..4_usize),
    ) {
        let vm = Vm::from_image(&image).unwrap();
        let layout = vm.memory().layout();
        let cell = match where_ {
            0..8 => layout.globals().0 + where_ % 2,
            24..30 => layout.stack().0 + where_ - 24,
            30..33 => layout.task(1).0 + 8 + where_ - 30,
            33.. => layout.return_stack().0 + where_ - 33,
            _ => layout.base(Segment::Heap) / 4 + 1 + 7 * (where_ - 8),
        };
        let watch = Location { space: VALUES, address: i64::try_from(cell).unwrap(), size: 1 };
        let (mut timeline, changes) = lived(vm, watch, threads);
        let probes = Probes { watches: vec![watch], ..Probes::none() };
        let mut forwards = Vec::new();
        timeline.each(Tick::ZERO, timeline.end(), &probes, &mut |machine, _| {
            forwards.push(Machine::tick(machine));
            std::ops::ControlFlow::Continue(())
        });
        prop_assert_eq!(&forwards, &changes);
        for to in [Move::Back(0)].into_iter().chain(moves) {
            match to {
                Move::Goto(tick) => {
                    timeline.goto(Tick::at(tick));
                }
                Move::Back(steps) => {
                    timeline.back(steps);
                }
            }
            let now = timeline.now().tick;
            let expected = changes.iter().rfind(|tick| **tick < now).copied();
            let found = timeline.last(&probes, &|_, _| true).map(|found| found.tick);
            prop_assert_eq!(found, expected, "before {}", now);
            let value = timeline.machine().read(watch);
            timeline.goto(now);
            if found.is_none() {
                prop_assert_eq!(timeline.now().tick, now);
                prop_assert_eq!(timeline.machine().read(watch), value);
            }
        }
    }
}
