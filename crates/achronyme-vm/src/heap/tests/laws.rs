//! Snapshots change nothing, give back what was, and equal states have equal hashes.

use proptest::prelude::*;

use super::worker::{Action, Worker, actions};
use crate::Value;
use crate::heap::STACK;

const LIMIT: usize = 4 << 20;

/// The hash after each action.
fn hashes(actions: &[Action]) -> Vec<u64> {
    let mut worker = Worker::new(LIMIT);
    let hash = |action| {
        worker.act(action);
        worker.hash()
    };
    actions.iter().map(hash).collect()
}

proptest! {
    #[test]
    fn snapshots_change_nothing(
        actions in actions(200),
        moments in prop::collection::vec(any::<bool>(), 200),
    ) {
        let expected = hashes(&actions);
        let mut worker = Worker::new(LIMIT);
        for ((action, is_moment), expected) in actions.iter().zip(moments).zip(expected) {
            if is_moment {
                worker.snapshot();
            }
            worker.act(action);
            prop_assert_eq!(worker.hash(), expected);
        }
    }

    #[test]
    fn any_snapshot_can_be_gone_back_to_and_on_from(
        actions in actions(120),
        visits in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..20),
    ) {
        let expected = hashes(&actions);
        let mut worker = Worker::new(LIMIT);
        let mut snapshots = vec![(0, worker.hash(), worker.snapshot())];
        for (done, action) in actions.iter().enumerate() {
            worker.act(action);
            if done % 5 == 0 {
                snapshots.push((done + 1, expected[done], worker.snapshot()));
            }
        }
        for (index, steps) in visits {
            let (done, hash, snapshot) = index.get(&snapshots);
            worker.heap.restore(snapshot);
            prop_assert_eq!(worker.hash(), *hash);
            let rest = actions.iter().zip(&expected).skip(*done).take(usize::from(steps));
            for (action, expected) in rest {
                worker.act(action);
                prop_assert_eq!(worker.hash(), *expected);
            }
        }
    }

    #[test]
    fn another_heap_goes_on_from_a_snapshot(actions in actions(100), at in any::<prop::sample::Index>()) {
        let expected = hashes(&actions);
        let mut worker = Worker::new(LIMIT);
        let at = at.index(actions.len() + 1);
        for action in &actions[..at] {
            worker.act(action);
        }
        let snapshot = worker.snapshot();
        let mut other = Worker::new(LIMIT);
        // It has done something else before.
        for action in actions.iter().rev() {
            other.act(action);
        }
        other.heap.restore(&snapshot);
        for (action, expected) in actions.iter().zip(&expected).skip(at) {
            other.act(action);
            worker.act(action);
            prop_assert_eq!(worker.hash(), *expected);
            prop_assert_eq!(other.hash(), *expected);
        }
    }
}

#[test]
fn what_was_kept_goes_when_no_snapshot_has_it() {
    let mut worker = Worker::new(LIMIT);
    let first = worker.snapshot();
    let before = worker.heap.bytes();
    for number in 0..20 {
        worker.act(&Action::Fill { to: 0, count: 5000 });
        worker.act(&Action::Number { to: 0, number: f64::from(number) });
        worker.collect();
        drop(worker.snapshot());
    }
    worker.heap.restore(&first);
    assert_eq!(worker.heap.bytes(), before);
}

proptest! {
    #[test]
    fn the_stack_below_its_top_is_part_of_the_state(
        steps in prop::collection::vec((0..3000usize, any::<u64>(), any::<bool>()), 1..30),
    ) {
        let mut heap = Worker::new(LIMIT).heap;
        let mut snapshots = Vec::new();
        let mut top = STACK;
        for (height, seed, is_kept) in steps {
            // Below, frames stay as they were; above, new ones come.
            let next = STACK + height;
            for at in top.min(next)..next {
                heap.set_stack(at, Value::number((seed % 1000 + at as u64) as f64));
            }
            top = next;
            let hash = heap.hash(top);
            heap.set_stack(top, Value::TRUE);
            prop_assert_eq!(heap.hash(top), hash);
            let words = heap.values(STACK, height).to_vec();
            if is_kept {
                snapshots.push((heap.snapshot(top), top, hash, words));
                prop_assert_eq!(heap.hash(top), hash);
            }
        }
        for (snapshot, top, hash, words) in snapshots.iter().rev().chain(&snapshots) {
            heap.restore(snapshot);
            prop_assert_eq!(heap.values(STACK, words.len()), words);
            prop_assert_eq!(heap.hash(*top), *hash);
        }
    }
}
