//! Instructions a second of the Tacit machine: forward, with checkpoints, with a trail, and back.

use machine::{Machine, Probes, Tick};
use tacit_vm::Vm;
use timeline::{History, Options, Timeline};

use super::ALL;
use crate::Failure;
use crate::finish::finish;
use crate::measure::{clock, median};
use crate::report::{Report, table};

/// Instructions of the window that is run and taken back.
const WINDOW: u64 = 1 << 16;

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let rounds = if is_smoke { 1 } else { 3 };
    let mut rows = Vec::new();
    for entry in &ALL {
        let (mut off, mut kept) = (Vec::new(), Vec::new());
        let mut instructions = 1;
        for _ in 0..rounds {
            for (history, times) in [(History::Off, &mut off), (History::Checkpoints, &mut kept)] {
                let mut timeline = timeline(entry.vm(is_smoke)?, history);
                let (time, result) = clock(|| finish(&mut timeline));
                result?;
                instructions = timeline.end().safepoints.max(1);
                times.push(time.as_secs_f64() * 1e9 / instructions as f64);
            }
        }
        let (back, window) = back(entry.vm(is_smoke)?, instructions)?;
        let (off, kept) = (median(off), median(kept));
        report.add("Tacit forward without history", entry.name, off, "ns/instruction");
        report.add("Tacit forward with checkpoints", entry.name, kept, "ns/instruction");
        report.add("Tacit forward with a trail", entry.name, window, "ns/instruction");
        report.add("Tacit backward", entry.name, back, "ns/instruction");
        rows.push(vec![
            entry.name.to_owned(),
            format!("{:.0}", instructions as f64 / 1e6),
            format!("{off:.2}"),
            format!("{:.0}", 1e3 / off),
            format!("{kept:.2}"),
            format!("{window:.1}"),
            format!("{back:.1}"),
        ]);
    }
    let columns = [
        "program",
        "10^6 instructions",
        "history off, ns",
        "10^6 a second",
        "checkpoints, ns",
        "with a trail, ns",
        "backwards, ns",
    ];
    table("Speed of Tacit (ns per instruction)", &columns, &rows);
    Ok(())
}

fn timeline(vm: Vm, history: History) -> Timeline<Vm> {
    Timeline::new(vm, Options { history, ..Options::default() })
}

/// Nanoseconds an instruction backwards, and forwards with the trail on.
fn back(mut vm: Vm, instructions: u64) -> Result<(f64, f64), Failure> {
    let from = instructions / 2;
    let until = (from + WINDOW).min(instructions - 1);
    drop(Machine::run(&mut vm, Tick::at(from), &Probes::none()));
    vm.keep_trail(64 << 20);
    let (forward, _) = clock(|| Machine::run(&mut vm, Tick::at(until), &Probes::none()));
    let (backward, undone) = clock(|| vm.back(until - from));
    if undone != until - from {
        return Err(Failure(format!("only {undone} instructions were taken back")));
    }
    let each = |time: std::time::Duration| time.as_secs_f64() * 1e9 / undone.max(1) as f64;
    Ok((each(backward), each(forward)))
}
