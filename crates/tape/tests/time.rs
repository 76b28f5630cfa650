//! Snapshots, forks and merges: what they share, what they cost, and what they decide.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::ops::Range;
use std::thread;

use tape::{MergeStrategy, PAGE_SIZE, Stored, Tape, TapeSnapshot, diff};

fn store(tape: &mut Tape, at: i64, value: u64) {
    assert_eq!(tape.store_u64(at, value), Stored::Ok);
}

fn load(snapshot: &TapeSnapshot, at: i64) -> u64 {
    let mut bytes = [0; 8];
    assert!(snapshot.peek(at, &mut bytes));
    u64::from_le_bytes(bytes)
}

#[test]
fn tapes_and_snapshots_go_from_thread_to_thread() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Tape>();
    is_shared::<TapeSnapshot>();
}

#[test]
fn memory_falls_back_when_snapshots_and_forks_go() {
    let mut tape = Tape::new();
    for page in -100..100 {
        store(&mut tape, page * 4096, 1);
    }
    let alone = tape.memory();
    assert!(alone > 200 * PAGE_SIZE);
    let snapshot = tape.snapshot();
    let mut fork = tape.fork();
    assert_eq!(tape.memory(), alone);
    for page in -50..50 {
        store(&mut tape, page * 4096, 2);
        store(&mut fork, page * 4096, 3);
    }
    assert!(tape.memory() > alone + 200 * PAGE_SIZE);
    assert_eq!(tape.memory(), snapshot.memory());
    drop(fork);
    // A page has a byte more for each of its cells.
    assert!(tape.memory() < alone + 110 * (PAGE_SIZE + PAGE_SIZE / 8));
    drop(snapshot);
    assert_eq!(tape.memory(), alone);
}

#[test]
fn a_packed_snapshot_takes_less_and_is_what_it_was() {
    let mut tape = Tape::new();
    for cell in 0..256 * 512 {
        if cell % 3 == 0 {
            assert_eq!(tape.store_u64(cell * 8, cell.cast_unsigned()), Stored::Ok);
        }
    }
    let mut snapshot = tape.snapshot();
    let plain = tape.memory();
    snapshot.pack();
    assert_eq!(tape.memory(), plain, "the tape has the same pages");
    for page in 0..256 {
        store(&mut tape, page * 4096, 7);
    }
    let both = tape.memory();
    snapshot.pack();
    let packed = tape.memory();
    assert!(packed < plain + plain / 2, "{packed} of {plain} and {both}");
    let mut cell = [0; 8];
    snapshot.peek(9 * 8, &mut cell);
    assert_eq!(u64::from_le_bytes(cell), 9);
    snapshot.pack();
    assert_eq!(tape.memory(), packed, "what was looked at is packed again");
    let hash = snapshot.content_hash();
    tape.restore(&snapshot);
    assert_eq!(tape.load_u64(12 * 8), Some(12));
    store(&mut tape, 12 * 8, 5);
    assert_eq!((snapshot.content_hash(), tape.content_hash() == hash), (hash, false));
    assert_eq!(snapshot.page(0)[12 * 8], 12);
    drop(snapshot);
    assert_eq!((tape.load_u64(12 * 8), tape.load_u64(15 * 8)), (Some(5), Some(15)));
    let mut again = tape.snapshot();
    drop(tape);
    again.pack();
    let mut tape = again.to_tape();
    assert_eq!((tape.load_u64(12 * 8), tape.load_u64(15 * 8)), (Some(5), Some(15)));
}

#[test]
fn an_idle_branch_costs_less_than_a_kibibyte() {
    let mut tape = Tape::new();
    store(&mut tape, 0, 1);
    let before = tape.memory();
    let snapshots: Vec<_> = (0..100).map(|_| tape.snapshot()).collect();
    let forks: Vec<_> = (0..100).map(|_| tape.fork()).collect();
    assert_eq!(tape.memory(), before);
    assert!(size_of_val(&snapshots[0]) < 300 && size_of_val(&forks[0]) < 1024);
}

