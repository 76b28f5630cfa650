//! What recording costs: against runs without history, and in bytes.

use machine::{Inspect, Machine, Portable, Probes, Tick};
use timeline::{Arrival, History, Options, RecordedProgram, Timeline};

use super::subject::{Guest, Subject};
use super::{Figure, Scale};
use crate::Failure;
use crate::finish::finish;
use crate::measure::{cpu, median};
use crate::report::Report;

/// For the first of a guest's subjects, the slowdown is that of all programs of the benchmark.
pub(super) fn measure<M: Inspect + Portable>(
    guest: &Guest<M>,
    subject: &Subject<M>,
    is_first: bool,
    scale: &Scale,
    report: &mut Report,
) -> Result<Vec<Figure>, Failure> {
    let slowdown = if is_first {
        all_programs(guest, scale, report)?
    } else {
        let end = Tick::at(scale.instructions);
        let run = |timeline: &mut Timeline<M>| {
            let arrival = timeline.forward(end, &Probes::none());
            if arrival == Arrival::Reached {
                return Ok(Vec::new());
            }
            Err(Failure(format!("{}: {arrival:?}", subject.name)))
        };
        let ratio = ratio(scale.rounds, &subject.make, &run)?;
        report.add("slowdown of recording", &label(guest.name, subject.name), ratio, "ratio");
        format!("{ratio:.3}")
    };
    let size = bytes(subject, scale)?;
    report.add("recording", &label(guest.name, subject.name), size, "bytes/10^6 instructions");
    let what = format!("slowdown of recording: median, worst of {}", guest.programs.len());
    Ok(vec![
        Figure::new(what, "1.02, 1.08", slowdown),
        Figure::new("recording, for 10^6 instructions", "16 B", format!("{size:.1} B")),
    ])
}

pub(super) fn label(guest: &str, program: &str) -> String {
    format!("{guest} {program}")
}

fn all_programs<M: Machine>(
    guest: &Guest<M>,
    scale: &Scale,
    report: &mut Report,
) -> Result<String, Failure> {
    let mut all = Vec::new();
    for (name, [full, smoke]) in &guest.programs {
        let make = if scale.is_smoke { smoke } else { full };
        let ratio = ratio(scale.rounds, make, &finish)?;
        report.add("slowdown of recording", &label(guest.name, name), ratio, "ratio");
        all.push((ratio, *name));
    }
    let worst = all.iter().copied().max_by(|one, other| one.0.total_cmp(&other.0));
    let (worst, name) = worst.unwrap_or((f64::NAN, "none"));
    let middle = median(all.into_iter().map(|(ratio, _)| ratio).collect());
    Ok(format!("{middle:.3}, {worst:.3} ({name})"))
}

/// Runs a machine for as long as is measured; what it wrote.
type Run<'a, M> = &'a dyn Fn(&mut Timeline<M>) -> Result<Vec<u8>, Failure>;

/// Processor time with checkpoints to that without history; the middle one of pairs that take turns
/// in who is first. Both print the same.
fn ratio<M: Machine>(
    rounds: usize,
    make: &dyn Fn() -> Result<M, Failure>,
    run: Run<'_, M>,
) -> Result<f64, Failure> {
    let seconds = |history| -> Result<(f64, Vec<u8>), Failure> {
        let options = Options { history, ..Options::default() };
        let mut timeline = Timeline::new(make()?, options);
        let (time, output) = cpu(|| run(&mut timeline))?;
        Ok((time.as_secs_f64(), output?))
    };
    let mut ratios = Vec::new();
    for round in 0..rounds {
        let (off, on);
        if round % 2 == 0 {
            off = seconds(History::Off)?;
            on = seconds(History::Checkpoints)?;
        } else {
            on = seconds(History::Checkpoints)?;
            off = seconds(History::Off)?;
        }
        if off.1 != on.1 {
            return Err(Failure("a recorded run prints something else".to_owned()));
        }
        ratios.push(on.0 / off.0);
    }
    Ok(median(ratios))
}

/// What a recording of the run takes, apart from the program in it, for 10^6 instructions.
fn bytes<M: Machine>(subject: &Subject<M>, scale: &Scale) -> Result<f64, Failure> {
    let mut timeline = Timeline::new((subject.make)()?, Options::default());
    let mut size = || -> Result<usize, Failure> {
        let mut bytes = Vec::new();
        let saved = timeline.save(&mut bytes, &RecordedProgram::default());
        saved.map_err(Failure::from_display)?;
        timeline.forward(Tick::at(scale.instructions), &Probes::none());
        Ok(bytes.len())
    };
    let (empty, whole) = (size()?, size()?);
    Ok(whole.saturating_sub(empty) as f64 * 1e6 / scale.instructions as f64)
}
