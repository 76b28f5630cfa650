//! What access and time travel cost: `cargo bench -p tape`. Each figure is the best of several
//! runs, and what was computed is checked before it is printed.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use tape::{PAGE_SIZE, Stored, Tape, diff};

const GIB: i64 = 1 << 30;
const PAGE: i64 = 4096;

/// The best of `runs` times in nanoseconds per each of `count` operations.
fn best(runs: u32, count: i64, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / count as f64);
    }
    best
}

fn main() {
    hits();
    words();
    let mut tape = Tape::new();
    let fill = best(1, GIB / PAGE, || {
        for at in (0..GIB).step_by(PAGE_SIZE) {
            assert_eq!(tape.store_u64(at, at.cast_unsigned() + 1), Stored::Ok);
        }
    });
    println!("first write to a new page        {fill:9.1} ns");
    println!("memory at 1 GiB of tape          {:9.1} MiB", tape.memory() as f64 / 1048576.0);
    time(&mut tape);
    copying(&mut tape);
    hashing(&mut tape);
}

/// Loads and stores in a window that the tables cover.
fn hits() {
    const WINDOW: i64 = 1 << 16;
    const ROUNDS: i64 = 200;
    let mut tape = Tape::new();
    let mut sum = 0u64;
    let stores = best(5, ROUNDS * WINDOW / 8, || {
        for _ in 0..ROUNDS {
            for at in (0..WINDOW).step_by(8) {
                assert_eq!(tape.store_u64(black_box(at), at.cast_unsigned()), Stored::Ok);
            }
        }
    });
    let loads = best(5, ROUNDS * WINDOW / 8, || {
        sum = 0;
        for _ in 0..ROUNDS {
            for at in (0..WINDOW).step_by(8) {
                sum += tape.load_u64(black_box(at)).unwrap_or(1);
            }
        }
    });
    let once: u64 = (0..WINDOW.cast_unsigned()).step_by(8).sum();
    assert_eq!(sum, once * ROUNDS.cast_unsigned());
    println!("store_u64, hit                   {stores:9.2} ns");
    println!("load_u64, hit                    {loads:9.2} ns");
}

/// A chain of loads, each of which needs the one before; and unaligned access.
fn words() {
    const COUNT: i64 = 1 << 20;
    let mut tape = Tape::new();
    let cells = 1i64 << 13;
    for cell in 0..cells {
        let next = (cell * 5 + 3) % cells * 8;
        assert_eq!(tape.store_u64(cell * 8, next.cast_unsigned()), Stored::Ok);
    }
    let mut at = 0;
    let chain = best(5, COUNT, || {
        for _ in 0..COUNT {
            at = tape.load_u64(at).unwrap_or(1).cast_signed();
        }
    });
    assert_eq!(at % 8, 0);
    println!("load_u64, hit, dependent         {chain:9.2} ns");
    let unaligned = best(5, COUNT, || {
        for turn in 0..COUNT {
            assert_eq!(tape.store_u64(3, turn.cast_unsigned()), Stored::Ok);
            assert_eq!(tape.load_u64(3), Some(turn.cast_unsigned()));
        }
    });
    println!("store_u64 + load_u64, unaligned  {unaligned:9.2} ns");
    let missing = best(5, COUNT, || {
        for turn in 0..COUNT {
            assert_eq!(tape.load_u64((1 + (turn & 4095)) << 20), Some(0));
        }
    });
    println!("load_u64, miss                   {missing:9.2} ns");
}

fn time(tape: &mut Tape) {
    let mut snapshot = tape.snapshot();
    let idle = best(1000, 1, || snapshot = tape.snapshot());
    println!("snapshot, nothing written        {idle:9.1} ns");
    let base = tape.snapshot();
    let mut snapshots = f64::INFINITY;
    let mut restores = f64::INFINITY;
    for _ in 0..100 {
        for page in 0..1024 {
            assert_eq!(tape.store_u64(page * PAGE, 7), Stored::Ok);
        }
        let mut kept = None;
        snapshots = snapshots.min(best(1, 1, || kept = Some(tape.snapshot())));
        restores = restores.min(best(1, 1, || tape.restore(&base)));
        assert_eq!(tape.load_u64(PAGE), Some(4097));
    }
    println!("snapshot, 1024 pages in use      {snapshots:9.1} ns");
    println!("restore, 1024 pages in use       {restores:9.1} ns");
    let both = best(1000, 1, || {
        snapshot = tape.snapshot();
        tape.restore(&snapshot);
    });
    println!("snapshot + restore               {both:9.1} ns");
    let mut forks = Vec::new();
    let fork = best(100, 1, || forks.push(tape.fork()));
    assert_eq!(forks[99].load_u64(GIB - PAGE), Some((GIB - PAGE + 1).cast_unsigned()));
    println!("fork                             {fork:9.1} ns");
}

fn copying(tape: &mut Tape) {
    let base = tape.snapshot();
    let before = tape.memory();
    let first = best(50, 1, || assert_eq!(tape.store_u64(GIB / 2, 9), Stored::Ok));
    drop(base);
    let mut one = f64::INFINITY;
    for _ in 0..50 {
        let base = tape.snapshot();
        one = one.min(best(1, 1, || assert_eq!(tape.store_u64(GIB / 2, 9), Stored::Ok)));
        assert!(tape.snapshot().differs_in(&base, GIB / 2..GIB / 2 + 1));
    }
    println!("store again after that           {first:9.1} ns");
    println!("first write after a snapshot     {one:9.1} ns");
    let base = tape.snapshot();
    let many = best(1, 4096, || {
        for page in 0..4096 {
            assert_eq!(tape.store_u64(page * PAGE, 5), Stored::Ok);
        }
    });
    println!("the same, each of 4096 pages     {many:9.1} ns");
    let newer = tape.snapshot();
    let mut cells = 0;
    let diffs = best(3, 4096, || cells = diff(&base, &newer).count());
    assert_eq!(cells, 4096);
    println!("diff, per changed page           {diffs:9.1} ns");
    tape.restore(&base);
    drop(newer);
    drop(base);
    println!(
        "memory, back to where it was     {:9.1} KiB more",
        (tape.memory() as f64 - before as f64) / 1024.0
    );
}

fn hashing(tape: &mut Tape) {
    let snapshot = tape.snapshot();
    let mut hash = 0;
    let all = best(1, GIB / PAGE, || hash = snapshot.content_hash());
    println!("content_hash, per page           {all:9.1} ns");
    let cached = best(10, 1, || assert_eq!(snapshot.content_hash(), hash));
    println!("content_hash, cached             {cached:9.1} ns");
    let before = tape.load_u64(0).unwrap_or(0);
    assert_eq!(tape.store_u64(0, before + 1), Stored::Ok);
    let changed = best(10, 1, || assert_ne!(tape.content_hash(), hash));
    println!("content_hash, a page changed     {changed:9.1} ns");
}
