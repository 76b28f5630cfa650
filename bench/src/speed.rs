//! Instructions a second: without history, with checkpoints, with a full trail, and backwards.

use machine::{Machine, Probes, Stop, Tick};
use palindrome_vm::Vm;
use timeline::{History, Options, RecordedProgram, Timeline};

use crate::Failure;
use crate::finish::finish;
use crate::measure::{clock, median, nanoseconds};
use crate::programs::{ALL, Ready};
use crate::report::{Report, table};

/// Instructions of the windows that are run and taken back, as a debugger regenerates them.
const WINDOW: u64 = 1 << 18;
/// Instructions of a stretch whose history is weighed before any of it is packed.
const STRETCH: u64 = 20_000;

struct Figures {
    name: &'static str,
    instructions: u64,
    off: f64,
    checkpoints: f64,
    full: f64,
    back: f64,
    /// Of pairs: with checkpoints to without history.
    slowdown: f64,
    trail_bytes: f64,
    packed_bytes: f64,
    recording_bytes: f64,
}

pub(crate) fn measure(is_smoke: bool, report: &mut Report) -> Result<(), Failure> {
    let mut all = Vec::new();
    for entry in &ALL {
        all.push(figures(&entry.ready(is_smoke)?, is_smoke)?);
    }
    show(&all);
    for it in &all {
        let millions = 1e3 / it.off;
        report.add("forward without history", it.name, it.off, "ns/instruction");
        report.add("forward with checkpoints", it.name, it.checkpoints, "ns/instruction");
        report.add("forward with a full trail", it.name, it.full, "ns/instruction");
        report.add("backward in the window", it.name, it.back, "ns/instruction");
        report.add("speed without history", it.name, millions, "10^6 instructions/s");
        report.add("backward speed to forward", it.name, it.off / it.back, "ratio");
        report.add("slowdown of recording", it.name, it.slowdown, "ratio");
        report.add("history, plain", it.name, it.trail_bytes, "bytes/instruction");
        report.add("history, packed", it.name, it.packed_bytes, "bytes/instruction");
        report.add("recording", it.name, it.recording_bytes, "bytes/10^6 instructions");
    }
    Ok(())
}

fn show(all: &[Figures]) {
    let speeds = all.iter().map(|it| {
        let ns = |value: f64| format!("{value:.2}");
        vec![
            it.name.to_owned(),
            format!("{:.0}", it.instructions as f64 / 1e6),
            ns(it.off),
            format!("{:.0}", 1e3 / it.off),
            ns(it.checkpoints),
            ns(it.full),
            ns(it.back),
            format!("{:.2}", it.off / it.back),
        ]
    });
    let columns = [
        "program",
        "10^6 instructions",
        "history off, ns",
        "10^6 a second",
        "checkpoints, ns",
        "full trail, ns",
        "backwards, ns",
        "backward / forward speed",
    ];
    table("Speed (ns per instruction)", &columns, &speeds.collect::<Vec<_>>());

    let costs = all.iter().map(|it| {
        vec![
            it.name.to_owned(),
            format!("{:.3}", it.slowdown),
            format!("{:.2}", it.trail_bytes),
            format!("{:.2}", it.packed_bytes),
            format!("{:.1}", it.recording_bytes),
        ]
    });
    let columns = [
        "program",
        "checkpoints / off, paired",
        "trail, bytes per instruction",
        "packed",
        "recording, bytes per 10^6 instructions",
    ];
    table("Recording", &columns, &costs.collect::<Vec<_>>());
    let slowdowns: Vec<f64> = all.iter().map(|it| it.slowdown).collect();
    let worst = slowdowns.iter().copied().fold(f64::NAN, f64::max);
    let middle = median(slowdowns);
    println!("Slowdown of recording: median {middle:.3}, worst {worst:.3} (goal 1.02; 1.08)\n");
}

fn figures(ready: &Ready, is_smoke: bool) -> Result<Figures, Failure> {
    let rounds = if is_smoke { 1 } else { 5 };
    let (mut off, mut checkpoints, mut full, mut slowdown) = (vec![], vec![], vec![], vec![]);
    let mut instructions = 1;
    for round in 0..rounds {
        let mut seconds = |history| -> Result<f64, Failure> {
            let (seconds, timeline) = run(ready, history)?;
            instructions = timeline.end().safepoints;
            Ok(seconds)
        };
        // Who goes first takes turns too.
        let (without, with) = if round % 2 == 0 {
            let without = seconds(History::Off)?;
            (without, seconds(History::Checkpoints)?)
        } else {
            let with = seconds(History::Checkpoints)?;
            (seconds(History::Off)?, with)
        };
        off.push(without);
        checkpoints.push(with);
        slowdown.push(with / without);
        if round < 3 {
            full.push(seconds(History::Full)?);
        }
    }
    let each = |seconds: Vec<f64>| median(seconds) * 1e9 / instructions as f64;
    Ok(Figures {
        name: ready.name,
        instructions,
        off: each(off),
        checkpoints: each(checkpoints),
        full: each(full),
        back: backward(ready, instructions)?,
        slowdown: median(slowdown),
        trail_bytes: plain_trail(ready, instructions)?,
        packed_bytes: packed_trail(ready)?,
        recording_bytes: recording_bytes(ready, instructions)?,
    })
}