#[test]
fn a_page_is_copied_once_after_a_snapshot_and_not_at_all_when_it_went() {
    let mut tape = Tape::new();
    store(&mut tape, 0, 1);
    let one = tape.memory();
    let snapshot = tape.snapshot();
    store(&mut tape, 0, 2);
    let two = tape.memory();
    store(&mut tape, 8, 3);
    assert_eq!(tape.memory(), two);
    drop(snapshot);
    assert_eq!(tape.memory(), one);
    drop(tape.snapshot());
    store(&mut tape, 0, 4);
    assert_eq!(tape.memory(), one);
}

#[test]
fn positions_that_share_a_table_entry_keep_their_own_bytes() {
    let mut tape = Tape::new();
    let positions: Vec<i64> = (0..63)
        .flat_map(|bit| [1i64 << bit, -(1i64 << bit)])
        .flat_map(|at| (0..4).map(move |page| (at & !7).wrapping_add(page * 4096)))
        .collect();
    let value = |at: i64| at.cast_unsigned() ^ 0x5555;
    for turn in 0..2 {
        for at in &positions {
            store(&mut tape, *at, value(*at));
            assert_eq!(tape.load_u64(*at), Some(value(*at)));
        }
        for at in &positions {
            assert_eq!(tape.load_u64(*at), Some(value(*at)), "turn {turn}");
        }
        drop(tape.snapshot());
    }
}

#[test]
fn words_reach_the_very_ends_and_no_farther() {
    let mut tape = Tape::new();
    assert_eq!(tape.store_u64(i64::MIN, 1), Stored::Ok);
    assert_eq!(tape.store_u64(i64::MAX - 7, 2), Stored::Ok);
    assert_eq!(tape.store_u64(i64::MAX - 6, 3), Stored::PastEnd);
    assert_eq!(tape.store_u8(i64::MAX, 9), Stored::Ok);
    assert_eq!(tape.load_u64(i64::MAX - 6), None);
    assert_eq!(tape.load_u64(i64::MAX - 7), Some(9 << 56 | 2));
    assert_eq!((tape.load_u64(i64::MIN), tape.load_u8(i64::MAX)), (Some(1), Some(9)));
    let mut bytes = [7; 4];
    assert!(!tape.peek(i64::MAX, &mut bytes));
    assert_eq!(bytes, [9, 0, 0, 0]);
    assert_eq!(tape.poke(i64::MAX, &[1, 2]), Stored::PastEnd);
    assert_eq!(tape.poke(i64::MAX, &[]), Stored::Ok);
    assert_eq!(tape.load_u8(i64::MAX), Some(9));
}

#[test]
fn a_protected_range_comes_and_goes_with_snapshots() {
    let mut tape = Tape::new();
    let open = tape.snapshot();
    tape.protect(4..6);
    let closed = tape.snapshot();
    assert_eq!(tape.store_u64(0, 1), Stored::Protected);
    assert_eq!(tape.store_u32(0, 1), Stored::Ok);
    assert_eq!(tape.poke(0, &[2; 5]), Stored::Protected);
    assert_eq!(tape.load_u64(0), Some(1));
    tape.restore(&open);
    assert_eq!(tape.store_u64(0, 1), Stored::Ok);
    tape.restore(&closed);
    assert_eq!(tape.store_u16(4, 1), Stored::Protected);
    assert_eq!(closed.to_tape().store_u16(4, 1), Stored::Protected);
}

#[test]
fn a_watch_reports_every_store_that_touches_it_until_it_is_replaced() {
    let mut tape = Tape::new();
    store(&mut tape, 64, 1);
    tape.watch(&[64..65, -1..0]);
    for _ in 0..3 {
        assert_eq!(tape.store_u64(64, 2), Stored::Watched);
        assert_eq!(tape.store_u64(72, 2), Stored::Ok);
        assert_eq!(tape.store_u16(-2, 2), Stored::Watched);
        drop(tape.snapshot());
    }
    assert_eq!(tape.fork().store_u8(64, 1), Stored::Watched);
    tape.watch(&[]);
    assert_eq!(tape.store_u64(64, 2), Stored::Ok);
}

