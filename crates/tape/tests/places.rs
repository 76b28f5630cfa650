//! Pages that share a place in the tables of a tape: whatever order they are written, shared and put back
//! in, everybody reads what was written, and who kept something keeps it.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use tape::{PAGE_SIZE, Period, Stored, Tape, TapePart, TapeSnapshot};

/// As far apart as pages that share a place in the tables for reading and for writing.
const STEP: i64 = 1 << 22;
const START: i64 = 5 << 24;
const STRETCH: Range<i64> = START..6 << 24;

#[derive(Clone, Debug)]
enum Step {
    Poke(i64, Vec<u8>),
    Exchange(i64, Vec<u8>),
    Look(i64),
    Keep,
    Put(usize),
    Snapshot,
    Restore(usize),
    Fork,
    Era(u64),
}

/// The last two share a place with others in the larger tables, too.
const PLACES: [i64; 6] = [0, STEP, 2 * STEP, 3 * STEP, 4 * STEP, 8 * STEP];

/// All pages that are written.
fn pages() -> impl Iterator<Item = i64> {
    PLACES.into_iter().flat_map(|place| (0..3).map(move |page| START + place + page * 4096))
}

fn position() -> impl Strategy<Value = i64> {
    (prop::sample::select(PLACES.to_vec()), 0..2_i64, prop_oneof![Just(0), Just(9), 4080..4096_i64])
        .prop_map(|(place, page, offset)| START + place + page * 4096 + offset)
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..20);
    prop_oneof![
        8 => (position(), bytes()).prop_map(|(at, bytes)| Step::Poke(at, bytes)),
        6 => (position(), bytes()).prop_map(|(at, bytes)| Step::Exchange(at, bytes)),
        4 => position().prop_map(Step::Look),
        2 => Just(Step::Keep),
        2 => (0..64_usize).prop_map(Step::Put),
        1 => Just(Step::Snapshot),
        1 => (0..64_usize).prop_map(Step::Restore),
        1 => Just(Step::Fork),
        1 => (0..40_u64).prop_map(|bits| Step::Era(1 << bits)),
    ]
}

type Bytes = BTreeMap<i64, u8>;

fn write(twin: &mut Bytes, at: i64, bytes: &[u8]) {
    twin.extend((at..).zip(bytes.iter().copied()));
}

fn read(twin: &Bytes, at: i64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    let end = at + i64::try_from(len).expect("it is small");
    for (place, byte) in twin.range(at..end) {
        bytes[usize::try_from(place - at).expect("it is within")] = *byte;
    }
    bytes
}

/// Whether all that a page was written with is there.
fn is_so(page: &[u8; PAGE_SIZE], twin: &Bytes, at: i64) -> bool {
    let start = at - at.rem_euclid(4096);
    page.as_slice() == read(twin, start, PAGE_SIZE)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn pages_that_share_a_place_keep_what_is_theirs(
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let (mut tape, mut twin) = (Tape::new(), Bytes::new());
        let mut parts: Vec<(TapePart, Bytes)> = Vec::new();
        let mut snapshots: Vec<(TapeSnapshot, Bytes)> = Vec::new();
        let mut forks: Vec<(Tape, Bytes)> = Vec::new();
        for step in steps {
            match step {
                Step::Poke(at, bytes) => {
                    prop_assert_eq!(tape.poke(at, &bytes), Stored::Ok);
                    write(&mut twin, at, &bytes);
                }
                Step::Exchange(at, bytes) => {
                    let mut seen = None;
                    if tape.exchange(at, &bytes, |old| seen = Some(old.to_vec())) {
                        prop_assert_eq!(seen, Some(read(&twin, at, bytes.len())));
                        write(&mut twin, at, &bytes);
                    } else {
                        prop_assert_eq!(seen, None);
                    }
                }
                Step::Look(at) => prop_assert!(is_so(tape.page(at), &twin, at)),
                Step::Keep => parts.push((tape.part(STRETCH), twin.clone())),
                Step::Put(index) => {
                    let Some((part, then)) = parts.get(index % parts.len().max(1)) else { continue };
                    tape.put_part(part);
                    twin.retain(|at, _| !STRETCH.contains(at));
                    twin.extend(then.range(STRETCH).map(|(at, byte)| (*at, *byte)));
                }
                Step::Snapshot => snapshots.push((tape.snapshot(), twin.clone())),
                Step::Restore(index) => {
                    let known = snapshots.get(index % snapshots.len().max(1));
                    let Some((snapshot, then)) = known else { continue };
                    tape.restore(snapshot);
                    twin.clone_from(then);
                }
                Step::Fork => forks.push((tape.fork(), twin.clone())),
                Step::Era(count) => tape.set_period(Period::of(count)),
            }
        }
        for at in pages() {
            for (part, then) in parts.iter().filter(|_| STRETCH.contains(&at)) {
                prop_assert!(is_so(part.page(at), then, at));
            }
            prop_assert!(snapshots.iter().all(|(kept, then)| is_so(kept.page(at), then, at)));
            prop_assert!(forks.iter().all(|(fork, then)| is_so(fork.page(at), then, at)));
            prop_assert!(is_so(tape.page(at), &twin, at));
        }
        let mut plain = Tape::new();
        for (at, byte) in &twin {
            prop_assert_eq!(plain.store_u8(*at, *byte), Stored::Ok);
        }
        prop_assert_eq!(tape.content_hash(), plain.content_hash());
    }
}
