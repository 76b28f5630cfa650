//! Snapshots and branches of a large tape.

use std::convert::Infallible;

use machine::Machine;
use palindrome_vm::Vm;
use tape::Stored;
use timeline::{Options, Timeline};

use crate::Failure;
use crate::measure::{Times, clock, resident, shown};
use crate::programs::assembled;
use crate::report::{Report, table};

const PAGE: i64 = 4096;
/// Behind the standard segments.
const BEGIN: i64 = 1 << 32;

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let (pages, moves, branches) =
        if is_smoke { (256, 20, 100) } else { (1 << 18, 2000, 10_000_usize) };
    let mut rows = Vec::new();
    let mut row = |what: &str, times: &Times, goal: &str| {
        let mut cells = vec![what.to_owned()];
        cells.extend([500, 990, 1000].map(|per_mille| shown(times.at(per_mille))));
        cells.push(goal.to_owned());
        rows.push(cells);
        for (name, per_mille) in [("p50", 500), ("p99", 990), ("worst", 1000)] {
            report.add(&format!("{what} {name}"), "tape", times.at(per_mille), "ns");
        }
    };

    // Before the snapshots, which leave freed memory behind.
    let options = Options { memory: 8 << 30, ..Options::default() };
    let mut timeline = Timeline::new(filled(pages)?, options);
    let before = resident()?;
    let forks = Times::of((0..branches).map(|_| clock(|| timeline.branch("what if")).0));
    let idle = resident()?.saturating_sub(before) as f64 / branches as f64;
    row("branch", &forks, "5 µs");
    let before = resident()?;
    let edits = Times::of((0..branches).zip(0_i64..).map(|(_, number)| {
        let at = BEGIN + number % pages * PAGE;
        let edit = |vm: &mut Vm| {
            put(vm, at, 5);
            Ok::<(), Infallible>(())
        };
        clock(|| timeline.change("edited", edit)).0
    }));
    let edited = resident()?.saturating_sub(before) as f64 / branches as f64;
    row("branch with a change to one cell", &edits, "");
    if timeline.branches().count() != 2 * branches + 1 {
        return Err(Failure("a branch is missing".to_owned()));
    }
    drop(timeline);

    let mut vm = filled(pages)?;
    let full = vm.snapshot();
    let snapshots = Times::of((0..moves).map(|number| {
        put(&mut vm, BEGIN + number % pages * PAGE, 2);
        clock(|| vm.snapshot()).0
    }));
    row("snapshot", &snapshots, "5 µs");
    let restores = Times::of((0..moves).map(|number| {
        put(&mut vm, BEGIN + number % pages * PAGE, 3);
        clock(|| vm.restore(&full)).0
    }));
    row("restore, one page changed", &restores, "5 µs");
    let writes = Times::of((0..moves).map(|number| {
        vm.restore(&full);
        clock(|| vm.tape.store_u64(BEGIN + (number * 7919) % pages * PAGE, 4)).0
    }));
    row("first write to a shared page", &writes, "");
    if vm.tape.load_u64(BEGIN + (moves * 7919) % pages * PAGE) != Some(1) {
        return Err(Failure("a write reached another branch".to_owned()));
    }

    let title = format!("Forks ({} MiB of tape, {branches} live branches)", (pages * PAGE) >> 20);
    table(&title, &["what", "p50", "p99", "worst", "goal"], &rows);
    println!(
        "An idle branch holds {idle:.0} bytes (goal 1024); one with a change to one cell {edited:.0}.\n"
    );
    report.add("idle branch", "tape", idle, "bytes");
    report.add("changed branch", "tape", edited, "bytes");
    Ok(())
}

/// A machine with so many pages in use.
fn filled(pages: i64) -> Result<Vm, Failure> {
    let mut vm = Vm::load(assembled("halt", "main: HALT")?);
    (0..pages).for_each(|page| put(&mut vm, BEGIN + page * PAGE, 1));
    Ok(vm)
}

fn put(vm: &mut Vm, at: i64, value: u64) {
    assert!(matches!(vm.tape.store_u64(at, value), Stored::Ok), "nothing protects the cell");
}
