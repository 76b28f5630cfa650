//! When cells were written: held against a list of all that was written.

use proptest::prelude::*;
use tape::{Period, Stored, Tape, TapeSnapshot};

#[derive(Clone, Debug)]
enum Command {
    Store {
        width: u8,
        at: i64,
    },
    Poke {
        at: i64,
        len: usize,
    },
    /// So much later, perhaps much later.
    Wait(u64),
    Keep,
    Pack(prop::sample::Index),
    GoTo(prop::sample::Index),
}

fn commands() -> impl Strategy<Value = Command> {
    let at = || -3000_i64..9000;
    let wait = prop_oneof![0..1_u64 << 12, 1 << 15..1_u64 << 18, 1 << 22..1_u64 << 25];
    prop_oneof![
        4 => (0..4_u8, at()).prop_map(|(width, at)| Command::Store { width, at }),
        1 => (at(), 0..5000_usize).prop_map(|(at, len)| Command::Poke { at, len }),
        4 => wait.prop_map(Command::Wait),
        2 => Just(Command::Keep),
        1 => any::<prop::sample::Index>().prop_map(Command::Pack),
        1 => any::<prop::sample::Index>().prop_map(Command::GoTo),
    ]
}

/// A moment, with all that was written on the way there: when, and where.
#[derive(Clone)]
struct Moment {
    snapshot: TapeSnapshot,
    count: u64,
    writes: Vec<(u64, i64, i64)>,
    /// The moments before it, and itself, by number.
    past: Vec<usize>,
}

impl Moment {
    /// The last count at which a cell was written that holds a byte of `first..=last`.
    fn last_write(&self, first: i64, last: i64) -> Option<u64> {
        let touches =
            |(_, from, to): &&(u64, i64, i64)| from >> 3 <= last >> 3 && to >> 3 >= first >> 3;
        self.writes.iter().rev().find(touches).map(|write| write.0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_since_a_moment_is_told_and_little_else(
        commands in prop::collection::vec(commands(), 1..60),
        looks in prop::collection::vec((-3000_i64..14_000, 1..40_i64), 1..20),
    ) {
        let mut tape = Tape::new();
        let (mut count, mut writes, mut past) = (0, Vec::new(), Vec::new());
        let (mut kept, mut is_packed) = (Vec::<Moment>::new(), false);
        tape.set_period(Period::of(count));
        for command in commands {
            match command {
                Command::Store { width, at } => {
                    let stored = match width {
                        0 => tape.store_u8(at, 1),
                        1 => tape.store_u16(at, 1),
                        2 => tape.store_u32(at, 1),
                        _ => tape.store_u64(at, 1),
                    };
                    prop_assert_eq!(stored, Stored::Ok);
                    writes.push((count, at, at + (1 << width) - 1));
                }
                Command::Poke { at, len } => {
                    prop_assert_eq!(tape.poke(at, &vec![7; len]), Stored::Ok);
                    if len > 0 {
                        writes.push((count, at, at + i64::try_from(len).unwrap() - 1));
                    }
                }
                Command::Wait(time) => {
                    count += time;
                    tape.set_period(Period::of(count));
                }
                Command::Keep => {
                    past.push(kept.len());
                    let (snapshot, writes, past) = (tape.snapshot(), writes.clone(), past.clone());
                    kept.push(Moment { snapshot, count, writes, past });
                }
                Command::GoTo(index) if !kept.is_empty() => {
                    let then = index.get(&kept).clone();
                    tape.restore(&then.snapshot);
                    (count, writes, past) = (then.count, then.writes, then.past);
                    tape.set_period(Period::of(count));
                }
                Command::Pack(index) if !kept.is_empty() => {
                    let index = index.index(kept.len());
                    is_packed = true;
                    kept[index].snapshot.pack();
                }
                Command::Pack(_) | Command::GoTo(_) => {}
            }
        }
        past.push(kept.len());
        kept.push(Moment { snapshot: tape.snapshot(), count, writes, past });
        for newer in &kept {
            for older in newer.past.iter().map(|number| &kept[*number]) {
                for (first, len) in &looks {
                    let (first, last) = (*first, first + len - 1);
                    let since = Period::of(older.count);
                    let told = newer.snapshot.written_in(&older.snapshot, first..last + 1, since);
                    let mut then = newer.clone();
                    then.writes.drain(..older.writes.len());
                    prop_assert!(told || then.last_write(first, last).is_none());
                    // Written before, and nothing was written in a later era.
                    let last_write = newer.last_write(first, last).unwrap_or(0);
                    let is_early = Period::of(last_write) < since;
                    // What is packed is told roughly.
                    let is_exact = newer.count < 1 << 24 && !is_packed;
                    prop_assert!(!told || !is_early || !is_exact, "{first}..={last}");
                }
            }
        }
    }
}
