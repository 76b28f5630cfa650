//! The tape against a naive twin: a map of the bytes that were written.

use std::collections::BTreeMap;

use tape::{Stored, Tape};

/// Commands taken from one input.
const COMMANDS_MAX: usize = 2_000;
/// Snapshots kept at the same time.
const SNAPSHOTS_MAX: usize = 8;
/// Places around which commands work: pages, their ends, below 0, and both ends of the tape.
const PLACES: [i64; 6] = [0, 4_090, -3, -4_100, i64::MAX - 9, i64::MIN];

/// Writes, reads, snapshots and returns to them show the same bytes as the twin.
pub fn tape_model(input: &[u8]) {
    let mut tape = Tape::new();
    let mut twin: BTreeMap<i64, u8> = BTreeMap::new();
    let mut kept = Vec::new();
    for [command, place, offset, value] in input.as_chunks::<4>().0.iter().take(COMMANDS_MAX) {
        let base = PLACES[usize::from(*place) % PLACES.len()];
        let at = base.saturating_add(i64::from(offset & 15));
        let length = usize::from(value >> 4);
        match command % 4 {
            0 => write(&mut tape, &mut twin, at, &vec![*value; length]),
            1 => read(&tape, &twin, at, length),
            2 if kept.len() < SNAPSHOTS_MAX => kept.push((tape.snapshot(), twin.clone())),
            _ if kept.is_empty() => {}
            _ => {
                let (snapshot, bytes) = &kept[usize::from(*value) % kept.len()];
                tape.restore(snapshot);
                twin.clone_from(bytes);
            }
        }
    }
    for place in PLACES {
        read(&tape, &twin, place, 16);
    }
}

fn write(tape: &mut Tape, twin: &mut BTreeMap<i64, u8>, at: i64, bytes: &[u8]) {
    let fits = bytes.is_empty() || at.checked_add_unsigned(bytes.len() as u64 - 1).is_some();
    let stored = tape.poke(at, bytes);
    assert_eq!(stored == Stored::Ok, fits, "{} bytes at {at}: {stored:?}", bytes.len());
    if fits {
        twin.extend((at..=i64::MAX).zip(bytes.iter().copied()));
    }
}

fn read(tape: &Tape, twin: &BTreeMap<i64, u8>, at: i64, length: usize) {
    let mut found = vec![0; length];
    if tape.peek(at, &mut found) {
        let expected: Vec<u8> = (at..=i64::MAX)
            .take(length)
            .map(|position| twin.get(&position).copied().unwrap_or(0))
            .collect();
        assert_eq!(found, expected, "{length} bytes at {at}");
    }
}
