//! Every program of the corpus and of the examples, under every engine: the straight run decides
//! what is right, and all others must come to the same states and the same output.
#![expect(clippy::unwrap_used, reason = "a test")]

mod achronyme;
mod case;
mod palindrome;
mod pvm;
mod tacit;

use machine::{Machine as _, Probes, Tick};
use timeline::{History, RecordedProgram, Recording, Timeline, Verification};

use achronyme::Achronyme;
use case::{Case, Guest, Life, over_all, tell};
use palindrome::Palindrome;
use pvm::Pvm;
use tacit::Tacit;

#[test]
fn programs_do_what_is_written_beside_them() {
    over_all::<Pvm>(straight);
    over_all::<Tacit>(straight);
    over_all::<Achronyme>(straight);
    over_all::<Palindrome>(straight);
}

#[test]
fn optimisation_changes_nothing_that_can_be_seen() {
    over_all::<Pvm>(without_optimisation);
    over_all::<Tacit>(without_optimisation);
    over_all::<Achronyme>(without_optimisation);
    over_all::<Palindrome>(without_optimisation);
}

#[test]
fn a_run_in_slices_is_the_run() {
    over_all::<Pvm>(in_slices);
    over_all::<Tacit>(in_slices);
    over_all::<Achronyme>(in_slices);
    over_all::<Palindrome>(in_slices);
}

#[test]
fn a_run_is_undone_step_by_step_to_its_start() {
    over_all::<Pvm>(there_and_back);
    over_all::<Tacit>(there_and_back);
    over_all::<Achronyme>(there_and_back);
    over_all::<Palindrome>(there_and_back);
}

#[test]
fn every_history_leads_to_the_same_moments() {
    over_all::<Pvm>(with_every_history);
    over_all::<Tacit>(with_every_history);
    over_all::<Achronyme>(with_every_history);
    over_all::<Palindrome>(with_every_history);
}

#[test]
fn a_recording_replays_to_the_same_end() {
    over_all::<Pvm>(recorded_and_replayed);
    over_all::<Tacit>(recorded_and_replayed);
    over_all::<Achronyme>(recorded_and_replayed);
    over_all::<Palindrome>(recorded_and_replayed);
}

fn straight<G: Guest>(case: &Case<G>) -> String {
    case.straight().text
}

fn without_optimisation<G: Guest>(case: &Case<G>) -> String {
    let mut plain: Life<G> = Life::new(case.load(false), case.world());
    plain.run(u64::MAX);
    plain.text()
}

fn in_slices<G: Guest>(case: &Case<G>) -> String {
    let straight = case.straight();
    let mut life: Life<G> = Life::new(case.load(true), case.world());
    life.run((straight.tick.safepoints / 1_000).max(1) | 3);
    assert_eq!(life.vm.state_hash(), straight.hash, "{}", case.path.display());
    life.text()
}

fn there_and_back<G: Guest>(case: &Case<G>) -> String {
    let straight = case.straight();
    if straight.tick.safepoints > G::STEPS_MAX {
        return straight.text;
    }
    let mut vm = case.load(true);
    let mut hashes = vec![vm.state_hash()];
    vm.keep_trail(1 << 30);
    let mut life: Life<G> = Life::new(vm, case.world());
    while life.advance(&Probes::every_step(), u64::MAX) {
        hashes.push(life.vm.state_hash());
    }
    assert_eq!(hashes.last(), Some(&straight.hash), "{}", case.path.display());
    let text = life.text();
    // Values that the optimiser found unobservable are not restored, so the unoptimised
    // program is the one to be compared hash for hash.
    let mut life: Life<G> = Life::new(case.load(false), case.world());
    life.vm.keep_trail(1 << 30);
    let mut hashes = vec![life.vm.state_hash()];
    let mut ticks = vec![life.vm.tick()];
    while life.advance(&Probes::every_step(), u64::MAX) {
        hashes.push(life.vm.state_hash());
        ticks.push(life.vm.tick());
    }
    for (hash, tick) in hashes.iter().zip(&ticks).rev().skip(1) {
        let steps = life.vm.tick().safepoints - tick.safepoints;
        assert_eq!(life.vm.back(steps), steps, "{} at {tick}", case.path.display());
        assert_eq!(life.vm.state_hash(), *hash, "{} at {tick}", case.path.display());
    }
    let mut again: Life<G> = Life::new(life.vm, case.world());
    again.run(u64::MAX);
    assert_eq!(Some(&again.vm.state_hash()), hashes.last(), "{}", case.path.display());
    assert_eq!(again.text(), text, "{}", case.path.display());
    text
}

fn with_every_history<G: Guest>(case: &Case<G>) -> String {
    let straight = case.straight();
    let mut text = String::new();
    let moments = moments(straight.tick);
    let expected = case.hashes_at(&moments);
    for history in [History::Off, History::Checkpoints, History::Full] {
        let spacing = (straight.tick.safepoints / 5).max(1);
        let options = timeline::Options { history, spacing, ..timeline::Options::default() };
        let mut timeline = Timeline::new(case.load(true), options);
        let (end, world) = case.live(&mut timeline);
        let place = case.path.display();
        assert_eq!(timeline.machine().state_hash(), straight.hash, "{place}, {history:?}");
        for (tick, expected) in moments.iter().zip(&expected) {
            timeline.goto(*tick);
            assert_eq!(timeline.machine().state_hash(), *expected, "{place} at {tick}");
        }
        timeline.goto(straight.tick);
        assert_eq!(timeline.machine().state_hash(), straight.hash, "{place}, {history:?}");
        text = tell::<G>(&end, &world, timeline.machine());
    }
    text
}

fn recorded_and_replayed<G: Guest>(case: &Case<G>) -> String {
    let straight = case.straight();
    let spacing = (straight.tick.safepoints / 50).max(1_000);
    let options = timeline::Options { spacing, ..timeline::Options::default() };
    let mut timeline = Timeline::new(case.load(true), options);
    let (end, world) = case.live(&mut timeline);
    let program =
        RecordedProgram { kind: "corpus".to_owned(), image: Vec::new(), arguments: Vec::new() };
    let mut file = Vec::new();
    timeline.save(&mut file, &program).unwrap();

    let recording = Recording::from_bytes(&file).unwrap();
    let mut replayed = Timeline::from_recording(case.load(true), &recording, options);
    replayed.goto(Tick::MAX);
    let place = case.path.display();
    assert_eq!(replayed.machine().state_hash(), straight.hash, "{place}");
    let verification = replayed.verify();
    assert!(!matches!(verification, Verification::Differs { .. }), "{place}: {verification:?}");
    tell::<G>(&end, &world, timeline.machine())
}

/// Some ticks up to `end`, in no order.
fn moments(end: Tick) -> Vec<Tick> {
    let end = end.safepoints;
    let shares = [7, 3, 9, 0, 5, 1, 10, 2];
    shares
        .iter()
        .map(|share| Tick::at(u64::try_from(u128::from(end) * share / 10).unwrap()))
        .collect()
}
