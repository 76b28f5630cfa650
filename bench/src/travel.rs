//! Time travel over a long history within the standard budget.

use std::collections::BTreeSet;
use std::time::Duration;

use machine::{CodePosition, Location, Machine, Probes, Tick};
use palindrome_vm::{TAPE, Vm};
use timeline::{Arrival, Options, Timeline};

use crate::Failure;
use crate::measure::{Times, clock, resident, shown};
use crate::programs::find;
use crate::report::{Report, table};

/// How much is done.
struct Scale {
    instructions: u64,
    jumps: u64,
    steps: u64,
    /// How many of the jumps are compared with a run from the start.
    checked: u64,
}

const FULL: Scale =
    Scale { instructions: 1_000_000_000, jumps: 1000, steps: 6_000_000, checked: 3 };
const SMOKE: Scale = Scale { instructions: 3_000_000, jumps: 20, steps: 20_000, checked: 2 };

/// A cell that `dirty` writes once, at its beginning, and the others never.
const COLD_CELL: Location = Location { space: TAPE, address: 0x20_4000, size: 8 };

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let scale = if is_smoke { SMOKE } else { FULL };
    let mut rows = Vec::new();
    for name in ["dirty", "nested"] {
        rows.extend(program(name, &scale, report)?);
    }
    let title = format!(
        "Time travel ({:.0e} instructions, {} MiB budget)",
        scale.instructions as f64,
        Options::default().memory >> 20
    );
    let columns = ["program", "what", "p50", "p99", "worst", "goal"];
    table(&title, &columns, &rows);
    Ok(())
}

fn program(name: &str, scale: &Scale, report: &mut Report) -> Result<Vec<Vec<String>>, Failure> {
    let program = find(name)?.endless(1_000_000)?;
    let last = program.instructions().len() as u64 - 1;
    let end = Tick::at(scale.instructions);
    let resident_before = resident()?;
    let mut timeline = Timeline::new(Vm::load(program.clone()), Options::default());
    let (forward, arrival) = clock(|| timeline.forward(end, &Probes::none()));
    reached(name, arrival == Arrival::Reached)?;
    let mut rows = Vec::new();
    let mut row = |what: &str, values: [String; 3], goal: &str| {
        let mut cells = vec![name.to_owned(), what.to_owned()];
        cells.extend(values);
        cells.push(goal.to_owned());
        rows.push(cells);
    };
    let one = |value: String| [value, String::new(), String::new()];
    let each = forward.as_nanos() as f64 / scale.instructions as f64;
    row("forward, recorded", one(format!("{each:.2} ns/instruction")), "");

    let mut dice = 1_u64;
    let jumps = Times::of((0..scale.jumps).map(|_| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let target = Tick::at((dice >> 20) % scale.instructions);
        let (time, _) = clock(|| timeline.goto(target));
        time
    }));
    row("jump to a random tick", three(&jumps), "4 ms; 10 ms");
    check_jumps(&mut timeline, Vm::load(program), scale)?;

    timeline.goto(end);
    let mut moved = 0;
    let steps = Times::of((0..scale.steps).map(|_| {
        let (time, count) = clock(|| timeline.back(1));
        moved += count;
        time
    }));
    let here = timeline.now().tick;
    reached(name, moved == scale.steps && here == Tick::at(scale.instructions - scale.steps))?;
    row("one step back, contiguous", three(&steps), "100 ns; 1 µs; 5 ms");

    let never = CodePosition(last * 8);
    let breakpoint = Probes { breakpoints: BTreeSet::from([never]), ..Probes::none() };
    timeline.goto(end);
    let (backward, found) = clock(|| timeline.last(&breakpoint, &|_, _| true));
    reached(name, found.is_none())?;
    timeline.goto(Tick::ZERO);
    let (again, arrival) = clock(|| timeline.forward(end, &breakpoint));
    reached(name, arrival == Arrival::Reached)?;
    let speed = again.as_secs_f64() / backward.as_secs_f64();
    row("reverse-continue, never hit / forward speed", one(format!("{speed:.2}")), "0.9");

    let watch = Probes { watches: vec![COLD_CELL], ..Probes::none() };
    let (last_write, found) = clock(|| timeline.last(&watch, &|_, _| true));
    let is_right = match found {
        Some(found) => name == "dirty" && found.tick < Tick::at(100),
        None => name == "nested",
    };
    reached(name, is_right)?;
    let told =
        if name == "dirty" { "last-write, cold" } else { "last-write, of a cell never written" };
    let seconds = |time: Duration| shown(time.as_nanos() as f64);
    row(told, one(seconds(last_write)), "0.8 s");

    let info = timeline.info();
    let mebibytes = |bytes: usize| format!("{:.0} MiB", bytes as f64 / 1_048_576.0);
    let grown = resident()?.saturating_sub(resident_before);
    row(
        "memory: counted; resident",
        [mebibytes(info.bytes), mebibytes(grown), String::new()],
        "256 MiB",
    );
    let kept = format!("{} of {} spacing", info.checkpoints, info.spacing);
    row("checkpoints", one(kept), "");
    let replays = [info.jump_mean, info.jump_max].map(|count| format!("{:.2}", count as f64 / 1e6));
    let [mean, most] = replays;
    row("10^6 instructions replayed by a jump: mean; most", [mean, most, String::new()], "");

    for (figure, value, unit) in [
        ("jump p50", jumps.at(500), "ns"),
        ("jump p99", jumps.at(990), "ns"),
        ("jump worst", jumps.at(1000), "ns"),
        ("step back p50", steps.at(500), "ns"),
        ("step back p99", steps.at(990), "ns"),
        ("step back worst", steps.at(1000), "ns"),
        ("reverse-continue to forward speed", speed, "ratio"),
        ("last-write", last_write.as_secs_f64(), "s"),
        ("memory counted", info.bytes as f64, "bytes"),
        ("memory resident", grown as f64, "bytes"),
    ] {
        report.add(figure, name, value, unit);
    }
    Ok(rows)
}

/// Compares the states at some moments, come to by jumping, with those of a run that never jumps.
fn check_jumps(
    timeline: &mut Timeline<Vm>,
    mut straight: Vm,
    scale: &Scale,
) -> Result<(), Failure> {
    for number in 1..=scale.checked {
        let tick = Tick::at(scale.instructions / (scale.checked + 1) * number + number);
        timeline.goto(tick);
        straight.run(tick, &Probes::none());
        if timeline.machine().state_hash() != straight.state_hash() {
            return Err(Failure(format!("a jump to {tick} came to another state")));
        }
    }
    Ok(())
}

fn reached(name: &str, is_right: bool) -> Result<(), Failure> {
    if is_right { Ok(()) } else { Err(Failure(format!("{name}: a move ended elsewhere"))) }
}

fn three(times: &Times) -> [String; 3] {
    [500, 990, 1000].map(|per_mille| shown(times.at(per_mille)))
}