#[test]
fn the_hash_depends_on_contents_and_not_on_how_they_came_about() {
    let mut tape = Tape::new();
    let empty = tape.content_hash();
    store(&mut tape, 1 << 50, 1);
    assert_ne!(tape.content_hash(), empty);
    store(&mut tape, 1 << 50, 0);
    assert_eq!(tape.content_hash(), empty);
    let snapshot = tape.snapshot();
    assert_eq!(snapshot.content_hash(), empty);
    store(&mut tape, 0, 5);
    let changed = tape.content_hash();
    store(&mut tape, 0, 6);
    assert_ne!(tape.content_hash(), changed);
    store(&mut tape, 0, 5);
    assert_eq!(tape.content_hash(), changed);
    drop(snapshot);
    assert_eq!(tape.snapshot().content_hash(), changed);
    store(&mut tape, 0, 7);
    assert_ne!(tape.content_hash(), changed);
}

#[test]
fn a_cached_hash_is_dropped_when_a_snapshot_gone_lets_its_page_be_written_again() {
    let mut tape = Tape::new();
    store(&mut tape, 0, 5);
    let hash = tape.snapshot().content_hash();
    store(&mut tape, 0, 6);
    assert_ne!(tape.snapshot().content_hash(), hash);
}

#[test]
fn a_hash_is_not_kept_for_open_pages_below_a_root_that_has_grown() {
    let mut tape = Tape::new();
    store(&mut tape, 4096, 0);
    store(&mut tape, 1 << 36, 0);
    let empty = tape.content_hash();
    store(&mut tape, 4096, 1);
    store(&mut tape, -4096, 0);
    assert_ne!(tape.snapshot().content_hash(), empty);
}

/// What a fork is told to do: puts, and the ranges that are its own.
fn work(tape: &mut Tape, fork: i64) {
    for turn in 0..200 {
        store(tape, (turn * 7 + fork * 3) * 64 - 4096, (turn * fork + 1).cast_unsigned());
        let total = tape.load_u64(0).unwrap();
        store(tape, 0, total + (fork * fork).cast_unsigned());
    }
    tape.names_mut().set_mark(format!("fork {fork}"), fork);
    tape.names_mut().set_mark("last", fork);
}

const ORDERS: [[usize; 3]; 4] = [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]];

#[test]
fn a_merge_of_three_forks_does_not_depend_on_who_worked_first() {
    for strategy in [MergeStrategy::Latest, MergeStrategy::Earliest, MergeStrategy::Combine] {
        let mut hashes = Vec::new();
        for order in ORDERS {
            let mut tape = Tape::new();
            store(&mut tape, 0, 1000);
            let base = tape.snapshot();
            let mut forks = [tape.fork(), tape.fork(), tape.fork()];
            for fork in order {
                work(&mut forks[fork], i64::try_from(fork).unwrap() + 1);
            }
            for fork in &mut forks {
                tape.merge(&base, &fork.snapshot(), strategy, &[]).unwrap();
            }
            let expected = match strategy {
                MergeStrategy::Latest => 2800,
                MergeStrategy::Combine => 3800,
                MergeStrategy::Earliest | MergeStrategy::Manual => 1200,
            };
            assert_eq!(tape.load_u64(0), Some(expected));
            let last = if strategy == MergeStrategy::Earliest { 1 } else { 3 };
            assert_eq!(tape.mark_position("last"), Some(last));
            hashes.push(tape.content_hash());
        }
        assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{strategy:?}: {hashes:?}");
    }
}

#[test]
fn combining_adds_equal_differences_up() {
    let mut tape = Tape::new();
    store(&mut tape, 0, 1000);
    let base = tape.snapshot();
    let mut forks = [tape.fork(), tape.fork()];
    let mut cells_in_conflict = 0;
    for fork in &mut forks {
        store(fork, 0, 1200);
        let merged = tape.merge(&base, &fork.snapshot(), MergeStrategy::Combine, &[]).unwrap();
        cells_in_conflict += merged.cells_in_conflict;
    }
    assert_eq!((tape.load_u64(0), cells_in_conflict), (Some(1400), 0));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "forks may run on threads of their own")]
fn forks_run_on_other_threads() {
    let mut tape = Tape::new();
    store(&mut tape, 0, 1000);
    let base = tape.snapshot();
    let threads: Vec<_> = (1..4)
        .map(|number| {
            let mut fork = tape.fork();
            thread::spawn(move || {
                work(&mut fork, number);
                fork.snapshot()
            })
        })
        .collect();
    work(&mut tape, 4);
    for thread in threads {
        tape.merge(&base, &thread.join().unwrap(), MergeStrategy::Combine, &[]).unwrap();
    }
    assert_eq!(tape.load_u64(0), Some(7000));
    assert_eq!(load(&base, 0), 1000);
}

