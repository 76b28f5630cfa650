//! Stretches that are kept and put back by themselves.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use tape::{PAGE_SIZE, Stored, Tape, TapePart};

/// 64 * 64 pages.
const SIZE: i64 = 1 << 24;
const STRETCH: Range<i64> = 5 * SIZE..6 * SIZE;

/// What is done to a tape and to its twin.
#[derive(Clone, Debug)]
enum Step {
    Store(i64, u8),
    Load(i64),
    Keep,
    Put(usize),
    Snapshot,
}

fn position() -> impl Strategy<Value = i64> {
    let far = [0, STRETCH.start - 1, STRETCH.end, STRETCH.start + SIZE / 2, -1, 1 << 45];
    (0..far.len() + 1, 0..3_i64, 0..2_i64).prop_map(move |(place, page, offset)| {
        far.get(place).copied().unwrap_or(STRETCH.start) + page * 4096 + offset
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (position(), any::<u8>()).prop_map(|(at, byte)| Step::Store(at, byte)),
        4 => position().prop_map(Step::Load),
        2 => Just(Step::Keep),
        2 => any::<prop::sample::Index>().prop_map(|index| Step::Put(index.index(64))),
        1 => Just(Step::Snapshot),
    ]
}

type Bytes = BTreeMap<i64, u8>;

proptest! {
    #[test]
    fn putting_a_part_back_changes_its_bytes_and_no_others(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let (mut tape, mut twin) = (Tape::new(), Bytes::new());
        let mut kept: Vec<(TapePart, Bytes)> = Vec::new();
        let mut snapshots = Vec::new();
        for step in steps {
            match step {
                Step::Store(at, byte) => {
                    prop_assert_eq!(tape.store_u8(at, byte), Stored::Ok);
                    twin.insert(at, byte);
                }
                Step::Load(at) => {
                    prop_assert_eq!(tape.load_u8(at), Some(twin.get(&at).copied().unwrap_or(0)));
                }
                Step::Keep => kept.push((tape.part(STRETCH), twin.clone())),
                Step::Snapshot => snapshots.push((tape.snapshot(), twin.clone())),
                Step::Put(index) => {
                    let Some((part, then)) = kept.get(index % kept.len().max(1)) else { continue };
                    tape.put_part(part);
                    twin.retain(|at, _| !STRETCH.contains(at));
                    twin.extend(then.range(STRETCH).map(|(at, byte)| (*at, *byte)));
                }
            }
        }
        for (part, then) in &kept {
            for (at, byte) in then.range(STRETCH) {
                let offset = usize::try_from(at % 4096).expect("it is small");
                prop_assert_eq!(part.page(*at)[offset], *byte);
            }
        }
        let mut plain = Tape::new();
        for (at, byte) in &twin {
            prop_assert_eq!(plain.store_u8(*at, *byte), Stored::Ok);
        }
        prop_assert_eq!(tape.content_hash(), plain.content_hash());
        for (snapshot, then) in snapshots {
            for (at, byte) in then {
                let mut found = [0];
                snapshot.peek(at, &mut found);
                prop_assert_eq!(found[0], byte);
            }
        }
    }
}

#[test]
fn a_part_tells_which_of_its_pages_are_new() {
    let mut tape = Tape::new();
    let at = STRETCH.start + 4096;
    assert_eq!(tape.store_u64(at, 1), Stored::Ok);
    let one = tape.part(STRETCH);
    assert_eq!(tape.store_u64(at + 8, 2), Stored::Ok);
    assert_eq!(tape.store_u64(STRETCH.end, 3), Stored::Ok);
    let two = tape.part(STRETCH);
    assert!(one.is_same(&one.clone()) && !one.is_same(&two));
    let changes = two.changes(Some(&one));
    assert_eq!(changes.iter().map(|page| page.position).collect::<Vec<_>>(), [at]);
    assert_eq!((changes[0].before[8], changes[0].after[8]), (0, 2));
    assert_eq!(one.changes(None).len(), 1);
    assert_eq!((two.word(at), two.word(at + 8), two.word(at + 4089)), (1, 2, 0));
    assert_ne!(one.content_hash(), two.content_hash());
}

#[test]
fn a_part_costs_nothing_while_nothing_is_written() {
    let mut tape = Tape::new();
    assert_eq!(tape.store_u64(STRETCH.start, 1), Stored::Ok);
    let first = tape.part(STRETCH);
    let before = tape.memory();
    let parts: Vec<_> = (0..1000).map(|_| tape.part(STRETCH)).collect();
    assert_eq!(tape.memory(), before);
    assert!(parts.iter().all(|part| part.is_same(&first)));
    // Beside the stretch, a write copies nothing of it.
    assert_eq!(tape.store_u64(STRETCH.end, 1), Stored::Ok);
    assert!(tape.part(STRETCH).is_same(&first));
    assert!(tape.memory() < before + 4 * PAGE_SIZE);
}
