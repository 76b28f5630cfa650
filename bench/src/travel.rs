//! Time travel of every guest over a long history, within the standard budget: a table for each.

mod adapter;
mod gdb;
mod kills;
mod long;
mod moves;
mod recording;
mod subject;

use std::time::Duration;

use clap::ValueEnum;
use machine::{Inspect, Machine, Portable};
use timeline::Options;

use crate::Failure;
use crate::measure::{Times, shown};
use crate::report::{Report, table};
use subject::{Guest, Subject};

pub(crate) use gdb::measure as measure_gdb;
pub(crate) use long::measure as measure_long;
pub(crate) use subject::idle_branch;

/// How much is done.
struct Scale {
    is_smoke: bool,
    /// Of the history.
    instructions: u64,
    jumps: usize,
    steps: usize,
    branches: usize,
    /// How long jumps, and steps, are made at most.
    patience: Duration,
    /// How many of the jumps are compared with a run from the start.
    checked: u64,
    /// How often what takes seconds is done.
    rounds: usize,
    /// How often a process is killed.
    kills: usize,
}

const FULL: Scale = Scale {
    is_smoke: false,
    instructions: 1_000_000_000,
    jumps: 1000,
    steps: 6_000_000,
    branches: 10_000,
    patience: Duration::from_secs(6),
    checked: 2,
    rounds: 3,
    kills: 30,
};

const SMOKE: Scale = Scale {
    is_smoke: true,
    instructions: 2_000_000,
    jumps: 20,
    steps: 2000,
    branches: 100,
    patience: Duration::from_secs(1),
    checked: 2,
    rounds: 1,
    kills: 2,
};

/// A cell of the table: what was measured for a program, beside its goal.
struct Figure {
    what: String,
    goal: &'static str,
    text: String,
}

impl Figure {
    fn new(what: impl Into<String>, goal: &'static str, text: impl Into<String>) -> Self {
        Self { what: what.into(), goal, text: text.into() }
    }

    /// Of times, the middle one, one that hardly any exceeds, and the longest.
    fn of_times(what: &str, goal: &'static str, times: &Times) -> Self {
        let [middle, most, worst] = [500, 990, 1000].map(|per_mille| shown(times.at(per_mille)));
        Self::new(format!("{what}: p50, p99, worst"), goal, format!("{middle}, {most}, {worst}"))
    }
}

/// The guests that there are tables of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuestName {
    Pvm,
    Tacit,
    Achronyme,
}

/// The tables of all guests, or of one.
pub(crate) fn measure(
    is_smoke: bool,
    only: Option<GuestName>,
    like: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let scale = if is_smoke { SMOKE } else { FULL };
    let wants = |name| only.is_none_or(|only| only == name);
    if wants(GuestName::Pvm) {
        guest(&subject::pvm(), like, &scale, report)?;
    }
    if wants(GuestName::Tacit) {
        guest(&subject::tacit(), like, &scale, report)?;
    }
    if wants(GuestName::Achronyme) {
        guest(&subject::achronyme(), like, &scale, report)?;
    }
    Ok(())
}

/// The table of stepping back through the debug adapter, for the typical program of each guest.
pub(crate) fn measure_adapter(
    is_smoke: bool,
    only: Option<GuestName>,
    report: &mut Report,
) -> Result<(), Failure> {
    let scale = if is_smoke { SMOKE } else { FULL };
    let wants = |name| only.is_none_or(|only| only == name);
    let mut rows = Vec::new();
    if wants(GuestName::Pvm) {
        rows.extend(adapter::measure(&subject::pvm(), &scale, report)?);
    }
    if wants(GuestName::Tacit) {
        rows.extend(adapter::measure(&subject::tacit(), &scale, report)?);
    }
    if wants(GuestName::Achronyme) {
        rows.extend(adapter::measure(&subject::achronyme(), &scale, report)?);
    }
    let title = format!(
        "Stepping back by line through the debug adapter ({} instructions)",
        power_of_ten(scale.instructions)
    );
    table(&title, &["program", "way", "p50, p99, worst", "goal"], &rows);
    Ok(())
}

