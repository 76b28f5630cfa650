//! Searching for the last write passes over stretches that cannot have one, and misses none.

mod random;

use machine::{Hit, Location, Machine, Probes, Question, Tick};
use palindrome_vm::{TAPE, Vm};
use proptest::prelude::*;
use timeline::{Arrival, Options, Timeline};

use crate::random::{program, world};

/// Runs to the end of the program or to `until`.
fn run(timeline: &mut Timeline<Vm>, until: u64) {
    loop {
        match timeline.forward(Tick::at(until), &Probes::none()) {
            Arrival::Asks(question) => {
                let answer = world(timeline.machine(), &question);
                if timeline.answer(answer).is_err() {
                    return;
                }
            }
            Arrival::Probed(_) => {}
            Arrival::Reached | Arrival::Trapped(_) | Arrival::Ended(_) => return,
        }
    }
}

/// The ticks of all changes, found by looking after every instruction.
fn changes(vm: &mut Vm, until: Tick, location: Location) -> Vec<Tick> {
    let bytes = |vm: &Vm| {
        let mut bytes = vec![0; location.size as usize];
        vm.tape.peek(location.address, &mut bytes);
        bytes
    };
    let (mut ticks, mut before) = (Vec::new(), bytes(vm));
    while vm.tick() < until {
        if let machine::Stop::Asks(question) = vm.run(until, &Probes::every_step()) {
            let question: Question = question;
            let answer = world(vm, &question);
            vm.answer(&answer).expect("it was answered before");
        }
        let now = bytes(vm);
        if now != before {
            ticks.push(vm.tick());
        }
        before = now;
    }
    ticks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_last_write_is_found_among_checkpoints_rewinds_and_merges(
        program in program(),
        length in 50..600_u64,
        page in 0..3_i64,
        offset in -8..200_i64,
        size in 1..9_u32,
        // Shortly before a period ends of those that the tape notes writes by, or an era.
        begin in prop_oneof![Just(0), Just(1_u64 << 16), Just(1 << 24), Just((1 << 30) + (1 << 22))],
        before in 1..300_u64,
    ) {
        let address = 0x30_0000 + page * 4096 + offset;
        let location = Location { space: TAPE, address, size };
        let options = Options { spacing: 8, ..Options::default() };
        let begin = Tick::at(begin.saturating_sub(before));
        let load = || Vm::load_at(program.clone(), begin);
        let mut timeline = Timeline::new(load(), options);
        run(&mut timeline, begin.safepoints + length);
        let now = timeline.now().tick;
        let all = changes(&mut load(), now, location);
        let probes = Probes { watches: vec![location], ..Probes::none() };
        for expected in all.into_iter().rev().filter(|tick| *tick < now).map(Some).chain([None]) {
            let found = timeline.last(&probes, &|_, hit| *hit == Hit::Watch(0));
            prop_assert_eq!(found.map(|found| found.tick), expected);
        }
    }
}
