//! Searching several stretches at the same time finds what searching one after the other finds.

mod common;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use common::{BUSY, live};
use machine::{CodePosition, Machine, Probes, StateHash, Tick};
use proptest::prelude::*;
use testkit::toy::Toy;
use timeline::{Found, Options, Order, Stretch, Timeline};

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

/// A life with branches and changes, of which the timeline is on the last.
fn life(spacing: u64, threads: usize, rounds: &[(u64, Option<i64>)]) -> Timeline<Toy> {
    let threads = NonZeroUsize::new(threads);
    let options = Options { spacing, threads, ..Options::default() };
    let mut timeline = Timeline::new(Toy::new(&BUSY, 1), options);
    for (length, change) in rounds {
        live(&mut timeline, *length);
        match change {
            Some(value) => {
                let edit = |toy: &mut Toy| -> Result<(), ()> {
                    toy.set_cell(2, *value);
                    Ok(())
                };
                timeline.change("changed", edit).expect("any cell can be changed");
            }
            None => drop(timeline.branch("another")),
        }
    }
    timeline
}

fn rounds() -> impl Strategy<Value = Vec<(u64, Option<i64>)>> {
    let change = prop_oneof![Just(None), (-9_i64..9).prop_map(Some)];
    prop::collection::vec((0_u64..40, change), 1..5)
}

fn probes() -> impl Strategy<Value = Probes> {
    (prop::collection::btree_set(0_u64..7, 0..3), prop::option::of(0_i64..6), any::<bool>())
        .prop_map(|(positions, cell, every_step)| Probes {
            breakpoints: positions.into_iter().map(CodePosition).collect(),
            watches: cell.map(watch).into_iter().collect(),
            every_step,
        })
}

fn watch(address: i64) -> machine::Location {
    machine::Location { space: machine::Space(0), address, size: 1 }
}

/// What is seen at a hit.
type Seen = (Tick, StateHash);

fn see(toy: &Toy) -> Seen {
    (toy.tick(), toy.state_hash())
}

/// The hits of a part of the past, by survey.
fn surveyed(
    timeline: &mut Timeline<Toy>,
    past: (Tick, Tick),
    order: Order,
    probes: &Probes,
) -> Vec<Seen> {
    let look = |stretch: &mut Stretch<'_, Toy>| {
        let mut seen = Vec::new();
        stretch.run(probes, &mut |toy, _| {
            seen.push(see(toy));
            GO_ON
        })?;
        if order != Order::OldestFirst {
            seen.reverse();
        }
        ControlFlow::Continue(seen)
    };
    let mut all = Vec::new();
    let mut take = |seen: Vec<Seen>| {
        all.extend(seen);
        GO_ON
    };
    assert!(timeline.survey(past, order, &look, &mut take, &mut |_| GO_ON).is_continue());
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_survey_sees_what_a_straight_run_sees_in_the_order_that_is_wanted(
        rounds in rounds(),
        spacing in 1_u64..9,
        probes in probes(),
        part in (0_u64..160, 0_u64..160),
    ) {
        let mut first = life(spacing, 1, &rounds);
        let past = (Tick::at(part.0), Tick::at(part.1));
        let mut expected = Vec::new();
        first.each(past.0, past.1, &probes, &mut |toy, _| {
            expected.push(see(toy));
            GO_ON
        });
        for threads in [1, 2, 4] {
            let mut timeline = life(spacing, threads, &rounds);
            let here = see(timeline.machine());
            prop_assert_eq!(&surveyed(&mut timeline, past, Order::OldestFirst, &probes), &expected);
            for order in [Order::NewestFirst, Order::NewestInStrides] {
                let mut backward = surveyed(&mut timeline, past, order, &probes);
                backward.reverse();
                prop_assert_eq!(&backward, &expected);
            }
            prop_assert_eq!(see(timeline.machine()), here);
        }
    }

    #[test]
    fn the_last_hit_is_the_same_with_any_number_of_threads(
        rounds in rounds(),
        spacing in 1_u64..9,
        probes in probes(),
        is_odd in any::<bool>(),
    ) {
        let accept = |toy: &Toy, _: &machine::Hit| !is_odd || toy.cell(2) % 2 == 1;
        let all = |threads| {
            let mut timeline = life(spacing, threads, &rounds);
            let (mut found, now) = (Vec::<Found>::new(), timeline.now().tick);
            while let Some(last) = timeline.last(&probes, &accept) {
                assert_eq!(timeline.now().tick, last.tick);
                found.push(last);
            }
            // Forwards, the same moments.
            let mut forward = Vec::new();
            timeline.each(Tick::ZERO, now, &probes, &mut |toy, hit| {
                if toy.tick() < now && accept(toy, hit) {
                    forward.push(Found { tick: toy.tick(), hit: *hit });
                }
                GO_ON
            });
            forward.reverse();
            assert_eq!(found, forward);
            found
        };
        let alone = all(1);
        prop_assert_eq!(&all(2), &alone);
        prop_assert_eq!(&all(4), &alone);
    }
}

#[test]
fn a_search_that_is_called_off_leaves_time_where_it_was() {
    for threads in [1, 2, 4] {
        let mut timeline = life(1 << 12, threads, &[(200_000, None)]);
        let here = timeline.now();
        let mut asked = 0;
        // How often it is asked depends on who does how much; once is sure.
        let enough = if threads == 1 { 5 } else { 1 };
        let ended = timeline.last_unless(&Probes::none(), &|_, _| true, &mut |tick| {
            assert!(tick <= here.tick);
            asked += 1;
            if asked == enough { ControlFlow::Break(()) } else { GO_ON }
        });
        assert_eq!(ended, ControlFlow::Break(()));
        assert_eq!(timeline.now(), here);
        assert_eq!(timeline.back(1), 1, "and it goes on from there");
    }
}

#[test]
fn nothing_is_looked_at_beyond_what_is_wanted() {
    for threads in [1, 2, 4] {
        let mut timeline = life(1 << 14, threads, &[(300_000, None)]);
        let end = timeline.end();
        let look = |stretch: &mut Stretch<'_, Toy>| ControlFlow::Continue(stretch.begin());
        let mut taken = Vec::new();
        let mut take = |begin: Tick| {
            taken.push(begin);
            if taken.len() == 7 { ControlFlow::Break(()) } else { GO_ON }
        };
        let past = (Tick::ZERO, end);
        let ended = timeline.survey(past, Order::OldestFirst, &look, &mut take, &mut |_| GO_ON);
        assert_eq!(ended, GO_ON);
        let expected: Vec<Tick> = (0..7).map(|index| Tick::at(index << 14)).collect();
        assert_eq!(taken, expected);
    }
}

#[test]
fn the_nearest_stretch_is_looked_through_before_any_other() {
    let mut timeline = life(1 << 14, 4, &[(100_000, None)]);
    let breakpoint =
        Probes { breakpoints: [CodePosition(5)].into_iter().collect(), ..Probes::none() };
    let found = timeline.last(&breakpoint, &|toy, _| {
        assert!(toy.cell(1) >= 98_304, "a hit is near, and nobody looks further");
        true
    });
    assert!(found.is_some());
}