/// The table of one guest: a column for each program whose past is travelled in, or each with this in
/// its name.
fn guest<M: Inspect + Portable>(
    guest: &Guest<M>,
    like: &str,
    scale: &Scale,
    report: &mut Report,
) -> Result<(), Failure> {
    let shorter = if scale.is_smoke { 1 } else { guest.shorter };
    let scale = &Scale { instructions: scale.instructions / shorter, ..*scale };
    let mut columns = vec!["what".to_owned()];
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut remarks = Vec::new();
    let subjects = guest.subjects.iter().enumerate();
    for (index, subject) in subjects.filter(|(_, subject)| subject.name.contains(like)) {
        let mut figures = recording::measure(guest, subject, index == 0, scale, report)?;
        figures.extend(moves::measure(guest.name, subject, scale, report)?);
        if index == 0 {
            figures.push(idle_branches(guest.name, scale, report)?);
            figures.extend(kills::measure(guest.name, &guest.durable, scale, report)?);
        }
        columns.push(format!("{}: {}", subject.role, subject.name));
        remarks.push(about(subject, scale)?);
        let is_first = rows.is_empty();
        for (number, figure) in figures.into_iter().enumerate() {
            if is_first {
                rows.push(vec![figure.what, figure.text, figure.goal.to_owned()]);
            } else if let Some(row) = rows.get_mut(number) {
                row.insert(row.len() - 1, figure.text);
            }
        }
    }
    columns.push("goal".to_owned());
    // What does not depend on the program stands in the first column.
    for row in &mut rows {
        while row.len() < columns.len() {
            row.insert(row.len() - 1, String::new());
        }
    }
    let title = format!(
        "Time travel of {} ({} instructions, {} MiB budget)",
        guest.name,
        power_of_ten(scale.instructions),
        Options::default().memory >> 20
    );
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(&title, &columns, &rows);
    println!("{}\n", remarks.join("\n"));
    Ok(())
}

/// A program's state, and how fast it changes.
fn about<M: Inspect + Portable>(subject: &Subject<M>, scale: &Scale) -> Result<String, Failure> {
    const STRETCH: u64 = 1 << 20;
    let mut machine = subject.after(scale.instructions / 2)?;
    let size = machine.write_state().map_or(0, |bytes| bytes.len());
    let before = machine.snapshot();
    let held = Machine::memory(&machine);
    let until = machine.tick().safepoints + STRETCH;
    subject::run_to(&mut machine, until)?;
    // Some copy what changes as it does, others with the next snapshot.
    let after = machine.snapshot();
    let dirtied = Machine::memory(&machine).saturating_sub(held);
    drop((before, after));
    Ok(format!(
        "- `{}`: a state of {}, of which 2^20 instructions change {}",
        subject.name,
        kibibytes(size as u64),
        kibibytes(dirtied as u64)
    ))
}

/// What ten thousand branches that nobody is on take, each, in a process that has freed nothing.
fn idle_branches(guest: &str, scale: &Scale, report: &mut Report) -> Result<Figure, Failure> {
    let me = std::env::current_exe().map_err(Failure::from_display)?;
    let mut command = std::process::Command::new(me);
    command.args(["--idle-branch", guest]).args(scale.is_smoke.then_some("--smoke"));
    let output = command.output().map_err(Failure::from_display)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let bytes: f64 = text.trim().parse().map_err(|_| Failure(format!("{guest}: {text}")))?;
    report.add("idle branch", guest, bytes, "bytes");
    let what = format!("an idle branch of {}", scale.branches);
    Ok(Figure::new(what, "1 KiB", format!("{bytes:.0} B")))
}

fn kibibytes(bytes: u64) -> String {
    format!("{:.0} KiB", bytes as f64 / 1024.0)
}

fn mebibytes(bytes: usize) -> String {
    format!("{:.0} MiB", bytes as f64 / 1_048_576.0)
}

fn power_of_ten(count: u64) -> String {
    let power = count.max(1).ilog10();
    let first = count / 10_u64.pow(power);
    if first == 1 { format!("10^{power}") } else { format!("{first} · 10^{power}") }
}
