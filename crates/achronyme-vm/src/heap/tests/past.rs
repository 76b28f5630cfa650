//! States that are kept for long: packed, they are what they were, and they know which words stayed.

use proptest::prelude::*;

use super::worker::{Worker, actions};
use crate::heap::HeapSnapshot;
use crate::heap::memory::PAGE;

const LIMIT: usize = 4 << 20;

/// Enough for large ones: see below.
const LARGE: usize = 32 << 20;

/// Ticks from one action to the next: eras come and go on the way.
const STEP: u64 = 1_300_000;

/// The words of the pages of objects that a state has.
fn words(snapshot: &HeapSnapshot, objects: usize) -> Vec<(usize, u64)> {
    let pages = snapshot.pages.list().into_iter().filter(|(page, _)| *page >= objects);
    let words = pages.map(|(page, words)| {
        (0..PAGE).map(|word| (page * PAGE + word, words[word])).collect::<Vec<_>>()
    });
    words.flatten().collect()
}

proptest! {
    // Each compares all words of some dozen states.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_packed_is_gone_back_to_and_no_word_is_kept_that_was_written(
        actions in actions(120),
        visits in prop::collection::vec(any::<(prop::sample::Index, bool)>(), 24),
    ) {
        let mut worker = Worker::new(LIMIT);
        let objects = worker.heap.space.geometry.objects;
        let mut visits = visits.into_iter();
        let empty = worker.snapshot();
        // The states on the way here.
        let mut way = vec![(0, worker.hash(), worker.snapshot())];
        let mut tick = 0;
        for (number, action) in actions.iter().enumerate() {
            worker.act(action);
            tick += STEP;
            if number % 5 > 0 {
                continue;
            }
            let now = (tick, worker.hash(), worker.snapshot_at(tick));
            for (before, _, snapshot) in &way {
                for (at, word) in words(snapshot, objects) {
                    let is_kept = snapshot.keeps_word_until(&now.2, at, *before);
                    prop_assert!(!is_kept || now.2.word(at).0 == word, "{} {}", before, at);
                }
            }
            way.push(now);
            let Some((index, packs)) = visits.next().filter(|_| number % 10 == 0) else { continue };
            way.truncate(index.index(way.len()) + 1);
            let Some((then, hash, snapshot)) = way.last_mut() else { continue };
            if packs {
                // So that the heap has it no more.
                worker.heap.restore(&empty);
                snapshot.pack();
            }
            worker.heap.restore(snapshot);
            prop_assert_eq!(worker.hash(), *hash);
            tick = *then;
        }
    }
}

#[test]
fn numbers_that_are_whole_are_packed_to_less_than_half() {
    use super::worker::Action;
    let mut worker = Worker::new(LIMIT);
    let empty = worker.snapshot();
    worker.act(&Action::Fill { to: 0, count: 50_000 });
    let mut full = worker.snapshot();
    worker.heap.restore(&empty);
    let before = worker.heap.pages.bytes();
    full.pack();
    let after = worker.heap.pages.bytes();
    assert!(after < before / 2, "{before} {after}");
    worker.heap.restore(&full);
    let hash = worker.hash();
    let mut straight = Worker::new(LIMIT);
    straight.act(&Action::Fill { to: 0, count: 50_000 });
    assert_eq!(hash, straight.hash());
}

#[test]
fn a_word_of_a_large_memory_is_not_taken_for_kept() {
    use super::worker::Action;
    let mut worker = Worker::new(LARGE);
    worker.act(&Action::Fill { to: 0, count: 1000 });
    let small = worker.snapshot_at(0);
    let vector = worker.get(0);
    let place = |worker: &Worker, at| worker.heap.vector_data(vector) + at;
    // Written to while words are noted, while they are not, and while they are again.
    let write = |worker: &mut Worker, at: usize| {
        let place = place(worker, at);
        worker.heap.set(place, crate::Value::number(0.5));
    };
    write(&mut worker, 1);
    worker.act(&Action::Fill { to: 1, count: 2 << 20 });
    write(&mut worker, 2);
    let large = worker.snapshot_at(STEP);
    write(&mut worker, 3);
    let later = worker.snapshot_at(2 * STEP);
    let keeps = |one: &HeapSnapshot, other: &HeapSnapshot, tick| {
        [1, 2, 3, 4].map(|at| one.keeps_word_until(other, place(&worker, at), tick))
    };
    assert_eq!(keeps(&small, &large, 0), [false; 4]);
    assert_eq!(keeps(&large, &later, STEP), [false; 4]);
    worker.heap.restore(&small);
    write(&mut worker, 3);
    let again = worker.snapshot_at(STEP);
    let kept = [1, 2, 3, 4].map(|at| small.keeps_word_until(&again, place(&worker, at), 1));
    assert!(!kept[2]);
    worker.heap.restore(&again);
    write(&mut worker, 4);
    let last = worker.snapshot_at(3 * STEP);
    let kept = [1, 2, 3, 4].map(|at| again.keeps_word_until(&last, place(&worker, at), 2 * STEP));
    assert_eq!(kept, [true, true, true, false]);
}