#[test]
fn a_refused_merge_lists_its_conflicts_and_changes_nothing() {
    let mut tape = Tape::new();
    let base = tape.snapshot();
    let mut fork = tape.fork();
    for cell in 0..1500 {
        store(&mut tape, cell * 8, 1);
        store(&mut fork, cell * 8, 2);
    }
    tape.mark_at("here", 1);
    fork.mark_at("here", 2);
    store(&mut fork, 1 << 20, 7);
    let hash = tape.content_hash();
    let theirs = fork.snapshot();
    let conflicts = tape.merge(&base, &theirs, MergeStrategy::Manual, &[]).unwrap_err();
    assert_eq!((conflicts.cells_total, conflicts.cells.len()), (1500, 1000));
    assert_eq!(conflicts.names, ["here"]);
    assert!(conflicts.to_string().contains("1500 cells and 1 names are in conflict"));
    assert_eq!(tape.content_hash(), hash);
    let private: &[Range<i64>] = &[0..8, 8..12000];
    tape.mark_at("here", 2);
    let report = tape.merge(&base, &theirs, MergeStrategy::Manual, private).unwrap();
    assert_eq!((report.cells_changed, report.cells_in_conflict), (1, 0));
    assert_eq!((tape.load_u64(0), tape.load_u64(1 << 20)), (Some(1), Some(7)));
}

#[test]
fn segments_that_would_overlap_refuse_every_merge() {
    let mut tape = Tape::new();
    let base = tape.snapshot();
    let mut fork = tape.fork();
    tape.create_segment("ours", 10, tape::SegmentType::Data).unwrap();
    fork.create_segment("theirs", 10, tape::SegmentType::Data).unwrap();
    let theirs = fork.snapshot();
    for strategy in [MergeStrategy::Latest, MergeStrategy::Earliest, MergeStrategy::Combine] {
        let conflicts = tape.merge(&base, &theirs, strategy, &[]).unwrap_err();
        assert_eq!(conflicts.overlaps, [("ours".to_owned(), "theirs".to_owned())]);
    }
    assert!(tape.segment("theirs").is_none());
}

#[test]
fn a_merge_tells_of_watched_cells_and_shares_whole_pages() {
    let mut tape = Tape::new();
    let base = tape.snapshot();
    let mut fork = tape.fork();
    store(&mut fork, 4096, 1);
    let theirs = fork.snapshot();
    drop(fork);
    let before = tape.memory();
    tape.watch(&[5000..5001, 9000..9001]);
    let report = tape.merge(&base, &theirs, MergeStrategy::Latest, &[]).unwrap();
    assert!(!report.is_watched);
    assert!(tape.memory() < before + PAGE_SIZE);
    tape.restore(&base);
    tape.watch(&[4097..4098, 9000..9001]);
    assert!(tape.merge(&base, &theirs, MergeStrategy::Latest, &[]).unwrap().is_watched);
    assert_eq!(tape.store_u64(4104, 8), Stored::Ok);
    assert_eq!(load(&theirs, 4104), 0);
}

#[test]
fn a_snapshot_of_another_tape_can_be_restored_compared_and_merged() {
    let mut one = Tape::new();
    let mut two = Tape::new();
    store(&mut one, 0, 1);
    store(&mut two, 1 << 30, 2);
    let (left, right) = (one.snapshot(), two.snapshot());
    let cells: Vec<_> = diff(&left, &right).map(|cell| (cell.position, cell.after)).collect();
    assert_eq!(cells, [(0, 0), (1 << 30, 2)]);
    one.restore(&right);
    store(&mut one, 0, 3);
    assert_eq!((one.load_u64(0), one.load_u64(1 << 30)), (Some(3), Some(2)));
    assert_eq!((load(&left, 0), load(&right, 0)), (1, 0));
    drop(one);
    drop((left, right));
    assert_eq!(two.memory(), two.fork().memory());
}