/// Runs a program to its end; seconds, and the past.
fn run(ready: &Ready, history: History) -> Result<(f64, Timeline<Vm>), Failure> {
    let options = Options { history, ..Options::default() };
    let mut timeline = Timeline::new(ready.vm(), options);
    let (time, output) = clock(|| finish(&mut timeline));
    check(ready, &output?)?;
    Ok((time.as_secs_f64(), timeline))
}

fn check(ready: &Ready, output: &[u8]) -> Result<(), Failure> {
    if output == ready.output.as_bytes() {
        return Ok(());
    }
    let (name, found) = (ready.name, String::from_utf8_lossy(output));
    Err(Failure(format!("{name} printed {found:?} instead of {:?}", ready.output)))
}

/// What a program prints when nothing is kept.
pub(crate) fn run_without_history(ready: &Ready) -> Result<String, Failure> {
    let options = Options { history: History::Off, ..Options::default() };
    let output = finish(&mut Timeline::new(ready.vm(), options))?;
    check(ready, &output)?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// Runs on to `tick`, or to where the program asks or ends, whichever is first.
fn run_to(vm: &mut Vm, tick: u64) -> Result<(), Failure> {
    match vm.run(Tick::at(tick), &Probes::none()) {
        Stop::Reached | Stop::Asks(_) | Stop::Ended(_) => Ok(()),
        other @ (Stop::Probed(_) | Stop::Trapped(_)) => {
            Err(Failure(format!("the program stopped: {other:?}")))
        }
    }
}

/// Nanoseconds per instruction undone, over windows spread over the run. A window that was undone
/// must end in the state it began with.
fn backward(ready: &Ready, instructions: u64) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for window in 0..8 {
        let mut vm = ready.vm();
        let begin = instructions.saturating_sub(WINDOW) / 8 * window;
        run_to(&mut vm, begin)?;
        let before = vm.state_hash();
        vm.keep_trail(16 << 20);
        run_to(&mut vm, begin + WINDOW)?;
        let steps = vm.tick().safepoints - begin;
        let (time, undone) = clock(|| vm.back(steps));
        let has_lost = vm.stale_registers() != 0;
        if undone != steps || (!has_lost && vm.state_hash() != before) {
            return Err(Failure(format!("{} did not go back to {begin}", ready.name)));
        }
        times.push(nanoseconds(time) as f64 / steps as f64);
    }
    Ok(median(times))
}

/// Bytes of data and control per instruction before packing, over stretches spread over the run.
fn plain_trail(ready: &Ready, instructions: u64) -> Result<f64, Failure> {
    let mut vm = ready.vm();
    let (mut bytes, mut steps) = (0, 0);
    for stretch in 0..32 {
        vm.keep_trail(0);
        run_to(&mut vm, instructions.saturating_sub(STRETCH) / 32 * stretch)?;
        vm.keep_trail(16 << 20);
        let begin = vm.tick().safepoints;
        run_to(&mut vm, begin + STRETCH)?;
        bytes += vm.trail_bytes();
        steps += vm.tick().safepoints - begin;
    }
    Ok(bytes as f64 / steps as f64)
}

/// Bytes per instruction of a long trail, nearly all of it packed: its budget is an eighth of what it would
/// take otherwise, and what is left of it then is gone back through.
fn packed_trail(ready: &Ready) -> Result<f64, Failure> {
    let long = |budget: usize| -> Result<Vm, Failure> {
        let mut vm = ready.vm();
        vm.keep_trail(budget);
        run_to(&mut vm, 64 * WINDOW)?;
        Ok(vm)
    };
    let mut vm = long(long(1 << 30)?.trail_bytes() / 8)?;
    let bytes = vm.trail_bytes();
    Ok(bytes as f64 / vm.back(u64::MAX) as f64)
}

/// What a recording of the run takes, apart from the program in it.
fn recording_bytes(ready: &Ready, instructions: u64) -> Result<f64, Failure> {
    let size = |timeline: &mut Timeline<Vm>| -> Result<usize, Failure> {
        let mut bytes = Vec::new();
        let saved = timeline.save(&mut bytes, &RecordedProgram::default());
        saved.map_err(Failure::from_display)?;
        Ok(bytes.len())
    };
    let empty = size(&mut Timeline::new(ready.vm(), Options::default()))?;
    let whole = size(&mut run(ready, History::Checkpoints)?.1)?;
    Ok(whole.saturating_sub(empty) as f64 * 1e6 / instructions as f64)
}
