//! States that are kept for long: packed, they are what they were, and they know which pages stayed.

use proptest::prelude::*;

use super::worker::{Worker, actions};
use crate::heap::HeapSnapshot;
use crate::heap::memory::PAGE;

const LIMIT: usize = 4 << 20;

/// Ticks from one action to the next.
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
    fn what_is_packed_is_gone_back_to_and_no_page_is_kept_that_was_written(
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
            let now = (tick, worker.hash(), worker.snapshot());
            for (before, _, snapshot) in &way {
                for (at, word) in words(snapshot, objects) {
                    let is_kept = snapshot.has_page_of(&now.2, at);
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
