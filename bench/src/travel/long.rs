//! Whether anything grows without end: memory and the size of the recording over a run of 10^11
//! instructions, or as many as are asked for, with the history that every run has.

use machine::{Machine, Probes, Tick};
use timeline::{Arrival, Options, RecordedProgram, Timeline};

use super::recording::label;
use super::subject::{Subject, nested, pvm};
use super::{mebibytes, power_of_ten};
use crate::Failure;
use crate::measure::{clock, resident, shown};
use crate::report::{Report, table};

/// How many instructions the first row is after.
const FIRST: u64 = 1_000_000_000;
/// The first and the last row of a quick look.
const SMOKE: [u64; 2] = [1_000_000, 10_000_000];

pub(crate) fn measure(is_smoke: bool, power: u32, report: &mut Report) -> Result<(), Failure> {
    let range = if is_smoke { SMOKE } else { [FIRST, 10_u64.pow(power)] };
    let worst = pvm().subjects.into_iter().rev().take(1);
    let mut rows = Vec::new();
    for subject in [nested()].into_iter().chain(worst) {
        rows.extend(program(&subject, range, report)?);
    }
    let columns = [
        "program",
        "instructions",
        "10^6 a second",
        "memory counted",
        "resident, of the process",
        "checkpoints",
        "a jump replays at most",
        "the middle, by a jump",
        "recording",
    ];
    table("A long run of PVM", &columns, &rows);
    Ok(())
}

/// A row for each of 1, 3, 10, … times the first number of instructions, up to the last.
fn program<M: Machine>(
    subject: &Subject<M>,
    [first, last]: [u64; 2],
    report: &mut Report,
) -> Result<Vec<Vec<String>>, Failure> {
    let mut timeline = Timeline::new((subject.make)()?, Options::default());
    let mut rows = Vec::new();
    let marks = [1, 3, 10, 30, 100, 300, 1000].map(|factor| first * factor);
    for until in marks.into_iter().filter(|until| *until <= last) {
        let begin = timeline.now().tick.safepoints;
        let (time, arrival) = clock(|| timeline.forward(Tick::at(until), &Probes::none()));
        if arrival != Arrival::Reached {
            return Err(Failure(format!("{} ended", subject.name)));
        }
        let speed = (until - begin) as f64 / time.as_secs_f64() / 1e6;
        let info = timeline.info();
        let resident = resident()?;
        let mut recording = Vec::new();
        let saved = timeline.save(&mut recording, &RecordedProgram::default());
        saved.map_err(Failure::from_display)?;
        let end = timeline.now().tick;
        let (jump, _) = clock(|| timeline.goto(Tick::at(until / 2)));
        timeline.goto(end);
        rows.push(vec![
            subject.name.to_owned(),
            power_of_ten(until),
            format!("{speed:.0}"),
            mebibytes(info.bytes),
            mebibytes(resident),
            info.checkpoints.to_string(),
            format!("{:.1} · 10^6", info.jump_max as f64 / 1e6),
            shown(jump.as_nanos() as f64),
            format!("{} KiB", recording.len() >> 10),
        ]);
        let program = label(subject.name, &power_of_ten(until));
        report.add("memory counted in a long run", &program, info.bytes as f64, "bytes");
        report.add("memory resident in a long run", &program, resident as f64, "bytes");
        report.add("recording of a long run", &program, recording.len() as f64, "bytes");
    }
    Ok(rows)
}
