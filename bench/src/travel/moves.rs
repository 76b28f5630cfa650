//! Moving in a long past: jumps, steps back, searches, branches, and the memory that it takes.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use machine::{CodePosition, EvaluateError, Inspect, Location, Machine, Probes, Tick};
use timeline::{Arrival, Options, Timeline};

use super::recording::label;
use super::subject::{Subject, run_to};
use super::{Figure, Scale, mebibytes};
use crate::Failure;
use crate::measure::{Times, clock, median, shown};
use crate::report::Report;

pub(super) fn measure<M: Machine + Inspect>(
    guest: &str,
    subject: &Subject<M>,
    scale: &Scale,
    report: &mut Report,
) -> Result<Vec<Figure>, Failure> {
    let program = label(guest, subject.name);
    let mut timeline = Timeline::new((subject.make)()?, Options::default());
    let end = Tick::at(scale.instructions);
    let (forward, arrival) = clock(|| timeline.forward(end, &Probes::none()));
    reached(&program, arrival == Arrival::Reached)?;
    let speed = scale.instructions as f64 / forward.as_secs_f64() / 1e6;
    let end = timeline.now().tick;
    report.add("forward, recorded", &program, speed, "10^6 instructions/s");
    let mut figures = vec![Figure::new(
        "forward, recorded, 10^6 instructions a second",
        "",
        format!("{speed:.0}"),
    )];

    let (ready, ()) = clock(|| timeline.settle());
    report.add("ready to step back", &program, ready.as_nanos() as f64, "ns");
    let what = "ready to step back, once it stands still";
    figures.push(Figure::new(what, "", shown(ready.as_nanos() as f64)));
    let steps = steps(&mut timeline, subject, scale)?;
    figures.push(Figure::of_times("step back, one after another", "100 ns, 1 µs, 5 ms", &steps));
    let jumps = jumps(&mut timeline, scale);
    figures.push(Figure::of_times("jump to any tick", "4 ms, 10 ms", &jumps));
    check(&mut timeline, subject, scale)?;
    for (what, times) in [("step back", &steps), ("jump", &jumps)] {
        for (name, per_mille) in [("p50", 500), ("p99", 990), ("worst", 1000)] {
            report.add(&format!("{what} {name}"), &program, times.at(per_mille), "ns");
        }
    }

    figures.extend(searches(&mut timeline, subject, (program.as_str(), end), scale, report)?);

    let info = timeline.info();
    report.add("memory counted", &program, info.bytes as f64, "bytes");
    figures.push(Figure::new("memory of the past, counted", "256 MiB", mebibytes(info.bytes)));
    figures.push(Figure::new(
        "checkpoints; 10^6 instructions replayed by a jump: mean, most",
        "",
        format!(
            "{}; {:.2}, {:.2}",
            info.checkpoints,
            info.jump_mean as f64 / 1e6,
            info.jump_max as f64 / 1e6
        ),
    ));

    let forks = Times::of((0..scale.branches).map(|_| clock(|| timeline.branch("what if")).0));
    report.add("branch p50", &program, forks.at(500), "ns");
    figures.push(Figure::of_times("a branch", "5 µs", &forks));
    Ok(figures)
}

/// Searches over all of the past, on one core and on all of them.
fn searches<M: Machine + Inspect>(
    timeline: &mut Timeline<M>,
    subject: &Subject<M>,
    (program, end): (&str, Tick),
    scale: &Scale,
    report: &mut Report,
) -> Result<Vec<Figure>, Failure> {
    let never = subject.never(timeline.machine())?;
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let all = format!("all {cores} cores");
    let mut figures = Vec::new();
    for (on, threads, goal) in
        [("one core", Some(NonZeroUsize::MIN), "0.9"), (all.as_str(), None, "3 on four")]
    {
        timeline.set_threads(threads);
        let ratio = reverse_continue(timeline, never, end, scale)?;
        report.add(&format!("reverse-continue to forward speed, {on}"), program, ratio, "ratio");
        let what = format!("reverse-continue over all of it, {on}, to forward speed");
        figures.push(Figure::new(what, goal, format!("{ratio:.2}")));
    }
    for (on, threads, goal) in
        [("one core", Some(NonZeroUsize::MIN), "0.8 s"), (all.as_str(), None, "")]
    {
        timeline.set_threads(threads);
        let (time, is_there) = last_write(timeline, subject, end)?;
        report.add(&format!("last-write, {on}"), program, time.as_secs_f64(), "s");
        let found = if is_there { "" } else { " (none)" };
        let text = shown(time.as_nanos() as f64) + found;
        let what = format!("last write of what was written long ago, cold, {on}");
        figures.push(Figure::new(what, goal, text));
    }
    Ok(figures)
}

