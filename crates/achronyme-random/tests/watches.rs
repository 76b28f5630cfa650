//! What random programs change is found by the fast engine at the same moments as by looking after each
//! instruction, forwards and backwards.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use achronyme_random::{Compiled, Dice, Text, program};
use achronyme_vm::Vm;
use machine::{
    Answer, Hit, Inspect as _, Location, Machine as _, Probes, Question, StateHash, Stop, Tick,
};
use testkit::ScriptedWorld;
use timeline::{Arrival, Options, Timeline};

/// Programs that are run, and how far.
const PROGRAMS: u64 = 40;
const TICKS: u64 = 20_000;
/// Sets of watches that are tried for each.
const SETS: usize = 3;
/// Moments at which places to watch are looked for.
const LOOKS: usize = 6;
/// Hits that are looked for backwards.
const BACKWARD: usize = 12;
/// Bytes of memory, which is little, so that there are collections.
const MEMORY: usize = 1 << 20;

/// The outside, which says the same whenever it is asked again.
#[derive(Default)]
struct Outside {
    world: Option<ScriptedWorld>,
    answers: BTreeMap<Tick, Answer>,
}

impl Outside {
    fn answer(&mut self, tick: Tick, question: &Question) -> Answer {
        let world =
            self.world.get_or_insert_with(|| ScriptedWorld::with_lines(&["first", "", "3"]));
        self.answers.entry(tick).or_insert_with(|| world.answer(question)).clone()
    }
}

/// Where it stopped, and why.
type Stopped = (Tick, StateHash, Hit);

/// All stops up to `end`, in pieces of so many ticks.
fn stops(
    vm: &mut Vm,
    outside: &mut Outside,
    probes: &Probes,
    (piece, end): (u64, u64),
) -> Vec<Stopped> {
    let mut found = Vec::new();
    let mut until = 0;
    while vm.tick().safepoints < end {
        until = vm.tick().safepoints.max(until).saturating_add(piece).min(end);
        let hit = match vm.run(Tick::at(until), probes) {
            Stop::Asks(question) => {
                let answer = outside.answer(vm.tick(), &question);
                match vm.answer_probed(&answer, probes) {
                    Ok(hit) => hit,
                    Err(_) => break,
                }
            }
            Stop::Probed(hit) => Some(hit),
            Stop::Reached => None,
            Stop::Ended(_) | Stop::Trapped(_) => break,
        };
        // The first end of an instruction may lie behind the last piece.
        found.extend(hit.map(|hit| (vm.tick(), vm.state_hash(), hit)));
    }
    found.retain(|(tick, ..)| tick.safepoints <= end);
    found
}

/// Places that have something in them now: variables, parts of them, and words around those.
fn places(vm: &Vm, dice: &mut Dice, found: &mut Vec<Location>) {
    for scope in vm.scopes() {
        for variable in scope.variables {
            let name = variable.expression;
            for part in ["", "[0]", "[1]", "[0][1]", ".a", ".x", ".value"] {
                let place = vm.locate(&format!("{name}{part}"));
                found.extend(place.ok().filter(|place| place.size > 0));
            }
            found.extend(vm.dependencies(&name).unwrap_or_default());
        }
    }
    if let Some(&Location { space, address, size }) = found.last() {
        let address = address - 20 + i64::try_from(dice.below(80)).unwrap();
        found.push(Location { space, address, size });
    }
}

#[test]
fn watches_hit_alike_in_both_engines_forwards_and_backwards() {
    let (mut hits, mut programs) = (0, 0);
    for seed in 0..PROGRAMS {
        let text = program(3_000_000 + seed, [6, 12, 20][usize::try_from(seed % 3).unwrap()]);
        let compiled = Compiled::new(&Text::new(&text).unwrap(), seed % 4 != 3).unwrap();
        let mut vm = Vm::new(Arc::clone(compiled.program()), MEMORY).unwrap();
        let start = vm.snapshot();
        let mut outside = Outside::default();
        let mut dice = Dice::new(seed);
        stops(&mut vm, &mut outside, &Probes::none(), (u64::MAX, TICKS));
        let end = vm.tick().safepoints.min(TICKS);
        let mut found = Vec::new();
        for _ in 0..LOOKS {
            vm.restore(&start);
            let until = 1 + dice.number() % end.max(1);
            stops(&mut vm, &mut outside, &Probes::none(), (u64::MAX, until));
            places(&vm, &mut dice, &mut found);
        }
        if found.is_empty() {
            continue;
        }
        programs += 1;
        for _ in 0..SETS {
            let count = dice.between(1, 3);
            let watches: Vec<Location> = (0..count).map(|_| *dice.pick(&found)).collect();
            let probes = Probes { watches, ..Probes::none() };
            let each = Probes { every_step: true, ..probes.clone() };
            vm.restore(&start);
            let mut expected = stops(&mut vm, &mut outside, &each, (u64::MAX, end));
            expected.retain(|(.., hit)| *hit != Hit::Step);
            hits += expected.len();
            for piece in [u64::MAX, 700] {
                vm.restore(&start);
                let seen = stops(&mut vm, &mut outside, &probes, (piece, end));
                let wrong = seen.iter().zip(&expected).position(|(one, other)| one != other);
                assert!(
                    seen == expected,
                    "seed {seed}, {probes:?}, {} and {} hits, first at {wrong:?}: {:?}\n{text}",
                    seen.len(),
                    expected.len(),
                    wrong.map(|at| (&seen[at], &expected[at])),
                );
            }
            vm.restore(&start);
            backwards(&mut vm, &mut outside, &probes, &expected, end, (seed, &text));
        }
    }
    assert!(programs > PROGRAMS / 2, "most programs have something to watch: {programs}");
    assert!(hits > 2_000, "{hits}");
}

/// The same hits are found from the end on back, with checkpoints between them that tell which parts of
/// the past can be passed over.
fn backwards(
    vm: &mut Vm,
    outside: &mut Outside,
    probes: &Probes,
    expected: &[Stopped],
    end: u64,
    (seed, text): (u64, &str),
) {
    let machine = machine::Machine::twin(vm).unwrap();
    let options = Options { spacing: 400, ..Options::default() };
    let mut timeline = Timeline::new(machine, options);
    while let Arrival::Asks(question) = timeline.forward(Tick::at(end), &Probes::none()) {
        let tick = timeline.now().tick;
        if timeline.answer(outside.answer(tick, &question)).is_err() {
            break;
        }
    }
    let now = timeline.now().tick;
    let earlier = expected.iter().rev().filter(|(tick, ..)| *tick < now);
    for (tick, hash, hit) in earlier.take(BACKWARD) {
        let found = timeline.last(probes, &|_, _| true);
        let found = found.map(|found| (found.tick, found.hit));
        assert_eq!(found, Some((*tick, *hit)), "seed {seed}, {probes:?}\n{text}");
        assert_eq!(timeline.machine().state_hash(), *hash, "seed {seed}\n{text}");
    }
    if expected.is_empty() {
        assert_eq!(timeline.last(probes, &|_, _| true), None, "seed {seed}, {probes:?}\n{text}");
    }
}
