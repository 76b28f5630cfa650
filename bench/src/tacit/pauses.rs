//! What single instructions of the Tacit machine cost, for operands of growing size: none takes
//! longer than its operands are large.

use machine::{Machine, Probes, Tick};

use super::{compiled, finish};
use crate::Failure;
use crate::measure::{Times, clock, shown};
use crate::report::{Report, table};

/// Words, each as a program whose last instruction but one is what is measured: `{n}` is the size
/// of the operand.
const OPERATIONS: [(&str, &str); 21] = [
    ("dup, swap or drop", "1 {n} 1 range to-vector dup"),
    ("drop the last reference", "1 {n} 1 range to-vector drop"),
    ("+ of a vector and a number", "1 {n} 1 range to-vector 1 +"),
    ("= of two vectors", "1 {n} 1 range to-vector 1 {n} 1 range to-vector ="),
    ("concat", "1 {n} 1 range to-vector [ 1 ] concat"),
    ("append, unshared", "1 {n} 1 range to-vector 5 append"),
    ("put at the end, shared", "1 {n} 1 range to-vector dup {n} 1 - 0 put"),
    ("get at the end", "1 {n} 1 range to-vector {n} 1 - get"),
    ("reverse", "1 {n} 1 range to-vector reverse"),
    ("sort", "1 {n} 1 range to-vector reverse sort"),
    ("sum", "1 {n} 1 range to-vector sum"),
    ("distinct", "1 {n} 1 range to-vector distinct"),
    ("group", "1 {n} 1 range (7 !) map to-vector group"),
    ("flatten", "1 {n} 1 range to-vector m, flatten"),
    ("array get", "{n} array {n} 1 - get"),
    ("array put, unshared", "{n} array {n} 1 - 5 put"),
    ("array fill", "{n} array 5 fill"),
    ("to-dict", "1 {n} 10 / 1 range (string) map to-vector dup to-dict"),
    ("dictionary get", "1 {n} 10 / 1 range (string) map to-vector dup to-dict \"5\" get"),
    ("heap-check", "1 {n} 1 range to-vector heap-check"),
    ("a number's string", "1 {n} 10 / 1 range (string) map to-vector drop 123456 string"),
];

/// Sizes that fit into 128 KB, each ten times the one before.
const SIZES: [usize; 3] = [20, 200, 2000];

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 3 } else { 300 };
    let mut rows = Vec::new();
    for (name, text) in OPERATIONS {
        let mut row = vec![name.to_owned()];
        let mut medians = Vec::new();
        for size in SIZES {
            let times = last_instruction(name, &text.replace("{n}", &size.to_string()), rounds)?;
            row.push(format!("{} ({})", shown(times.at(500)), shown(times.at(990))));
            report.add("one instruction", &format!("{name}, {size}"), times.at(500), "ns");
            medians.push(times.at(500));
        }
        row.push(format!("{:.2}", (medians[2] / medians[1]).log10()));
        rows.push(row);
    }
    let columns =
        ["instruction", "size 20: median (99 %)", "200", "2000", "exponent from 200 to 2000"];
    table("Pauses of Tacit: one instruction", &columns, &rows);
    Ok(())
}

/// The times that the last instruction of a program takes, before it ends.
fn last_instruction(name: &str, text: &str, rounds: usize) -> Result<Times, Failure> {
    let mut vm = compiled(name, text, 128)?;
    finish(&mut vm).map_err(|Failure(why)| Failure(format!("{name}: {why}")))?;
    let end = Machine::tick(&vm).safepoints;
    let mut vm = compiled(name, text, 128)?;
    drop(Machine::run(&mut vm, Tick::at(end - 1), &Probes::none()));
    let before = vm.snapshot();
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        vm.restore(&before);
        let (time, _) = clock(|| Machine::run(&mut vm, Tick::at(end), &Probes::none()));
        times.push(time);
    }
    Ok(Times::of(times.into_iter()))
}