pub(super) fn steps<M: Machine>(
    timeline: &mut Timeline<M>,
    subject: &Subject<M>,
    scale: &Scale,
) -> Result<Times, Failure> {
    let mut moved = 0;
    let begin = Instant::now();
    let times =
        Times::of((0..scale.steps).take_while(|_| begin.elapsed() < scale.patience).map(|_| {
            let (time, count) = clock(|| timeline.back(1));
            moved += count;
            time
        }));
    reached(subject.name, moved == times.count())?;
    let straight = subject.after(timeline.now().tick.safepoints)?;
    let is_right = timeline.machine().state_hash() == straight.state_hash();
    reached(subject.name, is_right)?;
    Ok(times)
}

fn jumps<M: Machine>(timeline: &mut Timeline<M>, scale: &Scale) -> Times {
    let mut dice = 1_u64;
    let begin = Instant::now();
    let numbers = (0..scale.jumps).take_while(|_| begin.elapsed() < scale.patience);
    Times::of(numbers.map(|_| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let target = Tick::at((dice >> 20) % scale.instructions);
        clock(|| timeline.goto(target)).0
    }))
}

/// Compares the states at some moments, come to by jumping, with those of a run that never jumps.
fn check<M: Machine>(
    timeline: &mut Timeline<M>,
    subject: &Subject<M>,
    scale: &Scale,
) -> Result<(), Failure> {
    let mut straight = (subject.make)()?;
    for number in 1..=scale.checked {
        let tick = scale.instructions / (scale.checked + 1) * number + number;
        timeline.goto(Tick::at(tick));
        run_to(&mut straight, tick)?;
        if timeline.machine().state_hash() != straight.state_hash() {
            return Err(Failure(format!("a jump to {tick} came to another state")));
        }
    }
    Ok(())
}

/// The speed of a search over the whole past for a breakpoint that is never hit, to that of a run
/// with the same breakpoint.
fn reverse_continue<M: Machine>(
    timeline: &mut Timeline<M>,
    never: CodePosition,
    end: Tick,
    scale: &Scale,
) -> Result<f64, Failure> {
    let mut ratios = Vec::new();
    for _ in 0..scale.rounds {
        timeline.goto(end);
        let backward = search(timeline, never)?;
        timeline.goto(Tick::ZERO);
        let (forward, arrival) = clock(|| timeline.forward(end, &breakpoint(never)));
        reached("forward", arrival == Arrival::Reached)?;
        ratios.push(forward.as_secs_f64() / backward.as_secs_f64());
    }
    Ok(median(ratios))
}

/// How long the search back from now takes for a breakpoint that is never hit.
pub(super) fn search<M: Machine>(
    timeline: &mut Timeline<M>,
    never: CodePosition,
) -> Result<Duration, Failure> {
    let (time, found) = clock(|| timeline.last(&breakpoint(never), &|_, _| true));
    reached("reverse-continue", found.is_none())?;
    Ok(time)
}

fn breakpoint(position: CodePosition) -> Probes {
    Probes { breakpoints: BTreeSet::from([position]), ..Probes::none() }
}

/// How long the search for the last write to something cold takes, and whether there was one.
fn last_write<M: Machine + Inspect>(
    timeline: &mut Timeline<M>,
    subject: &Subject<M>,
    end: Tick,
) -> Result<(Duration, bool), Failure> {
    timeline.goto(end);
    let located = timeline.machine().locate(subject.cold);
    let message = |error: EvaluateError| Failure(format!("{}: {}", subject.cold, error.message));
    let cold: Location = located.map_err(message)?;
    let watch = Probes { watches: vec![cold], ..Probes::none() };
    let (time, found) = clock(|| timeline.last(&watch, &|_, _| true));
    let is_cold = found.as_ref().is_none_or(|found| found.tick.safepoints < end.safepoints / 10);
    reached(subject.name, is_cold)?;
    Ok((time, found.is_some()))
}

fn reached(name: &str, is_right: bool) -> Result<(), Failure> {
    if is_right { Ok(()) } else { Err(Failure(format!("{name}: a move ended elsewhere"))) }
}
